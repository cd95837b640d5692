//! The same with netlink-packet-core and netlink-packet-generic: an enum of the attributes, as
//! their families have it.

use std::net::{IpAddr, Ipv4Addr};

use ipvs_core::{Dest, ServiceKey};
use ipvs_sys::uapi::*;
use netlink_packet_core::{
    DecodeError, Emitable, NLA_F_NESTED, NLM_F_REQUEST, NetlinkHeader, NetlinkMessage,
    NetlinkPayload, Nla, NlaBuffer, NlasIterator, Parseable, ParseableParametrized, emit_u16,
    emit_u16_be, emit_u32, parse_u8, parse_u16, parse_u16_be, parse_u32, parse_u64,
};
use netlink_packet_generic::{GenlFamily, GenlHeader, GenlMessage};

use crate::flat;
use crate::ours::FAMILY;

/// A message of the family.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Ipvs {
    command: u8,
    attributes: Vec<CommandAttribute>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum CommandAttribute {
    Service(Vec<ServiceAttribute>),
    Dest(Vec<DestAttribute>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum ServiceAttribute {
    Family(u16),
    Protocol(u16),
    Address([u8; 16]),
    Port(u16),
    Mark(u32),
    Scheduler([u8; 16]),
    Engine([u8; 16]),
    Flags(u32),
    Timeout(u32),
    Netmask(u32),
    Stats64(Vec<StatsAttribute>),
    Other(u16),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum DestAttribute {
    Address([u8; 16]),
    Port(u16),
    Method(u32),
    Weight(u32),
    Upper(u32),
    Lower(u32),
    Active(u32),
    Inactive(u32),
    Persistent(u32),
    Family(u16),
    Tunnel(u8),
    TunnelPort(u16),
    TunnelFlags(u16),
    Stats64(Vec<StatsAttribute>),
    Other(u16),
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct StatsAttribute {
    kind: u16,
    value: u64,
}

pub(crate) fn encode(key: &ServiceKey, dest: &Dest) -> Option<Vec<u8>> {
    let ServiceKey::Address {
        protocol,
        address: IpAddr::V4(address),
        port,
    } = *key
    else {
        return None;
    };
    let IpAddr::V4(server) = dest.key.address else {
        return None;
    };
    use {DestAttribute as D, ServiceAttribute as S};
    let service = vec![
        S::Family(2),
        S::Protocol(protocol.number()),
        S::Address(sixteen(address)),
        S::Port(port),
    ];
    let dest = vec![
        D::Family(2),
        D::Address(sixteen(server)),
        D::Port(dest.key.port),
        D::Method(dest.forward.number().into()),
        D::Weight(dest.weight),
        D::Tunnel(dest.tunnel.kind.number()),
        D::TunnelPort(dest.tunnel.port),
        D::TunnelFlags(dest.tunnel.flags.bits()),
        D::Upper(dest.upper_threshold),
        D::Lower(dest.lower_threshold),
    ];
    let mut generic = GenlMessage::from_payload(Ipvs {
        command: IPVS_CMD_NEW_DEST,
        attributes: vec![
            CommandAttribute::Service(service),
            CommandAttribute::Dest(dest),
        ],
    });
    generic.set_resolved_family_id(FAMILY);
    let mut header = NetlinkHeader::default();
    header.flags = NLM_F_REQUEST;
    header.sequence_number = 1;
    let mut message = NetlinkMessage::new(header, NetlinkPayload::from(generic));
    message.finalize();
    let mut bytes = vec![0; message.buffer_len()];
    message.serialize(&mut bytes);
    Some(bytes)
}

fn sixteen(address: Ipv4Addr) -> [u8; 16] {
    let [a, b, c, d] = address.octets();
    [a, b, c, d, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
}

pub(crate) fn service(datagram: &[u8]) -> Option<flat::Service> {
    let CommandAttribute::Service(attributes) = only_attribute(datagram)? else {
        return None;
    };
    let mut service = flat::Service::default();
    for attribute in attributes {
        use ServiceAttribute as S;
        match attribute {
            S::Family(family) => service.family = family,
            S::Protocol(protocol) => service.protocol = protocol,
            S::Address(address) => service.address = address,
            S::Port(port) => service.port = port,
            S::Mark(mark) => service.mark = mark,
            S::Scheduler(name) => service.scheduler = name,
            S::Engine(name) => service.engine = name,
            S::Flags(flags) => service.flags = flags,
            S::Timeout(timeout) => service.timeout = timeout,
            S::Netmask(mask) => service.netmask = mask,
            S::Stats64(counters) => service.stats = stats(counters),
            S::Other(_) => {}
        }
    }
    Some(service)
}

pub(crate) fn dest(datagram: &[u8]) -> Option<flat::Dest> {
    let CommandAttribute::Dest(attributes) = only_attribute(datagram)? else {
        return None;
    };
    let mut dest = flat::Dest::default();
    for attribute in attributes {
        use DestAttribute as D;
        match attribute {
            D::Address(address) => dest.bytes = address,
            D::Port(port) => dest.port = port,
            D::Method(method) => dest.method = method,
            D::Weight(weight) => dest.weight = weight,
            D::Upper(threshold) => dest.upper = threshold,
            D::Lower(threshold) => dest.lower = threshold,
            D::Active(connections) => dest.active = connections,
            D::Inactive(connections) => dest.inactive = connections,
            D::Persistent(connections) => dest.persistent = connections,
            D::Family(family) => dest.family = family,
            D::Tunnel(kind) => dest.tunnel = kind,
            D::TunnelPort(port) => dest.tunnel_port = port,
            D::TunnelFlags(flags) => dest.tunnel_flags = flags,
            D::Stats64(counters) => dest.stats = stats(counters),
            D::Other(_) => {}
        }
    }
    Some(dest)
}

fn only_attribute(datagram: &[u8]) -> Option<CommandAttribute> {
    let message = NetlinkMessage::<GenlMessage<Ipvs>>::deserialize(datagram).ok()?;
    match message.payload {
        NetlinkPayload::InnerMessage(mut generic) => generic.payload.attributes.pop(),
        _ => None,
    }
}

fn stats(counters: Vec<StatsAttribute>) -> [u64; 10] {
    let mut stats = [0; 10];
    for StatsAttribute { kind, value } in counters {
        if let Some(slot) = stats.get_mut(usize::from(kind).wrapping_sub(1)) {
            *slot = value;
        }
    }
    stats
}

impl GenlFamily for Ipvs {
    fn family_name() -> &'static str {
        "IPVS"
    }

    fn command(&self) -> u8 {
        self.command
    }

    fn version(&self) -> u8 {
        1
    }
}

impl Emitable for Ipvs {
    fn buffer_len(&self) -> usize {
        self.attributes.as_slice().buffer_len()
    }

    fn emit(&self, buffer: &mut [u8]) {
        self.attributes.as_slice().emit(buffer);
    }
}

impl ParseableParametrized<[u8], GenlHeader> for Ipvs {
    fn parse_with_param(bytes: &[u8], header: GenlHeader) -> Result<Self, DecodeError> {
        Ok(Ipvs {
            command: header.cmd,
            attributes: NlasIterator::new(bytes)
                .map(|attribute| CommandAttribute::parse(&attribute?))
                .collect::<Result<_, _>>()?,
        })
    }
}

impl Nla for CommandAttribute {
    fn value_len(&self) -> usize {
        match self {
            CommandAttribute::Service(attributes) => attributes.as_slice().buffer_len(),
            CommandAttribute::Dest(attributes) => attributes.as_slice().buffer_len(),
        }
    }

    fn kind(&self) -> u16 {
        NLA_F_NESTED
            | match self {
                CommandAttribute::Service(_) => IPVS_CMD_ATTR_SERVICE,
                CommandAttribute::Dest(_) => IPVS_CMD_ATTR_DEST,
            }
    }

    fn emit_value(&self, buffer: &mut [u8]) {
        match self {
            CommandAttribute::Service(attributes) => attributes.as_slice().emit(buffer),
            CommandAttribute::Dest(attributes) => attributes.as_slice().emit(buffer),
        }
    }
}

impl<'b> Parseable<NlaBuffer<&'b [u8]>> for CommandAttribute {
    fn parse(attribute: &NlaBuffer<&'b [u8]>) -> Result<Self, DecodeError> {
        let value = attribute.value();
        Ok(match attribute.kind() {
            IPVS_CMD_ATTR_SERVICE => CommandAttribute::Service(parse_service(value)?),
            IPVS_CMD_ATTR_DEST => CommandAttribute::Dest(parse_dest(value)?),
            kind => return Err(DecodeError::from(format!("attribute {kind} is unknown"))),
        })
    }
}

fn parse_service(bytes: &[u8]) -> Result<Vec<ServiceAttribute>, DecodeError> {
    NlasIterator::new(bytes)
        .map(|attribute| ServiceAttribute::parse(&attribute?))
        .collect()
}

fn parse_dest(bytes: &[u8]) -> Result<Vec<DestAttribute>, DecodeError> {
    NlasIterator::new(bytes)
        .map(|attribute| DestAttribute::parse(&attribute?))
        .collect()
}

fn parse_stats(bytes: &[u8]) -> Result<Vec<StatsAttribute>, DecodeError> {
    NlasIterator::new(bytes)
        .map(|attribute| {
            let attribute = attribute?;
            let kind = attribute.kind();
            // The padding between them is an attribute too.
            let value = match attribute.value() {
                [] => 0,
                value => parse_u64(value)?,
            };
            Ok(StatsAttribute { kind, value })
        })
        .collect()
}

impl Nla for ServiceAttribute {
    fn value_len(&self) -> usize {
        use ServiceAttribute as S;
        match self {
            S::Family(_) | S::Protocol(_) | S::Port(_) => 2,
            S::Address(_) | S::Scheduler(_) | S::Engine(_) => 16,
            S::Mark(_) | S::Flags(_) | S::Timeout(_) | S::Netmask(_) => 4,
            S::Stats64(_) | S::Other(_) => 0,
        }
    }

    fn kind(&self) -> u16 {
        use ServiceAttribute as S;
        match self {
            S::Family(_) => IPVS_SVC_ATTR_AF,
            S::Protocol(_) => IPVS_SVC_ATTR_PROTOCOL,
            S::Address(_) => IPVS_SVC_ATTR_ADDR,
            S::Port(_) => IPVS_SVC_ATTR_PORT,
            S::Mark(_) => IPVS_SVC_ATTR_FWMARK,
            S::Scheduler(_) => IPVS_SVC_ATTR_SCHED_NAME,
            S::Engine(_) => IPVS_SVC_ATTR_PE_NAME,
            S::Flags(_) => IPVS_SVC_ATTR_FLAGS,
            S::Timeout(_) => IPVS_SVC_ATTR_TIMEOUT,
            S::Netmask(_) => IPVS_SVC_ATTR_NETMASK,
            S::Stats64(_) => IPVS_SVC_ATTR_STATS64,
            S::Other(kind) => *kind,
        }
    }

    fn emit_value(&self, buffer: &mut [u8]) {
        use ServiceAttribute as S;
        match self {
            S::Family(number) | S::Protocol(number) => emit(emit_u16(buffer, *number)),
            S::Port(port) => emit(emit_u16_be(buffer, *port)),
            S::Address(bytes) | S::Scheduler(bytes) | S::Engine(bytes) => {
                buffer.copy_from_slice(bytes);
            }
            S::Mark(number) | S::Flags(number) | S::Timeout(number) | S::Netmask(number) => {
                emit(emit_u32(buffer, *number));
            }
            S::Stats64(_) | S::Other(_) => {}
        }
    }
}

impl<'b> Parseable<NlaBuffer<&'b [u8]>> for ServiceAttribute {
    fn parse(attribute: &NlaBuffer<&'b [u8]>) -> Result<Self, DecodeError> {
        use ServiceAttribute as S;
        let value = attribute.value();
        Ok(match attribute.kind() {
            IPVS_SVC_ATTR_AF => S::Family(parse_u16(value)?),
            IPVS_SVC_ATTR_PROTOCOL => S::Protocol(parse_u16(value)?),
            IPVS_SVC_ATTR_ADDR => S::Address(parse_bytes(value)?),
            IPVS_SVC_ATTR_PORT => S::Port(parse_u16_be(value)?),
            IPVS_SVC_ATTR_FWMARK => S::Mark(parse_u32(value)?),
            IPVS_SVC_ATTR_SCHED_NAME => S::Scheduler(parse_bytes(value)?),
            IPVS_SVC_ATTR_PE_NAME => S::Engine(parse_bytes(value)?),
            // The flags, and a mask behind them.
            IPVS_SVC_ATTR_FLAGS => S::Flags(parse_u32(value.get(..4).unwrap_or_default())?),
            IPVS_SVC_ATTR_TIMEOUT => S::Timeout(parse_u32(value)?),
            IPVS_SVC_ATTR_NETMASK => S::Netmask(parse_u32(value)?),
            IPVS_SVC_ATTR_STATS64 => S::Stats64(parse_stats(value)?),
            kind => S::Other(kind),
        })
    }
}

impl Nla for DestAttribute {
    fn value_len(&self) -> usize {
        use DestAttribute as D;
        match self {
            D::Tunnel(_) => 1,
            D::Port(_) | D::Family(_) | D::TunnelPort(_) | D::TunnelFlags(_) => 2,
            D::Method(_) | D::Weight(_) | D::Upper(_) | D::Lower(_) => 4,
            D::Active(_) | D::Inactive(_) | D::Persistent(_) => 4,
            D::Address(_) => 16,
            D::Stats64(_) | D::Other(_) => 0,
        }
    }

    fn kind(&self) -> u16 {
        use DestAttribute as D;
        match self {
            D::Address(_) => IPVS_DEST_ATTR_ADDR,
            D::Port(_) => IPVS_DEST_ATTR_PORT,
            D::Method(_) => IPVS_DEST_ATTR_FWD_METHOD,
            D::Weight(_) => IPVS_DEST_ATTR_WEIGHT,
            D::Upper(_) => IPVS_DEST_ATTR_U_THRESH,
            D::Lower(_) => IPVS_DEST_ATTR_L_THRESH,
            D::Active(_) => IPVS_DEST_ATTR_ACTIVE_CONNS,
            D::Inactive(_) => IPVS_DEST_ATTR_INACT_CONNS,
            D::Persistent(_) => IPVS_DEST_ATTR_PERSIST_CONNS,
            D::Family(_) => IPVS_DEST_ATTR_ADDR_FAMILY,
            D::Tunnel(_) => IPVS_DEST_ATTR_TUN_TYPE,
            D::TunnelPort(_) => IPVS_DEST_ATTR_TUN_PORT,
            D::TunnelFlags(_) => IPVS_DEST_ATTR_TUN_FLAGS,
            D::Stats64(_) => IPVS_DEST_ATTR_STATS64,
            D::Other(kind) => *kind,
        }
    }

    fn emit_value(&self, buffer: &mut [u8]) {
        use DestAttribute as D;
        match self {
            D::Address(bytes) => buffer.copy_from_slice(bytes),
            D::Port(port) | D::TunnelPort(port) => emit(emit_u16_be(buffer, *port)),
            D::Family(number) | D::TunnelFlags(number) => emit(emit_u16(buffer, *number)),
            D::Tunnel(kind) => buffer.copy_from_slice(&[*kind]),
            D::Method(number) | D::Weight(number) | D::Upper(number) | D::Lower(number) => {
                emit(emit_u32(buffer, *number));
            }
            D::Active(number) | D::Inactive(number) | D::Persistent(number) => {
                emit(emit_u32(buffer, *number));
            }
            D::Stats64(_) | D::Other(_) => {}
        }
    }
}

impl<'b> Parseable<NlaBuffer<&'b [u8]>> for DestAttribute {
    fn parse(attribute: &NlaBuffer<&'b [u8]>) -> Result<Self, DecodeError> {
        use DestAttribute as D;
        let value = attribute.value();
        Ok(match attribute.kind() {
            IPVS_DEST_ATTR_ADDR => D::Address(parse_bytes(value)?),
            IPVS_DEST_ATTR_PORT => D::Port(parse_u16_be(value)?),
            IPVS_DEST_ATTR_FWD_METHOD => D::Method(parse_u32(value)?),
            IPVS_DEST_ATTR_WEIGHT => D::Weight(parse_u32(value)?),
            IPVS_DEST_ATTR_U_THRESH => D::Upper(parse_u32(value)?),
            IPVS_DEST_ATTR_L_THRESH => D::Lower(parse_u32(value)?),
            IPVS_DEST_ATTR_ACTIVE_CONNS => D::Active(parse_u32(value)?),
            IPVS_DEST_ATTR_INACT_CONNS => D::Inactive(parse_u32(value)?),
            IPVS_DEST_ATTR_PERSIST_CONNS => D::Persistent(parse_u32(value)?),
            IPVS_DEST_ATTR_ADDR_FAMILY => D::Family(parse_u16(value)?),
            IPVS_DEST_ATTR_TUN_TYPE => D::Tunnel(parse_u8(value)?),
            IPVS_DEST_ATTR_TUN_PORT => D::TunnelPort(parse_u16_be(value)?),
            IPVS_DEST_ATTR_TUN_FLAGS => D::TunnelFlags(parse_u16(value)?),
            IPVS_DEST_ATTR_STATS64 => D::Stats64(parse_stats(value)?),
            kind => D::Other(kind),
        })
    }
}

/// The buffer is as long as `value_len` says.
fn emit(emitted: Result<(), DecodeError>) {
    debug_assert!(emitted.is_ok());
}

/// Up to sixteen bytes, with zeros behind them.
fn parse_bytes(value: &[u8]) -> Result<[u8; 16], DecodeError> {
    let mut bytes = [0; 16];
    match bytes.get_mut(..value.len()) {
        Some(place) => place.copy_from_slice(value),
        None => return Err(DecodeError::from("more than sixteen bytes".to_owned())),
    }
    Ok(bytes)
}
