//! What C may hand in, and what it gets.

use std::ffi::{CStr, c_char};
use std::mem::zeroed;
use std::ptr::{null, null_mut};

use ipvs_core::{Dest, Service};

use super::layout::Grown;
use crate::address::{IPVS_IPV4, IPVS_TCP};
use crate::client::{ipvs_client, ipvs_client_free, ipvs_client_options};
use crate::dest::{IPVS_MASQUERADE, ipvs_dest};
use crate::dests::{ipvs_client_add_dest, ipvs_client_dest};
use crate::failure::{Failure, Outcome};
use crate::fake::{ipvs_fake_kernel_client, ipvs_fake_kernel_free, ipvs_fake_kernel_new};
use crate::ffi::{Border, Caller, ffi};
use crate::key::{ipvs_service_key, ipvs_service_key_format, ipvs_service_key_parse};
use crate::service::{ipvs_service, ipvs_service_entry};
use crate::services::{ipvs_client_add_service, ipvs_client_service};
use crate::status::*;

const OK: ipvs_status = ipvs_status_code::IPVS_OK as ipvs_status;
const INVALID_INPUT: ipvs_status = ipvs_status_code::IPVS_INVALID_INPUT as ipvs_status;
const PANIC: ipvs_status = ipvs_status_code::IPVS_PANIC as ipvs_status;

/// A library that is newer: this struct has got another field.
#[repr(C)]
#[derive(Clone, Copy)]
struct Later<T> {
    known: T,
    unknown: u64,
}

fn service() -> ipvs_service {
    // SAFETY: zeros are a value of it.
    let mut service: ipvs_service = unsafe { zeroed() };
    service.size = size_of::<ipvs_service>();
    service.key = ipvs_service_key {
        family: IPVS_IPV4,
        protocol: IPVS_TCP,
        port: 80,
        address: [192, 0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        ..ipvs_service_key::default()
    };
    service
}

fn dest() -> ipvs_dest {
    // SAFETY: zeros are a value of it.
    let mut dest: ipvs_dest = unsafe { zeroed() };
    dest.size = size_of::<ipvs_dest>();
    dest.key.family = IPVS_IPV4;
    dest.key.address[..4].copy_from_slice(&[10, 0, 3, 100]);
    dest.key.port = 8080;
    dest.forward = IPVS_MASQUERADE;
    dest
}

/// Does something as a function that C called.
fn called<T>(body: impl for<'c> FnOnce(Caller<'c>) -> T) -> T {
    let mut value = None;
    // SAFETY: the tests' pointers are what they seem.
    let border = unsafe { Border::trusted() };
    border.value((), |c| value = Some(body(c)));
    value.unwrap()
}

fn input(service: *const ipvs_service) -> Outcome<Service> {
    called(|c| Service::try_from(c.input(service, "service")?))
}

fn cause<T: std::fmt::Debug>(outcome: Outcome<T>) -> (&'static str, String) {
    match outcome.unwrap_err() {
        Failure::Argument { name, cause, .. } => (name, cause.into_owned()),
        other => panic!("{other:?}"),
    }
}

/// Fails with a message, which is freed.
fn message(call: impl FnOnce(*mut *mut ipvs_error) -> ipvs_status) -> (ipvs_status, String) {
    let mut error = null_mut();
    let status = call(&raw mut error);
    // SAFETY: it is an error or NULL.
    let text = unsafe { ipvs_error_message(error) };
    // SAFETY: it ends with a NUL, and lives as long as the error.
    let text = unsafe { CStr::from_ptr(text) };
    let text = text.to_str().unwrap().to_owned();
    // SAFETY: it is freed once.
    unsafe { ipvs_error_free(error) };
    (status, text)
}

#[test]
fn zeros_behind_the_size_and_the_key_are_the_cores_defaults() {
    let given = service();
    let key = given.key.try_into().unwrap();
    assert_eq!(input(&raw const given).unwrap(), Service::new(key));
}

