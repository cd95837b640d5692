//! One state machine over the two ways to agree: events in, actions out.

use std::collections::BTreeSet;
use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use super::{heartbeat, vrrp};

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// A datagram came to the heartbeat's port.
    Heartbeat {
        /// Its sender.
        from: IpAddr,
        /// Its payload.
        bytes: &'a [u8],
    },
    /// A packet of IP protocol 112 came.
    Advertisement {
        /// What its IP header says.
        header: vrrp::Header,
        /// Its payload.
        bytes: &'a [u8],
    },
    /// The [deadline](Machine::deadline) was reached, or some other moment. Whatever was
    /// heard before must have been handed over: a late reader is no dead partner.
    Time,
    /// The carrier of an interface came or went.
    Link {
        /// Which one.
        nic: Nic,
        /// Whether it has a carrier.
        up: bool,
    },
    /// Whether this node can serve at all, were it active: not while its lvsd dies time
    /// and again.
    Fit(bool),
    /// SIGHUP: read the configuration again.
    Hangup,
    /// A signal that ends the program, by its number.
    Terminate(i32),
}

/// What to do about it, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Become active: services, sync daemon, addresses, and announce them.
    Activate,
    /// Become inactive: the reverse.
    Deactivate,
    /// Announce the addresses again: somebody else may have announced them.
    Announce,
    /// Announce the addresses once more: neighbours and switches forget.
    Refresh,
    /// Put a packet on the wire: a heartbeat to the partner's port, or an advertisement to
    /// the group.
    Send {
        /// Where to.
        to: IpAddr,
        /// The payload.
        bytes: Vec<u8>,
    },
    /// Tell lvsd to read its configuration again.
    Reload,
    /// Write a line to the log.
    Log(String),
    /// End; nothing follows.
    Exit,
}

/// The interfaces of a director whose carrier is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Nic {
    /// Towards the clients.
    Primary,
    /// Towards the real servers.
    Private,
}

impl fmt::Display for Nic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Nic::Primary => "Primary",
            Nic::Private => "Private",
        })
    }
}

/// How the nodes agree on who is active.
#[derive(Clone, Debug)]
pub enum Election {
    /// By the original's four bytes.
    Heartbeat(heartbeat::Election),
    /// By VRRPv3.
    Vrrp(vrrp::Election),
}

/// The same words to either.
impl Election {
    fn is_active(&self) -> bool {
        match self {
            Election::Heartbeat(election) => election.is_active(),
            Election::Vrrp(election) => election.is_active(),
        }
    }

    fn deadline(&self) -> Option<Duration> {
        match self {
            Election::Heartbeat(election) => election.deadline(),
            Election::Vrrp(election) => election.deadline(),
        }
    }

    /// In which time a living partner is heard, if it says anything.
    fn patience(&self) -> Duration {
        match self {
            Election::Heartbeat(election) => election.patience(),
            Election::Vrrp(election) => election.patience(),
        }
    }

    fn start(&mut self, now: Duration, actions: &mut Vec<Action>) {
        match self {
            Election::Heartbeat(election) => election.start(now, actions),
            Election::Vrrp(election) => election.start(now, actions),
        }
    }

    fn tick(&mut self, now: Duration, actions: &mut Vec<Action>) {
        match self {
            Election::Heartbeat(election) => election.tick(now, actions),
            Election::Vrrp(election) => election.tick(now, actions),
        }
    }

    fn claim(&mut self, why: &str, now: Duration, actions: &mut Vec<Action>) {
        match self {
            Election::Heartbeat(election) => election.claim(why, now, actions),
            Election::Vrrp(election) => election.claim(why, now, actions),
        }
    }

    fn enable(&mut self, now: Duration, actions: &mut Vec<Action>) {
        match self {
            Election::Heartbeat(election) => election.enable(now),
            Election::Vrrp(election) => election.enable(now, actions),
        }
    }

