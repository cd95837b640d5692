//! One entry of the table, and what is known about its server.

use std::time::Duration;

use ipvs_core::DestEdit;

use super::super::watch::{Entry, Place};
use crate::check::health::{Change, Glasses, Health, Settings};
use crate::kernel::Kernel;
use crate::status;

/// How long lvsd has to bring the sorry server.
const HOLD: Duration = Duration::from_secs(2);

pub(super) struct Served {
    pub(super) entry: Entry,
    /// What changed and was not said yet.
    pub(super) change: Option<Change>,
    health: Health,
    /// What it is seen through, from when the table was asked.
    glasses: Glasses,
    /// Whether the table was asked what it has.
    looked: bool,
    /// Whether it is to be removed, and nothing else any more.
    stopped: bool,
    /// Whether the table is as it should be, as far as is known.
    settled: bool,
    leave: Leave,
    /// What to change of an entry that is there, beside what is made sure of.
    moved: DestEdit,
    /// What was complained about last.
    complaint: Option<String>,
    told: Option<status::Health>,
    since: u64,
}

/// Whether the server may leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Leave {
    Granted,
    /// It is to, and lvsd is to be asked.
    Unasked,
    /// lvsd was asked, and has until then.
    Asked(Duration),
}

impl Served {
    /// Seen through `glasses`, unless it is known through which.
    pub(super) fn new(entry: Entry, settings: Settings, glasses: Glasses, now: Duration) -> Self {
        Served {
            health: Health::new(settings, None, now),
            glasses: entry.glasses.unwrap_or(glasses),
            entry,
            change: None,
            looked: false,
            stopped: false,
            settled: true,
            leave: Leave::Granted,
            moved: DestEdit::new(),
            complaint: None,
            told: None,
            since: status::now(),
        }
    }

    pub(super) fn place(&self) -> Place {
        self.entry.place()
    }

    /// Finds out what the table has, unless that is known; false when it can't be.
    pub(super) fn look(&mut self, table: &mut Kernel, settings: Settings, now: Duration) -> bool {
        if self.looked {
            return true;
        }
        let Ok(found) = table.find(&self.place()) else {
            self.settled = false;
            return false;
        };
        let health = Health::new(settings, found, now);
        self.health = if self.entry.known_down {
            health.known_down()
        } else {
            health
        };
        self.looked = true;
        // What is found may be an older configuration's.
        self.settled = found.is_none();
        self.look_through(self.glasses, now);
        true
    }

    /// Another configuration of the same entry.
    pub(super) fn reconfigure(&mut self, entry: Entry, settings: Settings) {
        let (old, new) = (&self.entry.dest, &entry.dest);
        if old.upper_threshold != new.upper_threshold {
            self.moved = self.moved.with_upper_threshold(new.upper_threshold);
        }
        if old.lower_threshold != new.lower_threshold {
            self.moved = self.moved.with_lower_threshold(new.lower_threshold);
        }
        let change = self.health.reconfigure(settings);
        self.note(change);
        self.entry = entry;
        self.unsettle();
    }

    pub(super) fn record(&mut self, good: bool, now: Duration) {
        let change = self.health.record(good, now);
        self.note(change);
    }

    pub(super) fn load(&mut self, average: f64) {
        let change = self.health.load(average);
        self.note(change);
    }

    pub(super) fn look_through(&mut self, glasses: Glasses, now: Duration) {
        self.glasses = glasses;
        if self.looked {
            let change = self.health.look_through(glasses, now);
            self.note(change);
        }
    }

    pub(super) fn tick(&mut self, now: Duration) {
        if self.health.deadline().is_some_and(|due| now >= due) {
            let change = self.health.tick(now);
            self.note(change);
        }
        if matches!(self.leave, Leave::Asked(until) if now >= until) {
            self.release();
        }
    }

    pub(super) fn stop(&mut self) {
        self.stopped = true;
        if self.health.stop().is_some() {
            self.leave = Leave::Unasked;
            self.settled = false;
        }
        // What was never found is nobody's to remove.
        self.settled |= !self.looked;
    }

    fn note(&mut self, change: Option<Change>) {
        let Some(change) = change else { return };
        self.leave = match change {
            Change::Down(_) => Leave::Unasked,
            Change::Up(_) => Leave::Granted,
            Change::Weight(_) => self.leave,
        };
        self.change = Some(change);
        self.settled = false;
    }

    /// Whether lvsd is to be asked now.
    pub(super) fn ask(&mut self, now: Duration) -> bool {
        let asks = self.leave == Leave::Unasked;
        if asks {
            self.leave = Leave::Asked(now + HOLD);
        }
        asks
    }

    /// The server may leave.
    pub(super) fn release(&mut self) {
        self.leave = Leave::Granted;
    }

    pub(super) fn unsettle(&mut self) {
        self.settled = false;
    }

    pub(super) fn is_settled(&self) -> bool {
        self.settled
    }

    /// Whether something is to be done, and it is not lvsd that is waited for.
    pub(super) fn waits_for_the_table(&self) -> bool {
        !self.settled && self.leave == Leave::Granted
    }

    pub(super) fn deadline(&self) -> Option<Duration> {
        let left = match self.leave {
            Leave::Asked(until) => Some(until),
            _ => None,
        };
        self.health.deadline().into_iter().chain(left).min()
    }

    /// Makes the table what is known, if it may be; what is wrong comes out once.
    pub(super) fn settle(&mut self, table: &mut Kernel) -> Option<String> {
        if self.settled || self.leave != Leave::Granted {
            return None;
        }
        // An entry of a server that nobody has judged is as good as it was found.
        let unjudged = self.health.is_unknown() && self.health.weight().is_none();
        if !self.looked || (unjudged && !self.stopped) {
            self.settled = self.looked;
            return None;
        }
        let weight = self.health.weight();
        let result = table.settle(&self.entry, weight, self.moved);
        self.settled = result.is_ok();
        if self.settled && weight.is_some() {
            self.moved = DestEdit::new();
        }
        let complaint = result.err().map(|error| error.to_string());
        let is_news = complaint != self.complaint;
        self.complaint.clone_from(&complaint);
        complaint.filter(|_| is_news)
    }

    /// How it is, if lvsd was told otherwise.
    pub(super) fn news(&mut self, failure: Option<&String>) -> Option<status::Health> {
        let state = self.state();
        let told = self.told.as_ref();
        if told.is_some_and(|told| told.state != state) {
            self.since = status::now();
        }
        let health = status::Health {
            state,
            since: self.since,
            weight: self.health.weight(),
            failure: failure.cloned(),
        };
        if told == Some(&health) {
            return None;
        }
        self.told = Some(health.clone());
        Some(health)
    }

    fn state(&self) -> status::State {
        match self.glasses {
            Glasses::Opaque => status::State::ForcedDown,
            Glasses::RoseColored if self.health.is_up() => status::State::ForcedUp,
            _ if self.health.is_up() => status::State::Up,
            _ if self.health.is_unknown() => status::State::Unknown,
            _ => status::State::Down,
        }
    }
}
