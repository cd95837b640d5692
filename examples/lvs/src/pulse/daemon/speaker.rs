//! What this node speaks to its partner through.

use std::io;
use std::net::IpAddr;
use std::os::fd::{AsFd, BorrowedFd};

use super::group::Group;
use super::paths::Paths;
use super::setup::Agreement;
use crate::pulse::{Event, vrrp};

pub(super) enum Speaker {
    Paths(Paths),
    Group(Group),
}

/// Something that was heard.
pub(super) struct Word {
    from: IpAddr,
    header: Option<vrrp::Header>,
    bytes: Vec<u8>,
}

impl Word {
    pub(super) fn event(&self) -> Event<'_> {
        let bytes = &self.bytes;
        match self.header {
            Some(header) => Event::Advertisement { header, bytes },
            None => Event::Heartbeat {
                from: self.from,
                bytes,
            },
        }
    }

    pub(super) fn from(&self) -> IpAddr {
        self.from
    }
}

impl Speaker {
    pub(super) fn open(agreement: &Agreement) -> io::Result<Speaker> {
        match agreement {
            Agreement::Heartbeat {
                settings,
                port,
                own,
            } => Paths::open(own, &settings.partner, *port).map(Speaker::Paths),
            Agreement::Vrrp {
                settings,
                interface,
                index,
            } => {
                let group = Group::join(settings.local, interface, *index);
                let named = |error: io::Error| {
                    io::Error::new(error.kind(), format!("VRRP on {interface}: {error}"))
                };
                group.map(Speaker::Group).map_err(named)
            }
        }
    }

    /// One that neither hears nor speaks.
    pub(super) fn mute() -> Speaker {
        Speaker::Paths(Paths::none())
    }

    pub(super) fn send(&self, to: IpAddr, bytes: &[u8]) -> io::Result<()> {
        match self {
            Speaker::Paths(paths) => paths.send(to, bytes),
            Speaker::Group(group) => group.send(to, bytes),
        }
    }

    /// The next word that has come.
    pub(super) fn receive(&self) -> Option<Word> {
        match self {
            Speaker::Paths(paths) => paths.receive().map(|(from, bytes)| Word {
                from,
                header: None,
                bytes,
            }),
            Speaker::Group(group) => group.receive().map(|(header, bytes)| Word {
                from: header.from,
                header: Some(header),
                bytes,
            }),
        }
    }

    pub(super) fn fds(&self) -> Vec<BorrowedFd<'_>> {
        match self {
            Speaker::Paths(paths) => paths.fds().collect(),
            Speaker::Group(group) => vec![group.as_fd()],
        }
    }
}
