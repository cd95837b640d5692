//! The kernel's tables and what they cost: `ip_vs_status`.

use std::io::BufRead;
use std::str::FromStr;

use super::lines::{Fault, Lines};
use crate::{Error, ErrorKind, Op};

/// What `/proc/net/ip_vs_status` tells, since Linux 7.1, of one namespace.
///
/// The file can be read by root of the initial user namespace only.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Status {
    /// How many connections and templates there are: `Conns`.
    pub connections: u32,
    /// The hash table of connections: `Conn buckets`. It knows a masqueraded
    /// connection by each of its two directions, and so counts it twice.
    pub connection_table: HashTable,
    /// How many services there are: `Services`.
    pub services: u32,
    /// The hash table of services: `Service buckets`.
    pub service_table: HashTable,
    /// Slots for threads that take the samples of counters: `Stats thread slots`.
    pub estimator_threads: u32,
    /// How many there may be at most: `max`.
    pub estimator_threads_max: u32,
    /// How many samples such a thread takes in one go: `Stats chain max len`.
    pub estimator_chain: u32,
    /// How many services and real servers one thread has room for: `Stats thread ests`.
    pub estimators_per_thread: u32,
    /// The names and values of lines that this library does not know, in the
    /// file's order.
    pub other: Vec<(String, String)>,
}

/// The size and the filling of a hash table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct HashTable {
    /// How many buckets it has: 0 before anything was in it.
    pub buckets: u32,
    /// The load factor, as a power of two: the table grows when it holds more
    /// than 2^`load_factor` entries a bucket.
    pub load_factor: i32,
    /// How many buckets hold so many entries, by their number from 0 on; the
    /// eighth of the list, if there are so many, counts those of 7 and of more.
    /// While the table is resized, both the old and the new buckets count.
    ///
    /// Empty when the kernel does not tell: when nothing is in the table, or it
    /// changed too often meanwhile.
    pub lengths: Vec<u32>,
}

impl Status {
    /// Reads `/proc/net/ip_vs_status`.
    ///
    /// # Errors
    ///
    /// As every reader of this module; `InvalidInput` too when a line is missing
    /// that the kernel always prints.
    pub fn read<R: BufRead>(reader: R) -> Result<Self, Error> {
        let mut lines = Lines::new(reader);
        let mut status = Status::default();
        let mut missing = ALWAYS.to_vec();
        while let Some(taken) = lines.next(|line| status.take(line)) {
            let name = taken?;
            missing.retain(|always| Some(*always) != name);
        }
        match missing.first() {
            None => Ok(status),
            Some(name) => {
                let cause = format!("the file has no line {name:?}");
                Err(Error::new(ErrorKind::InvalidInput, Op::Parse, cause).with_field("status"))
            }
        }
    }

    /// Takes the value of a line; gives its name if it is one that always is.
    fn take<'l>(&mut self, line: &'l [u8]) -> Result<Option<&'static str>, Fault<'l>> {
        let colon = line.iter().position(|byte| *byte == b':');
        let (name, value) = line.split_at(colon.unwrap_or(line.len()));
        let value = value.strip_prefix(b":").map(<[u8]>::trim_ascii);
        let value = value.ok_or(fault("line", line, "a name, a colon and a value"))?;
        let always = ALWAYS.iter().find(|always| always.as_bytes() == name);
        match name {
            b"Conns" => [self.connections] = numbers("connections", value)?,
            b"Services" => [self.services] = numbers("services", value)?,
            b"Conn buckets" => self.connection_table.size(value)?,
            b"Service buckets" => self.service_table.size(value)?,
            b"Stats thread slots" => {
                [self.estimator_threads, self.estimator_threads_max] =
                    numbers("estimator_threads", value)?;
            }
            b"Stats chain max len" => [self.estimator_chain] = numbers("estimator_chain", value)?,
            b"Stats thread ests" => {
                [self.estimators_per_thread] = numbers("estimators_per_thread", value)?;
            }
            _ => {
                let conns = (
                    &mut self.connection_table,
                    name.strip_prefix(b"Conn buckets "),
                );
                let services = (
                    &mut self.service_table,
                    name.strip_prefix(b"Service buckets "),
                );
                for (table, part) in [conns, services] {
                    if let Some(length) = part.and_then(bucket_length) {
                        table.set_length(length, value)?;
                        return Ok(None);
                    }
                }
                let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
                self.other.push((text(name), text(value)));
            }
        }
        Ok(always.copied())
    }
}

/// The lines of every such file.
const ALWAYS: [&str; 7] = [
    "Conns",
    "Conn buckets",
    "Services",
    "Service buckets",
    "Stats thread slots",
    "Stats chain max len",
    "Stats thread ests",
];

impl HashTable {
    /// `256 (8 bits, lfactor -4)`
    fn size<'l>(&mut self, value: &'l [u8]) -> Result<(), Fault<'l>> {
        let [buckets, _bits, load_factor] = numbers::<i64, 3>("buckets", value)?;
        let expected = "a number of buckets, of bits, and a load factor";
        let small = || fault("buckets", value, expected);
        self.buckets = buckets.try_into().map_err(|_| small())?;
        self.load_factor = load_factor.try_into().map_err(|_| small())?;
        Ok(())
    }

    /// `245 (95%)`
    fn set_length<'l>(&mut self, length: usize, value: &'l [u8]) -> Result<(), Fault<'l>> {
        let [buckets] = numbers("lengths", value)?;
        if self.lengths.len() <= length {
            self.lengths.resize(length + 1, 0);
        }
        if let Some(place) = self.lengths.get_mut(length) {
            *place = buckets;
        }
        Ok(())
    }
}

/// How many entries are in the buckets that `empty` or `len-3` counts.
fn bucket_length(part: &[u8]) -> Option<usize> {
    match part {
        b"empty" => Some(0),
        // One digit, as long as the kernel ends at 7.
        [b'l', b'e', b'n', b'-', digit @ b'1'..=b'9'] => Some(usize::from(digit - b'0')),
        _ => None,
    }
}

/// The first numbers of a value, whatever words and parentheses are about them.
fn numbers<'l, T: FromStr, const N: usize>(
    field: &'static str,
    value: &'l [u8],
) -> Result<[T; N], Fault<'l>> {
    let text = std::str::from_utf8(value).unwrap_or("");
    let words = text.split(|c: char| !c.is_ascii_digit() && c != '-');
    let numbers = words.filter(|word| !word.is_empty()).take(N);
    let numbers: Option<Vec<T>> = numbers.map(|number| number.parse().ok()).collect();
    let all = numbers.and_then(|numbers| numbers.try_into().ok());
    all.ok_or(fault(field, value, "decimal numbers of 32 bits"))
}

fn fault<'l>(field: &'static str, word: &'l [u8], expected: &'static str) -> Fault<'l> {
    Fault {
        field,
        word,
        expected,
    }
}
