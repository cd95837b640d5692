//! What the results of checks mean for a server's entry in the table.
//!
//! Pure: the results, the signals and the time (since any fixed moment) go in, and what to
//! change comes out.

mod load;
mod weight;

use std::time::Duration;

use serde::{Deserialize, Serialize};
use weight::Weight;

/// How a server is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Good results in a row that bring a failed server back, at least 1.
    pub rise: u32,
    /// Bad results in a row that take it out, at least 1. The original took 1.
    pub fall: u32,
    /// The weight that it has in the end.
    pub weight: u32,
    /// Begin with a 32nd of the weight, and double it every 20 s.
    pub slow_start: bool,
    /// Keep a failed server with weight 0, instead of removing it.
    pub quiesce: bool,
    /// How many times its weight a server without load may get.
    pub scale: u32,
}

impl Settings {
    /// The original's rules for a server of `weight`: the first bad result takes it out, and
    /// it comes back after answering for `reentry` when asked every `interval`.
    pub fn new(weight: u32, interval: Duration, reentry: Duration) -> Self {
        let times = reentry.as_millis().checked_div(interval.as_millis());
        let times = u32::try_from(times.unwrap_or(1)).unwrap_or(u32::MAX);
        Settings {
            rise: times.max(1),
            fall: 1,
            weight,
            slow_start: true,
            quiesce: false,
            scale: 10,
        }
    }
}

/// What to do to the server's entry, and to nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Order {
    /// Add it, with this weight.
    Add(u32),
    /// Give it this weight.
    Edit(u32),
    /// Remove it.
    Remove,
}

/// Something that changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Change {
    /// The server serves again, or for the first time.
    Up(Order),
    /// It serves no longer.
    Down(Order),
    /// It serves more or less than before.
    Weight(Order),
}

impl Change {
    /// What to do about it.
    pub const fn order(self) -> Order {
        match self {
            Change::Up(order) | Change::Down(order) | Change::Weight(order) => order,
        }
    }

    /// The line for the log about `server`, as in `10.0.3.100:8080`; a weight that moves
    /// has none.
    pub fn line(self, server: &str) -> Option<String> {
        match self {
            Change::Up(_) => Some(format!("[ active ] making {server} available")),
            Change::Down(_) => Some(format!(
                "[inactive] shutting down {server} due to connection failure"
            )),
            Change::Weight(_) => None,
        }
    }
}

/// Through what the results are seen; signals change it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Glasses {
    /// As they are (SIGHUP).
    #[default]
    Clear,
    /// Down whatever they say (SIGUSR1).
    Opaque,
    /// Up whatever they say (SIGUSR2).
    RoseColored,
}

impl Glasses {
    /// What the original calls putting them on; nothing for clear ones.
    pub const fn line(self) -> Option<&'static str> {
        match self {
            Glasses::Clear => None,
            Glasses::Opaque => Some("opaque glasses on"),
            Glasses::RoseColored => Some("rose-colored glasses on"),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Unknown,
    Good,
    Bad,
}

/// What is known about one server.
#[derive(Clone, Debug)]
pub struct Health {
    settings: Settings,
    verdict: Verdict,
    /// Results in a row against the verdict.
    against: u32,
    glasses: Glasses,
    /// The table has an entry for it.
    listed: bool,
    /// Its weight, while it serves.
    weight: Option<Weight>,
}

impl Health {
    /// A server that was not checked yet. `found` is the weight of its entry, if the table
    /// has one: a checker that died leaves a server that serves, and goes on from there.
    pub fn new(settings: Settings, found: Option<u32>, now: Duration) -> Self {
        let serving = found.filter(|weight| *weight > 0);
        Health {
            settings,
            verdict: serving.map_or(Verdict::Unknown, |_| Verdict::Good),
            against: 0,
            glasses: Glasses::Clear,
            listed: found.is_some(),
            weight: serving.map(|weight| Weight::found(weight, &settings, now)),
        }
    }

    /// The same of a server of which an earlier checker knew that it is down: it has to
    /// reenter. One that serves is not.
    #[must_use]
    pub fn known_down(mut self) -> Self {
        if self.verdict == Verdict::Unknown {
            self.verdict = Verdict::Bad;
        }
        self
    }

