//! The connection table: what a test puts there, and what becomes of it as time goes by.

use std::time::Duration;

use super::Environment;
use super::ipvs::{Dest, DestKey, Ipvs, Key, buckets_for};
use crate::procfs::{Connection, ConnectionState};
use crate::{Protocol, ServiceKey, Sysctl};

/// The size that a table of connections begins with, as a power of two.
const FEW_BITS: u32 = 8;

/// The connections of a namespace, each with the moment when it ends.
#[derive(Debug, Default)]
pub(super) struct Connections {
    rows: Vec<(Connection, Duration)>,
}

impl Connections {
    /// How many there are, templates included.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The rows as they are at a moment.
    pub(super) fn at(&self, now: Duration) -> Vec<Connection> {
        let rows = self.rows.iter();
        rows.map(|(row, end)| Connection {
            expires: end.saturating_sub(now),
            ..row.clone()
        })
        .collect()
    }
}

impl Ipvs {
    /// From now on the connections are these, and every dest has those of them that lead to it.
    pub(super) fn set_connections(
        &mut self,
        environment: &Environment,
        rows: Vec<Connection>,
        now: Duration,
    ) {
        for dest in self.dests_and_trash() {
            (dest.active, dest.inactive, dest.persistent) = (0, 0, 0);
        }
        for row in &rows {
            if let Some(count) = self.count_of(row) {
                *count = count.saturating_add(1);
            }
        }
        let ending = |row: Connection| {
            let end = now.saturating_add(row.expires);
            (row, end)
        };
        self.connections.rows = rows.into_iter().map(ending).collect();
        if environment.release.has_growing_tables() && !self.connections.rows.is_empty() {
            self.grow_connection_table(environment.connection_table_bits);
        }
    }

    /// Makes the table as large as the load factor wants it; it never shrinks here.
    fn grow_connection_table(&mut self, most_bits: u32) {
        let factor = self.sysctls.number(Sysctl::ConnLfactor);
        let (few, most) = (1 << FEW_BITS, 1 << most_bits.clamp(FEW_BITS, 31));
        let buckets = buckets_for(self.connections.len(), factor, few, most);
        let buckets = u32::try_from(buckets).unwrap_or(u32::MAX);
        self.connection_buckets = self.connection_buckets.max(buckets);
    }

    /// Ends the connections whose time is over.
    pub(super) fn expire_connections(&mut self, now: Duration) {
        let rows = std::mem::take(&mut self.connections.rows);
        let (over, left): (Vec<_>, Vec<_>) = rows.into_iter().partition(|(_, end)| *end <= now);
        self.connections.rows = left;
        for (row, _) in &over {
            if let Some(count) = self.count_of(row) {
                *count = count.saturating_sub(1);
            }
        }
    }

    fn dests_and_trash(&mut self) -> impl Iterator<Item = &mut Dest> {
        let services = self.services.iter_mut();
        let dests = services.flat_map(|service| &mut service.dests);
        dests.chain(self.trash.iter_mut().map(|(_, dest)| dest))
    }

    /// Which of its dest's three counts a connection counts in.
    fn count_of(&mut self, row: &Connection) -> Option<&mut u32> {
        let (service, key) = (Key::from(&row.service), DestKey::from(&row.dest));
        let dest = match self.services.get_mut(&service) {
            Some(found) if found.dests.iter().any(|dest| dest.key == key) => {
                found.dests.iter_mut().find(|dest| dest.key == key)
            }
            _ => {
                let mut trash = self.trash.iter_mut();
                let thrown = trash.find(|(from, dest)| **from == service && dest.key == key);
                thrown.map(|(_, dest)| dest)
            }
        }?;
        Some(if row.is_template() {
            &mut dest.persistent
        } else if is_active(row) {
            &mut dest.active
        } else {
            &mut dest.inactive
        })
    }
}

/// Whether the kernel counts a connection as active.
fn is_active(row: &Connection) -> bool {
    let has_states = matches!(
        row.service,
        ServiceKey::Address {
            protocol: Protocol::TCP | Protocol::SCTP,
            ..
        }
    );
    has_states && row.state == ConnectionState::ESTABLISHED
}
