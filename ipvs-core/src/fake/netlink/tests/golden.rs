//! What ipvsadm said to four real kernels, said again: the answers must be theirs.
//!
//! Masked are the ports of the sockets and what traffic counted; the services of a list may
//! come in another order, and lists in other pieces.
#![cfg(target_endian = "little")]

#[path = "../../../../tests/golden/recording.rs"]
mod recording;

use std::collections::BTreeMap;

use ipvs_sys::netlink::{NLM_F_DUMP, NLM_F_MULTI, NLMSG_ERROR};
use ipvs_sys::uapi::*;

use super::super::Received;
use crate::fake::machine::{Machine, SocketId};
use crate::fake::{Environment, Interface, Release};
use crate::wire::WireError;
use crate::wire::attr::{Attrs, build};
use crate::wire::message::{Content, Message, Messages};

const RECORDINGS: [(Release, &str); 4] = [
    (
        Release::V5_10,
        include_str!("../../../../tests/golden/5.10.txt"),
    ),
    (
        Release::V6_1,
        include_str!("../../../../tests/golden/6.1.txt"),
    ),
    (
        Release::V6_12,
        include_str!("../../../../tests/golden/6.12.txt"),
    ),
    (
        Release::V7_2,
        include_str!("../../../../tests/golden/newest.txt"),
    ),
];

/// The kernel that was recorded, as the recording's commands set it up.
fn recorded(release: Release) -> Machine {
    let mut environment = Environment::new().with_release(release).with_processors(2);
    if release < Release::V6_12 {
        environment = environment.without_module("ip_vs_twos");
    }
    let mut machine = Machine::new(environment);
    let network = machine.network_mut(Machine::INITIAL).unwrap();
    network.set(Interface::loopback().with_address([192, 0, 2, 1], 32));
    let eth0 = Interface::new("eth0").with_address([10, 0, 9, 1], 24);
    network.set(eth0.with_address([0xfe80, 0, 0, 0, 0, 0, 0, 1], 64));
    machine
}

/// A machine, and its sockets by the ports that they had when they were recorded.
struct Replay {
    machine: Machine,
    sockets: BTreeMap<u32, SocketId>,
}

impl Replay {
    /// Sends a request and collects everything that comes back.
    fn ask(&mut self, request: &[u8]) -> Vec<Vec<u8>> {
        let port = message(request).header.port;
        let machine = &mut self.machine;
        let socket = *self.sockets.entry(port).or_insert_with(|| {
            let socket = machine.open_socket(Machine::INITIAL);
            machine
                .socket_mut(socket)
                .unwrap()
                .set_options(false, false);
            socket
        });
        machine.send(socket, request).unwrap();
        let (mut replies, mut buffer) = (Vec::new(), vec![0; 16 * 1024]);
        loop {
            match machine.receive(socket, &mut buffer) {
                Received::Datagram { length, .. } => replies.push(buffer[..length].to_vec()),
                Received::Nothing => return replies,
                other => panic!("{other:?}"),
            }
        }
    }
}

fn message(datagram: &[u8]) -> Message<'_> {
    Messages::new(datagram).next().unwrap().unwrap()
}

/// One message of an answer, with what differs from run to run masked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Masked {
    kind: u16,
    flags: u16,
    sequence: u32,
    payload: Vec<u8>,
}

fn masked(replies: &[Vec<u8>], asked: &Message<'_>, command: u8) -> Vec<Masked> {
    let messages = replies.iter().flat_map(|datagram| Messages::new(datagram));
    let mut answer: Vec<Masked> = messages.map(|message| mask(&message.unwrap())).collect();
    let is_dump = asked.header.flags & NLM_F_DUMP == NLM_F_DUMP;
    if is_dump && command == IPVS_CMD_GET_SERVICE {
        answer.sort();
    }
    answer
}

fn mask(message: &Message<'_>) -> Masked {
    let payload = match message.content().unwrap() {
        Content::Generic(generic) if message.header.kind >= 0x11 => {
            let mut payload = message.payload[..4].to_vec();
            match generic.command {
                IPVS_CMD_NEW_SERVICE | IPVS_CMD_NEW_DEST => {
                    payload.extend(without_counters(generic.attributes));
                }
                _ => payload.extend(generic.attributes),
            }
            payload
        }
        _ => message.payload.to_vec(),
    };
    Masked {
        kind: message.header.kind,
        flags: message.header.flags,
        sequence: message.header.sequence,
        payload,
    }
}

/// The attributes of a message, the counters of a service or a dest with zeros in place of
/// what was counted.
fn without_counters(attributes: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    build::<WireError>(&mut bytes, |attrs| {
        for attr in Attrs::new(attributes) {
            let attr = attr?;
            let counters: &[u16] = match attr.kind {
                IPVS_CMD_ATTR_SERVICE => &[IPVS_SVC_ATTR_STATS, IPVS_SVC_ATTR_STATS64],
                IPVS_CMD_ATTR_DEST => &[
                    IPVS_DEST_ATTR_STATS,
                    IPVS_DEST_ATTR_STATS64,
                    IPVS_DEST_ATTR_ACTIVE_CONNS,
                    IPVS_DEST_ATTR_INACT_CONNS,
                    IPVS_DEST_ATTR_PERSIST_CONNS,
                ],
                _ => &[],
            };
            if counters.is_empty() {
                attrs.bytes(attr.kind, attr.payload);
                continue;
            }
            attrs.nest(attr.kind, |nest| {
                for inner in attr.nested().map(Result::unwrap) {
                    if counters.contains(&inner.kind) {
                        nest.bytes(inner.kind, &vec![0; inner.payload.len()]);
                    } else {
                        nest.bytes(inner.kind, inner.payload);
                    }
                }
            });
        }
        Ok(())
    })
    .unwrap();
    bytes
}

#[test]
fn the_answers_of_four_kernels_are_given_again() {
    for (release, text) in RECORDINGS {
        let mut replay = Replay {
            machine: recorded(release),
            sockets: BTreeMap::new(),
        };
        let (mut compared, mut refused, mut listed) = (0, 0, 0);
        for command in recording::read(text) {
            for request in &command.requests {
                let asked = message(request);
                let is_answer = |reply: &&Vec<u8>| {
                    let header = message(reply).header;
                    (header.sequence, header.port) == (asked.header.sequence, asked.header.port)
                };
                let replies = command.replies.iter().filter(is_answer).cloned();
                let expected = masked(&replies.collect::<Vec<_>>(), &asked, request[16]);
                let answer = masked(&replay.ask(request), &asked, request[16]);
                assert_eq!(answer, expected, "{release}: {}", command.line());
                compared += answer.len();
                let is_refusal = |m: &Masked| m.kind == NLMSG_ERROR && m.payload[..4] != [0; 4];
                refused += answer.iter().filter(|m| is_refusal(m)).count();
                listed += answer.iter().filter(|m| m.flags & NLM_F_MULTI != 0).count();
            }
        }
        assert!(compared >= 200, "{release}: only {compared} messages");
        assert!(refused >= 5, "{release}: only {refused} refusals");
        assert!(listed >= 30, "{release}: only {listed} messages of lists");
    }
}
