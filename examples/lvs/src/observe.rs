//! What goes on in the cluster: the kernel's table beside the file, the daemons and their
//! checkers. For the web page and `top`.

mod picture;
mod processes;

pub use picture::{Picture, ServerRow, ServiceRow, Trouble};
pub use processes::{Process, processes};

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use ipvs_core::{Client, Error, Snapshot};
use rustix::process::{Pid, Signal, kill_process};
use serde::de::DeserializeOwned;

use crate::config::Config;
use crate::control::ask;
use crate::lvsd::{BUSY, ENDING, RELOADED};
use crate::status::{Lvsd, Pulse, now};

type Opener = Box<dyn Fn() -> Result<Client, Error> + Send + Sync>;

/// Looks at the cluster from one node.
pub struct Observer {
    open: Opener,
    /// Opened when it is first needed, and anew after it failed.
    client: Mutex<Option<Client>>,
    run: PathBuf,
}

impl Observer {
    /// Looks at the table of the clients that `open` opens, and at the daemons whose sockets are
    /// in the directory `run`.
    pub fn new(
        open: impl Fn() -> Result<Client, Error> + Send + Sync + 'static,
        run: &Path,
    ) -> Observer {
        Observer {
            open: Box::new(open),
            client: Mutex::new(None),
            run: run.into(),
        }
    }

    /// Everything at once, beside what `config` says.
    #[must_use]
    pub fn look(&self, config: &Config) -> Picture {
        let table = self.table().map_err(|error| error.to_string());
        Picture::new(now(), config, table, self.lvsd(), self.pulse())
    }

    /// The kernel's table.
    ///
    /// # Errors
    ///
    /// Those of [`Client::open`] and [`Client::snapshot`].
    pub fn table(&self) -> Result<Snapshot, Error> {
        let mut client = self.client.lock().unwrap_or_else(PoisonError::into_inner);
        let opened = match client.take() {
            Some(opened) => opened,
            None => (self.open)()?,
        };
        let seen = opened.snapshot()?;
        *client = Some(opened);
        Ok(seen)
    }

    /// What lvsd tells.
    ///
    /// # Errors
    ///
    /// Why it told nothing.
    pub fn lvsd(&self) -> Result<Lvsd, Trouble> {
        self.status("lvsd")
    }

    /// What pulse tells.
    ///
    /// # Errors
    ///
    /// Why it told nothing.
    pub fn pulse(&self) -> Result<Pulse, Trouble> {
        self.status("pulse")
    }

    /// Has lvsd read its file again; why it keeps to what it had, if it does.
    ///
    /// # Errors
    ///
    /// [`Trouble::Absent`] when it doesn't run, else why it is not known what it does.
    pub fn reload_lvsd(&self) -> Result<Option<String>, Trouble> {
        let answer = self.ask("lvsd", "reload")?;
        match answer.as_str() {
            RELOADED => Ok(None),
            BUSY | ENDING => Err(Trouble::Silent(answer)),
            _ => Ok(Some(answer)),
        }
    }

    /// Tells pulse to read its file again, by the signal for it: there is no answer.
    ///
    /// # Errors
    ///
    /// [`Trouble::Absent`] when it doesn't run, else why it could not be told.
    pub fn reload_pulse(&self) -> Result<(), Trouble> {
        let number = i32::try_from(self.pulse()?.pid).ok();
        let pid = number.filter(|number| *number > 1).and_then(Pid::from_raw);
        let pid = pid.ok_or_else(|| Trouble::Silent("pulse tells no process".into()))?;
        kill_process(pid, Signal::HUP)
            .map_err(|error| Trouble::Silent(format!("pulse can't be told: {error}")))
    }

    fn status<T: DeserializeOwned>(&self, daemon: &str) -> Result<T, Trouble> {
        let answer = self.ask(daemon, "status")?;
        serde_json::from_str(&answer).map_err(|error| {
            let what = format!("{daemon} answers what is no status: {error}");
            Trouble::Silent(what)
        })
    }

    fn ask(&self, daemon: &str, question: &str) -> Result<String, Trouble> {
        let path = self.run.join(format!("{daemon}.sock"));
        let answer = ask(&path, question).map_err(|error| match error.kind() {
            ErrorKind::NotFound | ErrorKind::ConnectionRefused => Trouble::Absent,
            ErrorKind::WouldBlock | ErrorKind::TimedOut => {
                Trouble::Silent(format!("{daemon} did not answer in time"))
            }
            _ => Trouble::Silent(format!("{}: {error}", path.display())),
        })?;
        if answer.is_empty() {
            return Err(Trouble::Silent(format!(
                "{daemon} hung up without an answer"
            )));
        }
        Ok(answer)
    }
}

#[cfg(test)]
mod tests;
