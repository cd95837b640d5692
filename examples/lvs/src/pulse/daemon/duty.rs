//! What a node does because it is active, or because it is not: its services, the sync
//! daemon, the addresses and their announcement.
//!
//! Each step makes things as they should be, whatever they are: what fails is logged and
//! tried again, and what a dead pulse left is taken over.

use std::collections::BTreeSet;
use std::io;
use std::os::fd::BorrowedFd;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use ipvs_core::DaemonRole;

use super::bursts::{Bursts, Due};
use super::claims::Claims;
use super::deaths::Deaths;
use super::floating::Floating;
use super::neighbours::Neighbours;
use super::program::{Begun, Program};
use super::setup::Setup;
use super::sync;
use crate::config::RunsService;
use crate::log::Log;
use crate::net::Net;

/// What failed is tried again after this long.
const AGAIN: Duration = Duration::from_secs(1);

/// How long the addresses wait for lvsd's services, and how often it is asked. Before them
/// they would do harm: connections taken over are answered with a reset.
const START: Duration = Duration::from_secs(3);
const SOON: Duration = Duration::from_millis(50);

pub(super) struct Duty<'a> {
    log: &'a Log,
    setup: Setup,
    /// Change nothing on this host.
    idle: bool,
    net: Net,
    claims: Claims,
    neighbours: Neighbours,
    program: Program,
    active: bool,
    /// Nothing keeps this node from becoming active.
    whole: bool,
    /// This pulse is about to end.
    parting: bool,
    bursts: Bursts,
    deaths: Deaths,
    /// Until when the addresses wait for lvsd, unless it answers.
    waits: Option<Duration>,
    /// When to settle again.
    retry: Option<Duration>,
    /// What could not be done the last time.
    faults: BTreeSet<String>,
    /// Commands of lvs.cf that still run.
    commands: Vec<(String, Child)>,
}

