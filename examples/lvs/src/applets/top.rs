//! `lvs top`: what goes on, in the terminal; in a pipe, once and as plain text.
//!
//! It ends with 1 when the terminal can't be used, and 2 for mistakes of usage. When a key, SIGINT,
//! SIGQUIT, SIGTERM or SIGHUP ends it, the terminal is as it was.

use std::ffi::OsString;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crossterm::event::{self, Event, KeyEventKind};
use ipvs_core::{Client, Options};
use lexopt::prelude::*;
use ratatui::DefaultTerminal;
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};

use super::{USAGE, say};
use crate::config::{self, Config};
use crate::control::run_directory;
use crate::observe::Observer;
use crate::top::{Asked, Look, View, draw, plain};

const USAGE_LINE: &str = "usage: lvs top [-c FILE] [--every SECONDS] [--once]
Keys: q ends, arrows scroll, s sorts, + and - set the pace, space looks now.
";

/// How long a key or a signal may wait for its effect.
const TICK: Duration = Duration::from_millis(200);

/// A whole command line.
struct Wanted {
    config: PathBuf,
    every: u64,
    once: bool,
}

/// Runs the applet.
pub(super) fn run(words: Vec<OsString>) -> ExitCode {
    let asked = match asked(words) {
        Ok(Some(asked)) => asked,
        Ok(None) => return say(USAGE_LINE),
        Err(error) => {
            eprint!("lvs top: {error}\n{USAGE_LINE}");
            return ExitCode::from(USAGE);
        }
    };
    let observer = Observer::new(|| Client::open(&Options::new()), &run_directory());
    if asked.once || !io::stdout().is_terminal() || !io::stdin().is_terminal() {
        return say(&plain(&look(&observer, &asked.config)));
    }
    match on_screen(&observer, &asked) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("lvs top: {error}");
            ExitCode::FAILURE
        }
    }
}

/// `None` when help is asked for.
fn asked(words: Vec<OsString>) -> Result<Option<Wanted>, lexopt::Error> {
    let mut parser = lexopt::Parser::from_args(words);
    let mut asked = Wanted {
        config: "/etc/sysconfig/ha/lvs.cf".into(),
        every: 2,
        once: false,
    };
    while let Some(argument) = parser.next()? {
        match argument {
            Short('c') => asked.config = parser.value()?.into(),
            Long("every") => asked.every = parser.value()?.parse()?,
            Long("once") => asked.once = true,
            Long("help") | Short('h') => return Ok(None),
            _ => return Err(argument.unexpected()),
        }
    }
    Ok(Some(asked))
}

/// A look; without the file, at what the kernel has.
fn look(observer: &Observer, file: &Path) -> Look {
    let (config, trouble) = match config::load(file) {
        Ok(parsed) => (parsed.config, None),
        Err(error) => (Config::default(), Some(error.to_string())),
    };
    Look {
        picture: observer.look(&config),
        trouble,
    }
}

fn on_screen(observer: &Observer, asked: &Wanted) -> io::Result<()> {
    let ended = Arc::new(AtomicBool::new(false));
    // First: none of them may find the terminal ours, and end us.
    for signal in [SIGINT, SIGQUIT, SIGTERM, SIGHUP] {
        signal_hook::flag::register(signal, Arc::clone(&ended))?;
    }
    // It has a hook for panics that restores the terminal, too.
    let terminal = ratatui::try_init()?;
    let shown = show(terminal, observer, asked, &ended);
    ratatui::restore();
    shown
}

fn show(
    mut terminal: DefaultTerminal,
    observer: &Observer,
    asked: &Wanted,
    ended: &AtomicBool,
) -> io::Result<()> {
    let mut view = View::new(look(observer, &asked.config), asked.every);
    let mut looked = Instant::now();
    while !ended.load(Ordering::Relaxed) {
        terminal.draw(|frame| draw(frame, &view))?;
        let rest = view.every().saturating_sub(looked.elapsed());
        let mut due = rest.is_zero();
        if event::poll(rest.min(TICK))? {
            if let Event::Key(key) = event::read()? {
                if key.kind == KeyEventKind::Press {
                    match view.press(key.code, key.modifiers) {
                        Asked::End => return Ok(()),
                        Asked::Look => due = true,
                        Asked::Nothing => {}
                    }
                }
            }
        }
        if due {
            view.look(look(observer, &asked.config));
            looked = Instant::now();
        }
    }
    Ok(())
}
