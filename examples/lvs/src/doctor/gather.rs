//! Looks at this host. It reads, and changes nothing; it loads no module either.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::net::IpAddr;
use std::path::Path;
use std::process::{Command, Stdio};

use ipvs_core::{Client, Error, ForwardMethod, Options, Sysctl, Tunnel};

use super::director;
use super::facts::{Facts, Kernel, Place, Wanted};
use super::settings::of_interface;
use super::{Firewall, Modules, Network, Settings};
use crate::config::{Config, Forward, Parsed};
use crate::net::Net;
use crate::{control, status};

/// What to look at.
#[derive(Clone, Debug)]
pub struct Asked {
    /// How the real servers are meant to be reached.
    pub mode: Forward,
    /// An lvs.cf and its path.
    pub file: Option<(String, Parsed)>,
    /// The virtual addresses of a real server; none on a director, or where the file tells.
    pub real_server: Vec<IpAddr>,
    /// The director's address among the servers; without it the file's `nat_router`.
    pub director: Option<IpAddr>,
    /// A client that is to be served.
    pub client: Option<IpAddr>,
    /// What kind of tunnel; without it the file's, or ipip.
    pub tunnel: Option<Tunnel>,
}

/// Why nothing could be looked at.
#[derive(Debug, thiserror::Error)]
pub enum Blind {
    /// The network could not be read.
    #[error("this host's network: {0}")]
    Network(#[from] std::io::Error),
    /// IPVS could not be read.
    #[error("{0}")]
    Ipvs(#[from] Error),
    /// Nothing is set up here, and nothing says what should be.
    #[error(
        "the kernel's table is empty, and no lvs.cf (-c) says what should be in it; on a real server name the virtual address: --real-server ADDRESS"
    )]
    Nothing,
    /// No active service of the file is said to be this real server's.
    #[error(
        "this is a real server of {0}, and no active service there names an address that it serves; name the virtual address: --real-server ADDRESS"
    )]
    Idle(String),
    /// A real server's gateway is not known.
    #[error(
        "name the director's address among the servers: --director ADDRESS, or -c with an lvs.cf that has a nat_router"
    )]
    NoDirector,
}

/// Finds out all that [`examine`](super::examine) asks for.
///
/// # Errors
/// [`Blind`] when something that must be known can't be.
pub fn gather(asked: Asked) -> Result<Facts, Blind> {
    let network = network()?;
    let wanted = asked.file.map(|(path, parsed)| Wanted::new(path, parsed));
    let config = wanted.as_ref().map(|wanted| &wanted.config);
    let vips = match &wanted {
        Some(wanted) if asked.real_server.is_empty() && is_server(&network, &wanted.config) => {
            let vips = wanted.vips_of(&network);
            if vips.is_empty() {
                return Err(Blind::Idle(wanted.file.clone()));
            }
            vips
        }
        _ => asked.real_server,
    };
    let router = config.and_then(|config| config.nat_router);
    let director = asked.director.or(router.map(|alias| alias.address));
    let tunnels = wanted.iter().flat_map(|wanted| &wanted.table.services);
    let mut tunnels = tunnels
        .flat_map(|service| &service.dests)
        .filter(|dest| dest.forward == ForwardMethod::TUNNEL);
    let tunnel = asked.tunnel.or(tunnels.next().map(|dest| dest.tunnel));

    let mut facts = if vips.is_empty() {
        Facts::director(asked.mode)
    } else {
        Facts::server(asked.mode, vips, director)
    };
    facts.client = asked.client;
    facts.tunnel = tunnel.unwrap_or(Tunnel::ipip());
    facts.settings = settings(&network);
    facts.udp_ports = udp_ports();
    facts.network = network;
    facts.wanted = wanted;
    match facts.place {
        Place::Director => look_at_director(&mut facts)?,
        Place::Server { director: None, .. } if facts.mode == Forward::Nat => {
            return Err(Blind::NoDirector);
        }
        Place::Server { .. } => {}
    }
    Ok(facts)
}

fn look_at_director(facts: &mut Facts) -> Result<(), Blind> {
    facts.duty = facts.duty_by(active());
    facts.modules = modules();
    facts.firewall = firewall();
    facts.kernel = match Path::new("/proc/net/ip_vs").exists() {
        true => Some(kernel(&mut facts.settings)?),
        false => None,
    };
    let nothing = facts.wanted.is_none() && facts.services().is_empty();
    if nothing && facts.kernel.is_some() {
        return Err(Blind::Nothing);
    }
    Ok(())
}

fn network() -> Result<Network, Blind> {
    let mut net = Net::open()?;
    Ok(Network {
        links: net.links()?,
        addresses: net.addresses()?,
        routes: net.routes()?,
    })
}

