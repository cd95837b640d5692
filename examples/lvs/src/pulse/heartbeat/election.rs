//! The rules by which two nodes that hear each other's heartbeat agree.

use std::net::IpAddr;
use std::time::Duration;

use super::Beat;
use crate::pulse::complaints::Complaints;
use crate::pulse::{Action, Role};

/// What lvs.cf says about the heartbeat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Which node this is.
    pub role: Role,
    /// Time between two heartbeats.
    pub keepalive: Duration,
    /// Silence after which the partner counts as dead.
    pub deadtime: Duration,
    /// The partner's addresses: the public one, and the private one if there is one. A
    /// heartbeat goes to each, and comes from each. Empty without `backup_active`: then
    /// nothing is sent, and a backup has nothing to do.
    pub partner: Vec<IpAddr>,
}

/// One node's view: whether it is active, and what it knows about the partner.
#[derive(Clone, Debug)]
pub struct Election {
    settings: Settings,
    active: bool,
    /// Not while a link is down, nor before the start and after the end.
    enabled: bool,
    /// When the partner was heard last, or since when one listens.
    heard: Duration,
    next_beat: Duration,
    /// Since when the partner says that it is not active, if that was its last word.
    stopped_since: Option<Duration>,
    /// The partner was heard active while we were.
    both_active: bool,
    complaints: Complaints,
}

impl Election {
    /// A node that was not started yet.
    pub fn new(settings: Settings) -> Self {
        Election {
            settings,
            active: false,
            enabled: false,
            heard: Duration::ZERO,
            next_beat: Duration::ZERO,
            stopped_since: None,
            both_active: false,
            complaints: Complaints::default(),
        }
    }

    pub(in crate::pulse) fn is_active(&self) -> bool {
        self.active
    }

    pub(in crate::pulse) fn start(&mut self, now: Duration, actions: &mut Vec<Action>) {
        actions.push(Action::Log(format!(
            "STARTING PULSE AS {}",
            self.settings.role
        )));
        if self.settings.role == Role::Backup && self.settings.partner.is_empty() {
            actions.push(Action::Log(
                "no backup is configured to run: exiting".into(),
            ));
            actions.push(Action::Exit);
            return;
        }
        self.enable(now);
        self.next_beat = now;
    }

    /// Becomes active, unless it is.
    pub(in crate::pulse) fn claim(&mut self, why: &str, now: Duration, actions: &mut Vec<Action>) {
        if !self.active && self.enabled {
            self.activate(why, now, actions);
        }
    }

    /// Whether the partner is active, if these are its words.
    pub(in crate::pulse) fn partner(&self, from: IpAddr, bytes: &[u8]) -> Option<bool> {
        let beat = Beat::decode(bytes).filter(|_| self.settings.partner.contains(&from));
        beat.map(|beat| beat == Beat::Running)
    }

    /// A partner that is alive says so every `keepalive`; the network needs a little, too.
    pub(in crate::pulse) fn patience(&self) -> Duration {
        match self.settings.partner.as_slice() {
            [] => Duration::ZERO,
            _ => self.settings.keepalive * 5 / 4,
        }
    }

    /// Listens afresh: who was cut off may have missed a partner that is well.
    pub(in crate::pulse) fn enable(&mut self, now: Duration) {
        self.enabled = true;
        self.heard = now;
        self.stopped_since = None;
    }

    /// Gives up being active, says so, and does not become active again.
    pub(in crate::pulse) fn disable(&mut self, now: Duration, actions: &mut Vec<Action>) {
        self.enabled = false;
        if self.active {
            self.deactivate(actions);
        }
        self.beat(now, actions);
    }

    pub(in crate::pulse) fn hear(
        &mut self,
        from: IpAddr,
        bytes: &[u8],
        now: Duration,
        actions: &mut Vec<Action>,
    ) {
        if !self.settings.partner.contains(&from) {
            return self.complain(format!("Unexpected heartbeat from {from}"), now, actions);
        }
        let Some(beat) = Beat::decode(bytes) else {
            let line =
                "Incompatible heartbeat received -- other system not using identical services";
            return self.complain(line.into(), now, actions);
        };
        let silence = now.saturating_sub(std::mem::replace(&mut self.heard, now));
        match beat {
            Beat::Running => self.partner_runs(now, actions),
            Beat::Stopped => self.partner_stopped(silence, now, actions),
        }
    }

