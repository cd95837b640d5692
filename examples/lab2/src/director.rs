//! A director: a host, the unit that runs its programs, and what they tell.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use ipvs_core::Client;
use ipvs_examples::table;
use lab::{Host, Result, Story};
use lvs::config::Config;
use lvs::control::ask;
use lvs::status::{self, State};
use rustix::process::Signal;
use serde_json::from_str;
use tempfile::TempDir;

use crate::log::Log;
use crate::processes::{self, Process};
use crate::unit::{self, Unit};

/// How long programs may take to start and find their servers well, on a slow machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// One of the two directors.
pub(crate) struct Director {
    /// Where it is.
    pub(crate) host: Host,
    /// Its IPVS.
    pub(crate) ipvs: Client,
    /// What its programs say.
    pub(crate) log: Log,
    folder: TempDir,
    unit: Option<Unit>,
}

impl Director {
    /// A director on which nothing runs.
    ///
    /// # Errors
    /// When it can't have its IPVS or its folder.
    pub(crate) fn new(host: Host) -> Result<Self> {
        Ok(Self {
            ipvs: host.ipvs()?,
            log: Log::new(),
            folder: tempfile::Builder::new().prefix(host.name()).tempdir()?,
            unit: None,
            host,
        })
    }

    /// Its lvs.cf.
    pub(crate) fn file(&self) -> PathBuf {
        self.folder.path().join("lvs.cf")
    }

    /// Where its files are.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Our own binary, to be run beside its pulse.
    ///
    /// # Errors
    /// When it is not built.
    pub(crate) fn program(&self) -> Result<Command> {
        unit::program(self.folder())
    }

    /// Starts pulse with this file, as a unit: when.
    ///
    /// # Errors
    /// When it can't be started.
    pub(crate) fn start(&mut self, file: &Config) -> Result<Instant> {
        std::fs::write(self.file(), file.to_string())?;
        let now = Instant::now();
        let unit = Unit::start(&self.host, &self.file(), self.folder.path(), &self.log)?;
        self.unit = Some(unit);
        Ok(now)
    }

    /// Stops pulse, as `systemctl stop` does.
    ///
    /// # Errors
    /// When it does not end.
    pub(crate) fn stop(&mut self) -> Result<()> {
        self.unit.take().map_or(Ok(()), Unit::stop)
    }

    /// Writes the file anew, as its next version, and has it read.
    ///
    /// # Errors
    /// When it is not read within half a minute, or refused.
    pub(crate) fn reload(&self, file: &mut Config) -> Result<()> {
        file.serial_no += 1;
        self.reload_text(&file.to_string())?;
        let read = || {
            let status = self.lvsd()?;
            if let Some(reason) = status.refused {
                return Err(format!("the file was refused: {reason}").into());
            }
            Ok((status.serial_no == file.serial_no).then_some(()))
        };
        self.wait(&format!("the file {} to be read", file.serial_no), read)
    }

    /// Writes any text into the file and has it read.
    ///
    /// # Errors
    /// When pulse does not run.
    pub(crate) fn reload_text(&self, text: &str) -> Result<()> {
        std::fs::write(self.file(), text)?;
        self.unit.as_ref().ok_or("pulse was not started")?.reload()
    }

    /// What lvsd tells.
    ///
    /// # Errors
    /// When none answers.
    pub(crate) fn lvsd(&self) -> Result<status::Lvsd> {
        let told = ask(&self.folder.path().join("lvsd.sock"), "status")?;
        Ok(from_str(&told)?)
    }

    /// What pulse tells.
    ///
    /// # Errors
    /// When none answers.
    pub(crate) fn pulse(&self) -> Result<status::Pulse> {
        let told = ask(&self.folder.path().join("pulse.sock"), "status")?;
        Ok(from_str(&told)?)
    }

    /// Whether it serves; one that does not answer doesn't.
    pub(crate) fn is_active(&self) -> bool {
        self.pulse().is_ok_and(|pulse| pulse.active)
    }

