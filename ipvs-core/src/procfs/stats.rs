//! The namespace's counters: `ip_vs_stats` and `ip_vs_stats_percpu`.

use std::io::BufRead;

use super::lines::{Fault, Lines};
use super::words::{Words, hexadecimal};
use crate::{Error, Rates, Stats, StatsWidth};

/// Reads `/proc/net/ip_vs_stats`: the sums over all services of the namespace,
/// and over those that were removed, since the last [`zero`](crate::Client::zero).
///
/// They are samples of every two seconds as any [`Stats`] are.
///
/// # Errors
///
/// As every reader of this module.
pub fn total_stats<R: BufRead>(reader: R) -> Result<Stats, Error> {
    let mut lines = Lines::new(reader);
    lines.header("Total Incoming Outgoing Incoming Outgoing")?;
    lines.header("Conns Packets Packets Bytes Bytes")?;
    let counters = lines.require("totals", |line| numbers(Words::new(line)))?;
    let rates = rates(&mut lines)?;
    lines.end()?;
    Ok(stats(counters, rates))
}

/// What `/proc/net/ip_vs_stats_percpu` tells.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct CpuStats {
    /// One for each possible CPU, in ascending order.
    pub cpus: Vec<CpuCounters>,
    /// The sums and their rates as [`total_stats`] has them: sampled, and zero
    /// after [`zero`](crate::Client::zero), which the CPUs' own counters are not.
    pub total: Stats,
}

/// What one CPU counted since the namespace was made: live, and never zeroed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct CpuCounters {
    /// The CPU's number, from 0.
    pub cpu: u32,
    /// Connections scheduled.
    pub connections: u64,
    /// Packets from clients.
    pub incoming_packets: u64,
    /// Packets to clients.
    pub outgoing_packets: u64,
    /// Bytes from clients.
    pub incoming_bytes: u64,
    /// Bytes to clients.
    pub outgoing_bytes: u64,
}

impl CpuStats {
    /// The counters of CPUs and their sums: for tests of what reads them.
    #[must_use]
    pub fn new(cpus: Vec<CpuCounters>, total: Stats) -> Self {
        CpuStats { cpus, total }
    }

    /// Reads `/proc/net/ip_vs_stats_percpu`.
    ///
    /// # Errors
    ///
    /// As every reader of this module.
    pub fn read<R: BufRead>(reader: R) -> Result<Self, Error> {
        let mut lines = Lines::new(reader);
        lines.header("Total Incoming Outgoing Incoming Outgoing")?;
        lines.header("CPU Conns Packets Packets Bytes Bytes")?;
        let mut cpus = Vec::new();
        let counters = loop {
            match lines.require("total", cpu_or_total)? {
                Row::Cpu(cpu) => cpus.push(cpu),
                Row::Total(counters) => break counters,
            }
        };
        let rates = rates(&mut lines)?;
        lines.end()?;
        let total = stats(counters, rates);
        Ok(CpuStats { cpus, total })
    }
}

enum Row {
    Cpu(CpuCounters),
    Total([u64; 5]),
}

/// A CPU's number, or the tilde of the sums, and five counters.
fn cpu_or_total(line: &[u8]) -> Result<Row, Fault<'_>> {
    let mut words = Words::new(line);
    let cpu = words.field(
        "cpu",
        "a CPU's hexadecimal number, or ~",
        |word| match word {
            b"~" => Some(None),
            _ => Some(Some(u32::try_from(hexadecimal(word)?).ok()?)),
        },
    )?;
    let counters = numbers(words)?;
    let [
        connections,
        incoming_packets,
        outgoing_packets,
        incoming_bytes,
        outgoing_bytes,
    ] = counters;
    Ok(match cpu {
        None => Row::Total(counters),
        Some(cpu) => Row::Cpu(CpuCounters {
            cpu,
            connections,
            incoming_packets,
            outgoing_packets,
            incoming_bytes,
            outgoing_bytes,
        }),
    })
}

/// The columns of both files, to the end of the line.
const COLUMNS: [&str; 5] = [
    "connections",
    "incoming_packets",
    "outgoing_packets",
    "incoming_bytes",
    "outgoing_bytes",
];

fn numbers(mut words: Words<'_>) -> Result<[u64; 5], Fault<'_>> {
    let mut numbers = [0; 5];
    for (number, column) in numbers.iter_mut().zip(COLUMNS) {
        *number = words.field(column, "1 to 16 hexadecimal digits", hexadecimal)?;
    }
    words.end()?;
    Ok(numbers)
}

/// The lower half of both files.
fn rates<R: BufRead>(lines: &mut Lines<R>) -> Result<[u64; 5], Error> {
    lines.header("")?;
    lines.header("Conns/s Pkts/s Pkts/s Bytes/s Bytes/s")?;
    lines.require("rates", |line| numbers(Words::new(line)))
}

fn stats(counters: [u64; 5], rates: [u64; 5]) -> Stats {
    let [
        connections,
        incoming_packets,
        outgoing_packets,
        incoming_bytes,
        outgoing_bytes,
    ] = counters;
    let rates = {
        let [
            connections,
            incoming_packets,
            outgoing_packets,
            incoming_bytes,
            outgoing_bytes,
        ] = rates;
        Rates {
            connections,
            incoming_packets,
            outgoing_packets,
            incoming_bytes,
            outgoing_bytes,
        }
    };
    Stats {
        connections,
        incoming_packets,
        outgoing_packets,
        incoming_bytes,
        outgoing_bytes,
        rates,
        width: StatsWidth::Bits64,
    }
}
