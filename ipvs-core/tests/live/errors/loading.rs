//! The row of a module that is missing.

use ipvs_core::{Client, Error, ErrorKind, Scheduler, Service};

use super::{Case, Row, rows};
use crate::harness::Need;
use crate::nest::SERVICE;

pub fn rows() -> Vec<Row> {
    rows![
        AddService ENOENT the_schedulers_module_is_missing: Need::Guest;
    ]
}

fn add(client: &Client) -> Result<(), Error> {
    let service = Service::new(SERVICE.parse().unwrap());
    client.add_service(&service.with_scheduler(Scheduler::DH))
}

fn the_schedulers_module_is_missing(case: &Case<'_>) {
    let outcome = case.site.without_module("ip_vs_dh", add);
    case.typed(
        outcome,
        ErrorKind::UnknownScheduler,
        Some("scheduler"),
        &[
            "add service tcp 192.0.2.1:80: scheduler: ",
            "the kernel has no scheduler dh (ENOENT)",
            "load its module as root: modprobe ip_vs_dh",
        ],
    );
    add(&case.site.client).unwrap();
}
