//! Whether the machine itself stood still: an emulated one does, when others take its processor.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The time between two beats.
const BEAT: Duration = Duration::from_millis(20);

/// A beat that is later than this was held up by more than the programs beside it.
const LATE: Duration = Duration::from_millis(200);

/// A thread that sleeps a little again and again, and notes when it slept too long. It ends
/// with the value.
#[derive(Debug)]
pub struct Metronome {
    stopping: Arc<AtomicBool>,
    delays: Arc<Mutex<Delays>>,
}

/// How long each beat came too late, and when it came.
#[derive(Clone, Debug, Default)]
pub struct Delays(Vec<(Duration, Instant)>);

impl Default for Metronome {
    /// Begins.
    fn default() -> Self {
        let (stopping, delays) = (
            Arc::<AtomicBool>::default(),
            Arc::<Mutex<Delays>>::default(),
        );
        let metronome = Self {
            stopping: Arc::clone(&stopping),
            delays: Arc::clone(&delays),
        };
        std::thread::spawn(move || {
            while !stopping.load(Ordering::Relaxed) {
                let due = Instant::now() + BEAT;
                std::thread::sleep(BEAT);
                let now = Instant::now();
                let late = now.saturating_duration_since(due);
                if late > LATE {
                    let mut delays = delays.lock().unwrap_or_else(PoisonError::into_inner);
                    delays.0.push((late, now));
                }
            }
        });
        metronome
    }
}

impl Metronome {
    /// What it noted so far. Who was just held up himself waits for its next beat.
    #[must_use]
    pub fn delays(&self) -> Delays {
        std::thread::sleep(2 * BEAT);
        let delays = self.delays.lock();
        delays.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Metronome {
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::Relaxed);
    }
}

impl Delays {
    /// How long the machine stood still between two moments.
    #[must_use]
    pub fn between(&self, from: Instant, to: Instant) -> Duration {
        let within = |&(late, until): &(Duration, Instant)| {
            let start = until.checked_sub(late).map_or(from, |it| it.max(from));
            until.min(to).saturating_duration_since(start)
        };
        self.0.iter().map(within).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delay_counts_as_far_as_it_lies_within() {
        let start = Instant::now();
        let at = |tenths: u64| start + Duration::from_millis(100 * tenths);
        let late = |tenths: u64| Duration::from_millis(100 * tenths);
        // From 2 to 5, and from 8 to 9.
        let delays = Delays(vec![(late(3), at(5)), (late(1), at(9))]);
        for (from, to, wanted) in [(0, 10, 4), (3, 4, 1), (0, 3, 1), (4, 8, 1), (5, 8, 0)] {
            assert_eq!(
                delays.between(at(from), at(to)),
                late(wanted),
                "{from} {to}"
            );
        }
    }
}
