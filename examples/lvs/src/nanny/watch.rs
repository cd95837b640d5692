//! What a nanny is to do: which server to ask, how, and for which services.

use std::net::SocketAddr;
use std::time::Duration;

use ipvs_core::{Dest, DestKey, ServiceKey};
use serde::{Deserialize, Serialize};

use crate::check::Probe;
use crate::check::health::{Glasses, Settings};

/// A server, and how it is watched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watch {
    /// Whom the checks ask.
    pub target: SocketAddr,
    /// What they ask.
    pub probe: Probe,
    /// The time from the beginning of one to that of the next.
    pub interval: Duration,
    /// How long one may take.
    pub timeout: Duration,
    /// How its load is asked for.
    pub load: Load,
    /// What follows for the table.
    pub entries: Vec<Entry>,
}

/// How a server's load is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Load {
    /// It isn't.
    #[default]
    Unasked,
    /// By `rup`.
    Rup,
    /// By `ruptime`.
    Ruptime,
    /// By running `uptime` there with this command: rsh, ssh.
    Uptime(String),
}

impl Load {
    /// The command, with `%h` for the server.
    #[must_use]
    pub fn line(&self) -> Option<String> {
        match self {
            Load::Unasked => None,
            Load::Rup => Some("rup %h".into()),
            Load::Ruptime => Some("ruptime %h".into()),
            Load::Uptime(command) => Some(format!("{command} %h uptime")),
        }
    }
}

/// One entry of the server in the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The service that it is of.
    pub service: ServiceKey,
    /// The entry, with the weight that it has in the end.
    pub dest: Dest,
    /// How long a failed server must answer before it comes back.
    pub reentry: Duration,
    /// The good checks that bring it back, whatever `reentry` says.
    pub rise: Option<u32>,
    /// The bad ones that take it out.
    pub fall: u32,
    /// Whether it stays with weight 0 then.
    pub quiesce: bool,
    /// How many times its weight it may get while it has no load.
    pub scale: u32,
    /// Whether an earlier checker knew that it is down: it must reenter.
    pub known_down: bool,
    /// The glasses of an earlier checker, if there was one: without, the entry is seen as
    /// the others of the watch.
    #[serde(default)]
    pub glasses: Option<Glasses>,
}

/// Which entry of the table: one server of one service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Place {
    /// The service.
    pub service: ServiceKey,
    /// The server in it.
    pub dest: DestKey,
}

impl Entry {
    /// Where it is.
    #[must_use]
    pub fn place(&self) -> Place {
        Place {
            service: self.service,
            dest: self.dest.key,
        }
    }
}

impl Watch {
    /// Whether another watch's checks are these very ones, whatever follows from them.
    #[must_use]
    pub fn asks_the_same(&self, other: &Watch) -> bool {
        let ask = |watch: &Watch| (watch.target, watch.interval, watch.timeout);
        ask(self) == ask(other) && self.probe == other.probe && self.load == other.load
    }

    /// How an entry of it is judged.
    #[must_use]
    pub fn settings(&self, entry: &Entry) -> Settings {
        let usual = Settings::new(entry.dest.weight, self.interval, entry.reentry);
        let scale = match self.load {
            Load::Unasked => 1,
            _ => entry.scale,
        };
        Settings {
            rise: entry.rise.unwrap_or(usual.rise).max(1),
            fall: entry.fall.max(1),
            quiesce: entry.quiesce,
            scale,
            ..usual
        }
    }

    /// What the log calls the way from a service to the server:
    /// `10.0.2.100:80 -> 10.0.3.100:8080`.
    #[must_use]
    pub fn way(&self, entry: &Entry) -> String {
        match entry.service {
            ServiceKey::Address { address, port, .. } => {
                format!("{} -> {}", SocketAddr::new(address, port), self.target)
            }
            mark => format!("{mark} -> {}", self.target),
        }
    }
}
