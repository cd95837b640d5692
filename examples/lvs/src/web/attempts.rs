//! How often a password may be tried. Pure: the time, since any fixed moment, goes in.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

/// Failures that cost nothing.
const FREE: u32 = 5;

/// The longest wait between two attempts.
const LONGEST: Duration = Duration::from_secs(300);

/// When failures are forgotten.
const MEMORY: Duration = Duration::from_secs(900);

/// The most addresses that are remembered.
const MOST: usize = 1024;

#[derive(Clone, Copy, Debug)]
struct Record {
    failures: u32,
    last: Duration,
}

impl Record {
    /// When the next attempt may be made: after the fifth failure in a second, and each time
    /// in twice the time.
    fn next(&self) -> Duration {
        let Some(doublings) = self.failures.checked_sub(FREE) else {
            return Duration::ZERO;
        };
        let wait = 1_u64.checked_shl(doublings).unwrap_or(u64::MAX);
        self.last + Duration::from_secs(wait).min(LONGEST)
    }
}

/// The failures of each address.
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
        if let Some(record) = self.failures.get(&from) {
            let wait = record.next().saturating_sub(now);
            if wait > Duration::ZERO {
                return Err(wait);
            }
        } else if self.failures.len() >= MOST {
            return Err(LONGEST);
        }
        let record = self.failures.entry(from).or_insert(Record {
            failures: 0,
            last: now,
        });
        record.failures = record.failures.saturating_add(1);
        record.last = now;
        Ok(())
    }

    /// The password was right.
    pub(super) fn succeed(&mut self, from: IpAddr) {
        self.failures.remove(&from);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    #[test]
    fn each_failure_past_the_fifth_doubles_the_wait() {
        let mut attempts = Attempts::default();
        let mut now = Duration::from_secs(1000);
        for _ in 0..FREE {
            attempts.begin(HERE, now).unwrap();
        }
        for wait in [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300] {
            let wait = Duration::from_secs(wait);
            assert_eq!(attempts.begin(HERE, now), Err(wait));
            now += wait;
            attempts.begin(HERE, now).unwrap();
        }
        assert!(attempts.begin("::1".parse().unwrap(), now).is_ok());
        attempts.succeed(HERE);
        assert!(attempts.begin(HERE, now).is_ok());
    }

    #[test]
    fn failures_are_forgotten_and_a_crowd_waits() {
        let mut attempts = Attempts::default();
        for number in 0..u32::try_from(MOST).unwrap() {
            let from = std::net::Ipv4Addr::from_bits(number).into();
            attempts.begin(from, Duration::ZERO).unwrap();
        }
        assert_eq!(attempts.begin(HERE, Duration::ZERO), Err(LONGEST));
        assert!(attempts.begin(HERE, MEMORY).is_ok());
        assert_eq!(attempts.failures.len(), 1);
    }
}