#[test]
fn a_shorter_struct_is_one_with_zeros_behind_it() {
    let old = Grown {
        size: size_of::<usize>(),
        grown: u64::MAX,
    };
    let read = called(|c| c.input(&raw const old, "old")).unwrap();
    assert_eq!(read.grown, 0, "the caller does not know it");
    let new = Grown {
        size: size_of::<Grown>(),
        ..old
    };
    let read = called(|c| c.input(&raw const new, "new")).unwrap();
    assert_eq!(read.grown, u64::MAX);
}

#[test]
fn a_longer_struct_has_zeros_behind_what_is_known() {
    let mut later = Later {
        known: service(),
        unknown: 0,
    };
    later.known.size = size_of::<Later<ipvs_service>>();
    assert!(input((&raw const later).cast()).is_ok());
    later.unknown = 1 << 63;
    let (name, cause) = cause(input((&raw const later).cast()));
    assert_eq!(name, "ipvs_service");
    assert!(cause.contains("does not know"), "{cause}");
}

#[test]
fn a_size_that_is_none_is_refused() {
    for size in [0, 1, size_of::<ipvs_service>() - 1, 4097, usize::MAX] {
        let mut given = service();
        given.size = size;
        let (name, cause) = cause(input(&raw const given));
        assert_eq!(name, "ipvs_service");
        assert!(cause.contains(&size.to_string()), "{cause}");
    }
}

#[test]
fn null_is_refused_by_name() {
    assert_eq!(cause(input(null())), ("service", "it is NULL".to_owned()));
    let service = service();
    // SAFETY: NULL is allowed everywhere.
    let call = |error| unsafe { ipvs_client_add_service(null(), &raw const service, error) };
    let (status, text) = message(call);
    assert_eq!(status, INVALID_INPUT);
    assert_eq!(text, "argument client: it is NULL");
    // SAFETY: as above.
    let status = unsafe { ipvs_client_add_service(null(), null(), null_mut()) };
    assert_eq!(status, INVALID_INPUT);
}

#[test]
fn text_that_is_not_utf_8_is_refused() {
    let mut key = ipvs_service_key::default();
    let call = |error| {
        let text = c"tcp \xff:80".as_ptr();
        // SAFETY: each pointer is what it seems.
        unsafe { ipvs_service_key_parse(text, &raw mut key, error) }
    };
    let (status, text) = message(call);
    assert_eq!(
        (status, text.as_str()),
        (INVALID_INPUT, "argument text: it is not UTF-8")
    );
    assert_eq!(key, ipvs_service_key::default());
}

#[test]
fn names_that_do_not_end_are_refused() {
    let mut given = service();
    given.scheduler = [b'x' as c_char; 16];
    assert_eq!(cause(input(&raw const given)).0, "scheduler");
}

#[test]
fn a_mark_and_an_address_are_no_key() {
    let mut given = service();
    given.key.firewall_mark = 7;
    assert_eq!(cause(input(&raw const given)).0, "firewall_mark");
    given.key.reserved = 1;
    assert_eq!(cause(input(&raw const given)).0, "reserved");
}

#[test]
fn text_is_cut_as_snprintf_cuts_it() {
    let key = service().key;
    let mut buffer = [0x7f; 8];
    // SAFETY: the buffer is that long.
    let format = |buffer: *mut c_char, length| unsafe {
        ipvs_service_key_format(&raw const key, buffer, length)
    };
    let whole = "tcp 192.0.2.1:80".len();
    assert_eq!(format(null_mut(), 0), whole);
    assert_eq!(format(buffer.as_mut_ptr(), 0), whole);
    assert_eq!(buffer, [0x7f; 8]);
    assert_eq!(format(buffer.as_mut_ptr(), 5), whole);
    assert_eq!(buffer.map(|byte| byte as u8), *b"tcp \0\x7f\x7f\x7f");
    // SAFETY: as above.
    let none = unsafe { ipvs_service_key_format(null(), buffer.as_mut_ptr(), 8) };
    assert_eq!((none, buffer[0]), (0, 0));
}

