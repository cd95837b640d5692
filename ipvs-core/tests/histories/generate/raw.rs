//! Random raw requests: right ones, each then spoiled now and then.

use std::net::IpAddr;

use ipvs_sys::netlink::*;
use ipvs_sys::uapi::*;

use super::pools::*;
use crate::dice::Dice;
use crate::message::{Addressee, Attribute, Message};

/// How often which command is sent.
const COMMANDS: &[(usize, u8)] = &[
    (9, IPVS_CMD_NEW_SERVICE),
    (4, IPVS_CMD_SET_SERVICE),
    (3, IPVS_CMD_DEL_SERVICE),
    (8, IPVS_CMD_GET_SERVICE),
    (12, IPVS_CMD_NEW_DEST),
    (5, IPVS_CMD_SET_DEST),
    (4, IPVS_CMD_DEL_DEST),
    (6, IPVS_CMD_GET_DEST),
    (2, IPVS_CMD_NEW_DAEMON),
    (2, IPVS_CMD_DEL_DAEMON),
    (2, IPVS_CMD_GET_DAEMON),
    (3, IPVS_CMD_SET_CONFIG),
    (2, IPVS_CMD_GET_CONFIG),
    (1, IPVS_CMD_SET_INFO),
    (2, IPVS_CMD_GET_INFO),
    (2, IPVS_CMD_ZERO),
    (1, IPVS_CMD_FLUSH),
];

pub fn message(dice: &mut Dice) -> Message {
    if dice.once_in(25) {
        return controller(dice);
    }
    let command = dice.weigh(COMMANDS);
    let mut message = Message::new(command, flags(dice, command), attributes(dice, command));
    if dice.once_in(4) {
        spoil(dice, &mut message);
    }
    message
}

fn flags(dice: &mut Dice, command: u8) -> u16 {
    let listing = [IPVS_CMD_GET_DEST, IPVS_CMD_GET_DAEMON].contains(&command)
        || command == IPVS_CMD_GET_SERVICE && dice.once_in(2);
    let ack = if dice.once_in(4) { 0 } else { NLM_F_ACK };
    match listing {
        true => NLM_F_REQUEST | NLM_F_DUMP,
        false => NLM_F_REQUEST | ack,
    }
}

fn attributes(dice: &mut Dice, command: u8) -> Vec<Attribute> {
    match command {
        IPVS_CMD_NEW_SERVICE | IPVS_CMD_SET_SERVICE => vec![service(dice)],
        IPVS_CMD_DEL_SERVICE | IPVS_CMD_GET_SERVICE | IPVS_CMD_GET_DEST => vec![service_key(dice)],
        IPVS_CMD_NEW_DEST | IPVS_CMD_SET_DEST => vec![service_key(dice), dest(dice)],
        IPVS_CMD_DEL_DEST => vec![service_key(dice), dest_key(dice)],
        IPVS_CMD_NEW_DAEMON | IPVS_CMD_DEL_DAEMON => vec![daemon(dice)],
        IPVS_CMD_SET_CONFIG => {
            let kinds = IPVS_CMD_ATTR_TIMEOUT_TCP..=IPVS_CMD_ATTR_TIMEOUT_UDP;
            kinds
                .map(|kind| u32(kind, dice.weigh(CONFIG_TIMEOUTS)))
                .collect()
        }
        IPVS_CMD_ZERO if dice.once_in(2) => vec![service_key(dice)],
        _ => Vec::new(),
    }
}

/// To the family that knows the others: by name, by number, all of them, nonsense.
fn controller(dice: &mut Dice) -> Message {
    let names: [&[u8]; 4] = [b"IPVS\0", b"IPVS", b"ipvs\0", b"nosuch\0"];
    let name = Attribute::Bytes(2, dice.pick(&names).to_vec());
    let by_number = Attribute::Bytes(1, dice.pick(&[GENL_ID_CTRL, 0x3ff]).to_ne_bytes().to_vec());
    let attributes = match dice.throw(6) {
        0 => vec![by_number],
        1 => Vec::new(),
        _ => vec![name],
    };
    let command = dice.weigh(&[
        (8, CTRL_CMD_GETFAMILY),
        (2, CTRL_CMD_GETPOLICY),
        (1, 0),
        (1, CTRL_CMD_NEWFAMILY),
        (1, 99),
    ]);
    let flags = match command {
        CTRL_CMD_GETPOLICY => NLM_F_REQUEST | NLM_F_DUMP,
        _ => dice.pick(&[NLM_F_REQUEST, NLM_F_REQUEST | NLM_F_ACK, 0, NLM_F_ACK]),
    };
    Message {
        to: Addressee::Control,
        ..Message::new(command, flags, attributes)
    }
}

