//! Rows of netlink itself: any operation can meet them.

use std::time::Duration;

use ipvs_core::wire::WireError;
use ipvs_core::wire::attr::Builder;
use ipvs_core::wire::exchange::{Exchange, Expect};
use ipvs_sys::errno::ENOBUFS;
use ipvs_sys::netlink::GENL_ID_CTRL;
use ipvs_sys::socket::ReceiveError;
use ipvs_sys::uapi::*;

use super::{Case, Row, rows};
use crate::harness::Need;
use crate::nest::Nest;
use crate::site::Socket;

pub fn rows() -> Vec<Row> {
    rows![
        any EOPNOTSUPP the_command_is_unknown;
        any EOPNOTSUPP a_listing_is_asked_of_what_lists_nothing;
        any EOPNOTSUPP a_listing_is_asked_as_a_single_answer;
        any EMSGSIZE the_message_is_longer_than_the_socket_sends;
        any ENOBUFS nobody_reads_the_answers: Need::Guest;
        Services EBUSY a_second_listing_begins_before_the_first_ends;
    ]
}

fn the_command_is_unknown(case: &Case<'_>) {
    let mut raw = case.site.raw();
    for command in [
        IPVS_CMD_UNSPEC,
        IPVS_CMD_SET_INFO,
        IPVS_CMD_MAX + 1,
        u8::MAX,
    ] {
        for expect in [Expect::Ack, Expect::Dump] {
            let answer = raw.ask(command, expect, |_| {});
            case.raw(answer, format!("command {command}, {expect:?}"));
        }
    }
}

fn a_listing_is_asked_of_what_lists_nothing(case: &Case<'_>) {
    let mut raw = case.site.raw();
    let listable = [IPVS_CMD_GET_SERVICE, IPVS_CMD_GET_DEST, IPVS_CMD_GET_DAEMON];
    for command in (IPVS_CMD_NEW_SERVICE..=IPVS_CMD_MAX).filter(|c| !listable.contains(c)) {
        let answer = raw.ask(command, Expect::Dump, |attrs| Nest::service().write(attrs));
        case.raw(answer, format!("command {command}"));
    }
    assert_eq!(case.site.client.services().unwrap(), []);
}

fn a_listing_is_asked_as_a_single_answer(case: &Case<'_>) {
    let mut raw = case.site.raw();
    for command in [IPVS_CMD_GET_DEST, IPVS_CMD_GET_DAEMON] {
        let answer = raw.ask(command, Expect::Ack, |attrs| Nest::service().write(attrs));
        case.raw(answer, format!("command {command}"));
    }
}

fn the_message_is_longer_than_the_socket_sends(case: &Case<'_>) {
    let socket = case.site.socket();
    let most = socket.send_buffer_size().unwrap();
    let outcome = socket.send(&vec![0; most + 1]);
    case.raw(
        outcome.map_err(|error| error.raw_os_error().unwrap()),
        "one byte too many",
    );
}

fn nobody_reads_the_answers(case: &Case<'_>) {
    let socket = case.site.socket();
    // The smallest buffer there is, and errors, which are answered always.
    socket.set_receive_buffer_size(1).unwrap();
    let mut exchange = Exchange::new(1, Duration::from_secs(5));
    for _ in 0..200 {
        let nothing = |_: &mut Builder<'_>| Ok::<_, WireError>(());
        exchange
            .push(GENL_ID_CTRL, u8::MAX, Expect::Ack, nothing)
            .unwrap();
    }
    socket.send(exchange.bytes()).unwrap();
    let mut buffer = vec![0; Socket::RECEIVE_BUFFER];
    let outcome = loop {
        match socket.receive(&mut buffer, exchange.silence()) {
            Ok(_) => {}
            Err(ReceiveError::Overrun) => break Err::<(), _>(ENOBUFS),
            Err(error) => panic!("{error}"),
        }
    };
    case.raw(outcome, "200 answers");
}

fn a_second_listing_begins_before_the_first_ends(case: &Case<'_>) {
    // More than one datagram's worth.
    for port in 1..=100 {
        case.site.add(&format!("tcp 192.0.2.1:{port}"));
    }
    case.site.settle();
    let listing = (IPVS_CMD_GET_SERVICE, Expect::Dump);
    let answers = case.site.raw().batch(&[listing, listing, listing]);
    assert_eq!(answers[0].as_ref().unwrap().len(), 100);
    case.raw(answers[1].as_ref().map_err(|errno| *errno), "the second");
    case.raw(answers[2].as_ref().map_err(|errno| *errno), "the third");
}
