//! Random changes for the typed API, valid and not.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use ipvs_core::{
    Change, DaemonRole, Dest, Family, ForwardMethod, Netmask, Service, ServiceFlags, SyncDaemon,
    TimeoutsEdit, TunnelFlags, TunnelKind,
};

use super::pools::*;
use crate::dice::Dice;

pub fn change(dice: &mut Dice) -> Change {
    let which = dice.weigh(&[
        (9, 0),
        (4, 1),
        (3, 2),
        (14, 3),
        (5, 4),
        (5, 5),
        (2, 6),
        (2, 7),
        (2, 8),
        (1, 9),
        (1, 10),
        (1, 11),
    ]);
    match which {
        0 => Change::AddService(service(dice)),
        1 => Change::UpdateService(service(dice)),
        2 => Change::RemoveService(service_key(dice)),
        3 => Change::AddDest(service_key(dice), dest(dice)),
        4 => Change::UpdateDest(service_key(dice), dest(dice)),
        5 => Change::RemoveDest(service_key(dice), dest_key(dice)),
        6 => Change::StartDaemon(daemon(dice)),
        7 => Change::StopDaemon(role(dice)),
        8 => Change::SetTimeouts(timeouts(dice)),
        9 => Change::ZeroService(service_key(dice)),
        10 => Change::Zero,
        _ => Change::Flush,
    }
}

fn service(dice: &mut Dice) -> Service {
    let key = service_key(dice);
    let engine = dice.weigh(ENGINES);
    let mut service = Service::new(key);
    service.scheduler = dice.weigh(SCHEDULERS).parse().expect("a scheduler's name");
    service.flags = ServiceFlags::from_bits_retain(dice.weigh(FLAGS));
    service.persistence_timeout = Duration::from_secs(dice.weigh(TIMEOUTS).into());
    service.persistence_netmask = netmask(dice, key.family());
    service.persistence_engine = engine.map(|name| name.parse().expect("an engine's name"));
    service
}

fn netmask(dice: &mut Dice, family: Family) -> Netmask {
    match family {
        Family::V4 => {
            let masks = [(6, u32::MAX), (2, 0xffff_ff00), (1, 0), (1, 0xff00_ff00)];
            Netmask::V4(Ipv4Addr::from_bits(dice.weigh(&masks)))
        }
        Family::V6 => Netmask::V6(dice.weigh(&[(8, 128), (2, 64), (1, 0), (1, 129)])),
    }
}

fn dest(dice: &mut Dice) -> Dest {
    let key = dest_key(dice);
    let method = ForwardMethod::new(u8::try_from(dice.weigh(METHODS)).unwrap());
    let (kind, port, flags) = dice.weigh(TUNNELS);
    let mut dest = Dest::new(key.address, key.port, method.expect("a method"));
    dest.tunnel.kind = TunnelKind::new(kind);
    dest.tunnel.port = port;
    dest.tunnel.flags = TunnelFlags::from_bits_retain(flags);
    dest.weight = dice.weigh(WEIGHTS);
    dest.upper_threshold = dice.weigh(THRESHOLDS);
    dest.lower_threshold = dice.weigh(THRESHOLDS);
    dest
}

fn role(dice: &mut Dice) -> DaemonRole {
    dice.pick(&[DaemonRole::Master, DaemonRole::Backup])
}

fn daemon(dice: &mut Dice) -> SyncDaemon {
    let interface = dice.weigh(INTERFACES).parse().expect("an interface's name");
    let mut daemon = SyncDaemon::new(role(dice), interface);
    daemon.sync_id = dice.weigh(SYNC_IDS);
    daemon.max_length = dice.weigh(SYNC_LENGTHS);
    daemon.group = dice.weigh(GROUPS).map(address as fn(&str) -> IpAddr);
    daemon.port = dice.weigh(SYNC_PORTS);
    daemon.ttl = dice.weigh(TTLS);
    daemon
}

fn timeouts(dice: &mut Dice) -> TimeoutsEdit {
    let mut timeout = || {
        let seconds = dice.weigh(CONFIG_TIMEOUTS);
        (!dice.once_in(3)).then(|| Duration::from_secs(seconds.into()))
    };
    let mut edit = TimeoutsEdit::new();
    (edit.tcp, edit.tcp_fin, edit.udp) = (timeout(), timeout(), timeout());
    edit
}
