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
mod sayable;
mod scan;
mod table;
mod value;

pub use command::{Command, List, Listing, parse_line};
pub use fault::{Fault, Subject, Value};
pub use mistake::Mistake;
pub use names::{Names, NoNames};
pub use print::{Endpoints, Format, print};
pub use reader::{Commands, Failure, Line, MAX_LINE, Reader, Rule};
pub use table::{parse, parse_table};
