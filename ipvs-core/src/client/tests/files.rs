//! Files that cannot be opened, or that belong to the process before a fork.

use ipvs_sys::faults::{self, Call};

use super::*;
use crate::Sysctl;

/// Calls a method that fails.
type Failing = fn(&Client) -> Error;

/// Every method that opens a file.
const EVERYTHING: &[(Op, Failing)] = &[
    (Op::Connections, |client| client.connections().unwrap_err()),
    (Op::SyncedConnections, |client| {
        client.synced_connections().unwrap_err()
    }),
    (Op::Applications, |client| {
        client.applications().unwrap_err()
    }),
    (Op::TotalStats, |client| client.total_stats().unwrap_err()),
    (Op::CpuStats, |client| client.cpu_stats().unwrap_err()),
    (Op::Status, |client| client.status().unwrap_err()),
    (Op::KernelTable, |client| client.kernel_table().unwrap_err()),
    (Op::Sysctl, |client| {
        client.sysctl(Sysctl::Conntrack).unwrap_err()
    }),
    (Op::SetSysctl, |client| {
        let on = true.into();
        client.set_sysctl(Sysctl::Conntrack, &on).unwrap_err()
    }),
];

fn client() -> Client {
    Script::new(|_| vec![]).open().unwrap()
}

/// The errors when no file can be opened.
fn unopened(errno: i32) -> Vec<Error> {
    let client = client();
    let fail = |&(op, method): &(Op, Failing)| {
        // The first two are the namespace's.
        let error = faults::with(
            move |site| (site.call == Call::Open && site.nth >= 2).then_some(errno),
            || method(&client),
        );
        assert_eq!((error.op(), error.errno()), (op, Some(errno)), "{error}");
        assert_eq!(error.applied(), Applied::No, "{error}");
        error
    };
    EVERYTHING.iter().map(fail).collect()
}

#[test]
fn a_kernel_without_the_file_has_no_ipvs_or_is_too_old() {
    for error in unopened(e::ENOENT) {
        let (kind, cure) = match error.op() {
            Op::Status => (ErrorKind::Unsupported, "Linux 7.1 and later have it"),
            _ => (ErrorKind::ModuleMissing, "modprobe ip_vs"),
        };
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.cure().unwrap().contains(cure), "{error}");
    }
}

#[test]
fn whoever_may_not_is_told_why() {
    for errno in [e::EPERM, e::EACCES] {
        for error in unopened(errno) {
            assert_eq!(error.kind(), ErrorKind::PermissionDenied, "{error}");
            assert!(
                error.to_string().contains("permission denied (E"),
                "{error}"
            );
        }
    }
    let error = unopened(e::EROFS).pop().unwrap();
    assert_eq!(
        error.to_string(),
        "set sysctl net.ipv4.vs.conntrack: /proc/sys is mounted for reading only (EROFS); \
         that is usual in a container: set it from outside"
    );
    assert_eq!(error.kind(), ErrorKind::PermissionDenied);
}

#[test]
fn what_the_system_lacks_is_its_failure() {
    for errno in [e::EMFILE, e::ENFILE, e::ENOMEM, e::EIO] {
        for error in unopened(errno) {
            assert_eq!(error.kind(), ErrorKind::Io, "{error}");
        }
    }
}

#[test]
fn a_child_reads_no_file_of_its_parents_client() {
    let mut client = client();
    client.owner = Owner::another_process();
    for (op, method) in EVERYTHING {
        let error = method(&client);
        assert_eq!(
            (error.op(), error.kind()),
            (*op, ErrorKind::Forked),
            "{error}"
        );
    }
}

#[test]
fn what_is_out_of_range_is_not_sent() {
    let (_, sites) = faults::record(|| {
        let error = client()
            .set_sysctl(Sysctl::DropEntry, &4.into())
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "set sysctl net.ipv4.vs.drop_entry: \"4\" is not a number from 0 to 3"
        );
    });
    assert_eq!(sites, []);
}
