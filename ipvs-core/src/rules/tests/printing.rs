use std::io::{self, Cursor};
use std::net::Ipv6Addr;
use std::time::Duration;

use super::*;
use crate::*;

fn web() -> ServiceKey {
    ServiceKey::tcp([192, 0, 2, 1], 80)
}

/// Every form that the original's -S writes, byte for byte as it does.
#[test]
fn lines_are_written_as_ipvsadm_writes_them() {
    let text = "\
-A -t 10.0.0.1:80 -s sh -b sh-fallback,sh-port
-a -t 10.0.0.1:80 -r 10.9.9.1:80 -g -w 2147483647
-a -t 10.0.0.1:80 -r 10.9.9.2:81 -m -w 0
-a -t 10.0.0.1:80 -r [2001:db8::1]:80 -i -w 1 --tun-type ipip
-a -t 10.0.0.1:80 -r 10.9.9.3:80 -i -w 1 --tun-type gue --tun-port 6080 --tun-nocsum
-a -t 10.0.0.1:80 -r 10.9.9.4:80 -i -w 1 --tun-type gue --tun-port 6080 --tun-remcsum
-a -t 10.0.0.1:80 -r 10.9.9.5:80 -i -w 1 --tun-type gre --tun-csum
-A -t 10.0.0.1:443 -s wlc -p 360 -M 255.255.0.255
-A -u 10.0.0.1:5060 -s wlc -p 5 --pe sip -o -b flag-1,flag-3
-A -u 10.0.0.2:5060 -s wlc --pe sip
-A --sctp-service [2001:db8::1]:80 -s wlc -p 360 -M 64
-A -f 1 -6 -s mh -b mh-fallback
-a -f 1 -6 -r 10.9.9.1:0 -i -w 1 --tun-type ipip
-A -f 4294967295 -s rr
";
    let table = parse(text).unwrap();
    assert_eq!(print(&table).unwrap(), text);
    let mut original = Vec::new();
    Format::new()
        .as_original()
        .write(&table, &mut original)
        .unwrap();
    assert_eq!(String::from_utf8(original).unwrap(), text);
}

#[test]
fn the_other_changes_have_lines_too() {
    for line in [
        "-E -t 192.0.2.1:80 -s rr",
        "-D -f 7",
        "-e -t 192.0.2.1:80 -r 10.0.0.1:80 -g -w 1 -x 9 -y 3",
        "-d -t 192.0.2.1:80 -r 10.0.0.1:8080",
        "-Z",
        "-Z -u 192.0.2.1:53",
        "-C",
        "--set 0 120 0",
        "--start-daemon master --mcast-interface eth1",
        "--start-daemon backup --mcast-interface eth1 --syncid 7 --mcast-group ff02::81 \
         --mcast-port 8848 --mcast-ttl 9 --sync-maxlen 1400",
        "--stop-daemon backup",
    ] {
        assert_eq!(Format::new().line(&change(line)).unwrap(), line);
    }
}

#[test]
fn the_original_leaves_out_what_it_has_no_place_for() {
    let mut service = Service::new(web())
        .with_scheduler(Scheduler::SH)
        .with_flags(ServiceFlags::SCHEDULER_3);
    service.persistence_netmask = Netmask::prefix(Family::V4, 24).unwrap();
    let dest = Dest::new([10, 0, 0, 1], 80, ForwardMethod::LOCAL).with_thresholds(9, 3);
    let line = |change| Format::new().as_original().line(&change).unwrap();
    // The original ends it with `-b `, which neither of us reads.
    let sh = line(Change::AddService(service));
    assert_eq!(sh, "-A -t 192.0.2.1:80 -s sh");
    assert_eq!(change(&sh).op(), Op::AddService);
    assert!(parse(&format!("{sh} -b ")).is_err());
    let mut two = service.with_scheduler(Scheduler::MH);
    two.flags |= ServiceFlags::SCHEDULER_1;
    let mh = line(Change::AddService(two));
    assert_eq!(mh, "-A -t 192.0.2.1:80 -s mh -b mh-fallback");
    assert_eq!(change(&mh).op(), Op::AddService);
    let dest = line(Change::AddDest(web(), dest));
    assert_eq!(dest, "-a -t 192.0.2.1:80 -r 10.0.0.1:80 -g -w 1");
    for (change, field) in [
        (
            Change::ZeroService(ServiceKey::address(Protocol::new(50), [192, 0, 2, 1], 80)),
            "protocol",
        ),
        (
            Change::AddDest(web(), Dest::new([10, 0, 0, 1], 80, ForwardMethod::BYPASS)),
            "forward",
        ),
        // A second line, which would remove everything.
        (
            Change::AddService(service.with_scheduler(Scheduler::from_bytes(b"rr\n-C").unwrap())),
            "scheduler",
        ),
        (
            Change::AddService(service.with_persistence(Duration::from_millis(1500))),
            "persistence_timeout",
        ),
        (
            Change::SetTimeouts(TimeoutsEdit::new().with_udp(Duration::from_millis(1500))),
            "udp",
        ),
    ] {
        let error = Format::new().as_original().line(&change).unwrap_err();
        assert_eq!(error.field(), Some(field));
    }
    let all = Format::new().line(&Change::AddService(service)).unwrap();
    assert_eq!(all, "-A -t 192.0.2.1:80 -s sh -M 255.255.255.0 -b flag-3");
}

