//! lvsd with everything around it: the clock, the signals, the control socket, the
//! nannies' processes.

mod events;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use ipvs_core::TimeoutsEdit;
use signal_hook::consts::SIGHUP;

use super::director::{Director, Line};
use super::layout::Layout;
use super::options::Run;
use super::services::Memory;
use super::staff::{Heard, Processes};
use super::{ENDING, RELOADED};
use crate::config::{Config, load};
use crate::control::{Socket, run_directory};
use crate::detach;
use crate::kernel::Kernel;
use crate::log::Log;
use crate::own;
use crate::status::{self, Lvsd};
use events::Event;

/// How long the nannies have to end.
const FAREWELL: Duration = Duration::from_secs(5);

/// Serves as asked until a signal.
///
/// # Errors
/// What keeps it from starting: a file that is refused, an lvsd that runs already; or
/// monitors that die again and again. They are lines for the log.
pub fn run(asked: Run, log: &Log) -> Result<(), String> {
    // First of all: until then, a signal that asks for a reload is the end.
    let signals = events::signals().map_err(|error| error.to_string())?;
    let (config, layout) = read(&asked.file, log)?;
    if asked.dry {
        for service in &layout.services {
            let (name, port) = (&service.name, service.port);
            log.info(format!("would start virtual service {name} active: {port}"));
        }
        return Ok(());
    }
    let (sender, happening) = channel();
    let socket = bind()?;
    events::start(signals, sender.clone(), socket).map_err(|error| error.to_string())?;
    let memory = Memory::at(run_directory().join("lvsd.services"));
    let own = own::program().map_err(|error| error.to_string())?;
    let staff = Processes::new(own.into(), sender);
    let director = Director::new(Kernel::system(), memory, staff);
    let mut running = Running {
        director: director.map_err(|error| format!("lvsd.services: {error}"))?,
        file: asked.file,
        log,
        start: Instant::now(),
        loaded: status::now(),
        refused: None,
        is_ending: false,
    };
    detach::ready();
    running.take(config, layout);
    let end = running.go_on(&happening);
    // The thread that has the socket ends with the process, and leaves it.
    let _ = std::fs::remove_file(socket_path());
    end
}

fn socket_path() -> PathBuf {
    run_directory().join("lvsd.sock")
}

fn bind() -> Result<Socket, String> {
    let path = socket_path();
    Socket::bind(&path).map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => "lvsd runs already".into(),
        _ => format!("{}: {error}", path.display()),
    })
}

/// The file, if it can work; what is odd about it is logged.
fn read(file: &Path, log: &Log) -> Result<(Config, Layout), String> {
    let parsed = load(file).map_err(|error| error.to_string())?;
    for warning in &parsed.warnings {
        log.warning(format!("{}: {warning}", file.display()));
    }
    let layout = Layout::of(&parsed.config).map_err(|complaints| {
        let lines = complaints.iter();
        let lines = lines.map(|complaint| format!("{}: {complaint}", file.display()));
        lines.collect::<Vec<_>>().join("\n")
    })?;
    Ok((parsed.config, layout))
}

struct Running<'a> {
    director: Director<Processes<Event>>,
    file: PathBuf,
    log: &'a Log,
    start: Instant,
    loaded: u64,
    refused: Option<String>,
    /// Whether the nannies are let go: no file is taken any more.
    is_ending: bool,
}

impl Running<'_> {
    fn go_on(&mut self, happening: &Receiver<Event>) -> Result<(), String> {
        loop {
            self.report();
            if self.director.has_failed() {
                self.end(happening);
                return Err("shut down, since monitors died again and again".into());
            }
            let pause = self.director.deadline().saturating_sub(self.now());
            match happening.recv_timeout(pause) {
                Ok(Event::Signal(SIGHUP)) => drop(self.reload()),
                Ok(Event::Signal(signal)) => {
                    self.log.info(format!("Terminating due to signal {signal}"));
                    self.end(happening);
                    return Ok(());
                }
                Ok(event) => self.handle(event),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            }
            self.director.tick(self.now());
        }
    }

    fn now(&self) -> Duration {
        self.start.elapsed()
    }

    fn handle(&mut self, event: Event) {
        match event {
            Event::Nanny(Heard::Said(id, said)) => self.director.hear(id, said, self.now()),
            Event::Nanny(Heard::Ended(id)) => self.director.ended(id, self.now()),
            Event::Asked(word, answer) => {
                // Whoever asked may have left.
                let _ = answer.send(self.answer(&word));
            }
            Event::Signal(_) => {}
        }
    }

    fn answer(&mut self, word: &str) -> String {
        match word {
            "status" => serde_json::to_string(&self.status()).unwrap_or_default(),
            "reload" if self.is_ending => ENDING.into(),
            "reload" => self.reload().err().unwrap_or_else(|| RELOADED.into()),
            other => format!("lvsd knows status and reload, and not {other:?}"),
        }
    }

    fn status(&self) -> Lvsd {
        Lvsd {
            pid: std::process::id(),
            config: self.file.clone(),
            serial_no: self.director.serial_no(),
            loaded: self.loaded,
            refused: self.refused.clone(),
            services: self.director.services(),
        }
    }

    /// Reads the file again. One that is refused changes nothing.
    fn reload(&mut self) -> Result<(), String> {
        let read = read(&self.file, self.log);
        self.refused = read.as_ref().err().cloned();
        match read {
            Ok((config, layout)) => {
                self.take(config, layout);
                self.log.info("reloaded");
                Ok(())
            }
            Err(error) => {
                error.lines().for_each(|line| self.log.error(line));
                self.log.error("nothing is changed");
                Err(error)
            }
        }
    }

    fn take(&mut self, config: Config, layout: Layout) {
        self.loaded = status::now();
        if layout.services.is_empty() && layout.timeouts == TimeoutsEdit::new() {
            self.log.warning("no virtual service is active");
        }
        self.director.take(config, layout, self.now());
        // In the document, its services come before its nannies.
        self.report();
        self.director.watch(self.now());
        self.report();
    }

    /// The nannies end first, then the services go.
    fn end(&mut self, happening: &Receiver<Event>) {
        self.is_ending = true;
        self.director.dismiss();
        let end = self.now() + FAREWELL;
        while !self.director.is_alone() && self.now() < end {
            match happening.recv_timeout(end.saturating_sub(self.now())) {
                Ok(event) => self.handle(event),
                Err(_) => break,
            }
        }
        self.director.finish();
        self.report();
    }

    fn report(&mut self) {
        for line in self.director.lines() {
            match line {
                Line::Info(line) => self.log.info(line),
                Line::Warning(line) => self.log.warning(line),
            }
        }
    }
}
