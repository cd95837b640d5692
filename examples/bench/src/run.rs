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
    load_modules()?;
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
                    let cell = Cell {
                        who: contender,
                        what: workload,
                        clock,
                        round,
                    };
                    cell.run(round == 0, &mut results)?;
                }
            }
        }
    }
    Ok(())
}

/// What a round leaves behind in the kernel's caches is the next one's gain: each contender
/// goes before every other one in every other round.
fn order(round: usize) -> [Contender; 5] {
    let mut order = Contender::ALL;
    if round % 2 == 1 {
        order.reverse();
    }
    order
}

/// The same for the Python package, by instructions. What is done in one round only is not
/// counted or checked in it.
pub(crate) fn python(folder: &str) -> Outcome {
    let mut results = File::create(Path::new(folder).join("python"))?;
    load_modules()?;
    for round in 0..2 {
        for what in Workload::PYTHON {
            for who in Contender::PYTHON
                .into_iter()
                .filter(|who| round < who.rounds(2))
            {
                println!("round {} of 2: {}, {}", round + 1, what.name(), who.name());
                let counting = round == 0 && who.rounds(2) > 1;
                let clock = Clock::Instructions;
                Cell {
                    who,
                    what,
                    clock,
                    round,
                }
                .run(counting, &mut results)?;
            }
        }
    }
    Ok(())
}

fn load_modules() -> Outcome {
    Command::new("modprobe")
        .args(["-a", "ip_vs", "ip_vs_rr"])
        .status()?;
    Ok(())
}

struct Cell {
    who: Contender,
    what: Workload,
    clock: Clock,
    round: usize,
}

impl Cell {
    /// Runs it in a namespace of its own, and writes down what it tells.
    fn run(&self, counting: bool, results: &mut File) -> Outcome {
        let (who, what) = (self.who.name(), self.what.name());
        let output = Command::new("unshare")
            .arg("--net")
            .arg(fs::canonicalize(std::env::current_exe()?)?)
            .args(["cell", who, what, self.clock.name()])
            .arg(if counting { "counting" } else { "plain" })
            .stderr(Stdio::inherit())
            .output()?;
        if !output.status.success() {
            return Err(format!("{who} at {what}: {}", output.status).into());
        }
        for line in String::from_utf8(output.stdout)?.lines() {
            writeln!(results, "{} {what} {who} {line}", self.round)?;
        }
        // The kernel takes the namespace apart behind its back.
        std::thread::sleep(std::time::Duration::from_millis(300));
        Ok(())
    }
}
