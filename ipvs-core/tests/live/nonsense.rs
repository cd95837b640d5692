//! Whatever another program put into the kernel, sense or not, can be listed,
//! streamed, kept, edited and removed, by a client that would refuse to send it.

use ipvs_core::wire::request::Request;
use ipvs_core::{
    DaemonRole, Dest, DestEdit, Netmask, Scheduler, Service, ServiceEdit, ServiceFlags, ServiceKey,
};
use ipvs_sys::uapi::*;

use crate::harness::{Test, tests};
use crate::nest::{Nest, SERVICE, flags};
use crate::raw::Raw;
use crate::site::Site;

pub fn tests() -> Vec<Test> {
    tests![
        services_are_listed_streamed_and_in_the_snapshot,
        a_services_edit_keeps_the_rest_byte_for_byte,
        what_was_read_of_a_service_can_be_sent_back,
        services_are_removed,
        dests_are_listed_streamed_and_in_the_snapshot,
        a_dests_edit_keeps_the_rest_byte_for_byte,
        what_was_read_of_a_dest_can_be_sent_back,
        dests_are_removed,
        daemons_are_listed_and_stopped,
    ]
}

/// Services that no client of ours would add.
fn services() -> Vec<Nest> {
    let mut services: Vec<Nest> = [0_u16, 1, 50, 255, 300, u16::MAX]
        .map(|number| Nest::service().with(IPVS_SVC_ATTR_PROTOCOL, number.to_ne_bytes()))
        .into();
    let addresses = [[0, 0, 0, 0], [224, 0, 0, 1], [255, 255, 255, 255]];
    services.extend(addresses.map(|address| Nest::service().with(IPVS_SVC_ATTR_ADDR, address)));
    services.extend(["::", "fe80::1", "ff02::1", "::ffff:10.0.0.1"].map(Nest::service_v6));
    let prefix = Nest::service_v6("2001:db8::1").with(IPVS_SVC_ATTR_NETMASK, 1_u32.to_ne_bytes());
    services.push(prefix);
    services.extend([1, u32::MAX].map(Nest::firewall_mark));
    let six = Nest::firewall_mark(1)
        .with(IPVS_SVC_ATTR_AF, 10_u16.to_ne_bytes())
        .with(IPVS_SVC_ATTR_NETMASK, 64_u32.to_ne_bytes());
    services.push(six);
    // Mark 0 is no mark: this is TCP 0.0.0.0:0.
    services.push(Nest::firewall_mark(0));
    let every_port = Nest::service().with(IPVS_SVC_ATTR_PORT, 0_u16.to_be_bytes());
    services.push(every_port);

    let wrapped = Nest::service()
        .with(IPVS_SVC_ATTR_FLAGS, flags(1))
        .with(IPVS_SVC_ATTR_TIMEOUT, u32::MAX.to_ne_bytes());
    let engine = Nest::service().with(IPVS_SVC_ATTR_PE_NAME, b"sip\0");
    let odd = [
        Nest::service().with(IPVS_SVC_ATTR_NETMASK, [0; 4]),
        Nest::service().with(IPVS_SVC_ATTR_NETMASK, [255, 0, 255, 0]),
        Nest::service().with(IPVS_SVC_ATTR_NETMASK, [0, 0, 0, 1]),
        Nest::service().with(IPVS_SVC_ATTR_FLAGS, flags(1)),
        Nest::service().with(IPVS_SVC_ATTR_FLAGS, flags(0xffff_ffc0)),
        Nest::service().with(IPVS_SVC_ATTR_FLAGS, flags(u32::MAX)),
        Nest::service().with(IPVS_SVC_ATTR_FLAGS, flags(4)),
        Nest::service().with(IPVS_SVC_ATTR_TIMEOUT, 60_u32.to_ne_bytes()),
        Nest::service().with(IPVS_SVC_ATTR_SCHED_NAME, b"none\0"),
        engine.clone(),
        engine.with(IPVS_SVC_ATTR_FLAGS, flags(1)),
        wrapped,
    ];
    services.extend(
        (100_u16..)
            .zip(odd)
            .map(|(port, service)| service.with(IPVS_SVC_ATTR_PORT, port.to_be_bytes())),
    );
    services
}

