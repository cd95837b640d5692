//! The lines that ipvsadm reads and writes.

mod command;
mod fault;
mod mistake;
mod names;
mod print;
mod reader;

pub use command::{Command, List, Listing, parse_line};
pub use fault::{Fault, Subject, Value};
pub use mistake::Mistake;
pub use names::{Names, NoNames};
pub use print::{Endpoints, Format};
pub use reader::{Commands, Failure, Line, Reader, Rule};
