//! Rows of the sync daemons.

use ipvs_core::{DaemonRole, Dest, Error, ErrorKind, ForwardMethod, SyncDaemon};
use ipvs_sys::uapi::*;

use super::{Case, Row, rows};
use crate::nest::{Nest, SERVICE};
use crate::site::{Site, address};

pub fn rows() -> Vec<Row> {
    rows![
        StartDaemon EINVAL a_mandatory_attribute_is_missing;
        StartDaemon EINVAL an_attribute_has_the_wrong_length;
        StartDaemon EINVAL the_group_is_not_multicast;
        StartDaemon EINVAL a_dest_has_another_family;
        StartDaemon EINVAL the_state_is_no_role;
        StartDaemon ENODEV the_interface_is_unknown;
        StartDaemon EEXIST a_daemon_of_the_role_runs;
        StartDaemon ENETUNREACH the_interface_is_down;
        StartDaemon EADDRINUSE the_port_is_taken;
        StartDaemon EADDRNOTAVAIL the_interface_has_no_ipv6_address;
        StopDaemon EINVAL the_stopped_state_is_no_role;
        StopDaemon ESRCH no_daemon_runs;
    ]
}

fn backup() -> SyncDaemon {
    SyncDaemon::new(DaemonRole::Backup, "lo".parse().unwrap()).with_sync_id(1)
}

fn master() -> SyncDaemon {
    SyncDaemon::new(DaemonRole::Master, "lo".parse().unwrap()).with_sync_id(1)
}

/// A backup on `lo`, which is there in every namespace.
pub fn start_backup(site: &Site) {
    site.client.start_daemon(&backup()).unwrap();
}

/// A wire, as it is when it is new.
fn both_ends_down(site: &Site) {
    for end in ["wire", "other"] {
        site.set_interface(end, false, &[]);
    }
}

fn refused(
    case: &Case<'_>,
    outcome: Result<(), Error>,
    kind: ErrorKind,
    field: Option<&str>,
    words: &[&str],
) {
    case.typed(outcome, kind, field, words);
    assert_eq!(case.site.client.daemons().unwrap(), []);
}

fn a_mandatory_attribute_is_missing(case: &Case<'_>) {
    let mut raw = case.site.raw();
    for (missing, nest) in Nest::daemon(IP_VS_STATE_BACKUP).each_without_one() {
        let outcome = raw.send(IPVS_CMD_NEW_DAEMON, &[&nest]);
        case.raw(outcome, format!("without attribute {missing}"));
    }
    let empty = Nest::new(IPVS_CMD_ATTR_DAEMON);
    case.raw(raw.send(IPVS_CMD_NEW_DAEMON, &[&empty]), "an empty nest");
    case.raw(raw.send(IPVS_CMD_NEW_DAEMON, &[]), "no nest");
}

fn an_attribute_has_the_wrong_length(case: &Case<'_>) {
    let mut raw = case.site.raw();
    let wrong: &[(u16, &[u8])] = &[
        (IPVS_DAEMON_ATTR_MCAST_IFN, b"lo"),
        (IPVS_DAEMON_ATTR_MCAST_IFN, b"sixteencharacter\0"),
        (IPVS_DAEMON_ATTR_SYNC_ID, &[0; 3]),
        (IPVS_DAEMON_ATTR_SYNC_MAXLEN, &[0]),
        (IPVS_DAEMON_ATTR_MCAST_GROUP, &[224, 0, 0]),
        (IPVS_DAEMON_ATTR_MCAST_GROUP6, &[0xff; 15]),
        (IPVS_DAEMON_ATTR_MCAST_PORT, &[0]),
        (IPVS_DAEMON_ATTR_MCAST_TTL, &[]),
    ];
    for (kind, value) in wrong {
        let nest = Nest::daemon(IP_VS_STATE_BACKUP).with(*kind, value);
        let what = format!("attribute {kind} of {} bytes", value.len());
        case.raw(raw.send(IPVS_CMD_NEW_DAEMON, &[&nest]), what);
    }
}

fn the_group_is_not_multicast(case: &Case<'_>) {
    for group in ["10.0.2.1", "2001:db8::1"] {
        let daemon = backup().with_group(address(group));
        let outcome = case.site.unchecked().start_daemon(&daemon);
        let words = [
            "start daemon backup: group: ",
            "no multicast address (EINVAL)",
        ];
        refused(
            case,
            outcome,
            ErrorKind::InvalidInput,
            Some("group"),
            &words,
        );
    }
}

fn a_dest_has_another_family(case: &Case<'_>) {
    let service = case.site.add(SERVICE);
    let dest = Dest::new(address("2001:db8::1"), 80, ForwardMethod::TUNNEL);
    case.site.client.add_dest(&service, &dest).unwrap();
    for daemon in [backup(), master()] {
        let outcome = case.site.client.start_daemon(&daemon);
        let begin = format!("start daemon {}: ", daemon.role);
        let words = [
            &*begin,
            "(EINVAL)",
            "no dest may have another address family than its service",
        ];
        refused(case, outcome, ErrorKind::InvalidInput, None, &words);
    }
}

fn the_state_is_no_role(case: &Case<'_>) {
    let mut raw = case.site.raw();
    for state in [0, 3, 4, u32::MAX] {
        let outcome = raw.send(IPVS_CMD_NEW_DAEMON, &[&Nest::daemon(state)]);
        case.raw(outcome, format!("state {state}"));
    }
}

