//! Lines about packets from strangers: anybody can send them, so that they must not be
//! able to fill the log.

use std::time::Duration;

/// Shortest time between two complaints.
const PAUSE: Duration = Duration::from_secs(1);

/// Lets one complaint through a second.
#[derive(Clone, Debug, Default)]
pub(super) struct Complaints {
    last: Option<Duration>,
}

impl Complaints {
    /// Whether a complaint may be written at `now`; if so, it counts as written.
    pub(super) fn admit(&mut self, now: Duration) -> bool {
        let admitted = self.last.is_none_or(|last| now >= last + PAUSE);
        if admitted {
            self.last = Some(now);
        }
        admitted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_a_second() {
        let mut complaints = Complaints::default();
        let at = [0, 1, 999, 1000, 1500, 2000].map(Duration::from_millis);
        let admitted = at.map(|now| complaints.admit(now));
        assert_eq!(admitted, [true, false, false, true, false, true]);
    }
}
