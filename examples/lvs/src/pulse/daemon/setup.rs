//! What one node has to do, from the file that both share and from what this host has.

use std::net::IpAddr;
use std::num::NonZeroU8;
use std::time::Duration;

use ipvs_core::InterfaceName;
use thiserror::Error;

use super::floating::Floating;
use crate::config::{Config, RunsService};
use crate::net::{Address, Link};
use crate::pulse::{Election, Nic, Role, Settings, heartbeat, vrrp};

/// The addresses are announced again this often, for neighbours and switches forget.
const REFRESH: Duration = Duration::from_secs(60);

/// The whole of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Setup {
    pub(super) role: Role,
    pub(super) agreement: Agreement,
    pub(super) settings: Settings,
    /// The interfaces whose link counts.
    pub(super) nics: Vec<(Nic, String)>,
    pub(super) floating: Vec<Floating>,
    /// The interface and number of connection synchronisation, if it is wanted.
    pub(super) sync: Option<(InterfaceName, u8)>,
    pub(super) service: RunsService,
    pub(super) active_cmd: Option<String>,
    pub(super) inactive_cmd: Option<String>,
    /// Whether lvsd runs while this node is inactive, too.
    pub(super) standby: bool,
    /// Whether an lvsd that keeps dying makes this node inactive.
    pub(super) hard: bool,
}

/// How the nodes agree, and over what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Agreement {
    Heartbeat {
        settings: heartbeat::Settings,
        port: u16,
        /// Our own address on each path, in the order of the partner's.
        own: Vec<IpAddr>,
    },
    Vrrp {
        settings: vrrp::Settings,
        interface: String,
        index: u32,
    },
}

impl Agreement {
    pub(super) fn election(&self) -> Result<Election, SetupError> {
        Ok(match self {
            Agreement::Heartbeat { settings, .. } => {
                Election::Heartbeat(heartbeat::Election::new(settings.clone()))
            }
            Agreement::Vrrp { settings, .. } => {
                Election::Vrrp(vrrp::Election::new(settings.clone())?)
            }
        })
    }

    /// Whether somebody else can serve when this node does not.
    pub(super) fn has_partner(&self) -> bool {
        match self {
            Agreement::Heartbeat { settings, .. } => !settings.partner.is_empty(),
            Agreement::Vrrp { .. } => true,
        }
    }
}

