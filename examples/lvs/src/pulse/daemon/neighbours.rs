//! The packet socket that tells the neighbours where an address lives now.

use std::io;
use std::os::fd::AsRawFd;

use nix::ifaddrs::getifaddrs;
use nix::sys::socket::{LinkAddr, MsgFlags, sendto};
use socket2::{Domain, Socket, Type};

use super::floating::Floating;
use crate::pulse::announce::frame;

pub(super) struct Neighbours {
    socket: Socket,
}

impl Neighbours {
    /// A socket that only sends.
    pub(super) fn open() -> io::Result<Neighbours> {
        let socket = Socket::new(Domain::PACKET, Type::RAW, None)?;
        Ok(Neighbours { socket })
    }

    /// Announces each address on its interface, and gives what went wrong.
    pub(super) fn tell(&self, addresses: &[Floating]) -> Vec<String> {
        let cards = match cards() {
            Ok(cards) => cards,
            Err(error) => return vec![format!("cannot announce addresses: {error}")],
        };
        let mut wrong = Vec::new();
        for floating in addresses {
            let card = cards.iter().find(|(name, _)| *name == floating.interface);
            if let Err(error) = self.announce(floating, card.map(|(_, card)| card)) {
                wrong.push(format!("cannot announce {floating}: {error}"));
            }
        }
        wrong
    }

    fn announce(&self, floating: &Floating, card: Option<&LinkAddr>) -> io::Result<()> {
        let card = card.ok_or(io::ErrorKind::NotFound)?;
        // An interface without Ethernet addresses has no neighbours to tell.
        let Some(mac) = card.addr().filter(|mac| *mac != [0; 6]) else {
            return Ok(());
        };
        let frame = frame(mac, floating.address);
        sendto(self.socket.as_raw_fd(), &frame, card, MsgFlags::empty())?;
        Ok(())
    }
}

/// The hardware address of every interface, by its name.
fn cards() -> io::Result<Vec<(String, LinkAddr)>> {
    let found = getifaddrs()?.filter_map(|found| {
        let card = *found.address?.as_link_addr()?;
        Some((found.interface_name, card))
    });
    Ok(found.collect())
}
