//! One command line.

use super::{Fault, Mistake, Names};
use crate::{Change, ServiceKey};

/// What one command line of ipvsadm asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Command {
    /// A change of the table.
    Change(Change),
    /// `-L`: a listing.
    List(List),
    /// `-S`: print the table as lines.
    Save {
        /// `-n`: with numbers and not names.
        numeric: bool,
    },
    /// `-R`: make the changes of the lines of the standard input.
    Restore,
    /// `-h`: tell how it is used.
    Help,
    /// `-v`: tell the version.
    Version,
}

/// A listing that `-L` asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct List {
    /// What is listed.
    pub what: Listing,
    /// `-n`: with numbers and not names.
    pub numeric: bool,
    /// `--exact`: large numbers in full.
    pub exact: bool,
    /// `--nosort`: in the kernel's order.
    pub nosort: bool,
    /// `--stats`: the counters.
    pub stats: bool,
    /// `--rate`: the rates.
    pub rate: bool,
    /// `--thresholds`: the thresholds.
    pub thresholds: bool,
    /// `--persistent-conn`: the persistent connections.
    pub persistent_connections: bool,
    /// `--tun-info`: the tunnels.
    pub tunnels: bool,
}

/// What `-L` lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Listing {
    /// The whole table.
    Table,
    /// One service.
    Service(ServiceKey),
    /// `-c`: the connections.
    Connections,
    /// `--timeout`: the time-outs.
    Timeouts,
    /// `--daemon`: the sync daemons.
    Daemons,
}

impl Command {
    /// Reads the words of a command line, the program's name left out.
    ///
    /// # Errors
    ///
    /// The first mistake, in ipvsadm's own order of checks. No words at all are
    /// [`Fault::NoCommand`].
    pub fn parse<S: AsRef<str>>(words: &[S], names: &dyn Names) -> Result<Command, Mistake> {
        let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
        let _ = names;
        Err(Mistake::new(
            1,
            words.first().unwrap_or(&""),
            Fault::NoCommand,
        ))
    }
}

/// Reads one line; `None` if it is blank or a comment (`#` first). Words are
/// parted by blanks and tabs, nothing is quoted, and the word `ipvsadm` is skipped.
///
/// # Errors
///
/// The first mistake.
pub fn parse_line(line: &str, names: &dyn Names) -> Result<Option<Command>, Mistake> {
    let words: Vec<&str> = line.split_ascii_whitespace().collect();
    Command::parse(&words, names).map(Some)
}