#[test]
fn a_callers_names_are_written() {
    let named = |address: IpAddr, port: u16, protocol: Protocol| match port {
        53 => format!("{address}:domain/{protocol}"),
        _ => format!("vip:{port}"),
    };
    let format = Format::new().with_endpoints(&named);
    let line = |line| format.line(&change(line)).unwrap();
    assert_eq!(line("-D -u 192.0.2.1:53"), "-D -u 192.0.2.1:domain/udp");
    assert_eq!(
        line("-d -f 7 -r 10.0.0.1:53"),
        "-d -f 7 -r 10.0.0.1:domain/tcp"
    );
    assert_eq!(line("-d -t vip:8 -r vip:9"), "-d -t vip:8 -r vip:9");
    assert!(format!("{format:?}").contains("endpoints: true"));
}

#[test]
fn addresses_are_written_as_c_does() {
    for text in [
        "192.0.2.1:80",
        "[2001:db8::1]:0",
        "[::1]:80",
        "[::1.2.3.4]:80",
        "[::1:0:0]:80",
        "[::0.1.0.0]:80",
        "[::ffff:1.2.3.4]:80",
        "[::]:1",
    ] {
        let line = format!("-D -t {text}");
        assert_eq!(Format::new().line(&change(&line)).unwrap(), line);
    }
}

