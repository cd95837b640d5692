//! Rows of a kernel without IPv6. They have a boot of their own, with
//! `ipv6.disable=1` on the kernel's command line and `IPVS_LIVE_BOOT=ipv6-off`.

use std::fmt::Debug;

use ipvs_core::{
    DaemonRole, Dest, DestEdit, Error, ErrorKind, ForwardMethod, Scheduler, Service, ServiceEdit,
    ServiceKey, SyncDaemon,
};

use super::{Case, Row, rows};
use crate::site::address;

pub fn rows() -> Vec<Row> {
    rows![
        AddService EAFNOSUPPORT an_ipv6_service;
        UpdateService EAFNOSUPPORT an_updated_ipv6_service;
        EditService EAFNOSUPPORT an_edited_ipv6_service;
        RemoveService EAFNOSUPPORT a_removed_ipv6_service;
        Service EAFNOSUPPORT a_read_ipv6_service;
        ZeroService EAFNOSUPPORT a_zeroed_ipv6_service;
        AddDest EAFNOSUPPORT a_dest_of_an_ipv6_service;
        UpdateDest EAFNOSUPPORT an_updated_dest_of_an_ipv6_service;
        EditDest EAFNOSUPPORT an_edited_dest_of_an_ipv6_service;
        RemoveDest EAFNOSUPPORT a_removed_dest_of_an_ipv6_service;
        Dest EAFNOSUPPORT a_read_dest_of_an_ipv6_service;
        Dests EAFNOSUPPORT the_dests_of_an_ipv6_service;
        StartDaemon EAFNOSUPPORT an_ipv6_group;
    ]
}

/// A service that this kernel cannot have.
const SIX: &str = "tcp [2001:db8::1]:80";

fn six() -> ServiceKey {
    SIX.parse().unwrap()
}

fn server() -> Dest {
    Dest::new(address("2001:db8::2"), 80, ForwardMethod::DIRECT_ROUTE)
}

fn refused<T: Debug>(case: &Case<'_>, outcome: Result<T, Error>, begin: &str, field: &str) {
    assert!(
        !case.site.has_ipv6(),
        "IPv6 is on: boot with ipv6.disable=1"
    );
    let begin = format!("{begin}: {field}: ");
    let words = [&*begin, "no IPv6, or it is switched off (EAFNOSUPPORT)"];
    case.typed(outcome, ErrorKind::Unsupported, Some(field), &words);
}

fn on_service<T: Debug>(case: &Case<'_>, outcome: Result<T, Error>, op: &str) {
    refused(case, outcome, &format!("{op} {SIX}"), "address");
}

fn on_dest<T: Debug>(case: &Case<'_>, outcome: Result<T, Error>, op: &str) {
    refused(
        case,
        outcome,
        &format!("{op} dest [2001:db8::2]:80 of {SIX}"),
        "address",
    );
}

fn an_ipv6_service(case: &Case<'_>) {
    on_service(
        case,
        case.site.client.add_service(&Service::new(six())),
        "add service",
    );
    let mark: ServiceKey = "fwmark 7 ipv6".parse().unwrap();
    let outcome = case.site.client.add_service(&Service::new(mark));
    refused(case, outcome, "add service fwmark 7 ipv6", "family");
    // IPv4 is whole.
    case.site.add("tcp 192.0.2.1:80");
}

fn an_updated_ipv6_service(case: &Case<'_>) {
    on_service(
        case,
        case.site.client.update_service(&Service::new(six())),
        "update service",
    );
}

fn an_edited_ipv6_service(case: &Case<'_>) {
    let edit = ServiceEdit::new().with_scheduler(Scheduler::RR);
    on_service(
        case,
        case.site.client.edit_service(&six(), &edit),
        "edit service",
    );
}

fn a_removed_ipv6_service(case: &Case<'_>) {
    on_service(
        case,
        case.site.client.remove_service(&six()),
        "remove service",
    );
}

fn a_read_ipv6_service(case: &Case<'_>) {
    on_service(case, case.site.client.service(&six()), "get service");
}

fn a_zeroed_ipv6_service(case: &Case<'_>) {
    on_service(case, case.site.client.zero_service(&six()), "zero service");
}

fn a_dest_of_an_ipv6_service(case: &Case<'_>) {
    on_dest(case, case.site.client.add_dest(&six(), &server()), "add");
}

fn an_updated_dest_of_an_ipv6_service(case: &Case<'_>) {
    on_dest(
        case,
        case.site.client.update_dest(&six(), &server()),
        "update",
    );
}

fn an_edited_dest_of_an_ipv6_service(case: &Case<'_>) {
    let edit = DestEdit::new().with_weight(2);
    let outcome = case.site.client.edit_dest(&six(), &server().key, &edit);
    on_dest(case, outcome, "edit");
}

fn a_removed_dest_of_an_ipv6_service(case: &Case<'_>) {
    on_dest(
        case,
        case.site.client.remove_dest(&six(), &server().key),
        "remove",
    );
}

fn a_read_dest_of_an_ipv6_service(case: &Case<'_>) {
    on_dest(case, case.site.client.dest(&six(), &server().key), "get");
}

fn the_dests_of_an_ipv6_service(case: &Case<'_>) {
    // The kernel lists none, without an error; the client asks for the service then.
    on_service(case, case.site.client.dests(&six()), "list dests of");
    on_service(case, case.site.client.stream_dests(&six()), "list dests of");
}

fn an_ipv6_group(case: &Case<'_>) {
    for role in [DaemonRole::Master, DaemonRole::Backup] {
        let daemon = SyncDaemon::new(role, "lo".parse().unwrap()).with_group(address("ff02::81"));
        let outcome = case.site.client.start_daemon(&daemon);
        refused(case, outcome, &format!("start daemon {role}"), "group");
    }
    assert_eq!(case.site.client.daemons().unwrap(), []);
}
