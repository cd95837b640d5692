//! Virtual services: every field, written and read back.

use std::time::Duration;

use ipvs_core::{ErrorKind, Netmask, Scheduler, Service, ServiceEdit, ServiceFlags, ServiceKey};

use crate::harness::{Test, tests};
use crate::site::Site;

pub fn tests() -> Vec<Test> {
    tests![a_service_is_added_read_edited_and_removed]
}

fn a_service_is_added_read_edited_and_removed(site: &Site) {
    let key = ServiceKey::tcp([192, 0, 2, 1], 80);
    let mask = Netmask::V4([255, 255, 255, 0].into());
    let web = Service::new(key)
        .with_scheduler(Scheduler::WRR)
        .with_persistence(Duration::from_secs(600))
        .with_persistence_netmask(mask);
    site.client.add_service(&web).unwrap();
    assert_eq!(site.client.service(&key).unwrap().service, web);

    let edit = ServiceEdit::new().with_flags(ServiceFlags::empty());
    let edited = site.client.edit_service(&key, &edit).unwrap();
    assert_eq!(edited, web.with_flags(ServiceFlags::empty()));
    let listed: Vec<_> = site
        .client
        .services()
        .unwrap()
        .iter()
        .map(|entry| entry.service)
        .collect();
    assert_eq!(listed, [edited]);

    site.client.remove_service(&key).unwrap();
    let error = site.client.service(&key).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ServiceNotFound, "{error}");
}
