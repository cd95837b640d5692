//! Changes whose answers were lost: what is said of them when they were looked at again.

use ipvs_core::fake::{Fault, When};
use ipvs_core::{Applied, Batch, Change, DaemonRole};
use ipvs_sys::uapi::IPVS_CMD_NEW_DAEMON;

use crate::site::{Site, daemon};

/// What a batch says of changes all of whose answers are lost.
fn in_doubt(site: &Site, changes: &[Change]) -> Vec<Applied> {
    let batch: Batch = changes.iter().copied().collect();
    let start = When::Command(IPVS_CMD_NEW_DAEMON, 0);
    site.kernel.inject(start, Fault::Overrun);
    let report = site.client.batch(&batch);
    let results = report.results().iter();
    results
        .map(|result| result.clone().unwrap_err().applied())
        .collect()
}

#[test]
fn daemons_are_looked_for() {
    let site = Site::with_eth1();
    let both =
        [DaemonRole::Master, DaemonRole::Backup].map(|role| Change::StartDaemon(daemon(role)));
    assert_eq!(in_doubt(&site, &both), [Applied::Yes, Applied::Yes]);
    assert_eq!(site.client.daemons().unwrap().len(), 2);
}

#[test]
fn a_daemon_that_runs_otherwise_is_not_the_one_that_was_wanted() {
    let site = Site::with_eth1();
    site.client
        .start_daemon(&daemon(DaemonRole::Master))
        .unwrap();
    let other = daemon(DaemonRole::Master).with_sync_id(7);
    assert_eq!(
        in_doubt(&site, &[Change::StartDaemon(other)]),
        [Applied::No]
    );
}
