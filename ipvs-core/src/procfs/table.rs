//! The table of services: `ip_vs`.

use std::io::BufRead;
use std::net::{IpAddr, Ipv4Addr};

use super::lines::{Fault, Lines};
use super::words::{Words, address, decimal, hexadecimal, port};
use crate::{
    DestKey, Error, Family, ForwardMethod, Info, Netmask, Protocol, Scheduler, ServiceKey,
};

/// What `/proc/net/ip_vs` tells: the services and their real servers, in far
/// less time than it takes to ask for them over netlink, and with far less said
/// of each.
///
/// The kernel leaves out thresholds, tunnels, persistence engines, scheduler
/// flags and counters, and does not say whether a firewall mark is one of IPv4
/// or of IPv6. Its order means nothing; since Linux 7.1 a service can be missing
/// or come twice while the kernel resizes its table.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct KernelTable {
    /// The version of IPVS and the size of the connection table.
    pub info: Info,
    /// The services, in the file's order.
    pub services: Vec<KernelService>,
}

/// A service as `/proc/net/ip_vs` tells of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct KernelService {
    /// What identifies it, as far as the file tells.
    pub key: KernelServiceKey,
    /// Its scheduler.
    pub scheduler: Scheduler,
    /// Whether each packet is scheduled on its own. The file never says so of a
    /// service at an IPv6 address.
    pub one_packet: bool,
    /// Its persistence, if it is persistent.
    pub persistence: Option<KernelPersistence>,
    /// Its real servers, in the file's order.
    pub dests: Vec<KernelDest>,
}

impl KernelService {
    /// A service that is not persistent, without dests: for tests of what reads the file.
    #[must_use]
    pub fn new(key: KernelServiceKey, scheduler: Scheduler) -> Self {
        KernelService {
            key,
            scheduler,
            one_packet: false,
            persistence: None,
            dests: Vec::new(),
        }
    }
}

/// What identifies a service, as far as `/proc/net/ip_vs` tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KernelServiceKey {
    /// Packets to an address and port.
    Address {
        /// The transport protocol.
        protocol: Protocol,
        /// The virtual IP address.
        address: IpAddr,
        /// The virtual port.
        port: u16,
    },
    /// Packets with a firewall mark, of one of the families.
    FirewallMark(u32),
}

/// What the file would tell of a service.
impl From<ServiceKey> for KernelServiceKey {
    fn from(key: ServiceKey) -> Self {
        match key {
            ServiceKey::Address {
                protocol,
                address,
                port,
            } => KernelServiceKey::Address {
                protocol,
                address,
                port,
            },
            ServiceKey::FirewallMark { mark, .. } => KernelServiceKey::FirewallMark(mark),
        }
    }
}

/// The persistence of a service, in the units of `/proc/net/ip_vs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct KernelPersistence {
    /// The time-out in ticks of the kernel's clock, of which a second has 100 to
    /// 1000 (`CONFIG_HZ`; 250 or 1000 in most builds).
    pub timeout_jiffies: u32,
    /// The netmask as it is printed, for [`netmask`](Self::netmask) to understand.
    pub netmask_bits: u32,
}

impl KernelPersistence {
    /// A persistence as the file would tell of it: for tests of what reads it.
    #[must_use]
    pub fn new(timeout_jiffies: u32, netmask_bits: u32) -> Self {
        KernelPersistence {
            timeout_jiffies,
            netmask_bits,
        }
    }

    /// The netmask, if the service is of this family; `None` when it can't be.
    ///
    /// An IPv6 prefix length is printed with its bytes turned around on a
    /// little-endian machine, and is so read by one.
    #[must_use]
    pub fn netmask(&self, family: Family) -> Option<Netmask> {
        match family {
            Family::V4 => Some(Netmask::V4(Ipv4Addr::from_bits(self.netmask_bits))),
            Family::V6 => {
                let length = u8::try_from(u32::from_be(self.netmask_bits)).ok()?;
                Netmask::prefix(family, length)
            }
        }
    }
}

/// A real server as `/proc/net/ip_vs` tells of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct KernelDest {
    /// What identifies it within its service.
    pub key: DestKey,
    /// How packets are forwarded to it. [`BYPASS`](ForwardMethod::BYPASS) and
    /// methods that mean nothing are told as `MASQUERADE`.
    pub forward: ForwardMethod,
    /// Its weight.
    pub weight: u32,
    /// Connections that are established or being set up.
    pub active_connections: u32,
    /// Connections in every other state.
    pub inactive_connections: u32,
}

impl KernelDest {
    /// A real server of weight 1 without connections: for tests of what reads the file.
    #[must_use]
    pub fn new(key: DestKey, forward: ForwardMethod) -> Self {
        KernelDest {
            key,
            forward,
            weight: 1,
            active_connections: 0,
            inactive_connections: 0,
        }
    }
}

impl KernelTable {
    /// What the file would tell: for tests of what reads it.
    #[must_use]
    pub fn new(info: Info, services: Vec<KernelService>) -> Self {
        KernelTable { info, services }
    }

