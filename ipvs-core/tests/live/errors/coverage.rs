//! Which rows there are, and that each of them is either provoked or listed.

use std::collections::BTreeSet;

use ipvs_core::Op;
use ipvs_sys::errno::*;

use crate::harness::{Test, tests};
use crate::site::Site;

pub fn tests() -> Vec<Test> {
    tests![every_row_is_provoked_or_listed]
}

/// Everything that an operation can be refused with, by errno; first what any of
/// them can.
const INTERFACE: &[(Option<Op>, &[i32])] = &[
    (
        None,
        &[EPERM, EOPNOTSUPP, EMSGSIZE, ENOBUFS, ENOMEM, ENOPROTOOPT],
    ),
    (Some(Op::Open), &[ENOENT]),
    (
        Some(Op::AddService),
        &[EINVAL, EAFNOSUPPORT, EEXIST, ENOENT],
    ),
    (
        Some(Op::UpdateService),
        &[EINVAL, EAFNOSUPPORT, ESRCH, ENOENT],
    ),
    (
        Some(Op::EditService),
        &[EINVAL, EAFNOSUPPORT, ESRCH, ENOENT],
    ),
    (Some(Op::RemoveService), &[EINVAL, EAFNOSUPPORT, ESRCH]),
    (Some(Op::Service), &[EINVAL, EAFNOSUPPORT, ESRCH]),
    (Some(Op::Services), &[EBUSY]),
    (Some(Op::ZeroService), &[EINVAL, EAFNOSUPPORT, ESRCH]),
    (
        Some(Op::AddDest),
        &[ESRCH, EEXIST, ERANGE, EINVAL, EAFNOSUPPORT],
    ),
    (
        Some(Op::UpdateDest),
        &[ESRCH, ENOENT, ERANGE, EINVAL, EAFNOSUPPORT],
    ),
    (
        Some(Op::EditDest),
        &[ESRCH, ENOENT, ERANGE, EINVAL, EAFNOSUPPORT],
    ),
    (Some(Op::RemoveDest), &[ESRCH, ENOENT, EINVAL, EAFNOSUPPORT]),
    (Some(Op::Dest), &[ESRCH, EAFNOSUPPORT]),
    (Some(Op::Dests), &[ESRCH, EAFNOSUPPORT]),
    (
        Some(Op::StartDaemon),
        &[
            EINVAL,
            EAFNOSUPPORT,
            ENODEV,
            EEXIST,
            ENETUNREACH,
            EADDRINUSE,
            EADDRNOTAVAIL,
        ],
    ),
    (Some(Op::StopDaemon), &[EINVAL, ESRCH, EINTR]),
    (Some(Op::SetTimeouts), &[EINVAL, ERANGE]),
];

/// The rows that no test here provokes, and why. The tests of the client script them.
const UNPROVOKED: &[(Option<Op>, i32, &str)] = &[
    (
        None,
        ENOMEM,
        "the kernel gets the few bytes that a request takes, or kills somebody",
    ),
    (
        None,
        ENOPROTOOPT,
        "the module would have to be unloaded within a request",
    ),
    (
        Some(Op::Open),
        ENOENT,
        "provoked by the tests of the modules, which unload ip_vs",
    ),
    (
        Some(Op::EditDest),
        ENOENT,
        "the dest would have to go between the edit's reading and writing",
    ),
    (
        Some(Op::StopDaemon),
        EINTR,
        "netlink keeps it to itself: no answer is sent",
    ),
];

fn every_row_is_provoked_or_listed(_: &Site) {
    let rows = super::ordinary_rows()
        .into_iter()
        .chain(super::ipv6_off::rows());
    let provoked: BTreeSet<_> = rows.map(|row| (row.op, row.errno.0)).collect();
    let listed: BTreeSet<_> = UNPROVOKED
        .iter()
        .map(|(op, errno, _)| (*op, *errno))
        .collect();
    let both: Vec<_> = provoked.intersection(&listed).collect();
    assert!(both.is_empty(), "provoked, and listed as not: {both:?}");
    let all: BTreeSet<_> = INTERFACE
        .iter()
        .flat_map(|(op, errnos)| errnos.iter().map(move |errno| (*op, *errno)))
        .collect();
    let shown: BTreeSet<_> = provoked.union(&listed).copied().collect();
    assert_eq!(shown, all);
}
