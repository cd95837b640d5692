//! The socket on this machine's own kernel, which needs no IPVS for it.

mod common;

use std::fs::File;
use std::io::ErrorKind;
use std::net::UdpSocket;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use common::{Capability, PATIENCE, Reply, assert_answers, forge, get_family, message, stranger};
use ipvs_sys::netlink::*;
use ipvs_sys::socket::{ReceiveError, Socket};

#[test]
fn a_request_is_answered() {
    let socket = Socket::open().unwrap();
    assert_ne!(socket.port(), 0);
    assert_answers(&socket);
    assert_eq!(socket.foreign(), 0);
}

#[test]
fn two_sockets_have_two_ports() {
    let (one, other) = (Socket::open().unwrap(), Socket::open().unwrap());
    assert_ne!(one.port(), other.port());
}

#[test]
fn a_socket_closes_on_exec() {
    let socket = Socket::open().unwrap();
    // SAFETY: two integers.
    let flags = unsafe { libc::fcntl(socket.as_fd().as_raw_fd(), libc::F_GETFD) };
    assert_eq!(flags & libc::FD_CLOEXEC, libc::FD_CLOEXEC);
}

#[test]
fn a_socket_goes_to_and_is_used_by_other_threads() {
    let socket = Socket::open().unwrap();
    thread::scope(|scope| scope.spawn(|| assert_answers(&socket)).join().unwrap());
    thread::spawn(move || assert_answers(&socket))
        .join()
        .unwrap();
}

#[test]
fn acknowledgements_are_short_and_extended() {
    let socket = Socket::open().unwrap();
    // The kernel takes no name longer than 15 bytes, and says why.
    let request = get_family(&"x".repeat(100), 0, 7);
    socket.send(&request).unwrap();
    let reply = Reply::receive(&socket);
    assert_ne!(reply.errno(), 0);
    let wanted = NLM_F_CAPPED | NLM_F_ACK_TLVS;
    assert_eq!(reply.flags & wanted, wanted);
}

#[test]
fn what_others_send_is_dropped_and_counted() {
    if common::lacks(Capability::NetAdmin) {
        return;
    }
    let socket = Socket::open().unwrap();
    let other = stranger(libc::SOCK_RAW, NETLINK_GENERIC);
    let acknowledgement = message(NLMSG_ERROR, 0, 1, &[0; 20]);
    let too_long = vec![0; Socket::RECEIVE_BUFFER + 1];
    forge(&other, socket.port(), &acknowledgement).unwrap();
    forge(&other, socket.port(), &too_long).unwrap();
    forge(&other, socket.port(), &[1]).unwrap();
    assert_answers(&socket);
    assert_eq!(socket.foreign(), 3);
}

#[test]
fn a_flood_from_others_gains_no_time() {
    if common::lacks(Capability::NetAdmin) {
        return;
    }
    common::in_time(|| {
        let socket = Socket::open().unwrap();
        let flooding = AtomicBool::new(true);
        let silence = Duration::from_millis(50);
        thread::scope(|scope| {
            scope.spawn(|| {
                let other = stranger(libc::SOCK_RAW, NETLINK_GENERIC);
                let end = Instant::now() + PATIENCE;
                while flooding.load(Ordering::Relaxed) && Instant::now() < end {
                    // A full queue is as good.
                    let _ = forge(&other, socket.port(), &[0; 20]);
                }
                flooding.store(false, Ordering::Relaxed);
            });
            while socket.foreign() == 0 {
                let outcome = socket.receive(&mut [0; 64], silence);
                assert!(
                    matches!(outcome, Err(ReceiveError::TimedOut | ReceiveError::Overrun)),
                    "{outcome:?}"
                );
            }
            let still_flooding = flooding.swap(false, Ordering::Relaxed);
            assert!(
                still_flooding,
                "it came back with the end of the flood only"
            );
        });
    });
}

#[test]
fn silence_ends_in_a_time_out() {
    common::in_time(|| {
        let socket = Socket::open().unwrap();
        for silence in [
            Duration::ZERO,
            Duration::from_micros(1),
            Duration::from_millis(20),
        ] {
            let outcome = socket.receive(&mut [0; 64], silence);
            assert!(
                matches!(outcome, Err(ReceiveError::TimedOut)),
                "{outcome:?}"
            );
        }
        assert_answers(&socket);
    });
}

#[test]
fn what_is_there_is_taken_whatever_the_time() {
    let socket = Socket::open().unwrap();
    let mut buffer = vec![0; Socket::RECEIVE_BUFFER];
    for silence in [
        Duration::ZERO,
        Duration::from_millis(1 << 40),
        Duration::MAX,
    ] {
        socket.send(&get_family("nlctrl", 0, 9)).unwrap();
        let length = socket.receive(&mut buffer, silence).unwrap();
        assert_eq!(Reply::parse(&buffer[..length]).seq, 9);
    }
}

#[test]
fn a_datagram_too_long_for_the_buffer_is_an_error() {
    let socket = Socket::open().unwrap();
    for size in [0, 1, 40] {
        socket.send(&get_family("nlctrl", 0, 1)).unwrap();
        let outcome = socket.receive(&mut vec![0; size], PATIENCE);
        let Err(ReceiveError::Truncated { length, buffer }) = outcome else {
            panic!("{outcome:?}");
        };
        assert!(length > 40, "{length}");
        assert_eq!(buffer, size);
    }
    assert_answers(&socket);
}

