//! `ip_vs_status`.

/// A hash table.
#[derive(Clone, Debug)]
pub(super) struct Table {
    pub(super) buckets: u64,
    /// The load factor, as a power of two.
    pub(super) load_factor: i64,
    /// How many entries there are in each bucket that is not empty.
    pub(super) chains: Vec<usize>,
}

/// What the file tells of a namespace.
#[derive(Clone, Debug)]
pub(super) struct Status {
    pub(super) connections: Table,
    pub(super) services: Table,
    /// Whether there ever was a service to sample the counters of.
    pub(super) estimates: bool,
    /// For how many processors there may be threads that do so, if that is settled.
    pub(super) samplers: Option<usize>,
}

/// How many estimators a thread takes at once, which the kernel measures when the first
/// service comes.
const CHAIN: u32 = 100;
/// How many such chains it has for its two seconds.
const CHAINS: u32 = 2400;
/// How many threads there may be for each processor.
const THREADS: usize = 4;
/// Longer chains are counted with those of this length.
const LONGEST: usize = 7;

impl Status {
    /// The file.
    pub(super) fn file(&self) -> String {
        let chain = if self.estimates { CHAIN } else { 0 };
        let threads = self
            .samplers
            .map_or(0, |samplers| (THREADS * samplers).max(1));
        [
            self.connections.lines("Conn"),
            self.services.lines("Service"),
            format!("Stats thread slots:\t1 (max {threads})\n"),
            format!("Stats chain max len:\t{chain}\n"),
            format!("Stats thread ests:\t{}\n", chain * CHAINS),
        ]
        .concat()
    }
}

impl Table {
    /// A table of connections, which are as evenly spread as they can be.
    pub(super) fn evenly(entries: usize, buckets: u32, load_factor: i64) -> Self {
        let count = usize::try_from(buckets).unwrap_or(usize::MAX).max(1);
        let (all, longer) = (entries / count, entries % count);
        let chains = (0..count).map(|bucket| all + usize::from(bucket < longer));
        Table {
            buckets: buckets.into(),
            load_factor,
            chains: chains.filter(|length| *length > 0).collect(),
        }
    }

    fn lines(&self, name: &str) -> String {
        let buckets = self.buckets;
        let (bits, load_factor) = match buckets {
            0 => (0, 0),
            _ => (buckets.ilog2(), self.load_factor),
        };
        let entries: usize = self.chains.iter().sum();
        let mut lines = format!(
            "{name}s:\t{entries}\n\
             {name} buckets:\t{buckets} ({bits} bits, lfactor {load_factor})\n"
        );
        if entries > 0 {
            lines += &self.filling(name);
        }
        lines
    }

    /// How many buckets are empty, and how long the others are.
    fn filling(&self, name: &str) -> String {
        let used = self.chains.len();
        let empty = self
            .buckets
            .saturating_sub(u64::try_from(used).unwrap_or(u64::MAX));
        let percent = 100 * empty / self.buckets.max(1);
        let mut lines = format!("{name} buckets empty:\t{empty} ({percent}%)\n");
        for length in 1..=LONGEST {
            let chains = self.chains.iter();
            let count = chains
                .filter(|chain| length == **chain.min(&&LONGEST))
                .count();
            if count > 0 {
                let percent = 100 * count / used;
                lines += &format!("{name} buckets len-{length}:\t{count} ({percent}%)\n");
            }
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::procfs;

    /// As Linux 7.2 printed it: before the first service, and with one. (How fast it is, it
    /// measured itself.)
    #[test]
    fn what_a_kernel_printed_is_printed_again() {
        let mut status = Status {
            connections: Table::evenly(0, 0, -2),
            services: Table::evenly(0, 0, -2),
            estimates: false,
            samplers: None,
        };
        let empty = "Conns:\t0\nConn buckets:\t0 (0 bits, lfactor 0)\n\
                     Services:\t0\nService buckets:\t0 (0 bits, lfactor 0)\n\
                     Stats thread slots:\t1 (max 0)\nStats chain max len:\t0\n\
                     Stats thread ests:\t0\n";
        assert_eq!(status.file(), empty);
        status.connections = Table::evenly(0, 256, -2);
        status.services = Table::evenly(1, 16, -2);
        status.estimates = true;
        status.samplers = Some(2);
        let one = "Conns:\t0\nConn buckets:\t256 (8 bits, lfactor -2)\n\
                   Services:\t1\nService buckets:\t16 (4 bits, lfactor -2)\n\
                   Service buckets empty:\t15 (93%)\nService buckets len-1:\t1 (100%)\n\
                   Stats thread slots:\t1 (max 8)\nStats chain max len:\t100\n\
                   Stats thread ests:\t240000\n";
        assert_eq!(status.file(), one);
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
                connections: Table::evenly(entries, 16, 0),
                services: Table::evenly(0, 0, 0),
                estimates: true,
                samplers: Some(1),
            };
            let read = procfs::Status::read(status.file().as_bytes()).unwrap();
            assert_eq!(read.connection_table.lengths, lengths);
        }
    }
}
