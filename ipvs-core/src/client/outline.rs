//! Reading for a plan: the configuration and the connections, without the counters.

use std::collections::HashSet;

use ipvs_sys::sockopt::{IP_VS_SO_GET_DESTS, IP_VS_SO_GET_SERVICE};

use super::Client;
use super::read::{Passes, in_order};
use super::report::About;
use crate::door::Legacy;
use crate::wire::legacy;
use crate::{DestEntry, Error, Op, Plan, Scope, ServiceKey, Table};

impl Client {
    /// Reads what is there, and plans what turns it into `wanted`, within `scope`.
    ///
    /// It is [`Plan::new`] over a [`list`](Self::list), at a fraction of its cost: what no
    /// plan needs is not read, which are the counters, and the dests of services that are not
    /// in `wanted`. The dests of IPv4 services come through the kernel's older interface
    /// where that tells everything about them (of tunnels it does not).
    ///
    /// Like `list`, it reads once, and [`apply`](Self::apply) reads again whatever it touches.
    ///
    /// # Errors
    ///
    /// Those of [`Plan::new`]; `PermissionDenied`, `TimedOut`.
    pub fn plan(&self, wanted: &Table, scope: &Scope) -> Result<Plan, Error> {
        let about = About::new(Op::List);
        let outline = Outline::of(self);
        let keys: HashSet<ServiceKey> = wanted
            .services
            .iter()
            .map(|held| held.service.key)
            .collect();
        let seen = self.pass(&about, |key| {
            if keys.contains(key) {
                outline.dests(self, &about, key)
            } else {
                Ok(Vec::new())
            }
        })?;
        Plan::new(&seen, wanted, scope)
    }
}

/// Reads the dests of services without their counters.
#[derive(Debug)]
pub(super) struct Outline {
    legacy: Option<Box<dyn Legacy>>,
}

impl Outline {
    pub(super) fn of(client: &Client) -> Self {
        let legacy = client.opener.legacy();
        Outline { legacy }
    }

    /// The dests of a service, sorted by key; none if there is no such service.
    pub(super) fn dests(
        &self,
        client: &Client,
        about: &About,
        service: &ServiceKey,
    ) -> Result<Vec<DestEntry>, Error> {
        match self.cheaply(service) {
            Some(dests) => Ok(dests),
            // It tells what is wrong, too.
            None => client.list_dests(about, service, Passes::One),
        }
    }

    /// Through the older interface, if that tells of all of them, and all about them.
    fn cheaply(&self, service: &ServiceKey) -> Option<Vec<DestEntry>> {
        let door = self.legacy.as_deref()?;
        let mut answer = legacy::ask_service(service)?;
        door.get(IP_VS_SO_GET_SERVICE, &mut answer).ok()?;
        let count = legacy::dest_count(&answer)?;
        // With room for one that comes meanwhile, so that it is noticed.
        let mut answer = legacy::ask_dests(service, count.checked_add(1)?)?;
        door.get(IP_VS_SO_GET_DESTS, &mut answer).ok()?;
        let dests: Vec<DestEntry> = legacy::dests(&answer).collect::<Option<_>>()?;
        (dests.len() == count).then(|| in_order(dests, |entry| entry.dest.key))
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    /// An older interface that says that a service has `count` dests, and tells of `told` at
    /// most: their hosts and flags.
    #[derive(Debug)]
    struct Older {
        count: u32,
        told: Vec<(u8, u32)>,
    }

    impl Legacy for Older {
        fn get(&self, option: i32, buffer: &mut [u8]) -> io::Result<()> {
            if option == IP_VS_SO_GET_SERVICE {
                buffer[44..48].copy_from_slice(&self.count.to_ne_bytes());
                return Ok(());
            }
            for (entry, (host, flags)) in buffer[24..].chunks_exact_mut(96).zip(&self.told) {
                entry.fill(0);
                entry[..4].copy_from_slice(&[10, 0, 0, *host]);
                entry[8..12].copy_from_slice(&flags.to_ne_bytes());
            }
            Ok(())
        }
    }

    /// The hosts that are found cheaply.
    fn hosts(count: u32, told: &[(u8, u32)]) -> Option<Vec<String>> {
        let told = told.to_vec();
        let legacy: Option<Box<dyn Legacy>> = Some(Box::new(Older { count, told }));
        let dests = Outline { legacy }.cheaply(&ServiceKey::tcp([192, 0, 2, 1], 80))?;
        Some(
            dests
                .iter()
                .map(|entry| entry.dest.key.to_string())
                .collect(),
        )
    }

    #[test]
    fn what_is_all_told_is_taken_in_the_order_of_keys() {
        assert_eq!(hosts(0, &[]), Some(vec![]));
        let found = hosts(3, &[(2, 0), (3, 3), (1, 0)]).unwrap();
        assert_eq!(found, ["10.0.0.1:0", "10.0.0.2:0", "10.0.0.3:0"]);
    }

    #[test]
    fn what_is_not_all_told_is_left_to_netlink() {
        // One is of another family, one came meanwhile, one is a tunnel's.
        assert_eq!(hosts(2, &[(1, 0)]), None);
        assert_eq!(hosts(1, &[(1, 0), (2, 0)]), None);
        assert_eq!(hosts(2, &[(1, 0), (2, 2)]), None);
        assert_eq!(hosts(u32::MAX, &[]), None);
    }

    #[test]
    fn without_an_older_interface_there_is_netlink() {
        let outline = Outline { legacy: None };
        assert_eq!(outline.cheaply(&ServiceKey::tcp([192, 0, 2, 1], 80)), None);
    }
}
