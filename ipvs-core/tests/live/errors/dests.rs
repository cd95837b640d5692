//! Rows of the dests.

use std::fmt::Debug;

use ipvs_core::{Dest, DestEdit, DestKey, Error, ErrorKind, ForwardMethod, ServiceKey, Tunnel};
use ipvs_sys::uapi::*;

use super::{Case, Row, rows};
use crate::nest::{Nest, SERVICE};
use crate::site::masquerade;

pub fn rows() -> Vec<Row> {
    rows![
        AddDest ESRCH a_dest_of_no_service;
        AddDest EEXIST the_dest_exists;
        AddDest ERANGE the_weight_is_negative;
        AddDest ERANGE the_lower_threshold_is_above_the_upper_one;
        AddDest EINVAL a_mandatory_attribute_is_missing;
        AddDest EINVAL an_attribute_has_the_wrong_length;
        AddDest EINVAL gue_has_no_port;
        AddDest EINVAL the_service_key_is_malformed;
        AddDest EAFNOSUPPORT another_address_family;
        UpdateDest ESRCH an_updated_dest_of_no_service;
        UpdateDest ENOENT an_updated_dest_is_missing;
        UpdateDest ERANGE an_updated_weight_is_negative;
        UpdateDest ERANGE an_updated_lower_threshold_is_above_the_upper_one;
        UpdateDest EINVAL an_update_lacks_a_mandatory_attribute;
        UpdateDest EINVAL an_updated_gue_has_no_port;
        UpdateDest EAFNOSUPPORT an_update_has_another_address_family;
        EditDest ESRCH an_edited_dest_of_no_service;
        EditDest ERANGE an_edited_weight_is_negative;
        EditDest EINVAL an_edited_gue_has_no_port;
        RemoveDest ESRCH a_removed_dest_of_no_service;
        RemoveDest ENOENT a_removed_dest_is_missing;
        RemoveDest EINVAL a_removed_key_is_malformed;
        RemoveDest EAFNOSUPPORT a_removed_key_has_another_family;
        Dest ESRCH a_read_dest_of_no_service;
    ]
}

const WEB: &str = "10.0.3.100:8080";

fn service() -> ServiceKey {
    SERVICE.parse().unwrap()
}

fn key() -> DestKey {
    WEB.parse().unwrap()
}

/// The sentence's beginning: an operation on the dest of these tests.
fn begin(op: &str) -> String {
    format!("{op} dest {WEB} of {SERVICE}: ")
}

fn no_service<T: Debug>(case: &Case<'_>, outcome: Result<T, Error>, op: &str) {
    let words = [&*begin(op), "no such service (ESRCH)"];
    case.typed(outcome, ErrorKind::ServiceNotFound, None, &words);
}

fn a_dest_of_no_service(case: &Case<'_>) {
    no_service(
        case,
        case.site.client.add_dest(&service(), &masquerade(WEB)),
        "add",
    );
    // The service is looked for before the dest is looked at.
    let empty = Nest::new(IPVS_CMD_ATTR_DEST);
    let outcome = case
        .site
        .raw()
        .send(IPVS_CMD_NEW_DEST, &[&Nest::service().key(), &empty]);
    case.raw(outcome, "an empty dest");
}

fn an_updated_dest_of_no_service(case: &Case<'_>) {
    no_service(
        case,
        case.site.client.update_dest(&service(), &masquerade(WEB)),
        "update",
    );
}

fn an_edited_dest_of_no_service(case: &Case<'_>) {
    let edit = DestEdit::new().with_weight(2);
    no_service(
        case,
        case.site.client.edit_dest(&service(), &key(), &edit),
        "edit",
    );
}

fn a_removed_dest_of_no_service(case: &Case<'_>) {
    no_service(
        case,
        case.site.client.remove_dest(&service(), &key()),
        "remove",
    );
}

fn a_read_dest_of_no_service(case: &Case<'_>) {
    no_service(case, case.site.client.dest(&service(), &key()), "get");
}

fn the_dest_exists(case: &Case<'_>) {
    let service = case.site.add(SERVICE);
    case.site
        .client
        .add_dest(&service, &masquerade(WEB))
        .unwrap();
    let again = case
        .site
        .client
        .add_dest(&service, &masquerade(WEB).with_weight(9));
    let words = [&*begin("add"), "already exists (EEXIST)"];
    case.typed(again, ErrorKind::AlreadyExists, None, &words);
    assert_eq!(case.site.only_dest(&service).dest, masquerade(WEB));
}

fn an_updated_dest_is_missing(case: &Case<'_>) {
    let service = case.site.add(SERVICE);
    case.site
        .client
        .add_dest(&service, &masquerade("10.0.3.100:8081"))
        .unwrap();
    no_dest(
        case,
        case.site.client.update_dest(&service, &masquerade(WEB)),
        "update",
    );
    // Where the client reads first, it finds out by itself.
    let edit = DestEdit::new().with_weight(2);
    for error in [
        case.site
            .client
            .edit_dest(&service, &key(), &edit)
            .unwrap_err(),
        case.site.client.dest(&service, &key()).unwrap_err(),
    ] {
        assert_eq!(
            (error.kind(), error.errno()),
            (ErrorKind::DestNotFound, None),
            "{error}"
        );
    }
}

