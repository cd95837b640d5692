//! One contender at one workload, in a network namespace of their own.

use std::collections::BTreeMap;
use std::fs;
use std::process::{Command, Stdio};

use crate::Outcome;
use crate::contender::Contender;
use crate::meter::{Clock, children_peak};
use crate::workload::Workload;

/// Prepares the table, measures, and looks whether the contender did what it was to do. (It
/// runs in the namespace already.)
pub(crate) fn run(who: Contender, what: Workload, clock: Clock, counting: bool) -> Outcome {
    succeed(Command::new("ip").args(["link", "set", "lo", "up"]))?;
    // Every other second the kernel would sum up all the counters there are, in whose time
    // soever that falls.
    fs::write("/proc/sys/net/ipv4/vs/run_estimation", "0")?;
    let own = |word: &str| {
        let mut command = Command::new(std::env::current_exe()?);
        command.args([word, who.name(), what.name()]);
        Ok::<_, std::io::Error>(command)
    };
    succeed(&mut own("prepare")?)?;
    // In a process that is small, for its children's memory is counted from its own.
    let counting_word = if counting { "counting" } else { "plain" };
    succeed(own("measure")?.args([clock.name(), counting_word]))?;
    // It takes long, and what was right once is right again.
    if counting {
        succeed(&mut own("check")?)?;
    }
    Ok(())
}

/// Prints what it cost, a name and a number a line.
pub(crate) fn measure(who: Contender, what: Workload, clock: Clock, counting: bool) -> Outcome {
    let mut commands = who.commands(what, clock)?;
    let counter = counting.then(Counter::start).transpose()?;
    let mut told = String::new();
    let (cost, ()) = clock.measure_children(|| {
        for command in &mut commands {
            let output = command
                .stderr(Stdio::inherit())
                .spawn()?
                .wait_with_output()?;
            if !output.status.success() {
                return Err(format!("{command:?}: {}", output.status).into());
            }
            told += std::str::from_utf8(&output.stdout)?;
        }
        Ok(())
    })?;
    if let Some(counter) = counter {
        println!("calls {}", counter.stop()?);
    }
    print!("whole {cost}\npeak {}\n{told}", children_peak()?);
    Ok(())
}

fn succeed(command: &mut Command) -> Outcome {
    let status = command.status()?;
    if status.success() {
        return Ok(());
    }
    Err(format!("{command:?}: {status}").into())
}

/// Counts the system calls of the children, by the kernel's own tracing. (Nothing else runs:
/// what has a greater process number than ours is a child, or a thread of one.)
struct Counter;

const TRACING: &str = "/sys/kernel/tracing";
const EVENT: &str = "/sys/kernel/tracing/events/raw_syscalls/sys_enter";

impl Counter {
    fn start() -> Outcome<Self> {
        if fs::metadata(EVENT).is_err() {
            succeed(Command::new("mount").args(["-t", "tracefs", "tracefs", TRACING]))?;
        }
        fs::write(format!("{EVENT}/trigger"), "hist:keys=common_pid:size=4096")?;
        Ok(Counter)
    }

    fn stop(self) -> Outcome<u64> {
        let histogram = fs::read_to_string(format!("{EVENT}/hist"))?;
        fs::write(
            format!("{EVENT}/trigger"),
            "!hist:keys=common_pid:size=4096",
        )?;
        let own = u64::from(std::process::id());
        let calls: BTreeMap<u64, u64> = histogram.lines().filter_map(entry).collect();
        Ok(calls.range(own + 1..).map(|(_, calls)| calls).sum())
    }
}

/// `{ common_pid:       1234 } hitcount:         56`
fn entry(line: &str) -> Option<(u64, u64)> {
    let rest = line.trim().strip_prefix("{ common_pid:")?;
    let (pid, calls) = rest.split_once("} hitcount:")?;
    Some((pid.trim().parse().ok()?, calls.trim().parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_histogram_is_read_line_by_line() {
        let histogram = "# event histogram\n\n\
            { common_pid:       1234 } hitcount:         56\n\
            { common_pid:          7 } hitcount:          8\n\n\
            Totals:\n    Hits: 64\n";
        let calls: Vec<_> = histogram.lines().filter_map(entry).collect();
        assert_eq!(calls, [(1234, 56), (7, 8)]);
    }
}
