//! A drop-in `ipvsadm`, `ipvsadm-save` and `ipvsadm-restore`, on `ipvs-core`'s
//! public API alone: the same commands, output, messages and exit statuses.
//!
//! `ipvs_core::rules` reads the command line; what is left to do here is to
//! carry it out (`session`), to print what the kernel lists (`listing`), and to
//! find the original's words for whatever goes wrong (`messages`).

#![forbid(unsafe_code)]

mod connections;
mod endpoints;
mod failure;
mod help;
mod json;
mod listing;
mod messages;
mod names;
mod restore;
mod save;
mod session;
mod start;
mod words;

use std::ffi::OsString;
use std::io::{BufWriter, Write};
use std::process::ExitCode;

use ipvs_core::rules::{Command, List, Mistake};

use failure::Failure;
use names::Resolver;
use session::Session;

/// The program `ipvsadm`, with its arguments from its own name on.
pub fn ipvsadm(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let mut words = arguments.map(|word| words::decode(&word));
    let program = words.next().unwrap_or_else(|| "ipvsadm".to_owned());
    let words: Vec<String> = words.collect();
    run(&program, |session| {
        if let Some(list) = list_as_json(&words, session.names) {
            return json::print(session.client, list.what, session.out);
        }
        let command = command(&words, session.names)
            .map_err(|mistake| Failure::of_mistake(&mistake, &program))?;
        session.run(&command)
    })
}

/// What is asked for: by no words at all, the whole table.
fn command<S: AsRef<str>>(words: &[S], names: &Resolver) -> Result<Command, Mistake> {
    match words {
        [] => Command::parse(&["--list"], names),
        _ => Command::parse(words, names),
    }
}

/// The listing that is to be JSON. The grammar has no such option: a command line
/// that is a listing without it is meant, and any other is the grammar's to judge.
fn list_as_json(words: &[String], names: &Resolver) -> Option<List> {
    let rest: Vec<&String> = words.iter().filter(|word| *word != "--json").collect();
    if rest.len() == words.len() {
        return None;
    }
    match command(&rest, names) {
        Ok(Command::List(list)) => Some(list),
        _ => None,
    }
}

/// The program `ipvsadm-save`, with its arguments from its own name on.
pub fn ipvsadm_save(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let mut numeric = false;
    for word in arguments.skip(1) {
        match word.to_string_lossy().as_ref() {
            "-n" => numeric = true,
            option if option.starts_with('-') => {
                return conclude(Err(Failure::new(1, help::SAVE)));
            }
            _ => {}
        }
    }
    run("ipvsadm", |session| session.save(numeric))
}

/// The program `ipvsadm-restore`.
pub fn ipvsadm_restore() -> ExitCode {
    run("ipvsadm", |session| session.replace())
}

/// Finds the kernel's IPVS, then does something with it.
fn run(program: &str, body: impl FnOnce(&mut Session<'_>) -> Result<(), Failure>) -> ExitCode {
    let mut out = BufWriter::new(std::io::stdout().lock());
    let outcome = start::open().and_then(|(client, info)| {
        let mut session = Session {
            client: &client,
            info,
            names: &Resolver::default(),
            program,
            out: &mut out,
        };
        body(&mut session)
    });
    // What was printed before it went wrong is printed all the same.
    let written = out.flush().map_err(Failure::from);
    conclude(outcome.and(written))
}

/// Tells stderr what went wrong, and the caller the exit status.
fn conclude(outcome: Result<(), Failure>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.tell();
            ExitCode::from(failure.status)
        }
    }
}
