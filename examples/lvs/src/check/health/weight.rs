//! The weight of a server that serves: slow start, then the load.

use std::time::Duration;

use super::{Settings, load};

/// A slow start doubles the weight this often.
const STEP: Duration = Duration::from_secs(20);

#[derive(Clone, Debug)]
pub(super) struct Weight {
    now: u32,
    /// When it doubles next, during a slow start.
    doubles_at: Option<Duration>,
}

impl Weight {
    /// That of a server that just came up.
    pub(super) fn first(settings: &Settings, now: Duration) -> Self {
        let start = (settings.weight >> 5).max(1);
        let start = if settings.slow_start { start } else { u32::MAX };
        Weight::found(start.min(settings.weight), settings, now)
    }

    /// That of a server that serves with `weight` already: on with the slow start that it
    /// seems to be in, or the load.
    pub(super) fn found(weight: u32, settings: &Settings, now: Duration) -> Self {
        let starting = settings.slow_start && weight < settings.weight;
        let least = if starting { 0 } else { settings.weight };
        let most = settings.weight.saturating_mul(settings.scale.max(1));
        Weight {
            now: weight.clamp(least, most),
            doubles_at: starting.then(|| now + STEP),
        }
    }

    pub(super) fn get(&self) -> u32 {
        self.now
    }

    pub(super) fn deadline(&self) -> Option<Duration> {
        self.doubles_at
    }

    /// The next step of a slow start, if it is due.
    pub(super) fn grow(&mut self, settings: &Settings, now: Duration) {
        if self.doubles_at.is_some_and(|at| now >= at) {
            self.now = self.now.saturating_mul(2).min(settings.weight);
            self.doubles_at = (self.now < settings.weight).then(|| now + STEP);
        }
    }

    pub(super) fn follow(&mut self, average: f64, settings: &Settings) {
        if self.doubles_at.is_none() {
            self.now = load::follow(self.now, settings.weight, settings.scale, average);
        }
    }

    /// Towards another configured weight: a slow start goes on, but not beyond it.
    pub(super) fn aim(&mut self, settings: &Settings) {
        let starting = self.doubles_at.is_some() && self.now < settings.weight;
        if !starting {
            self.now = settings.weight;
            self.doubles_at = None;
        }
    }
}