fn the_interface_is_unknown(case: &Case<'_>) {
    let daemon = SyncDaemon::new(DaemonRole::Master, "nosuch".parse().unwrap());
    let words = [
        "start daemon master: interface: ",
        "there is no nosuch (ENODEV)",
    ];
    let outcome = case.site.client.start_daemon(&daemon);
    refused(
        case,
        outcome,
        ErrorKind::InvalidInput,
        Some("interface"),
        &words,
    );
    // Looked at before the state, and before what runs.
    start_backup(case.site);
    let mut raw = case.site.raw();
    for state in [IP_VS_STATE_BACKUP, 3] {
        let nest = Nest::daemon(state).with(IPVS_DAEMON_ATTR_MCAST_IFN, b"nosuch\0");
        case.raw(
            raw.send(IPVS_CMD_NEW_DAEMON, &[&nest]),
            format!("state {state}"),
        );
    }
    let nameless = Nest::daemon(IP_VS_STATE_MASTER).with(IPVS_DAEMON_ATTR_MCAST_IFN, b"\0");
    case.raw(raw.send(IPVS_CMD_NEW_DAEMON, &[&nameless]), "no name");
}

fn a_daemon_of_the_role_runs(case: &Case<'_>) {
    for (daemon, other) in [(backup(), "other"), (master(), "wire")] {
        let running = case.site.client.start_daemon(&daemon);
        running.unwrap();
        if daemon.role == DaemonRole::Backup {
            both_ends_down(case.site);
        }
        // Whatever else it is asked to be.
        let second = SyncDaemon::new(daemon.role, other.parse().unwrap()).with_sync_id(9);
        let begin = format!("start daemon {}: ", daemon.role);
        let words = [&*begin, "is running already (EEXIST)", "stop it first"];
        let outcome = case.site.client.start_daemon(&second);
        case.typed(outcome, ErrorKind::AlreadyExists, None, &words);
    }
    assert_eq!(case.site.client.daemons().unwrap().len(), 2);
}

fn the_interface_is_down(case: &Case<'_>) {
    both_ends_down(case.site);
    let daemon = SyncDaemon::new(DaemonRole::Master, "wire".parse().unwrap());
    let outcome = case.site.client.start_daemon(&daemon);
    let words = [
        "start daemon master: interface: ",
        "(ENETUNREACH)",
        "bring the interface up and give it a route to the group",
    ];
    refused(case, outcome, ErrorKind::Io, Some("interface"), &words);
    // The cure cures, and a backup never needed it.
    case.site.set_interface("wire", true, &["10.0.2.1/24"]);
    case.site.client.start_daemon(&daemon).unwrap();
    let backup = SyncDaemon::new(DaemonRole::Backup, "other".parse().unwrap());
    case.site.client.start_daemon(&backup).unwrap();
}

fn the_port_is_taken(case: &Case<'_>) {
    let holder = case.site.take_port(8848);
    let words = [
        "start daemon backup: port: ",
        "the port is taken (EADDRINUSE)",
    ];
    let outcome = case.site.client.start_daemon(&backup());
    refused(case, outcome, ErrorKind::Io, Some("port"), &words);
    case.site
        .client
        .start_daemon(&backup().with_port(8849))
        .unwrap();
    drop(holder);
}

fn the_interface_has_no_ipv6_address(case: &Case<'_>) {
    case.site.set_interface("other", true, &[]);
    case.site.set_interface("wire", true, &["10.0.2.1/24"]);
    let daemon = SyncDaemon::new(DaemonRole::Master, "wire".parse().unwrap());
    let six = daemon.with_group(address("ff02::81"));
    let words = [
        "start daemon master: interface: ",
        "no address of the group's family (EADDRNOTAVAIL)",
    ];
    let outcome = case.site.client.start_daemon(&six);
    refused(case, outcome, ErrorKind::Io, Some("interface"), &words);
    case.site.client.start_daemon(&daemon).unwrap();
}

fn the_stopped_state_is_no_role(case: &Case<'_>) {
    start_backup(case.site);
    let mut raw = case.site.raw();
    for state in [0, 3, 4, u32::MAX] {
        let nest = Nest::daemon(state);
        case.raw(
            raw.send(IPVS_CMD_DEL_DAEMON, &[&nest]),
            format!("state {state}"),
        );
    }
    let stateless = Nest::daemon(IP_VS_STATE_BACKUP).without(IPVS_DAEMON_ATTR_STATE);
    case.raw(raw.send(IPVS_CMD_DEL_DAEMON, &[&stateless]), "no state");
    case.raw(raw.send(IPVS_CMD_DEL_DAEMON, &[]), "no nest");
    assert_eq!(case.site.client.daemons().unwrap().len(), 1);
}

fn no_daemon_runs(case: &Case<'_>) {
    let words = [
        "stop daemon master: ",
        "no daemon of that role is running (ESRCH)",
    ];
    start_backup(case.site);
    let outcome = case.site.client.stop_daemon(DaemonRole::Master);
    case.typed(outcome, ErrorKind::DaemonNotRunning, None, &words);
    case.site.client.stop_daemon(DaemonRole::Backup).unwrap();
    let again = case.site.client.stop_daemon(DaemonRole::Backup);
    let words = ["stop daemon backup: ", "(ESRCH)"];
    case.typed(again, ErrorKind::DaemonNotRunning, None, &words);
}
