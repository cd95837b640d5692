//! Clients that stay where they are not served.

use ipvs_core::Sysctl;
use ipvs_core::procfs::{Connection, ConnectionState};

use super::super::settings::line;
use super::super::{Code, Facts, Finding};

pub(super) fn findings(facts: &Facts) -> Vec<Finding> {
    quiescent(facts).into_iter().chain(dead(facts)).collect()
}

/// The path of a sysctl of IPVS.
pub(in super::super) fn path(sysctl: Sysctl) -> String {
    sysctl.path().replace('.', "/")
}

fn quiescent(facts: &Facts) -> Option<Finding> {
    let path = path(Sysctl::ExpireQuiescentTemplate);
    if !facts.settings.is_off(&path) {
        return None;
    }
    let services = facts.services().iter();
    let mut persistent = services.filter(|service| service.entry.service.is_persistent());
    let now = persistent.find_map(|service| {
        let dest = service.dests.iter().find(|entry| entry.dest.weight == 0)?;
        let (key, dest) = (service.entry.service.key, dest.dest.key);
        Some(format!("{key} is persistent, and {dest} has weight 0"))
    });
    let file = facts.wanted.iter().flat_map(|wanted| wanted.virtuals());
    let mut file = file.filter(|service| service.quiesce_server && service.persistent != 0);
    let soon = || {
        let name = &file.next()?.name;
        Some(format!(
            "virtual {name} is persistent, and a failed server of it gets weight 0"
        ))
    };
    let what = now.or_else(soon)?;
    let finding = Finding::new(
        Code::QuiescentTemplates,
        format!(
            "{what}, while {} is 0",
            Sysctl::ExpireQuiescentTemplate.path()
        ),
    );
    Some(
        finding
            .breaking("clients that know such a server go on being sent there")
            .cured_by(line(&path, 1)),
    )
}

fn dead(facts: &Facts) -> Option<Finding> {
    let path = path(Sysctl::ExpireNodestConn);
    if !facts.settings.is_off(&path) {
        return None;
    }
    let services = facts.services().iter();
    let alive: Vec<_> = services
        .flat_map(|service| service.dests.iter().map(|entry| entry.dest.key))
        .collect();
    // A dest of a mark has port 0 and takes every port.
    let known = |connection: &&Connection| {
        alive.iter().any(|dest| {
            dest.address == connection.dest.address
                && [0, connection.dest.port].contains(&dest.port)
        })
    };
    let mut open = facts
        .tcp()
        .filter(|connection| connection.state == ConnectionState::ESTABLISHED);
    let connection = open.find(|connection| !known(connection))?;
    let what = format!(
        "{} has a connection to {}, which is no longer in the table, while {} is 0",
        connection.client,
        connection.dest,
        Sysctl::ExpireNodestConn.path()
    );
    let finding = Finding::new(Code::DeadConnections, what)
        .breaking("such connections hang until their clients give up");
    Some(finding.cured_by(line(&path, 1)))
}
