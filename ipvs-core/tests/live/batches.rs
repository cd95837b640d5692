//! Many changes at once.

use ipvs_core::{
    Applied, Batch, Change, Dest, DestEdit, ErrorKind, ForwardMethod, Service, ServiceKey,
};

use crate::harness::{Test, tests};
use crate::site::Site;

pub fn tests() -> Vec<Test> {
    tests![
        thousands_of_changes_are_made_in_order,
        each_refusal_has_its_place,
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
