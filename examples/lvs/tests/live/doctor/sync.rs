//! The sync daemon.

use ipvs_core::{DaemonRole, SyncDaemon};
use lvs::doctor::Code;

use super::nat::lab;
use super::table::FILE;
use crate::harness::{Test, tests};
use crate::site;

pub fn tests() -> Vec<Test> {
    tests![nobody_to_synchronise_with, no_daemon_to_do_it]
}

fn nobody_to_synchronise_with(_: &site::Site) {
    let lab = lab();
    let file = lab.file(&format!("syncdaemon = 1\nsyncd_iface = eth1\n{FILE}"));
    let daemon = SyncDaemon::new(DaemonRole::Master, "eth1".parse().unwrap());
    lab.ipvs().start_daemon(&daemon).unwrap();
    lab.treat(&["-c", &file], &[Code::SyncWithoutPartner]);
    assert_eq!(lab.ipvs().daemons().unwrap(), []);
}

fn no_daemon_to_do_it(_: &site::Site) {
    let lab = lab();
    let director = &lab.site.director;
    let pair = "backup_active = 1\nbackup = 10.0.2.51\nbackup_private = 10.0.3.16\nsyncdaemon = 1\nsyncd_iface = eth9\nsyncd_id = 7";
    let file = lab.file(&format!("{pair}\n{FILE}"));
    let words = ["-c", &file];
    // One interface that there is not, then the one towards the partner.
    let (interface, daemon) = ([Code::SyncInterface], [Code::SyncDaemon]);
    lab.treat_into(director, &words, &interface, &daemon);
    lab.treat(&words, &[Code::SyncDaemon]);
    let daemons = lab.ipvs().daemons().unwrap();
    let [daemon] = daemons.as_slice() else {
        panic!("{daemons:?}");
    };
    assert_eq!(daemon.interface.to_string(), "eth1");
    assert_eq!(daemon.sync_id, 7);

    // Another one than the file's.
    lab.ipvs().stop_daemon(DaemonRole::Master).unwrap();
    let other = SyncDaemon::new(DaemonRole::Master, "eth0".parse().unwrap());
    lab.ipvs().start_daemon(&other).unwrap();
    lab.treat(&words, &[Code::SyncDaemon]);

    lab.ipvs().stop_daemon(DaemonRole::Master).unwrap();
    let lines = ["link add eth2 type dummy", "addr add 10.0.9.1/24 dev eth2"];
    director.ip(&lines).unwrap();
    director.ip(&["link set eth2 up"]).unwrap();
    let other = SyncDaemon::new(DaemonRole::Master, "eth2".parse().unwrap());
    lab.ipvs().start_daemon(&other).unwrap();
    director.ip(&["link set eth2 down"]).unwrap();
    lab.treat(&[], &[Code::SyncInterface]);
}
