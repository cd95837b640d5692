//! What was said to four real kernels, said again: the answers must be theirs.
//!
//! Masked are the ports of the sockets and what traffic counted; the services of a list may
//! come in another order, and lists in other pieces. `tests/golden` tells how the recordings
//! were made.

use std::collections::BTreeMap;

use ipvs_sys::netlink::{NLM_F_MULTI, NLMSG_ERROR};

use super::recorded::{self, Masked, Step, masked};
use crate::fake::Release;
use crate::fake::machine::{Machine, SocketId};

/// A kernel's answers to ipvsadm, and to requests that no tool sends.
macro_rules! recording {
    ($release:ident, $name:literal) => {
        (
            Release::$release,
            include_str!(concat!("../../../../tests/golden/", $name)),
            include_str!(concat!("../../../../tests/golden/answers/", $name)),
        )
    };
}

const RECORDINGS: [(Release, &str, &str); 4] = [
    recording!(V5_10, "5.10.txt"),
    recording!(V6_1, "6.1.txt"),
    recording!(V6_12, "6.12.txt"),
    recording!(V7_2, "newest.txt"),
];

/// A machine, and its sockets by the ports that they had when they were recorded.
struct Replay {
    machine: Machine,
    sockets: BTreeMap<Vec<u8>, SocketId>,
    /// `NETLINK_EXT_ACK` of each.
    extended: bool,
}

/// What was compared.
#[derive(Debug, Default)]
struct Seen {
    requests: usize,
    refusals: usize,
    /// Messages of lists.
    listed: usize,
}

impl Replay {
    /// Says everything again, and returns what differs.
    fn run(release: Release, text: &str, extended: bool) -> (Seen, Vec<String>) {
        let mut replay = Replay {
            machine: recorded::machine(release),
            sockets: BTreeMap::new(),
            extended,
        };
        let (mut seen, mut differences) = (Seen::default(), Vec::new());
        for step in recorded::read(text) {
            let Step::Asked {
                name,
                request,
                replies,
            } = step
            else {
                recorded::shell(&mut replay.machine, step);
                continue;
            };
            let expected = masked(&replies, &request);
            let answer = masked(&replay.ask(&request), &request);
            seen.count(&answer);
            if answer != expected {
                differences.push(format!("{name}:\n  {answer:x?}\n  {expected:x?}\n"));
            }
        }
        (seen, differences)
    }

    fn ask(&mut self, request: &[u8]) -> Vec<Vec<u8>> {
        let machine = &mut self.machine;
        let socket = *self
            .sockets
            .entry(request[12..16].to_vec())
            .or_insert_with(|| {
                let socket = machine.open_socket(Machine::INITIAL);
                let opened = machine.socket_mut(socket).unwrap();
                opened.set_options(false, self.extended);
                socket
            });
        recorded::ask(machine, socket, request)
    }
}

impl Seen {
    fn count(&mut self, answer: &[Masked]) {
        let is_refusal = |m: &&Masked| m.kind == NLMSG_ERROR && m.payload[..4] != [0; 4];
        self.requests += 1;
        self.refusals += answer.iter().filter(is_refusal).count();
        let is_listed = |m: &&Masked| m.flags & NLM_F_MULTI != 0;
        self.listed += answer.iter().filter(is_listed).count();
    }
}

#[test]
fn the_answers_of_four_kernels_to_ipvsadm_are_given_again() {
    for (release, text, _) in RECORDINGS {
        let (seen, differences) = Replay::run(release, text, false);
        assert!(
            differences.is_empty(),
            "{release}: {}",
            differences.concat()
        );
        let enough = seen.requests >= 120 && seen.refusals >= 5 && seen.listed >= 30;
        assert!(enough, "{release}: {seen:?}");
    }
}

#[test]
fn the_answers_of_four_kernels_to_mistakes_are_given_again() {
    for (release, _, text) in RECORDINGS {
        let (seen, differences) = Replay::run(release, text, true);
        assert!(
            differences.is_empty(),
            "{release}: {}",
            differences.concat()
        );
        let enough = seen.requests >= 500 && seen.refusals >= 250 && seen.listed >= 100;
        assert!(enough, "{release}: {seen:?}");
    }
}
