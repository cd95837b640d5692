//! lvs.cf from and to what other programs read.
//!
//! Nothing that is lost is lost in silence: whatever the other side can't say is a [`Loss`].

mod from_table;
pub mod keepalived;
mod to_table;

pub use from_table::from_table;
pub use to_table::{daemon, dest, rules, service, sorry_dest, timeouts, to_table};

use std::fmt;

/// One thing that could not be carried over: `line 7: quorum: …`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// Its line in what was read, from 1, where it has one.
    pub line: Option<usize>,
    /// What it is, and what becomes of it.
    pub what: String,
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line}: {}", self.what),
            None => f.write_str(&self.what),
        }
    }
}

impl Loss {
    fn new(what: impl Into<String>) -> Self {
        let (line, what) = (None, what.into());
        Loss { line, what }
    }
}

/// What was made, and what it lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Converted<T> {
    /// What was made.
    pub value: T,
    /// What could not be carried over.
    pub losses: Vec<Loss>,
}

#[cfg(test)]
mod tests;
