//! Why a packet is not taken for an advertisement.

/// What is wrong with a packet (RFC 9568, section 7.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Refusal {
    /// It was routed, or never came from this link.
    #[error("hop limit {0} instead of 255")]
    HopLimit(u8),
    /// It ends too early, or goes on behind its addresses.
    #[error("{0} bytes, which is not the length that it tells")]
    Length(usize),
    /// VRRPv2, or something unknown.
    #[error("VRRP version {0} instead of 3")]
    Version(u8),
    /// No advertisement.
    #[error("type {0} instead of 1 (advertisement)")]
    Type(u8),
    /// It was damaged on its way.
    #[error("wrong checksum")]
    Checksum,
    /// Virtual router 0 does not exist.
    #[error("virtual router 0")]
    Router,
    /// An interval of no time would make everybody active.
    #[error("advertisement interval 0")]
    Interval,
    /// An advertisement without an address says nothing.
    #[error("no address")]
    Addresses,
    /// It belongs to another virtual router.
    #[error("virtual router {0} is not ours")]
    Stranger(u8),
    /// The owner of the addresses yields to nobody.
    #[error("another router claims the addresses that are our own")]
    Owned,
}