#[test]
fn a_panic_becomes_a_status() {
    unsafe extern "C" fn panics(error: *mut *mut ipvs_error) -> ipvs_status {
        ffi!(error, |_| panic!("forced"))
    }
    unsafe extern "C" fn panics_silently() -> usize {
        ffi!(else 7, |_| panic!("forced"))
    }
    // SAFETY: the pointer is what it seems.
    let (status, text) = message(|error| unsafe { panics(error) });
    assert_eq!(status, PANIC);
    assert!(text.contains("bug"), "{text}");
    // SAFETY: NULL is allowed.
    assert_eq!(unsafe { panics(null_mut()) }, PANIC);
    // SAFETY: it has no pointers.
    assert_eq!(unsafe { panics_silently() }, 7);
}

/// A client of a fake kernel, while `story` goes on.
fn with_client(story: impl FnOnce(*const ipvs_client)) {
    let (mut kernel, mut client) = (null_mut(), null_mut());
    // SAFETY: each pointer is what it seems, here and below.
    let made = unsafe { ipvs_fake_kernel_new(null(), &raw mut kernel, null_mut()) };
    assert_eq!(made, OK);
    let options: *const ipvs_client_options = null();
    // SAFETY: see above.
    let opened = unsafe { ipvs_fake_kernel_client(kernel, options, &raw mut client, null_mut()) };
    assert_eq!(opened, OK);
    story(client);
    // SAFETY: see above.
    unsafe { ipvs_client_free(client) };
    // SAFETY: see above.
    unsafe { ipvs_fake_kernel_free(kernel) };
}

#[test]
fn an_entry_is_written_as_far_as_its_caller_knows_it() {
    with_client(|client| {
        let (service, dest) = (service(), dest());
        // SAFETY: each pointer is what it seems.
        let added = unsafe { ipvs_client_add_service(client, &raw const service, null_mut()) };
        assert_eq!(added, OK);
        // SAFETY: as above.
        let added = unsafe {
            ipvs_client_add_dest(client, &raw const service.key, &raw const dest, null_mut())
        };
        assert_eq!(added, OK);

        // SAFETY: zeros are a value of it.
        let mut later: Later<ipvs_service_entry> = unsafe { zeroed() };
        later.known.size = size_of_val(&later);
        later.unknown = u64::MAX;
        let entry = (&raw mut later).cast();
        // SAFETY: as above.
        let read =
            unsafe { ipvs_client_service(client, &raw const service.key, entry, null_mut()) };
        assert_eq!(read, OK);
        assert_eq!(later.known.size, size_of_val(&later));
        assert_eq!(later.known.service.size, size_of::<ipvs_service>());
        assert_eq!(later.known.service.key, service.key);
        assert_eq!(later.unknown, 0, "nobody knows it");

        // A key inside of what is written is read before.
        let key = &raw const later.known.service.key;
        // SAFETY: as above.
        let read = unsafe { ipvs_client_service(client, key, entry, null_mut()) };
        assert_eq!(read, OK);
    });
}

#[test]
fn a_failure_writes_nothing_but_the_error() {
    with_client(|client| {
        let (service, dest) = (service(), dest());
        // SAFETY: zeros are a value of it.
        let mut entry: crate::dest::ipvs_dest_entry = unsafe { zeroed() };
        entry.size = size_of_val(&entry);
        entry.reserved = 5;
        let call = |error| {
            let (service, dest) = (&raw const service.key, &raw const dest.key);
            // SAFETY: each pointer is what it seems.
            unsafe { ipvs_client_dest(client, service, dest, &raw mut entry, error) }
        };
        let (status, text) = message(call);
        assert_eq!(
            status,
            ipvs_status_code::IPVS_SERVICE_NOT_FOUND as ipvs_status
        );
        assert!(
            text.starts_with("get dest 10.0.3.100:8080 of tcp 192.0.2.1:80"),
            "{text}"
        );
        assert_eq!((entry.reserved, entry.size), (5, size_of_val(&entry)));
    });
}

#[test]
fn the_start_of_a_dest_is_the_cores() {
    let new = Dest::new([10, 0, 3, 100], 8080, ipvs_core::ForwardMethod::MASQUERADE);
    let mut given = dest();
    given.weight = 1; // what IPVS_DEST_INIT says, see tests/library.rs
    assert_eq!(Dest::try_from(given).unwrap(), new);
    given.forward = crate::dest::IPVS_FORWARD_UNSET;
    assert_eq!(cause(Dest::try_from(given)).0, "forward");
}
