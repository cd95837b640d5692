//! Every contender at every workload, in rounds.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::Outcome;
use crate::contender::Contender;
use crate::lines;
use crate::meter::Clock;
use crate::workload::Workload;

/// Writes what each costs into `folder`, a line for each number: round, workload, contender,
/// name, number. System calls and memory are counted in the first round, which tells nothing
/// else: it finds every file in no cache.
pub(crate) fn all(clock: Clock, rounds: usize, folder: &str) -> Outcome {
    let mut results = File::create(Path::new(folder).join(clock.name()))?;
    lines::write_all()?;
    Command::new("modprobe")
        .args(["-a", "ip_vs", "ip_vs_rr"])
        .status()?;
    for round in 0..rounds {
        for workload in Workload::ALL {
            for contender in order(round) {
                if contender.does(workload) && round < contender.rounds(rounds) {
                    println!(
                        "{}, round {} of {rounds}: {}, {}",
                        clock.name(),
                        round + 1,
                        workload.name(),
                        contender.name()
                    );
                    for line in cell(contender, workload, clock, round == 0)?.lines() {
                        let (workload, contender) = (workload.name(), contender.name());
                        writeln!(results, "{round} {workload} {contender} {line}")?;
                    }
                }
            }
        }
    }
    Ok(())
}

/// What a round leaves behind in the kernel's caches is the next one's gain: each contender
/// goes before every other one in every other round.
fn order(round: usize) -> [Contender; 4] {
    let mut order = Contender::ALL;
    if round % 2 == 1 {
        order.reverse();
    }
    order
}

/// Runs a cell in a namespace of its own, and returns what it told.
fn cell(who: Contender, what: Workload, clock: Clock, counting: bool) -> Outcome<String> {
    let output = Command::new("unshare")
        .arg("--net")
        .arg(fs::canonicalize(std::env::current_exe()?)?)
        .args(["cell", who.name(), what.name(), clock.name()])
        .arg(if counting { "counting" } else { "plain" })
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        return Err(format!("{} at {}: {}", who.name(), what.name(), output.status).into());
    }
    // The kernel takes the namespace apart behind its back.
    std::thread::sleep(std::time::Duration::from_millis(300));
    Ok(String::from_utf8(output.stdout)?)
}
