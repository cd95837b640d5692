//! Many changes at once.

use std::iter;
use std::os::fd::OwnedFd;
use std::time::Duration;

use ipvs_core::wire::exchange::Exchange;
use ipvs_core::wire::request::Request;
use ipvs_core::{
    Applied, Batch, Change, Client, Dest, DestEdit, ErrorKind, Family, ForwardMethod, Service,
    ServiceKey,
};
use ipvs_sys::socket::Socket;

use crate::harness::{Test, tests};
use crate::site::Site;

pub fn tests() -> Vec<Test> {
    tests![
        thousands_of_changes_are_made_in_order,
        each_refusal_has_its_place,
        nothing_but_refusals_overruns_no_buffer,
        answers_that_overrun_are_told_and_read_again,
        daemons_are_started_and_stopped_in_between,
    ]
}

fn server(n: u32) -> Dest {
    let [_, a, b, c] = n.to_be_bytes();
    Dest::new([10, a, b, c], 80, ForwardMethod::MASQUERADE)
}

fn web() -> ServiceKey {
    ServiceKey::tcp([192, 0, 2, 1], 80)
}

fn thousands_of_changes_are_made_in_order(site: &Site) {
    let mut batch = Batch::new();
    batch.push(Change::AddService(Service::new(web())));
    batch.extend((0..2000).map(|n| Change::AddDest(web(), server(n))));
    let edit = |n| DestEdit::new().with_weight(n + 2).apply(server(n));
    batch.extend((0..2000).map(|n| Change::UpdateDest(web(), edit(n))));
    batch.extend((1000..2000).map(|n| Change::RemoveDest(web(), server(n).key)));
    let report = site.client.batch(&batch);
    assert_eq!(report.results().len(), 5001);
    report.into_result().unwrap();
    let expected: Vec<Dest> = (0..1000).map(edit).collect();
    assert_eq!(site.dests(&web()), expected);
}

fn each_refusal_has_its_place(site: &Site) {
    site.add("tcp 192.0.2.1:80");
    // Every third dest is added twice, and every fifth belongs to no service.
    let mut batch = Batch::new();
    let mut expected = Vec::new();
    for n in 0..600 {
        batch.push(Change::AddDest(web(), server(n)));
        if n % 3 == 0 {
            expected.push((batch.len(), ErrorKind::AlreadyExists));
            batch.push(Change::AddDest(web(), server(n)));
        }
        if n % 5 == 0 {
            expected.push((batch.len(), ErrorKind::ServiceNotFound));
            let nowhere = ServiceKey::tcp([192, 0, 2, 9], 80);
            batch.push(Change::AddDest(nowhere, server(n)));
        }
    }
    let report = site.client.batch(&batch);
    let failed: Vec<_> = report
        .failures()
        .map(|(place, error)| {
            assert_eq!(error.applied(), Applied::No, "{error}");
            (place, error.kind())
        })
        .collect();
    assert_eq!(failed, expected);
    assert_eq!(site.dests(&web()).len(), 600);
}

fn nothing_but_refusals_overruns_no_buffer(site: &Site) {
    site.add("tcp 192.0.2.1:80");
    site.client.add_dest(&web(), &server(0)).unwrap();
    let batch: Batch = iter::repeat_n(Change::AddDest(web(), server(0)), 1000).collect();
    // With the system's buffer, and with one that holds hardly more than an answer.
    let small = site.namespace.socket().unwrap();
    small.set_receive_buffer_size(4000).unwrap();
    let small = Client::from_socket(small.into()).unwrap();
    for client in [&site.client, &small] {
        let report = client.batch(&batch);
        let exist = report
            .failures()
            .filter(|(_, error)| error.kind() == ErrorKind::AlreadyExists);
        assert_eq!(exist.count(), 1000);
    }
}

/// Somebody who shares the socket lets the answers lie that its buffer holds: the
/// kernel has no room for those to a batch.
fn answers_that_overrun_are_told_and_read_again(site: &Site) {
    site.add("tcp 192.0.2.1:80");
    // Two of them are there already, one of these as it is wanted.
    site.client.add_dest(&web(), &server(1)).unwrap();
    let other = server(2).with_weight(9);
    site.client.add_dest(&web(), &other).unwrap();

    let shared = OwnedFd::from(site.namespace.socket().unwrap());
    let client = Client::from_socket(shared.try_clone().unwrap()).unwrap();
    let mut unread = Exchange::new(1, Duration::ZERO);
    let (family, nothing) = (
        site.raw().family(),
        ServiceKey::firewall_mark(99, Family::V4),
    );
    for _ in 0..400 {
        let refused = Request::DelService(&nothing).push(&mut unread, family);
        refused.unwrap();
    }
    Socket::from_fd(shared)
        .unwrap()
        .send(unread.bytes())
        .unwrap();

    let batch: Batch = (0..500)
        .map(|n| Change::AddDest(web(), server(n)))
        .collect();
    let report = client.batch(&batch);
    let lost: Vec<_> = report.failures().collect();
    // The first send's, and what came after it has its answers again.
    assert_eq!(lost.len(), 200, "{lost:?}");
    for (place, error) in lost {
        let applied = if place == 2 {
            Applied::No
        } else {
            Applied::Yes
        };
        assert_eq!(
            (error.kind(), error.applied()),
            (ErrorKind::Overrun, applied),
            "{place}: {error}"
        );
    }
    let mut expected: Vec<Dest> = (0..500).map(server).collect();
    expected[2] = other;
    assert_eq!(site.dests(&web()), expected);
}

fn daemons_are_started_and_stopped_in_between(site: &Site) {
    site.sh("ip link add eth0 type dummy && ip link set eth0 up");
    let daemon = |text: &str| text.parse().unwrap();
    let mut batch = Batch::new();
    batch.push(Change::StartDaemon(daemon("master eth0 sync-id 1")));
    batch.push(Change::StopDaemon(ipvs_core::DaemonRole::Master));
    batch.push(Change::StartDaemon(daemon("master eth0 sync-id 2")));
    batch.push(Change::AddService(Service::new(web())));
    site.client.batch(&batch).into_result().unwrap();
    assert_eq!(site.client.daemons().unwrap()[0].sync_id, 2);
    assert_eq!(site.services().len(), 1);
}
