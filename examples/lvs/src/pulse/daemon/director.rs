//! One director at work: what happens goes into the machine, and what it decides is done.

use std::collections::HashMap;
use std::io;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::{AsFd, BorrowedFd};
use signal_hook::consts::{SIGCHLD, SIGHUP};

use super::desk::Desk;
use super::duty::Duty;
use super::setup::{Setup, SetupError};
use super::signals::Signals;
use super::speaker::Speaker;
use crate::config;
use crate::log::Log;
use crate::net::{Changes, Net};
use crate::pulse::{Action, Event, Machine, Nic};

/// How long the end may take: lvsd takes its services along.
const PARTING: Duration = Duration::from_secs(15);

/// Nobody is interested in a longer sleep.
const NAP: Duration = Duration::from_secs(3600);

pub(super) struct Director<'a> {
    log: &'a Log,
    config: PathBuf,
    verbose: bool,
    clock: Instant,
    setup: Setup,
    machine: Machine,
    speaker: Speaker,
    duty: Duty<'a>,
    signals: Signals,
    changes: Changes,
    desk: Desk,
    /// Which interfaces had a carrier when they were looked at last.
    carriers: HashMap<String, bool>,
    /// Why the last word to somebody could not be sent.
    unsent: HashMap<IpAddr, String>,
    ended: bool,
}

/// What a director is made of.
pub(super) struct Parts<'a> {
    pub(super) log: &'a Log,
    pub(super) config: PathBuf,
    pub(super) verbose: bool,
    pub(super) setup: Setup,
    pub(super) speaker: Speaker,
    pub(super) duty: Duty<'a>,
    pub(super) signals: Signals,
    pub(super) changes: Changes,
    pub(super) desk: Desk,
}

/// What this host says about the file; both are needed to know what to do.
pub(super) fn setup(
    config: &config::Config,
    net: &mut Net,
) -> io::Result<Result<Setup, SetupError>> {
    Ok(Setup::new(config, &net.addresses()?, &net.links()?))
}

impl<'a> Director<'a> {
    pub(super) fn new(parts: Parts<'a>) -> Result<Director<'a>, SetupError> {
        let election = parts.setup.agreement.election()?;
        Ok(Director {
            machine: Machine::new(election, parts.setup.settings),
            log: parts.log,
            config: parts.config,
            verbose: parts.verbose,
            clock: Instant::now(),
            setup: parts.setup,
            speaker: parts.speaker,
            duty: parts.duty,
            signals: parts.signals,
            changes: parts.changes,
            desk: parts.desk,
            carriers: HashMap::new(),
            unsent: HashMap::new(),
            ended: false,
        })
    }

    /// Works until it is told to end. `found` is whether this node serves already; `force`,
    /// whether it is to serve in any case.
    pub(super) fn run(mut self, found: bool, force: bool) -> io::Result<()> {
        self.begin(found, force);
        while !self.ended {
            self.wait()?;
            self.hear();
            self.look_at_links();
            self.take_signals();
            self.step(Event::Time);
            self.work();
        }
        self.part()
    }

    fn begin(&mut self, found: bool, force: bool) {
        let now = self.clock.elapsed();
        if found && !force {
            self.machine.resume(now);
        } else {
            let actions = self.machine.start(now);
            self.act(actions);
            if !found && !self.ended && !self.machine.is_active() {
                // Whatever is here, a node that is not active has none of it.
                self.duty.deactivate(now);
            }
        }
        if force {
            let actions = self.machine.force(now);
            self.act(actions);
        }
        self.compare_links();
        self.tell();
    }

    /// Until something happens, or is due.
    fn wait(&self) -> io::Result<()> {
        let now = self.clock.elapsed();
        let due = [self.machine.deadline(), self.duty.deadline()];
        let due = due.into_iter().flatten().min().unwrap_or(now + NAP);
        wait_for(&self.fds(), due.saturating_sub(now).min(NAP))
    }

    fn fds(&self) -> Vec<BorrowedFd<'_>> {
        let mut fds = self.speaker.fds();
        fds.push(self.signals.as_fd());
        fds.push(self.changes.as_fd());
        fds.extend(self.duty.fd());
        fds
    }

