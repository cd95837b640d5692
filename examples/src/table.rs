//! The IPVS table as text, laid out as `ipvsadm -Ln` lays it out.

use std::net::SocketAddr;

use ipvs_core::{
    DestEntry, Family, ForwardMethod, Netmask, Service, ServiceKey, Snapshot, SnapshotService,
};

/// The two lines of column titles.
pub const HEADER: [&str; 2] = [
    "Prot LocalAddress:Port Scheduler Flags",
    "  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn",
];

/// The line above the titles: the kernel's IPVS version and table size.
pub fn banner(snapshot: &Snapshot) -> String {
    let info = &snapshot.info;
    format!(
        "IP Virtual Server version {} (size={})",
        info.version, info.connection_table_size
    )
}

/// The services, each with its destinations below it.
pub fn body(snapshot: &Snapshot) -> Vec<String> {
    snapshot.services.iter().flat_map(block).collect()
}

/// A service, with its destinations below it.
pub fn block(seen: &SnapshotService) -> Vec<String> {
    let head = service(&seen.entry.service);
    let dests = seen.dests.iter().map(dest);
    std::iter::once(head).chain(dests).collect()
}

fn service(service: &Service) -> String {
    let name = match service.key {
        ServiceKey::FirewallMark {
            mark,
            family: Family::V4,
        } => format!("FWM  {mark}"),
        ServiceKey::FirewallMark {
            mark,
            family: Family::V6,
        } => format!("FWM  {mark} IPv6"),
        ServiceKey::Address {
            protocol,
            address,
            port,
        } => {
            let protocol = protocol.to_string().to_uppercase();
            format!("{protocol:<4} {}", SocketAddr::new(address, port))
        }
    };
    let mut line = format!("{name} {}", service.scheduler);
    let flags = service.scheduler.format_flags(service.flags);
    if !flags.is_empty() {
        line += &format!(" ({flags})");
    }
    if service.is_persistent() {
        line += &format!(" persistent {}", service.persistence_timeout.as_secs());
        if service.persistence_netmask != Netmask::host(service.key.family()) {
            line += &format!(" mask {}", service.persistence_netmask);
        }
        if let Some(engine) = service.persistence_engine {
            line += &format!(" pe {engine}");
        }
    }
    if service.is_one_packet() {
        line += " ops";
    }
    line
}

fn dest(entry: &DestEntry) -> String {
    let dest = &entry.dest;
    let forward = match dest.forward {
        ForwardMethod::DIRECT_ROUTE => "Route",
        ForwardMethod::TUNNEL => "Tunnel",
        ForwardMethod::LOCAL => "Local",
        _ => "Masq",
    };
    format!(
        "  -> {:<28} {forward:<7} {:<6} {:<10} {}",
        dest.key.to_string(),
        dest.weight,
        entry.active_connections,
        entry.inactive_connections
    )
}
