//! The pages as a browser would ask for them, on a kernel in memory.

mod browser;
mod changes;
mod forms;
mod refusals;
mod style;
mod tabs;

use std::sync::Arc;
use std::time::Duration;

use ipvs_core::fake::Kernel;
use tempfile::TempDir;

use super::*;
use crate::config::tests::HAR300;
use crate::password;
use browser::Browser;

const PASSWORD: &str = "piranha and pike";

/// A page with a fake kernel, a folder of its own, and a clock that tests move.
pub(super) struct Lab {
    kernel: Kernel,
    folder: TempDir,
    site: Arc<Site>,
    clock: Arc<Mutex<Duration>>,
}

impl Lab {
    /// One with the document's file.
    fn new() -> Lab {
        Lab::of(HAR300)
    }

    /// One whose requests may take no longer than this.
    pub(super) fn impatient(patience: Duration) -> Lab {
        Lab::with(HAR300, patience)
    }

    fn of(file: &str) -> Lab {
        Lab::with(file, guard::PATIENCE)
    }

    /// Its pages, for whoever serves them.
    pub(super) fn router(&self) -> axum::Router {
        routes::router(&self.site)
    }

    fn with(file: &str, patience: Duration) -> Lab {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("lvs.cf");
        std::fs::write(&config, file).unwrap();
        let passwords = folder.path().join("passwd");
        password::set(&passwords, PASSWORD).unwrap();
        let kernel = Kernel::new();
        let machine = kernel.clone();
        let observer = Observer::new(move || machine.client(), folder.path());
        let mut origins = Origin::of_listener("127.0.0.1:3636".parse().unwrap());
        origins.push("https://lvs.example.org".parse().unwrap());
        let mut site = Site::new(&config, &passwords, observer, origins);
        let clock = Arc::new(Mutex::new(Duration::ZERO));
        let shared = Arc::clone(&clock);
        site.patience = patience;
        site.clock = Box::new(move || *lock(&shared));
        Lab {
            kernel,
            folder,
            site: Arc::new(site),
            clock,
        }
    }

    fn file(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("lvs.cf")).unwrap()
    }

    fn pass(&self, time: Duration) {
        *lock(&self.clock) += time;
    }

    /// Somebody who has not logged in.
    fn stranger(&self) -> Browser {
        Browser::new(&self.site)
    }

    /// Somebody who has.
    fn browser(&self) -> Browser {
        let mut browser = self.stranger();
        let page = browser.log_in(PASSWORD);
        assert_eq!(page.status, 303, "{}", page.text);
        browser
    }
}
