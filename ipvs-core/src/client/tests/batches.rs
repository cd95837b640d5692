//! Many changes at once, where each may end in its own way.

use std::thread;

use super::script::{Asked, idle};
use super::*;
use crate::{
    Apply, Batch, Change, DestEntry, Info, IpvsVersion, Op, Plan, Scheduler, Scope, ServiceEntry,
    ServiceKey, Snapshot, SnapshotService, Stats, Table,
};

fn servers(hosts: std::ops::Range<u8>) -> Vec<Dest> {
    let server = |host| Dest::new([10, 0, 0, host], 80, ForwardMethod::MASQUERADE);
    hosts.map(server).collect()
}

fn adding(hosts: std::ops::Range<u8>) -> Batch {
    let add = |dest| Change::AddDest(web().key, dest);
    servers(hosts).into_iter().map(add).collect()
}

/// What a kernel says to a change that it makes.
fn done(asked: Asked) -> Vec<Answer> {
    let ack = asked.acknowledged.then_some(Answer::Ack);
    ack.into_iter().collect()
}

/// The place, kind and `applied` of each failure.
fn failures(report: &crate::Report) -> Vec<(usize, ErrorKind, Applied)> {
    let failure = |(place, error): (usize, &Error)| (place, error.kind(), error.applied());
    report.failures().map(failure).collect()
}

#[test]
fn a_batch_takes_few_sends_and_one_answer_each() {
    let script = Script::new(done);
    let log = script.log();
    let report = script.open().unwrap().batch(&adding(0..10));
    assert!(report.is_success() && report.results().len() == 10);
    // The first one finds the family.
    assert_eq!(log.sends(), [1, 4, 4, 2]);
}

#[test]
fn what_is_refused_leaves_the_others_alone() {
    let mut asked = 0;
    let script = Script::new(move |request| {
        asked += 1;
        match asked {
            2 | 4 | 7 => vec![Answer::Errno(e::EEXIST)],
            _ => done(request),
        }
    });
    let log = script.log();
    let mut batch = adding(0..9);
    // This one isn't even sent.
    let bad = servers(0..1)[0].with_weight(u32::MAX);
    batch.push(Change::AddDest(web().key, bad));
    let report = script.open().unwrap().batch(&batch);
    let exists = |place| (place, ErrorKind::AlreadyExists, Applied::No);
    let invalid = (9, ErrorKind::InvalidInput, Applied::No);
    assert_eq!(
        failures(&report),
        [exists(1), exists(3), exists(6), invalid]
    );
    assert_eq!(log.commands().len(), 9);
    let error = report.into_result().unwrap_err();
    assert_eq!(
        error.to_string(),
        "add dest 10.0.0.1:80 of tcp 192.0.2.1:80: already exists (EEXIST)"
    );
}

#[test]
fn lost_answers_are_told_and_read_again() {
    let mut asked = 0;
    let script = Script::new(move |request| {
        asked += 1;
        match (request.command, asked) {
            // The second send's answers are lost; one of its dests is there.
            (IPVS_CMD_NEW_DEST, 8) => vec![Answer::Fails(ReceiveError::Overrun)],
            (IPVS_CMD_GET_DEST, _) => vec![Answer::Dest(servers(5..6)[0]), Answer::Done(0)],
            _ => done(request),
        }
    });
    let log = script.log();
    let report = script.open().unwrap().batch(&adding(0..10));
    let lost = |place, applied| (place, ErrorKind::Overrun, applied);
    let (no, yes) = (Applied::No, Applied::Yes);
    assert_eq!(
        failures(&report),
        [lost(4, no), lost(5, yes), lost(6, no), lost(7, no)]
    );
    // Nothing was sent twice, and the rest was, in sends half as long.
    assert_eq!(log.count(IPVS_CMD_NEW_DEST), 10);
    assert_eq!(log.sends(), [1, 4, 4, 1, 2]);
}

