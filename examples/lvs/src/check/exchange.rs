//! Send something, expect something: over TCP and UDP.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::time::Duration;

use super::expect::{LONGEST, Verdict};
use super::peer::Peer;
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
        let peer = Peer::new(self.target, self.timeout);
        match self.transport {
            Transport::Tcp => {
                let mut stream = peer.connect()?;
                let judge = |part: &[u8]| self.judge(part);
                peer.converse(&mut stream, &self.send, judge, || self.cut())
            }
            Transport::Udp => self.ask(peer),
        }
    }

    fn ask(&self, peer: Peer) -> Result<(), Failure> {
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
        let count = peer.receive(|left| {
            socket.set_read_timeout(Some(left))?;
            socket.recv(&mut answer)
        })?;
        match answer.get(..count).unwrap_or_default() {
            [] => Err(Failure::TooShort(self.target)),
            answer if self.judge(answer)? => Ok(()),
            _ => Err(self.cut()),
        }
    }

    /// Whether the answer is good so far as it came, or more is expected.
    fn judge(&self, answer: &[u8]) -> Result<bool, Failure> {
        match self.expect.judge(answer) {
            Verdict::Good => Ok(true),
            Verdict::Short => Ok(false),
            Verdict::Bad => Err(Failure::Unexpected(self.target)),
        }
    }

    /// What an answer that ends before it is good suffers from.
    fn cut(&self) -> Failure {
        match self.expect {
            Expect::Pattern(_) => Failure::Unexpected(self.target),
            _ => Failure::TooShort(self.target),
        }
    }
}

#[cfg(test)]
mod tests;
