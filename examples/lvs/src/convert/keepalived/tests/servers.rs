//! Services and servers: their checks, their methods, and whose the addresses are.

use ipvs_core::ForwardMethod;

use super::*;

fn server(inside: &str) -> String {
    format!("real_server 10.0.1.1 80 {{\n{inside}\n}}\n")
}

/// keepalived takes servers without a check for well, and asks nobody.
#[test]
fn a_server_without_a_check_is_pinged_and_that_is_told() {
    let unknown = "real_server 10.0.1.1: it has no check that is known here, and is pinged";
    let silent = "UDP_CHECK: without require_reply servers are pinged instead";
    for (inside, wanted) in [
        (server(""), vec![format!("line 2: {unknown}")]),
        (
            format!("protocol UDP\n{}", server("")),
            vec![format!("line 3: {unknown}")],
        ),
        (
            server("DNS_CHECK {\n}"),
            vec![
                format!("line 2: {unknown}"),
                "line 3: DNS_CHECK: there is no such check".into(),
            ],
        ),
        (
            server("MISC_CHECK {\n}"),
            vec![
                format!("line 2: {unknown}"),
                "line 3: MISC_CHECK: it names no program".into(),
            ],
        ),
        (server("UDP_CHECK {\n}"), vec![format!("line 3: {silent}")]),
        (
            server("UDP_CHECK {\npayload 61\n}"),
            vec![format!("line 3: {silent}")],
        ),
    ] {
        let text = block(&inside);
        assert_eq!(losses(&text), wanted, "{inside}");
        let service = &made(&text).virtuals[0];
        assert_eq!(
            (service.check, service.fall),
            (Some(Check::Ping), 2),
            "{inside}"
        );
        assert_eq!(service.send, None, "{inside}");
    }
}

#[test]
fn one_without_a_check_among_others_is_told() {
    let text = block(&(server("TCP_CHECK {\n}") + "real_server 10.0.1.2 80 {\n}"));
    let wanted = "line 6: real_server 10.0.1.2: it has no check that is known here, and is checked as the others are";
    assert_eq!(losses(&text), [wanted]);
    assert_eq!(made(&text).virtuals[0].check, Some(Check::Tcp));
    // A check that is known counts, wherever it stands.
    let text = block(&server("SMTP_CHECK {\n}\nTCP_CHECK {\n}"));
    assert_eq!(
        losses(&text),
        ["line 3: SMTP_CHECK: there is no such check"]
    );
    assert_eq!(made(&text).virtuals[0].check, Some(Check::Tcp));
}

#[test]
fn a_udp_check_that_wants_an_answer_is_one() {
    let text = block(&server(
        "UDP_CHECK {\npayload 70 696e a\nrequire_reply 706f6e67\n}",
    ));
    assert_eq!(losses(&text), [""; 0]);
    let service = &made(&text).virtuals[0];
    assert_eq!(service.check, Some(Check::Udp));
    assert_eq!(service.send.as_deref(), Some("pin\n"));
    assert_eq!(service.expect.as_deref(), Some("pong"));
    let text = block(&server("UDP_CHECK {\nrequire_reply\n}"));
    let wanted = ["line 3: UDP_CHECK: without a payload an empty datagram is sent"];
    assert_eq!(losses(&text), wanted);
}

#[test]
fn quiescing_holds_for_all_servers() {
    let ping = |address: &str, inside: &str| {
        format!("real_server {address} 80 {{\nPING_CHECK {{\n}}\n{inside}\n}}\n")
    };
    let on = "inhibit_on_failure";
    let held = "it holds for all servers of a service, and is on";
    for (inside, wanted, losses_wanted) in [
        (ping("10.0.1.1", on), true, vec![]),
        (ping("10.0.1.1", "inhibit_on_failure no"), false, vec![]),
        (ping("10.0.1.1", on) + &ping("10.0.1.2", on), true, vec![]),
        (
            ping("10.0.1.1", on) + &ping("10.0.1.2", ""),
            true,
            vec![format!("line 5: inhibit_on_failure: {held}")],
        ),
        (
            format!(
                "{on}\n{}",
                ping("10.0.1.1", "inhibit_on_failure off") + &ping("10.0.1.2", "")
            ),
            true,
            vec![format!("line 6: inhibit_on_failure off: {held}")],
        ),
    ] {
        let text = block(&inside);
        assert_eq!(losses(&text), losses_wanted, "{inside}");
        assert_eq!(made(&text).virtuals[0].quiesce_server, wanted, "{inside}");
    }
}

