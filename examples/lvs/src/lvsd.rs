//! lvsd: brings up the virtual services of lvs.cf, has a [nanny](crate::nanny) watch each
//! real server, and the sorry server answer while there is no other.
//!
//! It plans what differs and does that: there is never a flush, and nobody else's service
//! is touched. What it has made it [remembers](services), so that a service that left the
//! file while no lvsd ran goes with the next one's start. Entries of real servers are their
//! nannies' to make; lvsd removes those that no nanny is for any more, once their
//! connections have ended.
//!
//! Whoever is killed, the table goes on: a dead nanny is started again and goes on from
//! what the table has and lvsd knows; the nannies of a dead lvsd end and leave the table as
//! it is, for the next lvsd's. An lvsd whose pulse died serves on, and the next pulse finds
//! it by its control socket.
//!
//! (Of all that a reload changes, a scheduler alone can't be changed without a trace: the
//! kernel has none for a moment, and refuses the connections that come then.)
//!
//! [`layout`] says what a file asks for, [`director`] decides and holds the table,
//! [`staff`] starts and hears the nannies, and [`run`] has the clock, the signals and the
//! control socket.

pub mod director;
pub mod layout;
pub mod options;
mod programs;
pub mod run;
pub mod services;
pub mod staff;

/// What lvsd answers to `reload` when it has taken the file; a refusal is answered by its
/// lines.
pub const RELOADED: &str = "reloaded";
/// What it answers when it takes no file any more.
pub const ENDING: &str = "lvsd is ending";
/// What it answers when it did not come to it in time: it will.
pub const BUSY: &str = "lvsd is busy";
