//! The application modules: `ip_vs_app`.

use std::io::BufRead;
use std::iter::FusedIterator;

use super::lines::Rows;
use super::words::Words;
use crate::{Error, Protocol};

/// One port that an application module, such as `ip_vs_ftp`, works on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Application {
    /// The transport protocol.
    pub protocol: Protocol,
    /// The port.
    pub port: u16,
    /// How many connections use it now.
    pub connections: u32,
    /// The application's name, such as `ftp`.
    pub name: String,
}

impl Application {
    /// A port of a module, with no connection: for tests of what reads applications.
    #[must_use]
    pub fn new(protocol: Protocol, port: u16, name: String) -> Self {
        Application {
            protocol,
            port,
            connections: 0,
            name,
        }
    }
}

/// Reads `/proc/net/ip_vs_app`, which has no rows while no such module is loaded.
#[derive(Debug)]
pub struct Applications<R>(Rows<R>);

impl<R: BufRead> Applications<R> {
    /// A reader of a file from its first byte.
    pub fn new(reader: R) -> Self {
        Applications(Rows::new(reader, "prot port usecnt name"))
    }
}

impl<R: BufRead> Iterator for Applications<R> {
    type Item = Result<Application, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next(|line| {
            let mut words = Words::new(line);
            let application = Application {
                protocol: words.protocol()?,
                port: words.decimal("port")?,
                connections: words.decimal("connections")?,
                name: words.field("name", "a word in UTF-8", name)?,
            };
            words.end()?;
            Ok(application)
        })
    }
}

impl<R: BufRead> FusedIterator for Applications<R> {}

fn name(word: &[u8]) -> Option<String> {
    let name = std::str::from_utf8(word).ok()?;
    (!name.is_empty()).then(|| name.to_owned())
}
