//! Services that are missing, or that can't choose a server.

use ipvs_core::{Change, Scheduler, ServiceEntry, SnapshotService, TableService};

use super::super::facts::Wanted;
use super::super::modules::{Presence, module_of};
use super::super::shell::{add_service, ipvsadm, set_key};
use super::super::{Code, Facts, Finding};

pub(super) fn findings(facts: &Facts) -> Vec<Finding> {
    let wanted = facts
        .wanted
        .iter()
        .flat_map(|wanted| missing(facts, wanted));
    let here = facts
        .services()
        .iter()
        .filter_map(|service| mute(facts, service));
    wanted.chain(here).collect()
}

/// What lvs.cf wants and the kernel's table does not have.
fn missing(facts: &Facts, wanted: &Wanted) -> Vec<Finding> {
    let mut found = Vec::new();
    for (block, lines) in wanted.blocks() {
        let name = &block.name;
        let service = block.key().and_then(|key| wanted.service(&key));
        let Some(service) = service.filter(|it| facts.service(&it.service.key).is_none()) else {
            continue;
        };
        let scheduler = service.service.scheduler;
        match facts.modules.scheduler(scheduler) {
            Presence::Missing => {
                let other = facts.modules.usual().to_string();
                let line = set_key(&wanted.file, lines, "scheduler", &other);
                found.push(scheduler_missing(name, scheduler).cured_by(line));
                continue;
            }
            Presence::NotLoaded => found.push(not_loaded(name, scheduler)),
            Presence::There => {}
        }
        found.push(service_missing(name, service));
    }
    found.dedup();
    found
}

fn scheduler_missing(name: &str, scheduler: Scheduler) -> Finding {
    let what = format!("virtual {name}: this kernel's build has no scheduler {scheduler}");
    Finding::new(Code::SchedulerMissing, what)
        .breaking("the service can't be added: its clients are refused")
}

fn not_loaded(name: &str, scheduler: Scheduler) -> Finding {
    let what = format!(
        "virtual {name}: the scheduler {scheduler} is not loaded, and the kernel may not load it itself"
    );
    Finding::new(Code::SchedulerNotLoaded, what)
        .breaking("the service can't be added: its clients are refused")
        .cured_by(format!("modprobe {}", module_of(scheduler)))
}

fn service_missing(name: &str, service: &TableService) -> Finding {
    let key = service.service.key;
    let what = format!("virtual {name}: {key} is not in the kernel's table");
    Finding::new(Code::ServiceMissing, what)
        .breaking("its clients are refused")
        .cured_by_all(add_service(service.service, &service.dests))
}

/// Why a service gives no client a server.
fn mute(facts: &Facts, service: &SnapshotService) -> Option<Finding> {
    let entry = &service.entry;
    if entry.service.scheduler == Scheduler::NONE {
        return Some(no_scheduler(facts, entry));
    }
    if service.dests.is_empty() {
        return Some(no_servers(facts, entry));
    }
    let all = service.dests.iter().all(|entry| entry.dest.weight == 0);
    all.then(|| quiesced(facts, service))
}

fn no_scheduler(facts: &Facts, entry: &ServiceEntry) -> Finding {
    let key = entry.service.key;
    let wanted = wanted(facts, entry).map(|wanted| wanted.service.scheduler);
    let service = entry.service.with_scheduler(wanted.unwrap_or_default());
    Finding::new(Code::SchedulerNone, format!("{key} has no scheduler"))
        .breaking("new clients are refused")
        .cured_by_all(ipvsadm(&Change::UpdateService(service)))
}

fn no_servers(facts: &Facts, entry: &ServiceEntry) -> Finding {
    let key = entry.service.key;
    let finding = Finding::new(
        Code::ServiceWithoutServers,
        format!("{key} has no real server"),
    );
    let dests = wanted(facts, entry).map_or(&[][..], |wanted| &wanted.dests);
    let add = dests.iter().map(|dest| Change::AddDest(key, *dest));
    let lines: Vec<String> = add.filter_map(|change| ipvsadm(&change)).collect();
    if lines.is_empty() {
        finding
            .breaking("its clients are refused, and nothing says which server it should have")
            .cured_by_all(ipvsadm(&Change::RemoveService(key)))
    } else {
        finding
            .breaking("its clients are refused")
            .cured_by_all(lines)
    }
}

fn quiesced(facts: &Facts, service: &SnapshotService) -> Finding {
    let key = service.entry.service.key;
    let wanted = wanted(facts, &service.entry);
    let lines = service.dests.iter().filter_map(|entry| {
        let dests = wanted.iter().flat_map(|wanted| &wanted.dests);
        let mut dests = dests.filter(|dest| dest.key == entry.dest.key && dest.weight > 0);
        let weight = dests.next().map_or(1, |dest| dest.weight);
        let dest = entry.dest.with_weight(weight);
        ipvsadm(&Change::UpdateDest(key, dest))
    });
    let what = format!("every real server of {key} has weight 0");
    Finding::new(Code::ServersQuiesced, what)
        .breaking("new clients are refused")
        .cured_by_all(lines)
}

fn wanted<'a>(facts: &'a Facts, entry: &ServiceEntry) -> Option<&'a TableService> {
    facts.wanted.as_ref()?.service(&entry.service.key)
}
