//! Listing one entry at a time.

use std::collections::VecDeque;
use std::time::Duration;

use super::report::About;
use crate::Error;
use crate::door::Connection;
use crate::wire::WireError;
use crate::wire::request::Request;

/// The entries of a listing, as the kernel hands them out.
///
/// It owns a socket, reads one datagram at a time (some hundred entries), and
/// may be dropped at any point. An error is the last item.
pub struct Stream<T> {
    connection: Connection,
    about: About,
    deadline: Duration,
    decode: Decode<T>,
    entries: VecDeque<T>,
    /// What follows the entries at hand, then nothing.
    failed: Option<Error>,
    ended: bool,
}

type Decode<T> = Box<dyn Fn(&[u8]) -> Result<T, WireError> + Send>;

impl<T> Stream<T> {
    pub(super) fn start(
        mut connection: Connection,
        about: About,
        dump: &Request<'_>,
        deadline: Duration,
        decode: Decode<T>,
    ) -> Result<Self, Error> {
        connection
            .start(dump)
            .map_err(|failure| about.failure(failure, deadline))?;
        Ok(Stream {
            connection,
            about,
            deadline,
            decode,
            entries: VecDeque::new(),
            failed: None,
            ended: false,
        })
    }

    #[cfg(test)]
    pub(super) fn disown(&mut self) {
        self.connection.disown();
    }

    fn receive(&mut self) {
        let (entries, decode) = (&mut self.entries, &self.decode);
        let more = self.connection.receive(&mut |_, attributes| {
            entries.push_back(decode(attributes)?);
            Ok(())
        });
        match more {
            Ok(more) => self.ended = !more,
            Err(failure) => {
                self.ended = true;
                self.failed = Some(self.about.failure(failure, self.deadline));
            }
        }
    }
}

impl<T> Iterator for Stream<T> {
    type Item = Result<T, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.entries.is_empty() && !self.ended {
            self.receive();
        }
        let entry = self.entries.pop_front().map(Ok);
        entry.or_else(|| self.failed.take().map(Err))
    }
}

impl<T> std::iter::FusedIterator for Stream<T> {}

impl<T> std::fmt::Debug for Stream<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stream")
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}
