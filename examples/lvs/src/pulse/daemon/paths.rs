//! The sockets of the heartbeat: one for each path to the partner.

use std::io;
use std::net::{IpAddr, UdpSocket};
use std::os::fd::{AsFd, BorrowedFd};

/// A heartbeat has four bytes; one more shows that something is longer.
const ROOM: usize = 5;

pub(super) struct Paths {
    paths: Vec<Path>,
    port: u16,
}

struct Path {
    socket: UdpSocket,
    partner: IpAddr,
}

impl Paths {
    pub(super) fn none() -> Paths {
        Paths {
            paths: Vec::new(),
            port: 0,
        }
    }

    /// Listens at each own address, and sends from it to the partner's of the same place.
    pub(super) fn open(own: &[IpAddr], partner: &[IpAddr], port: u16) -> io::Result<Paths> {
        let mut paths = Vec::new();
        for (own, partner) in own.iter().zip(partner) {
            let named = |error: io::Error| {
                io::Error::new(
                    error.kind(),
                    format!("heartbeat at {own}, port {port}: {error}"),
                )
            };
            let socket = UdpSocket::bind((*own, port)).map_err(named)?;
            socket.set_nonblocking(true)?;
            paths.push(Path {
                socket,
                partner: *partner,
            });
        }
        Ok(Paths { paths, port })
    }

    pub(super) fn send(&self, to: IpAddr, bytes: &[u8]) -> io::Result<()> {
        let path = self.paths.iter().find(|path| path.partner == to);
        let path = path.ok_or(io::ErrorKind::AddrNotAvailable)?;
        path.socket.send_to(bytes, (to, self.port)).map(drop)
    }

    /// The next datagram that has come, and from where.
    pub(super) fn receive(&self) -> Option<(IpAddr, Vec<u8>)> {
        let mut buffer = [0; ROOM];
        let mut received = self
            .paths
            .iter()
            .filter_map(|path| path.socket.recv_from(&mut buffer).ok());
        let (length, from) = received.next()?;
        Some((from.ip(), buffer.get(..length)?.to_vec()))
    }

    pub(super) fn fds(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        self.paths.iter().map(|path| path.socket.as_fd())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::director::wait_for;
    use super::*;

    /// A datagram that was sent; a busy machine may bring it late.
    fn sent(to: &Paths) -> Option<(IpAddr, Vec<u8>)> {
        let fds: Vec<_> = to.fds().collect();
        wait_for(&fds, Duration::from_secs(30)).unwrap();
        to.receive()
    }

    #[test]
    fn a_word_goes_to_the_partner_and_its_own_comes_back_whole() {
        let own: Vec<IpAddr> = vec!["127.0.0.1".parse().unwrap(), "127.0.0.2".parse().unwrap()];
        let partner: Vec<IpAddr> = vec!["127.0.0.3".parse().unwrap(), "127.0.0.4".parse().unwrap()];
        let ours = Paths::open(&own, &partner, 10539).unwrap();
        let theirs = Paths::open(&partner, &own, 10539).unwrap();
        ours.send(partner[1], b"beat").unwrap();
        assert_eq!(sent(&theirs), Some((own[1], b"beat".to_vec())));
        assert_eq!(theirs.receive(), None);
        theirs.send(own[0], b"much more").unwrap();
        assert_eq!(sent(&ours), Some((partner[0], b"much ".to_vec())));
        assert!(ours.send("127.0.0.9".parse().unwrap(), b"beat").is_err());
    }
}
