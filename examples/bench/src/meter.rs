//! The two clocks.

use std::str::FromStr;
use std::time::Instant;

use nix::sys::resource::{UsageWho, getrusage};
use nix::time::{ClockId, clock_gettime};

use crate::Outcome;

/// What is counted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Clock {
    /// The instructions of a process, the kernel's for it included: its CPU time, in a guest
    /// whose clock counts instructions (`--icount`). Waiting costs none.
    Instructions,
    /// Nanoseconds that pass.
    Time,
}

impl Clock {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Clock::Instructions => "instructions",
            Clock::Time => "time",
        }
    }

    /// What `body` costs this process, and what it returns.
    pub(crate) fn measure<T>(self, body: impl FnOnce() -> T) -> Outcome<(u64, T)> {
        let (began, before) = (Instant::now(), own_cpu()?);
        let value = body();
        let (after, took) = (own_cpu()?, began.elapsed());
        Ok(match self {
            Clock::Instructions => (after - before, value),
            Clock::Time => (u64::try_from(took.as_nanos())?, value),
        })
    }

    /// What `body` costs the processes that it starts and waits for.
    pub(crate) fn measure_children<T>(
        self,
        body: impl FnOnce() -> Outcome<T>,
    ) -> Outcome<(u64, T)> {
        let (began, before) = (Instant::now(), children_cpu()?);
        let value = body()?;
        let (after, took) = (children_cpu()?, began.elapsed());
        Ok(match self {
            Clock::Instructions => (after - before, value),
            Clock::Time => (u64::try_from(took.as_nanos())?, value),
        })
    }
}

impl FromStr for Clock {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let mut all = [Clock::Instructions, Clock::Time].into_iter();
        all.find(|clock| clock.name() == name)
            .ok_or_else(|| format!("{name}: the clocks are instructions and time"))
    }
}

/// The most memory that a finished child has held, in KiB.
pub(crate) fn children_peak() -> Outcome<u64> {
    Ok(u64::try_from(
        getrusage(UsageWho::RUSAGE_CHILDREN)?.max_rss(),
    )?)
}

/// The most memory that this process has held so far, in KiB.
pub(crate) fn own_peak() -> Outcome<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .ok_or("/proc/self/status tells no VmHWM")?;
    Ok(peak.trim().trim_end_matches(" kB").parse()?)
}

fn own_cpu() -> Outcome<u64> {
    let time = clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID)?;
    nanoseconds(time.tv_sec(), time.tv_nsec())
}

fn children_cpu() -> Outcome<u64> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let both = [usage.user_time(), usage.system_time()];
    both.iter()
        .map(|time| nanoseconds(time.tv_sec(), time.tv_usec() * 1000))
        .sum()
}

fn nanoseconds(seconds: i64, nanoseconds: i64) -> Outcome<u64> {
    Ok(u64::try_from(seconds * 1_000_000_000 + nanoseconds)?)
}