fn a_removed_dest_is_missing(case: &Case<'_>) {
    let service = case.site.add(SERVICE);
    case.site
        .client
        .add_dest(&service, &masquerade("10.0.3.100:8081"))
        .unwrap();
    no_dest(
        case,
        case.site.client.remove_dest(&service, &key()),
        "remove",
    );
    // An IPv6 dest of an IPv4 service is not found without its family.
    let tunnel = Dest::new(
        [0x2001, 0xdb8, 0, 0, 0, 0, 0, 1],
        8080,
        ForwardMethod::TUNNEL,
    );
    case.site.client.add_dest(&service, &tunnel).unwrap();
    let six: std::net::Ipv6Addr = "2001:db8::1".parse().unwrap();
    let nest = Nest::dest().key().with(IPVS_DEST_ATTR_ADDR, six.octets());
    let outcome = case
        .site
        .raw()
        .send(IPVS_CMD_DEL_DEST, &[&Nest::service().key(), &nest]);
    case.raw(outcome, "an IPv6 address without its family");
    case.site.client.remove_dest(&service, &tunnel.key).unwrap();
}

fn no_dest(case: &Case<'_>, outcome: Result<(), Error>, op: &str) {
    let words = [&*begin(op), "no such dest (ENOENT)"];
    case.typed(outcome, ErrorKind::DestNotFound, None, &words);
}

/// Adds the service and sends a dest without our checks, to be refused.
fn refused(case: &Case<'_>, dest: &Dest, field: &str, words: &[&str]) {
    let service = case
        .site
        .client
        .service(&service())
        .map(|entry| entry.service.key);
    let service = service.unwrap_or_else(|_| case.site.add(SERVICE));
    let outcome = case.site.unchecked().add_dest(&service, dest);
    let begin = format!("add dest {} of {SERVICE}: {field}: ", dest.key);
    let words: Vec<&str> = [&*begin].into_iter().chain(words.iter().copied()).collect();
    case.typed(outcome, ErrorKind::InvalidInput, Some(field), &words);
}

/// Adds service and dest, and updates the dest without our checks, to be refused.
fn refused_update(case: &Case<'_>, dest: &Dest, field: &str, words: &[&str]) {
    let service = case.site.add(SERVICE);
    case.site
        .client
        .add_dest(&service, &masquerade(WEB))
        .unwrap();
    let outcome = case.site.unchecked().update_dest(&service, dest);
    let begin = format!("{}{field}: ", begin("update"));
    let words: Vec<&str> = [&*begin].into_iter().chain(words.iter().copied()).collect();
    case.typed(outcome, ErrorKind::InvalidInput, Some(field), &words);
    assert_eq!(case.site.only_dest(&service).dest, masquerade(WEB));
}

fn the_weight_is_negative(case: &Case<'_>) {
    for weight in [1 << 31, u32::MAX] {
        refused(
            case,
            &masquerade(WEB).with_weight(weight),
            "weight",
            &["(ERANGE)"],
        );
    }
}

fn the_lower_threshold_is_above_the_upper_one(case: &Case<'_>) {
    for (upper, lower) in [(5, 6), (0, 1)] {
        let dest = masquerade(WEB).with_thresholds(upper, lower);
        refused(
            case,
            &dest,
            "lower_threshold",
            &["above the upper", "(ERANGE)"],
        );
    }
}

fn an_updated_weight_is_negative(case: &Case<'_>) {
    refused_update(
        case,
        &masquerade(WEB).with_weight(1 << 31),
        "weight",
        &["(ERANGE)"],
    );
}

fn an_updated_lower_threshold_is_above_the_upper_one(case: &Case<'_>) {
    let dest = masquerade(WEB).with_thresholds(0, 1);
    refused_update(case, &dest, "lower_threshold", &["(ERANGE)"]);
}

fn an_edited_weight_is_negative(case: &Case<'_>) {
    let service = case.site.add(SERVICE);
    case.site
        .client
        .add_dest(&service, &masquerade(WEB))
        .unwrap();
    let edit = DestEdit::new().with_weight(1 << 31);
    let outcome = case.site.unchecked().edit_dest(&service, &key(), &edit);
    let words = [&*begin("edit"), "weight: ", "(ERANGE)"];
    case.typed(outcome, ErrorKind::InvalidInput, Some("weight"), &words);
}

fn a_mandatory_attribute_is_missing(case: &Case<'_>) {
    lacking_an_attribute(case, IPVS_CMD_NEW_DEST);
}

fn an_update_lacks_a_mandatory_attribute(case: &Case<'_>) {
    lacking_an_attribute(case, IPVS_CMD_SET_DEST);
}

