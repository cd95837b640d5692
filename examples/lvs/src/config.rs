//! lvs.cf: the one file that describes the cluster.
//!
//! [`parse`] reads it, `Display` of [`Config`] writes it, and what is written reads back as the same
//! value. All mistakes are found at once, each with its line and column; what the
//! programs of then choked on and we need not is accepted with a [`Warning`] that says so.
//!
//! ```
//! use ipvs_core::rules::NoNames;
//! use lvs::config;
//!
//! let text = "service = lvs\nvirtual web {\n    active = 1\n    address = 10.0.2.100 eth0:0\n}\n";
//! let parsed = config::parse(text.as_bytes(), &NoNames)?;
//! assert_eq!(parsed.config.virtuals[0].port, 80);
//!
//! let refused = config::parse(b"keepalife = 2\n", &NoNames).unwrap_err();
//! assert_eq!(
//!     refused.to_string(),
//!     "line 1, column 1: unknown command: \"keepalife\"; did you mean keepalive?"
//! );
//! # Ok::<(), config::Refused>(())
//! ```
//!
//! # The grammar
//!
//! A line is `key = value`, the head of a block (`virtual NAME {`, in it `server NAME {`, or
//! `failover NAME {`), a `}`, or a comment behind `#`. Blanks part the words. Quotes, double or
//! single, hold blanks together; in them `\\ \' \"` stand for what they do in C. So do
//! `\n \r \t` in what is sent and expected, where all of them hold without quotes too. Any
//! other backslash is itself.
//! What reads well may still make no sense together: [`Config::complaints`] says so.
//!
//! The keys and their defaults are the fields of [`Config`], [`Virtual`] and [`Server`].

mod blocks;
mod codec;
mod complaints;
mod edit;
mod entries;
mod findings;
mod keys;
mod lines;
mod load;
mod model;
mod names;
mod places;
mod print;
mod read;
pub(crate) mod text;

pub use complaints::Complaint;
pub use edit::Keys;
pub use findings::{Fault, Mistake, Refused, Warning};
pub use load::{LoadError, load};
pub use model::{
    Alias, Check, Config, Conflict, Forward, LoadMonitor, RunsService, Server, Virtual,
};
pub use names::SystemNames;
pub use places::Lines;
pub use read::{Parsed, parse};

#[cfg(test)]
pub(crate) mod tests;
