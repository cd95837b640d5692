//! This library's codec.

use std::time::Duration;

use ipvs_core::wire::exchange::{Exchange, Expect};
use ipvs_core::wire::message::{Content, Messages};
use ipvs_core::wire::reply;
use ipvs_core::wire::request::Request;
use ipvs_core::{Dest, DestEntry, Family, ServiceEntry, ServiceKey};

/// The family's number, which does not matter here.
pub(crate) const FAMILY: u16 = 32;

pub(crate) struct Encoder(Exchange);

impl Encoder {
    pub(crate) fn new() -> Self {
        Encoder(Exchange::new(1, Duration::ZERO))
    }

    pub(crate) fn restart(&mut self) {
        self.0.restart();
    }

    pub(crate) fn push(&mut self, key: &ServiceKey, dest: &Dest) -> Option<usize> {
        let request = Request::NewDest(key, dest);
        request
            .push_expecting(&mut self.0, FAMILY, Expect::Silent)
            .ok()
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.0.bytes()
    }
}

pub(crate) fn service(datagram: &[u8]) -> Option<ServiceEntry> {
    reply::service(attributes(datagram)?).ok()
}

pub(crate) fn dest(datagram: &[u8]) -> Option<DestEntry> {
    reply::dest(attributes(datagram)?, Family::V4).ok()
}

fn attributes(datagram: &[u8]) -> Option<&[u8]> {
    match Messages::new(datagram).next()?.ok()?.content().ok()? {
        Content::Generic(generic) => Some(generic.attributes),
        _ => None,
    }
}
