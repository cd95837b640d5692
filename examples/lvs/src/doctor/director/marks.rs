//! Services by firewall mark, for which somebody must mark packets.

use std::collections::BTreeMap;
use std::net::IpAddr;

use ipvs_core::ServiceKey;

use super::super::{Code, Facts, Finding};
use crate::config::Virtual;

pub(super) fn findings(facts: &Facts) -> Vec<Finding> {
    let Some(firewall) = &facts.firewall else {
        return Vec::new();
    };
    let blocks = facts.wanted.iter().flat_map(|wanted| wanted.virtuals());
    let blocks = blocks.filter_map(|block| Some((block.fwmark?, Some(block))));
    let table = facts.services().iter();
    let table = table.filter_map(|service| match service.entry.service.key {
        ServiceKey::FirewallMark { mark, .. } => Some((mark, None)),
        ServiceKey::Address { .. } => None,
    });
    // What the file says of a mark counts.
    let marks: BTreeMap<u32, Option<&Virtual>> = table.chain(blocks).collect();
    let unset = marks
        .into_iter()
        .filter(|(mark, _)| !firewall.may_mark(*mark));
    unset.map(|(mark, block)| missing(mark, block)).collect()
}

fn missing(mark: u32, block: Option<&Virtual>) -> Finding {
    let what = format!("no rule of the firewall gives packets the mark {mark}");
    let finding = Finding::new(Code::MarkMissing, what).breaking(
        "unless tc or another program marks them, the service of that mark gets no packet",
    );
    let rule = block.and_then(|block| Some(rule(mark, block, block.address?.address)));
    finding.cured_by_all(rule)
}

/// The line that has nftables mark what comes for a block's address and port.
fn rule(mark: u32, block: &Virtual, vip: IpAddr) -> String {
    let family = if vip.is_ipv4() { "ip" } else { "ip6" };
    let port = match block.port {
        0 => format!("meta l4proto {}", block.protocol),
        port => format!("{} dport {port}", block.protocol),
    };
    format!(
        "nft 'add table {family} lvs; \
         add chain {family} lvs marking {{ type filter hook prerouting priority mangle; }}; \
         add rule {family} lvs marking {family} daddr {vip} {port} meta mark set {mark}'"
    )
}
