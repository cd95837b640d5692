//! The benchmark: this library beside the floor, ipvsadm and pyroute2, on a real kernel.
//!
//! `.ci/bench` runs it. In a guest, as root, `bench run CLOCK ROUNDS FOLDER` measures every
//! contender at every workload; on the host `bench report FOLDER` makes the tables of it and
//! fails where the library misses a bound. `bench run-python FOLDER` and `bench report-python
//! FOLDER` do so for the Python package. The other words are processes of `run`'s own.

mod cell;
mod contender;
mod floor;
mod library;
mod lines;
mod meter;
mod report;
mod run;
mod tables;
mod workload;

use std::error::Error;
use std::process::ExitCode;

use contender::Contender;
use workload::Workload;

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match command(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench {}: {error}", words.join(" "));
            ExitCode::FAILURE
        }
    }
}

fn command(words: &[&str]) -> Outcome {
    match words {
        ["run", clock, rounds, folder] => run::all(clock.parse()?, rounds.parse()?, folder),
        ["run-python", folder] => run::python(folder),
        ["report", folder] => report::print(folder),
        ["report-python", folder] => report::print_python(folder),
        ["cell", who, what, clock, counting] => cell::run(
            contender(who)?,
            workload(what)?,
            clock.parse()?,
            *counting == "counting",
        ),
        ["measure", who, what, clock, counting] => cell::measure(
            contender(who)?,
            workload(what)?,
            clock.parse()?,
            *counting == "counting",
        ),
        ["prepare", who, what] => library::load(&workload(what)?.before(contender(who)?.size())),
        ["check", who, what] => library::compare(&workload(what)?.after(contender(who)?.size())),
        ["library", what, clock, ..] => library::run(workload(what)?, clock.parse()?),
        ["floor", what, clock, ..] => floor::run(workload(what)?, clock.parse()?),
        _ => Err("run CLOCK ROUNDS FOLDER, or report FOLDER".into()),
    }
}

fn contender(name: &str) -> Outcome<Contender> {
    let mut all = Contender::ALL.into_iter().chain(Contender::PYTHON);
    all.find(|contender| contender.name() == name)
        .ok_or_else(|| format!("{name}: no contender").into())
}

fn workload(name: &str) -> Outcome<Workload> {
    let mut all = Workload::ALL.into_iter();
    all.find(|workload| workload.name() == name)
        .ok_or_else(|| format!("{name}: no workload").into())
}
