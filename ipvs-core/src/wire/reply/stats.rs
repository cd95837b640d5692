//! The counters of a service or a real server.

use crate::wire::WireError;
use crate::wire::attr::Attrs;
use crate::{Rates, Stats, StatsWidth};

/// The 64-bit numbers where there are any, else the 32-bit ones.
pub(super) fn read_stats(
    narrow: Option<Attrs<'_>>,
    wide: Option<Attrs<'_>>,
    name: &'static str,
) -> Result<Stats, WireError> {
    let (attrs, width) = match (wide, narrow) {
        (Some(wide), _) => (wide, StatsWidth::Bits64),
        (None, Some(narrow)) => (narrow, StatsWidth::Bits32),
        (None, None) => return Err(WireError::MissingAttribute { name }),
    };
    let numbers = match width {
        StatsWidth::Bits64 => stats_in_order(attrs.clone()),
        StatsWidth::Bits32 => None,
    };
    let numbers = match numbers {
        Some(numbers) => numbers.map(Some),
        None => stats_in_any_order(attrs, width)?,
    };
    let [
        conns,
        inpkts,
        outpkts,
        inbytes,
        outbytes,
        cps,
        inpps,
        outpps,
        inbps,
        outbps,
    ] = numbers;
    Ok(Stats {
        connections: need!(conns, IPVS_STATS_ATTR_CONNS),
        incoming_packets: need!(inpkts, IPVS_STATS_ATTR_INPKTS),
        outgoing_packets: need!(outpkts, IPVS_STATS_ATTR_OUTPKTS),
        incoming_bytes: need!(inbytes, IPVS_STATS_ATTR_INBYTES),
        outgoing_bytes: need!(outbytes, IPVS_STATS_ATTR_OUTBYTES),
        rates: Rates {
            connections: need!(cps, IPVS_STATS_ATTR_CPS),
            incoming_packets: need!(inpps, IPVS_STATS_ATTR_INPPS),
            outgoing_packets: need!(outpps, IPVS_STATS_ATTR_OUTPPS),
            incoming_bytes: need!(inbps, IPVS_STATS_ATTR_INBPS),
            outgoing_bytes: need!(outbps, IPVS_STATS_ATTR_OUTBPS),
        },
        width,
    })
}

/// The 64-bit numbers, if they are as every kernel yet writes them: all ten, one
/// behind the other.
fn stats_in_order(mut attrs: Attrs<'_>) -> Option<[u64; STATS.len()]> {
    let mut numbers = [0; STATS.len()];
    for (number, kind) in numbers.iter_mut().zip(1..) {
        *number = u64::from_ne_bytes(attrs.expect(kind)?);
    }
    attrs.is_empty().then_some(numbers)
}

/// The numbers that are there.
fn stats_in_any_order(
    attrs: Attrs<'_>,
    width: StatsWidth,
) -> Result<[Option<u64>; STATS.len()], WireError> {
    let mut numbers = [None; STATS.len()];
    for attr in attrs {
        let attr = attr?;
        let index = usize::from(attr.kind).checked_sub(1);
        let Some((index, field)) = index.and_then(|index| Some((index, STATS.get(index)?))) else {
            continue;
        };
        let number = match width {
            StatsWidth::Bits32 if !field.always_wide => attr.u32(field.name)?.into(),
            _ => attr.u64(field.name)?,
        };
        if let Some(slot) = numbers.get_mut(index) {
            *slot = Some(number);
        }
    }
    Ok(numbers)
}

/// The attributes of a stats nest, by their numbers from 1.
pub(super) const STATS: [StatsField; 10] = [
    field("IPVS_STATS_ATTR_CONNS", false),
    field("IPVS_STATS_ATTR_INPKTS", false),
    field("IPVS_STATS_ATTR_OUTPKTS", false),
    field("IPVS_STATS_ATTR_INBYTES", true),
    field("IPVS_STATS_ATTR_OUTBYTES", true),
    field("IPVS_STATS_ATTR_CPS", false),
    field("IPVS_STATS_ATTR_INPPS", false),
    field("IPVS_STATS_ATTR_OUTPPS", false),
    field("IPVS_STATS_ATTR_INBPS", false),
    field("IPVS_STATS_ATTR_OUTBPS", false),
];

pub(super) struct StatsField {
    pub(super) name: &'static str,
    /// Whether it has 64 bits in the 32-bit nest too.
    pub(super) always_wide: bool,
}

const fn field(name: &'static str, always_wide: bool) -> StatsField {
    StatsField { name, always_wide }
}