#[test]
fn sends_stay_short_where_answers_were_lost() {
    let mut asked = 0;
    let script = Script::new(move |request| {
        asked += 1;
        match (request.command, asked) {
            (IPVS_CMD_NEW_DEST, 4) => vec![Answer::Fails(ReceiveError::Overrun)],
            (IPVS_CMD_GET_DEST, _) => vec![Answer::Dest(servers(0..1)[0]), Answer::Done(0)],
            _ => done(request),
        }
    });
    let log = script.log();
    let report = script.open().unwrap().batch(&adding(0..10));
    assert_eq!(report.failures().count(), 4);
    assert_eq!(log.sends(), [1, 4, 1, 2, 2, 2]);
}

#[test]
fn a_busy_kernel_gets_shorter_sends() {
    let mut asked = 0;
    let script = Script::new(move |request| {
        asked += 1;
        if asked == 4 {
            thread::sleep(Duration::from_millis(60));
        }
        done(request)
    });
    let log = script.log();
    let mut client = script.open().unwrap();
    client.busy = BUSY;
    let report = client.batch(&adding(0..8));
    assert!(report.is_success(), "{report:?}");
    assert_eq!(log.sends()[..3], [1, 4, 2]);
}

#[test]
fn a_module_that_went_away_is_missing_for_all() {
    let mut looked = 0;
    let families = move || {
        looked += 1;
        if looked == 1 { FAMILY } else { 0 }
    };
    let script = Script::with_families(families, |_| vec![Answer::Errno(e::ENOENT)]);
    let report = script.open().unwrap().batch(&adding(0..6));
    let expected: Vec<_> = (0..6)
        .map(|place| (place, ErrorKind::ModuleMissing, Applied::No))
        .collect();
    assert_eq!(failures(&report), expected);
}

#[test]
fn a_silent_kernel_gets_nothing_more() {
    let script = Script::new(|request| match request.command {
        IPVS_CMD_GET_DEST => vec![Answer::Fails(ReceiveError::TimedOut)],
        _ => vec![],
    });
    let log = script.log();
    let report = script.open().unwrap().batch(&adding(0..6));
    let silent = |place, applied| (place, ErrorKind::TimedOut, applied);
    let mut expected: Vec<_> = (0..4)
        .map(|place| silent(place, Applied::Unknown))
        .collect();
    expected.extend((4..6).map(|place| silent(place, Applied::No)));
    assert_eq!(failures(&report), expected);
    assert_eq!(log.count(IPVS_CMD_NEW_DEST), 4);
    // Nor is it waited for again and again.
    assert_eq!(log.count(IPVS_CMD_GET_DEST), 1);
}

#[test]
fn a_daemon_that_is_not_answered_for_ends_a_batch() {
    let script = Script::new(|_| vec![]);
    let log = script.log();
    let mut batch = Batch::new();
    batch.push(Change::StopDaemon(DaemonRole::Master));
    batch.extend(adding(0..1).changes().to_vec());
    let report = script.open().unwrap().batch(&batch);
    let silent = |place, applied| (place, ErrorKind::TimedOut, applied);
    assert_eq!(
        failures(&report),
        [silent(0, Applied::Unknown), silent(1, Applied::No)]
    );
    assert_eq!(log.count(IPVS_CMD_NEW_DEST), 0);
}

#[test]
fn what_cannot_be_sent_is_not_made() {
    let script = Script::new(done).failing_to_send(e::ENOMEM);
    let report = script.open().unwrap().batch(&adding(0..6));
    let expected: Vec<_> = (0..6)
        .map(|place| (place, ErrorKind::Io, Applied::No))
        .collect();
    assert_eq!(failures(&report), expected);
    let error = report.into_result().unwrap_err();
    assert_eq!(error.op(), Op::AddDest);
}

