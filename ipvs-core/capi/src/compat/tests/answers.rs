//! The old functions on a kernel in memory.

use std::ffi::{CStr, c_int};
use std::mem::zeroed;
use std::net::IpAddr;
use std::ptr::null_mut;
use std::slice;

use ipvs_core::fake::{Environment, Fault, Kernel, Release, When};
use ipvs_core::{Checks, DestKey, Options, ServiceKey, Stats};
use libc::{
    EAFNOSUPPORT, EBUSY, EEXIST, EINVAL, EMSGSIZE, ENOBUFS, ENODEV, ENOENT, ENOMEM, ENOPROTOOPT,
    EOPNOTSUPP, EPERM, EPROTO, ERANGE, ESRCH, ETIMEDOUT,
};

use crate::compat::call::Function as F;
use crate::compat::daemons::*;
use crate::compat::dests::*;
use crate::compat::info::*;
use crate::compat::messages::{ipvs_strerror, message};
use crate::compat::services::*;
use crate::compat::session;
use crate::compat::structs::*;
use crate::compat::timeouts::*;

/// Has this thread work with a kernel.
fn begin(kernel: &Kernel) {
    let options = Options::new().with_checks(Checks::Kernel);
    session::begin(kernel.open(&options).unwrap());
}

fn web() -> ip_vs_service_user {
    // SAFETY: zeros are a value of it.
    let mut web: ip_vs_service_user = unsafe { zeroed() };
    (web.af, web.protocol, web.port) = (2, 6, 80u16.to_be());
    web.addr = address("192.0.2.1");
    web.netmask = u32::MAX;
    web.sched_name[..2].copy_from_slice(&[b'r' as _, b'r' as _]);
    web
}

fn server() -> ip_vs_dest_user {
    // SAFETY: zeros are a value of it.
    let mut server: ip_vs_dest_user = unsafe { zeroed() };
    (server.af, server.port, server.weight) = (2, 8080u16.to_be(), 1);
    server.addr = address("10.0.3.100");
    server
}

fn address(text: &str) -> nf_inet_addr {
    text.parse::<IpAddr>().unwrap().into()
}

/// A function's failure: its errno, and what that means.
fn failure(result: c_int) -> (c_int, String) {
    assert_eq!(result, -1);
    let errno = std::io::Error::last_os_error().raw_os_error().unwrap();
    // SAFETY: it is asked for any number, and its text is a constant.
    let text = unsafe { CStr::from_ptr(ipvs_strerror(errno)) };
    (errno, text.to_str().unwrap().to_owned())
}

fn refused(result: c_int, errno: c_int, text: &str) {
    assert_eq!(failure(result), (errno, text.to_owned()));
}

/// What was given is as long as it says, and free() takes it.
fn dests_of(service: &mut ip_vs_service_entry) -> Vec<ip_vs_dest_entry> {
    // SAFETY: the entries are behind their head, which is freed once.
    unsafe {
        let list = ipvs_get_dests(service);
        let count = usize::try_from((*list).num_dests).unwrap();
        let dests = slice::from_raw_parts(list.add(1).cast(), count).to_vec();
        libc::free(list.cast());
        dests
    }
}

fn services() -> Vec<ip_vs_service_entry> {
    // SAFETY: as above.
    unsafe {
        let list = ipvs_get_services();
        let count = usize::try_from((*list).num_services).unwrap();
        let services = slice::from_raw_parts(list.add(1).cast(), count).to_vec();
        libc::free(list.cast());
        services
    }
}

