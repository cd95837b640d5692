//! What commands, flags and attributes are called in a history.

use ipvs_sys::netlink::*;
use ipvs_sys::uapi::*;

pub const COMMANDS: &[(&str, u8)] = &[
    ("new-service", IPVS_CMD_NEW_SERVICE),
    ("set-service", IPVS_CMD_SET_SERVICE),
    ("del-service", IPVS_CMD_DEL_SERVICE),
    ("get-service", IPVS_CMD_GET_SERVICE),
    ("new-dest", IPVS_CMD_NEW_DEST),
    ("set-dest", IPVS_CMD_SET_DEST),
    ("del-dest", IPVS_CMD_DEL_DEST),
    ("get-dest", IPVS_CMD_GET_DEST),
    ("new-daemon", IPVS_CMD_NEW_DAEMON),
    ("del-daemon", IPVS_CMD_DEL_DAEMON),
    ("get-daemon", IPVS_CMD_GET_DAEMON),
    ("set-config", IPVS_CMD_SET_CONFIG),
    ("get-config", IPVS_CMD_GET_CONFIG),
    ("set-info", IPVS_CMD_SET_INFO),
    ("get-info", IPVS_CMD_GET_INFO),
    ("zero", IPVS_CMD_ZERO),
    ("flush", IPVS_CMD_FLUSH),
];

/// The widest first, so that a dump is called one.
pub const FLAGS: &[(&str, u16)] = &[
    ("dump", NLM_F_DUMP),
    ("request", NLM_F_REQUEST),
    ("multi", NLM_F_MULTI),
    ("ack", NLM_F_ACK),
    ("echo", NLM_F_ECHO),
    ("root", NLM_F_ROOT),
    ("match", NLM_F_MATCH),
    ("create", NLM_F_CREATE),
    ("append", NLM_F_APPEND),
];

pub const TOP: &[(&str, u16)] = &[
    ("service", IPVS_CMD_ATTR_SERVICE),
    ("dest", IPVS_CMD_ATTR_DEST),
    ("daemon", IPVS_CMD_ATTR_DAEMON),
    ("tcp", IPVS_CMD_ATTR_TIMEOUT_TCP),
    ("tcp-fin", IPVS_CMD_ATTR_TIMEOUT_TCP_FIN),
    ("udp", IPVS_CMD_ATTR_TIMEOUT_UDP),
];

const SERVICE: &[(&str, u16)] = &[
    ("af", IPVS_SVC_ATTR_AF),
    ("protocol", IPVS_SVC_ATTR_PROTOCOL),
    ("addr", IPVS_SVC_ATTR_ADDR),
    ("port", IPVS_SVC_ATTR_PORT),
    ("fwmark", IPVS_SVC_ATTR_FWMARK),
    ("sched", IPVS_SVC_ATTR_SCHED_NAME),
    ("flags", IPVS_SVC_ATTR_FLAGS),
    ("timeout", IPVS_SVC_ATTR_TIMEOUT),
    ("netmask", IPVS_SVC_ATTR_NETMASK),
    ("stats", IPVS_SVC_ATTR_STATS),
    ("pe", IPVS_SVC_ATTR_PE_NAME),
    ("stats64", IPVS_SVC_ATTR_STATS64),
];

const DEST: &[(&str, u16)] = &[
    ("addr", IPVS_DEST_ATTR_ADDR),
    ("port", IPVS_DEST_ATTR_PORT),
    ("method", IPVS_DEST_ATTR_FWD_METHOD),
    ("weight", IPVS_DEST_ATTR_WEIGHT),
    ("upper", IPVS_DEST_ATTR_U_THRESH),
    ("lower", IPVS_DEST_ATTR_L_THRESH),
    ("active", IPVS_DEST_ATTR_ACTIVE_CONNS),
    ("inactive", IPVS_DEST_ATTR_INACT_CONNS),
    ("persistent", IPVS_DEST_ATTR_PERSIST_CONNS),
    ("stats", IPVS_DEST_ATTR_STATS),
    ("af", IPVS_DEST_ATTR_ADDR_FAMILY),
    ("stats64", IPVS_DEST_ATTR_STATS64),
    ("tunnel", IPVS_DEST_ATTR_TUN_TYPE),
    ("tunnel-port", IPVS_DEST_ATTR_TUN_PORT),
    ("tunnel-flags", IPVS_DEST_ATTR_TUN_FLAGS),
];

const DAEMON: &[(&str, u16)] = &[
    ("state", IPVS_DAEMON_ATTR_STATE),
    ("interface", IPVS_DAEMON_ATTR_MCAST_IFN),
    ("sync-id", IPVS_DAEMON_ATTR_SYNC_ID),
    ("maxlen", IPVS_DAEMON_ATTR_SYNC_MAXLEN),
    ("group", IPVS_DAEMON_ATTR_MCAST_GROUP),
    ("group6", IPVS_DAEMON_ATTR_MCAST_GROUP6),
    ("port", IPVS_DAEMON_ATTR_MCAST_PORT),
    ("ttl", IPVS_DAEMON_ATTR_MCAST_TTL),
];

/// The names of the attributes inside of a top-level one.
pub fn inside(kind: u16) -> &'static [(&'static str, u16)] {
    match kind & NLA_TYPE_MASK {
        IPVS_CMD_ATTR_SERVICE => SERVICE,
        IPVS_CMD_ATTR_DEST => DEST,
        IPVS_CMD_ATTR_DAEMON => DAEMON,
        _ => &[],
    }
}

/// The name of a number, if it has one.
pub fn name<N: PartialEq + Copy>(names: &[(&'static str, N)], number: N) -> Option<&'static str> {
    let found = names.iter().find(|(_, known)| *known == number);
    found.map(|(name, _)| *name)
}

/// The number of a name.
pub fn number<N: Copy>(names: &[(&str, N)], text: &str) -> Option<N> {
    let found = names.iter().find(|(name, _)| *name == text);
    found.map(|(_, number)| *number)
}
