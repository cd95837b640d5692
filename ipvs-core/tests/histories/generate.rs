//! Random histories. Everything is drawn from small pools, so that the same things meet often.

mod changes;
mod pools;
mod raw;
mod sysctls;

use ipvs_core::ServiceKey;

use crate::dice::Dice;
use crate::files::FILES;
use crate::history::{At, Fill, Filling, History, Interface, Line, Read, Step};

/// How many steps a history has at most.
const MOST_STEPS: usize = 90;

#[derive(Clone, Copy)]
enum Kind {
    Change,
    Batch,
    Read,
    File,
    Sysctl,
    Interface,
    Send,
    Fill,
    Receive,
    Drain,
    Reopen,
    Buffer,
}

/// How often what happens.
const KINDS: &[(usize, Kind)] = &[
    (20, Kind::Change),
    (3, Kind::Batch),
    (8, Kind::Read),
    (3, Kind::File),
    (2, Kind::Sysctl),
    (1, Kind::Interface),
    (34, Kind::Send),
    (2, Kind::Fill),
    (8, Kind::Receive),
    (10, Kind::Drain),
    (1, Kind::Reopen),
    (1, Kind::Buffer),
];

pub fn history(dice: &mut Dice) -> History {
    let namespaces = if dice.once_in(5) { 2 } else { 1 };
    // Interfaces are dear: few histories have others than `lo`.
    let interfaces = dice.once_in(12);
    let count = MOST_STEPS / 4 + dice.throw(MOST_STEPS * 3 / 4);
    let mut steps = Vec::with_capacity(count);
    while steps.len() < count {
        let kind = dice.weigh(KINDS);
        if interfaces || !matches!(kind, Kind::Interface) {
            let at = At(dice.throw(namespaces));
            steps.push(step(dice, kind, at));
        }
    }
    History { steps }
}

fn step(dice: &mut Dice, kind: Kind, at: At) -> Step {
    let line = Line {
        at,
        number: dice.weigh(&[(6, 0), (3, 1), (1, 2)]),
    };
    match kind {
        Kind::Change => Step::Change(at, changes::change(dice)),
        Kind::Batch => {
            let count = 1 + dice.throw(8);
            Step::Batch(at, (0..count).map(|_| changes::change(dice)).collect())
        }
        Kind::Read => Step::Read(at, read(dice)),
        Kind::File => Step::File(at, dice.pick(FILES).to_owned()),
        Kind::Sysctl => {
            let (name, value) = sysctls::setting(dice);
            Step::Sysctl(at, name, value)
        }
        Kind::Interface => Step::Interface(at, interface(dice)),
        Kind::Send => {
            let count = dice.weigh(&[(60, 1), (20, 2), (10, 4), (10, 7), (1, 0)]);
            Step::Send(line, (0..count).map(|_| raw::message(dice)).collect())
        }
        Kind::Fill => Step::Fill(line, fill(dice)),
        Kind::Receive => Step::Receive(line, length(dice)),
        Kind::Drain => Step::Drain(line, length(dice)),
        Kind::Reopen => Step::Reopen(line),
        // Only one socket of a namespace gets a small one, and with it overruns.
        Kind::Buffer => {
            let sizes = [1, 2304, 4608, 8192, 20_000, 106_496];
            Step::ReceiveBuffer(Line { at, number: 2 }, dice.pick(&sizes))
        }
    }
}

fn read(dice: &mut Dice) -> Read {
    let key: ServiceKey = pools::service_key(dice);
    let dest = pools::dest_key(dice);
    let which = dice.weigh(&[
        (3, 0),
        (3, 1),
        (3, 2),
        (2, 3),
        (1, 4),
        (1, 5),
        (1, 6),
        (1, 7),
        (1, 8),
    ]);
    match which {
        0 => Read::Services,
        1 => Read::Service(key),
        2 => Read::Dests(key),
        3 => Read::Dest(key, dest),
        4 => Read::Daemons,
        5 => Read::Timeouts,
        6 => Read::Info,
        7 => Read::Snapshot,
        _ => Read::List,
    }
}

fn fill(dice: &mut Dice) -> Fill {
    Fill {
        what: dice.pick(&[Filling::Services, Filling::Dests]),
        count: dice.weigh(&[(40, 12), (30, 30), (20, 100), (10, 240), (2, 2500)]),
        acknowledged: dice.once_in(4),
    }
}

/// Of a buffer: nearly always one that nothing is too long for.
fn length(dice: &mut Dice) -> usize {
    dice.weigh(&[
        (20, 32 * 1024),
        (3, 8192),
        (2, 4096),
        (1, 65_536),
        (1, 512),
        (1, 16),
    ])
}

fn interface(dice: &mut Dice) -> Interface {
    let addresses: &[&[&str]] = &[
        &[],
        &["10.0.3.254/24"],
        &["10.0.3.1/32"],
        &["10.0.2.1/24", "2001:db8:3::fe/64"],
    ];
    Interface {
        name: "wire".to_owned(),
        up: !dice.once_in(4),
        mtu: dice.pick(&[1500, 1400, 9000]),
        addresses: dice
            .pick(addresses)
            .iter()
            .map(|one| (*one).to_owned())
            .collect(),
    }
}
