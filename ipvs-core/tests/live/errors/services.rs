//! Rows of the services.

use std::time::Duration;

use ipvs_core::wire::exchange::Expect;
use ipvs_core::{
    ErrorKind, Netmask, PersistenceEngine, Scheduler, Service, ServiceEdit, ServiceKey,
};
use ipvs_sys::uapi::*;

use super::{Case, Row, rows};
use crate::nest::{Nest, SERVICE};
use crate::raw::Raw;

pub fn rows() -> Vec<Row> {
    rows![
        AddService EINVAL a_mandatory_attribute_is_missing;
        AddService EINVAL an_attribute_has_the_wrong_length;
        AddService EINVAL an_ipv6_netmask_is_no_prefix;
        AddService EAFNOSUPPORT the_family_is_not_an_address_family_of_ipvs;
        AddService EEXIST the_service_exists;
        AddService ENOENT the_scheduler_is_unknown;
        AddService ENOENT the_engine_is_unknown;
        UpdateService EINVAL an_update_lacks_a_mandatory_attribute;
        UpdateService EINVAL an_updated_ipv6_netmask_is_no_prefix;
        UpdateService EAFNOSUPPORT an_update_has_another_family;
        UpdateService ESRCH an_update_finds_no_service;
        UpdateService ENOENT an_updated_scheduler_is_unknown;
        EditService EINVAL an_edited_ipv6_netmask_is_no_prefix;
        EditService ESRCH an_edit_finds_no_service;
        EditService ENOENT an_edited_engine_is_unknown;
        RemoveService EINVAL a_removed_key_is_malformed;
        RemoveService EAFNOSUPPORT a_removed_key_has_another_family;
        RemoveService ESRCH a_removed_service_is_missing;
        Service EINVAL a_read_key_is_malformed;
        Service EAFNOSUPPORT a_read_key_has_another_family;
        Service ESRCH a_read_service_is_missing;
        ZeroService EINVAL a_zeroed_key_is_malformed;
        ZeroService EAFNOSUPPORT a_zeroed_key_has_another_family;
        ZeroService ESRCH a_zeroed_service_is_missing;
        Dests ESRCH the_dests_of_no_service;
    ]
}

/// The numbers of AF_UNIX, AF_NETLINK and none at all.
const OTHER_FAMILIES: [u16; 3] = [1, 16, 0];

fn key() -> ServiceKey {
    SERVICE.parse().unwrap()
}

fn v6(prefix: u8) -> Service {
    let key = "tcp [2001:db8::1]:80".parse().unwrap();
    Service::new(key).with_persistence_netmask(Netmask::V6(prefix))
}

fn a_mandatory_attribute_is_missing(case: &Case<'_>) {
    lacking_an_attribute(case, &mut case.site.raw(), IPVS_CMD_NEW_SERVICE);
}

fn an_update_lacks_a_mandatory_attribute(case: &Case<'_>) {
    case.site.add(SERVICE);
    lacking_an_attribute(case, &mut case.site.raw(), IPVS_CMD_SET_SERVICE);
}

fn lacking_an_attribute(case: &Case<'_>, raw: &mut Raw, command: u8) {
    for (missing, nest) in Nest::service().each_without_one() {
        case.raw(
            raw.send(command, &[&nest]),
            format!("without attribute {missing}"),
        );
    }
    // A firewall mark stands for the three of an address, not for the rest.
    for (missing, nest) in Nest::firewall_mark(7).each_without_one() {
        case.raw(
            raw.send(command, &[&nest]),
            format!("a mark without attribute {missing}"),
        );
    }
    case.raw(
        raw.send(command, &[&Nest::new(IPVS_CMD_ATTR_SERVICE)]),
        "an empty nest",
    );
    case.raw(raw.send(command, &[]), "no nest");
}

fn an_attribute_has_the_wrong_length(case: &Case<'_>) {
    let mut raw = case.site.raw();
    let wrong: &[(u16, &[u8])] = &[
        (IPVS_SVC_ATTR_AF, &[2]),
        (IPVS_SVC_ATTR_PROTOCOL, &[6]),
        (IPVS_SVC_ATTR_ADDR, &[10; 17]),
        (IPVS_SVC_ATTR_PORT, &[0]),
        (IPVS_SVC_ATTR_SCHED_NAME, b"rr"),
        (IPVS_SVC_ATTR_SCHED_NAME, b"sixteencharacter\0"),
        (IPVS_SVC_ATTR_PE_NAME, b"seventeencharacte\0"),
        (IPVS_SVC_ATTR_FLAGS, &[0; 9]),
        (IPVS_SVC_ATTR_TIMEOUT, &[0; 3]),
        (IPVS_SVC_ATTR_NETMASK, &[255; 3]),
    ];
    for (kind, value) in wrong {
        let nest = Nest::service().with(*kind, value);
        let what = format!("attribute {kind} of {} bytes", value.len());
        case.raw(raw.send(IPVS_CMD_NEW_SERVICE, &[&nest]), what);
    }
}

