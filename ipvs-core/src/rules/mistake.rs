//! What can be wrong with a command line, and where.

use std::fmt;

use super::Fault;
use crate::error::Shown;
use crate::{Error, ErrorKind, Op};

/// The first thing that is wrong with a command line.
///
/// `Display` is one sentence: `line 3, column 14: weight "x": expected a number
/// from 0 to 2147483647`; without the place when the words came from an argv.
/// As an [`Error`] it is `InvalidInput` of [`Op::Parse`], with that sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    line: Option<usize>,
    column: usize,
    word: String,
    fault: Fault,
}

impl Mistake {
    pub(super) fn new(column: usize, word: &str, fault: Fault) -> Self {
        Mistake {
            line: None,
            column,
            word: word.to_owned(),
            fault,
        }
    }

    pub(super) fn on_line(mut self, line: usize) -> Self {
        self.line = Some(line);
        self
    }

    /// The line's number, from 1, when it came from a [`Reader`](super::Reader)
    /// or another reader of many lines.
    #[must_use]
    pub fn line(&self) -> Option<usize> {
        self.line
    }

    /// Where [`word`](Self::word) begins in its line, in characters from 1. In
    /// an argv: in its words joined by single blanks.
    #[must_use]
    pub fn column(&self) -> usize {
        self.column
    }

    /// The word to blame, whole: an option's value or, where that is attached, both
    /// in one (`-wx`); the command itself for what is missing. Empty when there is none.
    #[must_use]
    pub fn word(&self) -> &str {
        &self.word
    }

    /// What is wrong.
    #[must_use]
    pub fn fault(&self) -> &Fault {
        &self.fault
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}, column {}: ", self.column)?;
        }
        write!(f, "{}", self.fault)?;
        let names_it = matches!(
            self.fault,
            Fault::NoCommand
                | Fault::UnknownOption
                | Fault::MissingValue
                | Fault::UnwantedValue
                | Fault::AnotherCommand
                | Fault::Unexpected
        );
        if names_it && !self.word.is_empty() {
            write!(f, ", found {}", Shown(&self.word))?;
        }
        Ok(())
    }
}

impl std::error::Error for Mistake {}

impl From<Mistake> for Error {
    fn from(mistake: Mistake) -> Self {
        Error::new(ErrorKind::InvalidInput, Op::Parse, mistake.to_string())
    }
}
