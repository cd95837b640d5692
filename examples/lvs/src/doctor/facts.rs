//! What is known of a host.

use std::collections::BTreeSet;
use std::net::IpAddr;

use ipvs_core::procfs::Connection;
use ipvs_core::{
    DestEntry, ForwardMethod, Protocol, ServiceKey, SnapshotService, SyncDaemon, Table,
    TableService, Tunnel,
};

use super::{Firewall, Modules, Network, Settings};
use crate::config::{Alias, Config, Forward, Lines, Parsed, Virtual};
use crate::convert::to_table;

/// All that findings are made from. What is not known is empty and leads to none.
#[derive(Clone, Debug, PartialEq)]
pub struct Facts {
    /// How the real servers are meant to be reached.
    pub mode: Forward,
    /// What this host is.
    pub place: Place,
    /// What a director does at the moment.
    pub duty: Duty,
    /// What lvs.cf wants.
    pub wanted: Option<Wanted>,
    /// IPVS; `None` when this kernel has not loaded it.
    pub kernel: Option<Kernel>,
    /// Interfaces, addresses and routes.
    pub network: Network,
    /// The sysctls that matter.
    pub settings: Settings,
    /// The kernel's modules.
    pub modules: Modules,
    /// The firewall; `None` when nobody can tell.
    pub firewall: Option<Firewall>,
    /// A client that is to be served.
    pub client: Option<IpAddr>,
    /// What kind of tunnel the real servers end.
    pub tunnel: Tunnel,
    /// The UDP ports that are open here; `None` where nobody tells.
    pub udp_ports: Option<BTreeSet<u16>>,
}

/// What a director does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duty {
    /// It serves, as far as anybody says.
    Serves,
    /// The other one of two serves: this one has no addresses and no table to look at.
    StandsBy,
    /// It is one of two, has none of the floating addresses, and no pulse that would bring
    /// them up. The other one may have them.
    Unattended,
}

/// What a host is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A director.
    Director,
    /// A real server.
    Server {
        /// The virtual addresses that it serves.
        vips: Vec<IpAddr>,
        /// The director's address among the servers, which is their gateway under nat.
        director: Option<IpAddr>,
    },
}

/// An lvs.cf.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// Its path.
    pub file: String,
    /// What it says.
    pub config: Config,
    /// Where it says it.
    pub lines: Lines,
    /// The table that it makes.
    pub table: Table,
}

/// The IPVS of this host's network namespace.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Kernel {
    /// The services with their real servers.
    pub services: Vec<SnapshotService>,
    /// The sync daemons that run.
    pub daemons: Vec<SyncDaemon>,
    /// The connection table.
    pub connections: Vec<Connection>,
}

impl Wanted {
    /// What a file wants.
    #[must_use]
    pub fn new(file: impl Into<String>, parsed: Parsed) -> Self {
        let table = to_table(&parsed.config).value;
        Wanted {
            file: file.into(),
            config: parsed.config,
            lines: parsed.lines,
            table,
        }
    }

    /// The blocks that are active, each with its lines.
    pub(super) fn blocks(&self) -> impl Iterator<Item = (&Virtual, &Lines)> {
        let all = self.config.virtuals.iter().zip(&self.lines.blocks);
        all.filter(|(wanted, _)| wanted.active)
    }

    pub(super) fn service(&self, key: &ServiceKey) -> Option<&TableService> {
        let mut services = self.table.services.iter();
        services.find(|wanted| wanted.service.key == *key)
    }

    /// The blocks that are active.
    pub(super) fn virtuals(&self) -> impl Iterator<Item = &Virtual> {
        self.config.virtuals.iter().filter(|wanted| wanted.active)
    }

    /// The virtual addresses of the services that a host is an active real server of.
    pub(super) fn vips_of(&self, network: &Network) -> Vec<IpAddr> {
        let takes_part = |service: &Virtual| {
            let mut servers = service.servers.iter().filter(|server| server.active);
            servers.any(|server| network.holder(server.address).is_some())
        };
        let own = self.aliases().filter(|(_, service)| takes_part(service));
        let mut vips: Vec<IpAddr> = own.map(|(alias, _)| alias.address).collect();
        // Several services may be for one address.
        vips.sort_unstable();
        vips.dedup();
        vips
    }

