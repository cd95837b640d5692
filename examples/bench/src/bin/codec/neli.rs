//! The same with neli, as its examples do it.

use std::io::Cursor;
use std::net::IpAddr;

use ::neli::attr::Attribute;
use ::neli::consts::nl::NlmF;
use ::neli::genl::{AttrTypeBuilder, Genlmsghdr, GenlmsghdrBuilder, Nlattr, NlattrBuilder};
use ::neli::nl::{NlPayload, Nlmsghdr, NlmsghdrBuilder};
use ::neli::types::{Buffer, GenlBuffer};
use ::neli::{FromBytes, Size, ToBytes};
use ipvs_core::{Dest, ServiceKey};
use ipvs_sys::uapi::*;

use crate::flat;
use crate::ours::FAMILY;

type Generic = Genlmsghdr<u8, u16>;
type Attr = Nlattr<u16, Buffer>;

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
    let service = nest([
        attr(IPVS_SVC_ATTR_AF, 2_u16)?,
        attr(IPVS_SVC_ATTR_PROTOCOL, protocol.number())?,
        attr(IPVS_SVC_ATTR_ADDR, sixteen(address.octets()))?,
        attr(IPVS_SVC_ATTR_PORT, port.to_be())?,
    ]);
    let dest = nest([
        attr(IPVS_DEST_ATTR_ADDR_FAMILY, 2_u16)?,
        attr(IPVS_DEST_ATTR_ADDR, sixteen(server.octets()))?,
        attr(IPVS_DEST_ATTR_PORT, dest.key.port.to_be())?,
        attr(IPVS_DEST_ATTR_FWD_METHOD, u32::from(dest.forward.number()))?,
        attr(IPVS_DEST_ATTR_WEIGHT, dest.weight)?,
        attr(IPVS_DEST_ATTR_TUN_TYPE, dest.tunnel.kind.number())?,
        attr(IPVS_DEST_ATTR_TUN_PORT, dest.tunnel.port.to_be())?,
        attr(IPVS_DEST_ATTR_TUN_FLAGS, dest.tunnel.flags.bits())?,
        attr(IPVS_DEST_ATTR_U_THRESH, dest.upper_threshold)?,
        attr(IPVS_DEST_ATTR_L_THRESH, dest.lower_threshold)?,
    ]);
    let attrs = [
        attr(IPVS_CMD_ATTR_SERVICE, service)?,
        attr(IPVS_CMD_ATTR_DEST, dest)?,
    ];
    let generic = GenlmsghdrBuilder::default()
        .cmd(IPVS_CMD_NEW_DEST)
        .version(1)
        .attrs(nest(attrs))
        .build()
        .ok()?;
    let message = NlmsghdrBuilder::default()
        .nl_type(FAMILY)
        .nl_flags(NlmF::REQUEST)
        .nl_seq(1)
        .nl_payload(NlPayload::Payload(generic))
        .build()
        .ok()?;
    let mut bytes = Cursor::new(Vec::new());
    message.to_bytes(&mut bytes).ok()?;
    Some(bytes.into_inner())
}

fn nest<const N: usize>(attrs: [Attr; N]) -> GenlBuffer<u16, Buffer> {
    attrs.into_iter().collect()
}

fn attr<P: Size + ToBytes>(kind: u16, payload: P) -> Option<Attr> {
    let kind = AttrTypeBuilder::default().nla_type(kind).build().ok()?;
    NlattrBuilder::default()
        .nla_type(kind)
        .nla_payload(payload)
        .build()
        .ok()
}

