//! `lvs convert`: a file of one kind in, one of another kind out.
//!
//! What was made is on standard output; what is odd or lost, on standard error. It fails
//! only when what it reads can't be read: 1, and 2 for mistakes of usage.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::process::ExitCode;

use ipvs_core::rules;
use lexopt::prelude::*;

use super::{USAGE, say};
use crate::config::{self, Config, SystemNames};
use crate::convert::{Loss, from_table, keepalived, rules as to_rules, to_table};

const USAGE_LINE: &str =
    "usage: lvs convert --from lvs.cf|rules|json|keepalived --to lvs.cf|rules|json [FILE]
Reads FILE, or standard input, and writes to standard output.
";

/// What is read.
#[derive(Clone, Copy)]
enum From {
    LvsCf,
    Rules,
    Json,
    Keepalived,
}

/// What is written.
#[derive(Clone, Copy)]
enum To {
    LvsCf,
    Rules,
    Json,
}

/// A whole command line.
struct Asked {
    from: From,
    to: To,
    file: Option<OsString>,
}

/// Runs the applet.
pub(super) fn run(words: Vec<OsString>) -> ExitCode {
    let asked = match asked(words) {
        Ok(Some(asked)) => asked,
        Ok(None) => return say(USAGE_LINE),
        Err(error) => {
            eprint!("lvs convert: {error}\n{USAGE_LINE}");
            return ExitCode::from(USAGE);
        }
    };
    let place = match &asked.file {
        Some(file) => file.to_string_lossy().into_owned(),
        None => "standard input".to_owned(),
    };
    match convert(&asked, &place) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// `None` when help is asked for.
fn asked(words: Vec<OsString>) -> Result<Option<Asked>, lexopt::Error> {
    let mut parser = lexopt::Parser::from_args(words);
    let (mut from, mut to, mut file) = (None, None, None);
    while let Some(argument) = parser.next()? {
        match argument {
            Long("from") => from = Some(parser.value()?.parse_with(parse_from)?),
            Long("to") => to = Some(parser.value()?.parse_with(parse_to)?),
            Long("help") | Short('h') => return Ok(None),
            Value(value) if file.is_none() => file = Some(value),
            _ => return Err(argument.unexpected()),
        }
    }
    let (from, to) = (
        from.ok_or("--from is missing")?,
        to.ok_or("--to is missing")?,
    );
    Ok(Some(Asked { from, to, file }))
}

fn parse_from(word: &str) -> Result<From, &'static str> {
    match word {
        "lvs.cf" => Ok(From::LvsCf),
        "rules" => Ok(From::Rules),
        "json" => Ok(From::Json),
        "keepalived" => Ok(From::Keepalived),
        _ => Err("it is lvs.cf, rules, json or keepalived"),
    }
}

fn parse_to(word: &str) -> Result<To, &'static str> {
    match word {
        "lvs.cf" => Ok(To::LvsCf),
        "rules" => Ok(To::Rules),
        "json" => Ok(To::Json),
        _ => Err("it is lvs.cf, rules or json"),
    }
}

fn convert(asked: &Asked, place: &str) -> Result<(), String> {
    let named = |error: &dyn std::fmt::Display| format!("{place}: {error}");
    let file = match &asked.file {
        Some(file) => std::fs::read(file),
        None => standard_input(),
    };
    let config = read(asked.from, &file.map_err(|error| named(&error))?, place)?;
    let text = write(asked.to, &config).map_err(|error| named(&error))?;
    let written = io::stdout().write_all(text.as_bytes());
    written.map_err(|error| format!("standard output: {error}"))
}

fn standard_input() -> io::Result<Vec<u8>> {
    let mut file = Vec::new();
    io::stdin().read_to_end(&mut file)?;
    Ok(file)
}

fn read(from: From, file: &[u8], place: &str) -> Result<Config, String> {
    let told = |error: &dyn std::fmt::Display| {
        let lines = error.to_string();
        let lines: Vec<String> = lines
            .lines()
            .map(|line| format!("{place}: {line}"))
            .collect();
        lines.join("\n")
    };
    let converted = match from {
        From::LvsCf => {
            let parsed = config::parse(file, &SystemNames).map_err(|error| told(&error))?;
            for warning in &parsed.warnings {
                eprintln!("{place}: {warning}");
            }
            return Ok(parsed.config);
        }
        From::Rules => {
            let table = rules::parse_table(file, SystemNames).map_err(|error| told(&error))?;
            from_table(&table)
        }
        From::Json => from_table(&serde_json::from_slice(file).map_err(|error| told(&error))?),
        From::Keepalived => keepalived::read(&String::from_utf8_lossy(file), &SystemNames),
    };
    for loss in &converted.losses {
        eprintln!("{place}: not carried over: {loss}");
    }
    Ok(converted.value)
}

/// What a configuration is in another language; what that one can't say is told.
fn write(to: To, config: &Config) -> Result<String, serde_json::Error> {
    let tell = |losses: &[Loss]| {
        for loss in losses {
            eprintln!("not carried over: {loss}");
        }
    };
    match to {
        To::LvsCf => Ok(config.to_string()),
        To::Rules => {
            let made = to_rules(config);
            tell(&made.losses);
            Ok(made.value)
        }
        To::Json => {
            let made = to_table(config);
            tell(&made.losses);
            Ok(serde_json::to_string_pretty(&made.value)? + "\n")
        }
    }
}
