//! nanny: watches one real server, and keeps its entries in the table as its checks say.
//!
//! It changes the server's own entries and nothing else, by edits that keep what others
//! set. By hand it is told what to do by the original's [options], for one service. lvsd
//! [talks](talk) with it, tells it of every service that names the server, and of
//! changes: then it goes on with what it knows. When lvsd dies, nanny leaves its entries as
//! they are and ends, for the next lvsd's to go on from there.
//!
//! [`machine`] decides, and is driven by whoever has a clock; [`run`] has the clock, the
//! signals, the pipes, and the checks, each on a thread of its own.

pub mod machine;
pub mod options;
mod report;
pub mod run;
mod table;
pub mod talk;
mod uptime;
pub mod watch;

pub use report::Report;
