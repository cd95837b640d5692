//! One ICMP echo.

use std::hash::{BuildHasher, RandomState};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

use rustix::io::Errno;
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, connect, ipproto, recv, send,
    socket_with,
};

use super::Failure;
use super::deadline::Deadline;
use crate::pulse::checksum::internet;

/// Asks `target` for an echo and waits for it.
///
/// It takes either a group within `net.ipv4.ping_group_range`, or `CAP_NET_RAW`.
///
/// # Errors
/// The [`Failure`] that the server is down for: no echo within `timeout`, no way to the
/// server, or no right to ask.
pub fn ping(target: IpAddr, timeout: Duration) -> Result<(), Failure> {
    let deadline = Deadline::after(timeout);
    match echo(target, deadline) {
        Ok(true) => Ok(()),
        Ok(false) => Err(Failure::PingTimeout(target)),
        Err(error) => Err(Failure::Ping(target, error)),
    }
}

/// Whether an echo came in time.
fn echo(target: IpAddr, deadline: Deadline) -> io::Result<bool> {
    let socket = open(target)?;
    // What nobody else asks at the same time.
    let cookie = RandomState::new().hash_one(target).to_be_bytes();
    send(&socket, &request(target, cookie), SendFlags::empty())?;
    let mut packet = [0; 2048];
    while deadline.wait(&[socket.as_fd()])? {
        match recv(&socket, &mut packet[..], RecvFlags::DONTWAIT) {
            Ok((count, _)) if is_reply(target, packet.get(..count), cookie) => return Ok(true),
            Ok(_) | Err(Errno::AGAIN | Errno::INTR) => {}
            Err(errno) => return Err(errno.into()),
        }
    }
    Ok(false)
}

/// A socket that speaks ICMP with `target` alone: without privileges where the system
/// allows that, else raw.
fn open(target: IpAddr) -> io::Result<OwnedFd> {
    let (family, protocol) = match target {
        IpAddr::V4(_) => (AddressFamily::INET, ipproto::ICMP),
        IpAddr::V6(_) => (AddressFamily::INET6, ipproto::ICMPV6),
    };
    let flags = SocketFlags::CLOEXEC;
    let socket = socket_with(family, SocketType::DGRAM, flags, Some(protocol))
        .or_else(|_| socket_with(family, SocketType::RAW, flags, Some(protocol)))?;
    connect(&socket, &SocketAddr::new(target, 0))?;
    Ok(socket)
}

/// An echo request that carries `cookie`. The kernel signs ICMPv6 itself.
fn request(target: IpAddr, cookie: [u8; 8]) -> Vec<u8> {
    let kind = if target.is_ipv4() { 8 } else { 128 };
    let message = |[high, low]: [u8; 2]| {
        let head = [kind, 0, high, low, 0, 0, 0, 1];
        [head, cookie].concat()
    };
    let checksum = internet(&[&message([0, 0])]);
    message(checksum.to_be_bytes())
}

/// Whether a packet is the echo of `cookie`. Raw IPv4 sockets give the IP header too.
fn is_reply(target: IpAddr, packet: Option<&[u8]>, cookie: [u8; 8]) -> bool {
    let kind = if target.is_ipv4() { 0 } else { 129 };
    let message = packet.and_then(|packet| match packet.first() {
        Some(first) if target.is_ipv4() && first >> 4 == 4 => {
            packet.get(4 * usize::from(first & 0xf)..)
        }
        _ => Some(packet),
    });
    message.is_some_and(|message| message.first() == Some(&kind) && message.ends_with(&cookie))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_host_answers_under_both_families() {
        for target in ["127.0.0.1", "::1"] {
            ping(target.parse().unwrap(), Duration::from_secs(5)).unwrap();
        }
    }

    #[test]
    fn nobody_answers_a_broadcast_address_of_nowhere() {
        // 240.0.0.0/4 is reserved: either there is no way there, or no answer.
        let timeout = Duration::from_millis(200);
        let failure = ping("240.0.0.1".parse().unwrap(), timeout).unwrap_err();
        assert!(
            failure.to_string().starts_with("PING to 240.0.0.1 "),
            "{failure}"
        );
    }

    #[test]
    fn only_the_echo_of_the_cookie_counts() {
        let target = IpAddr::from([10, 0, 3, 100]);
        let cookie = *b"whatever";
        let asked = request(target, cookie);
        assert_eq!(internet(&[&asked]), 0, "signed");
        assert!(
            !is_reply(target, Some(&asked), cookie),
            "a request is no reply"
        );
        let mut reply = asked;
        reply[0] = 0;
        assert!(is_reply(target, Some(&reply), cookie));
        let raw = [&[0x45; 20][..], &reply].concat();
        assert!(is_reply(target, Some(&raw), cookie));
        assert!(!is_reply(target, Some(&reply), *b"or other"));
        assert!(!is_reply(target, Some(&[0x4f; 8]), cookie), "cut short");
    }
}
