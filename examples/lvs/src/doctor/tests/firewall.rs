//! What nft 1.0.6 prints.

use super::*;

/// A table of a chain at a hook and another one, with rules for each.
fn firewall(policy: &str, rules: &[(&str, &str)]) -> Firewall {
    let chain = |name: &str, hook: &str| {
        format!(
            r#"{{"chain":{{"family":"inet","table":"filter","name":"{name}","handle":1{hook}}}}}"#
        )
    };
    let hook = format!(r#","type":"filter","hook":"output","prio":0,"policy":"{policy}""#);
    let mut list = vec![
        r#"{"metainfo":{"version":"1.0.6","json_schema_version":1}}"#.to_owned(),
        r#"{"table":{"family":"inet","name":"filter","handle":1}}"#.to_owned(),
        chain("output", &hook),
        chain("other", ""),
    ];
    list.extend(rules.iter().map(|(chain, rule)| {
        format!(
            r#"{{"rule":{{"family":"inet","table":"filter","chain":"{chain}","handle":2,"expr":[{rule}]}}}}"#
        )
    }));
    let text = format!(r#"{{"nftables":[{}]}}"#, list.join(","));
    Firewall::read(text.as_bytes()).unwrap()
}

const TYPE: &str = r#"{"match":{"op":"==","left":{"payload":{"protocol":"icmp","field":"type"}},"right":"destination-unreachable"}}"#;
const TYPES: &str = r#"{"match":{"op":"==","left":{"payload":{"protocol":"icmp","field":"type"}},"right":{"set":["echo-request","destination-unreachable"]}}}"#;
const ECHO: &str = r#"{"match":{"op":"==","left":{"payload":{"protocol":"icmp","field":"type"}},"right":"echo-request"}}"#;
const ICMP: &str = r#"{"match":{"op":"==","left":{"payload":{"protocol":"ip","field":"protocol"}},"right":"icmp"}}"#;
const META: &str = r#"{"match":{"op":"==","left":{"meta":{"key":"l4proto"}},"right":"icmp"}}"#;
const NOT_ICMP: &str = r#"{"match":{"op":"!=","left":{"meta":{"key":"l4proto"}},"right":"icmp"}}"#;
const RELATED: &str =
    r#"{"match":{"op":"in","left":{"ct":{"key":"state"}},"right":["established","related"]}}"#;
const IFACE: &str = r#"{"match":{"op":"==","left":{"meta":{"key":"oifname"}},"right":"eth0"}}"#;
const COUNTER: &str = r#"{"counter":{"packets":0,"bytes":0}}"#;
const DROP: &str = r#"{"drop":null}"#;
const ACCEPT: &str = r#"{"accept":null}"#;
const REJECT: &str = r#"{"reject":{"type":"icmpx","expr":"port-unreachable"}}"#;
const JUMP: &str = r#"{"jump":{"target":"other"}}"#;
const RETURN: &str = r#"{"return":null}"#;

fn drops(policy: &str, rules: &[(&str, &[&str])]) -> bool {
    let rules: Vec<_> = rules
        .iter()
        .map(|(chain, words)| (*chain, words.join(",")))
        .collect();
    let rules: Vec<_> = rules
        .iter()
        .map(|(chain, rule)| (*chain, rule.as_str()))
        .collect();
    firewall(policy, &rules).drops_unreachable().is_some()
}

#[test]
fn the_first_rule_about_it_decides() {
    for condition in [TYPE, TYPES, ICMP, META] {
        assert!(
            drops("accept", &[("output", &[condition, COUNTER, DROP])]),
            "{condition}"
        );
        let spared: [(&str, &[&str]); 2] =
            [("output", &[TYPE, ACCEPT]), ("output", &[condition, DROP])];
        assert!(!drops("accept", &spared), "{condition}");
    }
    assert!(drops("accept", &[("output", &[META, REJECT])]));
    assert!(drops("accept", &[("output", &[DROP])]));
    assert!(!drops("accept", &[]));
    for others in [ECHO, NOT_ICMP, IFACE] {
        assert!(!drops("accept", &[("output", &[others, DROP])]), "{others}");
    }
}

#[test]
fn what_no_rule_decides_the_policy_does() {
    assert!(drops("drop", &[("output", &[ECHO, ACCEPT])]));
    assert!(!drops("drop", &[("output", &[RELATED, ACCEPT])]));
}

#[test]
fn a_called_chain_decides_or_returns() {
    assert!(drops(
        "accept",
        &[("output", &[META, JUMP]), ("other", &[DROP])]
    ));
    assert!(!drops(
        "accept",
        &[
            ("output", &[META, JUMP]),
            ("other", &[TYPE, RETURN]),
            ("other", &[DROP])
        ]
    ));
    assert!(!drops("accept", &[("other", &[DROP])]), "nobody calls it");
    // It can't call itself in a kernel, and does no harm here.
    assert!(!drops("accept", &[("output", &[JUMP]), ("other", &[JUMP])]));
}

#[test]
fn masquerading_is_seen_where_it_is_about_the_packet() {
    const MASQUERADE: &str = r#"{"masquerade":null}"#;
    const XT: &str = r#"{"xt":{"type":"target","name":"MASQUERADE"}}"#;
    let compare = |left: &str, op: &str, right: &str| {
        format!(r#"{{"match":{{"op":"{op}","left":{left},"right":{right}}}}}"#)
    };
    let masquerades = |conditions: &[String], target: &str| {
        let rule = [conditions, &[COUNTER.to_owned(), target.to_owned()]].concat();
        let firewall = firewall("accept", &[("output", &rule.join(","))]);
        let packet = Packet::new(ip("10.0.3.20"), ip("10.0.3.100"), Some("eth1"));
        firewall.may_masquerade(&packet)
    };
    assert!(masquerades(&[], MASQUERADE));
    assert!(masquerades(&[], XT));
    assert!(masquerades(&[], r#"{"xt":null}"#));
    assert!(!masquerades(
        &[],
        r#"{"xt":{"type":"match","name":"addrtype"}}"#
    ));
    assert!(!masquerades(&[], ACCEPT));
    let source = r#"{"payload":{"protocol":"ip","field":"saddr"}}"#;
    let target = r#"{"payload":{"protocol":"ip","field":"daddr"}}"#;
    let out = r#"{"meta":{"key":"oifname"}}"#;
    let docker = [
        compare(out, "!=", r#""docker0""#),
        compare(source, "==", r#"{"prefix":{"addr":"172.17.0.0","len":16}}"#),
    ];
    assert!(!masquerades(&docker, XT));
    for (left, op, right, holds) in [
        (
            source,
            "==",
            r#"{"prefix":{"addr":"10.0.3.0","len":24}}"#,
            true,
        ),
        (
            source,
            "!=",
            r#"{"prefix":{"addr":"10.0.3.0","len":24}}"#,
            false,
        ),
        (source, "==", r#"{"range":["10.0.3.10","10.0.3.20"]}"#, true),
        (
            source,
            "==",
            r#"{"range":["10.0.3.10","10.0.3.19"]}"#,
            false,
        ),
        (target, "==", r#"{"set":["10.0.3.1","10.0.3.100"]}"#, true),
        (target, "==", r#"{"set":["10.0.3.1","10.0.3.2"]}"#, false),
        (target, "==", r#"{"set":["10.0.3.1","@others"]}"#, true),
        (target, "==", r#""@servers""#, true),
        (target, "==", r#""10.0.3.150""#, false),
        (out, "==", r#""eth0""#, false),
        (out, "==", r#""eth*""#, true),
        (out, "<", r#""eth0""#, true),
        (r#"{"ct":{"key":"state"}}"#, "in", r#""new""#, true),
    ] {
        let condition = compare(left, op, right);
        assert_eq!(
            masquerades(&[condition], MASQUERADE),
            holds,
            "{left} {op} {right}"
        );
    }
    let firewall = firewall("accept", &[("output", MASQUERADE)]);
    let packet = Packet::new(ip("fd00::1"), ip("fd00::2"), None);
    assert!(firewall.may_masquerade(&packet), "inet has both families");
}

#[test]
fn a_mark_may_be_set_by_who_does_not_say_which() {
    let marks = |statement: &str| firewall("accept", &[("other", statement)]).may_mark(7);
    assert!(marks(
        r#"{"mangle":{"key":{"meta":{"key":"mark"}},"value":7}}"#
    ));
    assert!(!marks(
        r#"{"mangle":{"key":{"meta":{"key":"mark"}},"value":8}}"#
    ));
    assert!(!marks(
        r#"{"mangle":{"key":{"ct":{"key":"mark"}},"value":7}}"#
    ));
    let from_elsewhere =
        r#"{"mangle":{"key":{"meta":{"key":"mark"}},"value":{"ct":{"key":"mark"}}}}"#;
    assert!(marks(from_elsewhere));
    assert!(marks(r#"{"xt":{"type":"target","name":"MARK"}}"#));
    assert!(!marks(r#"{"xt":{"type":"match","name":"mark"}}"#));
    assert!(!marks(ACCEPT));
    let mut unseen = firewall("accept", &[]);
    unseen.legacy = true;
    assert!(unseen.may_mark(7));
}

#[test]
fn nonsense_is_no_rule() {
    assert!(Firewall::read(b"no JSON").is_err());
    assert_eq!(
        Firewall::read(b"[1, {\"rule\": 7}]").unwrap(),
        Firewall::default()
    );
}
