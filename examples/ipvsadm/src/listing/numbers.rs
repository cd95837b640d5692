//! Counters in their columns.

use ipvs_core::{Rates, Stats};

/// What `--stats` shows, in its order.
pub(super) fn counters(stats: &Stats) -> [u64; 5] {
    [
        stats.connections,
        stats.incoming_packets,
        stats.outgoing_packets,
        stats.incoming_bytes,
        stats.outgoing_bytes,
    ]
}

/// What `--rate` shows, in its order.
pub(super) fn rates(rates: &Rates) -> [u64; 5] {
    [
        rates.connections,
        rates.incoming_packets,
        rates.outgoing_packets,
        rates.incoming_bytes,
        rates.outgoing_bytes,
    ]
}

/// Numbers side by side, in full or short.
pub(super) fn columns<const N: usize>(numbers: [u64; N], in_full: bool) -> String {
    numbers.map(if in_full { exact } else { short }).concat()
}

/// A number right-aligned in nine columns, from 100,000,000 on in thousands,
/// millions and so on, rounded down.
fn short(number: u64) -> String {
    let (divisor, suffix) = match number {
        0..100_000_000 => return format!("{number:>9}"),
        100_000_000..1_000_000_000 => (1_000, 'K'),
        1_000_000_000..100_000_000_000 => (1_000_000, 'M'),
        100_000_000_000..100_000_000_000_000 => (1_000_000_000, 'G'),
        100_000_000_000_000.. => (1_000_000_000_000, 'T'),
    };
    format!("{:>8}{suffix}", number / divisor)
}

/// A number right-aligned in nine columns, or in as many as it takes with one
/// blank before it.
fn exact(number: u64) -> String {
    format!(" {number:>8}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_numbers_are_cut_to_nine_columns() {
        for (number, text) in [
            (0, "        0"),
            (99_999_999, " 99999999"),
            (100_000_000, "  100000K"),
            (999_999_999, "  999999K"),
            (1_000_000_000, "    1000M"),
            (99_999_999_999, "   99999M"),
            (100_000_000_000, "     100G"),
            (99_999_999_999_999, "   99999G"),
            (100_000_000_000_000, "     100T"),
            (u64::MAX, "18446744T"),
        ] {
            assert_eq!(short(number), text, "{number}");
        }
    }

    #[test]
    fn exact_numbers_keep_a_blank_before_them() {
        assert_eq!(exact(7), "        7");
        assert_eq!(exact(99_999_999), " 99999999");
        assert_eq!(exact(100_000_000), " 100000000");
        assert_eq!(exact(u64::MAX), " 18446744073709551615");
    }
}
