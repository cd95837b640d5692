//! How often a password may be tried. Pure: the time, since any fixed moment, goes in.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

/// Failures that cost nothing.
const FREE: u32 = 5;

/// The longest wait between two attempts.
const LONGEST: Duration = Duration::from_secs(300);

/// The longest for those on this machine, who all share one record: whatever else runs here can't
/// keep its owner out for longer.
const LONGEST_HERE: Duration = Duration::from_secs(10);

/// What all on this machine are counted as.
const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// What all are counted as for whom there is no place left.
const CROWD: IpAddr = IpAddr::V6(Ipv6Addr::UNSPECIFIED);

/// When failures are forgotten.
const MEMORY: Duration = Duration::from_secs(900);

/// The most sources that are remembered apart.
const MOST: usize = 1024;

#[derive(Clone, Copy, Debug)]
struct Record {
    failures: u32,
    last: Duration,
}

impl Record {
    /// When the next attempt may be made: after the fifth failure in a second, and each time
    /// in twice the time, but in `longest` at the most.
    fn next(&self, longest: Duration) -> Duration {
        let Some(doublings) = self.failures.checked_sub(FREE) else {
            return Duration::ZERO;
        };
        let wait = 1_u64.checked_shl(doublings).unwrap_or(u64::MAX);
        self.last + Duration::from_secs(wait).min(longest)
    }
}

/// The failures of each source.
#[derive(Debug, Default)]
pub(super) struct Attempts {
    failures: HashMap<IpAddr, Record>,
}

impl Attempts {
    /// Begins an attempt, which counts as failed until it [succeeds](Self::succeed), so that
    /// many at once gain nothing.
    ///
    /// # Errors
    ///
    /// How long to wait for the next.
    pub(super) fn begin(&mut self, from: IpAddr, now: Duration) -> Result<(), Duration> {
        self.failures
            .retain(|_, record| now.saturating_sub(record.last) < MEMORY);
        let source = self.counted_as(from);
        let longest = if source == HERE {
            LONGEST_HERE
        } else {
            LONGEST
        };
        let record = self.failures.entry(source).or_insert(Record {
            failures: 0,
            last: now,
        });
        let wait = record.next(longest).saturating_sub(now);
        if wait > Duration::ZERO {
            return Err(wait);
        }
        record.failures = record.failures.saturating_add(1);
        record.last = now;
        Ok(())
    }

    /// The password was right.
    pub(super) fn succeed(&mut self, from: IpAddr) {
        let source = self.counted_as(from);
        self.failures.remove(&source);
    }

    /// Whose failures those of an address are.
    fn counted_as(&self, from: IpAddr) -> IpAddr {
        let own = source(from);
        if self.failures.contains_key(&own) || self.failures.len() < MOST {
            own
        } else {
            CROWD
        }
    }
}

/// The one who has an address: with it come all of 127.0.0.0/8, and all of an IPv6 network.
fn source(from: IpAddr) -> IpAddr {
    match from.to_canonical() {
        here if here.is_loopback() => HERE,
        IpAddr::V4(from) => from.into(),
        IpAddr::V6(from) => Ipv6Addr::from_bits(from.to_bits() & (u128::MAX << 64)).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    /// Makes `from` wait.
    fn exhaust(attempts: &mut Attempts, from: IpAddr, now: Duration) {
        for _ in 0..FREE {
            attempts.begin(from, now).unwrap();
        }
    }

    #[test]
    fn each_failure_past_the_fifth_doubles_the_wait() {
        for (from, waits) in [
            (
                at("10.0.2.1"),
                &[1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300][..],
            ),
            (HERE, &[1, 2, 4, 8, 10, 10]),
        ] {
            let mut attempts = Attempts::default();
            let mut now = Duration::from_secs(1000);
            exhaust(&mut attempts, from, now);
            for wait in waits {
                let wait = Duration::from_secs(*wait);
                assert_eq!(attempts.begin(from, now), Err(wait), "{from}");
                now += wait;
                attempts.begin(from, now).unwrap();
            }
            assert!(attempts.begin(at("10.0.2.2"), now).is_ok());
            attempts.succeed(from);
            assert!(attempts.begin(from, now).is_ok());
        }
    }

    #[test]
    fn another_address_of_the_same_source_gains_nothing() {
        for (one, other, apart) in [
            ("127.0.0.1", "127.0.0.2", "10.0.2.1"),
            ("::1", "127.9.9.9", "::2"),
            ("::ffff:127.0.0.1", "127.0.0.1", "::ffff:10.0.2.1"),
            ("::ffff:10.0.2.1", "10.0.2.1", "10.0.2.2"),
            ("2001:db8::1", "2001:db8::ffff:0:0:1", "2001:db8:0:1::1"),
        ] {
            let mut attempts = Attempts::default();
            exhaust(&mut attempts, at(one), Duration::ZERO);
            assert!(attempts.begin(at(other), Duration::ZERO).is_err(), "{one}");
            attempts.begin(at(apart), Duration::ZERO).unwrap();
        }
    }

    #[test]
    fn a_crowd_keeps_nobody_out_and_waits_as_one() {
        let mut attempts = Attempts::default();
        for number in 0..u32::try_from(MOST).unwrap() {
            let from = Ipv4Addr::from_bits(number).into();
            attempts.begin(from, Duration::ZERO).unwrap();
        }
        exhaust(&mut attempts, at("10.0.2.1"), Duration::ZERO);
        let late = attempts.begin(at("10.0.2.2"), Duration::ZERO);
        assert_eq!(late, Err(Duration::from_secs(1)));
        assert!(attempts.begin(at("0.0.0.7"), Duration::ZERO).is_ok());
        assert_eq!(attempts.failures.len(), MOST + 1);
        attempts.begin(HERE, MEMORY).unwrap();
        assert_eq!(attempts.failures.len(), 1);
    }
}
