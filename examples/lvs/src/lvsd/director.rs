//! What lvsd does about what happens: files, what nannies say and that they end, time.
//!
//! Time is what the caller says, since any fixed moment; the table and the
//! [`Staff`] are what the caller gave. What is to be logged comes out of
//! [`lines`](Director::lines).

mod nannies;
mod table;

use std::collections::{BTreeSet, HashMap};
use std::io;
use std::time::Duration;

use ipvs_core::{Error, ServiceKey, TimeoutsEdit};

use super::layout::{Layout, VirtualService};
use super::services::Memory;
use crate::config::Config;
use crate::kernel::Kernel;
use crate::nanny::talk::{Order, Said};
use crate::nanny::watch::Place;
use crate::status::{self, Health, State};
use nannies::Nanny;

/// How often it makes sure of the services.
const LOOK: Duration = Duration::from_secs(5);
/// How soon what could not be done is tried again.
const AGAIN: Duration = Duration::from_secs(1);

/// Who starts and hears the nannies. Each has a number, which the director gives.
pub trait Staff {
    /// Starts a program, and gives its process number. One that `talks` has lvsd at the
    /// other end of its streams.
    ///
    /// # Errors
    /// It can't be started.
    fn start(&mut self, id: u64, job: &Job) -> io::Result<u32>;

    /// Tells it something. One that does not listen is ended.
    fn tell(&mut self, id: u64, order: &Order);

    /// Lets it end, and leave the table as it is.
    fn let_go(&mut self, id: u64);

    /// It has ended.
    fn ended(&mut self, id: u64);
}

/// A nanny to start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// The program, as a process list is to show it.
    pub program: String,
    /// Its words.
    pub words: Vec<String>,
    /// Whether it is our own nanny, which talks; another one edits the table by itself.
    pub talks: bool,
}

/// A line for the log, and how grave it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// The course of things.
    Info(String),
    /// Not as it should be.
    Warning(String),
}

/// lvsd without clock and processes.
pub struct Director<S> {
    config: Config,
    layout: Layout,
    kernel: Kernel,
    memory: Memory,
    staff: S,
    nannies: Vec<Nanny>,
    /// The number of the next nanny.
    next: u64,
    /// What the nannies said last.
    health: HashMap<Place, Health>,
    /// The services that are ours, and those that an lvsd before us left.
    owned: BTreeSet<ServiceKey>,
    /// The services whose sorry server answers.
    sorry: BTreeSet<ServiceKey>,
    /// Whether an entry was put to rest that is to be removed.
    leaving: bool,
    timeouts: TimeoutsEdit,
    looks_at: Duration,
    complaint: Option<String>,
    failed: bool,
    lines: Vec<Line>,
}

impl<S: Staff> Director<S> {
    /// One that has nothing to do yet, but knows what an earlier one did.
    ///
    /// # Errors
    /// What that was can't be read.
    pub fn new(kernel: Kernel, memory: Memory, staff: S) -> io::Result<Self> {
        Ok(Director {
            config: Config::default(),
            layout: Layout {
                services: Vec::new(),
                watches: Vec::new(),
                timeouts: TimeoutsEdit::new(),
            },
            kernel,
            owned: memory.read()?,
            memory,
            staff,
            nannies: Vec::new(),
            next: 0,
            health: HashMap::new(),
            sorry: BTreeSet::new(),
            leaving: false,
            timeouts: TimeoutsEdit::new(),
            looks_at: Duration::ZERO,
            complaint: None,
            failed: false,
            lines: Vec::new(),
        })
    }

    /// What there is to log since the last time.
    pub fn lines(&mut self) -> Vec<Line> {
        std::mem::take(&mut self.lines)
    }

    /// Takes a file, and what it asks for: the first, or another one. Services and
    /// verdicts that stay are kept. The nannies learn of it by [`watch`](Self::watch).
    pub fn take(&mut self, config: Config, layout: Layout, now: Duration) {
        let before = std::mem::replace(&mut self.layout, layout.clone());
        self.config = config;
        let running: BTreeSet<ServiceKey> = keys(&before).collect();
        self.owned.extend(keys(&layout));
        self.remember();
        for service in &layout.services {
            if !running.contains(&service.service.key) {
                let VirtualService { name, port, .. } = service;
                self.info(format!("starting virtual service {name} active: {port}"));
            }
        }
        let kept: BTreeSet<ServiceKey> = keys(&layout).collect();
        for service in &before.services {
            if !kept.contains(&service.service.key) {
                self.info(format!("stopping virtual service {}", service.name));
            }
        }
        self.converge(now);
    }