    /// Whether every server of every service is up.
    pub(crate) fn is_well(&self) -> bool {
        self.lvsd().is_ok_and(|lvsd| {
            let mut servers = lvsd.services.iter().flat_map(|service| &service.servers);
            servers.all(|server| server.health.state == State::Up && server.nanny.is_some())
        })
    }

    /// Waits until it serves and every server is up.
    ///
    /// # Errors
    /// When that takes more than half a minute; then with its log.
    pub(crate) fn serve(&self) -> Result<()> {
        self.wait("all servers to be up", || {
            Ok((self.is_active() && self.is_well()).then_some(()))
        })
    }

    /// Waits until every server is up, whether it serves or stands by.
    ///
    /// # Errors
    /// As [`Director::serve`].
    pub(crate) fn know(&self) -> Result<()> {
        self.wait("knowledge of its servers", || {
            Ok(self.is_well().then_some(()))
        })
    }

    /// Waits for the partner's next heartbeat.
    ///
    /// # Errors
    /// When none comes in half a minute; then with its log.
    pub(crate) fn hear(&self) -> Result<()> {
        let before = self.pulse()?.heard;
        self.wait("heartbeat of its partner", || {
            Ok((self.pulse()?.heard != before).then_some(()))
        })
    }

    /// Waits for something.
    ///
    /// # Errors
    /// What was observed last, or that nothing came in half a minute; with the log.
    pub(crate) fn wait<T>(&self, what: &str, observe: impl Fn() -> Result<Option<T>>) -> Result<T> {
        let start = Instant::now();
        loop {
            let observed = observe();
            if let Ok(Some(value)) = observed {
                return Ok(value);
            }
            if start.elapsed() > PATIENCE {
                let failure = observed
                    .err()
                    .map_or(String::new(), |it| format!(" ({it})"));
                let log = self.log.since(start - PATIENCE);
                let log: Vec<String> = log.iter().map(|line| format!("\n{line}")).collect();
                let name = self.host.name();
                return Err(format!("{name}: no {what}{failure}:{}", log.concat()).into());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Its floating addresses with their labels: `eth0:0 10.0.2.100/24`.
    ///
    /// # Errors
    /// When `ip` fails.
    pub(crate) fn floating(&self) -> Result<Vec<String>> {
        let told = self.host.command("ip", &["-o", "-4", "addr", "show"])?;
        let lines = told.lines().filter_map(|line| {
            let mut words = line.split_whitespace().skip_while(|word| *word != "inet");
            let address = words.nth(1)?;
            let label = words.find(|word| word.contains(':'))?;
            Some(format!("{} {address}", label.trim_end_matches('\\')))
        });
        Ok(lines.collect())
    }

    /// The IPVS table without its counters, a line each.
    ///
    /// # Errors
    /// When it can't be read.
    pub(crate) fn table(&self) -> Result<Vec<String>> {
        let lines = table::body(&self.ipvs.snapshot()?);
        let settled = lines.iter().map(|line| match line.starts_with("  -> ") {
            true => {
                let words: Vec<&str> = line.split_whitespace().take(4).collect();
                format!("  {}", words.join(" "))
            }
            false => line.clone(),
        });
        Ok(settled.collect())
    }

    /// The programs that run on it.
    ///
    /// # Errors
    /// When its namespace is gone.
    pub(crate) fn processes(&self) -> Result<Vec<Process>> {
        processes::on(&self.host)
    }

    /// Shows what its programs have said since a moment.
    pub(crate) fn show_log(&self, story: &mut Story, since: Instant) {
        let lines = self.log.since(since);
        story.show(
            lines
                .iter()
                .map(|line| format!("{:9} {line}", self.host.name())),
        );
    }
}

impl Drop for Director {
    /// Leaves none of its programs behind, however its chapter ended.
    fn drop(&mut self) {
        let _ = self.stop();
        for process in self.processes().unwrap_or_default() {
            let _ = process.signal(Signal::KILL);
        }
    }
}
