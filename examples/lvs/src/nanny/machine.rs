//! What a nanny does about what happens: results of checks, orders, signals, time.
//!
//! Time is what the caller says, since any fixed moment; the table is what the caller gave.
//! What is to be said comes out of [`reports`](Nanny::reports).

mod served;

use std::time::Duration;

use super::report::{Report, Reports};

use super::talk::Said;
use super::watch::{Place, Watch};
use crate::check::Failure;
use crate::check::health::Glasses;
use crate::kernel::Kernel;
use served::Served;

/// How soon what could not be done is tried again.
const AGAIN: Duration = Duration::from_secs(1);

/// A nanny without clock and threads.
pub struct Nanny {
    watch: Watch,
    served: Vec<Served>,
    table: Kernel,
    /// Whether lvsd is there to be told.
    supervised: bool,
    /// Whether each failure is for the log, and not only those that are news.
    verbose: bool,
    /// What an entry is seen through of which nothing is known.
    glasses: Glasses,
    /// Whether the last check was a good one.
    well: bool,
    /// What the last check failed for.
    failure: Option<String>,
    /// Why the server's load is not known.
    load_failure: Option<String>,
    stopping: bool,
    retries_at: Option<Duration>,
    reports: Reports,
}

impl Nanny {
    /// One that goes on from what the table has.
    #[must_use]
    pub fn new(watch: Watch, table: Kernel, now: Duration) -> Self {
        let nothing = Watch {
            entries: Vec::new(),
            ..watch.clone()
        };
        let mut nanny = Nanny {
            watch: nothing,
            served: Vec::new(),
            table,
            supervised: false,
            verbose: false,
            glasses: Glasses::Clear,
            well: false,
            failure: None,
            load_failure: None,
            stopping: false,
            retries_at: None,
            reports: Reports::default(),
        };
        let known = watch.entries.iter().filter_map(|entry| entry.glasses);
        nanny.glasses = known
            .max_by_key(|glasses| *glasses != Glasses::Clear)
            .unwrap_or_default();
        nanny.rewatch(watch, now);
        nanny
    }

    /// The same with lvsd to tell, who is asked before a server leaves.
    #[must_use]
    pub fn supervised(mut self) -> Self {
        self.supervised = true;
        self.tell();
        self
    }

    /// The same with a line for each check that fails.
    #[must_use]
    pub fn verbose(mut self) -> Self {
        self.verbose = true;
        self
    }

    /// What it does.
    #[must_use]
    pub fn watch(&self) -> &Watch {
        &self.watch
    }

    /// What there is to say since the last time.
    pub fn reports(&mut self) -> Vec<Report> {
        self.reports.take()
    }

    /// Takes new orders, and keeps what is known about entries that stay.
    pub fn rewatch(&mut self, watch: Watch, now: Duration) {
        let mut before = std::mem::take(&mut self.served);
        self.well &= (self.watch.target, &self.watch.probe) == (watch.target, &watch.probe);
        for entry in &watch.entries {
            let settings = watch.settings(entry);
            let old = before
                .iter()
                .position(|served| served.place() == entry.place());
            let served = if let Some(at) = old {
                let mut served = before.swap_remove(at);
                served.reconfigure(entry.clone(), settings);
                served
            } else {
                let way = watch.way(entry);
                self.reports
                    .info(format!("starting LVS client monitor for {way}"));
                let mut served = Served::new(entry.clone(), settings, self.glasses, now);
                // Another service of a server that was just found well need not wait.
                if served.look(&mut self.table, settings, now) && self.well {
                    served.record(true, now);
                }
                served
            };
            self.served.push(served);
        }
        self.watch = watch;
        self.settle(now);
    }

    /// Takes the result of a check.
    pub fn result(&mut self, result: Result<(), Failure>, now: Duration) {
        if self.stopping {
            return;
        }
        let good = result.is_ok();
        let failure = result.err().map(|failure| failure.to_string());
        if let Some(text) = &failure {
            if self.verbose || self.failure != failure {
                self.reports.info(text.clone());
            }
        }
        for served in &mut self.served {
            let settings = self.watch.settings(&served.entry);
            if served.look(&mut self.table, settings, now) {
                served.record(good, now);
            }
        }
        self.well = good;
        self.failure = failure;
        self.unsettle();
        self.settle(now);
    }

    /// The server did not tell its load: its weight stays.
    pub fn load_failed(&mut self, failure: &Failure) {
        let failure = Some(failure.to_string());
        if let Some(text) = failure.clone().filter(|_| failure != self.load_failure) {
            self.reports.warning(text);
        }
        self.load_failure = failure;
    }

    /// Takes the server's load average of the last minute.
    pub fn load(&mut self, average: f64, now: Duration) {
        self.load_failure = None;
        for served in &mut self.served {
            served.load(average);
        }
        self.settle(now);
    }

    /// Puts other glasses on.
    pub fn look_through(&mut self, glasses: Glasses, now: Duration) {
        if let Some(line) = glasses.line() {
            self.reports.info(line.to_owned());
        }
        self.glasses = glasses;
        for served in &mut self.served {
            served.look_through(glasses, now);
        }
        self.settle(now);
    }

    /// lvsd lets an entry's server leave.
    pub fn go(&mut self, place: &Place, now: Duration) {
        let served = self.served.iter_mut();
        for served in served.filter(|served| served.place() == *place) {
            served.release();
        }
        self.settle(now);
    }

    /// Begins to end: the entries go, for nobody watches them.
    pub fn stop(&mut self, now: Duration) {
        self.stopping = true;
        for served in &mut self.served {
            served.stop();
        }
        self.settle(now);
    }

    /// Whether it was stopped, and its entries are gone.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.stopping && self.served.iter().all(Served::is_settled)
    }

    /// When [`tick`](Self::tick) has something to do.
    #[must_use]
    pub fn deadline(&self) -> Option<Duration> {
        let served = self.served.iter().filter_map(Served::deadline);
        served.chain(self.retries_at).min()
    }

    /// Does what is due: the next step of a slow start, what could not be done before.
    pub fn tick(&mut self, now: Duration) {
        for served in &mut self.served {
            let settings = self.watch.settings(&served.entry);
            if self.stopping || served.look(&mut self.table, settings, now) {
                served.tick(now);
            }
        }
        self.settle(now);
    }

    /// Somebody else may have changed the table: makes sure of every entry.
    fn unsettle(&mut self) {
        self.served.iter_mut().for_each(Served::unsettle);
    }

    /// Makes the table what is known, as far as it may be and can be.
    fn settle(&mut self, now: Duration) {
        let server = self.watch.target.to_string();
        for served in &mut self.served {
            if let Some(change) = served.change.take() {
                if let Some(line) = change.line(&server) {
                    self.reports.info(line);
                }
            }
            if self.supervised && served.ask(now) {
                self.reports.said(Said::Going(served.place()));
            } else if !self.supervised {
                served.release();
            }
            if let Some(complaint) = served.settle(&mut self.table) {
                self.reports.warning(format!("{server}: {complaint}"));
            }
        }
        let unsettled = self.served.iter().any(Served::waits_for_the_table);
        self.retries_at = unsettled.then(|| now + AGAIN);
        self.tell();
    }

    /// Tells lvsd what is news.
    fn tell(&mut self) {
        if !self.supervised {
            return;
        }
        let failure = self.failure.as_ref();
        for served in &mut self.served {
            if let Some(health) = served.news(failure) {
                self.reports.said(Said::Is(served.place(), health));
            }
        }
    }
}

#[cfg(test)]
mod tests;
