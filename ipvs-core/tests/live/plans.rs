//! Plans, carried out on a real table.

use std::time::Duration;

use ipvs_core::{
    Apply, Change, Dest, ErrorKind, Family, ForwardMethod, Netmask, Options, Plan, Scheduler,
    Scope, Service, ServiceFlags, ServiceKey, Table, TableService, Timeouts, Tunnel, TunnelFlags,
};

use crate::harness::{Test, tests};
use crate::site::Site;

pub fn tests() -> Vec<Test> {
    tests![
        random_tables_become_each_other,
        a_plan_of_the_clients_own_reading_is_that_of_a_snapshot,
        what_is_out_of_scope_is_left_alone,
        daemons_and_timeouts_become_the_wanted_ones,
        a_quiesced_dest_that_is_wanted_gets_its_weight_back,
        what_somebody_else_does_meanwhile_is_made_up_for,
        what_cannot_be_is_told_for_each_change
    ]
}

/// A repeatable source of numbers (xorshift).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }

    fn byte(&mut self, sides: u8) -> u8 {
        u8::try_from(self.roll(sides.into())).unwrap()
    }

    fn choose<T: Copy>(&mut self, of: &[T]) -> T {
        of[usize::try_from(self.roll(of.len() as u64)).unwrap()]
    }

    fn coin(&mut self) -> bool {
        self.roll(2) == 1
    }

    fn key(&mut self) -> ServiceKey {
        let (host, port) = (self.byte(6), u16::from(self.byte(3)) + 1);
        match self.roll(4) {
            0 => ServiceKey::tcp([192, 0, 2, host], port),
            1 => ServiceKey::udp([192, 0, 2, host], port),
            2 => ServiceKey::tcp([0x2001, 0xdb8, 0, 0, 0, 0, 0, host.into()], port),
            _ => ServiceKey::firewall_mark(
                u32::from(host) + 1,
                self.choose(&[Family::V4, Family::V6]),
            ),
        }
    }

    fn service(&mut self) -> Service {
        let key = self.key();
        let scheduler = self.choose(&[Scheduler::RR, Scheduler::WLC, Scheduler::SH, Scheduler::MH]);
        let mut service = Service::new(key).with_scheduler(scheduler);
        if self.coin() {
            service = service.with_persistence(Duration::from_secs(1 + self.roll(1000)));
            service = match key.family() {
                Family::V4 => service.with_persistence_netmask(self.choose(&[
                    Netmask::host(Family::V4),
                    Netmask::V4([255, 255, 255, 0].into()),
                ])),
                Family::V6 => {
                    service.with_persistence_netmask(Netmask::V6(self.choose(&[128, 64, 1])))
                }
            };
        }
        if self.coin() {
            service.flags |= self.choose(&[ServiceFlags::SCHEDULER_1, ServiceFlags::SCHEDULER_2]);
        }
        service
    }

    fn dest(&mut self, family: Family) -> Dest {
        let host = self.byte(9) + 1;
        let forward = self.choose(&[
            ForwardMethod::MASQUERADE,
            ForwardMethod::DIRECT_ROUTE,
            ForwardMethod::TUNNEL,
        ]);
        // Only a tunnel leads from one family to the other.
        let family = match forward {
            ForwardMethod::TUNNEL => self.choose(&[Family::V4, Family::V6]),
            _ => family,
        };
        let dest = match family {
            Family::V4 => Dest::new([10, 0, 0, host], 80, forward),
            Family::V6 => Dest::new([0x2001, 0xdb8, 1, 0, 0, 0, 0, host.into()], 80, forward),
        };
        let dest = dest.with_weight(u32::from(self.byte(4)));
        let upper = u32::from(self.byte(3)) * 10;
        let dest = dest.with_thresholds(upper, upper / 2);
        match forward {
            ForwardMethod::TUNNEL => dest.with_tunnel(self.choose(&[
                Tunnel::ipip(),
                Tunnel::gre(),
                Tunnel::gue(6080),
                Tunnel::gue(6081).with_flags(TunnelFlags::REMOTE_CHECKSUM),
                Tunnel::gue(6081).with_flags(TunnelFlags::CHECKSUM),
            ])),
            _ => dest,
        }
    }

    fn table(&mut self, services: u64) -> Table {
        let mut table = Table::new();
        for _ in 0..services {
            let service = self.service();
            let mut dests: Vec<Dest> = Vec::new();
            for _ in 0..self.roll(6) {
                let dest = self.dest(service.key.family());
                if dests.iter().all(|other| other.key != dest.key) {
                    dests.push(dest);
                }
            }
            let is_there = |other: &TableService| other.service.key == service.key;
            if !table.services.iter().any(is_there) {
                table = table.with_service(service, dests);
            }
        }
        table
    }
}