    /// Reads `/proc/net/ip_vs`.
    ///
    /// # Errors
    ///
    /// As every reader of this module.
    pub fn read<R: BufRead>(reader: R) -> Result<Self, Error> {
        let mut lines = Lines::new(reader);
        let info = lines.require("header", info)?;
        lines.header("Prot LocalAddress:Port Scheduler Flags")?;
        lines.header("-> RemoteAddress:Port Forward Weight ActiveConn InActConn")?;
        let mut services: Vec<KernelService> = Vec::new();
        while let Some(read) = lines.next(|line| {
            let mut words = Words::new(line);
            if words.next() != b"->" {
                services.push(service(Words::new(line))?);
                return Ok(());
            }
            let service = services.last_mut();
            let dests = service.map(|service| &mut service.dests);
            dests.ok_or(nowhere(line))?.push(dest(words)?);
            Ok(())
        }) {
            read?;
        }
        Ok(KernelTable { info, services })
    }
}

fn nowhere(line: &[u8]) -> Fault<'_> {
    Fault {
        field: "dest",
        word: line,
        expected: "a service before its real servers",
    }
}

/// `IP Virtual Server version 1.2.1 (size=4096)`
fn info(line: &[u8]) -> Result<Info, Fault<'_>> {
    let mut words = Words::new(line);
    let known = [&b"IP"[..], b"Virtual", b"Server", b"version"];
    let size = |word: &[u8]| {
        let number = word.strip_prefix(b"(size=")?.strip_suffix(b")")?;
        u32::try_from(decimal(number)?).ok()
    };
    let version = |word| std::str::from_utf8(word).ok()?.parse().ok();
    let read = known
        .iter()
        .all(|known| words.next() == *known)
        .then_some(());
    let read = read.and_then(|()| Some((version(words.next())?, size(words.next())?)));
    let (version, size) = read.ok_or(Fault {
        field: "header",
        word: line,
        expected: "IP Virtual Server version, a version and (size=, a number)",
    })?;
    Ok(Info::new(version, size))
}

/// `TCP  0A010001:0051 rr  persistent 30000 FFFFFF00`
fn service(mut words: Words<'_>) -> Result<KernelService, Fault<'_>> {
    let mut ahead = words;
    let key = if ahead.next() == b"FWM" {
        words = ahead;
        KernelServiceKey::FirewallMark(words.field(
            "firewall_mark",
            "8 hexadecimal digits",
            bits,
        )?)
    } else {
        let protocol = words.protocol()?;
        let (address, port) = words.field("service", ENDPOINT, endpoint)?;
        KernelServiceKey::Address {
            protocol,
            address,
            port,
        }
    };
    let scheduler = words.field("scheduler", "a name", Scheduler::from_bytes)?;
    let (mut one_packet, mut persistence) = (false, None);
    loop {
        match words.next() {
            b"" => break,
            b"ops" => one_packet = true,
            b"persistent" => {
                persistence = Some(KernelPersistence {
                    timeout_jiffies: words.field("timeout_jiffies", "a number", jiffies)?,
                    netmask_bits: words.field("netmask_bits", "8 hexadecimal digits", bits)?,
                });
            }
            word => {
                return Err(Fault {
                    field: "flags",
                    word,
                    expected: "ops or persistent",
                });
            }
        }
    }
    Ok(KernelService {
        key,
        scheduler,
        one_packet,
        persistence,
        dests: Vec::new(),
    })
}

/// `0A020002:1F90      Masq    1      1          0`, behind the arrow.
fn dest(mut words: Words<'_>) -> Result<KernelDest, Fault<'_>> {
    let (address, port) = words.field("dest", ENDPOINT, endpoint)?;
    let dest = KernelDest {
        key: DestKey::new(address, port),
        forward: words.field("forward", "Masq, Local, Tunnel or Route", forward)?,
        weight: words.decimal("weight")?,
        active_connections: words.decimal("active_connections")?,
        inactive_connections: words.decimal("inactive_connections")?,
    };
    words.end()?;
    Ok(dest)
}

const ENDPOINT: &str = "an address in hexadecimal, a colon and 4 digits";

/// `0A010001:0050`, or IPv6 in brackets.
fn endpoint(word: &[u8]) -> Option<(IpAddr, u16)> {
    let colon = word.iter().rposition(|byte| *byte == b':')?;
    let (host, rest) = word.split_at(colon);
    let host = match host {
        [b'[', address @ .., b']'] => address,
        _ => host,
    };
    Some((address(host)?, port(rest.strip_prefix(b":")?)?))
}

fn bits(word: &[u8]) -> Option<u32> {
    u32::try_from(hexadecimal(word)?).ok()
}

/// The kernel prints an unsigned number as if it had a sign.
fn jiffies(word: &[u8]) -> Option<u32> {
    let number: i64 = std::str::from_utf8(word).ok()?.parse().ok()?;
    let wrapped = if number < 0 { 1 << 32 } else { 0 };
    u32::try_from(number.checked_add(wrapped)?).ok()
}

fn forward(word: &[u8]) -> Option<ForwardMethod> {
    Some(match word {
        b"Masq" => ForwardMethod::MASQUERADE,
        b"Local" => ForwardMethod::LOCAL,
        b"Tunnel" => ForwardMethod::TUNNEL,
        b"Route" => ForwardMethod::DIRECT_ROUTE,
        _ => return None,
    })
}
