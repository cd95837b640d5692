//! `ip_vs_stats` and `ip_vs_stats_percpu`.

use crate::fake::counters::{Counters, Five};

/// `ip_vs_stats`
pub(super) fn totals(counters: &Counters) -> String {
    format!(
        "   Total Incoming Outgoing         Incoming         Outgoing\n   \
            Conns  Packets  Packets            Bytes            Bytes\n\
         {}\n\n \
          Conns/s   Pkts/s   Pkts/s          Bytes/s          Bytes/s\n\
         {}\n",
        columns(counters.totals()),
        columns(counters.rates()),
    )
}

/// `ip_vs_stats_percpu`: the first processor does all the work.
pub(super) fn per_cpu(counters: &Counters, processors: u32) -> String {
    let mut file = "       Total Incoming Outgoing         Incoming         Outgoing\n\
                    CPU    Conns  Packets  Packets            Bytes            Bytes\n"
        .to_owned();
    for processor in 0..processors {
        let counted = match processor {
            0 => counters.live(),
            _ => Five::default(),
        };
        file += &format!("{processor:3X} {}\n", columns(counted));
    }
    file += &format!(
        "  ~ {}\n\n     \
              Conns/s   Pkts/s   Pkts/s          Bytes/s          Bytes/s\n    {}\n",
        columns(counters.totals()),
        columns(counters.rates()),
    );
    file
}

fn columns(
    [
        connections,
        incoming,
        outgoing,
        incoming_bytes,
        outgoing_bytes,
    ]: Five,
) -> String {
    format!(
        "{connections:8X} {incoming:8X} {outgoing:8X} {incoming_bytes:16X} {outgoing_bytes:16X}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::procfs;

    /// As Linux 5.10 printed it, but for the numbers.
    const REAL: &str = "   Total Incoming Outgoing         Incoming         Outgoing
   Conns  Packets  Packets            Bytes            Bytes
       2        3        4               8C 123456789ABCDEF0

 Conns/s   Pkts/s   Pkts/s          Bytes/s          Bytes/s
       1        2        3                A                7
";
    const REAL_CPUS: &str = "       Total Incoming Outgoing         Incoming         Outgoing
CPU    Conns  Packets  Packets            Bytes            Bytes
  0        2        3        4               8C 123456789ABCDEF0
  1        0        0        0                0                0
  ~        2        3        4               8C 123456789ABCDEF0

     Conns/s   Pkts/s   Pkts/s          Bytes/s          Bytes/s
           1        2        3                A                7
";

    #[test]
    fn what_a_kernel_printed_is_printed_again() {
        let mut counters = Counters::default();
        counters.set(&procfs::total_stats(REAL.as_bytes()).unwrap());
        assert_eq!(totals(&counters), REAL);
        assert_eq!(per_cpu(&counters, 2), REAL_CPUS);
    }
}