/// Of which method they are has nothing to do with the other services of the file.
#[test]
fn a_service_without_a_method_is_of_nat() {
    let of = |port: u16, method: &str| {
        format!(
            "virtual_server 10.0.0.1 {port} {{\n{method}\nsorry_server 10.0.1.9\nreal_server 10.0.1.1 {port} {{\n}}\n}}\n"
        )
    };
    for text in [
        of(80, "") + &of(81, "lvs_method DR"),
        of(81, "lvs_method DR") + &of(80, ""),
    ] {
        let config = made(&text);
        let table = to_table(&config).value;
        for (service, wanted) in table.services.iter().zip(&config.virtuals) {
            let method = match wanted.port {
                80 => ForwardMethod::MASQUERADE,
                _ => ForwardMethod::DIRECT_ROUTE,
            };
            assert_eq!(service.dests[0].forward, method, "{text}");
            assert_eq!(
                sorry_dest(&config, wanted).unwrap().forward,
                method,
                "{text}"
            );
        }
    }
}

#[test]
fn the_sync_daemons_number_is_its_instances() {
    let vi = "vrrp_instance VI {\nvirtual_router_id 51\n}\n";
    for (words, wanted) in [
        ("eth1 inst VI", 51),
        ("eth1 VI", 51),
        ("eth1 VI id 7", 7),
        ("eth1 inst VI id 7", 7),
        ("eth1 inst other", 0),
        ("eth1", 0),
    ] {
        let text = format!("global_defs {{\nlvs_sync_daemon {words}\n}}\n{vi}");
        let config = made(&text);
        assert_eq!(
            (config.syncdaemon, config.syncd_id),
            (true, wanted),
            "{words}"
        );
    }
    let inner = vi.replace("51\n", "51\nlvs_sync_daemon_interface eth2\n");
    assert_eq!(made(&inner).syncd_id, 51);
    let odd = "global_defs {\nlvs_sync_daemon eth1 id 300 maxlen 9 VI VJ\n}\n";
    let wanted = [
        "line 2: lvs_sync_daemon eth1: its id is from 0 to 255",
        "line 2: lvs_sync_daemon eth1: maxlen of the sync daemon can't be said",
        "line 2: lvs_sync_daemon eth1: kept without VJ",
    ];
    assert_eq!(losses(odd), wanted);
}

#[test]
fn a_marks_address_is_no_gateway() {
    let file = |addresses: &str| {
        format!(
            "virtual_server fwmark 3 {{\nreal_server 10.0.3.1 80 {{\n}}\n}}\n\
             vrrp_instance VI {{\ninterface eth0\nvirtual_ipaddress {{\n{addresses}\n}}\n}}\n"
        )
    };
    let vip = Some(IpAddr::from([10, 0, 2, 100]));
    let gateway = Some(IpAddr::from([10, 0, 3, 200]));
    for (addresses, of_mark, of_servers) in [
        ("10.0.2.100/24", vip, None),
        ("10.0.2.100", vip, None),
        ("10.0.3.200/24", None, gateway),
        ("10.0.2.100/24\n10.0.3.200/24 dev eth1", vip, gateway),
        ("10.0.3.200/24 dev eth1\n10.0.2.100/24", vip, gateway),
    ] {
        let config = made(&file(addresses));
        let mark = config.virtuals[0].address.map(|alias| alias.address);
        let router = config.nat_router.map(|alias| alias.address);
        assert_eq!((mark, router), (of_mark, of_servers), "{addresses}");
    }
    let third = losses(&file("10.0.2.100/24\n10.0.4.1/24"));
    let wanted = "line 9: 10.0.4.1/24: no virtual service has it, and no servers' network";
    assert!(third.iter().any(|loss| loss == wanted), "{third:?}");
}
