//! What the daemons tell about themselves, as JSON over their [control](crate::control)
//! sockets: for `web`, `top`, and whoever else asks.
//!
//! Moments are seconds since 1970.

use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// The moment that it is.
#[must_use]
pub fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}

/// What lvsd tells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lvsd {
    /// Its process.
    pub pid: u32,
    /// The file that it runs by.
    pub config: PathBuf,
    /// That file's `serial_no` when it was read.
    pub serial_no: u32,
    /// When it was read.
    pub loaded: u64,
    /// Why the last reload changed nothing, if it failed.
    pub refused: Option<String>,
    /// The active virtual services, in the file's order.
    pub services: Vec<VirtualService>,
}

/// One active virtual service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VirtualService {
    /// Its name in the file.
    pub name: String,
    /// Its key as ipvs-core prints it.
    pub service: String,
    /// Whether the sorry server answers; `None` when it has none.
    pub sorry: Option<bool>,
    /// Its active real servers, in the file's order.
    pub servers: Vec<RealServer>,
}

/// One real server of a service, and its checker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RealServer {
    /// Its name in the file.
    pub name: String,
    /// Its key as ipvs-core prints it.
    pub dest: String,
    /// The checker's process, while it runs.
    pub nanny: Option<u32>,
    /// What the checker says.
    pub health: Health,
}

/// What a checker says about a real server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Health {
    /// Whether it serves.
    pub state: State,
    /// Since when.
    pub since: u64,
    /// The weight of its entry in the table, if it has one.
    pub weight: Option<u32>,
    /// What the last check failed for, if it did.
    pub failure: Option<String>,
}

/// Whether a real server serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// No check has ended yet.
    Unknown,
    /// It serves.
    Up,
    /// It does not.
    Down,
    /// It serves whatever its checks say, as a signal wanted.
    ForcedUp,
    /// It does not, whatever its checks say.
    ForcedDown,
}

/// What pulse tells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pulse {
    /// Its process.
    pub pid: u32,
    /// `MASTER` or `BACKUP`: which node this is by its configuration.
    pub role: String,
    /// Whether this node serves.
    pub active: bool,
    /// Since when it does or does not.
    pub since: u64,
    /// When the partner was heard last.
    pub heard: Option<u64>,
    /// The process of its lvsd, while it runs.
    pub lvsd: Option<u32>,
    /// Why the last reload changed nothing of what pulse does, if it failed.
    pub refused: Option<String>,
}
