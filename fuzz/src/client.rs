use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, SystemTime};

use ipvs_core::fake::{Environment, Fault, Kernel, Release, When};
use ipvs_core::{
    Applied, Batch, Change, Client, DestKey, Drain, DrainStep, Error, Plan, Scope, ServiceKey,
    Snapshot, Sysctl, Table,
};

use crate::small::{some_change, some_service};
use crate::source::Source;

/// A client on a fake kernel, with faults: whatever goes wrong, what it says of a change is
/// true of the kernel, and its next call is right.
pub fn client(data: &[u8]) {
    let mut source = Source::new(data);
    let release = source.pick(&["5.10.0", "6.1.0", "6.12.0", "7.2.0"]);
    let release: Release = release.parse().expect("a release");
    let kernel = Kernel::with(Environment::new().with_release(release));
    let client = kernel.client().expect("nothing is wrong yet");
    let observer = kernel.client().expect("nothing is wrong yet");
    for _ in 0..12 {
        if source.is_empty() {
            break;
        }
        if source.below(16) == 15 && kernel.unload_module("ip_vs") {
            kernel.load_module("ip_vs");
        }
        let before = observer.snapshot().expect("nothing is wrong");
        let worst = source
            .list(3, |source| inject(source, &kernel))
            .into_iter()
            .max();
        let mut expected = (worst != Some(Harm::Lies)).then(|| Keys::of(&before));
        act(&mut source, &kernel, &client, &before, &mut expected, worst);
        kernel.clear_faults();
        let after = observer.snapshot().expect("nothing is wrong any more");
        if let Some(expected) = expected {
            assert_eq!(Keys::of(&after), expected);
        }
        let seen = client.snapshot().expect("the next call is right");
        assert_eq!(seen.table(), after.table());
        kernel.advance(Duration::from_secs(source.below(100).into()));
    }
}

/// What a fault does to what the client is told.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Harm {
    /// It stays true.
    None,
    /// An answer, or the end of one, is missing or late without a word: no kernel does that, and a batch, most
    /// of whose requests are answered by silence, takes it for success.
    Reorders,
    /// It says another thing, or somebody else changes the table.
    Lies,
}

/// Plans a fault.
fn inject(source: &mut Source<'_>, kernel: &Kernel) -> Harm {
    let at = source.below(4).into();
    let when = match source.below(5) {
        0 => When::Now,
        1 => When::Send(at),
        2 => When::Receive(at),
        3 => When::File(at),
        _ => When::Command(source.below(17), at),
    };
    let fault = match source.below(12) {
        0 => Fault::Drop,
        1 => Fault::Duplicate,
        2 => Fault::Delay(source.below(4).into()),
        3 => Fault::Truncate(source.any::<u8>().into()),
        4 => Fault::Corrupt {
            offset: source.any::<u8>().into(),
            with: source.any(),
        },
        5 | 6 => Fault::Errno(source.pick(&[1, 4, 11, 12, 90, 105, 111])),
        7 => Fault::Refuse(source.pick(&[1, 2, 3, 12, 16, 22, 105, 111])),
        8 => Fault::Overrun,
        9 => Fault::Forge(source.bytes(60).to_vec()),
        _ => Fault::Change(source.list(3, some_change)),
    };
    let harm = match fault {
        Fault::Corrupt { .. } | Fault::Change(_) => Harm::Lies,
        Fault::Drop | Fault::Delay(_) | Fault::Truncate(_) => Harm::Reorders,
        _ => Harm::None,
    };
    kernel.inject(when, fault);
    harm
}

/// Calls a method or two, and says what the table's keys are by what they answered; not
/// where that is not known.
fn act(
    source: &mut Source<'_>,
    kernel: &Kernel,
    client: &Client,
    before: &Snapshot,
    expected: &mut Option<Keys>,
    worst: Option<Harm>,
) {
    let call = source.below(8);
    if matches!(call, 3 | 4) && worst >= Some(Harm::Reorders) {
        *expected = None;
    }
    match call {
        0..=2 => {
            let change = some_change(source);
            record(expected, &change, &client.change(&change));
        }
        3 => {
            let batch: Batch = source.list(30, some_change).into_iter().collect();
            let report = client.batch(&batch);
            assert_eq!(report.results().len(), batch.len());
            for (change, result) in batch.changes().iter().zip(report.results()) {
                record(expected, change, result);
            }
        }
        4 => apply(source, client, before, expected),
        5 => drain(source, kernel, client, before, expected, worst),
        6 => read(source, client, before),
        _ => files(source, client),
    }
}

fn apply(source: &mut Source<'_>, client: &Client, before: &Snapshot, expected: &mut Option<Keys>) {
    let mut wanted = Table::new();
    let mut keys = BTreeSet::new();
    for service in source.list(6, some_service) {
        if keys.insert(service.key) {
            wanted = wanted.with_service(service, Vec::new());
        }
    }
    let plan = match source.coin() {
        true => Plan::new(before, &wanted, &Scope::everything()),
        false => client.plan(&wanted, &Scope::everything()),
    };
    let Ok(plan) = plan else { return };
    let report = client.apply(&plan);
    for (step, result) in plan.steps().iter().zip(report.results()) {
        record(expected, &step.change, result);
    }
}