/// Plans and applies, and looks that nothing is left to plan.
fn become_(site: &Site, wanted: &Table, scope: &Scope) -> Plan {
    let plan = Plan::new(&site.client.snapshot().unwrap(), wanted, scope).unwrap();
    site.client.apply(&plan).into_result().unwrap();
    let rest = Plan::new(&site.client.snapshot().unwrap(), wanted, scope).unwrap();
    assert!(rest.is_empty(), "{rest}");
    plan
}

/// In the order of keys, as a listing is.
fn sorted(mut services: Vec<TableService>) -> Vec<TableService> {
    services.sort_by_key(|held| held.service.key);
    for held in &mut services {
        held.dests.sort_by_key(|dest| dest.key);
    }
    services
}

fn random_tables_become_each_other(site: &Site) {
    site.keep_table_size();
    let mut dice = Dice(0x1234_5678_9abc_def1);
    let services = Scope::nothing().with_every_service();
    for round in 0..12 {
        let wanted = dice.table(10 + round);
        become_(site, &wanted, &services);
        let there = site.client.snapshot().unwrap().table();
        assert_eq!(there.services, sorted(wanted.services));
    }
}

fn a_plan_of_the_clients_own_reading_is_that_of_a_snapshot(site: &Site) {
    site.keep_table_size();
    let mut dice = Dice(0x0dd_5eed_cafe_f00d);
    let services = Scope::nothing().with_every_service();
    for round in 0..12 {
        let wanted = dice.table(10 + round);
        let plan = site.client.plan(&wanted, &services).unwrap();
        let seen = site.client.snapshot().unwrap();
        assert_eq!(plan, Plan::new(&seen, &wanted, &services).unwrap());
        site.client.apply(&plan).into_result().unwrap();
        assert!(site.client.plan(&wanted, &services).unwrap().is_empty());
        // Half of it is wanted otherwise.
        let mut other = wanted.clone();
        for dest in other
            .services
            .iter_mut()
            .step_by(2)
            .flat_map(|held| &mut held.dests)
        {
            dest.weight += 1;
            dest.upper_threshold += 1;
        }
        let plan = site.client.plan(&other, &services).unwrap();
        let seen = site.client.snapshot().unwrap();
        assert_eq!(plan, Plan::new(&seen, &other, &services).unwrap());
    }
}

fn what_is_out_of_scope_is_left_alone(site: &Site) {
    site.keep_table_size();
    let mut dice = Dice(0xfeed_beef_1234_5671);
    let everything = Scope::nothing().with_every_service();
    let theirs = dice.table(12);
    become_(site, &theirs, &everything);
    let scope = Scope::nothing()
        .with_prefix([192, 0, 2, 0], 30)
        .with_marks(1..=3, Family::V6);
    for _ in 0..8 {
        let before = site.client.snapshot().unwrap().table();
        let mut wanted = dice.table(12);
        wanted
            .services
            .retain(|held| scope.contains(&held.service.key));
        become_(site, &wanted, &scope);
        let after = site.client.snapshot().unwrap().table();
        let outside = |table: &Table| -> Vec<TableService> {
            let mut services = table.services.clone();
            services.retain(|held| !scope.contains(&held.service.key));
            services
        };
        assert_eq!(outside(&before), outside(&after));
        assert_eq!(
            (before.timeouts, before.daemons),
            (after.timeouts, after.daemons)
        );
    }
}

