//! The order of what is listed.

use std::cmp::Ordering;
use std::ffi::c_int;
use std::mem::zeroed;
use std::net::IpAddr;
use std::ptr::null_mut;

use crate::compat::block;
use crate::compat::order::*;
use crate::compat::structs::*;

const V4: u16 = 2;
const V6: u16 = 10;

fn service(fwmark: u32, af: u16, protocol: u16, addr: &str, port: u16) -> ip_vs_service_entry {
    // SAFETY: zeros are a value of it.
    let mut entry: ip_vs_service_entry = unsafe { zeroed() };
    (entry.fwmark, entry.af, entry.protocol) = (fwmark, af, protocol);
    (entry.addr, entry.port) = (addr.parse::<IpAddr>().unwrap().into(), port.to_be());
    entry
}

fn dest(af: u16, addr: &str, port: u16) -> ip_vs_dest_entry {
    // SAFETY: zeros are a value of it.
    let mut entry: ip_vs_dest_entry = unsafe { zeroed() };
    (entry.af, entry.port) = (af, port.to_be());
    entry.addr = addr.parse::<IpAddr>().unwrap().into();
    entry
}

fn is_sorted<T: Copy>(sorted: &[T], compare: Compare<T>) {
    let compare = compare.unwrap();
    for (i, mut one) in sorted.iter().copied().enumerate() {
        for (j, mut other) in sorted.iter().copied().enumerate() {
            // SAFETY: both are there.
            let told = unsafe { compare(&raw mut one, &raw mut other) };
            assert_eq!(told.cmp(&0), i.cmp(&j), "{i} and {j}");
        }
    }
}

/// Numbers that differ by 2^31 and more, too.
#[test]
fn services_and_dests_have_an_order() {
    let services = [
        service(0, V4, 6, "10.99.0.1", 80),
        service(0, V4, 6, "10.99.0.1", 443),
        service(0, V4, 6, "192.168.1.1", 80),
        service(0, V4, 17, "10.99.0.1", 80),
        service(0, V6, 6, "2001:db8::1", 80),
        service(0, V6, 6, "fe80::1", 80),
        service(1, V4, 6, "0.0.0.0", 0),
        service(1, V6, 6, "::", 0),
        service(u32::MAX, V4, 6, "0.0.0.0", 0),
    ];
    is_sorted(&services, Some(ipvs_cmp_services));
    let dests = [
        dest(V4, "10.99.0.1", 80),
        dest(V4, "10.99.0.1", 256),
        dest(V4, "192.168.1.1", 80),
        dest(V6, "::1", 80),
        dest(V6, "2001:db8::1", 80),
    ];
    is_sorted(&dests, Some(ipvs_cmp_dests));
}

#[test]
fn what_is_behind_an_ipv4_address_does_not_count() {
    let (mut one, mut other) = (dest(V4, "10.0.0.1", 80), dest(V4, "10.0.0.1", 80));
    other.addr.all[3] = 7;
    // SAFETY: both are there.
    assert_eq!(unsafe { ipvs_cmp_dests(&raw mut one, &raw mut other) }, 0);
    (one.af, other.af) = (V6, V6);
    // SAFETY: as above.
    assert_ne!(unsafe { ipvs_cmp_dests(&raw mut one, &raw mut other) }, 0);
}

/// As qsort() does, whatever the function says.
#[test]
fn a_list_is_sorted_by_the_callers_function() {
    unsafe extern "C" fn by_port(
        one: *mut ip_vs_dest_entry,
        other: *mut ip_vs_dest_entry,
    ) -> c_int {
        // SAFETY: they are two of the list.
        let (one, other) = unsafe { (&*one, &*other) };
        c_int::from(u16::from_be(one.port)) - c_int::from(u16::from_be(other.port))
    }
    unsafe extern "C" fn none(_: *mut ip_vs_dest_entry, _: *mut ip_vs_dest_entry) -> c_int {
        1
    }
    let list = block::give(100, |head: &mut ip_vs_get_dests, dests| {
        head.num_dests = 100;
        for (port, entry) in (1..=100).rev().zip(dests) {
            *entry = dest(V4, "10.0.0.1", port);
        }
    })
    .unwrap();
    let ports = || -> Vec<u16> {
        // SAFETY: so many entries are behind it.
        let dests =
            unsafe { std::slice::from_raw_parts(list.add(1).cast::<ip_vs_dest_entry>(), 100) };
        dests.iter().map(|dest| u16::from_be(dest.port)).collect()
    };
    // SAFETY: the list is whole, and freed once.
    unsafe {
        ipvs_sort_dests(list, None);
        assert!(ports().is_sorted_by(|one, next| one > next));
        ipvs_sort_dests(list, Some(none));
        ipvs_sort_dests(list, Some(by_port));
        assert_eq!(ports(), (1..=100).collect::<Vec<_>>());
        ipvs_sort_dests(null_mut(), Some(by_port));
        ipvs_sort_services(null_mut(), Some(ipvs_cmp_services));
        libc::free(list.cast());
    }
    // SAFETY: NULL is nothing that is less than anything.
    let told = unsafe { ipvs_cmp_services(null_mut(), null_mut()) };
    assert_eq!(told.cmp(&0), Ordering::Equal);
}