    fn disable(&mut self, now: Duration, actions: &mut Vec<Action>) {
        match self {
            Election::Heartbeat(election) => election.disable(now, actions),
            Election::Vrrp(election) => election.disable(actions),
        }
    }
}

/// What holds for either way to agree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Be inactive while an interface has no carrier.
    pub monitor_links: bool,
    /// While active, announce the addresses again this often.
    pub refresh: Option<Duration>,
}

const STILL_ACTIVE: &str = "still active: resuming lvs";

/// The state of one director.
///
/// Time never goes back from one call to the next.
#[derive(Clone, Debug)]
pub struct Machine {
    election: Election,
    settings: Settings,
    /// The watched interfaces without a carrier.
    down: BTreeSet<Nic>,
    fit: bool,
    /// Found active at the [resumption](Self::resume): until when the partner is listened to.
    found: Option<Duration>,
    announce_at: Option<Duration>,
    ended: bool,
}

impl Machine {
    /// A director that [starts](Self::start) later.
    pub fn new(election: Election, settings: Settings) -> Self {
        Machine {
            election,
            settings,
            down: BTreeSet::new(),
            fit: true,
            found: None,
            announce_at: None,
            ended: false,
        }
    }

    /// Whether this director is the one that serves.
    pub fn is_active(&self) -> bool {
        self.found.is_some() || self.election.is_active()
    }

    /// Whether nothing that this node knows of keeps it from serving.
    pub fn is_whole(&self) -> bool {
        self.fit && self.down.is_empty()
    }

    /// When [`Event::Time`] is due next, if ever.
    pub fn deadline(&self) -> Option<Duration> {
        if self.ended {
            return None;
        }
        let election = self.found.or_else(|| self.election.deadline());
        [election, self.announce_at].into_iter().flatten().min()
    }

    /// Begins to listen and to send.
    pub fn start(&mut self, now: Duration) -> Vec<Action> {
        let mut actions = Vec::new();
        self.election.start(now, &mut actions);
        self.finish(now, actions)
    }

    /// Begins like [`start`](Self::start), but on a node that serves already: its pulse died
    /// and came back. If the partner is heard to be active, this node gives way; else it goes on.
    pub fn resume(&mut self, now: Duration) {
        self.found = Some(now + self.election.patience());
    }

    /// Begins like [`start`](Self::start), but on a node that has served up to now: it goes
    /// on, and no partner takes over for its silence.
    pub fn go_on(&mut self, now: Duration) -> Vec<Action> {
        let mut actions = self.start(now);
        if !self.ended {
            self.election.claim(STILL_ACTIVE, now, &mut actions);
        }
        self.finish(now, actions)
    }

    /// Be active now, whatever the partner is; later it counts again.
    pub fn force(&mut self, now: Duration) -> Vec<Action> {
        let mut actions = Vec::new();
        if !self.ended {
            self.found = None;
            let why = "forced active: activating lvs";
            self.election.claim(why, now, &mut actions);
        }
        self.finish(now, actions)
    }

    /// Whether the partner is active, if that is what an event tells.
    pub fn partner(&self, event: &Event<'_>) -> Option<bool> {
        match (&self.election, event) {
            (Election::Heartbeat(election), Event::Heartbeat { from, bytes }) => {
                election.partner(*from, bytes)
            }
            (Election::Vrrp(election), Event::Advertisement { header, bytes }) => {
                election.partner(header, bytes)
            }
            _ => None,
        }
    }

    /// What to do about an event that happened at `now`.
    pub fn step(&mut self, now: Duration, event: Event<'_>) -> Vec<Action> {
        let mut actions = Vec::new();
        if self.ended {
            return actions;
        }
        if let Some(until) = self.found {
            self.find_out(until, now, &event, &mut actions);
        }
        match event {
            Event::Time => self.tick(now, &mut actions),
            Event::Link { nic, up } => self.link(nic, up, now, &mut actions),
            Event::Fit(fit) => self.prove(fit, now, &mut actions),
            Event::Hangup => actions.push(Action::Reload),
            Event::Terminate(signal) => {
                actions.push(Action::Log(format!("Terminating due to signal {signal}")));
                self.election.disable(now, &mut actions);
                actions.push(Action::Exit);
            }
            Event::Heartbeat { from, bytes } => {
                if let Election::Heartbeat(election) = &mut self.election {
                    election.hear(from, bytes, now, &mut actions);
                }
            }
            Event::Advertisement { header, bytes } => {
                if let Election::Vrrp(election) = &mut self.election {
                    election.hear(&header, bytes, now, &mut actions);
                }
            }
        }
        self.finish(now, actions)
    }

