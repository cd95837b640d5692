//! What a site of any kernel has: one that runs, or one in memory.

use std::net::IpAddr;

use ipvs_core::{
    Checks, Client, Dest, DestEntry, DestKey, ForwardMethod, Options, Service, ServiceKey,
};

use super::Site;
use crate::raw::Raw;

impl Site {
    /// A client of the namespace that leaves every judgement to the kernel.
    pub fn unchecked(&self) -> Client {
        self.open(Options::new().with_checks(Checks::Kernel))
    }

    /// Requests that no typed API can express.
    pub fn raw(&self) -> Raw {
        Raw::new(self.socket())
    }

    /// Adds the service of a key and reads it back.
    pub fn add(&self, key: &str) -> ServiceKey {
        let key: ServiceKey = key.parse().unwrap();
        self.client.add_service(&Service::new(key)).unwrap();
        key
    }

    /// The configuration of every service, sorted.
    pub fn services(&self) -> Vec<Service> {
        let entries = self.client.services().unwrap();
        entries.iter().map(|entry| entry.service).collect()
    }

    /// The configuration of every dest of a service, sorted.
    pub fn dests(&self, service: &ServiceKey) -> Vec<Dest> {
        let entries = self.client.dests(service).unwrap();
        entries.iter().map(|entry| entry.dest).collect()
    }

    /// The only dest of a service.
    pub fn only_dest(&self, service: &ServiceKey) -> DestEntry {
        let dests = self.client.dests(service).unwrap();
        assert_eq!(dests.len(), 1, "{dests:?}");
        dests[0]
    }
}

/// A masquerading dest, from text such as `10.0.3.100:80`.
pub fn masquerade(key: &str) -> Dest {
    let key: DestKey = key.parse().unwrap();
    Dest::new(key.address, key.port, ForwardMethod::MASQUERADE)
}

/// An address from text.
pub fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}