fn service_key(dice: &mut Dice) -> Attribute {
    let address = address(dice.weigh(SERVICE_ADDRESSES));
    let mut nest = vec![u16(IPVS_SVC_ATTR_AF, family(address))];
    if dice.once_in(5) {
        nest.push(u32(IPVS_SVC_ATTR_FWMARK, dice.weigh(MARKS)));
    } else {
        nest.push(u16(IPVS_SVC_ATTR_PROTOCOL, dice.weigh(PROTOCOLS)));
        nest.push(Attribute::Bytes(IPVS_SVC_ATTR_ADDR, octets(address)));
        nest.push(be16(IPVS_SVC_ATTR_PORT, dice.weigh(SERVICE_PORTS)));
    }
    Attribute::Nest(IPVS_CMD_ATTR_SERVICE, nest)
}

fn service(dice: &mut Dice) -> Attribute {
    let mut service = service_key(dice);
    let Attribute::Nest(_, nest) = &mut service else {
        return service;
    };
    let six = nest[0] == u16(IPVS_SVC_ATTR_AF, 10);
    nest.push(string(IPVS_SVC_ATTR_SCHED_NAME, dice.weigh(SCHEDULERS)));
    if let Some(engine) = dice.weigh(ENGINES) {
        nest.push(string(IPVS_SVC_ATTR_PE_NAME, engine));
    }
    let mask = dice.weigh(&[(6, u32::MAX), (1, 0), (1, 0x15)]);
    let flags = [dice.weigh(FLAGS).to_ne_bytes(), mask.to_ne_bytes()].concat();
    nest.push(Attribute::Bytes(IPVS_SVC_ATTR_FLAGS, flags));
    nest.push(u32(IPVS_SVC_ATTR_TIMEOUT, dice.weigh(TIMEOUTS)));
    let prefix = dice.weigh(&[(6, 128_u32), (2, 64), (1, 0), (1, 129)]);
    let netmask = dice.weigh(&[(6, u32::MAX), (2, 0x00ff_ffff), (1, 0)]);
    nest.push(u32(
        IPVS_SVC_ATTR_NETMASK,
        if six { prefix } else { netmask },
    ));
    service
}

fn dest_key(dice: &mut Dice) -> Attribute {
    let address = address(dice.weigh(DEST_ADDRESSES));
    let mut nest = vec![
        Attribute::Bytes(IPVS_DEST_ATTR_ADDR, octets(address)),
        be16(IPVS_DEST_ATTR_PORT, dice.weigh(DEST_PORTS)),
    ];
    if !dice.once_in(3) {
        nest.push(u16(IPVS_DEST_ATTR_ADDR_FAMILY, family(address)));
    }
    Attribute::Nest(IPVS_CMD_ATTR_DEST, nest)
}

fn dest(dice: &mut Dice) -> Attribute {
    let mut dest = dest_key(dice);
    let Attribute::Nest(_, nest) = &mut dest else {
        return dest;
    };
    nest.push(u32(IPVS_DEST_ATTR_FWD_METHOD, dice.weigh(METHODS)));
    nest.push(u32(IPVS_DEST_ATTR_WEIGHT, dice.weigh(WEIGHTS)));
    nest.push(u32(IPVS_DEST_ATTR_U_THRESH, dice.weigh(THRESHOLDS)));
    nest.push(u32(IPVS_DEST_ATTR_L_THRESH, dice.weigh(THRESHOLDS)));
    if dice.once_in(3) {
        let (kind, port, flags) = dice.weigh(TUNNELS);
        nest.push(Attribute::Bytes(IPVS_DEST_ATTR_TUN_TYPE, vec![kind]));
        nest.push(be16(IPVS_DEST_ATTR_TUN_PORT, port));
        nest.push(u16(IPVS_DEST_ATTR_TUN_FLAGS, flags));
    }
    dest
}

