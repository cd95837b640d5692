//! What ipvsadm said to four real kernels, said again: the answers must be theirs.
//!
//! Masked are the ports of the sockets and what traffic counted; the services of a list may
//! come in another order, and lists in other pieces.
#![cfg(target_endian = "little")]

#[path = "../../../../tests/golden/recording.rs"]
mod recording;

use std::collections::BTreeMap;

use ipvs_sys::netlink::{NLM_F_MULTI, NLMSG_ERROR};

use super::recorded::{self, Masked, masked, message};
use crate::fake::Release;
use crate::fake::machine::{Machine, SocketId};

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

/// A machine, and its sockets by the ports that they had when they were recorded.
struct Replay {
    machine: Machine,
    sockets: BTreeMap<u32, SocketId>,
}

impl Replay {
    fn ask(&mut self, request: &[u8]) -> Vec<Vec<u8>> {
        let port = message(request).header.port;
        let machine = &mut self.machine;
        let socket = *self.sockets.entry(port).or_insert_with(|| {
            let socket = machine.open_socket(Machine::INITIAL);
            let opened = machine.socket_mut(socket).unwrap();
            opened.set_options(false, false);
            socket
        });
        recorded::ask(machine, socket, request)
    }
}

#[test]
fn the_answers_of_four_kernels_are_given_again() {
    for (release, text) in RECORDINGS {
        let mut replay = Replay {
            machine: recorded::machine(release),
            sockets: BTreeMap::new(),
        };
        let (mut compared, mut refused, mut listed) = (0, 0, 0);
        for command in recording::read(text) {
            for request in &command.requests {
                let asked = message(request).header;
                let is_answer = |reply: &&Vec<u8>| {
                    let header = message(reply).header;
                    (header.sequence, header.port) == (asked.sequence, asked.port)
                };
                let replies = command.replies.iter().filter(is_answer).cloned();
                let expected = masked(&replies.collect::<Vec<_>>(), request);
                let answer = masked(&replay.ask(request), request);
                assert_eq!(answer, expected, "{release}: {}", command.line());
                let is_refusal = |m: &&Masked| m.kind == NLMSG_ERROR && m.payload[..4] != [0; 4];
                compared += answer.len();
                refused += answer.iter().filter(is_refusal).count();
                listed += answer.iter().filter(|m| m.flags & NLM_F_MULTI != 0).count();
            }
        }
        assert!(compared >= 200, "{release}: only {compared} messages");
        assert!(refused >= 5, "{release}: only {refused} refusals");
        assert!(listed >= 30, "{release}: only {listed} messages of lists");
    }
}
