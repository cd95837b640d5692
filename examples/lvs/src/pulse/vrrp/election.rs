//! The three states of a virtual router (RFC 9568, section 6.4).

use std::net::IpAddr;
use std::num::NonZeroU8;
use std::time::Duration;

use super::{Addresses, Advertisement, Checksum, Header, Interval, Refusal, group};
use crate::pulse::complaints::Complaints;
use crate::pulse::{Action, Role};

/// The priority of the owner of the addresses.
const OWNER: u8 = 255;
/// The priority of one who stops.
const STOPPING: u8 = 0;

/// What a virtual router is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Which node this is: for the log alone, priorities decide.
    pub role: Role,
    /// The virtual router, 1 to 255.
    pub vrid: NonZeroU8,
    /// 1 to 254, or 255 for the owner of the addresses.
    pub priority: NonZeroU8,
    /// How often it advertises while it is active.
    pub interval: Interval,
    /// Whether to take over from an active router of lower priority.
    pub preempt: bool,
    /// The primary address of the interface: packets come from it, and it decides between
    /// equal priorities. Link-local under IPv6.
    pub local: IpAddr,
    /// The addresses of the virtual router, of the family of `local`.
    pub addresses: Addresses,
    /// How to sign.
    pub checksum: Checksum,
}

/// Why [`Settings`] can't work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum SettingsError {
    /// A router speaks for one family.
    #[error("the virtual addresses are not of the family of {0}")]
    Family(IpAddr),
    /// Advertisements over IPv6 come from link-local addresses.
    #[error("{0} is not link-local")]
    LinkLocal(IpAddr),
}

/// One node's view of a virtual router.
#[derive(Clone, Debug)]
pub struct Election {
    settings: Settings,
    state: State,
    complaints: Complaints,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Before the start, after the end, or without a link.
    Initialize,
    Backup {
        /// When the active router counts as down.
        down_at: Duration,
        /// The log line for that moment.
        reason: &'static str,
    },
    Active {
        /// When to advertise again.
        next: Duration,
    },
}

impl Election {
    /// A router that was not started yet.
    ///
    /// # Errors
    /// [`SettingsError`] when the families differ, or an IPv6 router has no link-local address.
    pub fn new(settings: Settings) -> Result<Self, SettingsError> {
        if settings.local.is_ipv4() != settings.addresses.is_ipv4() {
            return Err(SettingsError::Family(settings.local));
        }
        if matches!(settings.local, IpAddr::V6(local) if !local.is_unicast_link_local()) {
            return Err(SettingsError::LinkLocal(settings.local));
        }
        Ok(Election {
            settings,
            state: State::Initialize,
            complaints: Complaints::default(),
        })
    }

    pub(in crate::pulse) fn is_active(&self) -> bool {
        matches!(self.state, State::Active { .. })
    }

    pub(in crate::pulse) fn start(&mut self, now: Duration, actions: &mut Vec<Action>) {
        actions.push(Action::Log(format!(
            "STARTING PULSE AS {}",
            self.settings.role
        )));
        self.enable(now, actions);
    }

    pub(in crate::pulse) fn enable(&mut self, now: Duration, actions: &mut Vec<Action>) {
        if self.settings.priority.get() == OWNER {
            self.activate("owner of the addresses: activating lvs", now, actions);
        } else {
            self.wait(self.settings.interval, PARTNER_DEAD, now);
        }
    }

    /// Becomes active, unless it is.
    pub(in crate::pulse) fn claim(&mut self, why: &str, now: Duration, actions: &mut Vec<Action>) {
        if !self.is_active() {
            self.activate(why, now, actions);
        }
    }

    /// Whether another router is active, if that is what a packet says.
    pub(in crate::pulse) fn partner(&self, header: &Header, bytes: &[u8]) -> Option<bool> {
        let foreign = header.from != self.settings.local;
        let heard = foreign.then(|| self.admit(header, bytes).ok())?;
        heard.map(|heard| heard.priority != STOPPING)
    }

    /// An active router says so every interval; the network needs a little, too.
    pub(in crate::pulse) fn patience(&self) -> Duration {
        self.settings.interval.duration() * 5 / 4
    }

    /// Gives up being active, and tells the others to be quick.
    pub(in crate::pulse) fn disable(&mut self, actions: &mut Vec<Action>) {
        if self.is_active() {
            actions.push(self.advertise(STOPPING));
            actions.push(Action::Deactivate);
        }
        self.state = State::Initialize;
    }