fn lacking_an_attribute(case: &Case<'_>, command: u8) {
    case.site.add(SERVICE);
    let (mut raw, service) = (case.site.raw(), Nest::service().key());
    for (missing, dest) in Nest::dest().each_without_one() {
        let outcome = raw.send(command, &[&service, &dest]);
        case.raw(outcome, format!("without attribute {missing}"));
    }
    let empty = Nest::new(IPVS_CMD_ATTR_DEST);
    case.raw(raw.send(command, &[&service, &empty]), "an empty nest");
    case.raw(raw.send(command, &[&service]), "no nest");
}

fn an_attribute_has_the_wrong_length(case: &Case<'_>) {
    case.site.add(SERVICE);
    let (mut raw, service) = (case.site.raw(), Nest::service().key());
    let wrong: &[(u16, &[u8])] = &[
        (IPVS_DEST_ATTR_ADDR, &[10; 17]),
        (IPVS_DEST_ATTR_PORT, &[0]),
        (IPVS_DEST_ATTR_FWD_METHOD, &[0; 3]),
        (IPVS_DEST_ATTR_WEIGHT, &[0; 3]),
        (IPVS_DEST_ATTR_U_THRESH, &[0; 2]),
        (IPVS_DEST_ATTR_L_THRESH, &[0; 1]),
        (IPVS_DEST_ATTR_ADDR_FAMILY, &[2]),
        (IPVS_DEST_ATTR_TUN_TYPE, &[]),
        (IPVS_DEST_ATTR_TUN_PORT, &[0]),
        (IPVS_DEST_ATTR_TUN_FLAGS, &[0]),
    ];
    for (kind, value) in wrong {
        let dest = Nest::dest().with(*kind, value);
        let outcome = raw.send(IPVS_CMD_NEW_DEST, &[&service, &dest]);
        case.raw(
            outcome,
            format!("attribute {kind} of {} bytes", value.len()),
        );
    }
}

fn the_service_key_is_malformed(case: &Case<'_>) {
    case.site.add(SERVICE);
    let mut raw = case.site.raw();
    for (missing, service) in Nest::service().key().each_without_one() {
        let outcome = raw.send(IPVS_CMD_NEW_DEST, &[&service, &Nest::dest()]);
        case.raw(outcome, format!("without attribute {missing}"));
    }
}

fn gue_has_no_port(case: &Case<'_>) {
    // Whatever the forwarding method.
    for method in [ForwardMethod::TUNNEL, ForwardMethod::MASQUERADE] {
        let dest = Dest::new(key().address, key().port, method).with_tunnel(Tunnel::gue(0));
        refused(case, &dest, "tunnel", &["gue needs a port (EINVAL)"]);
    }
}

fn an_updated_gue_has_no_port(case: &Case<'_>) {
    let dest = masquerade(WEB).with_tunnel(Tunnel::gue(0));
    refused_update(case, &dest, "tunnel", &["gue needs a port (EINVAL)"]);
}

fn an_edited_gue_has_no_port(case: &Case<'_>) {
    let service = case.site.add(SERVICE);
    case.site
        .client
        .add_dest(&service, &masquerade(WEB))
        .unwrap();
    let edit = DestEdit::new().with_tunnel(Tunnel::gue(0));
    let outcome = case.site.unchecked().edit_dest(&service, &key(), &edit);
    let words = [&*begin("edit"), "tunnel: gue needs a port (EINVAL)"];
    case.typed(outcome, ErrorKind::InvalidInput, Some("tunnel"), &words);
}

fn another_address_family(case: &Case<'_>) {
    of_another_family(case, IPVS_CMD_NEW_DEST);
    let service = Nest::service().with(IPVS_SVC_ATTR_AF, 1_u16.to_ne_bytes());
    let outcome = case
        .site
        .raw()
        .send(IPVS_CMD_NEW_DEST, &[&service, &Nest::dest()]);
    case.raw(outcome, "of a service of another family");
}

fn an_update_has_another_address_family(case: &Case<'_>) {
    of_another_family(case, IPVS_CMD_SET_DEST);
}

fn a_removed_key_has_another_family(case: &Case<'_>) {
    of_another_family(case, IPVS_CMD_DEL_DEST);
}

fn of_another_family(case: &Case<'_>, command: u8) {
    case.site.add(SERVICE);
    let (mut raw, service) = (case.site.raw(), Nest::service().key());
    for family in [1_u16, 16, 0xffff] {
        let dest = Nest::dest().with(IPVS_DEST_ATTR_ADDR_FAMILY, family.to_ne_bytes());
        case.raw(
            raw.send(command, &[&service, &dest]),
            format!("family {family}"),
        );
    }
}

fn a_removed_key_is_malformed(case: &Case<'_>) {
    case.site.add(SERVICE);
    let (mut raw, service) = (case.site.raw(), Nest::service().key());
    for (missing, dest) in Nest::dest().key().each_without_one() {
        let outcome = raw.send(IPVS_CMD_DEL_DEST, &[&service, &dest]);
        case.raw(outcome, format!("without attribute {missing}"));
    }
    case.raw(raw.send(IPVS_CMD_DEL_DEST, &[&service]), "no nest");
}
