//! Many services or dests at once, so that listings have parts and buffers run over.

use ipvs_sys::netlink::{NLM_F_ACK, NLM_F_REQUEST};
use ipvs_sys::uapi::*;

use crate::history::{Fill, Filling};
use crate::message::{Attribute, Message};

/// The requests: all of one length, so that a listing's parts do not depend on their order.
pub fn messages(fill: Fill) -> Vec<Message> {
    let flags = match fill.acknowledged {
        true => NLM_F_REQUEST | NLM_F_ACK,
        false => NLM_F_REQUEST,
    };
    let numbers = 1..=u16::try_from(fill.count).unwrap_or(u16::MAX);
    numbers
        .map(|number| match fill.what {
            Filling::Services => Message::new(IPVS_CMD_NEW_SERVICE, flags, vec![service(number)]),
            Filling::Dests => {
                Message::new(IPVS_CMD_NEW_DEST, flags, vec![service(1), dest(number)])
            }
        })
        .collect()
}

fn service(port: u16) -> Attribute {
    let attributes = [
        (IPVS_SVC_ATTR_AF, 2_u16.to_ne_bytes().to_vec()),
        (IPVS_SVC_ATTR_PROTOCOL, 6_u16.to_ne_bytes().to_vec()),
        (IPVS_SVC_ATTR_ADDR, vec![198, 51, 100, 1]),
        (IPVS_SVC_ATTR_PORT, port.to_be_bytes().to_vec()),
        (IPVS_SVC_ATTR_SCHED_NAME, b"rr\0".to_vec()),
        (IPVS_SVC_ATTR_FLAGS, vec![0; 8]),
        (IPVS_SVC_ATTR_TIMEOUT, vec![0; 4]),
        (IPVS_SVC_ATTR_NETMASK, vec![0xff; 4]),
    ];
    nest(IPVS_CMD_ATTR_SERVICE, attributes.into())
}

fn dest(port: u16) -> Attribute {
    let attributes = [
        (IPVS_DEST_ATTR_ADDR, vec![10, 0, 3, 100]),
        (IPVS_DEST_ATTR_PORT, port.to_be_bytes().to_vec()),
        (IPVS_DEST_ATTR_FWD_METHOD, vec![0; 4]),
        (IPVS_DEST_ATTR_WEIGHT, 1_u32.to_ne_bytes().to_vec()),
        (IPVS_DEST_ATTR_U_THRESH, vec![0; 4]),
        (IPVS_DEST_ATTR_L_THRESH, vec![0; 4]),
    ];
    nest(IPVS_CMD_ATTR_DEST, attributes.into())
}

fn nest(kind: u16, attributes: Vec<(u16, Vec<u8>)>) -> Attribute {
    let attributes = attributes.into_iter();
    Attribute::Nest(
        kind,
        attributes
            .map(|(kind, value)| Attribute::Bytes(kind, value))
            .collect(),
    )
}
