//! Advertisements and their bytes.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::num::NonZeroU8;
use std::time::Duration;

use super::{HOP_LIMIT, PROTOCOL, Refusal};
use crate::pulse::checksum::{internet, octets, pseudo_header};

/// Version 3, type 1 (advertisement).
const VERSION_AND_TYPE: u8 = 0x31;

/// What the IP header of a received packet says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Header {
    /// The sender.
    pub from: IpAddr,
    /// The group, or our own address.
    pub to: IpAddr,
    /// TTL of IPv4, hop limit of IPv6.
    pub hop_limit: u8,
}

/// The time between two advertisements: 1 to 4095 centiseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Interval(u16);

impl Interval {
    /// One second, the default of the RFC.
    pub const SECOND: Interval = Interval(100);

    /// Nothing unless `centiseconds` is 1 to 4095.
    pub const fn new(centiseconds: u16) -> Option<Self> {
        match centiseconds {
            1..=4095 => Some(Interval(centiseconds)),
            _ => None,
        }
    }

    /// 1 to 4095.
    pub const fn centiseconds(self) -> u16 {
        self.0
    }

    /// The same time.
    pub const fn duration(self) -> Duration {
        // A u16 fits; `from` is not const.
        Duration::from_millis(self.0 as u64 * 10)
    }
}

/// The addresses of a virtual router: 1 to 255, all of one family.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Addresses(Vec<IpAddr>);

impl Addresses {
    /// Nothing unless there are 1 to 255 addresses of one family. Under IPv6 the first
    /// should be link-local (RFC 9568, section 5.2.9).
    pub fn new(addresses: impl Into<Vec<IpAddr>>) -> Option<Self> {
        let addresses = addresses.into();
        let first = addresses.first()?;
        let alike = addresses
            .iter()
            .all(|other| other.is_ipv4() == first.is_ipv4());
        (alike && addresses.len() <= 255).then_some(Addresses(addresses))
    }

    /// In the order on the wire; never empty.
    pub fn as_slice(&self) -> &[IpAddr] {
        &self.0
    }

    /// Whether they are IPv4 addresses.
    pub fn is_ipv4(&self) -> bool {
        self.0.iter().all(IpAddr::is_ipv4)
    }

    fn count(&self) -> u8 {
        u8::try_from(self.0.len()).unwrap_or(u8::MAX)
    }
}

/// What the checksum of an IPv4 advertisement covers; under IPv6 there is no choice.
/// Implementations differ, so that either is taken when it is received.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Checksum {
    /// The packet and the pseudo-header, as keepalived sends it unless told otherwise.
    #[default]
    WithPseudoHeader,
    /// The packet alone, as in VRRPv2.
    Bare,
}

/// What an active router tells the others.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Advertisement {
    /// The virtual router, 1 to 255.
    pub vrid: NonZeroU8,
    /// 255 owns the addresses, 1 to 254 backs them up, 0 "I stop".
    pub priority: u8,
    /// How often the sender advertises.
    pub interval: Interval,
    /// What the virtual router answers to.
    pub addresses: Addresses,
}

impl Advertisement {
    /// The packet behind the IP header. `from` and `to` are that header's: the checksum
    /// covers them.
    pub fn encode(&self, from: IpAddr, to: IpAddr, checksum: Checksum) -> Vec<u8> {
        let [high, low] = self.interval.0.to_be_bytes();
        let head = [VERSION_AND_TYPE, self.vrid.get(), self.priority];
        let body = [self.addresses.count(), high, low];
        let addresses: Vec<u8> = self.addresses.0.iter().copied().flat_map(octets).collect();
        let unsigned = [&head[..], &body, &[0, 0], &addresses].concat();
        let sum = sum(from, to, checksum, &unsigned).to_be_bytes();
        [&head[..], &body, &sum, &addresses].concat()
    }

    /// What a received packet says.
    ///
    /// # Errors
    /// A [`Refusal`] for whatever the RFC says to discard, and for an advertisement
    /// without an address or with no time between two.
    pub fn decode(header: &Header, bytes: &[u8]) -> Result<Self, Refusal> {
        if header.hop_limit != HOP_LIMIT {
            return Err(Refusal::HopLimit(header.hop_limit));
        }
        let Some((&[first, vrid, priority, count, high, low, _, _], rest)) =
            bytes.split_first_chunk::<8>()
        else {
            return Err(Refusal::Length(bytes.len()));
        };
        match (first >> 4, first & 0xf) {
            (3, 1) => {}
            (3, other) => return Err(Refusal::Type(other)),
            (other, _) => return Err(Refusal::Version(other)),
        }
        let addresses = match header.from {
            IpAddr::V4(_) => split(rest, |bytes: [u8; 4]| Ipv4Addr::from(bytes).into()),
            IpAddr::V6(_) => split(rest, |bytes: [u8; 16]| Ipv6Addr::from(bytes).into()),
        };
        let addresses = addresses
            .filter(|addresses| addresses.len() == usize::from(count))
            .ok_or(Refusal::Length(bytes.len()))?;
        if !is_whole(header, bytes) {
            return Err(Refusal::Checksum);
        }
        // The four bits above the interval are reserved.
        let interval = u16::from_be_bytes([high & 0xf, low]);
        Ok(Advertisement {
            vrid: NonZeroU8::new(vrid).ok_or(Refusal::Router)?,
            priority,
            interval: Interval::new(interval).ok_or(Refusal::Interval)?,
            addresses: Addresses::new(addresses).ok_or(Refusal::Addresses)?,
        })
    }
}

/// The bytes cut into addresses of `N` bytes; nothing if some are left over.
fn split<const N: usize>(bytes: &[u8], address: fn([u8; N]) -> IpAddr) -> Option<Vec<IpAddr>> {
    let chunks = bytes.chunks(N).map(|chunk| chunk.try_into().ok());
    chunks.map(|chunk| chunk.map(address)).collect()
}

/// Whether the checksum in the packet is right, in either way under IPv4.
fn is_whole(header: &Header, bytes: &[u8]) -> bool {
    [Checksum::WithPseudoHeader, Checksum::Bare]
        .into_iter()
        .any(|checksum| sum(header.from, header.to, checksum, bytes) == 0)
}

fn sum(from: IpAddr, to: IpAddr, checksum: Checksum, bytes: &[u8]) -> u16 {
    if checksum == Checksum::Bare && from.is_ipv4() {
        return internet(&[bytes]);
    }
    let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
    internet(&[&pseudo_header(from, to, PROTOCOL, length), bytes])
}

#[cfg(test)]
mod tests;
