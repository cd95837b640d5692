//! Manage IPVS, the Linux kernel's layer-4 load balancer.
//!
//! A [`Client`] speaks to the kernel of one network namespace over generic
//! netlink, with one method for each thing that the kernel can do; the values
//! it takes and gives ([`Service`], [`Dest`], [`Scheduler`], [`ForwardMethod`],
//! [`SyncDaemon`], …) are plain data with `Display` and `FromStr`; whatever goes
//! wrong is one [`Error`] that says what, with what, and what to do about it.
//!
//! ```no_run
//! use ipvs_core::{Client, Dest, DestEdit, ForwardMethod, Options, Scheduler, Service, ServiceKey};
//!
//! let client = Client::open(&Options::new())?;
//! let web = Service::new(ServiceKey::tcp([192, 0, 2, 1], 80)).with_scheduler(Scheduler::RR);
//! client.add_service(&web)?;
//! let server = Dest::new([10, 0, 3, 100], 8080, ForwardMethod::MASQUERADE);
//! client.add_dest(&web.key, &server)?;
//! client.edit_dest(&web.key, &server.key, &DestEdit::new().with_weight(0))?;
//! # Ok::<(), ipvs_core::Error>(())
//! ```
//!
//! # What it does, and what it does not
//!
//! * It covers the whole netlink interface: services by address and by
//!   firewall mark, real servers with every forwarding method and tunnel,
//!   persistence, thresholds, counters, timeouts, sync daemons.
//! * It refuses, before sending, what the kernel would refuse without a reason
//!   or accept without a meaning, and names the field. [`Checks::Kernel`]
//!   leaves the judgement to the kernel.
//! * What is asked for and what was seen are different types ([`Service`] and
//!   [`ServiceEntry`], [`Table`] and [`Snapshot`]), and anything that another
//!   program put into the kernel can be read, kept and sent back.
//! * It execs nothing, starts no thread that outlives a call, prints nothing,
//!   keeps no global state, and panics on nothing that a kernel or a caller
//!   hands it.
//! * It does not watch for changes (the kernel announces none), does not check
//!   the health of real servers, and does not touch addresses, routes or the
//!   firewall.
//!
//! # Kernels, privileges, namespaces, threads
//!
//! Linux 5.10 and later. Every operation over netlink, reading too, needs
//! `CAP_NET_ADMIN` in the initial user namespace; root of a rootless container
//! never has that. What the kernel shows in files ([`procfs`], [`Sysctl`]) is
//! anybody's to read. A client belongs to the network namespace that it was
//! opened in. It is `Send` and `Sync`, blocks until the kernel has answered or was
//! silent for too long, and refuses to work in a forked child.
//!
//! The codec below, [`wire`], needs no socket and may be used on its own: from
//! an event loop, say.
#![cfg_attr(
    feature = "fake",
    doc = "\nWith the feature `fake` there is a kernel in memory, for tests without root: [`fake`]."
)]
#![cfg_attr(
    feature = "serde",
    doc = "\nWith the feature `serde` tables, snapshots and connections are JSON: [`json`]."
)]
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
        clippy::cast_sign_loss,
        clippy::dbg_macro,
        clippy::exit,
        clippy::print_stderr,
        clippy::print_stdout,
        clippy::todo,
        clippy::unimplemented,
        clippy::unreachable
    )
)]

mod batch;
mod change;
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
    clippy::disallowed_methods,
    reason = "the one place where wire and socket meet"
)]
mod door;
mod error;
#[cfg(feature = "fake")]
#[allow(
    clippy::disallowed_types,
    reason = "handles of one machine share it behind a lock"
)]
pub mod fake;
mod flags;
mod forward;
mod info;
#[cfg(feature = "serde")]
pub mod json;
mod key;
mod name;
mod netmask;
mod number;
mod phrase;
mod plan;
pub mod procfs;
mod protocol;
pub mod rules;
mod scheduler;
mod service;
mod stats;
mod sysctl;
mod table;
mod timeouts;
pub mod wire;

pub use batch::{Batch, Report};
pub use change::Change;
pub use client::{
    Apply, Checks, Client, Drain, DrainLeft, DrainStep, FileStream, NamespaceSource, Options,
    Stream,
};
pub use daemon::{DaemonRole, InterfaceName, SyncDaemon};
pub use dest::{Dest, DestEdit, DestEntry};
pub use error::{Applied, Error, ErrorKind, Object, Op};
pub use forward::{ForwardMethod, Tunnel, TunnelFlags, TunnelKind};
pub use info::{Info, IpvsVersion};
pub use ipvs_sys::descriptor::duplicate as duplicate_descriptor;
#[allow(clippy::disallowed_types, reason = "an effect, passed on")]
pub use ipvs_sys::netns::Namespace;
pub use key::{DestKey, ServiceKey};
pub use netmask::Netmask;
pub use plan::{Differences, Plan, PlannedChange, Reason, Scope};
pub use protocol::{Family, Protocol};
pub use scheduler::{PersistenceEngine, Scheduler};
pub use service::{Service, ServiceEdit, ServiceEntry, ServiceFlags};
pub use stats::{Rates, Stats, StatsWidth};
pub use sysctl::{Sysctl, SysctlForm, SysctlNeed, SysctlValue};
pub use table::{Snapshot, SnapshotService, Table, TableService};
pub use timeouts::{Timeouts, TimeoutsEdit};

#[cfg(test)]
mod strategies;

/// The README's example, as a test of the documentation.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
