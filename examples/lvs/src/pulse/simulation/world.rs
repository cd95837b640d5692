//! A world of two directors in which packets are lost and late, cables are pulled and
//! nodes die and come back.

use std::net::IpAddr;
use std::time::Duration;

use crate::pulse::{Action, Event, Machine, Nic, vrrp};

/// The public and the private address of each node.
pub(super) const ADDRESSES: [[&str; 2]; 2] =
    [["10.0.2.50", "10.0.3.15"], ["10.0.2.51", "10.0.3.16"]];

/// What the world does to the nodes for a while.
#[derive(Clone, Copy, Debug)]
pub(super) struct Weather {
    /// Percent of the packets that get lost on their way to each node.
    pub(super) loss: [u8; 2],
    /// The longest that a packet takes, in milliseconds.
    pub(super) delay: u64,
    pub(super) alive: [bool; 2],
    pub(super) carrier: [bool; 2],
}

/// All well, packets take up to 10 ms.
pub(super) const FAIR: Weather = Weather {
    loss: [0; 2],
    delay: 10,
    alive: [true; 2],
    carrier: [true; 2],
};

struct Packet {
    at: Duration,
    from: IpAddr,
    to: IpAddr,
    receiver: usize,
    bytes: Vec<u8>,
}

pub(super) struct World {
    pub(super) now: Duration,
    builders: [Box<dyn Fn() -> Machine>; 2],
    nodes: [Option<Machine>; 2],
    carrier: [bool; 2],
    flight: Vec<Packet>,
    weather: Weather,
    random: u64,
    /// Who was active from when on.
    history: Vec<(Duration, [bool; 2])>,
}

impl World {
    /// `builders` make a node afresh whenever it comes to life.
    pub(super) fn new(builders: [Box<dyn Fn() -> Machine>; 2], seed: u64) -> Self {
        World {
            now: Duration::ZERO,
            builders,
            nodes: [None, None],
            carrier: [true; 2],
            flight: Vec::new(),
            weather: FAIR,
            random: seed | 1,
            history: vec![(Duration::ZERO, [false; 2])],
        }
    }

    pub(super) fn active(&self) -> [bool; 2] {
        let active = |node: &Option<Machine>| node.as_ref().is_some_and(Machine::is_active);
        self.nodes.each_ref().map(active)
    }

    /// Lets `length` go by under `weather`.
    pub(super) fn pass(&mut self, weather: Weather, length: Duration) {
        self.weather = weather;
        for node in 0..2 {
            self.change(node);
        }
        let end = self.now + length;
        while let Some(at) = self.next().filter(|at| *at <= end) {
            self.now = at;
            self.happen();
        }
        self.now = end;
    }

    /// Starts or kills a node, plugs or pulls its cable.
    fn change(&mut self, node: usize) {
        match (self.weather.alive[node], self.nodes[node].is_some()) {
            (true, false) => {
                let mut machine = (self.builders[node])();
                let actions = machine.start(self.now);
                self.nodes[node] = Some(machine);
                self.carrier[node] = true;
                self.act(node, actions);
            }
            (false, true) => self.nodes[node] = None,
            _ => {}
        }
        self.record();
        let up = self.weather.carrier[node];
        if std::mem::replace(&mut self.carrier[node], up) != up {
            self.step(
                node,
                Event::Link {
                    nic: Nic::Primary,
                    up,
                },
            );
        }
    }

    /// When something happens next.
    fn next(&self) -> Option<Duration> {
        let timers = self.nodes.iter().flatten().filter_map(Machine::deadline);
        let arrivals = self.flight.iter().map(|packet| packet.at);
        timers.chain(arrivals).min()
    }

    /// Delivers what has arrived; if nothing has, time has passed.
    fn happen(&mut self) {
        let Some(index) = self.flight.iter().position(|packet| packet.at <= self.now) else {
            for node in 0..2 {
                let deadline = self.nodes[node].as_ref().and_then(Machine::deadline);
                if deadline.is_some_and(|at| at <= self.now) {
                    self.step(node, Event::Time);
                }
            }
            return;
        };
        let Packet {
            from,
            to,
            receiver,
            bytes,
            ..
        } = self.flight.remove(index);
        let header = vrrp::Header {
            from,
            to,
            hop_limit: 255,
        };
        let bytes = bytes.as_slice();
        self.step(receiver, Event::Heartbeat { from, bytes });
        self.step(receiver, Event::Advertisement { header, bytes });
    }

    fn step(&mut self, node: usize, event: Event<'_>) {
        let Some(machine) = &mut self.nodes[node] else {
            return;
        };
        let actions = machine.step(self.now, event);
        self.act(node, actions);
        self.record();
    }

    /// Puts the packets of a node on their way.
    fn act(&mut self, node: usize, actions: Vec<Action>) {
        let receiver = 1 - node;
        for action in actions {
            let Action::Send { to, bytes } = action else {
                continue;
            };
            if self.draw(100) < u64::from(self.weather.loss[receiver]) {
                continue;
            }
            let paths: [IpAddr; 2] = ADDRESSES[receiver].map(|text| text.parse().unwrap());
            let path = paths.iter().position(|path| *path == to).unwrap_or(0);
            let delay = self.draw(self.weather.delay + 1);
            self.flight.push(Packet {
                at: self.now + Duration::from_millis(delay),
                from: ADDRESSES[node][path].parse().unwrap(),
                to,
                receiver,
                bytes,
            });
        }
    }

    fn record(&mut self) {
        let active = self.active();
        if self.history.last().is_none_or(|(_, last)| *last != active) {
            self.history.push((self.now, active));
        }
    }

    /// The longest time since `from` for which `what` held.
    pub(super) fn longest(&self, from: Duration, what: fn([bool; 2]) -> bool) -> Duration {
        let ends = self
            .history
            .iter()
            .skip(1)
            .map(|(at, _)| *at)
            .chain([self.now]);
        let spans = self.history.iter().zip(ends);
        let held = spans.filter(|((_, active), _)| what(*active));
        let lengths = held.map(|((at, _), end)| end.saturating_sub(from.max(*at)));
        lengths.max().unwrap_or_default()
    }

    /// When the last change of who is active was.
    pub(super) fn settled(&self) -> Duration {
        self.history.last().map_or(Duration::ZERO, |(at, _)| *at)
    }

    /// A number below `limit` (xorshift).
    fn draw(&mut self, limit: u64) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random >> 11) % limit
    }
}
