//! Reads a connection table of a million rows, and says what a row costs and
//! how much memory the whole of it took; beside it, a reader such as one would
//! write in a minute.
//!
//! `make bench` runs it in a guest whose clock counts instructions, which gives
//! the same numbers on any machine; a plain `cargo bench` measures time.

use std::fs;
use std::hint::black_box;
use std::io::{self, BufRead, BufReader, Read};
use std::net::{IpAddr, Ipv4Addr};
use std::time::Instant;

use ipvs_core::procfs::Connections;

const ROWS: u32 = 1_000_000;
/// It is slow, and as slow for fewer.
const NAIVE_ROWS: u32 = ROWS / 10;

fn main() {
    let unit = match std::env::var("IPVS_BENCH_CLOCK").as_deref() {
        Ok("instructions") => "instructions",
        _ => {
            println!("time on this machine, now; `make bench` counts instructions");
            "ns"
        }
    };
    let mut bytes = 0;
    let made = measure(ROWS, |file| {
        bytes = io::copy(&mut BufReader::new(file), &mut io::sink()).unwrap();
    });
    println!(
        "{ROWS} rows, {:.1} MB, made while they are read",
        megabytes(bytes)
    );

    let ours = measure(ROWS, |file| {
        let rows = Connections::new(BufReader::new(file)).map(Result::unwrap);
        assert_eq!(rows.map(black_box).count(), ROWS as usize);
    });
    let naive = measure(NAIVE_ROWS, |file| {
        let rows = Naive::new(BufReader::new(file));
        assert_eq!(rows.map(black_box).count(), NAIVE_ROWS as usize);
    });
    for (name, run) in [("procfs::Connections", &ours), ("split_whitespace", &naive)] {
        println!(
            "{name:<20} {:>5.0} {unit} a row; peak memory {:.2} MB, {:.2} MB of it for this",
            run.each - made.each,
            megabytes(run.peak_memory),
            megabytes(run.more_memory),
        );
    }
    assert!(ours.more_memory < 1 << 20, "memory is flat");
    let ratio = (naive.each - made.each) / (ours.each - made.each);
    println!("{ratio:.1} times as quick");
    assert_same();
}

/// What one pass over the file took.
struct Run {
    /// Nanoseconds a row, or instructions.
    each: f64,
    peak_memory: u64,
    more_memory: u64,
}

fn measure(rows: u32, read: impl FnOnce(Table)) -> Run {
    // Sets the peak to what is used now.
    fs::write("/proc/self/clear_refs", "5").unwrap();
    let before = memory("VmRSS:");
    let start = Instant::now();
    read(Table::new(rows));
    let each = start.elapsed().as_secs_f64() * 1e9 / f64::from(rows);
    let peak_memory = memory("VmHWM:");
    Run {
        each,
        peak_memory,
        more_memory: peak_memory.saturating_sub(before),
    }
}

/// Both readers make the same of a file.
fn assert_same() {
    let file = || BufReader::new(Table::new(1000));
    let ours = Connections::new(file()).map(|row| {
        let row = row.unwrap();
        let dest = (row.dest.address, row.dest.port);
        (
            (row.client, row.client_port),
            dest,
            row.state.to_string(),
            row.expires.as_secs(),
        )
    });
    let naive = Naive::new(file()).map(|row| (row.client, row.dest, row.state, row.expires));
    assert!(ours.eq(naive));
}

/// A line of `/proc/self/status`, in bytes.
fn memory(name: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap();
    line.split_whitespace()
        .nth(1)
        .unwrap()
        .parse::<u64>()
        .unwrap()
        * 1024
}

#[allow(clippy::cast_precision_loss, reason = "for people")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

const HEADER: &[u8] =
    b"Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Expires PEName PEData\n";

