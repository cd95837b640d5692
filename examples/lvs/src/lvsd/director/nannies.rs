//! The nannies: who watches what, who is to be started again.

use std::time::Duration;

use super::{Director, Job, Staff};
use crate::check::health::Glasses;
use crate::lvsd::layout::{Supervised, is_nanny};
use crate::nanny::options::words;
use crate::nanny::talk::Order;
use crate::nanny::watch::{Entry, Place};
use crate::status::State;

/// How long nannies that are ready wait for those that are not.
const PATIENCE: Duration = Duration::from_secs(30);
/// Deaths within this time count together.
const MEMORY: Duration = Duration::from_secs(60);
/// How many are too many.
const TOO_MANY: usize = 5;
/// The longest time before another try.
const LONGEST: Duration = Duration::from_secs(30);

/// One nanny.
#[derive(Debug)]
pub(super) struct Nanny {
    pub(super) id: u64,
    /// Its process, while it runs.
    pub(super) pid: Option<u32>,
    /// Whether its end is wanted.
    pub(super) dismissed: bool,
    job: Supervised,
    talks: bool,
    stage: Stage,
    deaths: Vec<Duration>,
    /// How often the system refused to start it, in a row.
    refusals: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// It is to say that it is ready, until then.
    Starting(Duration),
    Ready(Duration),
    Watching,
    /// It died, and is started again then.
    Dead(Duration),
}

impl Nanny {
    pub(super) fn deadline(&self) -> Option<Duration> {
        match self.stage {
            Stage::Starting(until) | Stage::Ready(until) | Stage::Dead(until) => Some(until),
            Stage::Watching => None,
        }
    }

    fn places(&self) -> impl Iterator<Item = Place> + '_ {
        self.job.watch.entries.iter().map(Entry::place)
    }

    /// How well another job fits it; nothing if it doesn't. The verdicts that it has are
    /// worth more than a check that it makes already.
    fn fit(&self, job: &Supervised) -> Option<Fit> {
        if self.dismissed || self.job.program != job.program {
            return None;
        }
        if !self.talks {
            return (self.job == *job).then_some(Fit::Whole);
        }
        let asks_the_same = self.job.watch.asks_the_same(&job.watch);
        let entries = &job.watch.entries;
        let shares = job.watch.target == self.job.watch.target
            && (self.places()).any(|own| entries.iter().any(|entry| entry.place() == own));
        match (asks_the_same, shares) {
            (true, true) => Some(Fit::Whole),
            (false, true) => Some(Fit::Servers),
            (true, false) => Some(Fit::Check),
            (false, false) => None,
        }
    }
}

/// What of a job a nanny does already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fit {
    /// Entries of it, with the very check.
    Whole,
    /// Entries of it, with another check.
    Servers,
    /// The very check, for other entries.
    Check,
}

/// How long to wait after so many failures.
fn pause(failures: u32) -> Duration {
    Duration::from_secs(u64::from(failures).pow(2)).min(LONGEST)
}

impl<S: Staff> Director<S> {
    /// Has these jobs done: by the nannies that there are as far as they fit, by new ones,
    /// and by no others.
    pub(super) fn employ(&mut self, jobs: Vec<Supervised>, now: Duration) {
        let mut before = std::mem::take(&mut self.nannies);
        let mut open: Vec<Option<Supervised>> = jobs.into_iter().map(Some).collect();
        let mut kept: Vec<Option<Nanny>> = open.iter().map(|_| None).collect();
        for fit in [Fit::Whole, Fit::Servers, Fit::Check] {
            for (job, place) in open.iter_mut().zip(&mut kept) {
                let fits =
                    |nanny: &Nanny| job.as_ref().is_some_and(|job| nanny.fit(job) == Some(fit));
                if let Some(at) = before.iter().position(fits) {
                    let mut nanny = before.swap_remove(at);
                    if let Some(job) = job.take() {
                        self.instruct(&mut nanny, job);
                    }
                    *place = Some(nanny);
                }
            }
        }
        // Those without a job go first: their successors adopt what they leave.
        for mut nanny in before {
            if nanny.pid.is_some() {
                self.staff.let_go(nanny.id);
                nanny.dismissed = true;
                self.nannies.push(nanny);
            }
        }
        for (job, kept) in open.into_iter().zip(kept) {
            let nanny = kept.or_else(|| job.map(|job| self.hire(job, now)));
            self.nannies.extend(nanny);
        }
    }

    /// The process that watches a server.
    pub(super) fn nanny_of(&self, place: &Place) -> Option<u32> {
        let mut nannies = self.nannies.iter().filter(|nanny| !nanny.dismissed);
        let nanny = nannies.find(|nanny| nanny.places().any(|own| own == *place));
        nanny.and_then(|nanny| nanny.pid)
    }

    /// The servers that are watched by those who say nothing.
    pub(super) fn silent_places(&self) -> Vec<Place> {
        let nannies = self.nannies.iter();
        let silent = nannies.filter(|nanny| !nanny.talks && !nanny.dismissed);
        silent.flat_map(Nanny::places).collect()
    }

