//! What the kernel tells about IPVS in `/proc/net`, as values.
//!
//! Each reader takes any [`BufRead`](std::io::BufRead): a file of the client's
//! own namespace (`Client` opens those), one that was copied elsewhere, or a
//! byte slice.
//!
//! | file | reader |
//! |---|---|
//! | `ip_vs_conn` | [`Connections`] |
//! | `ip_vs_conn_sync` | [`SyncedConnections`] |
//! | `ip_vs_app` | [`Applications`] |
//! | `ip_vs` | [`KernelTable::read`] |
//! | `ip_vs_stats` | [`total_stats`] |
//! | `ip_vs_stats_percpu` | [`CpuStats::read`] |
//! | `ip_vs_status`, since Linux 7.1 | [`Status::read`] |
//!
//! The first three are iterators that hold one line at a time, so a table of a
//! million connections is read in one pass in the memory of one. They go on
//! behind a line that they could not understand, and end behind a failure to
//! read. The others read their file whole, and fail at the first such line.
//!
//! ```
//! use ipvs_core::procfs::{ConnectionState, Connections};
//! let file = "\
//! Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Expires PEName PEData
//! TCP 0A00020F ABCD C0000201 0050 0A000396 1F90 ESTABLISHED     899
//! ";
//! let connection = Connections::new(file.as_bytes()).next().unwrap()?;
//! assert_eq!(connection.service.to_string(), "tcp 192.0.2.1:80");
//! assert_eq!(connection.dest.to_string(), "10.0.3.150:8080");
//! assert_eq!(connection.state, ConnectionState::ESTABLISHED);
//! # Ok::<(), ipvs_core::Error>(())
//! ```
//!
//! # Errors
//!
//! `InvalidInput` for text that is not what the kernel prints, with the number
//! of the line, the field and the word; `Io` when the file could not be read.
//! A file that is empty to its first byte is none of the kernel's: its header is
//! always there.

mod application;
mod connection;
mod lines;
mod state;
mod stats;
mod status;
mod table;
mod words;

pub use application::{Application, Applications};
pub use connection::{Connection, Connections, Origin, PersistenceData, SyncedConnections};
pub use state::ConnectionState;
pub use stats::{CpuCounters, CpuStats, total_stats};
pub use status::{HashTable, Status};
pub use table::{KernelDest, KernelPersistence, KernelService, KernelServiceKey, KernelTable};

#[cfg(test)]
mod tests;
