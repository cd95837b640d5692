//! What happens around a nanny, from threads that wait for it.

use std::io::{self, BufRead};
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::thread;
use std::time::Duration;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGUSR1, SIGUSR2};
use signal_hook::iterator::Signals;

use super::super::talk::Order;
use super::super::uptime;
use super::super::watch::Watch;
use crate::check::program::{Leash, Program};
use crate::check::{Expect, Failure};

/// How long a server has to tell its load.
const LOAD_TIMEOUT: Duration = Duration::from_secs(10);

/// How many checks may hang at once.
const MOST: usize = 8;

pub(super) enum Event {
    /// A signal came.
    Signal(i32),
    /// lvsd said something.
    Ordered(Order),
    /// lvsd is gone, or has let go.
    LetGo,
    /// A check has ended; the number is that of what was checked.
    Checked(u64, Result<(), Failure>),
    /// The server has told its load.
    Load(Result<f64, Failure>),
}

/// Starts what makes events.
pub(super) struct Events {
    sender: Sender<Event>,
    /// Holds the programs that run for it.
    leash: Leash,
    /// One more of it is each check's that has not ended.
    checks: Arc<()>,
}

impl Events {
    pub(super) fn start(sender: Sender<Event>, supervised: bool) -> io::Result<Self> {
        let mut signals = Signals::new([SIGHUP, SIGINT, SIGTERM, SIGUSR1, SIGUSR2])?;
        let events = Events {
            sender,
            leash: Leash::default(),
            checks: Arc::new(()),
        };
        events.spawn("signals", move |sender| {
            for signal in signals.forever() {
                if sender.send(Event::Signal(signal)).is_err() {
                    return;
                }
            }
        })?;
        if supervised {
            events.spawn("lvsd", listen)?;
        }
        Ok(events)
    }

    /// Runs one check. While too many of those before hang, and so does nothing new: this
    /// one is lost with them.
    pub(super) fn check(&self, watch: &Watch, number: u64) -> io::Result<()> {
        if Arc::strong_count(&self.checks) > MOST {
            return Ok(());
        }
        // Whoever gave the watch has tried it.
        let Ok(check) = watch.probe.of(watch.target, watch.timeout) else {
            return Ok(());
        };
        let check = check.on(&self.leash);
        let one_more = Arc::clone(&self.checks);
        self.spawn("check", move |sender| {
            let _ = sender.send(Event::Checked(number, check.run()));
            drop(one_more);
        })
    }

    /// Ends what runs.
    pub(super) fn end(&self) {
        self.leash.cut();
    }

    /// Asks the server for its load.
    pub(super) fn ask_load(&self, watch: &Watch) -> io::Result<()> {
        let (host, port) = (watch.target.ip().to_string(), watch.target.port());
        let line = watch.load.line().unwrap_or_default();
        let program = Program::new(&line, &host, port, Expect::Nothing, LOAD_TIMEOUT);
        let Some(program) = program else {
            return Ok(());
        };
        let program = program.on(&self.leash);
        self.spawn("load", move |sender| {
            let average = program.output().and_then(|output| {
                uptime::average(&output).ok_or_else(|| Failure::Output(line.clone()))
            });
            let _ = sender.send(Event::Load(average));
        })
    }

    fn spawn(
        &self,
        name: &str,
        body: impl FnOnce(&Sender<Event>) + Send + 'static,
    ) -> io::Result<()> {
        let sender = self.sender.clone();
        let thread = thread::Builder::new().name(name.into());
        thread.spawn(move || body(&sender)).map(drop)
    }
}

/// Hears lvsd until it has no more to say. What is no order is not heard.
fn listen(sender: &Sender<Event>) {
    for line in io::stdin().lock().lines().map_while(Result::ok) {
        if let Ok(order) = serde_json::from_str(&line) {
            if sender.send(Event::Ordered(order)).is_err() {
                return;
            }
        }
    }
    let _ = sender.send(Event::LetGo);
}