    /// Another job for a nanny that goes on.
    fn instruct(&mut self, nanny: &mut Nanny, job: Supervised) {
        for name in job
            .names
            .iter()
            .filter(|name| !nanny.job.names.contains(name))
        {
            if let Some(pid) = nanny.pid {
                self.info(format!("create_monitor for {name} running as pid {pid}"));
            }
        }
        let is_news = nanny.job != job;
        nanny.job = job;
        if is_news && nanny.pid.is_some() {
            self.tell(nanny);
        }
    }

    fn hire(&mut self, job: Supervised, now: Duration) -> Nanny {
        let id = self.next;
        self.next += 1;
        let mut nanny = Nanny {
            id,
            pid: None,
            dismissed: false,
            talks: is_nanny(&job.program),
            job,
            stage: Stage::Dead(now),
            deaths: Vec::new(),
            refusals: 0,
        };
        self.start(&mut nanny, now);
        nanny
    }

    fn start(&mut self, nanny: &mut Nanny, now: Duration) {
        let job = Job {
            program: nanny.job.program.clone(),
            words: words(&nanny.job.watch, &self.config.ipvsadm),
            talks: nanny.talks,
        };
        match self.staff.start(nanny.id, &job) {
            Ok(pid) => {
                nanny.pid = Some(pid);
                nanny.refusals = 0;
                for name in &nanny.job.names {
                    self.info(format!("create_monitor for {name} running as pid {pid}"));
                }
                nanny.stage = Stage::Watching;
                if nanny.talks {
                    nanny.stage = Stage::Starting(now + PATIENCE);
                    self.tell(nanny);
                }
            }
            Err(error) => {
                // That is no monitor that dies.
                self.warn(format!("{} can't be started: {error}", job.program));
                nanny.refusals = nanny.refusals.saturating_add(1);
                nanny.stage = Stage::Dead(now + pause(nanny.refusals));
            }
        }
    }

    /// Its orders, with what is known about its servers.
    fn tell(&mut self, nanny: &Nanny) {
        if !nanny.talks {
            return;
        }
        let mut watch = nanny.job.watch.clone();
        for entry in &mut watch.entries {
            let state = self.health.get(&entry.place()).map(|health| health.state);
            entry.known_down = state == Some(State::Down);
            entry.glasses = state.map(|state| match state {
                State::ForcedDown => Glasses::Opaque,
                State::ForcedUp => Glasses::RoseColored,
                State::Unknown | State::Up | State::Down => Glasses::Clear,
            });
        }
        self.staff.tell(nanny.id, &Order::Watch(Box::new(watch)));
    }

    /// A nanny knows what to do. They begin together, so that the log has the monitors in
    /// a row.
    pub(super) fn ready(&mut self, id: u64) {
        for nanny in self.nannies.iter_mut().filter(|nanny| nanny.id == id) {
            if let Stage::Starting(until) = nanny.stage {
                nanny.stage = Stage::Ready(until);
            }
        }
        let starting = |nanny: &Nanny| matches!(nanny.stage, Stage::Starting(_));
        if !self.nannies.iter().any(starting) {
            self.begin(Duration::MAX);
        }
    }

    /// Lets those begin whose time has come.
    fn begin(&mut self, now: Duration) {
        for nanny in &mut self.nannies {
            match nanny.stage {
                Stage::Starting(until) | Stage::Ready(until) if now >= until => {
                    nanny.stage = Stage::Watching;
                    self.staff.tell(nanny.id, &Order::Begin);
                }
                _ => {}
            }
        }
    }

    /// A nanny has ended.
    pub fn ended(&mut self, id: u64, now: Duration) {
        let Some(at) = self.nannies.iter().position(|nanny| nanny.id == id) else {
            return;
        };
        self.staff.ended(id);
        let mut nanny = self.nannies.remove(at);
        let pid = nanny.pid.take();
        if nanny.dismissed {
            return;
        }
        let names = nanny.job.names.join(", ");
        let number = pid.map_or_else(String::new, |pid| format!(" (pid {pid})"));
        self.warn(format!("the monitor of {names}{number} has died"));
        self.bury(&mut nanny, now);
        self.nannies.insert(at, nanny);
        // It may have been the last that the others waited for.
        self.ready(id);
    }

    /// Decides when a dead nanny comes back: at once, and each time later if it dies again
    /// and again.
    fn bury(&mut self, nanny: &mut Nanny, now: Duration) {
        nanny
            .deaths
            .retain(|death| now.saturating_sub(*death) < MEMORY);
        nanny.deaths.push(now);
        let count = nanny.deaths.len();
        let before = u32::try_from(count).unwrap_or(u32::MAX).saturating_sub(1);
        nanny.stage = Stage::Dead(now + pause(before));
        if count != TOO_MANY {
            return;
        }
        if self.config.hard_shutdown {
            self.warn("a monitor dies again and again: shutting down".into());
            self.failed = true;
        } else {
            self.warn("a monitor dies again and again: manual action needed!".into());
        }
    }

    /// Starts the dead again whose time has come, and lets those begin who waited enough.
    pub(super) fn restart(&mut self, now: Duration) {
        self.begin(now);
        let mut nannies = std::mem::take(&mut self.nannies);
        for nanny in &mut nannies {
            if matches!(nanny.stage, Stage::Dead(until) if now >= until) && !nanny.dismissed {
                self.start(nanny, now);
            }
        }
        self.nannies = nannies;
    }
}