    /// Has what the file asks for watched. Nannies that stay are kept.
    pub fn watch(&mut self, now: Duration) {
        self.employ(self.layout.watches.clone(), now);
        let places = self.layout.places();
        self.health.retain(|place, _| places.contains(place));
        // Nannies that had to let go may have done something meanwhile.
        self.looks_at = now + AGAIN;
    }

    /// Takes what a nanny said.
    pub fn hear(&mut self, id: u64, said: Said, now: Duration) {
        match said {
            Said::Ready => self.ready(id),
            Said::Is(place, health) => self.know(place, health, now),
            Said::Going(place) => {
                let gone = |health: &Health| Health {
                    state: State::Down,
                    ..health.clone()
                };
                if let Some(health) = self.health.get(&place).map(gone) {
                    self.know(place, health, now);
                }
                self.staff.tell(id, &Order::Go(place));
            }
        }
    }

    /// When [`tick`](Self::tick) has something to do.
    #[must_use]
    pub fn deadline(&self) -> Duration {
        let nannies = self.nannies.iter().filter_map(Nanny::deadline);
        nannies
            .chain([self.looks_at])
            .min()
            .unwrap_or(self.looks_at)
    }

    /// Does what is due: looks after the services, starts nannies again.
    pub fn tick(&mut self, now: Duration) {
        self.restart(now);
        if now >= self.looks_at {
            self.converge(now);
        }
    }

    /// Whether nannies died so often that lvsd has to end, as `hard_shutdown` asks.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.failed
    }

    /// Lets the nannies go.
    pub fn dismiss(&mut self) {
        for nanny in &mut self.nannies {
            nanny.dismissed = true;
            self.staff.let_go(nanny.id);
        }
    }

    /// Whether every nanny has ended.
    #[must_use]
    pub fn is_alone(&self) -> bool {
        self.nannies.iter().all(|nanny| nanny.pid.is_none())
    }

    /// The end: services go, unless the file says that they stay.
    pub fn finish(&mut self) {
        if !self.config.keep_services {
            self.layout.services.clear();
            self.layout.watches.clear();
            self.converge(Duration::ZERO);
        }
    }

    /// What there is, for whoever asks.
    #[must_use]
    pub fn services(&self) -> Vec<status::VirtualService> {
        let services = self.layout.services.iter();
        services
            .map(|service| self.service_status(service))
            .collect()
    }

    /// The file's `serial_no`.
    #[must_use]
    pub fn serial_no(&self) -> u32 {
        self.config.serial_no
    }

    fn service_status(&self, service: &VirtualService) -> status::VirtualService {
        let key = service.service.key;
        let servers = service.servers.iter().map(|(name, dest)| {
            let place = Place {
                service: key,
                dest: dest.key,
            };
            status::RealServer {
                name: name.clone(),
                dest: dest.key.to_string(),
                nanny: self.nanny_of(&place),
                health: self.health.get(&place).cloned().unwrap_or_else(unknown),
            }
        });
        status::VirtualService {
            name: service.name.clone(),
            service: key.to_string(),
            sorry: service.sorry.map(|_| self.sorry.contains(&key)),
            servers: servers.collect(),
        }
    }

    fn know(&mut self, place: Place, health: Health, now: Duration) {
        if !self.layout.places().contains(&place) {
            return;
        }
        let before = self.need(&place.service);
        self.health.insert(place, health);
        if self.need(&place.service) != before {
            self.converge(now);
        }
    }

    fn set_timeouts(&mut self) -> Result<(), Error> {
        let wanted = self.layout.timeouts;
        if wanted != self.timeouts {
            self.kernel.with(|client| client.set_timeouts(&wanted))?;
            self.timeouts = wanted;
        }
        Ok(())
    }

    /// Writes down whose services the next lvsd may remove.
    fn remember(&mut self) {
        if let Err(error) = self.memory.write(&self.owned) {
            self.warn(format!("the next lvsd won't know our services: {error}"));
        }
    }

    fn info(&mut self, line: String) {
        self.lines.push(Line::Info(line));
    }

    fn warn(&mut self, line: String) {
        self.lines.push(Line::Warning(line));
    }
}

fn keys(layout: &Layout) -> impl Iterator<Item = ServiceKey> + '_ {
    layout.services.iter().map(|service| service.service.key)
}

/// What is known of a server before its nanny has said anything.
fn unknown() -> Health {
    Health {
        state: State::Unknown,
        since: status::now(),
        weight: None,
        failure: None,
    }
}

#[cfg(test)]
mod tests;