fn drain(
    source: &mut Source<'_>,
    kernel: &Kernel,
    client: &Client,
    before: &Snapshot,
    expected: &mut Option<Keys>,
    worst: Option<Harm>,
) {
    let held = before.services.iter().find(|held| !held.dests.is_empty());
    let Some(held) = held else { return };
    let (service, dest) = (held.entry.service.key, held.dests[0].dest.key);
    let mut drain = Drain::new(service, dest);
    if source.coin() {
        drain = drain.until_empty();
    }
    if source.coin() {
        let deadlines = [
            SystemTime::UNIX_EPOCH,
            SystemTime::UNIX_EPOCH + Duration::MAX / 4,
        ];
        drain = drain.with_deadline(source.pick(&deadlines));
    }
    for _ in 0..4 {
        let [active, inactive, persistent] = [(); 3].map(|()| u32::from(source.below(4) == 3));
        let namespace = kernel.initial();
        let _ = namespace.set_dest_connections(&service, &dest, active, inactive, persistent);
        match drain.step(client) {
            Ok(DrainStep::Removed(_)) => {
                record(expected, &Change::RemoveDest(service, dest), &Ok(()));
                return;
            }
            Ok(DrainStep::Gone) => return assert!(worst.is_some(), "nobody removed it"),
            Ok(_) => {}
            Err(error) if error.applied() == Applied::No => {}
            Err(_) => *expected = None,
        }
        if source.below(4) == 3 {
            let _ = drain.cancel(client);
        }
    }
}

/// What there is to read, and is right when nothing failed.
fn read(source: &mut Source<'_>, client: &Client, before: &Snapshot) {
    let key = some_service(source).key;
    let known = before.service(&key);
    let _ = client.info();
    let _ = client.daemons();
    let _ = client.timeouts();
    let _ = client.list();
    let _ = client.services();
    if let (Ok(entry), Some(held)) = (client.service(&key), known) {
        assert_eq!(entry.service.key, held.entry.service.key);
    }
    let _ = client.dests(&key);
    if let Ok(stream) = client.stream_services() {
        let _ = stream.take(source.below(20).into()).count();
    }
    if let Ok(stream) = client.stream_dests(&key) {
        assert!(stream.flatten().count() < 1000, "a stream without an end");
    }
}

fn files(source: &mut Source<'_>, client: &Client) {
    let sysctl = source.pick(Sysctl::ALL);
    if let Ok(value) = client.sysctl(sysctl) {
        let _ = client.set_sysctl(sysctl, &value);
    }
    let _ = client.set_sysctl(sysctl, &i64::from(source.any::<i32>()).into());
    let _ = client.connections().map(Iterator::count);
    let _ = client.synced_connections().map(Iterator::count);
    let _ = client.applications().map(Iterator::count);
    let _ = client.total_stats();
    let _ = client.cpu_stats();
    let _ = client.status();
    let _ = client.kernel_table();
}

/// What became of the table by a change. Of one whose answer was lost, an error tells at
/// most how things are now.
fn record(expected: &mut Option<Keys>, change: &Change, result: &Result<(), Error>) {
    match result.as_ref().map_err(Error::applied) {
        Ok(()) => {
            if let Some(keys) = expected {
                keys.change(change);
            }
        }
        Err(Applied::No) => {}
        Err(_) => *expected = None,
    }
}

/// The keys of a table.
#[derive(Debug, PartialEq, Eq)]
struct Keys(BTreeMap<ServiceKey, BTreeSet<DestKey>>);

impl Keys {
    fn of(seen: &Snapshot) -> Self {
        let keys = seen.services.iter().map(|held| {
            let dests = held.dests.iter().map(|entry| entry.dest.key);
            (held.entry.service.key, dests.collect())
        });
        Keys(keys.collect())
    }

    /// Makes a change that a kernel says it has made.
    fn change(&mut self, change: &Change) {
        match change {
            Change::AddService(service) => {
                assert_eq!(
                    self.0.insert(service.key, BTreeSet::new()),
                    None,
                    "{change}"
                );
            }
            Change::UpdateService(service) => assert!(self.0.contains_key(&service.key)),
            Change::RemoveService(key) => assert!(self.0.remove(key).is_some(), "{change}"),
            Change::AddDest(key, dest) => {
                let dests = self.0.get_mut(key).expect("its service");
                assert!(dests.insert(dest.key), "{change}");
            }
            Change::UpdateDest(key, dest) => assert!(self.0[key].contains(&dest.key)),
            Change::RemoveDest(key, dest) => {
                let dests = self.0.get_mut(key).expect("its service");
                assert!(dests.remove(dest), "{change}");
            }
            Change::Flush => self.0.clear(),
            _ => {}
        }
    }
}
