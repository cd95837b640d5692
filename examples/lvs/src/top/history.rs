//! The last active connections of each server, as a line of blocks. Pure.

use std::collections::{BTreeMap, VecDeque};

use ipvs_core::{DestKey, ServiceKey};

use crate::observe::Picture;

/// How many looks are kept.
pub(super) const MOST: usize = 12;

const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// The looks at each server, the oldest first.
#[derive(Debug, Default)]
pub(super) struct History {
    all: BTreeMap<(ServiceKey, DestKey), VecDeque<u32>>,
}

impl History {
    /// Takes one more; a server that has no entry any more is forgotten.
    pub(super) fn take(&mut self, picture: &Picture) {
        let mut all = BTreeMap::new();
        for service in &picture.services {
            for row in &service.servers {
                let Some(entry) = &row.entry else { continue };
                let key = (service.key, row.key);
                let mut seen = self.all.remove(&key).unwrap_or_default();
                if seen.len() >= MOST {
                    seen.pop_front();
                }
                seen.push_back(entry.active_connections);
                all.insert(key, seen);
            }
        }
        self.all = all;
    }

    /// A block for each of the last looks that have room, as high as its share of the highest.
    pub(super) fn line(&self, service: ServiceKey, server: DestKey, room: usize) -> String {
        let Some(seen) = self.all.get(&(service, server)) else {
            return String::new();
        };
        let highest = u64::from(seen.iter().copied().max().unwrap_or(0).max(1));
        let block = |value: &u32| {
            let part = u64::from(*value) * 7 / highest;
            let index = usize::try_from(part).unwrap_or(0);
            BLOCKS.get(index).copied().unwrap_or(' ')
        };
        let skipped = seen.len().saturating_sub(room);
        seen.iter().skip(skipped).map(block).collect()
    }
}
