//! Many lines, one after the other.

use std::fmt;
use std::io;

use super::{Command, Mistake, NoNames};
use crate::{Change, Error, ErrorKind, Op};

/// The commands of many lines, each with its line's number: everything that
/// `ipvsadm -R` reads. Blank lines and comments are skipped.
///
/// It holds one line at a time. After a mistake it goes on with the next line;
/// after a failure of the reader it ends.
#[derive(Debug)]
pub struct Commands<R, N = NoNames> {
    reader: R,
    names: N,
    line: usize,
    ended: bool,
}

/// A command and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Line {
    /// The line's number, from 1.
    pub number: usize,
    /// The command.
    pub command: Command,
}

/// Why [`Commands`] gives no command.
#[derive(Debug)]
#[non_exhaustive]
pub enum Failure {
    /// Something is wrong with a line.
    Mistake(Mistake),
    /// The reader failed.
    Io(io::Error),
}

/// The changes of many lines, each with its line's number: [`Commands`] whose
/// other commands (listings and such) are errors.
#[derive(Debug)]
pub struct Reader<R, N = NoNames> {
    commands: Commands<R, N>,
}

/// A change and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rule {
    /// The line's number, from 1.
    pub line: usize,
    /// The change.
    pub change: Change,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Mistake(mistake) => mistake.fmt(f),
            Failure::Io(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Failure {}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Mistake(mistake) => mistake.into(),
            Failure::Io(error) => {
                let failed = Error::new(ErrorKind::Io, Op::Parse, error.to_string());
                match error.raw_os_error() {
                    Some(errno) => failed.with_errno(errno),
                    None => failed,
                }
            }
        }
    }
}
