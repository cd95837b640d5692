use super::*;
use crate::{DaemonRole, Family};

fn says(check: Check, field: &str, part: &str) {
    let refusal = check.expect_err(&format!("{field} must be refused: {part}"));
    assert_eq!(refusal.field, field, "{}", refusal.cause);
    assert!(
        refusal.cause.contains(part),
        "{:?} lacks {part:?}",
        refusal.cause
    );
}

fn web() -> Service {
    Service::new("tcp 192.0.2.1:80".parse().unwrap())
}

fn dns() -> Service {
    Service::new("udp 192.0.2.1:53".parse().unwrap())
}

fn server() -> Dest {
    Dest::new([10, 0, 3, 100], 8080, ForwardMethod::MASQUERADE)
}

const HOUR: Duration = Duration::from_secs(3600);

#[test]
fn what_works_passes() {
    let mark = ServiceKey::firewall_mark(u32::MAX, Family::V6);
    for good in [
        web(),
        dns().with_one_packet(),
        web().with_persistence(MAX_PERSISTENCE),
        Service::new("tcp 192.0.2.1:0".parse().unwrap()).with_persistence(HOUR),
        Service::new(mark).with_one_packet(),
        dns()
            .with_persistence(HOUR)
            .with_persistence_engine(PersistenceEngine::SIP),
        web().with_persistence_netmask(Netmask::prefix(Family::V4, 0).unwrap()),
        web().with_scheduler(Scheduler::NONE),
    ] {
        service(&good).unwrap_or_else(|refusal| panic!("{good:?}: {refusal:?}"));
    }
    let key = web().key;
    for good in [
        server(),
        server().with_weight(0),
        server()
            .with_weight(MAX_SIGNED)
            .with_thresholds(MAX_SIGNED, MAX_SIGNED),
        Dest::new([127, 0, 0, 1], 0, ForwardMethod::LOCAL),
        Dest::new([0, 1, 2, 3], 80, ForwardMethod::MASQUERADE),
        Dest::new([0x2001, 0xdb8, 0, 0, 0, 0, 0, 1], 80, ForwardMethod::TUNNEL)
            .with_tunnel(Tunnel::gue(6080)),
    ] {
        dest(&key, &good).unwrap_or_else(|refusal| panic!("{good:?}: {refusal:?}"));
    }
}

#[test]
fn a_service_that_cannot_work_is_refused_by_field() {
    let with_key = |text: &str| Service::new(text.parse().unwrap());
    says(
        service(&with_key("50 192.0.2.1:80")),
        "protocol",
        "cannot be balanced",
    );
    says(service(&with_key("tcp 192.0.2.1:0")), "port", "persistence");
    says(service(&with_key("fwmark 0")), "mark", "no firewall mark");
    says(
        service_key(&with_key("fwmark 0 ipv6").key),
        "mark",
        "no firewall mark",
    );
    let holes = Netmask::V4([255, 0, 255, 0].into());
    says(
        service(&web().with_persistence_netmask(holes)),
        "persistence_netmask",
        "holes",
    );
    says(
        service(&web().with_persistence_netmask(Netmask::V6(64))),
        "persistence_netmask",
        "no ipv4 mask",
    );
    let v6 = with_key("tcp [2001:db8::1]:80");
    says(
        service(&v6.with_persistence_netmask(Netmask::V6(0))),
        "persistence_netmask",
        "1 to 128",
    );
    says(
        service(&v6.with_persistence_netmask(Netmask::V6(129))),
        "persistence_netmask",
        "1 to 128",
    );
    let long = web().with_persistence(MAX_PERSISTENCE + Duration::from_secs(1));
    says(service(&long), "persistence_timeout", "above 4294967 s");
    let odd = web().with_persistence(Duration::from_millis(1500));
    says(service(&odd), "persistence_timeout", "whole seconds");
    says(
        service(&web().with_persistence(Duration::ZERO)),
        "persistence_timeout",
        "from 1 s",
    );
    for name in ["RR", "a b", "../x", "r\\x0ar"] {
        says(
            service(&web().with_scheduler(name.parse().unwrap())),
            "scheduler",
            "no module's name",
        );
    }
    for name in ["ftp", "pe_sip", "pe-sip"] {
        says(
            service(&web().with_scheduler(name.parse().unwrap())),
            "scheduler",
            "no scheduler",
        );
    }
    let engine = |name: &str| {
        dns()
            .with_persistence(HOUR)
            .with_persistence_engine(name.parse().unwrap())
    };
    says(
        service(&engine("SIP")),
        "persistence_engine",
        "no module's name",
    );
    says(
        service(&dns().with_persistence_engine(PersistenceEngine::SIP)),
        "persistence_engine",
        "needs persistence",
    );
    let tcp_sip = web()
        .with_persistence(HOUR)
        .with_persistence_engine(PersistenceEngine::SIP);
    says(service(&tcp_sip), "persistence_engine", "UDP");
    says(service(&web().with_one_packet()), "flags", "UDP");
    let unknown = ServiceFlags::from_bits_retain(0x8000_0000);
    says(service(&web().with_flags(unknown)), "flags", "0x80000000");
}