/// Dests that no client of ours would add, of one IPv4 service.
fn dests(site: &Site) -> Vec<Nest> {
    let number = |kind, number: u32| Nest::dest().with(kind, number.to_ne_bytes());
    let mut dests = vec![
        number(IPVS_DEST_ATTR_FWD_METHOD, 4),
        number(IPVS_DEST_ATTR_FWD_METHOD, 5),
        number(IPVS_DEST_ATTR_FWD_METHOD, 6),
        number(IPVS_DEST_ATTR_FWD_METHOD, 7),
        number(IPVS_DEST_ATTR_FWD_METHOD, u32::MAX),
        number(IPVS_DEST_ATTR_FWD_METHOD, 8),
        number(IPVS_DEST_ATTR_WEIGHT, i32::MAX as u32),
        number(IPVS_DEST_ATTR_U_THRESH, i32::MAX as u32),
        number(IPVS_DEST_ATTR_U_THRESH, i32::MAX as u32)
            .with(IPVS_DEST_ATTR_L_THRESH, i32::MAX.to_ne_bytes()),
        Nest::dest().with(IPVS_DEST_ATTR_TUN_FLAGS, u16::MAX.to_ne_bytes()),
        Nest::dest().with(IPVS_DEST_ATTR_TUN_PORT, 4754_u16.to_be_bytes()),
        Nest::dest().with(IPVS_DEST_ATTR_ADDR, [127, 0, 0, 1]),
        Nest::dest().with(IPVS_DEST_ATTR_ADDR, [240, 0, 0, 1]),
        Nest::dest().with(IPVS_DEST_ATTR_ADDR, [0, 1, 2, 3]),
    ];
    dests.extend((3..=255).map(|kind| Nest::dest().with(IPVS_DEST_ATTR_TUN_TYPE, [kind])));
    if site.kernel.release < (6, 1, 177) {
        dests.push(number(IPVS_DEST_ATTR_U_THRESH, u32::MAX));
    }
    // Another family: a tunnel of a kind that does not exist, with every flag.
    let six: std::net::Ipv6Addr = "2001:db8::2".parse().unwrap();
    let mixed = number(IPVS_DEST_ATTR_FWD_METHOD, 2)
        .with(IPVS_DEST_ATTR_ADDR, six.octets())
        .with(IPVS_DEST_ATTR_ADDR_FAMILY, 10_u16.to_ne_bytes())
        .with(IPVS_DEST_ATTR_TUN_TYPE, [200])
        .with(IPVS_DEST_ATTR_TUN_PORT, u16::MAX.to_be_bytes())
        .with(IPVS_DEST_ATTR_TUN_FLAGS, u16::MAX.to_ne_bytes());
    dests.push(mixed);
    let ports = 0_u16..;
    let placed = ports.zip(dests);
    placed
        .map(|(port, dest)| dest.with(IPVS_DEST_ATTR_PORT, port.to_be_bytes()))
        .collect()
}

/// A namespace full of nonsense.
struct Full {
    raw: Raw,
}

impl Full {
    /// Every odd service.
    fn of_services(site: &Site) -> Self {
        site.keep_table_size();
        let mut raw = site.raw();
        for (index, service) in services().iter().enumerate() {
            let added = raw.send(IPVS_CMD_NEW_SERVICE, &[service]);
            assert_eq!(added, Ok(()), "service {index}: {service:?}");
        }
        Full { raw }
    }

    /// One service and every odd dest.
    fn of_dests(site: &Site) -> Self {
        let mut raw = site.raw();
        let service = Nest::service();
        raw.send(IPVS_CMD_NEW_SERVICE, &[&service]).unwrap();
        for (index, dest) in dests(site).iter().enumerate() {
            let added = raw.send(IPVS_CMD_NEW_DEST, &[&service.clone().key(), dest]);
            assert_eq!(added, Ok(()), "dest {index}: {dest:?}");
        }
        Full { raw }
    }

    /// What the kernel says of a service, counters aside.
    fn service(&mut self, key: &ServiceKey) -> Nest {
        let request = Request::GetService(key);
        let answer = self.ask(&request);
        Nest::read(IPVS_CMD_ATTR_SERVICE, &answer[0])
    }

