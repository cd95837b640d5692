//! What four real kernels answered to mistakes of every kind: the fake's answers must be
//! theirs, to the byte. `tests/golden/mistakes` made the recordings.
#![cfg(target_endian = "little")]

use super::recorded::{self, eth0, masked};
use crate::fake::Release;
use crate::fake::machine::{Machine, SocketId};

const RECORDINGS: [(Release, &str); 4] = [
    (
        Release::V5_10,
        include_str!("../../../../tests/golden/answers/5.10.txt"),
    ),
    (
        Release::V6_1,
        include_str!("../../../../tests/golden/answers/6.1.txt"),
    ),
    (
        Release::V6_12,
        include_str!("../../../../tests/golden/answers/6.12.txt"),
    ),
    (
        Release::V7_2,
        include_str!("../../../../tests/golden/answers/newest.txt"),
    ),
];

/// A request by its name, and what came back.
#[derive(Default)]
struct Asked<'t> {
    name: &'t str,
    request: Vec<u8>,
    replies: Vec<Vec<u8>>,
}

#[test]
fn the_answers_of_four_kernels_to_mistakes_are_given_again() {
    for (release, text) in RECORDINGS {
        let mut machine = recorded::machine(release);
        let socket = machine.open_socket(Machine::INITIAL);
        machine.socket_mut(socket).unwrap().set_options(false, true);
        let (mut differences, mut compared) = (Vec::new(), 0);
        for part in text.split("\n\n") {
            if part.starts_with('%') {
                let network = machine.network_mut(Machine::INITIAL).unwrap();
                network.set(eth0().with_address([10, 0, 99, 1], 24));
            } else if part.starts_with('$') {
                compared += 1;
                differences.extend(difference(&mut machine, socket, &read(part)));
            }
        }
        let differences = differences.join("\n");
        assert!(differences.is_empty(), "{release}:\n{differences}");
        assert!(compared > 500, "{release}: only {compared} requests");
    }
}

fn difference(machine: &mut Machine, socket: SocketId, asked: &Asked<'_>) -> Option<String> {
    let expected = masked(&asked.replies, &asked.request);
    let answer = masked(
        &recorded::ask(machine, socket, &asked.request),
        &asked.request,
    );
    let differs = answer != expected;
    differs.then(|| format!("{}:\n  {answer:x?}\n  {expected:x?}", asked.name))
}

fn read(part: &str) -> Asked<'_> {
    let mut asked = Asked::default();
    for line in part.lines() {
        match line.split_at(2) {
            ("$ ", name) => asked.name = name,
            ("> ", hex) => asked.request = bytes(hex),
            ("< ", hex) => asked.replies.push(bytes(hex)),
            _ => panic!("{line}"),
        }
    }
    asked
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits = (0..hex.len()).step_by(2).map(|at| &hex[at..at + 2]);
    digits
        .map(|pair| u8::from_str_radix(pair, 16).unwrap())
        .collect()
}
