//! Virtual services: every field, written and read back.

use std::time::Duration;

use ipvs_core::{
    DaemonRole, ErrorKind, Family, Netmask, PersistenceEngine, Scheduler, Service, ServiceEdit,
    ServiceFlags, ServiceKey, SyncDaemon, TimeoutsEdit,
};

use crate::harness::{Need, Test, tests};
use crate::site::{Site, masquerade};

pub fn tests() -> Vec<Test> {
    tests![
        a_service_is_added_read_edited_and_removed,
        every_kind_of_key_is_added_listed_and_removed,
        a_mark_in_ipv4_and_in_ipv6_is_two_services,
        every_scheduler_is_set_and_read_back,
        the_scheduler_twos_is_set_and_read_back: Need::Module("ip_vs_twos"),
        every_combination_of_flags_is_kept,
        flags_without_a_meaning_are_kept_too,
        every_persistence_setting_is_kept,
        an_update_replaces_wholly,
        an_edit_keeps_what_it_does_not_name,
        persistence_comes_and_goes_by_an_edit,
        an_update_or_edit_keeps_the_dests,
        a_removed_service_takes_its_dests_along,
        flush_leaves_timeouts_and_daemons
    ]
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

    let edit = ServiceEdit::new().with_clear_flags(ServiceFlags::PERSISTENT);
    let edited = site.client.edit_service(&key, &edit).unwrap();
    assert_eq!(edited, web.with_flags(ServiceFlags::empty()));
    assert_eq!(site.services(), [edited]);

    site.client.remove_service(&key).unwrap();
    let error = site.client.service(&key).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ServiceNotFound, "{error}");
}

fn every_kind_of_key_is_added_listed_and_removed(site: &Site) {
    // In the order of `services`: by protocol, address and port, marks last.
    let keys = [
        "tcp 0.0.0.0:0",
        "tcp 192.0.2.1:80",
        "tcp 192.0.2.1:65535",
        "tcp 224.0.0.1:80",
        "tcp [2001:db8::1]:80",
        "tcp [fe80::1]:80",
        "udp 192.0.2.1:80",
        "udp [2001:db8::1]:80",
        "sctp 192.0.2.1:80",
        "sctp [2001:db8::1]:80",
        "fwmark 1",
        "fwmark 1 ipv6",
        "fwmark 4294967295",
        "fwmark 4294967295 ipv6",
    ];
    let keys = keys.map(|key| key.parse::<ServiceKey>().unwrap());
    let services = keys.map(|key| Service::new(key).with_persistence(Duration::from_secs(60)));
    site.keep_table_size();
    for service in services.iter().rev() {
        site.client.add_service(service).unwrap();
        assert_eq!(site.client.service(&service.key).unwrap().service, *service);
        let error = site.client.add_service(service).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AlreadyExists, "{error}");
    }
    assert_eq!(site.services(), services);

    for (gone, service) in services.iter().enumerate() {
        site.client.remove_service(&service.key).unwrap();
        assert_eq!(site.services(), services[gone + 1..]);
    }
}

fn a_mark_in_ipv4_and_in_ipv6_is_two_services(site: &Site) {
    let [four, six] = [Family::V4, Family::V6].map(|family| ServiceKey::firewall_mark(7, family));
    site.client.add_service(&Service::new(four)).unwrap();
    let error = site.client.service(&six).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ServiceNotFound, "{error}");

    site.client
        .add_service(&Service::new(six).with_scheduler(Scheduler::RR))
        .unwrap();
    assert_eq!(
        site.client.service(&four).unwrap().service.scheduler,
        Scheduler::WLC
    );
    site.client.remove_service(&four).unwrap();
    assert_eq!(
        site.client.service(&six).unwrap().service.scheduler,
        Scheduler::RR
    );
}

fn every_scheduler_is_set_and_read_back(site: &Site) {
    let everywhere = Scheduler::KNOWN
        .iter()
        .filter(|scheduler| **scheduler != Scheduler::TWOS);
    assert_eq!(everywhere.clone().count(), 14);
    everywhere.for_each(|scheduler| set_and_read_scheduler(site, *scheduler));
}

fn the_scheduler_twos_is_set_and_read_back(site: &Site) {
    set_and_read_scheduler(site, Scheduler::TWOS);
}

fn set_and_read_scheduler(site: &Site, scheduler: Scheduler) {
    let service = |port| ServiceKey::udp([192, 0, 2, 1], port);
    let added = Service::new(service(1)).with_scheduler(scheduler);
    site.client.add_service(&added).unwrap();
    assert_eq!(site.client.service(&added.key).unwrap().service, added);

    let other = Service::new(service(2));
    site.client.add_service(&other).unwrap();
    site.client
        .add_dest(&other.key, &masquerade("10.0.3.100:80"))
        .unwrap();
    let edit = ServiceEdit::new().with_scheduler(scheduler);
    site.client.edit_service(&other.key, &edit).unwrap();
    let edited = site.client.service(&other.key).unwrap().service;
    assert_eq!(edited, other.with_scheduler(scheduler));
    site.client.flush().unwrap();
}