/// The kernel has 64 bits for each, in its newer attribute alone.
#[test]
fn counters_of_dests_have_64_bits_and_services_their_dests() {
    let kernel = Kernel::new();
    begin(&kernel);
    let (mut web, mut server) = (web(), server());
    // SAFETY: both are there.
    unsafe {
        assert_eq!(ipvs_add_service(&raw mut web), 0);
        assert_eq!(ipvs_add_dest(&raw mut web, &raw mut server), 0);
    }
    let (service, dest) = (
        ServiceKey::tcp([192, 0, 2, 1], 80),
        DestKey::new([10, 0, 3, 100], 8080),
    );
    let mut stats = Stats::default();
    stats.connections = 0x1_0000_0007;
    stats.outgoing_bytes = 0x2_0000_0009;
    stats.rates.incoming_bytes = 0x3_0000_000b;
    kernel
        .initial()
        .set_dest_stats(&service, &dest, &stats)
        .unwrap();
    kernel
        .initial()
        .set_dest_connections(&service, &dest, 1, 2, 3)
        .unwrap();

    let mut services = services();
    assert_eq!(services.len(), 1);
    assert_eq!((services[0].num_dests, services[0].flags), (1, 2));
    assert_eq!(services[0].__addr_v4, services[0].addr.all[0]);
    let dests = dests_of(&mut services[0]);
    assert_eq!(dests.len(), 1);
    let dest = dests[0];
    assert_eq!(dest.stats64.conns, 0x1_0000_0007);
    assert_eq!(dest.stats64.outbytes, 0x2_0000_0009);
    assert_eq!(dest.stats64.inbps, 0x3_0000_000b);
    assert_eq!((dest.stats.conns, dest.stats.inbps), (7, 11));
    assert_eq!(dest.stats.outbytes, 0x2_0000_0009);
    assert_eq!(
        (dest.activeconns, dest.inactconns, dest.persistconns),
        (1, 2, 3)
    );
    assert_eq!(
        ipvs_info
            .num_services
            .load(std::sync::atomic::Ordering::Relaxed),
        1
    );
}

#[test]
fn what_goes_wrong_has_the_errno_and_the_words_that_it_had() {
    let kernel = Kernel::new();
    begin(&kernel);
    let (web, server) = (
        &raw mut *Box::leak(Box::new(web())),
        &raw mut *Box::leak(Box::new(server())),
    );
    let invalid = "Invalid operation.  Possibly wrong module version, address not unicast, ...";
    // SAFETY: all are there, or NULL.
    unsafe {
        refused(ipvs_update_service(web), ESRCH, "No such service");
        refused(ipvs_del_dest(web, server), ESRCH, "Service not defined");
        assert_eq!(ipvs_add_service(web), 0);
        refused(ipvs_add_service(web), EEXIST, "Service already exists");
        refused(ipvs_update_dest(web, server), ENOENT, "No such destination");
        assert_eq!(ipvs_add_dest(web, server), 0);
        refused(
            ipvs_add_dest(web, server),
            EEXIST,
            "Destination already exists",
        );
        (*server).weight = -1;
        refused(
            ipvs_update_dest(web, server),
            ERANGE,
            "Numerical result out of range",
        );
        (*server).tun_type = 256;
        refused(ipvs_update_dest(web, server), EINVAL, invalid);
        refused(ipvs_add_dest(web, null_mut()), EINVAL, invalid);
        refused(ipvs_set_timeout(null_mut()), EINVAL, invalid);
        assert!(ipvs_get_dests(null_mut()).is_null());
        (*web).sched_name = [b'a' as _; 16];
        refused(ipvs_update_service(web), EINVAL, invalid);
        (*web).sched_name = [0; 16];
        refused(
            ipvs_update_service(web),
            ENOENT,
            "Scheduler or persistence engine not found",
        );
        (*web).af = 1;
        refused(
            ipvs_del_service(web),
            EAFNOSUPPORT,
            "Operation not supported with specified address family",
        );
        let mut daemon: ip_vs_daemon_user = zeroed();
        daemon.state = 1;
        refused(ipvs_start_daemon(&raw mut daemon), ENODEV, "No such device");
        refused(
            ipvs_stop_daemon(&raw mut daemon),
            ESRCH,
            "No daemon is running",
        );
        daemon.state = 3;
        refused(ipvs_stop_daemon(&raw mut daemon), EINVAL, invalid);
        drop((Box::from_raw(web), Box::from_raw(server)));
    }
}

/// What no kernel answers.
#[test]
fn a_kernel_that_fails_has_an_errno_too() {
    let with = |fault: Fault| {
        let kernel = Kernel::new();
        begin(&kernel);
        kernel.inject(When::Now, fault);
        // SAFETY: it asks for nothing.
        failure(unsafe { ipvs_getinfo() }).0
    };
    assert_eq!(with(Fault::Drop), ETIMEDOUT);
    assert_eq!(with(Fault::Overrun), ENOBUFS);
    assert_eq!(with(Fault::Truncate(17)), EPROTO);
    assert_eq!(with(Fault::Refuse(EBUSY)), EBUSY);

    let kernel = Kernel::with(Environment::new().unprivileged());
    begin(&kernel);
    // SAFETY: as above.
    let told = failure(unsafe { ipvs_init() });
    assert_eq!(
        told,
        (EPERM, "Permission denied (you must be root)".to_owned())
    );

    // Nobody loads it for those who ask, up to 5.15.
    let old = Release::V5_10;
    let kernel = Kernel::with(Environment::new().with_release(old));
    begin(&kernel);
    assert!(kernel.unload_module("ip_vs"));
    // SAFETY: as above.
    let told = failure(unsafe { ipvs_getinfo() });
    assert_eq!(told, (ENOPROTOOPT, "Protocol not available".to_owned()));
}