fn an_ipv6_netmask_is_no_prefix(case: &Case<'_>) {
    for prefix in [0, 129, 255] {
        let outcome = case.site.unchecked().add_service(&v6(prefix));
        let words = [
            "add service tcp [2001:db8::1]:80: persistence_netmask: ",
            "outside 1 to 128 (EINVAL)",
        ];
        case.typed(
            outcome,
            ErrorKind::InvalidInput,
            Some("persistence_netmask"),
            &words,
        );
    }
    // The prefix is a number in the machine's order, not in the network's.
    let nest = Nest::service_v6("2001:db8::1").with(IPVS_SVC_ATTR_NETMASK, 128_u32.to_be_bytes());
    case.raw(
        case.site.raw().send(IPVS_CMD_NEW_SERVICE, &[&nest]),
        "128 in network order",
    );
}

fn an_updated_ipv6_netmask_is_no_prefix(case: &Case<'_>) {
    case.site.client.add_service(&v6(128)).unwrap();
    case.typed(
        case.site.unchecked().update_service(&v6(0)),
        ErrorKind::InvalidInput,
        Some("persistence_netmask"),
        &["update service tcp [2001:db8::1]:80: ", "(EINVAL)"],
    );
}

fn an_edited_ipv6_netmask_is_no_prefix(case: &Case<'_>) {
    case.site.client.add_service(&v6(128)).unwrap();
    let edit = ServiceEdit::new().with_persistence_netmask(Netmask::V6(129));
    case.typed(
        case.site.unchecked().edit_service(&v6(128).key, &edit),
        ErrorKind::InvalidInput,
        Some("persistence_netmask"),
        &["edit service tcp [2001:db8::1]:80: ", "(EINVAL)"],
    );
    assert_eq!(
        case.site.client.service(&v6(128).key).unwrap().service,
        v6(128)
    );
}

fn the_family_is_not_an_address_family_of_ipvs(case: &Case<'_>) {
    of_another_family(case, IPVS_CMD_NEW_SERVICE);
}

fn an_update_has_another_family(case: &Case<'_>) {
    of_another_family(case, IPVS_CMD_SET_SERVICE);
}

fn a_removed_key_has_another_family(case: &Case<'_>) {
    of_another_family(case, IPVS_CMD_DEL_SERVICE);
}

fn a_read_key_has_another_family(case: &Case<'_>) {
    of_another_family(case, IPVS_CMD_GET_SERVICE);
}

fn a_zeroed_key_has_another_family(case: &Case<'_>) {
    of_another_family(case, IPVS_CMD_ZERO);
}

fn of_another_family(case: &Case<'_>, command: u8) {
    let mut raw = case.site.raw();
    for family in OTHER_FAMILIES {
        let nest = Nest::service().with(IPVS_SVC_ATTR_AF, family.to_ne_bytes());
        case.raw(raw.send(command, &[&nest]), format!("family {family}"));
    }
}

fn the_service_exists(case: &Case<'_>) {
    for text in [SERVICE, "fwmark 7", "udp [2001:db8::1]:53"] {
        let key = case.site.add(text);
        let words = [&format!("add service {text}: "), "already exists (EEXIST)"];
        let again = case.site.client.add_service(&Service::new(key));
        case.typed(again, ErrorKind::AlreadyExists, None, &words);
    }
}

fn the_scheduler_is_unknown(case: &Case<'_>) {
    let scheduler: Scheduler = "nosuch".parse().unwrap();
    let outcome = case
        .site
        .client
        .add_service(&Service::new(key()).with_scheduler(scheduler));
    case.typed(
        outcome,
        ErrorKind::UnknownScheduler,
        Some("scheduler"),
        &[
            "add service tcp 192.0.2.1:80: scheduler: ",
            "no scheduler nosuch (ENOENT)",
            "as root: modprobe ip_vs_nosuch",
        ],
    );
}

fn the_engine_is_unknown(case: &Case<'_>) {
    let key = "udp 192.0.2.1:5060".parse().unwrap();
    let engine: PersistenceEngine = "nosuch".parse().unwrap();
    let service = Service::new(key)
        .with_scheduler(Scheduler::RR)
        .with_persistence(Duration::from_secs(60))
        .with_persistence_engine(engine);
    let outcome = case.site.client.add_service(&service);
    case.typed(
        outcome,
        ErrorKind::UnknownScheduler,
        None,
        &[
            "add service udp 192.0.2.1:5060: ",
            "no scheduler rr, or no persistence engine nosuch (ENOENT)",
            "modprobe -a ip_vs_rr ip_vs_pe_nosuch",
        ],
    );
}