fn daemons_and_timeouts_become_the_wanted_ones(site: &Site) {
    site.sh("ip link add eth0 type dummy && ip link set eth0 up");
    let seconds = Duration::from_secs;
    let scope = Scope::nothing().with_daemons().with_timeouts();
    let daemon = |text: &str| text.parse().unwrap();
    for (timeouts, daemons) in [
        ((900, 120, 300), vec![]),
        ((900, 60, 300), vec![daemon("master eth0 sync-id 1")]),
        (
            (900, 60, 200),
            vec![
                daemon("master eth0 sync-id 2 port 9000"),
                // Shorter than the kernel takes: it makes that 1024.
                daemon("backup eth0 max-length 9"),
            ],
        ),
        ((800, 60, 200), vec![daemon("backup eth0")]),
    ] {
        let (tcp, tcp_fin, udp) = timeouts;
        let wanted = Table::new()
            .with_timeouts(Timeouts::new(seconds(tcp), seconds(tcp_fin), seconds(udp)))
            .with_daemons(daemons.clone());
        become_(site, &wanted, &scope);
        let running = site.client.daemons().unwrap();
        assert_eq!(running.len(), daemons.len(), "{running:?}");
    }
}

fn a_quiesced_dest_that_is_wanted_gets_its_weight_back(site: &Site) {
    let web = Service::new(ServiceKey::tcp([192, 0, 2, 1], 80));
    let server = Dest::new([10, 0, 0, 1], 80, ForwardMethod::MASQUERADE).with_weight(7);
    let wanted = Table::new().with_service(web, vec![server]);
    let scope = Scope::everything();
    become_(site, &wanted, &scope);
    // As a drain leaves it that was killed.
    let quiesced = ipvs_core::DestEdit::new().with_weight(0);
    site.client
        .edit_dest(&web.key, &server.key, &quiesced)
        .unwrap();
    let plan = become_(site, &wanted, &scope);
    assert_eq!(
        plan.changes().collect::<Vec<_>>(),
        [Change::UpdateDest(web.key, server)]
    );
    assert_eq!(site.dests(&web.key), [server]);
}

fn what_somebody_else_does_meanwhile_is_made_up_for(site: &Site) {
    let [web, mail] = [80, 25].map(|port| Service::new(ServiceKey::tcp([192, 0, 2, 1], port)));
    let servers: Vec<Dest> = (1..=4)
        .map(|host| Dest::new([10, 0, 0, host], 80, ForwardMethod::MASQUERADE))
        .collect();
    let wanted = Table::new()
        .with_service(web, servers.clone())
        .with_service(mail, servers.clone());
    let snapshot = site.client.snapshot().unwrap();
    let plan = Plan::new(&snapshot, &wanted, &Scope::everything()).unwrap();
    let mut apply = Apply::new(&plan);
    while apply.sent() < plan.steps().len() {
        assert!(apply.step(&site.client));
    }
    // Before it is read again.
    let other = site.open(Options::new());
    let heavy = servers[0].with_weight(9);
    other.update_dest(&web.key, &heavy).unwrap();
    other.remove_dest(&web.key, &servers[1].key).unwrap();
    other.remove_service(&mail.key).unwrap();
    while apply.step(&site.client) {}
    apply.into_report().into_result().unwrap();
    let there = site.client.snapshot().unwrap().table();
    assert_eq!(there.services, sorted(wanted.services));
}

fn what_cannot_be_is_told_for_each_change(site: &Site) {
    let unknown =
        Service::new(ServiceKey::tcp([192, 0, 2, 1], 80)).with_scheduler("nosuch".parse().unwrap());
    let good = Service::new(ServiceKey::tcp([192, 0, 2, 2], 80));
    let server = Dest::new([10, 0, 0, 1], 80, ForwardMethod::MASQUERADE);
    let wanted = Table::new()
        .with_service(unknown, vec![server])
        .with_service(good, vec![server]);
    let snapshot = site.client.snapshot().unwrap();
    let plan = Plan::new(&snapshot, &wanted, &Scope::everything()).unwrap();
    let report = site.client.apply(&plan);
    let kinds: Vec<_> = report
        .failures()
        .map(|(place, error)| (place, error.kind()))
        .collect();
    assert_eq!(
        kinds,
        [
            (0, ErrorKind::UnknownScheduler),
            (1, ErrorKind::ServiceNotFound)
        ]
    );
    assert_eq!(site.services(), [good]);
    assert_eq!(site.dests(&good.key), [server]);
}
