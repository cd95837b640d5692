//! `pulse` at work: its sockets, its signals, its timers, and what becoming active means
//! on this host.
//!
//! [`Director`](director::Director) is the loop around the pure
//! [`Machine`](super::Machine), [`Duty`](duty::Duty) what the machine's decisions lead to.

mod bursts;
mod claims;
mod deaths;
mod desk;
mod director;
mod duty;
mod floating;
mod group;
mod neighbours;
mod options;
mod paths;
mod program;
mod setup;
mod signals;
mod speaker;
mod sync;

pub(crate) use options::{Asked, Options, USAGE, asked};

use std::fmt::Write;
use std::io;
use std::path::{Path, PathBuf};

use claims::Claims;
use desk::Desk;
use director::{Director, Parts, seconds};
use duty::Duty;
use program::Program;
use setup::{Agreement, Setup};
use signals::Signals;
use speaker::Speaker;

use crate::config::{self, Config, RunsService};
use crate::control::run_directory;
use crate::log::Log;
use crate::net::{Changes, Net};
use crate::status;

/// Where a pulse answers.
pub(crate) fn socket() -> PathBuf {
    run_directory().join("pulse.sock")
}

/// Runs until a signal ends it. `ready` is called once, when all that may fail at the start
/// has not.
///
/// # Errors
/// Why it can't begin, or can't go on: a sentence, or some lines.
pub(crate) fn run(options: &Options, log: &Log, ready: fn()) -> Result<(), String> {
    let config = load(&options.config, log)?;
    let mut net = Net::open().map_err(|error| format!("rtnetlink: {error}"))?;
    let setup = director::setup(&config, &mut net).map_err(|error| error.to_string())?;
    let setup = setup.map_err(|error| error.to_string())?;
    let program = program(options, &setup)?;
    // Before anything is touched: there is one pulse a host.
    let desk = Desk::open(&socket(), first_status(&setup)).map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => "pulse runs already".to_owned(),
        _ => format!("{}: {error}", socket().display()),
    })?;
    let director = || -> io::Result<Result<(Director<'_>, bool), setup::SetupError>> {
        let claims = Claims::at(run_directory().join("pulse.addresses"));
        let signals = Signals::catch()?;
        let changes = Changes::open()?;
        let speaker = Speaker::open(&setup.agreement)?;
        let mut duty = Duty::new(log, setup.clone(), options.idle, net, claims, program)?;
        let found = !options.idle && duty.found()?;
        let parts = Parts {
            log,
            config: options.config.clone(),
            verbose: options.verbose,
            setup,
            speaker,
            duty,
            signals,
            changes,
            desk,
        };
        Ok(Director::new(parts).map(|director| (director, found)))
    };
    let (director, found) = director()
        .map_err(|error| error.to_string())?
        .map_err(|error| error.to_string())?;
    ready();
    let ran = director.run(found, options.force_active);
    ran.map_err(|error| error.to_string())
}

/// What would be done on this host: lines.
///
/// # Errors
/// Why nothing can be.
pub(crate) fn test(options: &Options, log: &Log) -> Result<String, String> {
    let config = load(&options.config, log)?;
    let mut net = Net::open().map_err(|error| format!("rtnetlink: {error}"))?;
    let setup = director::setup(&config, &mut net).map_err(|error| error.to_string())?;
    let setup = setup.map_err(|error| error.to_string())?;
    program(options, &setup)?;
    Ok(describe(&setup))
}

fn describe(setup: &Setup) -> String {
    let mut text = format!("role: {}\n", setup.role);
    // Writing to a String never fails.
    let _ = match &setup.agreement {
        Agreement::Heartbeat {
            settings,
            own,
            port,
        } => {
            let paths: Vec<String> = own
                .iter()
                .zip(&settings.partner)
                .map(|(own, partner)| format!("{own} to {partner}"))
                .collect();
            let paths = if paths.is_empty() {
                "no partner".to_owned()
            } else {
                paths.join(", ")
            };
            let (keepalive, deadtime) = (settings.keepalive, settings.deadtime);
            writeln!(
                text,
                "heartbeat: {paths}, port {port}, every {keepalive:?}, dead after {deadtime:?}"
            )
        }
        Agreement::Vrrp {
            settings,
            interface,
            ..
        } => writeln!(
            text,
            "VRRP: router {} on {interface} from {}, priority {}, every {:?}{}",
            settings.vrid,
            settings.local,
            settings.priority,
            settings.interval.duration(),
            if settings.preempt {
                ""
            } else {
                ", no preemption"
            },
        ),
    };
    for floating in &setup.floating {
        let _ = writeln!(text, "address: {floating}");
    }
    if let Some((interface, id)) = &setup.sync {
        let _ = writeln!(text, "connections synchronised over {interface}, id {id}");
    }
    text
}

fn load(path: &Path, log: &Log) -> Result<Config, String> {
    let parsed = config::load(path).map_err(|error| error.to_string())?;
    for warning in &parsed.warnings {
        log.warning(warning);
    }
    for complaint in parsed.config.complaints() {
        log.warning(complaint);
    }
    Ok(parsed.config)
}

/// What runs the services: by default this very binary, under the name of lvsd.
fn program(options: &Options, setup: &Setup) -> Result<Program, String> {
    let config = std::path::absolute(&options.config).map_err(|error| error.to_string())?;
    let (path, name) = match (setup.service, &options.lvsd, &options.fos) {
        (RunsService::Lvs, Some(path), _) | (RunsService::Fos, _, Some(path)) => {
            (path.clone(), path.clone().into())
        }
        (RunsService::Lvs, None, _) => {
            let own = std::env::current_exe().map_err(|error| error.to_string())?;
            (own, "lvsd".into())
        }
        (RunsService::Fos, _, None) => {
            return Err(
                "service = fos needs --fos PATH: the program that runs failover services".into(),
            );
        }
    };
    let socket = run_directory().join("lvsd.sock");
    Ok(Program::new(path, name, config, socket))
}

fn first_status(setup: &Setup) -> status::Pulse {
    status::Pulse {
        pid: std::process::id(),
        role: setup.role.to_string(),
        active: false,
        since: seconds(),
        heard: None,
        lvsd: None,
        refused: None,
    }
}
