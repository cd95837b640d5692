//! The kernels that were recorded, as fakes, and how their answers are compared.

use ipvs_sys::netlink::NLM_F_DUMP;
use ipvs_sys::uapi::*;

use super::super::Received;
use crate::fake::machine::{Machine, SocketId};
use crate::fake::{Environment, Interface, Release};
use crate::wire::WireError;
use crate::wire::attr::{Attrs, build};
use crate::wire::message::{Content, Message, Messages};

/// The kernel of a recording, as the recording's commands set it up.
pub(super) fn machine(release: Release) -> Machine {
    let environment = Environment::new().with_release(release).with_processors(2);
    let environment = match release < Release::V6_12 {
        true => environment.without_module("ip_vs_twos"),
        false => environment,
    };
    let mut machine = Machine::new(environment);
    let network = machine.network_mut(Machine::INITIAL).unwrap();
    network.set(Interface::loopback().with_address([192, 0, 2, 1], 32));
    network.set(eth0());
    machine
}

fn eth0() -> Interface {
    let eth0 = Interface::new("eth0").with_address([10, 0, 9, 1], 24);
    eth0.with_address([0xfe80, 0, 0, 0, 0, 0, 0, 1], 64)
}

/// Sends a request and collects everything that comes back.
pub(super) fn ask(machine: &mut Machine, socket: SocketId, request: &[u8]) -> Vec<Vec<u8>> {
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

/// What happened when it was recorded.
pub(super) enum Step<'t> {
    /// Something was sent: the name of what, and everything that came back.
    Asked {
        name: &'t str,
        request: Vec<u8>,
        replies: Vec<Vec<u8>>,
    },
    /// A line of shell was run.
    Shell(&'t str),
}

/// The steps of a recording, which says itself how it is to be read.
pub(super) fn read(text: &str) -> Vec<Step<'_>> {
    let (mut steps, mut last) = (Vec::new(), "");
    for line in text.lines() {
        match (line.split_at_checked(2), steps.last_mut()) {
            (Some(("$ ", name)), _) => last = name,
            (Some(("% ", line)), _) => steps.push(Step::Shell(line)),
            (Some(("> ", hex)), _) => steps.push(Step::Asked {
                name: last,
                request: bytes(hex),
                replies: Vec::new(),
            }),
            (Some(("< ", hex)), Some(Step::Asked { replies, .. })) => replies.push(bytes(hex)),
            _ => {}
        }
    }
    steps
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits = (0..hex.len()).step_by(2).map(|at| &hex[at..at + 2]);
    digits
        .map(|pair| u8::from_str_radix(pair, 16).unwrap())
        .collect()
}

/// Does to the fake's network what a line of shell did to the kernel's, if anything is left
/// to do.
pub(super) fn shell(machine: &mut Machine, step: Step<'_>) {
    let network = machine.network_mut(Machine::INITIAL).unwrap();
    match step {
        Step::Shell("ip addr add 10.0.99.1/24 dev eth0") => {
            network.set(eth0().with_address([10, 0, 99, 1], 24));
        }
        Step::Shell(line) => assert!(
            ["eth0 type dummy", "dev lo", "/dev/udp"]
                .iter()
                .any(|known| line.contains(known)),
            "{line}"
        ),
        Step::Asked { .. } => {}
    }
}

/// The first message of a datagram.
fn message(datagram: &[u8]) -> Message<'_> {
    Messages::new(datagram).next().unwrap().unwrap()
}

/// One message of an answer, with what differs from run to run masked.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Masked {
    pub(super) kind: u16,
    pub(super) flags: u16,
    sequence: u32,
    pub(super) payload: Vec<u8>,
}

impl std::fmt::Debug for Masked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Masked {
            kind,
            flags,
            sequence,
            payload,
        } = self;
        write!(f, "{kind:x} {flags:x} {sequence} ")?;
        payload.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The messages of an answer; of a list of services sorted.
pub(super) fn masked(replies: &[Vec<u8>], request: &[u8]) -> Vec<Masked> {
    let messages = replies.iter().flat_map(|datagram| Messages::new(datagram));
    let mut answer: Vec<Masked> = messages.map(|message| mask(&message.unwrap())).collect();
    let is_dump = message(request).header.flags & NLM_F_DUMP == NLM_F_DUMP;
    if is_dump && request.get(16) == Some(&IPVS_CMD_GET_SERVICE) {
        answer.sort();
    }
    answer
}

fn mask(message: &Message<'_>) -> Masked {
    let payload = match message.content().unwrap() {
        Content::Generic(generic) if counts(message.header.kind, generic.command) => {
            let mut payload = message.payload[..4].to_vec();
            payload.extend(without_counters(generic.attributes));
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

fn counts(family: u16, command: u8) -> bool {
    let counted = [IPVS_CMD_NEW_SERVICE, IPVS_CMD_NEW_DEST];
    family > ipvs_sys::netlink::GENL_ID_CTRL && counted.contains(&command)
}

/// The attributes of a service or a dest, with zeros in place of what was counted.
fn without_counters(attributes: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    build::<WireError>(&mut bytes, |attrs| {
        for attr in Attrs::new(attributes).map(Result::unwrap) {
            let counters: &[u16] = match attr.kind {
                IPVS_CMD_ATTR_SERVICE => &[IPVS_SVC_ATTR_STATS, IPVS_SVC_ATTR_STATS64],
                _ => &[
                    IPVS_DEST_ATTR_STATS,
                    IPVS_DEST_ATTR_STATS64,
                    IPVS_DEST_ATTR_ACTIVE_CONNS,
                    IPVS_DEST_ATTR_INACT_CONNS,
                    IPVS_DEST_ATTR_PERSIST_CONNS,
                ],
            };
            attrs.nest(attr.kind, |nest| {
                for inner in attr.nested().map(Result::unwrap) {
                    match counters.contains(&inner.kind) {
                        true => nest.bytes(inner.kind, &vec![0; inner.payload.len()]),
                        false => nest.bytes(inner.kind, inner.payload),
                    }
                }
            });
        }
        Ok(())
    })
    .unwrap();
    bytes
}
