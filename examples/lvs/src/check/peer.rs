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

    /// Connects, sends, and reads on until `is_good` says so of all that came, or says why
    /// not; `cut` is why not if the answer ends first.
    pub(super) fn converse(
        self,
        send: &[u8],
        is_good: impl Fn(&[u8]) -> Result<bool, Failure>,
        cut: impl FnOnce() -> Failure,
    ) -> Result<(), Failure> {
        let mut stream = self.connect()?;
        self.write(&mut stream, send)?;
        let mut answer = Vec::new();
        let mut part = [0; 4096];
        while !is_good(&answer)? {
            let count = self.receive(|left| {
                stream.set_read_timeout(Some(left))?;
                stream.read(&mut part)
            })?;
            match part.get(..count) {
                None | Some([]) => return Err(cut()),
                Some(more) => answer.extend_from_slice(more),
            }
        }
        Ok(())
    }

    fn connect(self) -> Result<TcpStream, Failure> {
        let late = || Failure::ConnectTimeout(self.target);
        let left = self.deadline.left().ok_or_else(late)?;
        TcpStream::connect_timeout(&self.target, left).map_err(|error| {
            if is_timeout(&error) {
                late()
            } else {
                Failure::Connect(self.target, error)
            }
        })
    }

    fn write(self, stream: &mut TcpStream, mut rest: &[u8]) -> Result<(), Failure> {
        while !rest.is_empty() {
            let left = self
                .deadline
                .left()
                .ok_or(Failure::WriteTimeout(self.target))?;
            let written = stream
                .set_write_timeout(Some(left))
                .and_then(|()| stream.write(rest));
            match written {
                Ok(count) => rest = rest.get(count..).unwrap_or_default(),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if is_timeout(&error) => {
                    return Err(Failure::WriteTimeout(self.target));
                }
                Err(error) => return Err(Failure::Write(self.target, error)),
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
}