#[test]
fn more_acknowledgements_than_the_buffer_holds_are_an_overrun() {
    let socket = Socket::open().unwrap();
    overrun(&socket);
    let outcome = socket.receive(&mut [0; 64], PATIENCE);
    assert!(matches!(outcome, Err(ReceiveError::Overrun)), "{outcome:?}");
    assert!(socket.drain().unwrap() > 0);
    assert_answers(&socket);
}

#[test]
fn draining_takes_the_overrun_too() {
    let socket = Socket::open().unwrap();
    overrun(&socket);
    assert!(socket.drain().unwrap() > 0);
    assert_answers(&socket);
    assert_eq!(socket.drain().unwrap(), 0);
}

#[test]
fn draining_ends_a_dump() {
    let socket = Socket::open().unwrap();
    let mut dumps = Vec::new();
    for seq in 0..2 {
        dumps.extend(message(
            GENL_ID_CTRL,
            NLM_F_REQUEST | NLM_F_DUMP,
            seq,
            &[CTRL_CMD_GETFAMILY, 1, 0, 0],
        ));
    }
    socket.send(&dumps).unwrap();
    assert!(socket.drain().unwrap() > 0);
    assert_answers(&socket);
}

#[test]
fn more_than_the_send_buffer_holds_is_refused_whole() {
    let socket = Socket::open().unwrap();
    let longest = socket.send_buffer_size().unwrap();
    let error = socket.send(&vec![0; longest]).unwrap_err();
    assert_eq!(error.raw_os_error(), Some(libc::EMSGSIZE));
    assert_answers(&socket);
}

#[test]
fn a_grown_send_buffer_takes_more_at_once() {
    let socket = Socket::open().unwrap();
    let before = socket.send_buffer_size().unwrap();
    let after = socket.set_send_buffer_size(64 * 1024).unwrap();
    assert_eq!(socket.send_buffer_size().unwrap(), after);
    assert_ne!(before, after);
    let noop = message(NLMSG_NOOP, NLM_F_REQUEST, 0, &[]);
    let many = noop.repeat((after - 32) / noop.len());
    socket.send(&many).unwrap();
    assert_answers(&socket);
}

#[test]
fn buffer_sizes_are_told_as_they_are_in_force() {
    let socket = Socket::open().unwrap();
    for wanted in [0, 1, 100_000, 200_000, usize::MAX] {
        let size = socket.set_receive_buffer_size(wanted).unwrap();
        assert_eq!(socket.receive_buffer_size().unwrap(), size);
        assert!(size > 0);
    }
    let small = socket.set_receive_buffer_size(10_000).unwrap();
    let large = socket.set_receive_buffer_size(20_000).unwrap();
    assert_eq!(large, 2 * small);
}

#[test]
fn a_given_socket_is_bound_if_it_is_not() {
    for kind in [
        libc::SOCK_RAW,
        libc::SOCK_DGRAM,
        libc::SOCK_RAW | libc::SOCK_NONBLOCK,
    ] {
        let socket = Socket::from_fd(stranger(kind, NETLINK_GENERIC)).unwrap();
        assert_ne!(socket.port(), 0);
        assert_answers(&socket);
    }
    let bound = Socket::open().unwrap();
    let port = bound.port();
    let again = Socket::from_fd(bound.into()).unwrap();
    assert_eq!(again.port(), port);
    assert_answers(&again);
}

#[test]
fn anything_but_a_generic_netlink_socket_is_refused() {
    let file: OwnedFd = File::open("/dev/null").unwrap().into();
    let udp: OwnedFd = UdpSocket::bind("127.0.0.1:0").unwrap().into();
    let route = stranger(libc::SOCK_RAW, libc::NETLINK_ROUTE);
    for (fd, found) in [
        (file, "not a socket"),
        (udp, "a socket of domain 2"),
        (route, "a socket of protocol 0"),
    ] {
        let error = Socket::from_fd(fd).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        let text = error.to_string();
        assert!(
            text.contains(found) && text.contains("needed is a NETLINK_GENERIC socket"),
            "{text}"
        );
    }
}

#[test]
fn receive_errors_are_sentences() {
    let sentences = [
        (ReceiveError::TimedOut, "the kernel did not answer in time"),
        (
            ReceiveError::Overrun,
            "the receive buffer overran and replies were lost",
        ),
        (
            ReceiveError::Truncated {
                length: 9,
                buffer: 4,
            },
            "a datagram of 9 bytes did not fit a buffer of 4",
        ),
        (
            ReceiveError::Os(ErrorKind::OutOfMemory.into()),
            "out of memory",
        ),
    ];
    for (error, sentence) in sentences {
        assert_eq!(error.to_string(), sentence);
    }
}

/// Asks for more acknowledgements than the receive buffer holds.
fn overrun(socket: &Socket) {
    let noop = message(NLMSG_NOOP, NLM_F_REQUEST | NLM_F_ACK, 3, &[]);
    let size = socket.receive_buffer_size().unwrap();
    // Each answer takes several hundred bytes of the buffer.
    for _ in 0..size / 256 / 100 + 1 {
        socket.send(&noop.repeat(100)).unwrap();
    }
}