#[test]
fn a_dest_that_cannot_work_is_refused_by_field() {
    let key = web().key;
    for address in [
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "ff02::1",
        "::ffff:10.0.0.1",
    ] {
        let address: IpAddr = address.parse().unwrap();
        let bad = Dest::new(address, 80, ForwardMethod::TUNNEL);
        says(dest(&key, &bad), "address", "unicast");
    }
    let odd = ForwardMethod::new(6).unwrap();
    says(
        dest(&key, &Dest::new([10, 0, 0, 1], 80, odd)),
        "forward",
        "6 is no",
    );
    says(
        dest(&key, &server().with_weight(MAX_SIGNED + 1)),
        "weight",
        "above 2147483647",
    );
    says(
        dest(&key, &server().with_thresholds(MAX_SIGNED + 1, 0)),
        "upper_threshold",
        "above",
    );
    says(
        dest(&key, &server().with_thresholds(0, 1)),
        "lower_threshold",
        "above the upper",
    );
    let csum = TunnelFlags::CHECKSUM;
    let remote = TunnelFlags::REMOTE_CHECKSUM;
    let kind = |number| Tunnel {
        kind: TunnelKind::new(number),
        port: 0,
        flags: TunnelFlags::empty(),
    };
    for (tunnel, part) in [
        (Tunnel::gue(0), "needs a port"),
        (
            Tunnel {
                port: 1,
                ..Tunnel::ipip()
            },
            "has no port",
        ),
        (
            Tunnel {
                port: 1,
                ..Tunnel::gre()
            },
            "has no port",
        ),
        (Tunnel::ipip().with_flags(csum), "no flag csum"),
        (Tunnel::gre().with_flags(remote), "no flag remcsum"),
        (Tunnel::gue(1).with_flags(csum | remote), "exclude"),
        (
            Tunnel::gue(1).with_flags(TunnelFlags::from_bits_retain(4)),
            "no flag 0x4",
        ),
        (kind(9), "9 is no kind"),
    ] {
        says(dest(&key, &server().with_tunnel(tunnel)), "tunnel", part);
    }
    let v6 = Dest::new(
        [0x2001, 0xdb8, 0, 0, 0, 0, 0, 1],
        80,
        ForwardMethod::MASQUERADE,
    );
    says(dest(&key, &v6), "forward", "tunnel method");
}

