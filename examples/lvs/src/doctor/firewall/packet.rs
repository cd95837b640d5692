//! A packet on its way out, and which rules may be about it.

use std::net::IpAddr;

use serde_json::Value;

use super::super::network::contains;
use super::word;

/// What is known of a packet that leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet<'a> {
    source: IpAddr,
    destination: IpAddr,
    out: Option<&'a str>,
}

impl<'a> Packet<'a> {
    /// A packet between two hosts, by that interface.
    #[must_use]
    pub fn new(source: IpAddr, destination: IpAddr, out: Option<&'a str>) -> Self {
        Packet {
            source,
            destination,
            out,
        }
    }

    /// Whether chains of a family see it.
    pub(super) fn is_of(&self, family: &str) -> bool {
        let own = if self.source.is_ipv4() { "ip" } else { "ip6" };
        [own, "inet"].contains(&family)
    }

    /// Whether a condition may hold for it: one that is about something else may.
    pub(super) fn may_meet(&self, condition: &Value) -> bool {
        let left = |path| condition.pointer(path).and_then(Value::as_str);
        let right = condition.get("right").unwrap_or(&Value::Null);
        let holds = match (left("/left/payload/field"), left("/left/meta/key")) {
            (Some("saddr"), _) => any(right, &|value| is_address(value, self.source)),
            (Some("daddr"), _) => any(right, &|value| is_address(value, self.destination)),
            (_, Some("oifname" | "oif")) => any(right, &|value| is_name(value, self.out?)),
            _ => None,
        };
        match word(condition, "op") {
            "==" | "in" => holds != Some(false),
            "!=" => holds != Some(true),
            _ => true,
        }
    }
}

/// Whether one of a set's values is it, or the only value; `None` when nobody can tell.
fn any(right: &Value, is_it: &impl Fn(&Value) -> Option<bool>) -> Option<bool> {
    let Some(set) = right.get("set").and_then(Value::as_array) else {
        return is_it(right);
    };
    let known: Vec<_> = set.iter().map(is_it).collect();
    match known.contains(&Some(true)) {
        true => Some(true),
        false if known.contains(&None) => None,
        false => Some(false),
    }
}

fn is_address(value: &Value, address: IpAddr) -> Option<bool> {
    let read = |value: &Value| value.as_str()?.parse::<IpAddr>().ok();
    if let Some(prefix) = value.get("prefix") {
        let length = prefix.get("len")?.as_u64()?.try_into().ok()?;
        return Some(contains(read(prefix.get("addr")?)?, length, address));
    }
    if let Some([first, last]) = value
        .get("range")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
    {
        return Some((read(first)?..=read(last)?).contains(&address));
    }
    Some(read(value)? == address)
}

/// `eth*` is every name that begins so.
fn is_name(value: &Value, name: &str) -> Option<bool> {
    let wanted = value.as_str()?;
    Some(match wanted.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == wanted,
    })
}
