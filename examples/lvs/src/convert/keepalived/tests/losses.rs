//! What has no place in an lvs.cf is told, with its line; what is lost to nobody is not.

use super::*;

#[test]
fn each_statement_is_carried_over_or_told() {
    for (inside, wanted) in [
        (
            "lb_algo fancy",
            "line 2: lb_algo fancy: this scheduler is not known, and wlc instead",
        ),
        (
            "lvs_method PROXY",
            "line 2: lvs_method PROXY: this method is not known",
        ),
        (
            "protocol ICMP",
            "line 2: protocol ICMP: this protocol is not known",
        ),
        (
            "persistence_granularity x",
            "line 2: persistence_granularity x: it is no mask",
        ),
        (
            "hysteresis 1",
            "line 2: hysteresis 1: a virtual service has no such setting",
        ),
        (
            "retry many",
            "line 2: retry many: a whole number is expected",
        ),
        (
            "real_server nobody 80 {\n}",
            "line 2: real_server nobody: it has no address that can be read",
        ),
        (
            "real_server 10.0.1.1 80 {\nTCP_CHECK {\n}\nPING_CHECK {\n}\n}",
            "line 5: PING_CHECK: a server has one check",
        ),
        (
            "real_server 10.0.1.1 80 {\nUDP_CHECK {\npayload 61\nrequire_reply ff\n}\n}",
            "line 5: require_reply ff: it is no text",
        ),
        (
            "real_server 10.0.1.1 80 {\nTCP_CHECK {\n}\n}\nreal_server 10.0.1.2 80 {\nPING_CHECK {\n}\n}",
            "line 7: PING_CHECK: all servers of a service are checked as its first one",
        ),
    ] {
        assert_eq!(losses(&block(inside)), [wanted], "{inside}");
    }
    for (text, wanted) in [
        (
            "vrrp_sync_group a {\n}\n",
            "line 1: vrrp_sync_group a: it has no place in an lvs.cf",
        ),
        (
            "virtual_server group a {\n}\n",
            "line 1: virtual_server group: it has no address or mark that can be read",
        ),
        ("global_defs {\n", "line 1: this block is not closed"),
        ("}\n", "line 1: a } without a {"),
    ] {
        assert_eq!(losses(text), [wanted], "{text}");
    }
}

/// Words behind what is known, values that nobody can read, and empty ones.
#[test]
fn no_word_is_lost_in_silence() {
    let server =
        |inside: &str| format!("real_server 10.0.1.1 80 {{\nPING_CHECK {{\n}}\n{inside}\n}}");
    let check = |inside: &str| format!("real_server 10.0.1.1 80 {{\n{inside}\n}}");
    for (inside, wanted) in [
        ("lb_algo rr or so", "line 2: lb_algo rr: kept without or so"),
        ("lb_kind DR x", "line 2: lb_kind DR: kept without x"),
        ("ops x", "line 2: ops x: kept without x"),
        (
            "persistence_granularity 0",
            "line 2: persistence_granularity 0: it is no mask",
        ),
        (
            "persistence_engine an-engine-of-too-many",
            "line 2: persistence_engine an-engine-of-too-many: this engine is not known",
        ),
        (
            "lb_kind TUN type gue port x",
            "line 2: lb_kind TUN: gue needs a port, and ipip instead",
        ),
        (
            "virtualhost \"\"",
            "line 2: virtualhost: a value is expected",
        ),
        (
            "sorry_server 0.0.0.0",
            "line 2: sorry_server 0.0.0.0: no address is known of this name",
        ),
        (
            "sorry_server 10.0.0.9 81",
            "line 2: sorry_server 10.0.0.9: a sorry server answers at the virtual port",
        ),
        (
            "inhibit_on_failure maybe",
            "line 2: inhibit_on_failure maybe: it is on or off",
        ),
        (
            "quorum 2",
            "line 2: quorum 2: a virtual service has no such setting",
        ),
        (
            "real_server 10.0.1.1 http {\nPING_CHECK {\n}\n}",
            "line 2: real_server 10.0.1.1: http is no port, and the virtual one instead",
        ),
        (&server("weight 2 3"), "line 5: weight 2: kept without 3"),
        (
            &check("MISC_CHECK {\nmisc_path \"/bin/a 'b c'\"\n}"),
            "line 4: misc_path /bin/a 'b c': blanks alone part a program's words, and no quotes hold them together",
        ),
        (
            &check("HTTP_GET {\nurl {\npath \"\"\n}\n}"),
            "line 5: path: a value is expected",
        ),
        (
            &check("HTTP_GET {\nurl {\nregex \"\"\n}\n}"),
            "line 5: regex: a value is expected",
        ),
        (
            &check("HTTP_GET {\nurl {\nstatus_code 200 20x\n}\n}"),
            "line 5: status_code 200: a status is three digits",
        ),
    ] {
        assert_eq!(losses(&block(inside)), [wanted], "{inside}");
    }
    let wanted = ["line 1: virtual_server fwmark: it has no address or mark that can be read"];
    assert_eq!(losses("virtual_server fwmark 0 {\n}\n"), wanted);
    let group = "virtual_server_group a {\nfwmark 3 inet6\n}\nvirtual_server group a {\n}\n";
    assert_eq!(losses(group), ["line 2: fwmark 3: kept without inet6"]);
}