#[test]
fn what_no_line_can_say_is_named() {
    let service = Service::new(web());
    let dest = |forward| Dest::new([10, 0, 0, 1], 80, forward);
    let tunnel = |tunnel| dest(ForwardMethod::TUNNEL).with_tunnel(tunnel);
    let daemon = SyncDaemon::new(DaemonRole::Master, "eth0".parse().unwrap());
    let both = TunnelFlags::CHECKSUM | TunnelFlags::REMOTE_CHECKSUM;
    let mut odd_port = Tunnel::gre();
    odd_port.port = 7;
    let with = |edit: fn(&mut Service)| {
        let mut service = service;
        edit(&mut service);
        Change::AddService(service)
    };
    let month = Duration::from_secs(2_678_401);
    for (change, field) in [
        (
            Change::RemoveService(ServiceKey::address(Protocol::new(50), [10, 0, 0, 1], 80)),
            "protocol",
        ),
        (Change::Zero, ""),
        (
            Change::ZeroService(ServiceKey::firewall_mark(0, Family::V4)),
            "mark",
        ),
        (
            with(|service| service.key = ServiceKey::tcp([192, 0, 2, 1], 0)),
            "port",
        ),
        (
            with(|service| service.flags = ServiceFlags::ONE_PACKET),
            "flags",
        ),
        (
            with(|service| service.flags = ServiceFlags::from_bits_retain(0x8000)),
            "flags",
        ),
        (
            with(|service| service.flags = ServiceFlags::PERSISTENT),
            "persistence_timeout",
        ),
        (
            with(|service| service.persistence_timeout = Duration::from_secs(1)),
            "persistence_timeout",
        ),
        (
            Change::UpdateService(service.with_persistence(month)),
            "persistence_timeout",
        ),
        (
            with(|service| service.persistence_netmask = Netmask::V6(64)),
            "persistence_netmask",
        ),
        (
            Change::AddService(
                Service::new(ServiceKey::tcp(Ipv6Addr::LOCALHOST, 80))
                    .with_persistence_netmask(Netmask::V6(0)),
            ),
            "persistence_netmask",
        ),
        (
            with(|service| service.scheduler = Scheduler::from_bytes(b"a b").unwrap()),
            "scheduler",
        ),
        (
            with(|service| service.scheduler = Scheduler::from_bytes(b"ipvsadm").unwrap()),
            "scheduler",
        ),
        (
            with(|service| service.persistence_engine = PersistenceEngine::from_bytes(b"\xff")),
            "persistence_engine",
        ),
        (
            Change::AddDest(web(), dest(ForwardMethod::BYPASS)),
            "forward",
        ),
        (
            Change::AddDest(web(), dest(ForwardMethod::LOCAL)),
            "forward",
        ),
        (
            Change::AddDest(
                web(),
                Dest::new(Ipv6Addr::LOCALHOST, 80, ForwardMethod::MASQUERADE),
            ),
            "forward",
        ),
        (
            Change::AddDest(web(), Dest::new([10, 0, 0, 1], 81, ForwardMethod::TUNNEL)),
            "port",
        ),
        (
            Change::UpdateDest(web(), dest(ForwardMethod::MASQUERADE).with_weight(1 << 31)),
            "weight",
        ),
        (
            Change::AddDest(
                web(),
                dest(ForwardMethod::MASQUERADE).with_thresholds(1 << 31, 0),
            ),
            "upper_threshold",
        ),
        (
            Change::AddDest(
                web(),
                dest(ForwardMethod::MASQUERADE).with_thresholds(0, 1 << 31),
            ),
            "lower_threshold",
        ),
        (
            Change::AddDest(
                web(),
                dest(ForwardMethod::MASQUERADE).with_tunnel(Tunnel::gre()),
            ),
            "tunnel",
        ),
        (Change::AddDest(web(), tunnel(Tunnel::gue(0))), "tunnel"),
        (
            Change::AddDest(web(), tunnel(Tunnel::gue(1).with_flags(both))),
            "tunnel",
        ),
        (
            Change::AddDest(
                web(),
                tunnel(Tunnel::gre().with_flags(TunnelFlags::REMOTE_CHECKSUM)),
            ),
            "tunnel",
        ),
        (
            Change::AddDest(
                web(),
                tunnel(Tunnel::gre().with_flags(TunnelFlags::from_bits_retain(4))),
            ),
            "tunnel",
        ),
        (Change::AddDest(web(), tunnel(odd_port)), "tunnel"),
        (Change::StartDaemon(daemon.with_sync_id(256)), "sync_id"),
        (
            Change::StartDaemon(daemon.with_max_length(65_508)),
            "max_length",
        ),
        (
            Change::StartDaemon(daemon.with_group([10, 0, 0, 1])),
            "group",
        ),
        (Change::StartDaemon(daemon.with_port(0)), "port"),
        (Change::StartDaemon(daemon.with_ttl(0)), "ttl"),
        (
            Change::SetTimeouts(TimeoutsEdit::new().with_tcp(Duration::ZERO)),
            "tcp",
        ),
        (
            Change::SetTimeouts(TimeoutsEdit::new().with_tcp_fin(Duration::from_millis(1500))),
            "tcp_fin",
        ),
        (
            Change::SetTimeouts(TimeoutsEdit::new().with_udp(month)),
            "udp",
        ),
    ] {
        match Format::new().line(&change) {
            Ok(line) => assert_eq!(field, "", "{line}"),
            Err(error) => {
                assert_eq!(error.field(), Some(field), "{error}");
                assert_eq!(
                    (error.kind(), error.op()),
                    (ErrorKind::InvalidInput, Op::Print)
                );
            }
        }
    }
    let error = Format::new().line(&Change::AddDest(web(), dest(ForwardMethod::BYPASS)));
    assert_eq!(
        error.unwrap_err().to_string(),
        "print 10.0.0.1:80 of tcp 192.0.2.1:80: forward: no line says bypass"
    );
}

#[test]
fn a_writer_that_fails_is_told() {
    let table = Table::new().with_service(Service::new(web()), vec![]);
    let mut full = Cursor::new([0; 4]);
    let error = Format::new().write(&table, &mut full).unwrap_err();
    assert_eq!((error.kind(), error.op()), (ErrorKind::Io, Op::Print));
    assert!(Format::new().write(&table, io::sink()).is_ok());
}
