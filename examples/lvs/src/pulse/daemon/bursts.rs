//! When the addresses are announced: at once and several times after, for a frame may
//! get lost, or come before the switch is ready for it.

use std::time::Duration;

/// How often, at a take-over and after a split brain.
const TIMES: u32 = 5;

/// In between, and behind the last.
const PAUSE: Duration = Duration::from_secs(1);

#[derive(Debug, Default)]
pub(super) struct Bursts {
    /// What is due next: an announcement while some are left, then the end of the burst.
    next: Option<Duration>,
    left: u32,
}

/// What to do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    Nothing,
    Announce,
    /// The burst is over.
    Finished,
}

impl Bursts {
    /// From now on, whatever was going on.
    pub(super) fn begin(&mut self, now: Duration) {
        self.next = Some(now);
        self.left = TIMES;
    }

    /// None any more.
    pub(super) fn stop(&mut self) {
        *self = Bursts::default();
    }

    pub(super) fn deadline(&self) -> Option<Duration> {
        self.next
    }

    /// Call it again until nothing is due.
    pub(super) fn tick(&mut self, now: Duration) -> Due {
        match self.next {
            Some(next) if now >= next && self.left > 0 => {
                self.left -= 1;
                self.next = Some(now + PAUSE);
                Due::Announce
            }
            Some(next) if now >= next => {
                self.next = None;
                Due::Finished
            }
            _ => Due::Nothing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_times_a_second_apart_and_five_seconds_in_all() {
        let mut bursts = Bursts::default();
        assert_eq!(bursts.tick(Duration::ZERO), Due::Nothing);
        let start = Duration::from_secs(7);
        bursts.begin(start);
        let mut story = Vec::new();
        while let Some(at) = bursts.deadline() {
            story.push(((at - start).as_secs(), bursts.tick(at)));
            assert_eq!(bursts.tick(at), Due::Nothing);
        }
        let expected: Vec<(u64, Due)> = (0..5).map(|second| (second, Due::Announce)).collect();
        assert_eq!(story, [&expected[..], &[(5, Due::Finished)]].concat());
    }

    #[test]
    fn stopped_and_begun_again() {
        let mut bursts = Bursts::default();
        bursts.begin(Duration::ZERO);
        bursts.tick(Duration::ZERO);
        bursts.begin(Duration::from_millis(10));
        assert_eq!(bursts.left, TIMES);
        bursts.stop();
        assert_eq!(bursts.deadline(), None);
    }
}
