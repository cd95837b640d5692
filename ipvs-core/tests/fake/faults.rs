//! Each fault, at each kind of moment, as a client sees it.

use std::time::Duration;

use ipvs_core::fake::{Fault, Kernel, When};
use ipvs_core::{
    Applied, Batch, Change, Client, Error, ErrorKind, Op, Options, Service, ServiceKey, Sysctl,
};
use ipvs_sys::errno::*;
use ipvs_sys::uapi::*;

use crate::site::{Site, dest};

/// The n-th of many services.
fn service(number: u16) -> Service {
    Service::new(ServiceKey::udp([192, 0, 2, 2], number))
}

#[track_caller]
fn told(outcome: Result<impl std::fmt::Debug, Error>) -> (ErrorKind, Applied) {
    let error = outcome.unwrap_err();
    (error.kind(), error.applied())
}

/// Whether the fault was met, and the client is as good as before.
#[track_caller]
fn is_over(site: &Site) {
    assert_eq!(site.kernel.pending_faults(), 0);
    site.client.add_service(&service(65_535)).unwrap();
    site.client.remove_service(&service(65_535).key).unwrap();
    assert_eq!(site.client.dests(&site.service).unwrap().len(), 2);
}

#[test]
fn a_lost_answer_is_a_timeout_of_the_fakes_own_time() {
    let site = Site::new();
    let before = site.kernel.now();
    site.kernel.inject(When::Now, Fault::Drop);
    let outcome = site.client.add_service(&service(1));
    assert_eq!(told(outcome), (ErrorKind::TimedOut, Applied::Unknown));
    assert_eq!(site.kernel.now() - before, Options::new().deadline);
    site.client.service(&service(1).key).unwrap();
    is_over(&site);

    let patient = Options::new().with_deadline(Duration::from_secs(3600));
    let client = site.kernel.open(&patient).unwrap();
    site.kernel.inject(When::Now, Fault::Drop);
    assert_eq!(told(client.services()), (ErrorKind::TimedOut, Applied::No));
    assert!(site.kernel.now() > Duration::from_secs(3600));
}

#[test]
fn an_answer_twice_or_late_meets_no_later_question() {
    let site = Site::new();
    site.kernel.inject(When::Now, Fault::Duplicate);
    site.client.add_service(&service(1)).unwrap();
    is_over(&site);

    // It comes when the client has stopped waiting and has thrown away what was there.
    site.kernel.inject(When::Now, Fault::Delay(2));
    let outcome = site.client.add_service(&service(1));
    assert_eq!(told(outcome), (ErrorKind::TimedOut, Applied::Unknown));
    let error = site.client.add_service(&service(1)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AlreadyExists);
    is_over(&site);
}

#[test]
fn a_short_or_changed_answer_is_a_protocol_error() {
    let site = Site::new();
    for fault in [
        Fault::Truncate(10),
        Fault::Corrupt {
            offset: 0,
            with: 0xff,
        },
    ] {
        site.kernel.inject(When::Now, fault);
        let outcome = site.client.zero();
        assert_eq!(told(outcome), (ErrorKind::Protocol, Applied::Unknown));
        is_over(&site);
    }
    // Behind its end there is nothing to change.
    let offset = 100_000;
    site.kernel
        .inject(When::Now, Fault::Corrupt { offset, with: 1 });
    site.client.zero().unwrap();
    is_over(&site);
}

#[test]
fn a_failing_send_has_done_nothing() {
    let site = Site::new();
    for errno in [ENOBUFS, ENOMEM, EPERM, ECONNREFUSED, EAGAIN] {
        site.kernel.inject(When::Send(0), Fault::Errno(errno));
        let error = site.client.add_service(&service(1)).unwrap_err();
        assert_eq!((error.errno(), error.applied()), (Some(errno), Applied::No));
        assert_eq!(site.client.services().unwrap().len(), 1);
        is_over(&site);
    }
    site.kernel.inject(When::Send(0), Fault::Errno(EINTR));
    site.client.zero().unwrap();
    is_over(&site);
}

#[test]
fn a_failing_receive_leaves_doubt() {
    let site = Site::new();
    for (number, errno) in (1..).zip([ENOMEM, EPERM, ECONNREFUSED]) {
        site.kernel.inject(When::Receive(0), Fault::Errno(errno));
        let error = site.client.add_service(&service(number)).unwrap_err();
        let told = (error.errno(), error.applied());
        assert_eq!(told, (Some(errno), Applied::Unknown));
        site.client.service(&service(number).key).unwrap();
        is_over(&site);
    }
    for errno in [EINTR, EAGAIN] {
        site.kernel.inject(When::Receive(0), Fault::Errno(errno));
        site.client.zero().unwrap();
        is_over(&site);
    }
}

