//! When to check. Time is what the caller says, since any fixed moment.

use std::time::Duration;

/// What a check gets beyond its timeout: it ends by itself, unless it can't.
const GRACE: Duration = Duration::from_secs(2);

/// One check at a time, as far as checks end.
#[derive(Debug, Default)]
pub(super) struct Rounds {
    /// Counts what is checked: the result of an older check says nothing.
    number: u64,
    /// Until when the check that runs may.
    runs_until: Option<Duration>,
    /// When the next one begins; nothing before lvsd says so.
    next: Option<Duration>,
}

impl Rounds {
    /// Begins with them, unless they have begun.
    pub(super) fn begin(&mut self, now: Duration) {
        self.next = self.next.or(Some(now));
    }

    /// Whether there are any yet.
    pub(super) fn have_begun(&self) -> bool {
        self.next.is_some()
    }

    /// Something else is checked from now on: what runs still asks the old way.
    pub(super) fn restart(&mut self, now: Duration) {
        self.give_up();
        self.next = self.next.map(|_| now);
    }

    /// The number of the check that is to begin now, if one is.
    pub(super) fn due(
        &mut self,
        now: Duration,
        interval: Duration,
        timeout: Duration,
    ) -> Option<u64> {
        let is_due = self.runs_until.is_none() && self.next.is_some_and(|next| now >= next);
        if !is_due {
            return None;
        }
        self.next = Some(now + interval);
        self.runs_until = Some(now + timeout + GRACE);
        Some(self.number)
    }

    /// A check has ended; whether its result says something.
    pub(super) fn ended(&mut self, number: u64) -> bool {
        let counts = number == self.number;
        if counts {
            self.runs_until = None;
        }
        counts
    }

    /// Whether the check that runs is given up now: one that waits for a program that even
    /// a kill does not end never ends itself.
    pub(super) fn overdue(&mut self, now: Duration) -> bool {
        let is_over = self.runs_until.is_some_and(|until| now >= until);
        if is_over {
            self.give_up();
        }
        is_over
    }

    /// When there is something to do.
    pub(super) fn deadline(&self) -> Option<Duration> {
        self.runs_until.or(self.next)
    }

    fn give_up(&mut self) {
        self.number += 1;
        self.runs_until = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn due(rounds: &mut Rounds, now: u64) -> Option<u64> {
        rounds.due(seconds(now), seconds(6), seconds(4))
    }

    #[test]
    fn one_at_a_time_and_none_before_the_word() {
        let mut rounds = Rounds::default();
        assert_eq!((due(&mut rounds, 0), rounds.deadline()), (None, None));
        rounds.begin(seconds(1));
        rounds.begin(seconds(9));
        assert_eq!(rounds.deadline(), Some(seconds(1)));
        assert_eq!(due(&mut rounds, 1), Some(0));
        assert_eq!(due(&mut rounds, 7), None, "one runs");
        assert!(rounds.ended(0));
        assert_eq!(rounds.deadline(), Some(seconds(7)));
        assert_eq!(due(&mut rounds, 7), Some(0));
    }

    #[test]
    fn what_never_ends_is_given_up_and_says_nothing_later() {
        let mut rounds = Rounds::default();
        rounds.begin(seconds(0));
        assert_eq!(due(&mut rounds, 0), Some(0));
        assert_eq!(rounds.deadline(), Some(seconds(6)));
        assert!(!rounds.overdue(seconds(5)));
        assert!(rounds.overdue(seconds(6)));
        assert!(!rounds.overdue(seconds(7)), "once");
        assert_eq!(due(&mut rounds, 7), Some(1));
        assert!(!rounds.ended(0));
        assert!(rounds.ended(1));
    }

    #[test]
    fn another_check_begins_at_once() {
        let mut rounds = Rounds::default();
        rounds.restart(seconds(0));
        assert!(!rounds.have_begun());
        rounds.begin(seconds(0));
        assert_eq!(due(&mut rounds, 0), Some(1));
        rounds.restart(seconds(1));
        assert_eq!(due(&mut rounds, 1), Some(2));
        assert!(!rounds.ended(1));
    }
}
