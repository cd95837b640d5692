//! Whether a real server is well: one checker for each way to find out, and what follows
//! for its weight.
//!
//! [`health`] is pure: results and the time go in, orders for the server's entry come
//! out. [`exchange`] (TCP and UDP), [`http`], [`program`] and [`ping`] each make one check, under
//! one deadline for all of it, and give a [`Failure`] that says what went wrong. A [`Probe`]
//! says in words which of them it is.

mod deadline;
pub mod exchange;
mod expect;
mod failure;
pub mod health;
pub mod http;
mod peer;
pub mod ping;
mod probe;
pub mod program;

pub use expect::Expect;
pub use failure::Failure;
pub use probe::{Answer, Check, NoProbe, Probe};
