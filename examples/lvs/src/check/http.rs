//! A page that a web server must give: its status, and what its text must match.

mod statuses;
mod tls;

use std::io::{Read, Write};
use std::net::SocketAddr;
use std::time::Duration;

use regex::bytes::Regex;

use super::Failure;
use super::expect::LONGEST;
use super::peer::Peer;

pub use statuses::{NoStatuses, Statuses};

/// One request by HTTP or HTTPS, and the answer that it should get.
#[derive(Clone, Debug)]
pub struct Get {
    /// The server.
    pub target: SocketAddr,
    /// Whether TLS is spoken. Whose certificate the server has is not looked at: a check
    /// knows by the address whom it asks, and nothing that is secret is sent.
    pub tls: bool,
    /// The site that it is asked for, the `Host` of the request and the name within TLS; its
    /// address if empty.
    pub host: String,
    /// The page, with its leading slash.
    pub path: String,
    /// The statuses that are good.
    pub status: Statuses,
    /// What the page must match somewhere in the first 64 KiB of the answer.
    pub body: Option<Regex>,
    /// How long all of it may take.
    pub timeout: Duration,
}

impl Get {
    /// The front page of `target`: any good status will do.
    pub fn new(target: SocketAddr, timeout: Duration) -> Self {
        Get {
            target,
            tls: false,
            host: String::new(),
            path: "/".into(),
            status: Statuses::default(),
            body: None,
            timeout,
        }
    }

    /// Asks once.
    ///
    /// # Errors
    /// The [`Failure`] that the server is down for.
    pub fn run(&self) -> Result<(), Failure> {
        let peer = Peer::new(self.target, self.timeout);
        let mut stream = peer.connect()?;
        if self.tls {
            let mut stream = tls::shake_hands(stream, self.target, &self.host)?;
            self.ask(peer, &mut stream)
        } else {
            self.ask(peer, &mut stream)
        }
    }

    fn ask(&self, peer: Peer, stream: &mut (impl Read + Write)) -> Result<(), Failure> {
        let request = self.request();
        let is_good = |answer: &[u8]| self.is_good(answer);
        peer.converse(stream, request.as_bytes(), is_good, || self.cut())
    }

    /// What an answer that ends before it is good suffers from.
    fn cut(&self) -> Failure {
        match self.body {
            Some(_) => Failure::Unexpected(self.target),
            None => Failure::TooShort(self.target),
        }
    }

    /// HTTP/1.0, so that the page comes in one piece and the server hangs up behind it.
    fn request(&self) -> String {
        let host = match self.host.as_str() {
            "" => self.target.to_string(),
            host => host.to_owned(),
        };
        format!(
            "GET {} HTTP/1.0\r\nHost: {host}\r\nUser-Agent: lvs\r\nConnection: close\r\n\r\n",
            self.path
        )
    }

    /// Whether enough of the answer has come to be content with it.
    fn is_good(&self, answer: &[u8]) -> Result<bool, Failure> {
        let unexpected = || Failure::Unexpected(self.target);
        let Some(line) = line(answer) else {
            // No status line is as long as that.
            return if answer.len() < LONGEST {
                Ok(false)
            } else {
                Err(unexpected())
            };
        };
        let status = status(line).ok_or_else(unexpected)?;
        if !self.status.contains(status) {
            return Err(Failure::Status(self.target, status));
        }
        let Some(pattern) = &self.body else {
            return Ok(true);
        };
        if body(answer).is_some_and(|body| pattern.is_match(body)) {
            return Ok(true);
        }
        if answer.len() < LONGEST {
            Ok(false)
        } else {
            Err(unexpected())
        }
    }
}

/// The first line, once it is whole.
fn line(answer: &[u8]) -> Option<&[u8]> {
    let end = answer.iter().position(|byte| *byte == b'\n')?;
    answer.get(..end)
}

/// The status in a line such as `HTTP/1.1 200 OK`.
fn status(line: &[u8]) -> Option<u16> {
    let line = std::str::from_utf8(line).ok()?;
    let mut words = line.strip_prefix("HTTP/")?.split_ascii_whitespace().skip(1);
    let digits = words.next().filter(|word| word.len() == 3)?;
    digits.parse().ok()
}

/// What follows the empty line.
fn body(answer: &[u8]) -> Option<&[u8]> {
    const END: &[u8] = b"\r\n\r\n";
    let end = answer.windows(END.len()).position(|bytes| bytes == END)?;
    answer.get(end + END.len()..)
}

#[cfg(test)]
mod tests;