    pub(in crate::pulse) fn hear(
        &mut self,
        header: &Header,
        bytes: &[u8],
        now: Duration,
        actions: &mut Vec<Action>,
    ) {
        // Our own words come back from the group.
        if header.from == self.settings.local || self.state == State::Initialize {
            return;
        }
        match self.admit(header, bytes) {
            Ok(heard) if self.is_active() => self.hear_active(&heard, header.from, now, actions),
            Ok(heard) => self.hear_waiting(&heard, now),
            Err(refusal) if self.complaints.admit(now) => {
                let line = format!("VRRP packet from {} ignored: {refusal}", header.from);
                actions.push(Action::Log(line));
            }
            Err(_) => {}
        }
    }

    /// The advertisement in a packet, if it concerns this router.
    fn admit(&self, header: &Header, bytes: &[u8]) -> Result<Advertisement, Refusal> {
        let heard = Advertisement::decode(header, bytes)?;
        if heard.vrid != self.settings.vrid {
            return Err(Refusal::Stranger(heard.vrid.get()));
        }
        if self.settings.priority.get() == OWNER && heard.priority == OWNER {
            return Err(Refusal::Owned);
        }
        Ok(heard)
    }

    fn hear_waiting(&mut self, heard: &Advertisement, now: Duration) {
        let own = self.settings.priority.get();
        if heard.priority == STOPPING {
            self.state = State::Backup {
                down_at: now + self.skew(heard.interval),
                reason: PARTNER_STOPPED,
            };
        } else if !self.settings.preempt || heard.priority >= own {
            self.wait(heard.interval, PARTNER_DEAD, now);
        } else if let State::Backup { reason, .. } = &mut self.state {
            // The timer runs on: this router takes over when it ends.
            *reason = PARTNER_BELOW;
        }
    }

    fn hear_active(
        &mut self,
        heard: &Advertisement,
        from: IpAddr,
        now: Duration,
        actions: &mut Vec<Action>,
    ) {
        let own = (self.settings.priority.get(), self.settings.local);
        if heard.priority == STOPPING {
            // It was active beside us: what it announced must not be what stays.
            self.assert_active(now, actions);
            actions.push(Action::Announce);
        } else if (heard.priority, from) > own {
            // The last word as an active router makes the other one announce itself again.
            actions.push(self.advertise(own.0));
            self.wait(heard.interval, PARTNER_DEAD, now);
            actions.push(Action::Log("partner active: deactivating LVS".into()));
            actions.push(Action::Deactivate);
        } else {
            self.assert_active(now, actions);
            actions.push(Action::Log("partner active: resending arps".into()));
            actions.push(Action::Announce);
        }
    }

    /// What is due at `now`.
    pub(in crate::pulse) fn tick(&mut self, now: Duration, actions: &mut Vec<Action>) {
        match self.state {
            State::Backup { down_at, reason } if now >= down_at => {
                self.activate(reason, now, actions);
            }
            State::Active { next } if now >= next => self.assert_active(now, actions),
            _ => {}
        }
    }

    /// When [`tick`](Self::tick) has something to do.
    pub(in crate::pulse) fn deadline(&self) -> Option<Duration> {
        match self.state {
            State::Initialize => None,
            State::Backup { down_at, .. } => Some(down_at),
            State::Active { next } => Some(next),
        }
    }

    fn activate(&mut self, why: &str, now: Duration, actions: &mut Vec<Action>) {
        actions.push(Action::Log(why.into()));
        self.assert_active(now, actions);
        actions.push(Action::Activate);
    }

    /// Waits until an active router that advertises every `interval` counts as down:
    /// three intervals, and the less the higher our priority.
    fn wait(&mut self, interval: Interval, reason: &'static str, now: Duration) {
        let down_at = now + 3 * interval.duration() + self.skew(interval);
        self.state = State::Backup { down_at, reason };
    }

    fn skew(&self, interval: Interval) -> Duration {
        let below = 256 - u32::from(self.settings.priority.get());
        interval.duration() * below / 256
    }

    fn assert_active(&mut self, now: Duration, actions: &mut Vec<Action>) {
        let next = now + self.settings.interval.duration();
        self.state = State::Active { next };
        actions.push(self.advertise(self.settings.priority.get()));
    }

    fn advertise(&self, priority: u8) -> Action {
        let local = self.settings.local;
        let advertisement = Advertisement {
            vrid: self.settings.vrid,
            priority,
            interval: self.settings.interval,
            addresses: self.settings.addresses.clone(),
        };
        let to = group(local);
        let bytes = advertisement.encode(local, to, self.settings.checksum);
        Action::Send { to, bytes }
    }
}

const PARTNER_DEAD: &str = "partner dead: activating lvs";
const PARTNER_STOPPED: &str = "partner inactive: activating lvs";
const PARTNER_BELOW: &str = "partner of lower priority: activating lvs";

#[cfg(test)]
mod tests;
