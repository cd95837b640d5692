//! Manage IPVS.
#![forbid(unsafe_code)]
#![deny(clippy::disallowed_types, clippy::disallowed_methods)]
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss
    )
)]

mod check;
#[allow(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "effects live here"
)]
mod client;
mod daemon;
mod dest;
#[allow(
    clippy::disallowed_types,
    reason = "the one place where wire and socket meet"
)]
mod door;
mod error;
mod flags;
mod forward;
mod info;
mod key;
mod name;
mod netmask;
mod protocol;
mod scheduler;
mod service;
mod stats;
mod table;
mod timeouts;
pub mod wire;

pub use client::{Checks, Client, NamespaceSource, Options, Stream};
pub use daemon::{DaemonRole, InterfaceName, SyncDaemon};
pub use dest::{Dest, DestEdit, DestEntry};
pub use error::{Applied, Error, ErrorKind, Object, Op};
pub use forward::{ForwardMethod, Tunnel, TunnelFlags, TunnelKind};
pub use info::{Info, IpvsVersion};
#[allow(clippy::disallowed_types, reason = "an effect, passed on")]
pub use ipvs_sys::netns::Namespace;
pub use key::{DestKey, ServiceKey};
pub use netmask::Netmask;
pub use protocol::{Family, Protocol};
pub use scheduler::{PersistenceEngine, Scheduler};
pub use service::{Service, ServiceEdit, ServiceEntry, ServiceFlags};
pub use stats::{Rates, Stats, StatsWidth};
pub use table::{Snapshot, SnapshotService, Table, TableService};
pub use timeouts::{Timeouts, TimeoutsEdit};

#[cfg(test)]
mod strategies;