    fn hear(&mut self) {
        while let Some(word) = self.speaker.receive() {
            let event = word.event();
            if let Some(active) = self.machine.partner(&event) {
                self.desk.write(|status| status.heard = Some(seconds()));
                if self.verbose {
                    let state = if active { "active" } else { "inactive" };
                    let from = word.from();
                    self.log.info(format_args!("heard {from}: {state}"));
                }
            }
            self.step(event);
        }
    }

    fn look_at_links(&mut self) {
        match self.changes.take() {
            Ok(false) => {}
            Ok(true) => {
                self.compare_links();
                self.duty.look(self.clock.elapsed());
            }
            Err(error) => self
                .log
                .error(format_args!("cannot watch the links: {error}")),
        }
    }

    /// Tells the machine of every carrier that came or went. An active node announces
    /// itself behind a link that came back.
    fn compare_links(&mut self) {
        let links = match self.duty.net().links() {
            Ok(links) => links,
            Err(error) => {
                return self
                    .log
                    .error(format_args!("cannot read the links: {error}"));
            }
        };
        let now: HashMap<String, bool> = links
            .into_iter()
            .map(|link| (link.name, link.carrier))
            .collect();
        let before = std::mem::replace(&mut self.carriers, now);
        let carrier = |name: &str| self.carriers.get(name).copied().unwrap_or(false);
        let nics: Vec<(Nic, bool)> = self
            .setup
            .nics
            .iter()
            .filter(|(_, name)| before.get(name).copied().unwrap_or(true) != carrier(name))
            .map(|(nic, name)| (*nic, carrier(name)))
            .collect();
        let mut floating = self.setup.floating.iter();
        let back = floating.any(|floating| {
            let name = &floating.interface;
            before.get(name) == Some(&false) && carrier(name)
        });
        for (nic, up) in nics {
            self.step(Event::Link { nic, up });
        }
        if back && self.machine.is_active() {
            self.duty.announce(self.clock.elapsed());
        }
    }

    fn take_signals(&mut self) {
        for signal in self.signals.take() {
            match signal {
                SIGHUP => self.step(Event::Hangup),
                SIGCHLD => {}
                signal => self.step(Event::Terminate(signal)),
            }
        }
    }

    fn work(&mut self) {
        self.duty
            .weigh(self.machine.is_whole(), self.clock.elapsed());
        if let Some(fit) = self.duty.tick(self.clock.elapsed()) {
            self.step(Event::Fit(fit));
        }
        self.tell();
    }

    fn step(&mut self, event: Event<'_>) {
        let actions = self.machine.step(self.clock.elapsed(), event);
        self.act(actions);
    }

    fn act(&mut self, actions: Vec<Action>) {
        for action in actions {
            let now = self.clock.elapsed();
            match action {
                Action::Activate => self.duty.activate(now),
                Action::Deactivate => self.duty.deactivate(now),
                Action::Announce => self.duty.announce(now),
                Action::Refresh => self.duty.refresh(),
                Action::Send { to, bytes } => self.send(to, &bytes),
                Action::Reload => self.reload(),
                Action::Log(line) => self.log.info(line),
                Action::Exit => self.ended = true,
            }
        }
    }

    /// A network that is away for a while fills no log.
    fn send(&mut self, to: IpAddr, bytes: &[u8]) {
        match self.speaker.send(to, bytes) {
            Ok(()) => {
                self.unsent.remove(&to);
            }
            Err(error) => {
                let error = error.to_string();
                if self.unsent.get(&to) != Some(&error) {
                    self.log.error(format_args!("cannot send to {to}: {error}"));
                    self.unsent.insert(to, error);
                }
            }
        }
    }

