//! The numbers of the header are the core's.

use std::ffi::CStr;

use ipvs_core::{
    DaemonRole, Differences, ErrorKind, ForwardMethod, Protocol, ServiceFlags, TunnelFlags,
    TunnelKind,
};

use crate::address::*;
use crate::daemon::*;
use crate::dest::*;
use crate::service::*;
use crate::status::*;
use crate::version::ipvs_library_version;

const HEADER: &str = include_str!("../../../../include/ipvs.h");

fn name(status: ipvs_status) -> &'static str {
    // SAFETY: it lives for ever.
    unsafe { CStr::from_ptr(ipvs_status_name(status)) }
        .to_str()
        .unwrap()
}

#[test]
fn every_kind_of_error_is_a_status_of_its_number_and_name() {
    let enumerators = HEADER
        .split("typedef enum ipvs_status_code {")
        .nth(1)
        .unwrap();
    let enumerators = enumerators.split('}').next().unwrap();
    let codes = enumerators
        .lines()
        .filter_map(|line| line.trim().strip_suffix(','));
    let codes: Vec<(String, i32)> = codes
        .map(|line| line.split_once(" = ").unwrap())
        .map(|(name, code)| (name["IPVS_".len()..].to_lowercase(), code.parse().unwrap()))
        .collect();
    let core = ErrorKind::ALL
        .iter()
        .map(|kind| (kind.name().to_owned(), kind.code().into()));
    let mut expected = vec![("ok".to_owned(), 0)];
    expected.extend(core);
    expected.push(("panic".to_owned(), 100));
    assert_eq!(codes, expected);
    for (text, code) in expected {
        assert_eq!(name(code), text);
    }
    for code in [-1, 17, 99, 101, i32::MIN, i32::MAX] {
        assert_eq!(name(code), "unknown");
    }
}

#[test]
fn flags_and_numbers_are_the_cores() {
    let flags = [
        (IPVS_SERVICE_PERSISTENT, ServiceFlags::PERSISTENT),
        (IPVS_SERVICE_ONE_PACKET, ServiceFlags::ONE_PACKET),
        (IPVS_SERVICE_SCHEDULER_1, ServiceFlags::SCHEDULER_1),
        (IPVS_SERVICE_SCHEDULER_2, ServiceFlags::SCHEDULER_2),
        (IPVS_SERVICE_SCHEDULER_3, ServiceFlags::SCHEDULER_3),
    ];
    for (ours, core) in flags {
        assert_eq!(ours, core.bits());
    }
    let methods = [
        (IPVS_MASQUERADE, ForwardMethod::MASQUERADE),
        (IPVS_LOCAL, ForwardMethod::LOCAL),
        (IPVS_TUNNEL, ForwardMethod::TUNNEL),
        (IPVS_DIRECT_ROUTE, ForwardMethod::DIRECT_ROUTE),
        (IPVS_BYPASS, ForwardMethod::BYPASS),
    ];
    for (ours, core) in methods {
        assert_eq!(ours, core.number());
    }
    assert_eq!(ForwardMethod::new(IPVS_FORWARD_UNSET), None);
    let tunnels = [
        (IPVS_IPIP, TunnelKind::IPIP),
        (IPVS_GUE, TunnelKind::GUE),
        (IPVS_GRE, TunnelKind::GRE),
    ];
    for (ours, core) in tunnels {
        assert_eq!(ours, core.number());
    }
    assert_eq!(IPVS_TUNNEL_CHECKSUM, TunnelFlags::CHECKSUM.bits());
    assert_eq!(
        IPVS_TUNNEL_REMOTE_CHECKSUM,
        TunnelFlags::REMOTE_CHECKSUM.bits()
    );
    let protocols = [
        (IPVS_TCP, Protocol::TCP),
        (IPVS_UDP, Protocol::UDP),
        (IPVS_SCTP, Protocol::SCTP),
    ];
    for (ours, core) in protocols {
        assert_eq!(ours, core.number());
    }
    for role in [DaemonRole::Master, DaemonRole::Backup] {
        assert_eq!(crate::daemon::role(role_number(role)).unwrap(), role);
    }
    assert_eq!((IPVS_MASTER, IPVS_BACKUP), (1, 2));
}

#[test]
fn differences_have_the_cores_names_and_bits() {
    let defines = HEADER
        .lines()
        .filter_map(|line| line.strip_prefix("#define IPVS_DIFFERS_"));
    let ours: Vec<(String, u32)> = defines
        .map(|line| line.split_once(' ').unwrap())
        .map(|(name, bit)| (name.to_owned(), bit.parse().unwrap()))
        .collect();
    let every = Differences::all();
    let core = every.iter_names();
    let core = core.map(|(name, bit)| (name.to_owned(), bit.bits()));
    assert_eq!(ours, core.collect::<Vec<_>>());
}

#[test]
fn versions_agree() {
    // SAFETY: it lives for ever.
    let version = unsafe { CStr::from_ptr(ipvs_library_version()) };
    assert_eq!(version.to_str().unwrap(), env!("CARGO_PKG_VERSION"));
    for (part, number) in ["MAJOR", "MINOR", "PATCH"]
        .iter()
        .zip(env!("CARGO_PKG_VERSION").split('.'))
    {
        assert!(
            HEADER.contains(&format!("#define IPVS_VERSION_{part} {number}\n")),
            "{part}"
        );
    }
}
