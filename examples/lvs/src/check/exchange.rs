//! Send something, expect something: over TCP and UDP.

use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, UdpSocket};
use std::time::Duration;

use super::deadline::{Deadline, is_timeout};
use super::expect::{LONGEST, Verdict};
use super::{Expect, Failure};

/// How the server is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Transport {
    /// One connection a check.
    Tcp,
    /// One datagram a check; the first that comes back is the answer.
    Udp,
}

/// One question and the answer that it should get.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// How.
    pub transport: Transport,
    /// With whom.
    pub target: SocketAddr,
    /// The question; over TCP nothing is sent if it is empty.
    pub send: Vec<u8>,
    /// The answer.
    pub expect: Expect,
    /// How long all of it may take: connecting, sending, every part of the answer.
    pub timeout: Duration,
}

impl Exchange {
    /// Asks once.
    ///
    /// # Errors
    /// The [`Failure`] that the server is down for.
    pub fn run(&self) -> Result<(), Failure> {
        let deadline = Deadline::after(self.timeout);
        match self.transport {
            Transport::Tcp => self.converse(deadline),
            Transport::Udp => self.ask(deadline),
        }
    }

    fn converse(&self, deadline: Deadline) -> Result<(), Failure> {
        let mut stream = self.connect(deadline)?;
        self.write(&mut stream, deadline)?;
        let mut answer = Vec::new();
        let mut part = [0; 4096];
        loop {
            match self.expect.judge(&answer) {
                Verdict::Good => return Ok(()),
                Verdict::Bad => return Err(Failure::Unexpected(self.target)),
                Verdict::Short => {}
            }
            match self.read(&mut stream, &mut part, deadline)? {
                [] if matches!(self.expect, Expect::Pattern(_)) && !answer.is_empty() => {
                    return Err(Failure::Unexpected(self.target));
                }
                [] => return Err(Failure::TooShort(self.target)),
                more => answer.extend_from_slice(more),
            }
        }
    }

    fn connect(&self, deadline: Deadline) -> Result<TcpStream, Failure> {
        let left = deadline
            .left()
            .ok_or(Failure::ConnectTimeout(self.target))?;
        TcpStream::connect_timeout(&self.target, left).map_err(|error| {
            if is_timeout(&error) {
                Failure::ConnectTimeout(self.target)
            } else {
                Failure::Connect(self.target, error)
            }
        })
    }

    fn write(&self, stream: &mut TcpStream, deadline: Deadline) -> Result<(), Failure> {
        let mut rest = self.send.as_slice();
        while !rest.is_empty() {
            let left = deadline.left().ok_or(Failure::WriteTimeout(self.target))?;
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

    /// What came next; empty at the end.
    fn read<'a>(
        &self,
        stream: &mut TcpStream,
        part: &'a mut [u8],
        deadline: Deadline,
    ) -> Result<&'a [u8], Failure> {
        let count = self.receive(deadline, |left| {
            stream.set_read_timeout(Some(left))?;
            stream.read(part)
        })?;
        Ok(part.get(..count).unwrap_or_default())
    }

    fn ask(&self, deadline: Deadline) -> Result<(), Failure> {
        let any: IpAddr = match self.target {
            SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
            SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
        };
        // Connected: answers come from the server alone, and so does "port unreachable".
        let socket = UdpSocket::bind((any, 0))
            .and_then(|socket| socket.connect(self.target).map(|()| socket))
            .map_err(|error| Failure::Connect(self.target, error))?;
        socket
            .send(&self.send)
            .map_err(|error| Failure::Write(self.target, error))?;
        let mut answer = vec![0; LONGEST];
        let count = self.receive(deadline, |left| {
            socket.set_read_timeout(Some(left))?;
            socket.recv(&mut answer)
        })?;
        match self.expect.judge(answer.get(..count).unwrap_or_default()) {
            _ if count == 0 => Err(Failure::TooShort(self.target)),
            Verdict::Good => Ok(()),
            Verdict::Short if matches!(self.expect, Expect::Text(_)) => {
                Err(Failure::TooShort(self.target))
            }
            Verdict::Short | Verdict::Bad => Err(Failure::Unexpected(self.target)),
        }
    }

    /// Reads once with the time that is left.
    fn receive(
        &self,
        deadline: Deadline,
        mut read: impl FnMut(Duration) -> io::Result<usize>,
    ) -> Result<usize, Failure> {
        loop {
            let left = deadline.left().ok_or(Failure::ReadTimeout(self.target))?;
            match read(left) {
                Ok(count) => return Ok(count),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if is_timeout(&error) => return Err(Failure::ReadTimeout(self.target)),
                Err(error) => return Err(Failure::Read(self.target, error)),
            }
        }
    }
}

#[cfg(test)]
mod tests;