    /// Reads lvs.cf again. One that is refused changes nothing; lvsd says so itself.
    fn reload(&mut self) {
        // First, for an lvsd that the change starts reads the new file anyway.
        self.duty.hang_up();
        let refused = self.read().and_then(|setup| self.change(setup)).err();
        for line in refused.iter().flat_map(|error| error.lines()) {
            self.log.error(format_args!("reload: {line}"));
        }
        self.desk.write(|status| status.refused = refused);
    }

    fn read(&mut self) -> Result<Setup, String> {
        let parsed = config::load(&self.config).map_err(|error| error.to_string())?;
        let setup = setup(&parsed.config, self.duty.net()).map_err(|error| error.to_string())?;
        setup.map_err(|error| error.to_string())
    }

    fn change(&mut self, setup: Setup) -> Result<(), String> {
        if setup.service != self.setup.service {
            return Err("service is another one, which needs a restart".into());
        }
        let now = self.clock.elapsed();
        let before = std::mem::replace(&mut self.setup, setup);
        let parts = |setup: &Setup| (setup.role, setup.settings, setup.nics.clone());
        let same = before.agreement == self.setup.agreement && parts(&before) == parts(&self.setup);
        if !same {
            if let Err(error) = self.agree_anew(&before) {
                self.setup = before;
                return Err(error);
            }
        }
        self.duty.reload(self.setup.clone(), now);
        self.log
            .info(format_args!("{} read again", self.config.display()));
        Ok(())
    }

    /// Listens and decides by other rules, and goes on as what it was.
    fn agree_anew(&mut self, before: &Setup) -> Result<(), String> {
        let election = self
            .setup
            .agreement
            .election()
            .map_err(|error| error.to_string())?;
        self.speak_anew(before).map_err(|error| error.to_string())?;
        let (now, active) = (self.clock.elapsed(), self.machine.is_active());
        self.machine = Machine::new(election, self.setup.settings);
        let actions = if active {
            self.machine.go_on(now)
        } else {
            self.machine.start(now)
        };
        self.act(actions);
        self.carriers.clear();
        self.compare_links();
        Ok(())
    }

    /// Listens where the new setup says, or as before if that can't be.
    fn speak_anew(&mut self, before: &Setup) -> io::Result<()> {
        self.speaker = match Speaker::open(&self.setup.agreement) {
            // The port is taken as long as the old paths are open, and they may be the same.
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
                self.speaker = Speaker::mute();
                let opened = Speaker::open(&self.setup.agreement);
                if opened.is_err() {
                    self.speaker = Speaker::open(&before.agreement)?;
                }
                opened?
            }
            opened => opened?,
        };
        Ok(())
    }

    fn tell(&self) {
        let (active, lvsd) = (self.machine.is_active(), self.duty.lvsd());
        let role = self.setup.role.to_string();
        self.desk.write(|status| {
            if status.active != active {
                status.since = seconds();
            }
            status.active = active;
            status.lvsd = lvsd;
            status.role = role;
        });
    }

    /// Waits for what was told to end.
    fn part(mut self) -> io::Result<()> {
        let until = self.clock.elapsed() + PARTING;
        self.duty.part(self.clock.elapsed());
        loop {
            let now = self.clock.elapsed();
            self.duty.tick(now);
            if self.duty.is_done() || now >= until {
                self.duty.finish();
                return Ok(());
            }
            let due = self.duty.deadline().map_or(until, |due| due.min(until));
            let fds: Vec<BorrowedFd<'_>> = self.duty.fd().into_iter().collect();
            wait_for(&fds, due.saturating_sub(now))?;
        }
    }
}

/// Until one is readable, or `time` has passed.
pub(super) fn wait_for(fds: &[BorrowedFd<'_>], time: Duration) -> io::Result<()> {
    let mut fds: Vec<PollFd<'_>> = fds
        .iter()
        .map(|fd| PollFd::new(fd, PollFlags::IN))
        .collect();
    let time = Timespec::try_from(time).map_err(io::Error::other)?;
    match poll(&mut fds, Some(&time)) {
        Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Since 1970.
pub(super) fn seconds() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}