/// Rows of which half are IPv6; # stands for a digit that changes.
const KINDS: [&[u8]; 6] = [
    b"TCP 0A00#### #### C0000201 0050 0A000396 1F90 ESTABLISHED     8##\n",
    b"TCP 2001:0db8:0000:0000:0000:0000:0000:#### #### 2001:0db8:0000:0000:0000:0000:0000:0001 0050 2001:0db8:0003:0000:0000:0000:0000:0100 1F90 TIME_WAIT       1##\n",
    b"UDP 0A00#### #### C0000201 0035 2001:0db8:0003:0000:0000:0000:0000:0100 0035 UDP             2##\n",
    b"TCP 2001:0db8:0000:####:0000:0000:0000:0000 0000 2001:0db8:0000:0000:0000:0000:0000:0001 0050 2001:0db8:0003:0000:0000:0000:0000:0100 1F90 ASSURED         5##\n",
    b"UDP 0A00#### 0000 C0000201 13C4 0A000396 13C4 NONE            3## sip ########@example\n",
    b"IP  2001:0db8:0000:####:0000:0000:0000:0000 0000 0000:0007:0000:0000:0000:0000:0000:0000 0000 2001:0db8:0003:0000:0000:0000:0000:0100 0000 NONE            2##\n",
];

/// The file, of which no more is in memory than the next row.
struct Table {
    row: Vec<u8>,
    given: usize,
    /// How many rows are yet to be made.
    rows: u32,
}

impl Table {
    fn new(rows: u32) -> Self {
        Table {
            row: HEADER.to_vec(),
            given: 0,
            rows,
        }
    }

    /// Makes the next row: decimal digits are hexadecimal ones too.
    fn advance(&mut self) {
        self.given = 0;
        self.row.clear();
        let Some(rest) = self.rows.checked_sub(1) else {
            return;
        };
        let kind = KINDS[self.rows as usize % KINDS.len()];
        self.row.extend_from_slice(kind);
        let mut number = self.rows.wrapping_mul(2_654_435_761);
        for byte in self.row.iter_mut().filter(|byte| **byte == b'#') {
            *byte = b'0' + (number % 10) as u8;
            number = number / 10 + number.rotate_left(7) % 1_000_000;
        }
        self.rows = rest;
    }
}

impl Read for Table {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut written = 0;
        loop {
            let length = (&self.row[self.given..]).read(&mut buffer[written..])?;
            (written, self.given) = (written + length, self.given + length);
            if self.given < self.row.len() {
                return Ok(written);
            }
            self.advance();
            if self.row.is_empty() {
                return Ok(written);
            }
        }
    }
}

/// The reader of a minute.
struct Naive<R>(io::Lines<R>);

#[allow(dead_code, reason = "a row has all of its fields")]
struct NaiveRow {
    protocol: String,
    client: (IpAddr, u16),
    service: (IpAddr, u16),
    dest: (IpAddr, u16),
    state: String,
    expires: u64,
    persistence: Option<(String, String)>,
}

impl<R: BufRead> Naive<R> {
    fn new(file: R) -> Self {
        let mut lines = file.lines();
        lines.next();
        Naive(lines)
    }
}

impl<R: BufRead> Iterator for Naive<R> {
    type Item = NaiveRow;

    fn next(&mut self) -> Option<NaiveRow> {
        let line = self.0.next()?.unwrap();
        let mut words = line.split_whitespace();
        let mut next = || words.next().unwrap();
        Some(NaiveRow {
            protocol: next().to_owned(),
            client: (naive_address(next()), naive_port(next())),
            service: (naive_address(next()), naive_port(next())),
            dest: (naive_address(next()), naive_port(next())),
            state: next().to_owned(),
            expires: next().parse().unwrap(),
            persistence: words
                .next()
                .zip(words.next())
                .map(|(engine, data)| (engine.to_owned(), data.to_owned())),
        })
    }
}

fn naive_address(word: &str) -> IpAddr {
    word.parse().unwrap_or_else(|_| {
        let bits = u32::from_str_radix(word, 16).unwrap();
        Ipv4Addr::from(bits).into()
    })
}

fn naive_port(word: &str) -> u16 {
    u16::from_str_radix(word, 16).unwrap()
}
