//! What a kernel is built with, and what is loaded of it.

use ipvs_core::fake::{Environment, Kernel, Release};
use ipvs_core::{ErrorKind, Scheduler, Service, ServiceKey};
use ipvs_sys::errno::*;

use crate::site::Site;

fn web(scheduler: Scheduler) -> Service {
    Service::new(ServiceKey::tcp([192, 0, 2, 1], 80)).with_scheduler(scheduler)
}

#[test]
fn the_module_is_loaded_on_demand_since_5_16() {
    let nothing = |release| {
        let environment = Environment::new().with_release(release);
        Kernel::with(environment.with_nothing_loaded())
    };
    nothing(Release::new(5, 16, 0)).client().unwrap();
    let old = nothing(Release::new(5, 15, 0));
    let error = old.client().unwrap_err();
    assert_eq!(
        (error.kind(), error.errno()),
        (ErrorKind::ModuleMissing, Some(ENOENT))
    );
    assert!(old.load_module("ip_vs"));
    old.client().unwrap();
    let bare = Kernel::with(Environment::new().without_module("ip_vs"));
    assert_eq!(bare.client().unwrap_err().kind(), ErrorKind::ModuleMissing);
    assert!(!bare.load_module("ip_vs") && !bare.load_module("ip_vs_rr"));
}

#[test]
fn a_module_that_is_used_stays() {
    let site = Site::new();
    assert!(!site.kernel.unload_module("ip_vs"));
    assert!(!site.kernel.unload_module("ip_vs_wlc"));
    assert!(
        !site.kernel.unload_module("ip_vs_rr"),
        "it was never loaded"
    );
    site.client.flush().unwrap();
    assert!(site.kernel.unload_module("ip_vs"));
    // The family has another number now, and the client finds it.
    site.client.add_service(&web(Scheduler::RR)).unwrap();
    assert_eq!(site.client.services().unwrap().len(), 1);
}

#[test]
fn a_module_that_is_gone_is_missed() {
    let environment = Environment::new().with_release(Release::V5_10);
    let site = Site::with(environment);
    site.client.flush().unwrap();
    assert!(site.kernel.unload_module("ip_vs"));
    assert_eq!(
        site.client.services().unwrap_err().kind(),
        ErrorKind::ModuleMissing
    );
    assert_eq!(
        site.client.total_stats().unwrap_err().kind(),
        ErrorKind::ModuleMissing
    );
    let home = site.kernel.initial();
    let error = home.set_connections(Vec::new()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ModuleMissing);
}

#[test]
fn schedulers_are_modules_of_their_release() {
    for (environment, scheduler, known) in [
        (Environment::new(), Scheduler::TWOS, true),
        (
            Environment::new().with_release(Release::V5_10),
            Scheduler::TWOS,
            false,
        ),
        (
            Environment::new().without_module("ip_vs_mh"),
            Scheduler::MH,
            false,
        ),
    ] {
        let client = Kernel::with(environment).client().unwrap();
        match client.add_service(&web(scheduler)) {
            Ok(()) => assert!(known),
            Err(error) => assert!(!known && error.kind() == ErrorKind::UnknownScheduler),
        }
    }
}

#[test]
fn without_privileges_nothing_is_told() {
    let client = Kernel::with(Environment::new().unprivileged())
        .client()
        .unwrap();
    for error in [client.services().unwrap_err(), client.zero().unwrap_err()] {
        assert_eq!(
            (error.kind(), error.errno()),
            (ErrorKind::PermissionDenied, Some(EPERM))
        );
    }
    // Files are everybody's to read, one apart.
    client.kernel_table().unwrap();
    assert_eq!(client.status().unwrap_err().errno(), Some(EACCES));
}

#[test]
fn without_ipv6_there_are_no_such_services() {
    let client = Kernel::with(Environment::new().without_ipv6())
        .client()
        .unwrap();
    let six = Service::new("tcp [2001:db8::1]:80".parse().unwrap());
    let error = client.add_service(&six).unwrap_err();
    assert_eq!(
        (error.kind(), error.errno()),
        (ErrorKind::Unsupported, Some(EAFNOSUPPORT))
    );
}

#[test]
fn the_connection_table_has_the_size_of_its_release() {
    let size = |release, bits| {
        let environment = Environment::new().with_release(release);
        let site = Site::with(environment.with_connection_table_bits(bits));
        site.client.info().unwrap().connection_table_size
    };
    assert_eq!(
        (size(Release::V6_12, 12), size(Release::V6_12, 20)),
        (4096, 1 << 20)
    );
    assert_eq!(size(Release::V7_2, 12), 256);
    let empty = Kernel::new().client().unwrap();
    assert_eq!(empty.info().unwrap().connection_table_size, 0);
}

#[test]
fn a_release_is_text_both_ways() {
    for text in ["5.10.223", "6.1.176", "6.12.107", "7.2.13"] {
        assert_eq!(text.parse::<Release>().unwrap().to_string(), text);
    }
    assert_eq!("6.12".parse::<Release>().unwrap(), Release::new(6, 12, 0));
    for text in ["", "6", "6.x", "6.1.2.3", "6.1.0-50-amd64", "70000.1"] {
        let error = text.parse::<Release>().unwrap_err();
        assert_eq!(error.field(), Some("release"), "{text}");
    }
}