    /// What the kernel says of the dests, counters aside, in its order.
    fn dests(&mut self) -> Vec<Nest> {
        let key = key();
        let request = Request::GetDests(&key);
        let answer = self.ask(&request);
        answer
            .iter()
            .map(|dest| Nest::read(IPVS_CMD_ATTR_DEST, dest))
            .collect()
    }

    fn ask(&mut self, request: &Request<'_>) -> Vec<Vec<u8>> {
        let answer = self.raw.ask(request.command(), request.expect(), |attrs| {
            request.write(attrs).unwrap();
        });
        answer.unwrap()
    }
}

fn key() -> ServiceKey {
    SERVICE.parse().unwrap()
}

fn services_are_listed_streamed_and_in_the_snapshot(site: &Site) {
    let _full = Full::of_services(site);
    let listed = site.services();
    assert_eq!(listed.len(), services().len());
    for service in &listed {
        assert_eq!(site.client.service(&service.key).unwrap().service, *service);
        // A person can read it, and type it.
        assert_eq!(
            service.key.to_string().parse::<ServiceKey>().unwrap(),
            service.key
        );
    }

    let stream = site.client.stream_services().unwrap();
    let mut streamed: Vec<Service> = stream.map(|entry| entry.unwrap().service).collect();
    streamed.sort_unstable_by_key(|service| service.key);
    assert_eq!(streamed, listed);

    let snapshot = site.client.snapshot().unwrap();
    let seen: Vec<Service> = snapshot.services.iter().map(|s| s.entry.service).collect();
    assert_eq!(seen, listed);
    let table = snapshot.table();
    let kept: Vec<Service> = table.services.iter().map(|s| s.service).collect();
    assert_eq!(kept, listed);
}

fn a_services_edit_keeps_the_rest_byte_for_byte(site: &Site) {
    let mut full = Full::of_services(site);
    for Service { key, .. } in site.services() {
        let before = full.service(&key);
        let edit = ServiceEdit::new().with_scheduler(Scheduler::LC);
        site.client.edit_service(&key, &edit).unwrap();
        let expected = before.with(IPVS_SVC_ATTR_SCHED_NAME, b"lc\0");
        assert_eq!(full.service(&key), expected, "{key}");

        let mask = Netmask::host(key.family());
        let edit = ServiceEdit::new().with_persistence_netmask(mask);
        site.client.edit_service(&key, &edit).unwrap();
        let mask = match mask {
            Netmask::V4(mask) => mask.octets(),
            Netmask::V6(prefix) => u32::from(prefix).to_ne_bytes(),
        };
        let expected = expected.with(IPVS_SVC_ATTR_NETMASK, mask);
        assert_eq!(full.service(&key), expected, "{key}");

        // A flag more, beside those that mean nothing, and off again.
        let flag = ServiceFlags::SCHEDULER_2;
        let had = site.client.service(&key).unwrap().service.flags;
        let edit = ServiceEdit::new().with_set_flags(flag);
        let edited = site.client.edit_service(&key, &edit).unwrap();
        assert_eq!(edited.flags, had | flag, "{key}");
        let edit = ServiceEdit::new().with_clear_flags(flag.difference(had));
        site.client.edit_service(&key, &edit).unwrap();
        assert_eq!(full.service(&key), expected, "{key}");
    }
}

fn what_was_read_of_a_service_can_be_sent_back(site: &Site) {
    let mut full = Full::of_services(site);
    let unchecked = site.unchecked();
    for service in site.services() {
        let before = full.service(&service.key);
        unchecked.update_service(&service).unwrap();
        assert_eq!(full.service(&service.key), before, "{}", service.key);
        unchecked.remove_service(&service.key).unwrap();
        unchecked.add_service(&service).unwrap();
        assert_eq!(full.service(&service.key), before, "{}", service.key);
    }
}

fn services_are_removed(site: &Site) {
    let _full = Full::of_services(site);
    for service in site.services() {
        site.client.zero_service(&service.key).unwrap();
        site.client.remove_service(&service.key).unwrap();
    }
    assert_eq!(site.services(), []);
}