fn every_combination_of_flags_is_kept(site: &Site) {
    let all = [
        ServiceFlags::PERSISTENT,
        ServiceFlags::ONE_PACKET,
        ServiceFlags::SCHEDULER_1,
        ServiceFlags::SCHEDULER_2,
        ServiceFlags::SCHEDULER_3,
    ];
    let key = ServiceKey::udp([192, 0, 2, 1], 53);
    let service = Service::new(key)
        .with_scheduler(Scheduler::SH)
        .with_persistence(Duration::from_secs(60));
    site.client.add_service(&service).unwrap();
    for combination in 0..1_usize << all.len() {
        let chosen = all
            .iter()
            .enumerate()
            .filter(|(bit, _)| combination >> bit & 1 == 1);
        let flags: ServiceFlags = chosen.map(|(_, flag)| *flag).collect();
        for scheduler in [Scheduler::SH, Scheduler::MH] {
            let service = service.with_scheduler(scheduler).with_flags(flags);
            site.client.update_service(&service).unwrap();
            assert_eq!(site.services(), [service]);
        }
    }
    let names = Scheduler::MH.format_flags(site.services()[0].flags);
    assert_eq!(names, "mh-fallback,mh-port,flag-3");
}

fn flags_without_a_meaning_are_kept_too(site: &Site) {
    let kernel_only = site.unchecked();
    for flags in [0x40, 0x8000_0000, 0xffff_ffff] {
        // 2 is the kernel's own mark, which is not shown.
        let flags = ServiceFlags::from_bits_retain(flags & !2);
        let service = Service::new(ServiceKey::udp([192, 0, 2, 1], 53)).with_flags(flags);
        let error = site.client.add_service(&service).unwrap_err();
        assert_eq!(error.field(), Some("flags"), "{error}");
        kernel_only.add_service(&service).unwrap();
        assert_eq!(site.services(), [service]);

        // An edit of something else carries them along; one of the flags can clear them.
        let edit = ServiceEdit::new().with_scheduler(Scheduler::RR);
        site.client.edit_service(&service.key, &edit).unwrap();
        assert_eq!(site.services(), [service.with_scheduler(Scheduler::RR)]);
        let edit = ServiceEdit::new()
            .with_clear_flags(ServiceFlags::all())
            .with_set_flags(ServiceFlags::ONE_PACKET);
        kernel_only.edit_service(&service.key, &edit).unwrap();
        assert_eq!(site.services()[0].flags, ServiceFlags::ONE_PACKET);
        site.client.remove_service(&service.key).unwrap();
    }
}

fn every_persistence_setting_is_kept(site: &Site) {
    let four = Service::new(ServiceKey::udp([192, 0, 2, 1], 5060));
    let six = Service::new("udp [2001:db8::1]:5060".parse().unwrap());
    site.client.add_service(&four).unwrap();
    site.client.add_service(&six).unwrap();
    let kept = |service: Service| {
        site.client.update_service(&service).unwrap();
        assert_eq!(site.client.service(&service.key).unwrap().service, service);
    };
    // The longest is what the kernel can hold at any of its clock's frequencies.
    for seconds in [1, 300, 4_294_967] {
        kept(four.with_persistence(Duration::from_secs(seconds)));
        kept(six.with_persistence(Duration::from_secs(seconds)));
    }
    let persistent = four.with_persistence(Duration::from_secs(60));
    for length in [0, 1, 8, 24, 31, 32] {
        let mask = Netmask::prefix(Family::V4, length).unwrap();
        kept(persistent.with_persistence_netmask(mask));
    }
    let persistent = six.with_persistence(Duration::from_secs(60));
    for length in [1, 64, 127, 128] {
        let mask = Netmask::prefix(Family::V6, length).unwrap();
        kept(persistent.with_persistence_netmask(mask));
    }
    for service in [four, six] {
        let persistent = service.with_persistence(Duration::from_secs(60));
        kept(persistent.with_persistence_engine(PersistenceEngine::SIP));
        kept(persistent);
    }
}

/// A service in which no field has its default.
fn sip() -> Service {
    Service::new(ServiceKey::udp([192, 0, 2, 1], 5060))
        .with_scheduler(Scheduler::SH)
        .with_flags(ServiceFlags::SCHEDULER_1 | ServiceFlags::ONE_PACKET)
        .with_persistence(Duration::from_secs(600))
        .with_persistence_netmask(Netmask::V4([255, 255, 0, 0].into()))
        .with_persistence_engine(PersistenceEngine::SIP)
}

