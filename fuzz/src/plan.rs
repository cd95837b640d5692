mod kernel;
mod scope;

use ipvs_core::{
    Change, Dest, DestEntry, ErrorKind, Info, IpvsVersion, Plan, Reason, ServiceEntry, ServiceKey,
    Snapshot, SnapshotService, Stats, Table, TableService,
};

use crate::small::{KEYS, service_key, some_daemon, some_dest, some_service};
use crate::source::Source;
use kernel::Kernel;
use scope::Ours;

/// Any table, any wish and any scope: what is planned makes the one of the other, in
/// its order, touches nothing outside of the scope, and leaves nothing to be planned.
pub fn plan(data: &[u8]) {
    let mut source = Source::new(data);
    let ours = Ours::take(&mut source);
    let seen = seen(&mut source);
    let wanted = wanted(&mut source);
    ours.scope_agrees(KEYS.map(service_key));

    let plans = [Plan::at_once, Plan::new].map(|plan| plan(&seen, &wanted, ours.scope()));
    let [at_once, gently] = match plans {
        [Ok(at_once), Ok(gently)] => [at_once, gently],
        [Err(error), Err(_)] => {
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
            assert!(is_refused(&wanted, &ours), "{error}");
            return;
        }
        _ => panic!("only one of them is refused"),
    };
    assert!(!is_refused(&wanted, &ours));
    for plan in [&at_once, &gently] {
        assert_eq!(plan.to_string().lines().count(), plan.steps().len());
        in_order(plan, &seen);
    }

    let mut kernel = Kernel::new(&seen);
    kernel.apply(&at_once);
    kernel.is_as_wanted(&seen, &wanted, &ours);
    again(&kernel, &wanted, &ours);

    let mut kernel = Kernel::new(&seen);
    kernel.apply(&gently);
    assert_eq!(gently.draining(), kernel.draining(&wanted, &ours));
    again(&kernel, &wanted, &ours);
    kernel.lets_our_clients_finish(&ours);
    let last = Plan::new(kernel.snapshot(), &wanted, ours.scope()).expect("it was planned before");
    kernel.apply(&last);
    kernel.is_as_wanted(&seen, &wanted, &ours);
}

/// Nothing more is to be done, and what drains goes on to.
fn again(kernel: &Kernel, wanted: &Table, ours: &Ours) {
    let plan = Plan::new(kernel.snapshot(), wanted, ours.scope()).expect("it was planned before");
    assert!(plan.is_empty(), "left to do: {plan}");
    assert_eq!(plan.draining(), kernel.draining(wanted, ours));
}

/// Whether the wish holds something twice, or something that is not ours.
fn is_refused(wanted: &Table, ours: &Ours) -> bool {
    let services: Vec<ServiceKey> = wanted
        .services
        .iter()
        .map(|held| held.service.key)
        .collect();
    let dests = wanted
        .services
        .iter()
        .map(|held| held.dests.iter().map(|dest| dest.key));
    let daemons = wanted.daemons.as_deref().unwrap_or_default();
    twice(services.iter().copied())
        || dests.into_iter().any(twice)
        || twice(daemons.iter().map(|daemon| daemon.role.to_string()))
        || !services.iter().all(|key| ours.holds(key))
        || wanted.timeouts.is_some() && !ours.timeouts
        || wanted.daemons.is_some() && !ours.daemons
}

fn twice<K: Ord>(keys: impl Iterator<Item = K>) -> bool {
    let mut keys: Vec<K> = keys.collect();
    keys.sort();
    keys.windows(2).any(|pair| pair[0] == pair[1])
}

/// The changes come in the order that the documentation gives.
fn in_order(plan: &Plan, seen: &Snapshot) {
    let place = |change: &Change, reason: Reason| match (change, reason) {
        (Change::SetTimeouts(_), Reason::Differs(_))
        | (Change::StopDaemon(_), Reason::Unwanted) => 1,
        (Change::AddService(_) | Change::AddDest(..), Reason::Missing) => 2,
        (Change::UpdateService(_), Reason::Differs(_)) => 3,
        (Change::UpdateDest(key, dest), Reason::Differs(_)) => {
            let mut dests = seen.service(key).expect("it is there").dests.iter();
            let there = dests
                .find(|there| there.dest.key == dest.key)
                .expect("it is there")
                .dest;
            if takes_less(&there, dest) { 4 } else { 3 }
        }
        (Change::UpdateDest(_, dest), Reason::Draining) if dest.weight == 0 => 5,
        (Change::RemoveDest(..), Reason::Unwanted) => 5,
        (Change::RemoveService(_), Reason::Unwanted) => 6,
        (Change::StopDaemon(_), Reason::Differs(_)) => 7,
        (Change::StartDaemon(_), Reason::Differs(_) | Reason::Missing) => 8,
        _ => panic!("{change} ({reason}) has no place in a plan"),
    };
    let steps = plan.steps().iter();
    assert!(
        steps.is_sorted_by_key(|step| place(&step.change, step.reason)),
        "{plan}"
    );
}

fn takes_less(there: &Dest, wanted: &Dest) -> bool {
    let narrower = match (there.upper_threshold, wanted.upper_threshold) {
        (_, 0) => false,
        (0, _) => true,
        (there, wanted) => wanted < there,
    };
    wanted.weight < there.weight || narrower
}

fn seen(source: &mut Source<'_>) -> Snapshot {
    let mut services = source.list(8, |source| {
        let entry = ServiceEntry::new(some_service(source), Stats::default());
        let mut dests = source.list(6, |source| {
            let mut entry = DestEntry::new(some_dest(source));
            let busy = source.below(8);
            entry.active_connections = (busy == 5).into();
            entry.inactive_connections = (busy == 6).into();
            entry.persistent_connections = (busy == 7).into();
            entry
        });
        dests.sort_by_key(|entry| entry.dest.key);
        dests.dedup_by_key(|entry| entry.dest.key);
        SnapshotService::new(entry, dests)
    });
    services.sort_by_key(|seen| seen.entry.service.key);
    services.dedup_by_key(|seen| seen.entry.service.key);
    let info = Info::new(IpvsVersion::from_code(0x01_0201), 4096);
    let mut seen = Snapshot::new(info, services);
    if source.coin() {
        seen.timeouts = source.timeouts();
    }
    seen.daemons = source.list(3, some_daemon);
    seen.daemons.dedup_by_key(|daemon| daemon.role);
    seen
}

fn wanted(source: &mut Source<'_>) -> Table {
    let mut table = Table::new();
    table.services = source.list(8, |source| {
        TableService::new(some_service(source), source.list(6, some_dest))
    });
    table.timeouts = source.option(Source::timeouts);
    table.daemons = source.option(|source| source.list(3, some_daemon));
    table
}