    /// Whether it is neither known to be well nor known to be down.
    pub fn is_unknown(&self) -> bool {
        self.verdict == Verdict::Unknown
    }

    /// What the results are seen through.
    pub fn glasses(&self) -> Glasses {
        self.glasses
    }

    /// Whether it serves.
    pub fn is_up(&self) -> bool {
        self.weight.is_some()
    }

    /// The weight of its entry, if it has one.
    pub fn weight(&self) -> Option<u32> {
        let serving = self.weight.as_ref().map_or(0, Weight::get);
        self.listed.then_some(serving)
    }

    /// Takes the result of a check.
    pub fn record(&mut self, good: bool, now: Duration) -> Option<Change> {
        let enough = match (self.verdict, good) {
            (Verdict::Unknown, true) => 1,
            (Verdict::Bad, true) => self.settings.rise,
            (Verdict::Unknown | Verdict::Good, false) => self.settings.fall,
            (Verdict::Good, true) | (Verdict::Bad, false) => {
                self.against = 0;
                return None;
            }
        };
        self.against = self.against.saturating_add(1);
        if self.against < enough {
            return None;
        }
        self.against = 0;
        self.verdict = if good { Verdict::Good } else { Verdict::Bad };
        self.settle(now)
    }

    /// Puts other glasses on.
    pub fn look_through(&mut self, glasses: Glasses, now: Duration) -> Option<Change> {
        self.glasses = glasses;
        self.settle(now)
    }

    /// When [`tick`](Self::tick) has something to do.
    pub fn deadline(&self) -> Option<Duration> {
        self.weight.as_ref().and_then(Weight::deadline)
    }

    /// What is due at `now`: the next step of a slow start.
    pub fn tick(&mut self, now: Duration) -> Option<Change> {
        let weight = self.weight.as_mut()?;
        moved(weight, |weight| weight.grow(&self.settings, now))
    }

    /// Takes the server's load average of the last minute. It counts once a slow start is
    /// over, and moves the weight by no less than a quarter of the configured one.
    pub fn load(&mut self, average: f64) -> Option<Change> {
        let weight = self.weight.as_mut()?;
        moved(weight, |weight| weight.follow(average, &self.settings))
    }

    /// Takes new settings without forgetting what is known.
    pub fn reconfigure(&mut self, settings: Settings) -> Option<Change> {
        let before = std::mem::replace(&mut self.settings, settings);
        let Some(weight) = self.weight.as_mut() else {
            let kept_for_nothing = self.listed && before.quiesce && !settings.quiesce;
            self.listed &= !kept_for_nothing;
            return kept_for_nothing.then_some(Change::Weight(Order::Remove));
        };
        if before.weight == settings.weight && before.scale == settings.scale {
            return None;
        }
        moved(weight, |weight| weight.aim(&settings))
    }

    /// The end of the checker: it leaves no entry that nobody watches.
    pub fn stop(&mut self) -> Option<Order> {
        self.weight = None;
        std::mem::take(&mut self.listed).then_some(Order::Remove)
    }

    /// Makes the entry what verdict and glasses say.
    fn settle(&mut self, now: Duration) -> Option<Change> {
        let up = match self.glasses {
            Glasses::Clear => self.verdict == Verdict::Good,
            Glasses::Opaque => false,
            Glasses::RoseColored => true,
        };
        match (self.is_up(), up) {
            (false, true) => Some(Change::Up(self.admit(now))),
            (true, false) => Some(Change::Down(self.withdraw())),
            _ => None,
        }
    }

    fn admit(&mut self, now: Duration) -> Order {
        let weight = Weight::first(&self.settings, now);
        let order = if self.listed { Order::Edit } else { Order::Add };
        let order = order(weight.get());
        self.listed = true;
        self.weight = Some(weight);
        order
    }

    fn withdraw(&mut self) -> Order {
        self.weight = None;
        if self.settings.quiesce {
            return Order::Edit(0);
        }
        self.listed = false;
        Order::Remove
    }
}

/// The change to the entry, if the weight is another one afterwards.
fn moved(weight: &mut Weight, change: impl FnOnce(&mut Weight)) -> Option<Change> {
    let before = weight.get();
    change(weight);
    (weight.get() != before).then(|| Change::Weight(Order::Edit(weight.get())))
}

#[cfg(test)]
mod tests;
