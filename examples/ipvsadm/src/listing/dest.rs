//! A real server's line. Trailing blanks are part of it.

use std::io::{self, Write};

use ipvs_core::{Dest, DestEntry, ForwardMethod, Protocol, ServiceKey, TunnelFlags, TunnelKind};

use super::Style;
use super::mode::Mode;
use super::numbers::{columns, counters, rates};
use crate::endpoints::cut;

/// The columns of a dest's name; one of IPv4 is cut to them.
const NAME: usize = 28;

pub(super) fn print(
    style: &Style<'_>,
    service: &ServiceKey,
    entry: &DestEntry,
    out: &mut dyn Write,
) -> io::Result<()> {
    let dest = &entry.dest;
    let name = name(style, service, dest);
    let (weight, forward) = (dest.weight, forward(dest.forward));
    let (active, inactive) = (entry.active_connections, entry.inactive_connections);
    write!(out, "  -> {name:<NAME$}")?;
    match style.mode {
        Mode::Plain => writeln!(out, " {forward:<7} {weight:<6} {active:<10} {inactive:<10}"),
        Mode::Tunnels => {
            let tunnel = tunnel(dest);
            writeln!(
                out,
                " {forward:<7} {tunnel:<13} {weight:<6} {active:<10} {inactive:<10}"
            )
        }
        Mode::Thresholds => {
            let (upper, lower) = (dest.upper_threshold, dest.lower_threshold);
            writeln!(out, " {upper:<10} {lower:<10} {active:<10} {inactive:<10}")
        }
        Mode::PersistentConnections => {
            let persistent = entry.persistent_connections;
            writeln!(
                out,
                " {weight:<9} {persistent:<11} {active:<10} {inactive:<10}"
            )
        }
        Mode::Stats => writeln!(out, "{}", columns(counters(&entry.stats), style.exact)),
        Mode::Rate => {
            let [connections, incoming, outgoing, bytes @ ..] = rates(&entry.stats.rates);
            // These three are never shortened.
            let events = columns([connections, incoming, outgoing], true);
            writeln!(out, "{events}{}", columns(bytes, style.exact))
        }
    }
}

fn name(style: &Style<'_>, service: &ServiceKey, dest: &Dest) -> String {
    let protocol = match service {
        ServiceKey::Address { protocol, .. } => *protocol,
        // A mark has none, and its ports no names.
        ServiceKey::FirewallMark { .. } => Protocol::new(0),
    };
    let name = style
        .endpoints
        .listed(dest.key.address, dest.key.port, protocol);
    if dest.key.address.is_ipv4() {
        cut(name, NAME)
    } else {
        name
    }
}

fn forward(method: ForwardMethod) -> String {
    let known = match method {
        ForwardMethod::MASQUERADE => "Masq",
        ForwardMethod::LOCAL => "Local",
        ForwardMethod::TUNNEL => "Tunnel",
        ForwardMethod::DIRECT_ROUTE => "Route",
        ForwardMethod::BYPASS => "Bypass",
        _ => return method.to_string(),
    };
    known.to_owned()
}

/// The longest tunnel, in bytes: `gue:65535:+cr+c`. Longer ones are cut.
const TUNNEL: usize = 15;

fn tunnel(dest: &Dest) -> String {
    let (kind, port, flags) = (dest.tunnel.kind, dest.tunnel.port, dest.tunnel.flags);
    let text = match (dest.forward, kind) {
        (ForwardMethod::TUNNEL, TunnelKind::IPIP) => kind.to_string(),
        (ForwardMethod::TUNNEL, TunnelKind::GUE) => format!("{kind}:{port}:{}", checksums(flags)),
        (ForwardMethod::TUNNEL, TunnelKind::GRE) => format!("{kind}:{}", checksums(flags)),
        _ => "n/a".to_owned(),
    };
    cut(text, TUNNEL)
}

fn checksums(flags: TunnelFlags) -> &'static str {
    let checksum = flags.contains(TunnelFlags::CHECKSUM);
    let remote = flags.contains(TunnelFlags::REMOTE_CHECKSUM);
    match (checksum, remote) {
        (false, false) => "-c",
        (true, false) => "+c",
        (false, true) => "r+c",
        (true, true) => "+cr+c",
    }
}
