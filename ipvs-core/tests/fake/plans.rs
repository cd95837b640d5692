//! Plans that are carried out while somebody else works, or the kernel fails.

use ipvs_core::fake::{Fault, When};
use ipvs_core::{
    Change, DaemonRole, Plan, Scope, Service, ServiceKey, SyncDaemon, Table, TableService,
};
use ipvs_sys::errno::ENOMEM;
use ipvs_sys::uapi::IPVS_CMD_GET_SERVICE;

use crate::site::{Site, daemon};

const BOTH: [DaemonRole; 2] = [DaemonRole::Master, DaemonRole::Backup];

impl Site {
    fn plan(&self, wanted: &Table) -> Plan {
        self.client.plan(wanted, &Scope::everything()).unwrap()
    }

    fn apply(&self, plan: &Plan) {
        let report = self.client.apply(plan);
        assert!(report.is_success(), "{report:?}");
    }

    /// What is there, with these daemons.
    fn table(&self, daemons: Vec<SyncDaemon>) -> Table {
        let mut table = self.client.snapshot().unwrap().table();
        table.daemons = Some(daemons);
        table
    }
}

#[test]
fn daemons_of_somebody_elses_are_stopped_and_started_anew() {
    let site = Site::with_eth1();
    let wanted = BOTH.map(daemon);
    let plan = site.plan(&site.table(wanted.to_vec()));
    let somebody = site.kernel.client().unwrap();
    for role in BOTH {
        somebody
            .start_daemon(&daemon(role).with_sync_id(7))
            .unwrap();
    }
    site.apply(&plan);
    assert_eq!(ids(&site), [0, 0]);
}

#[test]
fn a_daemon_that_is_to_run_otherwise_is_stopped_first() {
    let site = Site::with_eth1();
    for role in BOTH {
        site.client.start_daemon(&daemon(role)).unwrap();
    }
    let wanted = daemon(DaemonRole::Master).with_sync_id(7);
    let plan = site.plan(&site.table(vec![wanted]));
    let stops = BOTH.map(Change::StopDaemon);
    assert!(
        stops
            .iter()
            .all(|stop| plan.changes().any(|change| change == *stop))
    );
    site.apply(&plan);
    assert_eq!(ids(&site), [7]);
}

/// The sync ids of the daemons that run, the master's first.
fn ids(site: &Site) -> Vec<u32> {
    let running = site.client.daemons().unwrap();
    running.iter().map(|daemon| daemon.sync_id).collect()
}

#[test]
fn without_a_listing_services_are_read_one_by_one() {
    let site = Site::new();
    let services = (1..=40).map(|port| Service::new(ServiceKey::udp([192, 0, 2, 2], port)));
    let mut wanted = site.table(Vec::new());
    wanted
        .services
        .extend(services.map(|service| TableService::new(service, Vec::new())));
    let plan = site.plan(&wanted);
    assert_eq!(plan.steps().len(), 40);
    let reading = When::Command(IPVS_CMD_GET_SERVICE, 0);
    site.kernel.inject(reading, Fault::Refuse(ENOMEM));
    site.apply(&plan);
    assert_eq!(site.kernel.pending_faults(), 0);
    assert!(site.plan(&wanted).steps().is_empty());
}