#[test]
fn an_edit_is_judged_by_what_it_changes() {
    let nonsense = Service::new("300 192.0.2.1:0".parse().unwrap())
        .with_flags(ServiceFlags::from_bits_retain(0x100));
    let edit = ServiceEdit::new().with_scheduler(Scheduler::SH);
    service_edit(&edit, &edit.apply(nonsense)).unwrap();
    let edit = ServiceEdit::new().with_set_flags(ServiceFlags::PERSISTENT);
    says(
        service_edit(&edit, &edit.apply(nonsense)),
        "persistence_timeout",
        "needs one",
    );
    let edit = ServiceEdit::new().with_persistence_netmask(Netmask::V6(64));
    says(
        service_edit(&edit, &edit.apply(web())),
        "persistence_netmask",
        "no ipv4 mask",
    );
    let edit = ServiceEdit::new().with_persistence_engine(Some(PersistenceEngine::SIP));
    says(
        service_edit(&edit, &edit.apply(dns())),
        "persistence_engine",
        "needs persistence",
    );

    let odd = Dest {
        forward: ForwardMethod::new(7).unwrap(),
        ..server()
    };
    let edit = DestEdit::new().with_weight(3);
    dest_edit(&web().key, &edit, &edit.apply(odd)).unwrap();
    let edit = DestEdit::new().with_upper_threshold(5);
    let full = server().with_thresholds(10, 8);
    says(
        dest_edit(&web().key, &edit, &edit.apply(full)),
        "lower_threshold",
        "above",
    );
    let edit = DestEdit::new().with_tunnel(Tunnel::gue(0));
    says(
        dest_edit(&web().key, &edit, &edit.apply(server())),
        "tunnel",
        "port",
    );
    let edit = DestEdit::new().with_forward(ForwardMethod::new(5).unwrap());
    says(
        dest_edit(&web().key, &edit, &edit.apply(server())),
        "forward",
        "5 is no",
    );
}

#[test]
fn a_daemon_and_timeouts_are_refused_by_field() {
    let good = SyncDaemon::new(DaemonRole::Master, "eth0".parse().unwrap());
    daemon(&good.with_sync_id(255).with_group([224, 0, 0, 81])).unwrap();
    says(daemon(&good.with_sync_id(256)), "sync_id", "above 255");
    says(
        daemon(&good.with_group([10, 0, 0, 1])),
        "group",
        "multicast",
    );
    says(daemon(&good.with_port(0)), "port", "leave it out");
    says(daemon(&good.with_ttl(0)), "ttl", "leave it out");
    says(
        daemon(&good.with_max_length(0)),
        "max_length",
        "leave it out",
    );
    for name in ["a/b", "a b", "eth0:1", ".", ".."] {
        let odd = SyncDaemon::new(DaemonRole::Backup, name.parse().unwrap());
        says(daemon(&odd), "interface", "no interface's name");
    }
    timeouts(&TimeoutsEdit::new().with_tcp(MAX_TIMEOUT)).unwrap();
    timeouts(&TimeoutsEdit::new()).unwrap();
    says(
        timeouts(&TimeoutsEdit::new().with_tcp(Duration::ZERO)),
        "tcp",
        "leave it out",
    );
    says(
        timeouts(&TimeoutsEdit::new().with_udp(MAX_TIMEOUT + HOUR)),
        "udp",
        "above 2147483 s",
    );
    says(
        timeouts(&TimeoutsEdit::new().with_tcp_fin(Duration::from_millis(1))),
        "tcp_fin",
        "whole",
    );
}

/// What an edit does not touch may be any nonsense that was there before.
#[test]
fn an_edit_leaves_the_nonsense_of_others_alone() {
    let flag = ServiceEdit::new().with_set_flags(ServiceFlags::SCHEDULER_1);
    let port_0 = Service::new("tcp 192.0.2.1:0".parse().unwrap());
    let no_timeout = web().with_persistence(Duration::ZERO);
    let datagrams = web().with_one_packet();
    for odd in [port_0, no_timeout, datagrams] {
        service_edit(&flag, &flag.apply(odd)).unwrap();
    }
    for edit in [
        ServiceEdit::new().with_persistence_timeout(HOUR),
        ServiceEdit::new().without_persistence(),
    ] {
        service_edit(&edit, &edit.apply(datagrams)).unwrap();
    }
    let one_packet = flag.with_set_flags(ServiceFlags::ONE_PACKET);
    says(service_edit(&one_packet, &datagrams), "flags", "UDP");
}

#[test]
fn the_last_word_of_an_edit_counts() {
    let edit = ServiceEdit::new().with_persistence(HOUR);
    assert!(!edit.without_persistence().apply(web()).is_persistent());
    let edit = ServiceEdit::new().without_persistence();
    assert!(edit.with_persistence(HOUR).apply(web()).is_persistent());
}
