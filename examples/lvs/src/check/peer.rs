//! The server at the other end, and the time that it has for all of a check.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use super::Failure;
use super::deadline::{Deadline, is_timeout};

/// A server under one deadline.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer {
    pub(super) target: SocketAddr,
    deadline: Deadline,
}

impl Peer {
    /// The time begins now.
    pub(super) fn new(target: SocketAddr, timeout: Duration) -> Self {
        Peer {
            target,
            deadline: Deadline::after(timeout),
        }
    }

    pub(super) fn connect(self) -> Result<Timed, Failure> {
        let late = || Failure::ConnectTimeout(self.target);
        let left = self.deadline.left().ok_or_else(late)?;
        let deadline = self.deadline;
        match TcpStream::connect_timeout(&self.target, left) {
            Ok(stream) => Ok(Timed { stream, deadline }),
            Err(error) if is_timeout(&error) => Err(late()),
            Err(error) => Err(Failure::Connect(self.target, error)),
        }
    }

    /// Sends, and reads on until `is_good` says so of all that came, or says why not; `cut`
    /// is why not if the answer ends first.
    pub(super) fn converse(
        self,
        stream: &mut (impl Read + Write),
        send: &[u8],
        is_good: impl Fn(&[u8]) -> Result<bool, Failure>,
        cut: impl FnOnce() -> Failure,
    ) -> Result<(), Failure> {
        stream
            .write_all(send)
            .and_then(|()| stream.flush())
            .map_err(|error| self.unsent(error))?;
        let mut answer = Vec::new();
        let mut part = [0; 4096];
        while !is_good(&answer)? {
            let count = self.receive(|_| stream.read(&mut part))?;
            match part.get(..count) {
                None | Some([]) => return Err(cut()),
                Some(more) => answer.extend_from_slice(more),
            }
        }
        Ok(())
    }

    /// Reads once with the time that is left.
    pub(super) fn receive(
        self,
        mut read: impl FnMut(Duration) -> io::Result<usize>,
    ) -> Result<usize, Failure> {
        loop {
            let left = self
                .deadline
                .left()
                .ok_or(Failure::ReadTimeout(self.target))?;
            match read(left) {
                Ok(count) => return Ok(count),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if is_timeout(&error) => return Err(Failure::ReadTimeout(self.target)),
                Err(error) => return Err(Failure::Read(self.target, error)),
            }
        }
    }

    fn unsent(self, error: io::Error) -> Failure {
        if is_timeout(&error) {
            Failure::WriteTimeout(self.target)
        } else {
            Failure::Write(self.target, error)
        }
    }
}

/// A connection whose every read and write ends with the deadline.
#[derive(Debug)]
pub(super) struct Timed {
    stream: TcpStream,
    deadline: Deadline,
}

impl Timed {
    fn left(&self) -> io::Result<Option<Duration>> {
        let left = self.deadline.left();
        left.map(Some).ok_or(io::ErrorKind::TimedOut.into())
    }
}

impl Read for Timed {
    fn read(&mut self, part: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(self.left()?)?;
        self.stream.read(part)
    }
}

impl Write for Timed {
    fn write(&mut self, part: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(self.left()?)?;
        self.stream.write(part)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}
