//! The values of options.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use super::grammar::TUNNELS;
use super::{Fault, Names, Value};
use crate::{DaemonRole, Netmask, Protocol, TunnelKind};

/// What ipvsadm lets weights and thresholds be.
pub(super) const MAX_SIGNED: i64 = 2_147_483_647;
/// The longest payload of a UDP datagram over IPv4, in bytes.
pub(super) const MAX_SYNC_LENGTH: u16 = 65_507;
/// The longest timeout that ipvsadm takes: 31 days, in seconds.
pub(super) const MAX_TIMEOUT: i64 = 2_678_400;

/// A number between `min` and `max` as C's `strtol` reads it: blanks and a sign
/// may stand before it, nothing behind it.
pub(super) fn number<T: TryFrom<i64>>(text: &str, min: i64, max: i64) -> Option<T> {
    let text = text.trim_start_matches(is_space);
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if !digits.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    let number: i64 = text.parse().ok()?;
    let inside = (min..=max).contains(&number);
    T::try_from(number).ok().filter(|_| inside)
}

/// A number that its option limits.
pub(super) fn ranged<T: TryFrom<i64>>(
    expected: Value,
    text: &str,
    min: i64,
    max: i64,
) -> Result<T, Fault> {
    number(text, min, max).ok_or_else(|| invalid(expected, text))
}

/// Whole seconds, from `min` to a month.
pub(super) fn seconds(expected: Value, text: &str, min: i64) -> Result<Duration, Fault> {
    ranged(expected, text, min, MAX_TIMEOUT).map(Duration::from_secs)
}

pub(super) fn role(expected: Value, text: &str) -> Result<DaemonRole, Fault> {
    match text {
        "master" => Ok(DaemonRole::Master),
        "backup" => Ok(DaemonRole::Backup),
        _ => Err(invalid(expected, text)),
    }
}

pub(super) fn group(text: &str) -> Result<IpAddr, Fault> {
    let (group, expected) = if text.contains(':') {
        (text.parse().map(IpAddr::V6).ok(), Value::GroupV6)
    } else {
        (text.parse().map(IpAddr::V4).ok(), Value::GroupV4)
    };
    let group = group.filter(IpAddr::is_multicast);
    group.ok_or_else(|| invalid(expected, text))
}

pub(super) fn tunnel_kind(text: &str) -> Result<TunnelKind, Fault> {
    let named = TUNNELS.iter().find(|(name, ..)| *name == text);
    let kind = named.map(|(_, kind, _)| *kind);
    kind.ok_or_else(|| invalid(Value::TunnelType, text))
}

fn invalid(expected: Value, text: &str) -> Fault {
    let value = text.to_owned();
    Fault::Invalid { expected, value }
}

/// What C calls a space.
fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\x0b' | '\x0c' | '\r')
}

/// An address, and a port where one is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Endpoint<'t> {
    pub(super) address: IpAddr,
    pub(super) port: Option<Port<'t>>,
}

/// A port, or the name of a service whose protocol may not be known yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Port<'t> {
    Number(u16),
    Name(&'t str),
}

/// Reads `ADDRESS[:PORT]`: an IPv6 address, in brackets or without a port; or an
/// IPv4 address in any of `inet_aton`'s forms or a host name.
pub(super) fn endpoint<'t>(
    expected: Value,
    text: &'t str,
    names: &dyn Names,
) -> Result<Endpoint<'t>, Fault> {
    let invalid = || invalid(expected, text);
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(invalid());
    }
    let (host, port) = split(text).ok_or_else(invalid)?;
    let port = port.map(|port| match number(port, 0, 65535) {
        Some(number) => Port::Number(number),
        None => Port::Name(port),
    });
    let address = match literal(host) {
        Some(address) => address,
        None if host.is_empty() || host.contains(':') => return Err(invalid()),
        None => names
            .address(host)
            .ok_or_else(|| unknown(expected, text, host))?,
    };
    Ok(Endpoint { address, port })
}

fn split(text: &str) -> Option<(&str, Option<&str>)> {
    if let Some(bracketed) = text.strip_prefix('[') {
        let (host, port) = bracketed.split_once(']')?;
        return Some((host, Some(port.strip_prefix(':')?)));
    }
    if text.parse::<Ipv6Addr>().is_ok() {
        return Some((text, None));
    }
    match text.rsplit_once(':') {
        // An IPv6 address with a port needs brackets.
        Some((host, _)) if host.contains(':') => None,
        Some((host, port)) => Some((host, Some(port))),
        None => Some((text, None)),
    }
}

fn literal(host: &str) -> Option<IpAddr> {
    let v6 = host.parse::<Ipv6Addr>().ok().map(IpAddr::V6);
    v6.or_else(|| inet_aton(host).map(IpAddr::V4))
}

impl Port<'_> {
    /// The number, once the protocol is known.
    pub(super) fn of(
        self,
        protocol: Protocol,
        expected: Value,
        text: &str,
        names: &dyn Names,
    ) -> Result<u16, Fault> {
        match self {
            Port::Number(number) => Ok(number),
            Port::Name("") => Err(invalid(expected, text)),
            Port::Name(name) => names
                .port(name, protocol)
                .ok_or_else(|| unknown(expected, text, name)),
        }
    }
}

fn unknown(expected: Value, value: &str, name: &str) -> Fault {
    Fault::UnknownName {
        expected,
        value: value.to_owned(),
        name: name.to_owned(),
    }
}

/// An IPv4 netmask: dotted, or whatever `inet_aton` or a host name makes of it.
pub(super) fn netmask(text: &str, names: &dyn Names) -> Result<Netmask, Fault> {
    if let Some(mask) = inet_aton(text) {
        return Ok(Netmask::V4(mask));
    }
    let named = Some(text).filter(|text| !text.is_empty());
    match named.and_then(|name| names.address(name)) {
        Some(IpAddr::V4(mask)) => Ok(Netmask::V4(mask)),
        _ => Err(invalid(Value::Netmask, text)),
    }
}

/// An IPv6 netmask.
pub(super) fn prefix_length(text: &str) -> Result<Netmask, Fault> {
    ranged(Value::PrefixLength, text, 1, 128).map(Netmask::V6)
}

/// One to four numbers joined by dots, decimal, octal (`017`) or hex (`0x0f`);
/// the last one fills the bytes that are left. What stands behind a space is ignored.
pub(super) fn inet_aton(text: &str) -> Option<Ipv4Addr> {
    let text = text.split(is_space).next()?;
    let mut parts = Vec::with_capacity(4);
    for part in text.split('.') {
        if parts.len() == 4 {
            return None;
        }
        parts.push(c_number(part)?);
    }
    let last = parts.pop()?;
    let mut bits: u32 = 0;
    let mut room: u32 = 32;
    for part in parts {
        let byte = u8::try_from(part).ok()?;
        room -= 8;
        bits |= u32::from(byte) << room;
    }
    let fits = room == 32 || last < 1 << room;
    fits.then(|| Ipv4Addr::from_bits(bits | last))
}

fn c_number(text: &str) -> Option<u32> {
    let hex = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
    let (digits, radix) = match hex {
        Some(digits) => (digits, 16),
        None if text.starts_with('0') => (text, 8),
        None => (text, 10),
    };
    // `from_str_radix` would take a sign.
    let first = digits.chars().next()?;
    first.is_digit(radix).then_some(())?;
    u32::from_str_radix(digits, radix).ok()
}
