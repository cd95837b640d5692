//! The daemon that synchronises connections with the other director.

use ipvs_core::{Change, DaemonRole, SyncDaemon};

use super::super::facts::Wanted;
use super::super::shell::{ipvsadm, set_key};
use super::super::{Code, Duty, Facts, Finding};

pub(super) fn findings(facts: &Facts) -> Vec<Finding> {
    let running = facts.kernel.as_ref().map_or(&[][..], |it| &it.daemons);
    match &facts.wanted {
        Some(wanted) if wanted.config.syncdaemon => by_file(facts, wanted, running),
        _ => running
            .iter()
            .filter_map(|daemon| interface_down(facts, daemon))
            .collect(),
    }
}

fn by_file(facts: &Facts, wanted: &Wanted, running: &[SyncDaemon]) -> Vec<Finding> {
    if !wanted.config.backup_active {
        return vec![without_partner(wanted, running)];
    }
    let role = if facts.duty == Duty::Serves {
        DaemonRole::Master
    } else {
        DaemonRole::Backup
    };
    let config = &wanted.config;
    let daemon = SyncDaemon::new(role, config.syncd_iface).with_sync_id(config.syncd_id.into());
    let name = config.syncd_iface.to_string();
    if facts.network.link(&name).is_none() {
        return no_interface(facts, wanted).into_iter().collect();
    }
    if let Some(down) = interface_down(facts, &daemon) {
        return vec![down];
    }
    not_running(&daemon, running).into_iter().collect()
}

fn without_partner(wanted: &Wanted, running: &[SyncDaemon]) -> Finding {
    let what = "connections are synchronised (syncdaemon = 1), and there is no partner (backup_active = 0)";
    let stop = running
        .iter()
        .filter_map(|daemon| ipvsadm(&Change::StopDaemon(daemon.role)));
    Finding::new(Code::SyncWithoutPartner, what)
        .breaking("nothing but the network's peace: nobody takes the connections in")
        .cured_by(set_key(&wanted.file, &wanted.lines, "syncdaemon", "0"))
        .cured_by_all(stop)
}

fn no_interface(facts: &Facts, wanted: &Wanted) -> Option<Finding> {
    let config = &wanted.config;
    let partners = [
        config.backup_private,
        config.primary_private,
        config.backup,
        config.primary,
    ];
    let mut partners = partners.into_iter().flatten();
    let near = partners.find_map(|partner| facts.network.neighbour(partner))?;
    let what = format!("there is no interface {}: syncd_iface", config.syncd_iface);
    let finding = Finding::new(Code::SyncInterface, what)
        .breaking("the sync daemon can't start: connections do not survive a take-over");
    Some(finding.cured_by(set_key(
        &wanted.file,
        &wanted.lines,
        "syncd_iface",
        &near.interface,
    )))
}

fn interface_down(facts: &Facts, daemon: &SyncDaemon) -> Option<Finding> {
    let name = daemon.interface.to_string();
    let link = facts.network.link(&name).filter(|link| !link.up)?;
    let what = format!("the interface {} of the sync daemon is down", link.name);
    let finding =
        Finding::new(Code::SyncInterface, what).breaking("connections do not survive a take-over");
    Some(finding.cured_by(format!("ip link set {name} up")))
}

fn not_running(wanted: &SyncDaemon, running: &[SyncDaemon]) -> Option<Finding> {
    let found = running.iter().find(|daemon| daemon.role == wanted.role);
    let same = |daemon: &&SyncDaemon| {
        (daemon.interface, daemon.sync_id) == (wanted.interface, wanted.sync_id)
    };
    if found.as_ref().is_some_and(same) {
        return None;
    }
    let role = wanted.role;
    let what = match found {
        Some(_) => format!("the sync daemon {role} runs with another interface or id"),
        None => format!("the sync daemon {role} does not run"),
    };
    let stop = found.map(|_| Change::StopDaemon(role));
    let lines = stop.into_iter().chain([Change::StartDaemon(*wanted)]);
    let finding =
        Finding::new(Code::SyncDaemon, what).breaking("connections do not survive a take-over");
    Some(finding.cured_by_all(lines.filter_map(|change| ipvsadm(&change))))
}
