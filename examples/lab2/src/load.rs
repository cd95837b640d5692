//! Clients that ask without a pause, and count what comes of it.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use lab::metronome::{Delays, Metronome};
use lab::site::turns;
use lab::{Host, Result};

use crate::cluster::EXCUSE;

/// The time between two requests of one client.
const PAUSE: Duration = Duration::from_millis(30);

/// Requests under way, one after another from each client, each on a connection of its own.
#[derive(Debug)]
pub(crate) struct Load {
    stopping: Arc<AtomicBool>,
    requests: Arc<Mutex<Vec<Request>>>,
    clients: Vec<JoinHandle<()>>,
    patience: Duration,
    metronome: Metronome,
}

/// One request and its answer, or why there is none.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    start: Instant,
    end: Instant,
    answer: std::result::Result<String, String>,
}

impl Request {
    /// Whether the sorry server answered.
    fn is_excuse(&self) -> bool {
        self.answer.as_deref() == Ok(EXCUSE)
    }
}

impl Load {
    /// Begins. A request without an answer for `patience` has failed, unless the machine itself
    /// stood still for a quarter of it: then nobody knows.
    pub(crate) fn start(clients: &[&Arc<Host>], address: SocketAddr, patience: Duration) -> Self {
        let stopping = Arc::<AtomicBool>::default();
        let requests = Arc::<Mutex<Vec<Request>>>::default();
        let begin = |client: &&Arc<Host>| {
            let client = Arc::clone(client);
            let (stopping, requests) = (Arc::clone(&stopping), Arc::clone(&requests));
            std::thread::spawn(move || {
                while !stopping.load(Ordering::Relaxed) {
                    let start = Instant::now();
                    let answer = client.get_within(address, patience);
                    let request = Request {
                        start,
                        end: Instant::now(),
                        answer: answer.map_err(|failure| failure.to_string()),
                    };
                    requests
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .push(request);
                    std::thread::sleep(PAUSE);
                }
            })
        };
        let clients = clients.iter().map(begin).collect();
        Self {
            stopping,
            requests,
            clients,
            patience,
            metronome: Metronome::default(),
        }
    }

    /// The requests that have ended so far.
    pub(crate) fn so_far(&self) -> Tally {
        Tally {
            delays: self.metronome.delays(),
            requests: self.requests().clone(),
            patience: self.patience,
        }
    }

    fn requests(&self) -> MutexGuard<'_, Vec<Request>> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the first answer of a real server to a request that was sent after a
    /// moment: how long after that moment it was there.
    ///
    /// # Errors
    /// When there is none for a minute.
    pub(crate) fn first_answer(&self, since: Instant) -> Result<Duration> {
        let give_up = Instant::now() + Duration::from_secs(60);
        while Instant::now() < give_up {
            let answered =
                |it: &&Request| it.start >= since && it.answer.is_ok() && !it.is_excuse();
            if let Some(request) = self.requests().iter().find(answered) {
                return Ok(request.end - since);
            }
            std::thread::sleep(PAUSE);
        }
        Err("no answer for a minute".into())
    }

    /// Ends: every request, in the order in which they ended.
    pub(crate) fn stop(mut self) -> Tally {
        self.stopping.store(true, Ordering::Relaxed);
        for client in self.clients.drain(..) {
            let _ = client.join();
        }
        self.so_far()
    }
}

/// Requests that have ended.
#[derive(Clone, Debug)]
pub(crate) struct Tally {
    requests: Vec<Request>,
    patience: Duration,
    delays: Delays,
}

impl Tally {
    /// Those that were sent from a moment on.
    pub(crate) fn since(mut self, moment: Instant) -> Self {
        self.requests.retain(|it| it.start >= moment);
        self
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.requests.len()
    }

    /// How many were answered.
    pub(crate) fn answered(&self) -> usize {
        self.requests.iter().filter(|it| it.answer.is_ok()).count()
    }

    /// How many by the sorry server.
    pub(crate) fn excuses(&self) -> usize {
        self.requests.iter().filter(|it| it.is_excuse()).count()
    }

    /// Why others were not, each reason with how often.
    pub(crate) fn failures(&self) -> Vec<String> {
        let judged = self.requests.iter().filter(|it| !self.stood_still(it));
        let failures = judged.filter_map(|it| it.answer.as_ref().err());
        let mut reasons = BTreeMap::<&str, usize>::new();
        for failure in failures {
            *reasons.entry(failure).or_default() += 1;
        }
        let told = reasons
            .iter()
            .map(|(why, times)| format!("{times} × {why}"));
        told.collect()
    }

    /// Whether the machine let this one wait for too long.
    fn stood_still(&self, request: &Request) -> bool {
        let Request { start, end, .. } = *request;
        end - start >= self.patience && self.delays.between(start, end) > self.patience / 4
    }

    /// Who answered, each with how often.
    pub(crate) fn servers(&self) -> String {
        let mut servers = BTreeMap::<String, usize>::new();
        for answer in self
            .requests
            .iter()
            .filter_map(|it| it.answer.as_ref().ok())
        {
            *servers
                .entry(turns(std::slice::from_ref(answer)))
                .or_default() += 1;
        }
        let told = servers
            .iter()
            .map(|(server, times)| format!("{server}: {times}"));
        told.collect::<Vec<_>>().join(", ")
    }

    /// How long the slowest answer took.
    pub(crate) fn slowest(&self) -> Duration {
        let answered = self.requests.iter().filter(|it| it.answer.is_ok());
        let times = answered.map(|it| it.end - it.start);
        times.max().unwrap_or_default()
    }
}