impl<'a> Duty<'a> {
    pub(super) fn new(
        log: &'a Log,
        setup: Setup,
        idle: bool,
        net: Net,
        claims: Claims,
        program: Program,
    ) -> io::Result<Duty<'a>> {
        Ok(Duty {
            log,
            setup,
            idle,
            net,
            claims,
            neighbours: Neighbours::open()?,
            program,
            active: false,
            whole: true,
            parting: false,
            bursts: Bursts::default(),
            deaths: Deaths::default(),
            waits: None,
            retry: None,
            faults: BTreeSet::new(),
            commands: Vec::new(),
        })
    }

    /// Whether this node was active when its last pulse died. If so, it is until the
    /// partner turns out to be.
    pub(super) fn found(&mut self) -> io::Result<bool> {
        let runs = match self.program.find_patiently() {
            Ok(Some(pid)) => {
                self.take_over(pid);
                true
            }
            Ok(None) => false,
            // It is too busy to answer.
            Err(error) => {
                self.log.warning(format_args!("cannot ask lvsd: {error}"));
                true
            }
        };
        // One that stands by is no sign.
        let served = runs && !self.setup.standby;
        self.active = served || self.claims.found(&mut self.net)?;
        Ok(self.active)
    }

    /// Becomes active, or goes on being it.
    pub(super) fn activate(&mut self, now: Duration) {
        if !std::mem::replace(&mut self.active, true) {
            self.run(self.setup.active_cmd.clone(), "active_cmd");
        }
        self.deaths.forget();
        // A program of failover services has no such answer.
        self.waits = (self.setup.service == RunsService::Lvs).then_some(now + START);
        self.settle(now);
        self.announce(now);
    }

    /// Becomes inactive, or makes sure of it.
    pub(super) fn deactivate(&mut self, now: Duration) {
        if std::mem::take(&mut self.active) {
            self.run(self.setup.inactive_cmd.clone(), "inactive_cmd");
        }
        self.waits = None;
        self.bursts.stop();
        self.settle(now);
    }

    /// Begins to end: nothing runs on, and no address stays.
    pub(super) fn part(&mut self, now: Duration) {
        self.parting = true;
        self.deactivate(now);
    }

    /// Keeps an lvsd standing by while nothing keeps this node from becoming active. Behind
    /// a dead link checkers see dead servers, and the first clients would meet them.
    pub(super) fn weigh(&mut self, whole: bool, now: Duration) {
        if std::mem::replace(&mut self.whole, whole) != whole {
            self.settle(now);
        }
    }

    /// Tells the neighbours, now and a few times more; as soon as the addresses are here,
    /// if they wait for lvsd.
    pub(super) fn announce(&mut self, now: Duration) {
        if !self.idle && self.waits.is_none() {
            self.bursts.begin(now);
            self.tell(now);
        }
    }

    /// Tells the neighbours once, unless that is going on anyway.
    pub(super) fn refresh(&mut self) {
        if !self.idle && self.waits.is_none() && self.bursts.deadline().is_none() {
            self.say_to_neighbours();
        }
    }

    /// Does by another configuration.
    pub(super) fn reload(&mut self, setup: Setup, now: Duration) {
        let old = std::mem::replace(&mut self.setup, setup);
        if self.setup.sync.is_none() {
            self.stop_sync(&old);
        }
        let known: Vec<Floating> = [old.floating, self.setup.floating.clone()].concat();
        self.settle_knowing(&known, now);
    }

    /// Tells lvsd to read its configuration again.
    pub(super) fn hang_up(&self) {
        if let Err(error) = self.program.hang_up() {
            self.log
                .error(format_args!("cannot tell lvsd to reload: {error}"));
        }
    }

    /// The addresses or links of this host changed: what is needed must stay.
    pub(super) fn look(&mut self, now: Duration) {
        if self.active {
            self.settle(now);
        }
    }

    /// Does what is due. Whether lvsd can be kept alive, if that has changed.
    pub(super) fn tick(&mut self, now: Duration) -> Option<bool> {
        self.tell(now);
        self.reap_commands();
        let mut fit = self.deaths.recovered(now).then_some(true);
        if let Some(ended) = self.program.reap() {
            if self.needs_program() && !ended.asked {
                let how = ended
                    .status
                    .map_or_else(String::new, |status| format!(": {status}"));
                let again = self.deaths.note(now);
                self.log
                    .error(format_args!("lvsd ended{how}; starting it again"));
                self.retry = Some(now + again);
                if self.setup.hard
                    && self.setup.agreement.has_partner()
                    && self.deaths.too_many(now)
                {
                    self.log
                        .error("lvsd keeps ending: leaving the services to the partner");
                    fit = Some(false);
                }
            } else {
                self.settle(now);
            }
        }
        if let Err(error) = self.program.tick(now) {
            self.log.error(format_args!("cannot kill lvsd: {error}"));
        }
        if self.retry.is_some_and(|at| now >= at) {
            self.settle(now);
        }
        fit
    }

    pub(super) fn deadline(&self) -> Option<Duration> {
        let all = [
            self.retry,
            self.bursts.deadline(),
            self.program.deadline(),
            self.deaths.deadline(),
        ];
        all.into_iter().flatten().min()
    }

    /// The process of lvsd.
    pub(super) fn lvsd(&self) -> Option<u32> {
        self.program.pid()
    }

    /// Readable when lvsd ends.
    pub(super) fn fd(&self) -> Option<BorrowedFd<'_>> {
        self.program.fd()
    }

    pub(super) fn net(&mut self) -> &mut Net {
        &mut self.net
    }

    /// Nothing is left to wait for.
    pub(super) fn is_done(&self) -> bool {
        self.program.pid().is_none() && self.retry.is_none()
    }

    /// The last: nobody takes connections in any more.
    pub(super) fn finish(&mut self) {
        self.stop_sync(&self.setup);
    }

    /// Stops the daemons if it was a pulse of this setup that ran them.
    fn stop_sync(&self, setup: &Setup) {
        if setup.sync.is_none() || self.idle {
            return;
        }
        if let Err(error) = sync::stop() {
            self.log
                .error(format_args!("cannot stop the sync daemon: {error}"));
        }
    }

    fn settle(&mut self, now: Duration) {
        let known = self.setup.floating.clone();
        self.settle_knowing(&known, now);
    }

    /// Makes everything as it should be: on becoming active in the document's order, on
    /// leaving with the addresses first.
    fn settle_knowing(&mut self, known: &[Floating], now: Duration) {
        if self.idle {
            return;
        }
        self.retry = None;
        let mut faults = BTreeSet::new();
        if self.active {
            faults.extend(self.settle_program(now).err());
            if self.services_are_there(now) {
                faults.extend(self.settle_sync(DaemonRole::Master).err());
                faults.extend(self.settle_addresses(known, now));
            }
        } else {
            faults.extend(self.settle_addresses(known, now));
            faults.extend(self.settle_program(now).err());
            faults.extend(self.settle_sync(DaemonRole::Backup).err());
        }
        for fault in faults.difference(&self.faults) {
            self.log.error(fault);
        }
        if faults.is_empty() && !self.faults.is_empty() {
            self.log.info("what could not be done is done now");
        }
        self.faults = faults;
        if !self.faults.is_empty() {
            self.retry = Some(now + AGAIN);
        }
        if self.waits.is_some() {
            self.retry = Some(now + SOON);
        }
    }

    /// Whether lvsd has made its services, or tried to, as it has when it answers; or was
    /// waited for long enough. Then the neighbours are told.
    fn services_are_there(&mut self, now: Duration) -> bool {
        let Some(until) = self.waits else { return true };
        if !self.program.answers() {
            if now < until {
                return false;
            }
            self.log
                .warning("lvsd has no services yet: the addresses wait no longer");
        }
        self.waits = None;
        self.bursts.begin(now);
        true
    }

    fn needs_program(&self) -> bool {
        !self.parting && (self.active || (self.setup.standby && self.whole))
    }

    fn settle_program(&mut self, now: Duration) -> Result<(), String> {
        if !self.needs_program() {
            // One of a dead pulse must end, too.
            let found = self.program.find().and_then(|_| self.program.end(now));
            return found.map_err(|error| format!("cannot end lvsd: {error}"));
        }
        match self.program.begin() {
            Ok(Begun::Found(pid)) => {
                self.take_over(pid);
                Ok(())
            }
            Ok(_) => Ok(()),
            Err(error) => Err(format!("cannot start lvsd: {error}")),
        }
    }

    /// One that ran before us may have missed what its file says now.
    fn take_over(&self, pid: u32) {
        self.log
            .info(format_args!("lvsd runs already as pid {pid}"));
        self.hang_up();
    }

    fn settle_sync(&self, role: DaemonRole) -> Result<(), String> {
        let Some((interface, id)) = self.setup.sync else {
            return Ok(());
        };
        sync::settle(role, interface, id).map_err(|error| error.to_string())
    }

    fn settle_addresses(&mut self, known: &[Floating], now: Duration) -> Vec<String> {
        let wanted = if self.active {
            self.setup.floating.as_slice()
        } else {
            &[]
        };
        let outcome = self.claims.settle(&mut self.net, known, wanted);
        if outcome.added {
            self.bursts.begin(now);
        }
        outcome.faults
    }

    fn tell(&mut self, now: Duration) {
        match self.bursts.tick(now) {
            Due::Nothing => {}
            Due::Announce => self.say_to_neighbours(),
            Due::Finished => self.log.info("gratuitous lvs arps finished"),
        }
    }

    fn say_to_neighbours(&self) {
        for fault in self.neighbours.tell(&self.setup.floating) {
            self.log.error(fault);
        }
    }

    /// Starts a command of lvs.cf; the partner is listened to while it runs.
    fn run(&mut self, command: Option<String>, key: &str) {
        let Some(command) = command.filter(|_| !self.idle) else {
            return;
        };
        let started = Command::new("/bin/sh")
            .args(["-c", &command])
            .stdin(Stdio::null())
            .spawn();
        match started {
            Ok(child) => self.commands.push((format!("{key} {command:?}"), child)),
            Err(error) => self.log.error(format_args!("{key} {command:?}: {error}")),
        }
    }

    fn reap_commands(&mut self) {
        let log = self.log;
        self.commands
            .retain_mut(|(name, child)| match child.try_wait() {
                Ok(None) => true,
                Ok(Some(status)) if status.success() => false,
                Ok(Some(status)) => {
                    log.error(format_args!("{name}: {status}"));
                    false
                }
                Err(error) => {
                    log.error(format_args!("{name}: {error}"));
                    false
                }
            });
    }
}
