//! The lines that ipvsadm reads and writes.
//!
//! `ipvsadm -S` writes a table as lines, and `ipvsadm -R` reads lines, each of
//! which is a whole command line of the tool. This module reads everything that `-R`
//! reads and knows what each line means:
//!
//! * [`parse`] and [`parse_table`] make a [`Table`](crate::Table) of its lines,
//!   [`print`](print()) makes lines of a table.
//! * [`Reader`] gives the [`Change`](crate::Change)s of any number of lines, one at a
//!   time; [`Format`] writes a change or a table as lines.
//! * [`Command::parse`] reads an argv, [`parse_line`] a line, [`Commands`] many, with
//!   the commands that change nothing (`-L`, `-S`, …) too.
//!
//! ```
//! use ipvs_core::rules;
//!
//! let text = "\
//! ## web, two servers
//! -A -t 192.0.2.1:80 -s wrr
//! -a -t 192.0.2.1:80 -r 10.0.3.100:8080 -m -w 3
//! -a -t 192.0.2.1:80 -r 10.0.3.101:8080 -m -w 1
//! ";
//! let table = rules::parse(text)?;
//! assert_eq!(table.services[0].dests.len(), 2);
//! let error = rules::parse("-A -t 192.0.2.1:80 -w 3").unwrap_err();
//! assert_eq!(
//!     error.to_string(),
//!     "parse: line 1, column 20: the command add-service has no weight"
//! );
//! # Ok::<(), ipvs_core::Error>(())
//! ```
//!
//! # What is read
//!
//! The grammar is that of ipvsadm 1.31, with its rules for short and long
//! options, its numbers (`+80`), its addresses (`10.1`, `0x7f.1`) and its order of
//! checks: where several things are wrong, the same one is told. Names of hosts
//! and services go through the caller's [`Names`]. Lines that begin with `#` are
//! comments. Where the original is plainly broken, this is not:
//!
//! * a port behind brackets counts, whatever is in them (`[192.0.2.1]:80`);
//! * `-M` and `-r` mean the same before and behind the service that they belong to;
//! * an IPv6 netmask is a number and nothing else (not `64abc`);
//! * a name that the kernel has no room for is a mistake, and not cut;
//! * `-b ,` is no flags, and not a crash;
//! * `!#:+`, for which popt puts the word behind it, is a word like any other.
//!
//! # What is written
//!
//! Everything that a table holds, where the original drops thresholds, a netmask
//! without persistence and some flags. What no line can say (other protocols
//! and forwarding methods, a dest's own port without masquerading, unknown flags, …)
//! is an error that names the field. As long as a table has none of it,
//! `parse(print(table)) == table`; its time-outs and daemons are written
//! [when asked for](Format::with_extras).

mod build;
mod command;
mod draft;
mod fault;
mod grammar;
mod legal;
mod mistake;
mod names;
mod print;
mod reader;
mod sayable;
mod scan;
mod table;
mod value;

pub use command::{Command, List, Listing, parse_line};
pub use fault::{Fault, Subject, Value};
pub use mistake::Mistake;
pub use names::{Names, NoNames};
pub use print::{Endpoints, Format, numeric, print};
pub use reader::{Commands, Failure, Line, MAX_LINE, Reader, Rule};
pub use table::{parse, parse_table};

#[cfg(test)]
mod tests;
