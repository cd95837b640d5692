//! The connection table, row by row in the kernel's order.

use std::iter::Peekable;

use ipvs_core::procfs::Connection;
use ipvs_core::{Client, FileStream};

use crate::failure::Failure;

const FILE: &str = "/proc/net/ip_vs_conn";

/// The rows that can be understood. The others are told on stderr.
pub(crate) struct Connections {
    rows: Peekable<FileStream<Connection>>,
    outcome: Result<(), Failure>,
}

impl Connections {
    pub(crate) fn open(client: &Client) -> Result<Self, Failure> {
        let rows = client
            .connections()
            .map_err(|_| Failure::new(1, format!("cannot open file {FILE}")))?;
        let mut rows = rows.peekable();
        if rows.peek().is_some_and(Result::is_err) {
            return Err(Failure::new(1, format!("unexpected input from {FILE}")));
        }
        let outcome = Ok(());
        Ok(Connections { rows, outcome })
    }

    /// How it went, once all rows are read.
    pub(crate) fn outcome(self) -> Result<(), Failure> {
        self.outcome
    }
}

impl Iterator for Connections {
    type Item = Connection;

    fn next(&mut self) -> Option<Connection> {
        loop {
            match self.rows.next()? {
                Ok(connection) => return Some(connection),
                Err(error) => {
                    Failure::new(1, error.to_string()).tell();
                    self.outcome = Err(Failure::silent(1));
                }
            }
        }
    }
}