#[test]
fn an_overrun_is_told_once() {
    let site = Site::new();
    site.kernel
        .inject(When::Command(IPVS_CMD_NEW_SERVICE, 0), Fault::Overrun);
    let outcome = site.client.add_service(&service(1));
    assert_eq!(told(outcome), (ErrorKind::Overrun, Applied::Unknown));
    site.client.service(&service(1).key).unwrap();
    is_over(&site);

    site.kernel.inject(When::Now, Fault::Overrun);
    assert_eq!(
        told(site.client.services()),
        (ErrorKind::Overrun, Applied::No)
    );
    is_over(&site);
}

#[test]
fn a_request_is_refused_and_not_carried_out() {
    let site = Site::new();
    site.kernel.inject(When::Now, Fault::Refuse(ENOMEM));
    let error = site.client.add_service(&service(1)).unwrap_err();
    assert_eq!(
        (error.errno(), error.applied()),
        (Some(ENOMEM), Applied::No)
    );
    assert_eq!(site.client.services().unwrap().len(), 1);

    // One of a batch: the others are carried out.
    let third = When::Command(IPVS_CMD_NEW_SERVICE, 2);
    site.kernel.inject(third, Fault::Refuse(ENOMEM));
    let batch: Batch = (1..=5).map(|n| Change::AddService(service(n))).collect();
    let report = site.client.batch(&batch);
    let failed: Vec<usize> = report.failures().map(|(index, _)| index).collect();
    assert_eq!(failed, [2]);
    assert_eq!(site.client.services().unwrap().len(), 5);
    is_over(&site);
}

#[test]
fn a_forged_answer_is_dropped() {
    let site = Site::new();
    // "Done", to whatever is asked.
    let done = [20, 0, 0, 0, 3, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    site.kernel.inject(When::Now, Fault::Forge(done.to_vec()));
    assert_eq!(site.client.dests(&site.service).unwrap().len(), 2);
    is_over(&site);

    let socket = site.kernel.initial().socket();
    site.kernel.inject(When::Now, Fault::Forge(done.to_vec()));
    socket.send(&flush()).unwrap();
    let mut buffer = [0; 4096];
    let length = socket.receive(&mut buffer, Duration::ZERO).unwrap();
    assert_eq!(socket.foreign(), 1);
    assert_ne!(buffer[..length], done);
}

/// A message to nobody, which is answered.
fn flush() -> Vec<u8> {
    let kind = 0x7f_u16.to_ne_bytes();
    let flags = 5_u16.to_ne_bytes();
    let length = 20_u32.to_ne_bytes();
    [&length[..], &kind, &flags, &[0; 8], &[17, 1, 0, 0]].concat()
}

#[test]
fn somebody_else_changes_the_table_in_the_middle_of_a_listing() {
    let site = Site::new();
    let many: Batch = (1..=300).map(|n| Change::AddService(service(n))).collect();
    site.client.batch(&many).into_result().unwrap();

    let listing = site.client.stream_services().unwrap();
    // The first datagram is there; the second one is made while it is received.
    let flush = Fault::Change(vec![Change::Flush]);
    site.kernel.inject(When::Receive(0), flush);
    let listed = listing.map(Result::unwrap).count();
    assert!((1..300).contains(&listed), "{listed}");
    assert_eq!(site.client.services().unwrap(), []);
}

#[test]
fn a_snapshot_looks_again_when_the_table_changed_meanwhile() {
    let site = Site::new();
    let many: Batch = (1..=300).map(|n| Change::AddService(service(n))).collect();
    site.client.batch(&many).into_result().unwrap();
    let added = vec![Change::AddService(service(1000))];
    site.kernel
        .inject(When::Command(IPVS_CMD_GET_DEST, 5), Fault::Change(added));
    let snapshot = site.client.snapshot().unwrap();
    assert_eq!(snapshot.services.len(), 302);
    assert_eq!(site.kernel.pending_faults(), 0);

    // Somebody who never rests.
    for n in 1001..1100 {
        let change = vec![Change::AddService(service(n))];
        let each = When::Command(IPVS_CMD_GET_SERVICE, (n - 1001).into());
        site.kernel.inject(each, Fault::Change(change));
    }
    let error = site.client.snapshot().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ChangedWhileReading, "{error}");
    site.kernel.clear_faults();
    site.client.snapshot().unwrap();
}