/// Each row, and what each may not be taken for.
#[test]
fn the_last_call_decides_what_an_errno_means() {
    let text = |last, errno| message(last, errno).and_then(|text| text.to_str().ok());
    assert_eq!(
        text(Some(F::AddService), EEXIST),
        Some("Service already exists")
    );
    assert_eq!(text(Some(F::UpdateService), EEXIST), None);
    for function in [
        F::UpdateService,
        F::DelService,
        F::ZeroService,
        F::GetDests,
        F::GetServices,
        F::GetService,
    ] {
        assert_eq!(text(Some(function), ESRCH), Some("No such service"));
    }
    for function in [F::AddDest, F::UpdateDest, F::DelDest] {
        assert_eq!(text(Some(function), ESRCH), Some("Service not defined"));
    }
    assert_eq!(text(Some(F::AddDest), ENOENT), None);
    assert_eq!(
        text(Some(F::StartDaemon), EEXIST),
        Some("Daemon has already run")
    );
    assert_eq!(text(Some(F::Flush), ESRCH), None);
    for last in [None, Some(F::AddService), Some(F::GetTimeout)] {
        assert_eq!(text(last, ENOMEM), Some("Memory allocation problem"));
        assert_eq!(text(last, EMSGSIZE), Some("Module is wrong version"));
        assert_eq!(
            text(last, EOPNOTSUPP),
            Some("Operation not supported with IPv6")
        );
        assert_eq!(text(last, ENODEV), None);
    }
    assert_eq!(text(None, EEXIST), None);
}

#[test]
fn another_threads_call_is_not_the_last_one() {
    let kernel = Kernel::new();
    begin(&kernel);
    let mut web = web();
    // SAFETY: it is there.
    unsafe {
        assert_eq!(ipvs_add_service(&raw mut web), 0);
        assert_eq!(ipvs_add_service(&raw mut web), -1);
    }
    std::thread::scope(|threads| {
        threads.spawn(|| {
            begin(&kernel);
            let (mut web, mut server) = (self::web(), server());
            // SAFETY: both are there.
            unsafe {
                assert_eq!(ipvs_add_dest(&raw mut web, &raw mut server), 0);
                let again = ipvs_add_dest(&raw mut web, &raw mut server);
                refused(again, EEXIST, "Destination already exists");
            }
        });
    });
    // SAFETY: its text is a constant.
    let text = unsafe { CStr::from_ptr(ipvs_strerror(EEXIST)) };
    assert_eq!(text, c"Service already exists");
}

/// Zeros ask for what is in force; a family without an address for all.
#[test]
fn zeros_are_left_alone() {
    let kernel = Kernel::new();
    begin(&kernel);
    // SAFETY: all are there; what is given is freed once.
    unsafe {
        let mut timeouts = ip_vs_timeout_user {
            tcp_timeout: 7,
            tcp_fin_timeout: 0,
            udp_timeout: 0,
        };
        assert_eq!(ipvs_set_timeout(&raw mut timeouts), 0);
        let told = ipvs_get_timeout();
        let told_all = (
            (*told).tcp_timeout,
            (*told).tcp_fin_timeout,
            (*told).udp_timeout,
        );
        assert_eq!(told_all, (7, 120, 300));
        libc::free(told.cast());

        let mut every: ip_vs_service_user = zeroed();
        assert_eq!(ipvs_zero_service(&raw mut every), 0);
        every.af = 10;
        assert_eq!(ipvs_zero_service(&raw mut every), 0);
        every.fwmark = 1;
        refused(ipvs_zero_service(&raw mut every), ESRCH, "No such service");

        let daemons = ipvs_get_daemon();
        assert_eq!(((*daemons).state, (*daemons.add(1)).state), (0, 0));
        libc::free(daemons.cast());
        assert_eq!(ipvs_init(), 0);
        assert_eq!(ipvs_version(), 0x010201);
        assert_eq!(ipvs_flush(), 0);
        ipvs_close();
    }
    assert!(!kernel.unload_module("no such module"));
}
