//! Values with few keys: much of what is asked for is there.

use ipvs_core::{
    Change, Dest, DestKey, ForwardMethod, InterfaceName, Service, ServiceKey, SyncDaemon,
};

use crate::source::Source;

pub(crate) const KEYS: [u8; 12] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];

pub(crate) fn service_key(number: u8) -> ServiceKey {
    const TEXT: [&str; 12] = [
        "tcp 192.0.2.1:80",
        "tcp 192.0.2.1:443",
        "udp 192.0.2.1:80",
        "tcp 192.0.2.129:80",
        "sctp 198.51.100.1:80",
        "tcp [2001:db8::1]:80",
        "tcp [2001:db8::1:1]:80",
        "fwmark 1",
        "fwmark 1 ipv6",
        "fwmark 2",
        "fwmark 4294967295",
        "50 0.0.0.0:0",
    ];
    TEXT[usize::from(number)].parse().expect("a key")
}

pub(crate) fn some_service(source: &mut Source<'_>) -> Service {
    let key = source.pick(&KEYS.map(service_key));
    if source.coin() {
        return Service::new(key);
    }
    source.service_of(key)
}

pub(crate) fn some_dest(source: &mut Source<'_>) -> Dest {
    let key = match source.below(5) {
        4 => DestKey::new([0x2001, 0xdb8, 0, 0, 0, 0, 0, 2], 80),
        last => DestKey::new([10, 0, 0, last], 80),
    };
    if source.coin() {
        let forward = source.pick(&[ForwardMethod::MASQUERADE, ForwardMethod::TUNNEL]);
        let dest = Dest::new(key.address, key.port, forward);
        return dest.with_weight(source.below(3).into());
    }
    source.dest_of(key)
}

pub(crate) fn some_daemon(source: &mut Source<'_>) -> SyncDaemon {
    let mut daemon = source.daemon();
    if source.coin() {
        daemon.interface = InterfaceName::from_bytes(b"eth0").expect("a name");
        daemon.sync_id = source.below(2).into();
        daemon.max_length = source.pick(&[None, Some(0), Some(1023), Some(1024), Some(65_507)]);
        daemon.group = source.pick(&[None, Some([224, 0, 0, 81].into())]);
        daemon.port = source.pick(&[None, Some(0), Some(8848)]);
        daemon.ttl = source.pick(&[None, Some(0), Some(1)]);
    }
    daemon
}

/// Any change, of what a kernel mostly takes.
pub(crate) fn some_change(source: &mut Source<'_>) -> Change {
    let (service, dest) = (some_service(source), some_dest(source));
    match source.below(16) {
        0..=3 => Change::AddService(service),
        4 => Change::UpdateService(service),
        5 => Change::RemoveService(service.key),
        6..=9 => Change::AddDest(service.key, dest),
        10 => Change::UpdateDest(service.key, dest),
        11 => Change::RemoveDest(service.key, dest.key),
        12 => Change::StartDaemon(some_daemon(source)),
        13 => Change::StopDaemon(source.role()),
        14 => Change::SetTimeouts(source.timeouts().into()),
        _ => source.pick(&[
            Change::Zero,
            Change::ZeroService(service.key),
            Change::Flush,
        ]),
    }
}
