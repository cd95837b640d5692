//! Properties and examples of the whole grammar.

mod complaints;
mod faults;
mod oddities;
mod round_trip;
pub(crate) mod strategies;

use std::net::IpAddr;

use ipvs_core::rules::{Names, NoNames};
use ipvs_core::{Netmask, Protocol, Scheduler};

use super::*;

/// The HAR300 document's file.
pub(crate) const HAR300: &str = include_str!("../../samples/har300.cf");

/// Knows one host, and one service of UDP.
pub(super) struct Lab;

impl Names for Lab {
    fn address(&self, host: &str) -> Option<IpAddr> {
        (host == "directeur").then(|| [10, 0, 2, 50].into())
    }

    fn port(&self, service: &str, protocol: Protocol) -> Option<u16> {
        let known = [("http", Protocol::TCP, 80), ("domain", Protocol::UDP, 53)];
        let mut found = known
            .iter()
            .filter(|(name, of, _)| (*name, *of) == (service, protocol));
        found.next().map(|(_, _, port)| *port)
    }
}

/// Every word of a type that has few.
pub(crate) fn words<T: model::Word>() -> Vec<String> {
    let words = T::WORDS.iter();
    words.map(|(word, _)| (*word).to_owned()).collect()
}

pub(super) fn accept(text: &str) -> Config {
    let parsed = parse(text.as_bytes(), &Lab).unwrap();
    assert_eq!(parsed.warnings, [], "{text}");
    parsed.config
}

#[test]
fn the_documents_file_says_what_the_document_shows() {
    let config = accept(HAR300);
    assert_eq!(config.primary, Some([10, 0, 2, 51].into()));
    assert_eq!((config.backup, config.backup_active), (None, false));
    assert_eq!((config.keepalive, config.deadtime), (2, 5));
    let [service] = config.virtuals.as_slice() else {
        panic!("{:?}", config.virtuals)
    };
    let alias = service.address.unwrap();
    assert_eq!(alias.device.unwrap().to_string(), "eth0:0");
    assert_eq!(
        service.vip_nmask,
        Some(Netmask::V4([255, 255, 255, 0].into()))
    );
    assert_eq!(service.send.as_deref(), Some("GET / HTTP/1.0\r\n\r\n"));
    assert_eq!(service.scheduler, Scheduler::RR);
    assert_eq!(
        (service.timeout, service.reentry, service.persistent),
        (6, 15, 600)
    );
    let ports: Vec<_> = service.servers.iter().map(|server| server.port).collect();
    assert_eq!(ports, [Some(8080), Some(8080)]);
}

#[test]
fn the_documents_file_is_written_as_it_was() {
    assert_eq!(accept(HAR300).to_string(), HAR300);
}

#[test]
fn what_is_left_out_is_its_default() {
    let config = accept("heartbeat = 0\nvirtual web {\nserver one {\n}\n}\n");
    let virtuals = vec![Virtual {
        name: "web".into(),
        servers: vec![Server {
            name: "one".into(),
            ..Server::default()
        }],
        ..Virtual::default()
    }];
    let wanted = Config {
        virtuals,
        ..Config::default()
    };
    assert_eq!(config, wanted);
}

#[test]
fn names_of_ports_are_those_of_the_blocks_protocol_wherever_it_stands() {
    let text = "virtual dns {\n port = domain\n protocol = udp\n}\n";
    assert_eq!(accept(text).virtuals[0].port, 53);
    let refused = parse(b"virtual dns {\n port = domain\n}\n", &Lab).unwrap_err();
    assert_eq!(refused.mistakes[0].line, 2);
}

#[test]
fn the_name_of_the_heartbeats_port_is_one_of_udp() {
    let text = "virtual web {\n port = http\n}\nheartbeat_port = domain\n";
    assert_eq!(accept(text).heartbeat_port, 53);
    assert!(parse(b"heartbeat_port = http\n", &Lab).is_err());
}

#[test]
fn a_missing_file_is_named() {
    let error = load("no/such/lvs.cf".as_ref()).unwrap_err();
    assert!(error.to_string().starts_with("no/such/lvs.cf: "), "{error}");
    let path = std::env::temp_dir().join(format!("lvs-{}.cf", std::process::id()));
    std::fs::write(&path, "port = 1\n").unwrap();
    let error = load(&path).unwrap_err().to_string();
    std::fs::remove_file(&path).unwrap();
    let wanted = ": line 1, column 1: unknown command: \"port\"";
    assert!(error.contains(wanted), "{error}");
}

#[test]
fn without_names_a_name_is_a_mistake() {
    assert!(parse(b"primary = directeur\n", &NoNames).is_err());
}
