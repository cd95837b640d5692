//! What lvsd and its nannies say to each other: a line of JSON each, over the nanny's
//! standard input and output.
//!
//! lvsd sends [`Order::Watch`]; the nanny says [`Said::Ready`], and begins at
//! [`Order::Begin`]. Before a server leaves, the nanny says [`Said::Going`] and waits for
//! [`Order::Go`], though not for long: meanwhile lvsd may bring the sorry server. The end of
//! its standard input lets the nanny go: it ends, and leaves the table as it is.

use serde::{Deserialize, Serialize};

use super::watch::{Place, Watch};
use crate::status;

/// The mark in a nanny's environment that lvsd is at the other end of its streams.
pub const SUPERVISED: &str = "LVS_SUPERVISED";

/// What lvsd tells a nanny.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Order {
    /// What to do from now on. What is known about entries that stay is kept; entries that
    /// are gone are left as they are.
    Watch(Box<Watch>),
    /// Begin with the checks.
    Begin,
    /// The server may leave.
    Go(Place),
}

/// What a nanny tells lvsd.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Said {
    /// It knows what to do, and has found what the table has.
    Ready,
    /// The server is to leave: no traffic after [`Order::Go`].
    Going(Place),
    /// How an entry is.
    Is(Place, status::Health),
}

/// A message as a line.
#[must_use]
pub fn line(message: &impl Serialize) -> String {
    // These types have nothing that JSON can't say.
    serde_json::to_string(message).unwrap_or_default() + "\n"
}
