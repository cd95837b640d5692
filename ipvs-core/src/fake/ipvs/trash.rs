//! Where removed dests wait: some minutes, and as long as there are connections to them.

use std::collections::VecDeque;
use std::time::Duration;

use super::dest::{Dest, DestKey};
use super::service::{AF_INET, Key, Service};

/// The removed dests of a namespace.
#[derive(Debug, Default)]
pub(in crate::fake) struct Trash {
    /// The one that was removed last comes first.
    dests: VecDeque<Trashed>,
    /// When somebody looks through it next, while there is anything in it.
    next_look: Option<Duration>,
}

/// A removed dest.
#[derive(Debug)]
pub(in crate::fake) struct Trashed {
    dest: Dest,
    /// The service that it was removed from.
    service: Key,
    /// Which of all services ever that was.
    number: u64,
    /// Since when nobody holds it, as far as somebody has looked.
    idle: Option<Duration>,
}

/// How long a dest that nobody holds is kept.
const PERIOD: Duration = Duration::from_secs(120);
/// How often somebody looks.
const LOOK: Duration = Duration::from_secs(60);
/// What is still there after so many looks will stay as long as nothing else happens.
const ENOUGH_LOOKS: u32 = 4;

impl Trash {
    /// How many dests there are.
    #[cfg(test)]
    pub(in crate::fake) fn len(&self) -> usize {
        self.dests.len()
    }

    /// Removed dests, to be changed: connections to them may still come and go.
    pub(in crate::fake) fn iter_mut(&mut self) -> impl Iterator<Item = (&Key, &mut Dest)> {
        self.dests
            .iter_mut()
            .map(|trashed| (&trashed.service, &mut trashed.dest))
    }

    /// Takes in the dest of a service.
    pub(super) fn throw_in(&mut self, service: &Service, dest: Dest, now: Duration) {
        self.take_in(service.key, service.number, dest, now);
    }

    /// Takes in the dests of a service that was removed.
    pub(super) fn bury(&mut self, service: Service, now: Duration) {
        for dest in service.dests {
            self.take_in(service.key, service.number, dest, now);
        }
    }

    fn take_in(&mut self, service: Key, number: u64, dest: Dest, now: Duration) {
        if self.dests.is_empty() {
            self.next_look = now.checked_add(LOOK);
        }
        self.dests.push_front(Trashed {
            dest,
            service,
            number,
            idle: None,
        });
    }

    /// Gives a dest back to its service; to another one that took the place of that, without
    /// what was counted.
    pub(super) fn take_back(&mut self, service: &Service, key: &DestKey) -> Option<Dest> {
        let was_here = |trashed: &Trashed| {
            trashed.dest.key == *key && is_alike(&trashed.service, &service.key)
        };
        let place = self.dests.iter().position(was_here)?;
        let Trashed {
            mut dest, number, ..
        } = self.dests.remove(place)?;
        if number != service.number {
            dest.counters.zero();
        }
        Some(dest)
    }

    /// Looks, as often as it was time since the last look.
    pub(super) fn expire(&mut self, now: Duration) {
        for _ in 0..ENOUGH_LOOKS {
            let Some(moment) = self.next_look.filter(|moment| *moment <= now) else {
                return;
            };
            self.dests.retain_mut(|trashed| trashed.stays(moment));
            let next = moment.checked_add(LOOK);
            self.next_look = next.filter(|_| !self.dests.is_empty());
        }
        if self.next_look.is_some_and(|moment| moment <= now) {
            self.next_look = now.checked_add(LOOK);
        }
    }
}

impl Trashed {
    /// Whether it is kept, somebody looking at this moment.
    fn stays(&mut self, moment: Duration) -> bool {
        if self.dest.is_held() {
            return true;
        }
        match self.idle {
            None => {
                self.idle = Some(moment);
                true
            }
            Some(since) => moment < since.saturating_add(PERIOD),
        }
    }
}

/// Whether two services are one to the trash, which does not look at the family.
fn is_alike(one: &Key, other: &Key) -> bool {
    let bytes = if other.family == AF_INET { 4 } else { 16 };
    let same_address = one
        .address
        .iter()
        .take(bytes)
        .eq(other.address.iter().take(bytes));
    one.mark == other.mark
        && one.protocol == other.protocol
        && (other.mark != 0 || same_address && one.port == other.port)
}