/// Whether a host is one of a file's real servers, and no director of it.
fn is_server(network: &Network, config: &Config) -> bool {
    let holds = |address: IpAddr| network.holder(address).is_some();
    let own = [
        config.primary,
        config.primary_private,
        config.backup,
        config.backup_private,
    ];
    let mut servers = config.virtuals.iter().flat_map(|it| &it.servers);
    !own.into_iter().flatten().any(holds) && servers.any(|server| holds(server.address))
}

/// Whether this director serves, as pulse says; `None` when none answers.
fn active() -> Option<bool> {
    let answer = control::ask(&control::run_directory().join("pulse.sock"), "status").ok()?;
    let status: status::Pulse = serde_json::from_str(&answer).ok()?;
    Some(status.active)
}

fn kernel(settings: &mut Settings) -> Result<Kernel, Error> {
    let client = Client::open(&Options::new())?;
    let snapshot = client.snapshot()?;
    for sysctl in [
        Sysctl::Conntrack,
        Sysctl::ExpireNodestConn,
        Sysctl::ExpireQuiescentTemplate,
    ] {
        // A kernel may lack one, which then is no mistake.
        let value = client.sysctl(sysctl).ok().and_then(|it| it.as_bool());
        if let Some(value) = value {
            settings.0.insert(director::path(sysctl), value.into());
        }
    }
    Ok(Kernel {
        services: snapshot.services,
        daemons: snapshot.daemons,
        connections: client.connections()?.collect::<Result<_, _>>()?,
    })
}

fn settings(network: &Network) -> Settings {
    let places = ["all", "default"].into_iter();
    let places = places.chain(network.links.iter().map(|link| link.name.as_str()));
    let each = [
        "rp_filter",
        "arp_ignore",
        "arp_announce",
        "accept_local",
        "forwarding",
    ];
    let paths = places.flat_map(|place| each.map(|setting| of_interface(place, setting)));
    let global = ["net/ipv4/ip_forward", "net/ipv6/conf/all/forwarding"].map(str::to_owned);
    let read = paths.chain(global).filter_map(|path| {
        let value = text(&format!("/proc/sys/{path}")).trim().parse().ok()?;
        Some((path, value))
    });
    Settings(read.collect::<BTreeMap<_, _>>())
}

/// A file's text; nothing for one that is not there.
fn text(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

fn modules() -> Modules {
    let list = text("/proc/modules");
    let names = list.lines().filter_map(|line| line.split(' ').next());
    let helper = text("/proc/sys/kernel/modprobe");
    let helper = helper.trim();
    let disabled = text("/proc/sys/kernel/modules_disabled").trim() == "1";
    Modules {
        loaded: names.map(str::to_owned).collect(),
        installed: installed(),
        autoload: !disabled && !helper.is_empty() && Path::new(helper).exists(),
    }
}

/// The modules of the running kernel, as `modprobe` finds them.
fn installed() -> Option<BTreeSet<String>> {
    let release = text("/proc/sys/kernel/osrelease");
    let folder = format!("/lib/modules/{}", release.trim());
    let read = |name: &str| fs::read_to_string(format!("{folder}/{name}")).ok();
    let loadable = read("modules.dep")?;
    let builtin = read("modules.builtin").unwrap_or_default();
    let names = loadable.lines().chain(builtin.lines()).filter_map(|line| {
        let path = line.split(':').next()?;
        let (name, _) = path.rsplit('/').next()?.split_once(".ko")?;
        Some(name.replace('-', "_"))
    });
    Some(names.collect())
}

fn firewall() -> Option<Firewall> {
    let mut nft = Command::new("nft");
    nft.args(["-j", "list", "ruleset"]).stdin(Stdio::null());
    let output = nft.output().ok().filter(|output| output.status.success())?;
    let mut firewall = Firewall::read(&output.stdout).ok()?;
    let tables = ["ip_tables_names", "ip6_tables_names"];
    firewall.legacy = tables
        .iter()
        .any(|name| !text(&format!("/proc/net/{name}")).is_empty());
    Some(firewall)
}

/// The UDP ports that somebody listens at, be it the kernel itself.
fn udp_ports() -> Option<BTreeSet<u16>> {
    let lists = ["/proc/net/udp", "/proc/net/udp6"].map(text);
    let ports = lists
        .iter()
        .flat_map(|list| list.lines())
        .filter_map(|line| {
            let (_, port) = line.split_whitespace().nth(1)?.rsplit_once(':')?;
            u16::from_str_radix(port, 16).ok()
        });
    lists
        .iter()
        .any(|list| !list.is_empty())
        .then(|| ports.collect())
}