    /// The addresses that only the director has that serves.
    fn floating(&self) -> Vec<IpAddr> {
        let aliases = self.aliases().map(|(alias, _)| alias);
        let all = aliases.chain(self.config.nat_router);
        all.map(|alias| alias.address).collect()
    }

    /// The virtual addresses and the devices that carry them.
    pub(super) fn aliases(&self) -> impl Iterator<Item = (Alias, &Virtual)> {
        self.virtuals()
            .filter_map(|wanted| Some((wanted.address?, wanted)))
    }
}

impl Facts {
    /// A director of which nothing is known.
    #[must_use]
    pub fn director(mode: Forward) -> Self {
        Facts {
            mode,
            place: Place::Director,
            duty: Duty::Serves,
            wanted: None,
            kernel: Some(Kernel::default()),
            network: Network::default(),
            settings: Settings::default(),
            modules: Modules::default(),
            firewall: None,
            client: None,
            tunnel: Tunnel::ipip(),
            udp_ports: None,
        }
    }

    /// A real server of which nothing more is known.
    #[must_use]
    pub fn server(mode: Forward, vips: Vec<IpAddr>, director: Option<IpAddr>) -> Self {
        Facts {
            place: Place::Server { vips, director },
            ..Facts::director(mode)
        }
    }

    /// What a director does, of which pulse says whether it is `active`, or says nothing.
    pub(super) fn duty_by(&self, active: Option<bool>) -> Duty {
        let pair = self.wanted.as_ref().filter(|it| it.config.backup_active);
        match (active, pair) {
            (Some(false), _) => Duty::StandsBy,
            (None, Some(pair)) if !self.network.holds_any(&pair.floating()) => Duty::Unattended,
            _ => Duty::Serves,
        }
    }

    pub(super) fn services(&self) -> &[SnapshotService] {
        self.kernel
            .as_ref()
            .map_or(&[], |kernel| kernel.services.as_slice())
    }

    pub(super) fn connections(&self) -> &[Connection] {
        self.kernel
            .as_ref()
            .map_or(&[], |kernel| kernel.connections.as_slice())
    }

    /// The service of the kernel's table.
    pub(super) fn service(&self, key: &ServiceKey) -> Option<&SnapshotService> {
        let mut services = self.services().iter();
        services.find(|service| service.entry.service.key == *key)
    }

    /// The real servers of the kernel's table that are hosts of their own.
    pub(super) fn servers(&self) -> impl Iterator<Item = (&SnapshotService, &DestEntry)> {
        self.services().iter().flat_map(|service| {
            let dests = service.dests.iter().map(move |entry| (service, entry));
            dests.filter(|(_, entry)| !self.network.is_local(entry.dest.key.address))
        })
    }

    /// Those that are reached by a method.
    pub(super) fn servers_by(
        &self,
        methods: &[ForwardMethod],
    ) -> impl Iterator<Item = (&SnapshotService, &DestEntry)> {
        self.servers()
            .filter(move |(_, entry)| methods.contains(&entry.dest.forward))
    }

    /// The virtual addresses: of the kernel's table, and of what is wanted.
    pub(super) fn vips(&self) -> Vec<IpAddr> {
        let of_table =
            self.services()
                .iter()
                .filter_map(|service| match service.entry.service.key {
                    ServiceKey::Address { address, .. } => Some(address),
                    ServiceKey::FirewallMark { .. } => None,
                });
        let wanted = self.wanted.iter().flat_map(Wanted::aliases);
        let mut vips: Vec<IpAddr> = of_table
            .chain(wanted.map(|(alias, _)| alias.address))
            .collect();
        vips.sort_unstable();
        vips.dedup();
        vips
    }

    /// The connections of TCP, without templates.
    pub(super) fn tcp(&self) -> impl Iterator<Item = &Connection> {
        self.connections().iter().filter(|connection| {
            let tcp = matches!(
                connection.service,
                ServiceKey::Address {
                    protocol: Protocol::TCP,
                    ..
                }
            );
            tcp && !connection.is_template()
        })
    }
}
