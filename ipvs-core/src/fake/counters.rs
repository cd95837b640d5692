//! What is counted, and the samples of it that the kernel shows.

use crate::{Rates, Stats};

/// Connections, incoming and outgoing packets, incoming and outgoing bytes.
pub(super) type Five = [u64; 5];

/// The counters of a service, a dest or a namespace.
///
/// What is counted shows only once it was sampled, every two seconds; and from then on without
/// what was there when somebody zeroed it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Counters {
    /// What was counted up to now.
    live: Five,
    /// What was counted up to the last sample.
    sampled: Five,
    /// What the last sample was when it was zeroed.
    zeroed: Five,
    /// Rates a second, in the fractions of [`SHIFTS`].
    rates: Five,
}

/// How many bits of each rate are behind the point: as many as the kernel keeps.
const SHIFTS: [u32; 5] = [10, 10, 10, 5, 5];

impl Counters {
    /// What happened between two samples.
    pub(super) fn count(&mut self, traffic: &Stats) {
        for (live, more) in self.live.iter_mut().zip(totals(traffic)) {
            *live = live.wrapping_add(more);
        }
    }

    /// From now on they are these, as if they had just been sampled.
    pub(super) fn set(&mut self, stats: &Stats) {
        let sampled = totals(stats);
        let mut rates = rates(&stats.rates);
        for (rate, shift) in rates.iter_mut().zip(SHIFTS) {
            *rate = rate.saturating_mul(1 << shift);
        }
        *self = Counters {
            live: sampled,
            sampled,
            zeroed: Five::default(),
            rates,
        };
    }

    /// Takes a sample, two seconds after the one before: a rate moves a quarter of the way to
    /// the mean of these two seconds.
    pub(super) fn sample(&mut self) {
        let counted = self.live.iter().zip(&self.sampled);
        for (((live, sampled), rate), shift) in counted.zip(&mut self.rates).zip(SHIFTS) {
            let mean = live.wrapping_sub(*sampled) << (shift - 1);
            *rate = match mean.checked_sub(*rate) {
                Some(above) => *rate + above / 4,
                None => *rate - (*rate - mean).div_ceil(4),
            };
        }
        self.sampled = self.live;
    }

    /// Begins to show from 0 on, and forgets the rates.
    pub(super) fn zero(&mut self) {
        self.zeroed = self.sampled;
        self.rates = Five::default();
    }

    /// What the kernel tells: the totals.
    pub(super) fn totals(&self) -> Five {
        let mut totals = self.sampled;
        for (total, zeroed) in totals.iter_mut().zip(self.zeroed) {
            *total = total.wrapping_sub(zeroed);
        }
        totals
    }

    /// What the kernel tells: the rates a second, rounded.
    pub(super) fn rates(&self) -> Five {
        let mut rates = self.rates;
        for (rate, shift) in rates.iter_mut().zip(SHIFTS) {
            *rate = rate.saturating_add((1 << (shift - 1)) - 1) >> shift;
        }
        rates
    }

    /// What was counted up to now, whoever zeroed or sampled it.
    pub(super) fn live(&self) -> Five {
        self.live
    }
}

fn totals(stats: &Stats) -> Five {
    [
        stats.connections,
        stats.incoming_packets,
        stats.outgoing_packets,
        stats.incoming_bytes,
        stats.outgoing_bytes,
    ]
}

fn rates(rates: &Rates) -> Five {
    [
        rates.connections,
        rates.incoming_packets,
        rates.outgoing_packets,
        rates.incoming_bytes,
        rates.outgoing_bytes,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_comes_near_in_eight_seconds_and_fades_as_slowly() {
        let mut counters = Counters::default();
        let traffic = Stats {
            connections: 200,
            incoming_bytes: 20_000,
            ..Stats::default()
        };
        let mut shown = Vec::new();
        for second in (0..16).step_by(2) {
            if second < 8 {
                counters.count(&traffic);
            }
            counters.sample();
            shown.push(counters.rates()[0]);
        }
        assert_eq!(shown, [25, 44, 58, 68, 51, 38, 29, 22]);
        assert_eq!(counters.totals(), [800, 0, 0, 80_000, 0]);
        assert_eq!(counters.rates()[3], 2163);
    }

    #[test]
    fn zeroing_hides_what_was_sampled_and_no_more() {
        let mut counters = Counters::default();
        let traffic = Stats {
            incoming_packets: 5,
            rates: Rates {
                incoming_packets: 7,
                ..Rates::default()
            },
            ..Stats::default()
        };
        counters.set(&traffic);
        assert_eq!((counters.totals()[1], counters.rates()[1]), (5, 7));
        counters.count(&traffic);
        counters.zero();
        assert_eq!((counters.totals(), counters.rates()), ([0; 5], [0; 5]));
        counters.sample();
        assert_eq!((counters.totals()[1], counters.live()[1]), (5, 10));
    }
}
