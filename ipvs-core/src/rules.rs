//! The lines that ipvsadm reads and writes.

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
mod scan;
mod value;

pub use command::{Command, List, Listing, parse_line};
pub use fault::{Fault, Subject, Value};
pub use mistake::Mistake;
pub use names::{Names, NoNames};
pub use print::{Endpoints, Format};
pub use reader::{Commands, Failure, Line, Reader, Rule};