#[test]
fn a_daemon_is_stopped_by_itself_and_the_order_stays() {
    let script = Script::new(|asked| match asked.command {
        IPVS_CMD_DEL_DAEMON => vec![],
        IPVS_CMD_GET_DAEMON => vec![Answer::Done(0)],
        _ => done(asked),
    });
    let log = script.log();
    let mut batch = adding(0..2);
    batch.push(Change::StopDaemon(DaemonRole::Master));
    batch.push(Change::StartDaemon(daemon(DaemonRole::Master)));
    assert!(script.open().unwrap().batch(&batch).is_success());
    assert_eq!(log.sends(), [1, 2, 2, 1]);
}

#[test]
fn a_family_that_has_moved_is_found_and_nothing_is_made_twice() {
    let mut looked = 0;
    let families = move || {
        looked += 1;
        FAMILY + u16::from(looked > 1)
    };
    let script = Script::with_families(families, |asked| match asked.family {
        FAMILY => vec![Answer::Errno(e::ENOENT)],
        _ => done(asked),
    });
    let log = script.log();
    assert!(script.open().unwrap().batch(&adding(0..3)).is_success());
    assert_eq!(log.sends(), [1, 3, 1, 3]);
}

#[test]
fn another_missing_thing_is_no_moved_family() {
    let mut asked = 0;
    let script = Script::new(move |request| {
        asked += 1;
        match asked {
            1 | 3 => vec![Answer::Errno(e::ENOENT)],
            _ => done(request),
        }
    });
    let log = script.log();
    let remove = |dest: Dest| Change::RemoveDest(web().key, dest.key);
    let batch: Batch = servers(0..4).into_iter().map(remove).collect();
    let report = script.open().unwrap().batch(&batch);
    let missing = |place| (place, ErrorKind::DestNotFound, Applied::No);
    assert_eq!(failures(&report), [missing(0), missing(2)]);
    // The others' success tells that the family is where it was.
    assert_eq!(log.sends(), [1, 4]);
}

/// A plan for a table of one service and one dest, from an empty kernel.
fn plan() -> Plan {
    let empty = Script::new(idle).open().unwrap().snapshot().unwrap();
    let table = Table::new().with_service(web(), vec![server()]);
    Plan::new(&empty, &table, &Scope::nothing().with_every_service()).unwrap()
}

#[test]
fn a_plan_is_read_again_and_made_up_for() {
    let mut weight = 9;
    let script = Script::new(move |request| match request.command {
        IPVS_CMD_GET_SERVICE => vec![Answer::Service(web())],
        // Somebody else was faster, with another weight, until ours is set.
        IPVS_CMD_NEW_DEST => vec![Answer::Errno(e::EEXIST)],
        IPVS_CMD_SET_DEST => {
            weight = 1;
            done(request)
        }
        IPVS_CMD_GET_DEST => vec![Answer::Dest(server().with_weight(weight)), Answer::Done(0)],
        _ => done(request),
    });
    let log = script.log();
    let report = script.open().unwrap().apply(&plan());
    assert!(report.is_success(), "{:?}", report);
    assert_eq!(log.count(IPVS_CMD_SET_DEST), 1);
}

#[test]
fn somebody_who_does_not_stop_is_told_of() {
    let mut weight = 9;
    let script = Script::new(move |request| match request.command {
        IPVS_CMD_GET_SERVICE => vec![Answer::Service(web())],
        IPVS_CMD_GET_DEST => {
            weight += 1;
            vec![Answer::Dest(server().with_weight(weight)), Answer::Done(0)]
        }
        _ => done(request),
    });
    let report = script.open().unwrap().apply(&plan());
    assert_eq!(
        failures(&report),
        [(1, ErrorKind::ChangedWhileReading, Applied::No)]
    );
}

