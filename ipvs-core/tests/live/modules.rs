//! The kernel's modules come and go under a client. These tests run last: they
//! unload what the others use, and load it again.

use std::fs;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use ipvs_core::{
    Batch, Change, Client, ErrorKind, NamespaceSource, Options, Scheduler, Service, ServiceKey,
};

use crate::harness::{Need, Test, tests};
use crate::kernel::modprobe;
use crate::raw::Raw;
use crate::site::Site;

pub fn tests() -> Vec<Test> {
    tests![
        a_client_outlives_the_module: Need::Guest,
        opening_loads_the_module_or_names_the_cure: Need::Guest,
        a_scheduler_is_loaded_when_it_is_named: Need::Guest
    ]
}

/// Since 5.16 the module has the name by which the kernel looks for a family.
pub fn loads_itself(site: &Site) -> bool {
    let has_name = site.kernel.has_module("net-pf-16-proto-16-family-IPVS");
    assert_eq!(has_name, site.kernel.at_least(5, 16));
    has_name
}

/// The modules of IPVS that are loaded, those that others need last.
fn loaded() -> Vec<String> {
    let modules = fs::read_to_string("/proc/modules").unwrap();
    let names = modules.lines().filter_map(|line| line.split(' ').next());
    let mut names: Vec<_> = names
        .filter(|name| name.starts_with("ip_vs"))
        .map(str::to_owned)
        .collect();
    names.sort_unstable_by(|a, b| b.cmp(a));
    names
}

/// Unloads IPVS, once the namespaces of earlier tests have let it go: the
/// kernel clears them away in its own time.
pub fn unload() {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !loaded().is_empty() {
        let rmmod = Command::new("rmmod").args(loaded()).output().unwrap();
        assert!(Instant::now() < deadline, "{}", rmmod.stderr.escape_ascii());
        thread::sleep(Duration::from_millis(20));
    }
}

fn family(site: &Site) -> u16 {
    Raw::new(site.namespace.socket().unwrap()).family()
}

fn a_client_outlives_the_module(site: &Site) {
    let key = site.add("tcp 192.0.2.1:80");
    let mut known = family(site);
    site.client.flush().unwrap();
    let calls: [fn(&Client); 4] = [
        |client| assert_eq!(client.services().unwrap(), []),
        |client| {
            client
                .add_service(&Service::new(ServiceKey::tcp([192, 0, 2, 9], 80)))
                .unwrap()
        },
        |client| {
            let key = |n: u8| ServiceKey::tcp([192, 0, 2, n], 80);
            let add = |n| Change::AddService(Service::new(key(n)));
            let batch: Batch = (0..250).map(add).collect();
            client.batch(&batch).into_result().unwrap();
            client.flush().unwrap();
        },
        |client| assert_eq!(client.stream_services().unwrap().count(), 0),
    ];
    // Whichever call comes first finds the family under its new number.
    for call in calls {
        unload();
        if !loads_itself(site) {
            let error = site.client.services().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::ModuleMissing, "{error}");
            assert!(error.cure().unwrap().contains("modprobe ip_vs"), "{error}");
            modprobe(&["ip_vs"]);
        }
        call(&site.client);
        let renumbered = family(site);
        assert_ne!(renumbered, known);
        known = renumbered;
        site.client.flush().unwrap();
    }
    // What isn't there is told as ever.
    let error = site.client.service(&key).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ServiceNotFound, "{error}");
}

fn opening_loads_the_module_or_names_the_cure(site: &Site) {
    unload();
    let opened = Client::open(&Options::new().with_namespace(NamespaceSource::New));
    if loads_itself(site) {
        assert_eq!(opened.unwrap().services().unwrap(), []);
        assert!(loaded().iter().any(|module| module == "ip_vs"));
        return;
    }
    let error = opened.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ModuleMissing, "{error}");
    assert!(error.to_string().contains("modprobe ip_vs"), "{error}");
    modprobe(&["ip_vs"]);
    site.client.info().unwrap();
}

fn a_scheduler_is_loaded_when_it_is_named(site: &Site) {
    unload();
    modprobe(&["ip_vs"]);
    for (scheduler, module) in [(Scheduler::RR, "ip_vs_rr"), (Scheduler::MH, "ip_vs_mh")] {
        assert!(!loaded().iter().any(|name| name == module));
        let key = ServiceKey::tcp([192, 0, 2, 1], 80);
        site.client
            .add_service(&Service::new(key).with_scheduler(scheduler))
            .unwrap();
        assert!(loaded().iter().any(|name| name == module));
        site.client.flush().unwrap();
    }
}
