//! A nanny with everything around it: the clock, the signals, lvsd's pipe, and the checks,
//! each on a thread of its own, so that nothing waits for a slow server.

mod events;
mod rounds;

use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use rustix::fs::{OFlags, fcntl_setfl};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGUSR1, SIGUSR2};

use super::machine::Nanny;
use super::options::Run;
use super::report::Report;

use super::talk::{Order, SUPERVISED, Said, line};
use super::watch::Watch;
use crate::check::Failure;
use crate::check::health::Glasses;
use crate::kernel::Kernel;
use crate::log::Log;
use events::{Event, Events};
use rounds::Rounds;

/// How often a server is asked for its load.
const LOAD_INTERVAL: Duration = Duration::from_secs(20);
/// How long a nanny that is to end tries to remove its entries.
const FAREWELL: Duration = Duration::from_secs(5);
/// The longest sleep; nothing is due then.
const LONG: Duration = Duration::from_secs(3600);

/// Watches as asked until a signal, or the end of lvsd; the entries are left as they are
/// then, and removed after a SIGTERM.
///
/// # Errors
/// Those of the system: no signals, no thread.
pub fn run(asked: Run, log: &Log) -> io::Result<()> {
    let supervised = std::env::var_os(SUPERVISED).is_some();
    let (events, happening) = channel();
    let events = Events::start(events, supervised)?;
    let watch = if supervised {
        fcntl_setfl(io::stdout(), OFlags::NONBLOCK)?;
        match first_watch(&happening) {
            Some(watch) => watch,
            None => return Ok(()),
        }
    } else {
        asked.watch
    };
    let table = if asked.dry {
        Kernel::none()
    } else {
        Kernel::system()
    };
    let start = Instant::now();
    let nanny = Nanny::new(watch, table, Duration::ZERO);
    let nanny = if supervised {
        nanny.supervised()
    } else {
        nanny
    };
    let nanny = if asked.verbose {
        nanny.verbose()
    } else {
        nanny
    };
    let mut rounds = Rounds::default();
    if !supervised {
        rounds.begin(Duration::ZERO);
    }
    let mut running = Running {
        nanny,
        log,
        events,
        start,
        rounds,
        load_at: LOAD_INTERVAL,
        farewell: None,
    };
    running.report();
    if supervised {
        tell(&Said::Ready);
    }
    let end = running.go_on(&happening);
    running.events.end();
    end
}

/// lvsd's first order; nothing if it leaves without one.
fn first_watch(happening: &Receiver<Event>) -> Option<Watch> {
    loop {
        match happening.recv() {
            Ok(Event::Ordered(Order::Watch(watch))) => return Some(*watch),
            Ok(Event::LetGo | Event::Signal(SIGTERM | SIGINT)) | Err(_) => return None,
            Ok(_) => {}
        }
    }
}

struct Running<'a> {
    nanny: Nanny,
    log: &'a Log,
    events: Events,
    start: Instant,
    rounds: Rounds,
    load_at: Duration,
    /// When the end comes, whatever is left to do.
    farewell: Option<Duration>,
}

impl Running<'_> {
    fn go_on(&mut self, happening: &Receiver<Event>) -> io::Result<()> {
        while !self.is_over() {
            self.begin_checks()?;
            match happening.recv_timeout(self.pause()) {
                Ok(Event::LetGo) => {
                    let server = self.nanny.watch().target;
                    self.log.info(format!("let go: {server} stays as it is"));
                    return Ok(());
                }
                Ok(event) => self.handle(event),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            }
            self.give_up();
            self.nanny.tick(self.now());
            self.report();
        }
        Ok(())
    }

    fn now(&self) -> Duration {
        self.start.elapsed()
    }

    fn is_over(&self) -> bool {
        self.nanny.is_over() || self.farewell.is_some_and(|end| self.now() >= end)
    }

    /// How long there is nothing to do.
    fn pause(&self) -> Duration {
        // At the end none begins.
        let check = self.rounds.deadline().filter(|_| self.farewell.is_none());
        let due = [check, self.nanny.deadline(), self.farewell, self.load_due()];
        let next = due.into_iter().flatten().min();
        next.map_or(LONG, |next| next.saturating_sub(self.now()))
    }

    fn load_due(&self) -> Option<Duration> {
        let line = self.nanny.watch().load.line();
        line.filter(|_| self.rounds.have_begun())
            .map(|_| self.load_at)
    }

    /// Starts what is to be asked now.
    fn begin_checks(&mut self) -> io::Result<()> {
        let now = self.now();
        let watch = self.nanny.watch();
        if self.farewell.is_none() {
            if let Some(number) = self.rounds.due(now, watch.interval, watch.timeout) {
                self.events.check(watch, number)?;
            }
        }
        if self.load_due().is_some_and(|at| now >= at) {
            self.load_at = now + LOAD_INTERVAL;
            self.events.ask_load(watch)?;
        }
        Ok(())
    }

    /// A check that does not come to its end is a bad one.
    fn give_up(&mut self) {
        let now = self.now();
        if self.rounds.overdue(now) {
            let failure = Failure::Lost(self.nanny.watch().timeout);
            self.nanny.result(Err(failure), now);
        }
    }

    fn handle(&mut self, event: Event) {
        let now = self.now();
        match event {
            Event::Signal(signal) => self.signal(signal, now),
            Event::Ordered(order) => self.obey(order, now),
            Event::Checked(number, result) if self.rounds.ended(number) => {
                self.nanny.result(result, now);
            }
            Event::Load(Ok(average)) => self.nanny.load(average, now),
            Event::Load(Err(failure)) => self.nanny.load_failed(&failure),
            Event::Checked(..) | Event::LetGo => {}
        }
    }

    fn signal(&mut self, signal: i32, now: Duration) {
        match signal {
            SIGHUP => self.nanny.look_through(Glasses::Clear, now),
            SIGUSR1 => self.nanny.look_through(Glasses::Opaque, now),
            SIGUSR2 => self.nanny.look_through(Glasses::RoseColored, now),
            signal => {
                self.log.info(format!("Terminating due to signal {signal}"));
                self.farewell = self.farewell.or(Some(now + FAREWELL));
                self.nanny.stop(now);
            }
        }
    }

    fn obey(&mut self, order: Order, now: Duration) {
        match order {
            Order::Begin => self.rounds.begin(now),
            Order::Go(place) => self.nanny.go(&place, now),
            Order::Watch(watch) => {
                let before = self.nanny.watch();
                let asks_otherwise = before.probe != watch.probe
                    || before.target != watch.target
                    || before.timeout != watch.timeout
                    || before.interval != watch.interval;
                if asks_otherwise {
                    self.rounds.restart(now);
                }
                self.nanny.rewatch(*watch, now);
            }
        }
    }

    fn report(&mut self) {
        for report in self.nanny.reports() {
            match report {
                Report::Info(line) => self.log.info(line),
                Report::Warning(line) => self.log.warning(line),
                Report::Said(said) => tell(&said),
            }
        }
    }
}

/// Tells lvsd, if it listens: one that does not holds nobody up. A line this short goes
/// whole or not at all.
fn tell(said: &Said) {
    let _ = rustix::io::write(io::stdout(), line(said).as_bytes());
}
