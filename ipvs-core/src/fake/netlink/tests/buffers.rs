//! What fits a receive buffer, and what happens when it does not. Every number was counted
//! on the real kernel.

use ipvs_sys::errno::{EMSGSIZE, ENOBUFS, ENODATA};
use ipvs_sys::uapi::*;

use super::peer::{ACK, Got, LIST, Peer, QUIET, service};
use crate::fake::Release;
use crate::wire::request::Request;

/// No command.
const NONE: u8 = 200;

/// How many answers to the same request are queued, when it is sent more often than that.
fn fit(peer: &mut Peer, bytes: &[u8]) -> usize {
    peer.send(&bytes.repeat(400.min(200_000 / bytes.len())));
    let got = peer.drain(1 << 15);
    assert_eq!(got[0], Got::Failed(ENOBUFS));
    let rest = &got[1..];
    assert!(
        rest.iter().all(|got| matches!(got, Got::Datagram(_))),
        "{rest:?}"
    );
    rest.len()
}

#[test]
fn as_many_answers_fit_as_each_kernel_has_memory_for() {
    // The buffer's size as it is set; acknowledgements, answers of a few words, services,
    // acknowledgements that echo 300 bytes, and 1000.
    let counted: [(Release, usize, [usize; 5]); 7] = [
        (Release::V5_10, 106_496, [278, 278, 167, 167, 93]),
        (Release::V5_10, 1, [4, 4, 2, 2, 2]),
        (Release::V6_1, 106_496, [277, 277, 166, 166, 92]),
        (Release::V6_1, 4608, [12, 12, 7, 7, 4]),
        (Release::V6_12, 106_496, [221, 221, 221, 221, 92]),
        (Release::V7_2, 1, [2, 2, 2, 2, 1]),
        (Release::V7_2, 8192, [17, 17, 17, 17, 7]),
    ];
    for (release, size, expected) in counted {
        let mut peer = Peer::of(release);
        let web = service(80);
        assert_eq!(peer.ask(Request::NewService(&web)), Some(Ok(())));
        let messages = [
            peer.bare(NONE, QUIET),
            peer.bare(IPVS_CMD_GET_INFO, QUIET),
            peer.request(Request::GetService(&web.key), QUIET),
            peer.message(NONE, QUIET, |attrs| attrs.raw(&[0; 300])),
            peer.message(NONE, QUIET, |attrs| attrs.raw(&[0; 1000])),
        ];
        let fitting = messages.map(|message| {
            peer.reopen();
            let socket = peer.machine.socket_mut(peer.socket).unwrap();
            socket.set_receive_buffer_size(size);
            socket.set_options(false, true);
            if message.len() < 60 {
                socket.set_options(true, true);
            }
            fit(&mut peer, &message)
        });
        assert_eq!(fitting, expected, "{release}, {size}");
    }
}

#[test]
fn what_overran_was_carried_out_and_nothing_comes_until_the_queue_is_empty() {
    let mut peer = Peer::of(Release::V6_12);
    let socket = peer.machine.socket_mut(peer.socket).unwrap();
    socket.set_receive_buffer_size(2000);
    let mut batch = Vec::new();
    for port in 1..=9 {
        batch.extend(peer.request(Request::NewService(&service(port)), ACK));
    }
    peer.send(&batch);
    assert_eq!(peer.receive(4096), Some(Got::Failed(ENOBUFS)));
    assert!(matches!(peer.receive(4096), Some(Got::Datagram(_))));
    // There would be room.
    let info = peer.bare(IPVS_CMD_GET_INFO, ACK);
    peer.send(&info);
    assert_eq!(format!("{:?}", peer.drain(4096)), "[ack 0, ack 0, ack 0]");
    peer.send(&info);
    assert_eq!(format!("{:?}", peer.drain(4096)), "[1 messages, ack 0]");
    assert_eq!(peer.ports(Request::GetServices).len(), 9);
}

#[test]
fn a_list_waits_for_room() {
    let of = |release| {
        let mut peer = Peer::of(release);
        for port in 1..=12 {
            assert_eq!(peer.ask(Request::NewService(&service(port))), Some(Ok(())));
        }
        peer.reopen();
        let socket = peer.machine.socket_mut(peer.socket).unwrap();
        socket.set_receive_buffer_size(4608);
        let mut batch = peer.bare(NONE, QUIET).repeat(10);
        batch.extend(peer.bare(IPVS_CMD_GET_SERVICE, LIST));
        batch.extend(peer.bare(IPVS_CMD_GET_SERVICE, LIST));
        batch.extend(peer.bare(NONE, QUIET));
        peer.send(&batch);
        format!("{:?}", peer.drain(1 << 15))
    };
    let (told, ack) = (format!("errno {ENOBUFS}"), "ack 95");
    let list = |parts: &[&str]| format!("[{}]", parts.join(", "));
    // The list was begun, and its first part fit.
    let mut old = vec![&*told];
    old.extend([ack; 10]);
    old.extend(["11 messages", "1 messages", "done 0"]);
    assert_eq!(of(Release::V5_10), list(&old));
    // The list was begun, but nothing of it fits before the queue is empty; each receive that
    // leaves half of the buffer free tries again, and the next one tells that it was in vain.
    let mut new = vec![&*told];
    new.extend([ack; 5]);
    new.extend([&told, ack].repeat(4));
    new.extend(["12 messages", "done 0"]);
    assert_eq!(of(Release::V7_2), list(&new));
}

#[test]
fn a_send_holds_as_much_as_its_buffer() {
    for (release, empty) in [
        (Release::new(5, 10, 87), None),
        (Release::V5_10, Some(ENODATA)),
    ] {
        let mut peer = Peer::of(release);
        let mut send = |length: usize| {
            let outcome = peer.machine.send(peer.socket, &vec![0; length]);
            outcome.err().and_then(|error| error.raw_os_error())
        };
        assert_eq!(send(212_992 - 32), None);
        assert_eq!(send(212_992 - 31), Some(EMSGSIZE));
        assert_eq!(send(0), empty);
        let socket = peer.machine.socket_mut(peer.socket).unwrap();
        socket.set_send_buffer_size(1);
        let outcome = peer.machine.send(peer.socket, &[0; 4608 - 31]);
        assert_eq!(outcome.unwrap_err().raw_os_error(), Some(EMSGSIZE));
    }
}