#[test]
fn what_the_kernel_refuses_of_a_change_changes_nothing() {
    let site = Site::new();
    let changes = vec![
        Change::AddService(Service::new(site.service)),
        Change::RemoveDest(site.service, site.dests[0]),
    ];
    site.kernel.inject(When::Now, Fault::Change(changes));
    let left = site.client.dests(&site.service).unwrap();
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].dest.key, site.dests[1]);
}

#[test]
fn a_file_cannot_be_opened() {
    let site = Site::new();
    for errno in [EACCES, EPERM, EMFILE] {
        site.kernel.inject(When::File(0), Fault::Errno(errno));
        assert_eq!(site.client.connections().unwrap_err().errno(), Some(errno));
        site.kernel.inject(When::File(1), Fault::Errno(errno));
        site.client.sysctl(Sysctl::Conntrack).unwrap();
        let outcome = site.client.set_sysctl(Sysctl::Conntrack, &1.into());
        assert_eq!(outcome.unwrap_err().errno(), Some(errno));
        assert_eq!(site.client.sysctl(Sysctl::Conntrack).unwrap(), 0.into());
    }
    is_over(&site);
}

#[test]
fn faults_come_in_their_order_and_can_be_forgotten() {
    let site = Site::new();
    site.kernel.inject(When::Now, Fault::Refuse(ENOMEM));
    site.kernel.inject(When::Now, Fault::Refuse(EPERM));
    let errnos = [site.client.zero(), site.client.zero()].map(|it| it.unwrap_err().errno());
    assert_eq!(errnos, [Some(ENOMEM), Some(EPERM)]);
    // Each meets an answer of its own.
    for round in 0..3 {
        site.kernel.inject(When::Now, Fault::Drop);
        site.kernel.inject(When::Now, Fault::Overrun);
        let kinds = [site.client.zero(), site.client.zero()].map(|it| it.unwrap_err().kind());
        assert_eq!(kinds, [ErrorKind::TimedOut, ErrorKind::Overrun], "{round}");
    }
    site.kernel.inject(When::Send(1000), Fault::Drop);
    assert_eq!(site.kernel.pending_faults(), 1);
    site.kernel.clear_faults();
    is_over(&site);
}

/// Each system call of each operation fails once: the client says what is true, and goes on.
#[test]
fn every_call_fails_and_the_client_survives() {
    type Run = fn(&Client, &Site) -> Result<(), Error>;
    let operations: [(Op, Run); 6] = [
        (Op::AddService, |client, _| client.add_service(&service(1))),
        (Op::Services, |client, _| client.services().map(|_| ())),
        (Op::AddDest, |client, site| {
            let key = "10.0.3.200:80".parse()?;
            client.add_dest(&site.service, &dest(key))
        }),
        (Op::Snapshot, |client, _| client.snapshot().map(|_| ())),
        (Op::Zero, |client, _| client.zero()),
        (Op::RemoveService, |client, site| {
            client.remove_service(&site.service)
        }),
    ];
    for (op, run) in operations {
        let undisturbed = Site::new();
        let before = undisturbed.kernel.calls();
        run(&undisturbed.client, &undisturbed).unwrap();
        let after = undisturbed.kernel.calls();
        let expected = undisturbed.client.snapshot().unwrap().table();

        let sends = (before.sends..after.sends).map(|call| When::Send(call - before.sends));
        let receives =
            (before.receives..after.receives).map(|call| When::Receive(call - before.receives));
        for when in sends.chain(receives) {
            for errno in [EINTR, EAGAIN, ENOBUFS, ENOMEM, EPERM, ECONNREFUSED] {
                let site = Site::new();
                let untouched = site.client.snapshot().unwrap().table();
                site.kernel.inject(when, Fault::Errno(errno));
                let outcome = run(&site.client, &site);
                assert_eq!(site.kernel.pending_faults(), 0);
                let now = site.client.snapshot().unwrap().table();
                match outcome.map_err(|error| error.applied()) {
                    Ok(()) | Err(Applied::Yes) => assert_eq!(now, expected, "{op} {when:?}"),
                    Err(Applied::No) => assert_eq!(now, untouched, "{op} {when:?}"),
                    Err(_) => assert!(now == expected || now == untouched, "{op} {when:?}"),
                }
            }
        }
    }
}

#[test]
fn a_machine_is_used_from_many_threads() {
    let kernel = Kernel::new();
    std::thread::scope(|scope| {
        for thread in 0..4_u16 {
            let kernel = kernel.clone();
            scope.spawn(move || {
                let client = kernel.client().unwrap();
                for n in 1..=50 {
                    client.add_service(&service(thread * 100 + n)).unwrap();
                }
            });
        }
    });
    assert_eq!(kernel.client().unwrap().services().unwrap().len(), 200);
}
