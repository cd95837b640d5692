//! What holds for a whole namespace: timeouts, version, table size.

use std::time::Duration;

use ipvs_core::{NamespaceSource, Options, Timeouts, TimeoutsEdit};

use crate::harness::{Test, tests};
use crate::site::Site;

pub fn tests() -> Vec<Test> {
    tests![
        timeouts_begin_with_the_defaults,
        each_timeout_is_set_by_itself,
        refused_timeouts_change_nothing,
        the_version_is_the_same_everywhere,
        the_table_has_the_size_of_its_release,
        namespaces_do_not_share
    ]
}

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn timeouts_begin_with_the_defaults(site: &Site) {
    assert_eq!(site.client.timeouts().unwrap(), Timeouts::default());
    site.client.set_timeouts(&TimeoutsEdit::new()).unwrap();
    assert_eq!(site.client.timeouts().unwrap(), Timeouts::default());
}

fn each_timeout_is_set_by_itself(site: &Site) {
    let edit = TimeoutsEdit::new();
    let mut expected = Timeouts::default();
    let is = |expected| assert_eq!(site.client.timeouts().unwrap(), expected);
    // The longest is what the kernel can hold at any of its clock's frequencies.
    for timeout in [1, 1800, 2_147_483].map(seconds) {
        site.client.set_timeouts(&edit.with_tcp(timeout)).unwrap();
        expected.tcp = timeout;
        is(expected);
        site.client
            .set_timeouts(&edit.with_tcp_fin(timeout))
            .unwrap();
        expected.tcp_fin = timeout;
        is(expected);
        site.client.set_timeouts(&edit.with_udp(timeout)).unwrap();
        expected.udp = timeout;
        is(expected);
    }
    let all = Timeouts::new(seconds(10), seconds(20), seconds(30));
    site.client.set_timeouts(&all.into()).unwrap();
    is(all);
}

fn refused_timeouts_change_nothing(site: &Site) {
    let edit = TimeoutsEdit::new()
        .with_tcp(seconds(10))
        .with_udp(seconds(u64::from(u32::MAX)));
    let error = site.client.set_timeouts(&edit).unwrap_err();
    assert_eq!(
        (error.field(), error.errno()),
        (Some("udp"), None),
        "{error}"
    );
    let error = site.unchecked().set_timeouts(&edit).unwrap_err();
    assert!(error.errno().is_some(), "{error}");
    assert_eq!(site.client.timeouts().unwrap(), Timeouts::default());
}

fn the_version_is_the_same_everywhere(site: &Site) {
    assert_eq!(site.client.info().unwrap().version.to_string(), "1.2.1");
}

/// Up to 7.0 the size is a parameter of the module; since 7.1 each namespace has
/// a table of its own, made with its first service.
fn the_table_has_the_size_of_its_release(site: &Site) {
    let size = || site.client.info().unwrap().connection_table_size;
    let (before, after) = if site.kernel.at_least(7, 1) {
        (0, 256)
    } else {
        (4096, 4096)
    };
    assert_eq!(size(), before);
    let key = site.add("tcp 192.0.2.1:80");
    assert_eq!(size(), after);
    site.client.remove_service(&key).unwrap();
    assert_eq!(size(), after);
    assert_eq!(
        site.client.snapshot().unwrap().info,
        site.client.info().unwrap()
    );
}

fn namespaces_do_not_share(site: &Site) {
    site.add("tcp 192.0.2.1:80");
    site.client
        .set_timeouts(&TimeoutsEdit::new().with_tcp(seconds(10)))
        .unwrap();
    let options = Options::new().with_namespace(NamespaceSource::New);
    let elsewhere = ipvs_core::Client::open(&options).unwrap();
    assert_eq!(elsewhere.services().unwrap(), []);
    assert_eq!(elsewhere.timeouts().unwrap(), Timeouts::default());
    elsewhere.flush().unwrap();
    elsewhere.zero().unwrap();
    assert_eq!(site.services().len(), 1);
}
