//! A table to begin with.

use std::net::SocketAddr;
use std::time::Duration;

use ipvs_core::fake::{Environment, Interface, Kernel};
use ipvs_core::procfs::Connection;
use ipvs_core::{
    Client, DaemonRole, Dest, DestEntry, DestKey, ForwardMethod, InterfaceName, Service,
    ServiceKey, SyncDaemon,
};

/// A kernel, a client of its initial namespace, and a service with two dests.
pub(crate) struct Site {
    pub(crate) kernel: Kernel,
    pub(crate) client: Client,
    pub(crate) service: ServiceKey,
    pub(crate) dests: [DestKey; 2],
}

impl Site {
    pub(crate) fn new() -> Self {
        Self::with(Environment::new())
    }

    pub(crate) fn with(environment: Environment) -> Self {
        let kernel = Kernel::with(environment);
        let client = kernel.client().unwrap();
        let service = "tcp 192.0.2.1:80".parse().unwrap();
        let dests = ["10.0.3.100:8080", "10.0.3.150:8080"].map(|key| key.parse().unwrap());
        client.add_service(&Service::new(service)).unwrap();
        for dest in dests {
            client.add_dest(&service, &self::dest(dest)).unwrap();
        }
        Site {
            kernel,
            client,
            service,
            dests,
        }
    }

    /// The same with an interface that daemons can use.
    pub(crate) fn with_eth1() -> Self {
        let site = Self::new();
        let eth1 = Interface::new("eth1").with_address([192, 0, 2, 9], 24);
        site.kernel.initial().set_interface(eth1);
        site
    }

    /// What is listed of the first dest.
    pub(crate) fn first(&self) -> DestEntry {
        self.client.dest(&self.service, &self.dests[0]).unwrap()
    }

    /// A connection to the first dest, which ends after so many seconds.
    pub(crate) fn connection(&self, client: &str, seconds: u64) -> Connection {
        let client: SocketAddr = client.parse().unwrap();
        let mut connection = Connection::new(client, self.service, self.dests[0]);
        connection.expires = Duration::from_secs(seconds);
        connection
    }
}

/// A masqueraded dest.
pub(crate) fn dest(key: DestKey) -> Dest {
    Dest::new(key.address, key.port, ForwardMethod::MASQUERADE)
}

/// A daemon on eth1.
pub(crate) fn daemon(role: DaemonRole) -> SyncDaemon {
    let eth1: InterfaceName = "eth1".parse().unwrap();
    SyncDaemon::new(role, eth1)
}
