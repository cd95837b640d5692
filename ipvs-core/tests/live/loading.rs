//! What the kernel loads for the names that it is sent.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::time::Duration;

use ipvs_core::{ErrorKind, PersistenceEngine, Scheduler, Service};

use crate::harness::{Need, Test, tests};
use crate::kernel::modprobe;
use crate::nest::SERVICE;
use crate::site::Site;

pub fn tests() -> Vec<Test> {
    tests![
        another_module_of_ipvs_is_no_scheduler: Need::Guest,
        a_name_becomes_a_modules_name: Need::Guest,
    ]
}

/// The program that the kernel starts for a module, until this is dropped.
pub struct Loader {
    before: String,
}

const LOADER: &str = "/proc/sys/kernel/modprobe";

impl Loader {
    pub fn replace(program: &str) -> Self {
        let before = fs::read_to_string(LOADER).unwrap();
        fs::write(LOADER, program).unwrap();
        Loader { before }
    }
}

impl Drop for Loader {
    fn drop(&mut self) {
        fs::write(LOADER, self.before.trim_end()).unwrap();
    }
}

fn is_loaded(module: &str) -> bool {
    let modules = fs::read_to_string("/proc/modules").unwrap();
    modules
        .lines()
        .any(|line| line.starts_with(&format!("{module} ")))
}

/// Unloads a module, if it is loaded.
pub fn unload(module: &str) {
    let status = Command::new("modprobe").args(["-r", "-q", module]).status();
    status.unwrap();
    assert!(!is_loaded(module), "{module} is in use");
}

fn service(scheduler: &[u8]) -> Service {
    let scheduler = Scheduler::from_bytes(scheduler).unwrap();
    Service::new(SERVICE.parse().unwrap()).with_scheduler(scheduler)
}

fn another_module_of_ipvs_is_no_scheduler(site: &Site) {
    // To modprobe a dash is an underscore.
    for (name, module) in [
        ("ftp", "ip_vs_ftp"),
        ("pe_sip", "ip_vs_pe_sip"),
        ("pe-sip", "ip_vs_pe_sip"),
    ] {
        // Loaded by hand first: that waits until no namespace is being removed,
        // with which a load on demand can lock up (see Kernel::running).
        modprobe(&[module]);
        unload(module);
        let error = site
            .client
            .add_service(&service(name.as_bytes()))
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
        assert_eq!(
            (error.field(), error.errno()),
            (Some("scheduler"), None),
            "{error}"
        );
        assert!(!is_loaded(module));
        // The kernel loads it, and only then finds no scheduler in it.
        let error = site
            .unchecked()
            .add_service(&service(name.as_bytes()))
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnknownScheduler, "{error}");
        assert!(is_loaded(module));
        unload(module);
    }
}

fn a_name_becomes_a_modules_name(site: &Site) {
    let (program, notes) = ("/run/asked-for", "/run/asked-for.txt");
    fs::write(program, format!("#!/bin/sh\necho \"$@\" >>{notes}\n")).unwrap();
    fs::set_permissions(program, PermissionsExt::from_mode(0o755)).unwrap();
    fs::write(notes, "").unwrap();
    // The engine is looked for only where the scheduler is found.
    modprobe(&["ip_vs_wlc"]);
    let _loader = Loader::replace(program);

    let engine = PersistenceEngine::from_bytes(b"x/../y").unwrap();
    let with_engine = Service::new("udp 192.0.2.1:5060".parse().unwrap())
        .with_persistence(Duration::from_secs(60))
        .with_persistence_engine(engine);
    let refused = [
        (service(b"a b;c"), "scheduler"),
        (with_engine, "persistence_engine"),
    ];
    for (service, field) in refused {
        let error = site.client.add_service(&service).unwrap_err();
        assert_eq!(
            (error.kind(), error.field()),
            (ErrorKind::InvalidInput, Some(field)),
            "{error}"
        );
    }
    assert_eq!(fs::read_to_string(notes).unwrap(), "");

    for (service, _) in refused {
        let error = site.unchecked().add_service(&service).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnknownScheduler, "{error}");
    }
    let asked = fs::read_to_string(notes).unwrap();
    assert!(asked.contains("ip_vs_a b;c\n"), "{asked}");
    assert!(asked.contains("ip_vs_pe_x/../y\n"), "{asked}");
}