    /// Ends the time in which it is open whether the partner took over.
    fn find_out(
        &mut self,
        until: Duration,
        now: Duration,
        event: &Event<'_>,
        actions: &mut Vec<Action>,
    ) {
        let partner = self.partner(event);
        let lost = match event {
            Event::Link { up, .. } => self.settings.monitor_links && !up,
            Event::Fit(fit) => !fit,
            Event::Terminate(_) => {
                self.found = None;
                actions.push(Action::Deactivate);
                return;
            }
            _ => false,
        };
        if partner.is_none() && !lost && now < until {
            return;
        }
        self.found = None;
        self.election.start(now, actions);
        if actions.contains(&Action::Exit) {
            // Nobody may serve, whoever did.
            actions.insert(0, Action::Deactivate);
        } else if partner == Some(true) && !self.election.is_active() {
            actions.push(Action::Log("partner active: deactivating LVS".into()));
            actions.push(Action::Deactivate);
        } else if !lost {
            self.election.claim(STILL_ACTIVE, now, actions);
        } else if !self.election.is_active() {
            actions.push(Action::Deactivate);
        }
    }

    fn tick(&mut self, now: Duration, actions: &mut Vec<Action>) {
        if self.found.is_none() {
            self.election.tick(now, actions);
        }
        let due = self.announce_at.is_some_and(|at| now >= at);
        if due && self.is_active() && !announces(actions) {
            actions.push(Action::Refresh);
        }
    }

    fn link(&mut self, nic: Nic, up: bool, now: Duration, actions: &mut Vec<Action>) {
        if !self.settings.monitor_links {
            return;
        }
        let was_whole = self.down.is_empty();
        if up {
            self.down.remove(&nic);
        } else if self.down.insert(nic) {
            actions.push(Action::Log(format!("{nic} NIC: link down")));
        }
        match (was_whole, self.down.is_empty()) {
            (true, false) => {
                let line = "Local NIC link failure: Pulse disabled";
                actions.push(Action::Log(line.into()));
                self.election.disable(now, actions);
            }
            (false, true) => {
                let line = "Local NIC link(s) restored: Pulse enabled";
                actions.push(Action::Log(line.into()));
                self.enable(now, actions);
            }
            _ => {}
        }
    }

    fn prove(&mut self, fit: bool, now: Duration, actions: &mut Vec<Action>) {
        match (self.fit, fit) {
            (true, false) => self.election.disable(now, actions),
            (false, true) => {
                self.fit = true;
                self.enable(now, actions);
            }
            _ => {}
        }
        self.fit = fit;
    }

    /// Takes part again, once nothing speaks against it.
    fn enable(&mut self, now: Duration, actions: &mut Vec<Action>) {
        if self.is_whole() {
            self.election.enable(now, actions);
        }
    }

    /// Keeps what follows from the actions, whoever asked for them.
    fn finish(&mut self, now: Duration, actions: Vec<Action>) -> Vec<Action> {
        self.ended |= actions.contains(&Action::Exit);
        if !self.is_active() {
            self.announce_at = None;
        } else if announces(&actions) {
            self.announce_at = self.settings.refresh.map(|refresh| now + refresh);
        }
        actions
    }
}

/// Whether the neighbours are told anyway.
fn announces(actions: &[Action]) -> bool {
    let telling = [Action::Activate, Action::Announce, Action::Refresh];
    actions.iter().any(|action| telling.contains(action))
}

#[cfg(test)]
mod tests;
