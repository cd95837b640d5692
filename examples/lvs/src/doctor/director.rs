//! The mistakes of a director.

mod connections;
mod paths;
mod servers;
mod sync;
mod table;
mod traffic;

pub(super) use connections::path;

use super::{Code, Facts, Finding};

pub(super) fn findings(facts: &Facts) -> Vec<Finding> {
    let mut found = Vec::new();
    if facts.kernel.is_none() {
        found.push(ipvs_missing());
    }
    if facts.active {
        found.extend(table::findings(facts));
        found.extend(servers::findings(facts));
        found.extend(connections::findings(facts));
        let paths = paths::findings(facts);
        let traffic = traffic::findings(facts, paths.is_empty());
        found.extend(paths.into_iter().chain(traffic));
    }
    found.extend(sync::findings(facts));
    found
}

fn ipvs_missing() -> Finding {
    Finding::new(Code::IpvsMissing, "this kernel has not loaded IPVS")
        .breaking("nothing is balanced")
        .cured_by("modprobe ip_vs")
}