#[test]
fn what_is_as_by_default_is_no_loss() {
    for inside in [
        "quorum 1",
        "sorry_server 10.0.0.9 80",
        "inhibit_on_failure",
        "inhibit_on_failure no",
        "persistence_granularity 255.255.255.255",
        "persistence_granularity 128",
    ] {
        assert_eq!(losses(&block(inside)), [""; 0], "{inside}");
    }
    let sorry = "virtual_server fwmark 3 {\nsorry_server 10.0.0.9 80\n}\n";
    let wanted = ["line 2: sorry_server 10.0.0.9: a sorry server answers at the virtual port"];
    assert_eq!(losses(sorry), wanted);
    for mask in ["255.255.255.255", "128"] {
        let made = made(&block(&format!("persistence_granularity {mask}")));
        assert_eq!(made.virtuals[0].pmask, None);
    }
}

/// An instance with both nodes, of which nothing is lost but that they are its own.
fn instance(inside: &str) -> String {
    format!(
        "vrrp_instance VI {{\nversion 3\nvirtual_router_id 51\nunicast_src_ip 10.0.2.50\n\
         unicast_peer {{\n10.0.2.51\n}}\n{inside}\n}}\n"
    )
}

#[test]
fn no_word_of_a_router_is_lost_in_silence() {
    let own = losses(&instance(""));
    assert_eq!(own.len(), 2, "{own:?}");
    for (inside, wanted) in [
        (
            "notify_master \"/bin/up now\" user group",
            "line 8: notify_master /bin/up now: kept without user group",
        ),
        (
            "notify_backup \"\"",
            "line 8: notify_backup: a value is expected",
        ),
        ("nopreempt x", "line 8: nopreempt x: kept without x"),
        (
            "interface an-interface-too-long",
            "line 8: interface an-interface-too-long: it is no name of an interface",
        ),
        (
            "virtual_ipaddress {\n10.0.2.100 brd + dev eth0\n}",
            "line 9: 10.0.2.100 brd: kept without brd +",
        ),
        (
            "virtual_ipaddress {\n10.0.2.100/33\n}",
            "line 9: 10.0.2.100/33: an address is expected",
        ),
        (
            "version 2",
            "line 1: vrrp_instance VI: pulse speaks VRRPv3 alone: a partner needs vrrp_version 3",
        ),
    ] {
        let told = losses(&instance(inside));
        let told: Vec<_> = told.iter().filter(|loss| !own.contains(loss)).collect();
        assert_eq!(told, [wanted], "{inside}");
    }
    for (from, to, wanted) in [
        (
            "10.0.2.50",
            "0.0.0.0",
            "line 4: unicast_src_ip 0.0.0.0: an address is expected",
        ),
        (
            "10.0.2.51",
            "somebody",
            "line 5: unicast_peer: an address is expected",
        ),
        (
            "10.0.2.51",
            "10.0.2.51\n10.0.2.52",
            "line 7: 10.0.2.52: there is one partner",
        ),
    ] {
        let told = losses(&instance("").replace(from, to));
        assert!(told.iter().any(|loss| loss == wanted), "{told:?}");
    }
}

#[test]
fn partners_need_version_3_unless_they_speak_it_anyway() {
    let two = "pulse speaks VRRPv3 alone: a partner needs vrrp_version 3";
    let told = |text: &str| losses(text).iter().any(|loss| loss.ends_with(two));
    let plain = instance("").replace("version 3\n", "");
    assert!(told(&plain));
    assert!(told(&format!(
        "global_defs {{\nvrrp_version 2\n}}\n{plain}"
    )));
    let three = format!("global_defs {{\nvrrp_version 3\n}}\n{plain}");
    assert_eq!(losses(&three).len(), 2);
    let wide = instance("virtual_ipaddress {\nfd00::100/64\n}").replace("version 3\n", "");
    assert!(!told(&wide));
}
