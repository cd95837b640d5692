//! Comparing and sorting what was listed.

use std::cmp::Ordering;
use std::ffi::{c_int, c_void};
use std::mem::transmute;

use super::structs::{
    ip_vs_dest_entry, ip_vs_get_dests, ip_vs_get_services, ip_vs_service_entry, nf_inet_addr,
};
use crate::address::IPVS_IPV4;
use crate::ffi::ffi;

/// Says whether the first of two is less (negative), equal (0) or more (positive).
pub type Compare<T> = Option<unsafe extern "C" fn(*mut T, *mut T) -> c_int>;

/// How qsort() knows that.
type Untyped = unsafe extern "C" fn(*const c_void, *const c_void) -> c_int;

/// Compares services: firewall mark, family, protocol, address, port.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_cmp_services(
    s1: *mut ip_vs_service_entry,
    s2: *mut ip_vs_service_entry,
) -> c_int {
    ffi!(else 0, |c| {
        let order = |s: &ip_vs_service_entry| {
            let address = significant(s.af, s.addr);
            (s.fwmark, s.af, s.protocol, address, u16::from_be(s.port))
        };
        told(c.maybe(s1).map(order), c.maybe(s2).map(order))
    })
}

/// Compares dests: family, address, port.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_cmp_dests(
    d1: *mut ip_vs_dest_entry,
    d2: *mut ip_vs_dest_entry,
) -> c_int {
    ffi!(else 0, |c| {
        let order = |d: &ip_vs_dest_entry| (d.af, significant(d.af, d.addr), u16::from_be(d.port));
        told(c.maybe(d1).map(order), c.maybe(d2).map(order))
    })
}

/// The bytes of an address, those that its family has no use for as zeros.
fn significant(af: u16, addr: nf_inet_addr) -> [u8; 16] {
    let bytes = addr.bytes();
    match (af, bytes) {
        (IPVS_IPV4, [a, b, c, d, ..]) => [a, b, c, d, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        _ => bytes,
    }
}

fn told<T: Ord>(one: T, other: T) -> c_int {
    match one.cmp(&other) {
        Ordering::Less => -1,
        Ordering::Equal => 0,
        Ordering::Greater => 1,
    }
}

/// Sorts services.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_sort_services(
    s: *mut ip_vs_get_services,
    compare: Compare<ip_vs_service_entry>,
) {
    ffi!(else (), |c| {
        let Some(count) = c.maybe(s).map(|s| s.num_services) else {
            return;
        };
        // SAFETY: the entries stand behind the head, so many as that says.
        unsafe { sort(s.wrapping_add(1).cast(), count, compare) }
    });
}

/// Sorts dests.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_sort_dests(
    d: *mut ip_vs_get_dests,
    compare: Compare<ip_vs_dest_entry>,
) {
    ffi!(else (), |c| {
        let Some(count) = c.maybe(d).map(|d| d.num_dests) else {
            return;
        };
        // SAFETY: the entries stand behind the head, so many as that says.
        unsafe { sort(d.wrapping_add(1).cast(), count, compare) }
    });
}

/// By qsort(), which takes whatever the caller's function says; Rust's own sorting may panic
/// when that is no order.
///
/// # Safety
///
/// There are `count` entries, and the caller's function takes any two of them.
unsafe fn sort<T>(entries: *mut T, count: u32, compare: Compare<T>) {
    let (Some(compare), Ok(count)) = (compare, usize::try_from(count)) else {
        return;
    };
    // SAFETY: pointers to an entry are passed like any others.
    let compare =
        unsafe { transmute::<unsafe extern "C" fn(*mut T, *mut T) -> c_int, Untyped>(compare) };
    // SAFETY: see above.
    unsafe { libc::qsort(entries.cast(), count, size_of::<T>(), Some(compare)) };
}
