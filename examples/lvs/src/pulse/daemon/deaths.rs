//! How often lvsd died of late.

use std::time::Duration;

/// So many deaths within [`SPAN`] are too many.
const MANY: usize = 3;

const SPAN: Duration = Duration::from_secs(60);

/// In which time a node that was too weak is given another chance.
const REST: Duration = Duration::from_secs(60);

#[derive(Debug, Default)]
pub(super) struct Deaths {
    at: Vec<Duration>,
    /// When there is another chance.
    rested: Option<Duration>,
}

impl Deaths {
    /// Notes one. In how long to start it again: at once the first time, then later
    /// and later, up to ten seconds.
    pub(super) fn note(&mut self, now: Duration) -> Duration {
        self.at.retain(|at| *at + SPAN > now);
        let before = u32::try_from(self.at.len()).unwrap_or(u32::MAX).min(10);
        self.at.push(now);
        Duration::from_secs(1) * before
    }

    /// Whether that was one too many. If so, [`recovered`](Self::recovered) comes later.
    pub(super) fn too_many(&mut self, now: Duration) -> bool {
        let many = self.at.len() >= MANY;
        if many {
            self.rested = Some(now + REST);
        }
        many
    }

    /// Whether the time of rest has just ended.
    pub(super) fn recovered(&mut self, now: Duration) -> bool {
        let recovered = self.rested.is_some_and(|at| now >= at);
        if recovered {
            *self = Deaths::default();
        }
        recovered
    }

    /// A new start.
    pub(super) fn forget(&mut self) {
        self.at.clear();
    }

    pub(super) fn deadline(&self) -> Option<Duration> {
        self.rested
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn the_third_in_a_minute_is_too_many() {
        let mut deaths = Deaths::default();
        assert_eq!(deaths.note(seconds(0)), seconds(0));
        assert!(!deaths.too_many(seconds(0)));
        assert_eq!(deaths.note(seconds(10)), seconds(1));
        assert!(!deaths.too_many(seconds(10)));
        assert_eq!(deaths.note(seconds(20)), seconds(2));
        assert!(deaths.too_many(seconds(20)));
        assert_eq!(deaths.deadline(), Some(seconds(80)));
        assert!(!deaths.recovered(seconds(79)));
        assert!(deaths.recovered(seconds(80)));
        assert!(!deaths.recovered(seconds(81)));
        assert_eq!(deaths.deadline(), None);
    }

    #[test]
    fn one_now_and_then_is_not() {
        let mut deaths = Deaths::default();
        for minute in 0..10 {
            assert_eq!(deaths.note(seconds(60 * minute)), seconds(0));
            assert!(!deaths.too_many(seconds(60 * minute)));
        }
    }
}
