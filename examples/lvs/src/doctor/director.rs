//! The mistakes of a director.

mod connections;
mod marks;
mod paths;
mod servers;
mod sync;
mod table;
mod traffic;

pub(super) use connections::path;

use super::facts::Wanted;
use super::shell::quoted;
use super::{Code, Duty, Facts, Finding};

pub(super) fn findings(facts: &Facts) -> Vec<Finding> {
    let mut found = Vec::new();
    if facts.kernel.is_none() {
        found.push(ipvs_missing());
    }
    if facts.duty == Duty::Unattended {
        found.extend(facts.wanted.as_ref().map(pulse_not_running));
        return found;
    }
    if facts.duty == Duty::Serves {
        found.extend(table::findings(facts));
        found.extend(marks::findings(facts));
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

/// Its addresses may be the partner's by now: pulse knows, and nobody else should bring them
/// up.
fn pulse_not_running(wanted: &Wanted) -> Finding {
    let what = "no pulse answers here, and this director has none of the floating addresses";
    Finding::new(Code::PulseNotRunning, what)
        .breaking("nobody takes over when the partner fails, or no director serves at all")
        .cured_by(format!("lvs pulse -c {}", quoted(&wanted.file)))
}