fn an_update_replaces_wholly(site: &Site) {
    site.client.add_service(&sip()).unwrap();
    assert_eq!(site.services(), [sip()]);
    let plain = Service::new(sip().key);
    site.client.update_service(&plain).unwrap();
    assert_eq!(site.services(), [plain]);
    site.client.update_service(&sip()).unwrap();
    assert_eq!(site.services(), [sip()]);

    let missing = Service::new(ServiceKey::udp([192, 0, 2, 2], 5060));
    let error = site.client.update_service(&missing).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ServiceNotFound, "{error}");
}

fn an_edit_keeps_what_it_does_not_name(site: &Site) {
    site.client.add_service(&sip()).unwrap();
    let edit = ServiceEdit::new();
    let whole = Netmask::host(Family::V4);
    let edits = [
        (edit, sip()),
        (
            edit.with_scheduler(Scheduler::RR),
            sip().with_scheduler(Scheduler::RR),
        ),
        (
            edit.with_set_flags(ServiceFlags::SCHEDULER_2),
            sip().with_flags(sip().flags | ServiceFlags::SCHEDULER_2),
        ),
        (
            edit.with_clear_flags(ServiceFlags::ONE_PACKET),
            sip().with_flags(sip().flags - ServiceFlags::ONE_PACKET),
        ),
        (
            edit.with_persistence_timeout(Duration::from_secs(5)),
            sip().with_persistence(Duration::from_secs(5)),
        ),
        (
            edit.with_persistence_netmask(whole),
            sip().with_persistence_netmask(whole),
        ),
        (
            edit.with_persistence_engine(None),
            Service::new(sip().key)
                .with_scheduler(sip().scheduler)
                .with_flags(sip().flags)
                .with_persistence(sip().persistence_timeout)
                .with_persistence_netmask(sip().persistence_netmask),
        ),
    ];
    for (edit, expected) in edits {
        site.client.update_service(&sip()).unwrap();
        assert_eq!(
            site.client.edit_service(&sip().key, &edit).unwrap(),
            expected
        );
        assert_eq!(site.services(), [expected]);
    }
    let error = site
        .client
        .edit_service(&ServiceKey::tcp([192, 0, 2, 9], 1), &edit)
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ServiceNotFound, "{error}");
}

fn persistence_comes_and_goes_by_an_edit(site: &Site) {
    let key = sip().key;
    let plain = Service::new(key).with_scheduler(Scheduler::SH);
    site.client.add_service(&plain).unwrap();
    let minute = Duration::from_secs(60);
    let sip = Some(PersistenceEngine::SIP);
    let edit = ServiceEdit::new()
        .with_persistence(minute)
        .with_persistence_engine(sip);
    site.client.edit_service(&key, &edit).unwrap();
    let persistent = plain
        .with_persistence(minute)
        .with_persistence_engine(PersistenceEngine::SIP);
    assert_eq!(site.services(), [persistent]);
    let edit = ServiceEdit::new().without_persistence();
    site.client.edit_service(&key, &edit).unwrap();
    assert_eq!(site.services(), [plain]);
}

fn an_update_or_edit_keeps_the_dests(site: &Site) {
    let key = site.add("tcp 192.0.2.1:80");
    let dest = masquerade("10.0.3.100:8080").with_weight(5);
    site.client.add_dest(&key, &dest).unwrap();
    site.client
        .update_service(&Service::new(key).with_scheduler(Scheduler::MH))
        .unwrap();
    assert_eq!(site.only_dest(&key).dest, dest);
    let edit = ServiceEdit::new().with_scheduler(Scheduler::NONE);
    site.client.edit_service(&key, &edit).unwrap();
    assert_eq!(site.only_dest(&key).dest, dest);
}

fn a_removed_service_takes_its_dests_along(site: &Site) {
    let key = site.add("tcp 192.0.2.1:80");
    site.client
        .add_dest(&key, &masquerade("10.0.3.100:8080"))
        .unwrap();
    site.client.remove_service(&key).unwrap();
    let error = site.client.dests(&key).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ServiceNotFound, "{error}");
    let error = site.client.remove_service(&key).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ServiceNotFound, "{error}");
    site.client.add_service(&Service::new(key)).unwrap();
    assert_eq!(site.client.dests(&key).unwrap(), []);
}

fn flush_leaves_timeouts_and_daemons(site: &Site) {
    for key in [
        "tcp 192.0.2.1:80",
        "udp [2001:db8::1]:53",
        "fwmark 3",
        "fwmark 3 ipv6",
    ] {
        site.add(key);
    }
    let udp = TimeoutsEdit::new().with_udp(Duration::from_secs(77));
    site.client.set_timeouts(&udp).unwrap();
    let daemon = SyncDaemon::new(DaemonRole::Backup, "lo".parse().unwrap());
    site.client.start_daemon(&daemon).unwrap();

    site.client.flush().unwrap();
    assert_eq!(site.services(), []);
    assert_eq!(site.client.timeouts().unwrap().udp, Duration::from_secs(77));
    assert_eq!(site.client.daemons().unwrap().len(), 1);
    site.client.flush().unwrap();
    site.client.stop_daemon(DaemonRole::Backup).unwrap();
}