fn sixteen([a, b, c, d]: [u8; 4]) -> Buffer {
    Buffer::from(vec![a, b, c, d, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
}

pub(crate) fn service(datagram: &[u8]) -> Option<flat::Service> {
    let mut service = flat::Service::default();
    let message = message(datagram)?;
    let nest = message.get_payload()?.attrs().get_attr_handle();
    let nest = nest
        .get_nested_attributes::<u16>(IPVS_CMD_ATTR_SERVICE)
        .ok()?;
    for attr in nest.iter() {
        match *attr.nla_type().nla_type() {
            IPVS_SVC_ATTR_AF => service.family = number(attr)?,
            IPVS_SVC_ATTR_PROTOCOL => service.protocol = number(attr)?,
            IPVS_SVC_ATTR_ADDR => service.address = bytes(attr)?,
            IPVS_SVC_ATTR_PORT => service.port = u16::from_be(number(attr)?),
            IPVS_SVC_ATTR_FWMARK => service.mark = number(attr)?,
            IPVS_SVC_ATTR_SCHED_NAME => service.scheduler = bytes(attr)?,
            IPVS_SVC_ATTR_PE_NAME => service.engine = bytes(attr)?,
            IPVS_SVC_ATTR_FLAGS => service.flags = number(attr)?,
            IPVS_SVC_ATTR_TIMEOUT => service.timeout = number(attr)?,
            IPVS_SVC_ATTR_NETMASK => service.netmask = number(attr)?,
            IPVS_SVC_ATTR_STATS64 => service.stats = stats(attr)?,
            _ => {}
        }
    }
    Some(service)
}

pub(crate) fn dest(datagram: &[u8]) -> Option<flat::Dest> {
    let mut dest = flat::Dest::default();
    let message = message(datagram)?;
    let nest = message.get_payload()?.attrs().get_attr_handle();
    let nest = nest.get_nested_attributes::<u16>(IPVS_CMD_ATTR_DEST).ok()?;
    for attr in nest.iter() {
        match *attr.nla_type().nla_type() {
            IPVS_DEST_ATTR_ADDR => dest.bytes = bytes(attr)?,
            IPVS_DEST_ATTR_PORT => dest.port = u16::from_be(number(attr)?),
            IPVS_DEST_ATTR_FWD_METHOD => dest.method = number(attr)?,
            IPVS_DEST_ATTR_WEIGHT => dest.weight = number(attr)?,
            IPVS_DEST_ATTR_U_THRESH => dest.upper = number(attr)?,
            IPVS_DEST_ATTR_L_THRESH => dest.lower = number(attr)?,
            IPVS_DEST_ATTR_ACTIVE_CONNS => dest.active = number(attr)?,
            IPVS_DEST_ATTR_INACT_CONNS => dest.inactive = number(attr)?,
            IPVS_DEST_ATTR_PERSIST_CONNS => dest.persistent = number(attr)?,
            IPVS_DEST_ATTR_ADDR_FAMILY => dest.family = number(attr)?,
            IPVS_DEST_ATTR_TUN_TYPE => dest.tunnel = number(attr)?,
            IPVS_DEST_ATTR_TUN_PORT => dest.tunnel_port = u16::from_be(number(attr)?),
            IPVS_DEST_ATTR_TUN_FLAGS => dest.tunnel_flags = number(attr)?,
            IPVS_DEST_ATTR_STATS64 => dest.stats = stats(attr)?,
            _ => {}
        }
    }
    Some(dest)
}

fn message(datagram: &[u8]) -> Option<Nlmsghdr<u16, Generic>> {
    Nlmsghdr::from_bytes(&mut Cursor::new(datagram)).ok()
}

fn stats(attr: &Attr) -> Option<[u64; 10]> {
    let mut stats = [0; 10];
    for attr in attr.get_attr_handle::<u16>().ok()?.iter() {
        let place = usize::from(*attr.nla_type().nla_type()).wrapping_sub(1);
        if let Some(slot) = stats.get_mut(place) {
            *slot = number(attr)?;
        }
    }
    Some(stats)
}

fn number<T: FromBytes>(attr: &Attr) -> Option<T> {
    attr.get_payload_as().ok()
}

/// Up to sixteen bytes, with zeros behind them.
fn bytes(attr: &Attr) -> Option<[u8; 16]> {
    let payload = attr.payload().as_ref();
    let mut bytes = [0; 16];
    bytes.get_mut(..payload.len())?.copy_from_slice(payload);
    Some(bytes)
}