fn daemon(dice: &mut Dice) -> Attribute {
    let state = dice.weigh(&[(5, 1), (5, 2), (1, 0), (1, 3)]);
    let mut nest = vec![
        u32(IPVS_DAEMON_ATTR_STATE, state),
        string(IPVS_DAEMON_ATTR_MCAST_IFN, dice.weigh(INTERFACES)),
        u32(IPVS_DAEMON_ATTR_SYNC_ID, dice.weigh(SYNC_IDS)),
    ];
    if let Some(length) = dice.weigh(SYNC_LENGTHS) {
        nest.push(u16(IPVS_DAEMON_ATTR_SYNC_MAXLEN, length));
    }
    if let Some(group) = dice.weigh(GROUPS).map(address) {
        let kind = if group.is_ipv4() {
            IPVS_DAEMON_ATTR_MCAST_GROUP
        } else {
            IPVS_DAEMON_ATTR_MCAST_GROUP6
        };
        nest.push(Attribute::Bytes(kind, octets(group)));
    }
    if let Some(port) = dice.weigh(SYNC_PORTS) {
        nest.push(u16(IPVS_DAEMON_ATTR_MCAST_PORT, port));
    }
    if let Some(ttl) = dice.weigh(TTLS) {
        nest.push(Attribute::Bytes(IPVS_DAEMON_ATTR_MCAST_TTL, vec![ttl]));
    }
    Attribute::Nest(IPVS_CMD_ATTR_DAEMON, nest)
}

/// Makes one mistake.
fn spoil(dice: &mut Dice, message: &mut Message) {
    match dice.throw(9) {
        0 => message.command = dice.pick(&[0, 14, 18, 255]),
        1 => message.to = Addressee::Number(dice.pick(&[0, 2, 15, 0x3ff, 0x400, u16::MAX])),
        2 => message.excess = dice.pick(&[1, 4, 100, 100_000, -1, -4, -20, -1000]),
        3 => {
            let flags = [
                0,
                NLM_F_ACK,
                5 | 0x300,
                1 | 0x100,
                5 | 0x600,
                5 | 8,
                5 | 0x200,
                0xffff,
            ];
            message.flags = dice.pick(&flags);
        }
        4 => message.attributes = attributes(dice, message.command.wrapping_add(1)),
        _ => spoil_attributes(dice, &mut message.attributes),
    }
}

fn spoil_attributes(dice: &mut Dice, attributes: &mut Vec<Attribute>) {
    if attributes.is_empty() {
        attributes.push(Attribute::Bytes(
            dice.pick(&[1, 2, 3, 4, 6, 7, 200]),
            dice.bytes(4),
        ));
        return;
    }
    let index = dice.throw(attributes.len());
    if let Attribute::Nest(_, inside) = &mut attributes[index] {
        if !dice.once_in(6) {
            return spoil_attributes(dice, inside);
        }
    }
    let one = &mut attributes[index];
    match dice.throw(9) {
        0 | 1 => drop(attributes.remove(index)),
        2 => {
            let again = attributes[index].clone();
            attributes.push(again);
        }
        3 | 4 => resize(dice, one),
        5 => one.mark_nested(),
        6 => {
            let length = dice.throw(20);
            let kind = one.kind().unwrap_or(1);
            *one = Attribute::Bytes(kind, dice.bytes(length));
        }
        7 => {
            let kind = u16::try_from(dice.throw(40)).unwrap();
            let length = dice.throw(20);
            attributes.push(Attribute::Bytes(kind, dice.bytes(length)));
        }
        _ => {
            let stray: &[&[u8]] = &[
                &[0; 4],
                &[3, 0, 1, 0],
                &[0xff, 0xff, 1, 0],
                &[1],
                &[9, 0, 1, 0, 5],
            ];
            attributes.insert(index, Attribute::Stray(dice.pick(stray).to_vec()));
        }
    }
}

/// Shorter or longer than it should be.
fn resize(dice: &mut Dice, attribute: &mut Attribute) {
    if let Attribute::Bytes(_, value) = attribute {
        let length = dice.pick(&[0, 1, 2, 3, 4, 5, 8, 16, 17, 18, 64]);
        value.resize(length, dice.pick(&[0, 1, b'x', 0xff]));
    }
}

fn family(address: IpAddr) -> u16 {
    if address.is_ipv4() { 2 } else { 10 }
}

fn octets(address: IpAddr) -> Vec<u8> {
    match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    }
}

fn u16(kind: u16, value: u16) -> Attribute {
    Attribute::Bytes(kind, value.to_ne_bytes().to_vec())
}

fn be16(kind: u16, value: u16) -> Attribute {
    Attribute::Bytes(kind, value.to_be_bytes().to_vec())
}

fn u32(kind: u16, value: u32) -> Attribute {
    Attribute::Bytes(kind, value.to_ne_bytes().to_vec())
}

fn string(kind: u16, text: &str) -> Attribute {
    Attribute::Bytes(kind, [text.as_bytes(), b"\0"].concat())
}
