//! A kernel in memory, and nannies that only take notes.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ipvs_core::fake::{Environment, Kernel as Fake};
use ipvs_core::rules::NoNames;
use ipvs_core::{Client, Dest, ForwardMethod};

use crate::config::parse;
use crate::kernel::Kernel;
use crate::lvsd::director::{Director, Job, Line, Staff};
use crate::lvsd::layout::Layout;
use crate::lvsd::services::Memory;
use crate::nanny::talk::{Order, Said};
use crate::nanny::watch::Place;
use crate::status::{Health, State};

pub(super) const SERVICE: &str = "tcp 10.0.2.100:80";

pub(super) fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// What the staff was asked for: `start 0`, `watch 0 2` (with two entries), …
pub(super) type Notes = Rc<RefCell<Vec<String>>>;

#[derive(Default)]
pub(super) struct Paper {
    notes: Notes,
    orders: Rc<RefCell<Vec<Order>>>,
    refuses: Rc<RefCell<bool>>,
}

impl Staff for Paper {
    fn start(&mut self, id: u64, job: &Job) -> io::Result<u32> {
        assert!(job.words.contains(&"--lvs".to_owned()));
        if *self.refuses.borrow() {
            return Err(io::ErrorKind::NotFound.into());
        }
        self.notes.borrow_mut().push(format!("start {id}"));
        Ok(1000 + u32::try_from(id).unwrap())
    }

    fn tell(&mut self, id: u64, order: &Order) {
        let note = match order {
            Order::Watch(watch) => format!("watch {id} {}", watch.entries.len()),
            Order::Begin => format!("begin {id}"),
            Order::Go(place) => format!("go {id} {}", place.dest),
        };
        self.notes.borrow_mut().push(note);
        self.orders.borrow_mut().push(order.clone());
    }

    fn let_go(&mut self, id: u64) {
        self.notes.borrow_mut().push(format!("let go {id}"));
    }

    fn ended(&mut self, id: u64) {
        self.notes.borrow_mut().push(format!("ended {id}"));
    }
}

pub(super) struct Lab {
    pub(super) director: Director<Paper>,
    pub(super) client: Client,
    pub(super) notes: Notes,
    pub(super) orders: Rc<RefCell<Vec<Order>>>,
    pub(super) refuses: Rc<RefCell<bool>>,
    pub(super) reachable: Arc<AtomicBool>,
    folder: tempfile::TempDir,
    fake: Fake,
}

impl Lab {
    pub(super) fn new() -> Self {
        Lab::on(Fake::new(), tempfile::tempdir().unwrap())
    }

    /// An lvsd that follows one that was killed.
    pub(super) fn next(self) -> Self {
        Lab::on(self.fake, self.folder)
    }

    pub(super) fn on(fake: Fake, folder: tempfile::TempDir) -> Self {
        let reachable = Arc::new(AtomicBool::new(true));
        let (other, reach) = (fake.clone(), Arc::clone(&reachable));
        let kernel = Kernel::new(move || {
            if reach.load(Ordering::Relaxed) {
                other.client()
            } else {
                Fake::with(Environment::new().unprivileged()).client()
            }
        });
        let paper = Paper::default();
        let (notes, orders, refuses) = (
            paper.notes.clone(),
            paper.orders.clone(),
            paper.refuses.clone(),
        );
        let memory = Memory::at(folder.path().join("lvsd.services"));
        Lab {
            director: Director::new(kernel, memory, paper).unwrap(),
            client: fake.client().unwrap(),
            notes,
            orders,
            refuses,
            reachable,
            folder,
            fake,
        }
    }

    pub(super) fn take(&mut self, text: &str, now: u64) {
        let config = parse(text.as_bytes(), &NoNames).unwrap().config;
        let layout = Layout::of(&config).unwrap();
        self.director.take(config, layout, seconds(now));
        self.director.watch(seconds(now));
    }

    pub(super) fn notes(&self) -> Vec<String> {
        std::mem::take(&mut self.notes.borrow_mut())
    }

    pub(super) fn lines(&mut self) -> Vec<String> {
        let lines = self.director.lines().into_iter();
        lines
            .map(|line| match line {
                Line::Info(line) => line,
                Line::Warning(line) => format!("warning: {line}"),
            })
            .collect()
    }

    pub(super) fn services(&self) -> Vec<String> {
        let services = self.client.services().unwrap();
        services
            .iter()
            .map(|entry| entry.service.to_string())
            .collect()
    }

    pub(super) fn dests(&self, service: &str) -> Vec<String> {
        let dests = self
            .client
            .dests(&service.parse().unwrap())
            .unwrap_or_default();
        let dests = dests.iter().map(|entry| entry.dest);
        dests
            .map(|dest| format!("{} {}", dest.key, dest.weight))
            .collect()
    }

    /// What a nanny does and says when its server comes up.
    pub(super) fn up(&mut self, id: u64, server: &str, now: u64) {
        let place = place(server);
        let dest = Dest::new(
            place.dest.address,
            place.dest.port,
            ForwardMethod::MASQUERADE,
        );
        self.client.add_dest(&place.service, &dest).unwrap();
        self.director
            .hear(id, is(place, State::Up, None), seconds(now));
    }

    /// … and when it goes.
    pub(super) fn down(&mut self, id: u64, server: &str, now: u64) {
        let place = place(server);
        self.director.hear(id, Said::Going(place), seconds(now));
        assert_eq!(self.notes(), [format!("go {id} {server}")]);
        self.client
            .remove_dest(&place.service, &place.dest)
            .unwrap();
        let is = is(place, State::Down, Some("no"));
        self.director.hear(id, is, seconds(now));
    }
}

pub(super) fn place(server: &str) -> Place {
    Place {
        service: SERVICE.parse().unwrap(),
        dest: server.parse().unwrap(),
    }
}

pub(super) fn is(place: Place, state: State, failure: Option<&str>) -> Said {
    let health = Health {
        state,
        since: 0,
        weight: (state == State::Up).then_some(1),
        failure: failure.map(str::to_owned),
    };
    Said::Is(place, health)
}
