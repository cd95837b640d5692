//! The table of services: a hash table, whose order nobody must rely on.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::service::{Key, Service};
use crate::fake::Environment;

/// The services of a namespace, in the order in which they are listed.
#[derive(Debug)]
pub(in crate::fake) struct Services {
    by_place: BTreeMap<Place, Service>,
    /// Whether the table has grown with its services, as tables do since Linux 7.1; if not,
    /// there are two of fixed size, the second one for marks.
    grows: bool,
    /// 0 before there is a table.
    buckets: u64,
    /// What the hash begins with: another one for each table.
    seed: u64,
    /// How many services there ever were.
    added: u64,
}

/// Where a service is: in the table of marks or not, in which bucket, and there the newest
/// comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    of_marks: bool,
    bucket: u64,
    number: Reverse<u64>,
}

/// The buckets of a table that does not grow.
const FIXED: u64 = 256;
/// The least and the most buckets of one that does.
const LEAST: u64 = 16;
const MOST: u64 = 1 << 20;
/// It shrinks when it has so many times the buckets that it needs.
const MOSTLY_EMPTY: u64 = 16;

impl Services {
    /// The table of the `number`-th namespace.
    pub(super) fn new(environment: &Environment, number: usize) -> Self {
        let grows = environment.release.has_growing_tables();
        let number = u64::try_from(number).unwrap_or(u64::MAX);
        Services {
            by_place: BTreeMap::new(),
            grows,
            buckets: if grows { 0 } else { FIXED },
            seed: mixed(environment.seed, number),
            added: 0,
        }
    }

    pub(in crate::fake) fn is_empty(&self) -> bool {
        self.by_place.is_empty()
    }

    /// How many buckets the table has; 0 before there is one.
    pub(in crate::fake) fn buckets(&self) -> u64 {
        self.buckets
    }

    /// How many services are in each bucket that is not empty.
    pub(in crate::fake) fn chains(&self) -> Vec<usize> {
        let mut chains = BTreeMap::new();
        for place in self.by_place.keys() {
            *chains.entry((place.of_marks, place.bucket)).or_insert(0) += 1;
        }
        chains.into_values().collect()
    }

    /// In the order of a list.
    pub(in crate::fake) fn iter(&self) -> impl Iterator<Item = &Service> {
        self.by_place.values()
    }

    pub(in crate::fake) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Service> {
        self.by_place.values_mut()
    }

    pub(in crate::fake) fn get(&self, key: &Key) -> Option<&Service> {
        self.by_place.get(&self.find(key)?)
    }

    pub(in crate::fake) fn get_mut(&mut self, key: &Key) -> Option<&mut Service> {
        let place = self.find(key)?;
        self.by_place.get_mut(&place)
    }

    /// Adds a service that is not there yet. A table that grows has room for 2 to the power of
    /// the load factor in each bucket.
    pub(super) fn insert(&mut self, mut service: Service, load_factor: i64) {
        self.added += 1;
        service.number = self.added;
        self.resize(self.by_place.len() + 1, load_factor);
        self.by_place.insert(self.place(&service), service);
    }

    /// Removes a service; a table that is mostly empty then shrinks, and goes with its last one.
    pub(super) fn remove(&mut self, key: &Key, load_factor: i64) -> Option<Service> {
        let place = self.find(key)?;
        let removed = self.by_place.remove(&place);
        self.resize(self.by_place.len(), load_factor);
        removed
    }

    pub(super) fn take_all(&mut self) -> impl Iterator<Item = Service> + use<> {
        let all = std::mem::take(&mut self.by_place);
        self.resize(0, 0);
        all.into_values()
    }

    fn find(&self, key: &Key) -> Option<Place> {
        let (of_marks, bucket) = self.bucket(key);
        let place = |number| Place {
            of_marks,
            bucket,
            number: Reverse(number),
        };
        let mut chain = self.by_place.range(place(u64::MAX)..=place(0));
        chain
            .find(|(_, service)| service.key == *key)
            .map(|(place, _)| *place)
    }

    fn place(&self, service: &Service) -> Place {
        let (of_marks, bucket) = self.bucket(&service.key);
        Place {
            of_marks,
            bucket,
            number: Reverse(service.number),
        }
    }

    fn bucket(&self, key: &Key) -> (bool, u64) {
        let of_marks = key.mark != 0 && !self.grows;
        (of_marks, self.hash(key) & self.buckets.saturating_sub(1))
    }

    fn hash(&self, key: &Key) -> u64 {
        let [head, tail] = [key.address.first_chunk(), key.address.last_chunk()];
        let words = [
            head.copied().map_or(0, u64::from_ne_bytes),
            tail.copied().map_or(0, u64::from_ne_bytes),
            key.mark.into(),
            u64::from(key.family) << 32 | u64::from(key.protocol) << 16 | u64::from(key.port),
        ];
        words.into_iter().fold(self.seed, mixed)
    }

    /// Makes a table, or another one in which everything has another place, for so many
    /// services. (The kernel does so a moment later.)
    fn resize(&mut self, services: usize, load_factor: i64) {
        let needed = buckets_for(services, load_factor, 1, MOST);
        let buckets = match services {
            _ if !self.grows => return,
            0 => 0,
            _ if needed > self.buckets => needed.max(LEAST),
            _ if needed * MOSTLY_EMPTY <= self.buckets => (needed * 2).max(LEAST),
            _ => return,
        };
        if buckets == self.buckets {
            return;
        }
        self.buckets = buckets;
        self.seed = mixed(self.seed, buckets);
        let services = std::mem::take(&mut self.by_place);
        for service in services.into_values() {
            self.by_place.insert(self.place(&service), service);
        }
    }
}

/// How many buckets a table of so many entries has that grows by a load factor.
pub(in crate::fake) fn buckets_for(entries: usize, load_factor: i64, least: u64, most: u64) -> u64 {
    let entries = u64::try_from(entries).unwrap_or(u64::MAX);
    let factor = u32::try_from(load_factor.unsigned_abs())
        .unwrap_or(0)
        .min(32);
    let room = match load_factor {
        ..0 => entries.saturating_mul(1 << factor),
        _ => entries >> factor,
    };
    room.min(most).next_power_of_two().max(least)
}

/// Mixes a word into a hash.
fn mixed(hash: u64, word: u64) -> u64 {
    let mut hash = hash.rotate_left(5) ^ word;
    for (shift, factor) in [(30, 0xbf58_476d_1ce4_e5b9_u64), (27, 0x94d0_49bb_1331_11eb)] {
        hash = (hash ^ hash >> shift).wrapping_mul(factor);
    }
    hash ^ hash >> 31
}
