//! The original heartbeat: four bytes over UDP, on up to two paths.
//!
//! A node sends its own state every `keepalive`; silence for `deadtime` means that the
//! partner is dead. There is no authentication: only the sender's address is looked at.

mod election;

pub use election::{Election, Settings};

/// The port that `heartbeat_port` names when it is absent.
pub const PORT: u16 = 539;

/// What a heartbeat says about its sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Beat {
    /// "I am active."
    Running,
    /// "I am alive, and not active."
    Stopped,
}

impl Beat {
    /// The four bytes on the wire. The original sent its host's byte order; these are the
    /// bytes of the hosts that it ran on, whatever this host's order is.
    pub const fn encode(self) -> [u8; 4] {
        let value: u32 = match self {
            Beat::Running => 0xbdad_dbda,
            Beat::Stopped => 0xadbd_dabd,
        };
        value.to_le_bytes()
    }

    /// What the bytes of one datagram say; nothing if they are no heartbeat of this
    /// service (the original's failover service used other values).
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        [Beat::Running, Beat::Stopped]
            .into_iter()
            .find(|beat| beat.encode() == bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_documented_bytes() {
        assert_eq!(Beat::Running.encode(), [0xda, 0xdb, 0xad, 0xbd]);
        assert_eq!(Beat::Stopped.encode(), [0xbd, 0xda, 0xbd, 0xad]);
    }

    #[test]
    fn values_of_the_failover_service_are_not_ours() {
        for value in [
            0xbeef_babe_u32,
            0xdead_beef,
            0xdead_dada,
            0xdeaf_babe,
            0xdeaf_dada,
        ] {
            assert_eq!(Beat::decode(&value.to_le_bytes()), None);
        }
    }

    proptest! {
        #[test]
        fn only_the_very_bytes_decode(bytes in prop::collection::vec(any::<u8>(), 0..8)) {
            prop_assert!(Beat::decode(&bytes).is_none_or(|beat| beat.encode() == bytes[..]));
        }

        #[test]
        fn a_beat_comes_back(running: bool, tail in prop::collection::vec(any::<u8>(), 0..4)) {
            let beat = if running { Beat::Running } else { Beat::Stopped };
            let bytes = [&beat.encode()[..], &tail].concat();
            prop_assert_eq!(Beat::decode(&bytes), tail.is_empty().then_some(beat));
        }
    }
}