fn an_updated_scheduler_is_unknown(case: &Case<'_>) {
    let key = case.site.add(SERVICE);
    let before = case.site.client.service(&key).unwrap().service;
    let outcome = case.site.client.update_service(
        &Service::new(key)
            .with_scheduler("nosuch".parse().unwrap())
            .with_persistence(Duration::from_secs(60)),
    );
    case.typed(
        outcome,
        ErrorKind::UnknownScheduler,
        Some("scheduler"),
        &[
            "update service tcp 192.0.2.1:80: ",
            "no scheduler nosuch (ENOENT)",
            "modprobe ip_vs_nosuch",
        ],
    );
    assert_eq!(case.site.client.service(&key).unwrap().service, before);
}

fn an_edited_engine_is_unknown(case: &Case<'_>) {
    let service = Service::new("udp 192.0.2.1:5060".parse().unwrap())
        .with_persistence(Duration::from_secs(60));
    case.site.client.add_service(&service).unwrap();
    let engine = Some("nosuch".parse().unwrap());
    let edit = ServiceEdit::new().with_persistence_engine(engine);
    let outcome = case.site.client.edit_service(&service.key, &edit);
    case.typed(
        outcome,
        ErrorKind::UnknownScheduler,
        Some("persistence_engine"),
        &[
            "edit service udp 192.0.2.1:5060: persistence_engine: ",
            "no persistence engine nosuch (ENOENT)",
        ],
    );
    assert_eq!(
        case.site.client.service(&service.key).unwrap().service,
        service
    );
}

fn an_update_finds_no_service(case: &Case<'_>) {
    let outcome = case.site.client.update_service(&Service::new(key()));
    missing(case, outcome, "update service tcp 192.0.2.1:80: ");
}

fn an_edit_finds_no_service(case: &Case<'_>) {
    let edit = ServiceEdit::new().with_scheduler(Scheduler::RR);
    let outcome = case.site.client.edit_service(&key(), &edit);
    missing(case, outcome, "edit service tcp 192.0.2.1:80: ");
}

fn a_removed_service_is_missing(case: &Case<'_>) {
    // The same address and port with another protocol is another service.
    case.site.add("udp 192.0.2.1:80");
    let outcome = case.site.client.remove_service(&key());
    missing(case, outcome, "remove service tcp 192.0.2.1:80: ");
}

fn a_read_service_is_missing(case: &Case<'_>) {
    // The same mark in another family is another service.
    case.site.add("fwmark 7");
    let outcome = case.site.client.service(&"fwmark 7 ipv6".parse().unwrap());
    missing(case, outcome, "get service fwmark 7 ipv6: ");
}

fn a_zeroed_service_is_missing(case: &Case<'_>) {
    let outcome = case.site.client.zero_service(&key());
    missing(case, outcome, "zero service tcp 192.0.2.1:80: ");
}

fn the_dests_of_no_service(case: &Case<'_>) {
    // The kernel's own listing of them is empty, and no error.
    let listing = case
        .site
        .raw()
        .ask(IPVS_CMD_GET_DEST, Expect::Dump, |attrs| {
            Nest::service().key().write(attrs);
        });
    assert_eq!(listing, Ok(vec![]));
    missing(
        case,
        case.site.client.dests(&key()),
        "list dests of tcp 192.0.2.1:80: ",
    );
    let stream = case.site.client.stream_dests(&key());
    missing(case, stream, "list dests of tcp 192.0.2.1:80: ");
}

fn missing<T: std::fmt::Debug>(case: &Case<'_>, outcome: Result<T, ipvs_core::Error>, begin: &str) {
    let words = [begin, "no such service (ESRCH)"];
    case.typed(outcome, ErrorKind::ServiceNotFound, None, &words);
}

fn a_removed_key_is_malformed(case: &Case<'_>) {
    malformed(case, IPVS_CMD_DEL_SERVICE);
    case.raw(case.site.raw().send(IPVS_CMD_DEL_SERVICE, &[]), "no nest");
}

fn a_read_key_is_malformed(case: &Case<'_>) {
    malformed(case, IPVS_CMD_GET_SERVICE);
    case.raw(case.site.raw().send(IPVS_CMD_GET_SERVICE, &[]), "no nest");
}

fn a_zeroed_key_is_malformed(case: &Case<'_>) {
    // No nest at all is no mistake here: it zeroes everything.
    malformed(case, IPVS_CMD_ZERO);
    assert_eq!(case.site.raw().send(IPVS_CMD_ZERO, &[]), Ok(()));
}

fn malformed(case: &Case<'_>, command: u8) {
    case.site.add(SERVICE);
    let mut raw = case.site.raw();
    for (missing, nest) in Nest::service().key().each_without_one() {
        case.raw(
            raw.send(command, &[&nest]),
            format!("without attribute {missing}"),
        );
    }
    case.raw(
        raw.send(command, &[&Nest::new(IPVS_CMD_ATTR_SERVICE)]),
        "an empty nest",
    );
    let long = Nest::service().key().with(IPVS_SVC_ATTR_ADDR, [10; 17]);
    case.raw(raw.send(command, &[&long]), "an address of 17 bytes");
}