/// Why this host can't be a node of the cluster.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(super) enum SetupError {
    #[error("neither primary{} nor backup{} is an address of this host", name(.0), name(.1))]
    Neither(Option<IpAddr>, Option<IpAddr>),
    #[error("VRRP needs an address to speak for, and no active service has one on a device")]
    NoAddress,
    #[error("VRRP speaks for 255 addresses at most")]
    ManyAddresses,
    #[error("VRRP needs vrrp_interface, for this node's address is on no interface")]
    NoInterface,
    #[error("no interface {0}")]
    Missing(String),
    #[error("{0} has no {1} address that VRRP could speak from")]
    Speechless(String, &'static str),
    #[error("vrrp_id, vrrp_priority and vrrp_interval must not be 0")]
    Zero,
    #[error(transparent)]
    Vrrp(#[from] vrrp::SettingsError),
}

fn name(address: &Option<IpAddr>) -> String {
    address.map_or_else(String::new, |address| format!(" ({address})"))
}

/// The addresses of one node.
#[derive(Clone, Copy)]
struct Node {
    public: Option<IpAddr>,
    private: Option<IpAddr>,
}

impl Setup {
    /// The node that this host is: the primary one if it has that one's address.
    pub(super) fn new(
        config: &Config,
        addresses: &[Address],
        links: &[Link],
    ) -> Result<Setup, SetupError> {
        let has = |address: Option<IpAddr>| {
            address.is_some_and(|address| addresses.iter().any(|there| there.address == address))
        };
        let primary = Node {
            public: config.primary,
            private: config.primary_private,
        };
        let backup = Node {
            public: config.backup,
            private: config.backup_private,
        };
        let (role, own, partner) = if has(primary.public) {
            (Role::Master, primary, backup)
        } else if has(backup.public) {
            (Role::Backup, backup, primary)
        } else {
            return Err(SetupError::Neither(config.primary, config.backup));
        };
        let mut floating = Floating::of(config);
        // The owner of a virtual address has it for its own, active or not.
        floating.retain(|floating| ![own.public, own.private].contains(&Some(floating.address)));
        let carrier = |address: Option<IpAddr>| {
            let there = addresses
                .iter()
                .find(|there| Some(there.address) == address);
            there.map(|there| there.interface.clone())
        };
        let primary_nic = carrier(own.public);
        let private_nic = carrier(own.private).or_else(|| {
            let router = config.nat_router.map(|alias| alias.address)?;
            let router = floating
                .iter()
                .find(|floating| floating.address == router)?;
            Some(router.interface.clone())
        });
        let agreement = match config.vrrp_id {
            None => by_heartbeat(config, role, own, partner),
            Some(vrid) => by_vrrp(
                config,
                vrid,
                role,
                own,
                primary_nic.clone(),
                addresses,
                links,
            )?,
        };
        let primary_nic = primary_nic.map(|interface| (Nic::Primary, interface));
        let private_nic = private_nic.map(|interface| (Nic::Private, interface));
        let mut nics: Vec<(Nic, String)> = primary_nic.into_iter().chain(private_nic).collect();
        nics.dedup_by(|(_, private), (_, primary)| private == primary);
        Ok(Setup {
            role,
            agreement,
            settings: Settings {
                monitor_links: config.monitor_links,
                refresh: Some(REFRESH),
            },
            nics,
            floating,
            sync: config
                .syncdaemon
                .then_some((config.syncd_iface, config.syncd_id)),
            service: config.service,
            active_cmd: config.active_cmd.clone(),
            inactive_cmd: config.inactive_cmd.clone(),
            standby: config.hot_standby,
            hard: config.hard_shutdown,
        })
    }
}

/// One path by the public addresses, a second one by the private ones.
fn by_heartbeat(config: &Config, role: Role, own: Node, partner: Node) -> Agreement {
    let public = own.public.zip(partner.public);
    let private = own.private.zip(partner.private);
    let second = private.filter(|(own, _)| Some(*own) != public.map(|(own, _)| own));
    let paths = public.into_iter().chain(second);
    let (own, partner) = paths.filter(|_| config.backup_active).unzip();
    Agreement::Heartbeat {
        settings: heartbeat::Settings {
            role,
            keepalive: Duration::from_secs(config.keepalive.into()),
            deadtime: Duration::from_secs(config.deadtime.into()),
            partner,
        },
        port: config.heartbeat_port,
        own,
    }
}

fn by_vrrp(
    config: &Config,
    vrid: u8,
    role: Role,
    own: Node,
    nic: Option<String>,
    addresses: &[Address],
    links: &[Link],
) -> Result<Agreement, SetupError> {
    let interface = match config.vrrp_interface {
        Some(name) => String::from_utf8_lossy(name.as_bytes()).into_owned(),
        None => nic.ok_or(SetupError::NoInterface)?,
    };
    let link = links.iter().find(|link| link.name == interface);
    let link = link.ok_or_else(|| SetupError::Missing(interface.clone()))?;
    let spoken_for = spoken_for(config)?;
    let local = local(own, &spoken_for, link, addresses)?;
    // In a file that both nodes share, the primary gets the service back.
    let priority = config.vrrp_priority.unwrap_or(match role {
        Role::Master => 150,
        Role::Backup => 100,
    });
    let settings = vrrp::Settings {
        role,
        vrid: NonZeroU8::new(vrid).ok_or(SetupError::Zero)?,
        priority: NonZeroU8::new(priority).ok_or(SetupError::Zero)?,
        interval: vrrp::Interval::new(config.vrrp_interval).ok_or(SetupError::Zero)?,
        preempt: config.vrrp_preempt,
        local,
        addresses: spoken_for,
        checksum: vrrp::Checksum::default(),
    };
    Ok(Agreement::Vrrp {
        settings,
        index: link.index,
        interface,
    })
}

/// A virtual router speaks for one family: IPv4 if there is any; the other addresses
/// go with it all the same. Each counts once, on however many devices it is.
fn spoken_for(config: &Config) -> Result<vrrp::Addresses, SetupError> {
    let mut all: Vec<IpAddr> = Vec::new();
    for floating in Floating::of(config) {
        if !all.contains(&floating.address) {
            all.push(floating.address);
        }
    }
    let v4 = all.iter().any(IpAddr::is_ipv4);
    all.retain(|address| address.is_ipv4() == v4);
    if all.is_empty() {
        return Err(SetupError::NoAddress);
    }
    vrrp::Addresses::new(all).ok_or(SetupError::ManyAddresses)
}

/// The address that advertisements come from: this node's own if it is on the interface,
/// else the first that is there for good; under IPv6 the link-local one.
fn local(
    own: Node,
    spoken_for: &vrrp::Addresses,
    link: &Link,
    addresses: &[Address],
) -> Result<IpAddr, SetupError> {
    let here = || addresses.iter().filter(|there| there.index == link.index);
    let fits = |address: &IpAddr| match address {
        IpAddr::V4(_) => spoken_for.is_ipv4(),
        IpAddr::V6(address) => !spoken_for.is_ipv4() && address.is_unicast_link_local(),
    };
    let mut fitting = here().map(|there| there.address).filter(fits);
    let own = fitting.clone().find(|address| own.public == Some(*address));
    let foreign = |address: &IpAddr| !spoken_for.as_slice().contains(address);
    own.or_else(|| fitting.find(foreign)).ok_or_else(|| {
        let kind = if spoken_for.is_ipv4() {
            "IPv4"
        } else {
            "link-local"
        };
        SetupError::Speechless(link.name.clone(), kind)
    })
}

#[cfg(test)]
mod tests;