    fn partner_runs(&mut self, now: Duration, actions: &mut Vec<Action>) {
        self.stopped_since = None;
        match self.settings.role {
            _ if !self.active => {}
            Role::Backup => {
                // The last word as an active node makes the master announce itself again.
                self.beat(now, actions);
                actions.push(Action::Log("partner active: deactivating LVS".into()));
                self.deactivate(actions);
                self.beat(now, actions);
            }
            Role::Master => {
                self.both_active = true;
                actions.push(Action::Log("partner active: resending arps".into()));
                actions.push(Action::Announce);
            }
        }
    }

    fn partner_stopped(&mut self, silence: Duration, now: Duration, actions: &mut Vec<Action>) {
        if self.active {
            // Whatever the partner announced last must not be what the neighbours keep. It
            // may have been active in its silence, though its last word as such got lost.
            if std::mem::take(&mut self.both_active) {
                actions.push(Action::Announce);
            } else if silence >= self.doubtful() {
                let line = "partner heard after a silence: resending arps";
                actions.push(Action::Log(line.into()));
                actions.push(Action::Announce);
            }
        } else if self.settings.role == Role::Master && self.enabled {
            self.activate("backup inactive: activating lvs", now, actions);
        } else {
            self.stopped_since.get_or_insert(now);
        }
    }

    /// What is due at `now`.
    pub(in crate::pulse) fn tick(&mut self, now: Duration, actions: &mut Vec<Action>) {
        if self.dead_at().is_some_and(|at| now >= at) {
            self.activate("partner dead: activating lvs", now, actions);
        } else if self.idle_at().is_some_and(|at| now >= at) {
            self.activate("primary inactive: activating lvs", now, actions);
        } else if now >= self.next_beat {
            self.beat(now, actions);
        }
    }

    /// When [`tick`](Self::tick) has something to do.
    pub(in crate::pulse) fn deadline(&self) -> Option<Duration> {
        let beat = (!self.settings.partner.is_empty()).then_some(self.next_beat);
        [beat, self.dead_at(), self.idle_at()]
            .into_iter()
            .flatten()
            .min()
    }

    /// When a silent partner counts as dead.
    fn dead_at(&self) -> Option<Duration> {
        self.may_start()
            .then(|| self.heard + self.settings.deadtime)
    }

    /// When the backup starts although the master is alive, for that one can't. A master
    /// that can does so at our next heartbeat; half an interval more lets it tell us.
    fn idle_at(&self) -> Option<Duration> {
        let since = self.stopped_since.filter(|_| self.may_start())?;
        Some(since + self.settings.keepalive + self.settings.keepalive / 2)
    }

    /// A silence in which the partner may have missed us for its deadtime.
    fn doubtful(&self) -> Duration {
        let keepalive = self.settings.keepalive;
        let missed = self.settings.deadtime.saturating_sub(keepalive);
        missed.max(keepalive * 3 / 2)
    }

    fn may_start(&self) -> bool {
        self.enabled && !self.active
    }

    fn activate(&mut self, why: &str, now: Duration, actions: &mut Vec<Action>) {
        self.active = true;
        self.stopped_since = None;
        self.both_active = false;
        actions.push(Action::Log(why.into()));
        self.beat(now, actions);
        actions.push(Action::Activate);
    }

    fn deactivate(&mut self, actions: &mut Vec<Action>) {
        self.active = false;
        self.both_active = false;
        actions.push(Action::Deactivate);
    }

    /// Tells the partner our state on every path.
    fn beat(&mut self, now: Duration, actions: &mut Vec<Action>) {
        let beat = if self.active {
            Beat::Running
        } else {
            Beat::Stopped
        };
        self.next_beat = now + self.settings.keepalive;
        actions.extend(self.settings.partner.iter().map(|&to| Action::Send {
            to,
            bytes: beat.encode().to_vec(),
        }));
    }

    fn complain(&mut self, line: String, now: Duration, actions: &mut Vec<Action>) {
        if self.complaints.admit(now) {
            actions.push(Action::Log(line));
        }
    }
}

#[cfg(test)]
mod tests;
