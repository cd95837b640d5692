//! `ip_vs_status`, and how large the kernel's tables are.

/// A hash table that grows with what is in it, from Linux 7.1 on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::fake) struct Table {
    /// How many entries it has, each in a bucket of its own as long as there are enough.
    pub(in crate::fake) entries: u32,
    /// How many buckets it has, as a power of two; `None` while there is no table.
    pub(in crate::fake) bits: Option<u32>,
    /// The load factor, as a power of two.
    pub(in crate::fake) load_factor: i32,
}

/// What the file tells of a namespace.
#[derive(Clone, Copy, Debug)]
pub(in crate::fake) struct Status {
    pub(in crate::fake) connections: Table,
    pub(in crate::fake) services: Table,
    /// Whether counters are sampled here.
    pub(in crate::fake) estimates: bool,
    pub(in crate::fake) processors: u32,
}

/// How many estimators a thread takes at once, which the kernel measures when the first
/// service comes.
const CHAIN: u32 = 100;
/// How many such chains it has for its two seconds.
const CHAINS: u32 = 2400;

/// As many bits as `entries` need, but `least` and `most`.
pub(in crate::fake) fn bits(entries: u32, load_factor: i32, least: u32, most: u32) -> u32 {
    let entries = u64::from(entries);
    let by = load_factor.unsigned_abs();
    let room = match load_factor {
        ..0 => entries.checked_shl(by),
        _ => entries.checked_shr(by),
    };
    let needed = room.unwrap_or(u64::MAX).max(1);
    let bits = u64::BITS - (needed - 1).leading_zeros();
    bits.clamp(least, most.max(least))
}

impl Status {
    /// The file.
    pub(super) fn file(&self) -> String {
        let (chain, processors) = if self.estimates {
            (CHAIN, self.processors)
        } else {
            (0, 0)
        };
        [
            self.connections.lines("Conn"),
            self.services.lines("Service"),
            format!(
                "Stats thread slots:\t1 (max {})\n",
                4 * u64::from(processors)
            ),
            format!("Stats chain max len:\t{chain}\n"),
            format!("Stats thread ests:\t{}\n", chain * CHAINS),
        ]
        .concat()
    }
}

impl Table {
    fn lines(&self, name: &str) -> String {
        let Table { entries, bits, .. } = *self;
        let load_factor = if bits.is_some() { self.load_factor } else { 0 };
        let buckets = bits.map_or(0, |bits| 1_u64 << bits);
        let bits = bits.unwrap_or(0);
        let mut lines = format!(
            "{name}s:\t{entries}\n\
             {name} buckets:\t{buckets} ({bits} bits, lfactor {load_factor})\n"
        );
        if entries > 0 && buckets > 0 {
            lines += &filling(name, u64::from(entries), buckets);
        }
        lines
    }
}

/// How many buckets are empty, and how long the others are.
fn filling(name: &str, entries: u64, buckets: u64) -> String {
    let used = entries.min(buckets);
    let (length, longer) = (entries / buckets, entries % buckets);
    let empty = buckets - used;
    let mut lines = format!(
        "{name} buckets empty:\t{empty} ({}%)\n",
        100 * empty / buckets
    );
    let rest = used - longer;
    let counts = match length {
        0 => vec![(1, longer)],
        1..7 => vec![(length, rest), (length + 1, longer)],
        _ => vec![(7, used)],
    };
    for (length, count) in counts.into_iter().filter(|(_, count)| *count > 0) {
        let percent = 100 * count / used;
        lines += &format!("{name} buckets len-{length}:\t{count} ({percent}%)\n");
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::procfs;

    fn table(entries: u32, bits: Option<u32>, load_factor: i32) -> Table {
        Table {
            entries,
            bits,
            load_factor,
        }
    }

    /// As Linux 7.2 printed it: before the first service, and with one. (How fast it is, it
    /// measured itself.)
    #[test]
    fn what_a_kernel_printed_is_printed_again() {
        let mut status = Status {
            connections: table(0, None, -2),
            services: table(0, None, -2),
            estimates: false,
            processors: 2,
        };
        let empty = "Conns:\t0\nConn buckets:\t0 (0 bits, lfactor 0)\n\
                     Services:\t0\nService buckets:\t0 (0 bits, lfactor 0)\n\
                     Stats thread slots:\t1 (max 0)\nStats chain max len:\t0\n\
                     Stats thread ests:\t0\n";
        assert_eq!(status.file(), empty);
        status.connections = table(0, Some(8), -2);
        status.services = table(1, Some(4), -2);
        status.estimates = true;
        let one = "Conns:\t0\nConn buckets:\t256 (8 bits, lfactor -2)\n\
                   Services:\t1\nService buckets:\t16 (4 bits, lfactor -2)\n\
                   Service buckets empty:\t15 (93%)\nService buckets len-1:\t1 (100%)\n\
                   Stats thread slots:\t1 (max 8)\nStats chain max len:\t100\n\
                   Stats thread ests:\t240000\n";
        assert_eq!(status.file(), one);
    }

    #[test]
    fn a_table_grows_as_it_did_on_linux_7_2() {
        let services = |entries, load_factor| bits(entries, load_factor, 4, 20);
        assert_eq!(services(1, -2), 4);
        assert_eq!((services(41, -2), services(401, -2)), (8, 11));
        assert_eq!(services(11, -3), 7);
        assert_eq!((services(40, 8), services(u32::MAX, -8)), (4, 20));
    }

    #[test]
    fn every_entry_is_in_a_bucket() {
        for (entries, lengths) in [
            (5, vec![11, 5]),
            (16, vec![0, 16]),
            (40, vec![0, 0, 8, 8]),
            (130, vec![0, 0, 0, 0, 0, 0, 0, 16]),
        ] {
            let status = Status {
                connections: table(entries, Some(4), 0),
                services: table(0, None, 0),
                estimates: true,
                processors: 1,
            };
            let read = procfs::Status::read(status.file().as_bytes()).unwrap();
            assert_eq!(read.connection_table.lengths, lengths);
        }
    }
}
