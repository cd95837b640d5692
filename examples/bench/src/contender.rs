//! Who is measured.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::Outcome;
use crate::lines::path;
use crate::meter::Clock;
use crate::tables::Size;
use crate::workload::Workload;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Contender {
    /// This library, by its public API.
    Library,
    /// This library, by its C API.
    C,
    /// The least that must be done: messages made beforehand, and answers read into flat structs.
    Floor,
    /// ipvsadm, a process of its own for each of its commands.
    Ipvsadm,
    /// pyroute2, in Python.
    Pyroute2,
    /// The same with a tenth of everybody's table: as many dests of each service.
    Pyroute2Tenth,
    /// This library from Python.
    Python,
}

impl Contender {
    pub(crate) const ALL: [Contender; 5] = [
        Contender::Library,
        Contender::C,
        Contender::Floor,
        Contender::Ipvsadm,
        Contender::Pyroute2,
    ];

    /// Those who compare this library's Python package, each at [`Workload::PYTHON`].
    pub(crate) const PYTHON: [Contender; 3] = [
        Contender::Library,
        Contender::Python,
        Contender::Pyroute2Tenth,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Contender::Library => "library",
            Contender::C => "c",
            Contender::Floor => "floor",
            Contender::Ipvsadm => "ipvsadm",
            Contender::Pyroute2 => "pyroute2",
            Contender::Pyroute2Tenth => "pyroute2-tenth",
            Contender::Python => "python",
        }
    }

    /// The size of its tables. Python's takes a hundred times as long for each.
    pub(crate) fn size(self) -> Size {
        match self {
            Contender::Pyroute2 => Size {
                services: 10,
                dests: 10,
            },
            Contender::Pyroute2Tenth => Size {
                services: 100,
                dests: 10,
            },
            _ => Size::USUAL,
        }
    }

    /// In how many of the rounds it takes part. What takes long repeats as well as the rest.
    pub(crate) fn rounds(self, rounds: usize) -> usize {
        match self {
            Contender::Library | Contender::C | Contender::Floor | Contender::Python => rounds,
            Contender::Ipvsadm | Contender::Pyroute2 => rounds.min(2),
            Contender::Pyroute2Tenth => rounds.min(1),
        }
    }

    /// Whether it does a workload.
    pub(crate) fn does(self, workload: Workload) -> bool {
        use Workload as W;
        match self {
            // It lists over one socket: the other way is no better.
            Contender::Library => !matches!(workload, W::Overlap),
            // Its calls are the library's, with a border before each.
            Contender::C => matches!(workload, W::Nothing | W::Compose),
            // What it has is made beforehand.
            Contender::Floor => !matches!(workload, W::Stream | W::Compose),
            // It has nothing that lists without keeping, and nothing is its fastest command.
            Contender::Ipvsadm => {
                !matches!(workload, W::Stream | W::Nothing | W::Overlap | W::Compose)
            }
            // It has no flush; and what it takes to converge would be a program of ours.
            Contender::Pyroute2 => !matches!(
                workload,
                W::Flush | W::Stream | W::Overlap | W::Compose | W::Fix | W::Reload
            ),
            Contender::Pyroute2Tenth | Contender::Python => Workload::PYTHON.contains(&workload),
        }
    }

    /// What to run, one after the other. Each prints lines of a name and a number, if it
    /// can measure itself.
    pub(crate) fn commands(self, workload: Workload, clock: Clock) -> Outcome<Vec<Command>> {
        let mut program = match self {
            Contender::Library | Contender::Floor => {
                let mut own = Command::new(std::env::current_exe()?);
                own.arg(self.name());
                own
            }
            Contender::C => Command::new(variable("IPVS_BENCH_C")?),
            Contender::Pyroute2 | Contender::Pyroute2Tenth => python("pyroute2.py")?,
            Contender::Python => python("python.py")?,
            Contender::Ipvsadm => return ipvsadm(workload),
        };
        let Size { services, dests } = self.size();
        program.args([workload.name(), clock.name()]);
        program.args([services.to_string(), dests.to_string()]);
        program.stdout(Stdio::piped());
        Ok(vec![program])
    }
}

/// The commands of somebody who has the lines already.
fn ipvsadm(workload: Workload) -> Outcome<Vec<Command>> {
    let command = |words: &[&str]| {
        let mut command = Command::new("ipvsadm");
        command.args(words).stdout(Stdio::null());
        command
    };
    let restore = || {
        let mut restore = command(&["-R"]);
        restore.stdin(std::fs::File::open(path(workload))?);
        Ok::<_, std::io::Error>(restore)
    };
    Ok(match workload {
        Workload::Nothing | Workload::Compose | Workload::Overlap | Workload::Stream => Vec::new(),
        Workload::Load
        | Workload::Services
        | Workload::Wide
        | Workload::Edit
        | Workload::Delete => vec![restore()?],
        Workload::Flush => vec![command(&["-C"])],
        Workload::List => vec![command(&["-Ln", "--stats"])],
        Workload::Fix => vec![command(&["-Sn"]), restore()?],
        Workload::Reload => vec![command(&["-C"]), restore()?],
    })
}

/// One of the programs that lie beside this file.
fn python(program: &str) -> Outcome<Command> {
    let mut python = Command::new(variable("IPVS_BENCH_PYTHON")?);
    python.arg(variable("IPVS_BENCH_PROGRAMS")?.join(program));
    Ok(python)
}

fn variable(name: &str) -> Outcome<PathBuf> {
    let value = std::env::var_os(name).ok_or_else(|| format!("{name} is not set"))?;
    Ok(value.into())
}
