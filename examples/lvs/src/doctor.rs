//! What is wrong with a set-up: of a director, or of a real server.
//!
//! [`gather`] looks at this host and changes nothing; [`examine`] is pure, and says of
//! those [`Facts`] what each mistake breaks and which command lines cure it.
//!
//! ```
//! use lvs::config::Forward;
//! use lvs::doctor::{Code, Facts, examine};
//!
//! let mut facts = Facts::director(Forward::Nat);
//! assert_eq!(examine(&facts), []);
//! facts.settings.0.insert("net/ipv4/ip_forward".into(), 0);
//! let findings = examine(&facts);
//! assert_eq!(findings[0].code, Code::ForwardingOff);
//! assert_eq!(findings[0].cure, ["sysctl -w net.ipv4.ip_forward=1"]);
//! ```

mod director;
mod facts;
mod finding;
mod firewall;
mod gather;
mod modules;
mod network;
mod server;
mod settings;
mod shell;

pub use facts::{Duty, Facts, Kernel, Place, Wanted};
pub use finding::{Code, Finding};
pub use firewall::{Firewall, Packet};
pub use gather::{Asked, Blind, gather};
pub use modules::Modules;
pub use network::Network;
pub use settings::Settings;

#[cfg(test)]
mod tests;

/// Every mistake, in the order in which they are best cured.
#[must_use]
pub fn examine(facts: &Facts) -> Vec<Finding> {
    match &facts.place {
        Place::Director => director::findings(facts),
        Place::Server { vips, director } => server::findings(facts, vips, *director),
    }
}