#[test]
fn what_the_kernel_refuses_is_not_tried_again() {
    let script = Script::new(|request| match request.command {
        IPVS_CMD_NEW_SERVICE => vec![Answer::Errno(e::ENOENT)],
        IPVS_CMD_NEW_DEST => vec![Answer::Errno(e::ESRCH)],
        IPVS_CMD_GET_SERVICE => vec![Answer::Errno(e::ESRCH)],
        _ => vec![Answer::Done(0)],
    });
    let report = script.open().unwrap().apply(&plan());
    let kinds: Vec<_> = report.failures().map(|(_, error)| error.kind()).collect();
    assert_eq!(
        kinds,
        [ErrorKind::UnknownScheduler, ErrorKind::ServiceNotFound]
    );
}

/// Tables from what is there, as a plan sees it, to what is wanted.
fn plan_from(there: (Service, DestEntry), wanted: (Service, Vec<Dest>)) -> Plan {
    let (service, entry) = there;
    let seen = SnapshotService::new(ServiceEntry::new(service, Stats::default()), vec![entry]);
    let info = Info::new(IpvsVersion::from_code(0x10201), 4096);
    let table = Table::new().with_service(wanted.0, wanted.1);
    Plan::new(
        &Snapshot::new(info, vec![seen]),
        &table,
        &Scope::everything(),
    )
    .unwrap()
}

#[test]
fn what_was_to_leave_and_is_gone_is_not_brought_back() {
    let mut busy = DestEntry::new(server());
    busy.active_connections = 1;
    let plan = plan_from((web(), busy), (web(), vec![]));
    assert_eq!(plan.draining().len(), 1);
    let script = Script::new(|request| match request.command {
        IPVS_CMD_SET_DEST => vec![Answer::Errno(e::ENOENT)],
        IPVS_CMD_GET_DEST => vec![Answer::Done(0)],
        _ => vec![Answer::Service(web())],
    });
    let log = script.log();
    let report = script.open().unwrap().apply(&plan);
    assert!(report.is_success(), "{report:?}");
    assert_eq!(log.count(IPVS_CMD_NEW_DEST), 0);
}

#[test]
fn a_service_that_somebody_removed_is_not_made_up_without_its_dests() {
    let other = web().with_scheduler(Scheduler::SH);
    let plan = plan_from((web(), DestEntry::new(server())), (other, vec![server()]));
    let script = Script::new(|_| vec![Answer::Errno(e::ESRCH)]);
    let log = script.log();
    let report = script.open().unwrap().apply(&plan);
    let missing = (0, ErrorKind::ServiceNotFound, Applied::No);
    assert_eq!(failures(&report), [missing]);
    assert_eq!(log.count(IPVS_CMD_NEW_SERVICE), 0);
}

#[test]
fn no_step_reads_without_end() {
    let service = |n: u16| Service::new(ServiceKey::tcp([192, 0, 2, 1], n));
    let empty = Script::new(idle).open().unwrap().snapshot().unwrap();
    let table = (1..=100).fold(Table::new(), |table, n| {
        table.with_service(service(n), vec![server()])
    });
    let plan = Plan::new(&empty, &table, &Scope::nothing().with_every_service()).unwrap();
    let script = Script::new(move |request| match request.command {
        IPVS_CMD_GET_SERVICE if request.dump => (1..=100)
            .map(|n| Answer::Service(service(n)))
            .chain([Answer::Done(0)])
            .collect(),
        IPVS_CMD_GET_DEST => vec![Answer::Dest(server()), Answer::Done(0)],
        _ => done(request),
    });
    let log = script.log();
    let client = script.open().unwrap();
    let mut apply = Apply::new(&plan);
    let mut steps = 0;
    loop {
        let before = log.commands().len();
        let more = apply.step(&client);
        steps += 1;
        assert!(log.commands().len() - before <= 33);
        if !more {
            break;
        }
    }
    // Four changes a send; then the services in one listing, and the dests of each.
    assert_eq!(steps, 50 + 4);
    assert_eq!(log.count(IPVS_CMD_GET_SERVICE), 1);
    assert_eq!(log.count(IPVS_CMD_GET_DEST), 100);
    assert!(apply.into_report().is_success());
}
