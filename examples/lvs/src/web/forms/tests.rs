//! Forms that nobody touched change nothing; what is typed wrongly is told at its field.

use ipvs_core::Scheduler;
use ipvs_core::rules::NoNames;
use proptest::prelude::*;

use super::*;
use crate::config::tests::{strategies, words};
use crate::config::{Check, Forward, LoadMonitor};

fn untouched<B: Block + std::fmt::Debug>(form: &Form, block: &B) -> B {
    let mut again = block.clone();
    let typed = fill(form, block);
    apply(form, &mut again, &typed, Protocol::TCP, &NoNames)
        .unwrap_or_else(|wrong| panic!("{wrong:?}: {typed:?} of {block:?}"));
    again
}

proptest! {
    #[test]
    fn a_form_that_nobody_touched_changes_nothing(config in strategies::config()) {
        prop_assert_eq!(&untouched(GLOBAL, &config), &config);
        prop_assert_eq!(&untouched(REDUNDANCY, &config), &config);
        for service in &config.virtuals {
            prop_assert_eq!(&untouched(VIRTUAL, service), service);
            prop_assert_eq!(&untouched(SCRIPTS, service), service);
            for server in &service.servers {
                prop_assert_eq!(&untouched(SERVER, server), server);
            }
        }
    }
}

fn wrong(key: &str, typed: &str) -> Option<String> {
    let mut block = Virtual::default();
    let mut all = fill(VIRTUAL, &block);
    all.insert(key.into(), typed.into());
    let applied = apply(VIRTUAL, &mut block, &all, Protocol::TCP, &NoNames);
    applied.err().and_then(|mut wrong| wrong.remove(key))
}

#[test]
fn what_is_wrong_is_told_at_its_field() {
    for (key, typed, told) in [
        (
            "port",
            "many",
            "invalid argument: no port of tcp has this name",
        ),
        ("port", "70000", "invalid argument: it is out of range"),
        ("address", "nowhere", "invalid host name or ip address"),
        ("vip_nmask", "255.0.255.0", "Bad subnet mask specified"),
        ("timeout", "soon", "integer expected"),
        (
            "address.1",
            "a-name-longer-than-fifteen",
            "invalid argument: a name of 1 to 15 bytes",
        ),
    ] {
        let mut block = Virtual::default();
        let mut all = fill(VIRTUAL, &block);
        all.insert("address".into(), "10.0.0.1".into());
        all.insert(key.into(), typed.into());
        let wrong = apply(VIRTUAL, &mut block, &all, Protocol::TCP, &NoNames).unwrap_err();
        assert_eq!(
            wrong.get(key).map(String::as_str),
            Some(told),
            "{key} {wrong:?}"
        );
        assert_eq!(wrong.len(), 1);
    }
    assert_eq!(wrong("port", " 80 "), None);
    let device = wrong("address.1", "eth0:0");
    assert_eq!(device, None, "the mistake is the address's");
    let mut typed = fill(VIRTUAL, &Virtual::default());
    typed.insert("address.1".into(), "eth0:0".into());
    let told = apply(
        VIRTUAL,
        &mut Virtual::default(),
        &typed,
        Protocol::TCP,
        &NoNames,
    );
    assert!(told.unwrap_err().contains_key("address"));
}

#[test]
fn an_empty_field_is_the_default() {
    let mut block = Server {
        weight: 7,
        port: Some(8080),
        ..Server::default()
    };
    let mut typed = fill(SERVER, &block);
    typed.insert("weight".into(), String::new());
    typed.insert("port".into(), " ".into());
    apply(SERVER, &mut block, &typed, Protocol::TCP, &NoNames).unwrap();
    assert_eq!(block, Server::default());
}

#[test]
fn what_is_odd_is_told_with_its_field() {
    let mut typed = fill(SERVER, &Server::default());
    typed.insert("address".into(), "fd00::1".into());
    let odd = apply(
        SERVER,
        &mut Server::default(),
        &typed,
        Protocol::TCP,
        &NoNames,
    );
    assert_eq!(
        odd.unwrap(),
        ["Address: the originals knew no IPv6 addresses"]
    );
}

#[test]
fn every_scheduler_can_be_chosen() {
    let known = Scheduler::KNOWN.iter().map(ToString::to_string);
    assert_eq!(choices(VIRTUAL, "scheduler"), known.collect());
}

/// What a select can't show, its form would change.
#[test]
fn every_word_of_the_grammar_can_be_chosen() {
    for (form, key, words) in [
        (GLOBAL, "network", words::<Forward>()),
        (VIRTUAL, "load_monitor", words::<LoadMonitor>()),
        (SCRIPTS, "check", words::<Check>()),
        (SERVER, "forward", words::<Forward>()),
    ] {
        let mut choices = choices(form, key);
        // Blank is none of them.
        choices.retain(|choice| !choice.is_empty());
        assert_eq!(choices, words.into_iter().collect(), "{key}");
    }
    let protocols = choices(VIRTUAL, "protocol");
    let known = [Protocol::TCP, Protocol::UDP, Protocol::SCTP];
    let known = known.map(|protocol| protocol.to_string());
    assert_eq!(protocols, known.into());
}

/// The words that a form's select has for a key.
fn choices(form: &Form, key: &str) -> BTreeSet<String> {
    let field = fields(form).find(|field| field.key == key);
    match field.map(|field| field.kind) {
        Some(Kind::Choice(words)) => words.iter().map(|(word, _)| (*word).into()).collect(),
        _ => panic!("{key} is a choice"),
    }
}

#[test]
fn every_field_is_a_key_of_the_grammar() {
    let blocks: [(&Form, &dyn Keys); 5] = [
        (GLOBAL, &Config::default()),
        (REDUNDANCY, &Config::default()),
        (VIRTUAL, &Virtual::default()),
        (SCRIPTS, &Virtual::default()),
        (SERVER, &Server::default()),
    ];
    for (form, block) in blocks {
        for field in fields(form).filter(|field| field.key != "name") {
            assert!(block.value(field.key).is_some(), "{}", field.key);
        }
    }
}
