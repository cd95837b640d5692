//! The web page: what goes on, and every change of lvs.cf, for people.
//!
//! Each change is first shown, as the lines of the file that it changes and as the changes of
//! the kernel's table that follow, and then made: the file is replaced all at once, unless it
//! changed meanwhile, and the daemons read it again. It needs no script in the browser, and
//! sends none.
//!
//! Who comes in is as good as root: the file's commands (`active_cmd`, `send_program` and others)
//! are run by pulse and the checkers, and the page sets them.
//!
//! Who may come: those who know the password ([`password`](crate::password)); only from the
//! page's own address (the `Host` and `Origin` of a request are checked, so that neither another
//! site's form nor its name that suddenly leads here gets in), with a cookie that no script can
//! read, and with a form that the page itself made. No request by GET changes anything.

mod answer;
mod attempts;
mod diff;
mod edit;
mod forms;
mod guard;
mod layout;
mod login;
mod origins;
mod plot;
mod proposal;
mod routes;
mod samples;
mod serve;
mod sessions;
mod store;
mod tabs;
mod token;

pub use origins::{Origin, OriginError};

use std::convert::Infallible;
use std::io;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

use attempts::Attempts;
use origins::Origins;
use samples::Samples;
use sessions::Sessions;
use store::Store;

use crate::log::Log;
use crate::observe::Observer;

/// What a page is made from.
pub struct Site {
    store: Store,
    observer: Observer,
    passwords: PathBuf,
    origins: Origins,
    sessions: Mutex<Sessions>,
    attempts: Mutex<Attempts>,
    /// One password is hashed at a time: each takes memory.
    hashing: Mutex<()>,
    samples: Mutex<Samples>,
    /// How long a request may take in all, its body too.
    patience: Duration,
    clock: Box<dyn Fn() -> Duration + Send + Sync>,
    log: Log,
}

impl Site {
    /// The page of the configuration file `config` on this node, which `observer` looks at, for
    /// those who know the password of the file `passwords`.
    ///
    /// Browsers may call the page by `origins` alone.
    #[must_use]
    pub fn new(config: &Path, passwords: &Path, observer: Observer, origins: Vec<Origin>) -> Site {
        let start = Instant::now();
        Site {
            store: Store::new(config),
            observer,
            passwords: passwords.into(),
            origins: Origins(origins),
            sessions: Mutex::default(),
            attempts: Mutex::default(),
            hashing: Mutex::default(),
            samples: Mutex::default(),
            patience: guard::PATIENCE,
            clock: Box::new(move || start.elapsed()),
            log: Log::open("web"),
        }
    }

    /// Serves as long as the process lives.
    ///
    /// # Errors
    ///
    /// Why it could not begin.
    pub fn serve(self, listener: TcpListener) -> io::Result<Infallible> {
        let site = Arc::new(self);
        let watched = Arc::downgrade(&site);
        thread::Builder::new()
            .name("samples".into())
            .spawn(move || keep_sampling(&watched))?;
        serve::serve(listener, routes::router(&site), serve::LIMITS)
    }

    fn sample(&self) {
        let seen = self.observer.table().ok();
        lock(&self.samples).take(seen.as_ref());
    }

    fn now(&self) -> Duration {
        (self.clock)()
    }
}

/// Takes samples as long as the site is there.
fn keep_sampling(site: &Weak<Site>) {
    while let Some(site) = site.upgrade() {
        site.sample();
        drop(site);
        thread::sleep(samples::EVERY);
    }
}

/// What a thread that panicked held is whole: each change of it is one step.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