fn dests_are_listed_streamed_and_in_the_snapshot(site: &Site) {
    let _full = Full::of_dests(site);
    let listed = site.dests(&key());
    assert_eq!(listed.len(), dests(site).len());
    for dest in listed.iter().step_by(16) {
        assert_eq!(site.client.dest(&key(), &dest.key).unwrap().dest, *dest);
    }

    let stream = site.client.stream_dests(&key()).unwrap();
    let mut streamed: Vec<Dest> = stream.map(|entry| entry.unwrap().dest).collect();
    streamed.sort_unstable_by_key(|dest| dest.key);
    assert_eq!(streamed, listed);

    let table = site.client.snapshot().unwrap().table();
    assert_eq!(table.services[0].dests, listed);
}

/// Every dest that is odd in a way of its own: of the tunnels that do not exist, a few.
fn some_dests(site: &Site) -> Vec<Dest> {
    let few = |dest: &Dest| (3..=250).contains(&dest.tunnel.kind.number());
    let (tunnels, mut others): (Vec<_>, Vec<_>) = site.dests(&key()).into_iter().partition(few);
    others.extend(tunnels.into_iter().step_by(60));
    others
}

fn a_dests_edit_keeps_the_rest_byte_for_byte(site: &Site) {
    let mut full = Full::of_dests(site);
    let mut before = full.dests();
    for dest in some_dests(site) {
        let edit = DestEdit::new().with_weight(77);
        site.client.edit_dest(&key(), &dest.key, &edit).unwrap();
        let port = dest.key.port.to_be_bytes();
        let edited = before
            .iter_mut()
            .find(|nest| nest.get(IPVS_DEST_ATTR_PORT) == port)
            .unwrap();
        *edited = edited
            .clone()
            .with(IPVS_DEST_ATTR_WEIGHT, 77_u32.to_ne_bytes());
        assert_eq!(full.dests(), before, "{}", dest.key);
    }
}

fn what_was_read_of_a_dest_can_be_sent_back(site: &Site) {
    let mut full = Full::of_dests(site);
    let (unchecked, before) = (site.unchecked(), full.dests());
    for dest in site.dests(&key()) {
        unchecked.update_dest(&key(), &dest).unwrap();
    }
    assert_eq!(full.dests(), before);
    let dests = site.dests(&key());
    unchecked.remove_service(&key()).unwrap();
    unchecked.add_service(&Service::new(key())).unwrap();
    for dest in &dests {
        unchecked.add_dest(&key(), dest).unwrap();
    }
    assert_eq!(site.dests(&key()), dests);
}

fn dests_are_removed(site: &Site) {
    let _full = Full::of_dests(site);
    for dest in site.dests(&key()) {
        site.client.remove_dest(&key(), &dest.key).unwrap();
    }
    assert_eq!(site.dests(&key()), []);
}

fn daemons_are_listed_and_stopped(site: &Site) {
    let mut raw = site.raw();
    for (sync_id, length) in [(256_u32, 1_u16), (u32::MAX, u16::MAX)] {
        for state in [IP_VS_STATE_MASTER, IP_VS_STATE_BACKUP] {
            let daemon = Nest::daemon(state)
                .with(IPVS_DAEMON_ATTR_SYNC_ID, sync_id.to_ne_bytes())
                .with(IPVS_DAEMON_ATTR_SYNC_MAXLEN, length.to_ne_bytes())
                .with(IPVS_DAEMON_ATTR_MCAST_TTL, [255])
                .with(IPVS_DAEMON_ATTR_MCAST_PORT, u16::MAX.to_ne_bytes());
            raw.send(IPVS_CMD_NEW_DAEMON, &[&daemon]).unwrap();
        }
        let daemons = site.client.daemons().unwrap();
        assert_eq!(daemons.len(), 2);
        for daemon in &daemons {
            assert_eq!((daemon.sync_id, daemon.ttl), (sync_id, Some(255)));
            assert_eq!(daemon.port, Some(u16::MAX));
        }
        assert_eq!(
            site.client.snapshot().unwrap().table().daemons,
            Some(daemons)
        );
        for role in [DaemonRole::Master, DaemonRole::Backup] {
            site.client.stop_daemon(role).unwrap();
        }
    }
    assert_eq!(site.client.daemons().unwrap(), []);
}
