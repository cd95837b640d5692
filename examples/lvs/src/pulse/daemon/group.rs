//! The raw socket of VRRP: packets of IP protocol 112 to and from the routers' group.

use std::io::{self, IoSlice, IoSliceMut, Read};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};

use nix::sys::socket::{
    ControlMessage, ControlMessageOwned, MsgFlags, SockaddrIn6, recvmsg, sendmsg, setsockopt,
    sockopt,
};
use socket2::{Domain, InterfaceIndexOrAddress, Protocol, Socket, Type};

use crate::pulse::vrrp;

/// More than 255 IPv6 addresses and any IP header.
const ROOM: usize = 8192;

pub(super) struct Group {
    socket: Socket,
    local: IpAddr,
    index: u32,
}

impl Group {
    /// Speaks and listens on one interface, from `local`, which is on it.
    pub(super) fn join(local: IpAddr, interface: &str, index: u32) -> io::Result<Group> {
        let domain = match local {
            IpAddr::V4(_) => Domain::IPV4,
            IpAddr::V6(_) => Domain::IPV6,
        };
        let protocol = Protocol::from(i32::from(vrrp::PROTOCOL));
        let socket = Socket::new(domain, Type::RAW, Some(protocol))?;
        socket.bind_device(Some(interface.as_bytes()))?;
        socket.set_nonblocking(true)?;
        let hops = u32::from(vrrp::HOP_LIMIT);
        match (local, vrrp::group(local)) {
            (IpAddr::V4(local), IpAddr::V4(group)) => {
                socket.set_multicast_ttl_v4(hops)?;
                socket.set_multicast_loop_v4(false)?;
                // The address that packets come from as well.
                socket.set_multicast_if_v4(&local)?;
                socket.join_multicast_v4_n(&group, &InterfaceIndexOrAddress::Index(index))?;
            }
            (_, IpAddr::V6(group)) => {
                socket.set_multicast_hops_v6(hops)?;
                socket.set_multicast_loop_v6(false)?;
                socket.set_multicast_if_v6(index)?;
                socket.join_multicast_v6(&group, index)?;
                setsockopt(&socket, sockopt::Ipv6RecvPacketInfo, &true)?;
                setsockopt(&socket, sockopt::Ipv6RecvHopLimit, &true)?;
            }
            _ => {}
        }
        Ok(Group {
            socket,
            local,
            index,
        })
    }

    pub(super) fn send(&self, to: IpAddr, bytes: &[u8]) -> io::Result<()> {
        match (self.local, to) {
            (IpAddr::V6(local), IpAddr::V6(to)) => self.send_v6(local, to, bytes),
            _ => self
                .socket
                .send_to(bytes, &SocketAddr::new(to, 0).into())
                .map(drop),
        }
    }

    /// The kernel would choose among several link-local addresses by itself.
    fn send_v6(&self, local: Ipv6Addr, to: Ipv6Addr, bytes: &[u8]) -> io::Result<()> {
        let from = libc::in6_pktinfo {
            ipi6_addr: libc::in6_addr {
                s6_addr: local.octets(),
            },
            ipi6_ifindex: self.index,
        };
        let to = SockaddrIn6::from(SocketAddrV6::new(to, 0, 0, self.index));
        sendmsg(
            self.socket.as_raw_fd(),
            &[IoSlice::new(bytes)],
            &[ControlMessage::Ipv6PacketInfo(&from)],
            MsgFlags::empty(),
            Some(&to),
        )?;
        Ok(())
    }

    /// The next packet that has come: what its IP header says, and what is behind it.
    pub(super) fn receive(&self) -> Option<(vrrp::Header, Vec<u8>)> {
        let mut buffer = vec![0; ROOM];
        match self.local {
            IpAddr::V4(_) => loop {
                let length = (&self.socket).read(&mut buffer).ok()?;
                if let Some(packet) = buffer.get(..length).and_then(split) {
                    return Some(packet);
                }
            },
            IpAddr::V6(_) => self.receive_v6(&mut buffer),
        }
    }

    fn receive_v6(&self, buffer: &mut [u8]) -> Option<(vrrp::Header, Vec<u8>)> {
        let mut room = nix::cmsg_space!(libc::in6_pktinfo, libc::c_int);
        let mut slices = [IoSliceMut::new(buffer)];
        let fd = self.socket.as_raw_fd();
        let message =
            recvmsg::<SockaddrIn6>(fd, &mut slices, Some(&mut room), MsgFlags::empty()).ok()?;
        let from = message.address?.ip();
        let (mut to, mut hop_limit) = (Ipv6Addr::UNSPECIFIED, 0);
        for told in message.cmsgs().ok()? {
            match told {
                ControlMessageOwned::Ipv6PacketInfo(info) => to = info.ipi6_addr.s6_addr.into(),
                ControlMessageOwned::Ipv6HopLimit(hops) => {
                    hop_limit = u8::try_from(hops).unwrap_or(0);
                }
                _ => {}
            }
        }
        let length = message.bytes;
        let header = vrrp::Header {
            from: from.into(),
            to: to.into(),
            hop_limit,
        };
        Some((header, buffer.get(..length)?.to_vec()))
    }
}

impl AsFd for Group {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

/// An IPv4 packet parted into its header and what it carries; a raw socket gives both.
fn split(packet: &[u8]) -> Option<(vrrp::Header, Vec<u8>)> {
    let length = usize::from(packet.first()? & 0xf) * 4;
    let (head, payload) = packet.split_at_checked(length)?;
    let address = |from: usize| {
        let octets: [u8; 4] = head.get(from..from + 4)?.try_into().ok()?;
        Some(IpAddr::from(Ipv4Addr::from(octets)))
    };
    let header = vrrp::Header {
        from: address(12)?,
        to: address(16)?,
        hop_limit: *head.get(8)?,
    };
    Some((header, payload.to_vec()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_header_with_options_is_cut_off_whole() {
        let mut packet = vec![0x46, 0, 0, 26, 0, 0, 0, 0, 254, 112, 0, 0];
        packet.extend([10, 0, 2, 51, 224, 0, 0, 18, 1, 1, 1, 0, 0x31, 51]);
        let (header, payload) = split(&packet).unwrap();
        assert_eq!(header.from.to_string(), "10.0.2.51");
        assert_eq!(header.to.to_string(), "224.0.0.18");
        assert_eq!(header.hop_limit, 254);
        assert_eq!(payload, [0x31, 51]);
    }

    proptest! {
        #[test]
        fn whatever_comes_is_taken_or_left(packet in prop::collection::vec(any::<u8>(), 0..64)) {
            let split = split(&packet);
            prop_assert!(split.is_none_or(|(_, payload)| payload.len() <= packet.len() - 20));
        }
    }
}
