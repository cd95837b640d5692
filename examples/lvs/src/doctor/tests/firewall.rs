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
fn masquerading_is_seen_and_nonsense_is_not() {
    assert!(firewall("accept", &[("output", r#"{"masquerade":null}"#)]).masquerades());
    assert!(!firewall("accept", &[("output", ACCEPT)]).masquerades());
    assert!(Firewall::read(b"no JSON").is_err());
    assert_eq!(
        Firewall::read(b"[1, {\"rule\": 7}]").unwrap(),
        Firewall::default()
    );
}
