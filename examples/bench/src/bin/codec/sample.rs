//! The messages: one change, and two replies of a real kernel.

use ipvs_core::{Dest, ForwardMethod, ServiceKey};

pub(crate) struct Sample {
    pub(crate) key: ServiceKey,
    pub(crate) dest: Dest,
    /// A `GET_SERVICE` reply, whole.
    pub(crate) service_reply: Vec<u8>,
    /// A `GET_DEST` reply, whole.
    pub(crate) dest_reply: Vec<u8>,
}

/// What a kernel said to ipvsadm.
const RECORDING: &str = include_str!("../../../../../ipvs-core/tests/golden/newest.txt");

impl Sample {
    pub(crate) fn new() -> Self {
        Sample {
            key: ServiceKey::tcp([192, 0, 2, 1], 80),
            dest: Dest::new([10, 0, 3, 100], 8080, ForwardMethod::MASQUERADE).with_weight(5),
            service_reply: reply(1),
            dest_reply: reply(5),
        }
    }
}

/// The first message of a datagram from the kernel that says so much of itself: the length of
/// a usual reply, and the command (`IPVS_CMD_NEW_SERVICE` is 1, `IPVS_CMD_NEW_DEST` 5).
fn reply(command: u8) -> Vec<u8> {
    let replies = RECORDING.lines().filter_map(|line| line.strip_prefix("< "));
    let messages = replies.filter_map(first_message);
    messages
        .filter(|message| message.len() > 300 && message.get(4) != Some(&16))
        .find(|message| message.get(16) == Some(&command))
        .unwrap_or_default()
}

fn first_message(hex: &str) -> Option<Vec<u8>> {
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    let mut bytes: Vec<u8> = hex.as_bytes().chunks(2).map(byte).collect::<Option<_>>()?;
    let length = u32::from_ne_bytes(*bytes.first_chunk()?);
    bytes.truncate(usize::try_from(length).ok()?);
    Some(bytes)
}
