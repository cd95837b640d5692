//! `-R`: rules from the standard input. All of them are read before the first is
//! carried out, and a wrong one keeps all of them from being.

use std::io::BufRead;

use ipvs_core::Change;
use ipvs_core::rules::{self, Command, Commands, Line};

use crate::failure::Failure;
use crate::messages;
use crate::session::Session;

/// Carries out the rules on top of what there is.
pub(crate) fn add(session: &mut Session<'_>) -> Result<(), Failure> {
    let lines = read(session, std::io::stdin().lock())?;
    carry_out(session, &lines)
}

/// Carries out the rules in place of what there is.
pub(crate) fn replace(session: &mut Session<'_>) -> Result<(), Failure> {
    let lines = read(session, std::io::stdin().lock())?;
    session.run(&Command::Change(Change::Flush))?;
    carry_out(session, &lines)
}

/// The commands of all lines. Each wrong line is told on stderr.
fn read(session: &Session<'_>, input: impl BufRead) -> Result<Vec<Line>, Failure> {
    let mut lines = Vec::new();
    let mut outcome = Ok(());
    for line in Commands::with_names(input, session.names) {
        let wrong = match line {
            Ok(line) if line.command != Command::Restore => {
                lines.push(line);
                continue;
            }
            Ok(line) => Failure::new(
                255,
                format!("line {}: -R within its own rules", line.number),
            ),
            Err(rules::Failure::Mistake(mistake)) => {
                let status = messages::status_of(mistake.fault());
                Failure::new(status, mistake.to_string())
            }
            Err(failure) => Failure::new(1, format!("cannot read the rules: {failure}")),
        };
        wrong.tell();
        outcome = outcome.and(Err(Failure::silent(wrong.status)));
    }
    outcome.map(|()| lines)
}

/// Goes on after a failure; the first one's status counts.
fn carry_out(session: &mut Session<'_>, lines: &[Line]) -> Result<(), Failure> {
    let mut outcome = Ok(());
    for line in lines {
        if let Err(failure) = session.run(&line.command) {
            failure.tell();
            outcome = outcome.and(Err(Failure::silent(failure.status)));
        }
    }
    outcome
}
