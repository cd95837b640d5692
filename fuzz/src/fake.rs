use std::time::Duration;

use ipvs_core::fake::{Kernel, Socket};
use ipvs_core::wire::WireError;
use ipvs_core::wire::exchange::{Event, Exchange};
use ipvs_core::wire::family::{self, Family};
use ipvs_core::wire::message::{Content, Header, Messages, write_generic};
use ipvs_core::wire::request::Request;
use ipvs_sys::netlink::{NLM_F_ACK, NLM_F_DUMP, NLM_F_REQUEST};
use ipvs_sys::socket::ReceiveError;

use crate::small::{some_change, some_service};
use crate::source::{Source, attributes};

/// Any requests to the fake kernel, some of them right: it answers in whole messages,
/// each to the socket that asked, and goes on working.
pub fn fake(data: &[u8]) {
    let mut source = Source::new(data);
    let kernel = Kernel::new();
    let socket = kernel.initial().socket();
    let family = family_of(&socket);
    for _ in 0..12 {
        if source.is_empty() {
            break;
        }
        let datagram = match source.below(8) {
            7 => source.bytes(200).to_vec(),
            _ => requests(&mut source, family),
        };
        // Whether it takes it or not.
        let _ = socket.send(&datagram);
        if source.coin() {
            answers(&socket);
        }
        kernel.advance(Duration::from_secs(source.below(200).into()));
    }
    works(&kernel);
}

const LARGE: usize = 32 * 1024;

fn family_of(socket: &Socket) -> u16 {
    let mut exchange = Exchange::new(1, Duration::from_secs(5));
    family::ask(&mut exchange, "IPVS").expect("a short name");
    socket.send(exchange.bytes()).expect("it takes a question");
    let mut buffer = vec![0; LARGE];
    let length = socket.receive(&mut buffer, exchange.silence());
    let answer = &buffer[..length.expect("it answers")];
    match exchange.receive(answer).next() {
        Some(Ok(Event::Message { attributes, .. })) => {
            Family::decode(attributes).expect("a family").id
        }
        other => panic!("{other:?}"),
    }
}

/// A send of a few requests: right ones, and a command with any attributes.
fn requests(source: &mut Source<'_>, family: u16) -> Vec<u8> {
    let mut right = Exchange::new(source.any(), Duration::from_secs(5));
    let mut bytes = Vec::new();
    for _ in 0..=source.below(4) {
        if source.below(4) == 3 {
            let header = Header {
                kind: if source.below(8) == 7 {
                    source.any()
                } else {
                    family
                },
                flags: NLM_F_REQUEST | source.pick(&[0, NLM_F_ACK, NLM_F_DUMP, 0x8000]),
                sequence: source.any(),
                port: 0,
            };
            let command = source.below(20);
            let written = write_generic(&mut bytes, header, command, |out| {
                for kind in source.list(3, |source| source.below(5)) {
                    out.nest(kind.into(), |out| attributes(source, out, true));
                }
                attributes(source, out, false);
                Ok::<_, WireError>(())
            });
            assert_eq!(written, Ok(()));
            continue;
        }
        let (change, key) = (some_change(source), some_service(source).key);
        let request = match source.below(10) {
            0 => Request::GetServices,
            1 => Request::GetDests(&key),
            2 => Request::GetDaemons,
            3 => source.pick(&[
                Request::GetService(&key),
                Request::GetConfig,
                Request::GetInfo,
            ]),
            _ => Request::from(&change),
        };
        // Some hold what no request can.
        let _ = request.push(&mut right, family);
    }
    bytes.extend(right.bytes());
    bytes
}

/// Takes every answer that is there.
fn answers(socket: &Socket) {
    let mut buffer = vec![0; LARGE];
    loop {
        match socket.receive(&mut buffer, Duration::ZERO) {
            Ok(length) => {
                for message in Messages::new(&buffer[..length]) {
                    let message = message.expect("a kernel sends whole messages");
                    assert_eq!(message.header.port, socket.port());
                    match message.content().expect("with all that belongs to them") {
                        Content::Ack(answer) | Content::Done(answer) => {
                            assert!((0..4096).contains(&answer.errno));
                        }
                        Content::Generic(_) => {}
                        other => panic!("no kernel sends {other:?}"),
                    }
                }
            }
            Err(ReceiveError::TimedOut) => return,
            Err(ReceiveError::Overrun) => {}
            Err(error) => panic!("{error:?}"),
        }
    }
}

/// Whatever came before, another socket lists what is there, and empties it.
fn works(kernel: &Kernel) {
    let client = kernel.client().expect("it goes on");
    let seen = client.snapshot().expect("it can be listed");
    for held in &seen.services {
        let service = held.entry.service;
        let there = client.service(&service.key).expect("it is there");
        assert_eq!(there.service, service);
    }
    client.flush().expect("it can be emptied");
    assert_eq!(client.services().expect("it can be listed").len(), 0);
}
