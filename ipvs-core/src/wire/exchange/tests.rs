mod histories;

use std::time::Duration;

use super::{Event, Exchange, Expect, Failure, Success};
use crate::wire::WireError;
use crate::wire::message::{ExtendedAck, Header, Messages, write, write_generic};

const FAMILY: u16 = 0x1c;
const FIRST: u32 = 100;

const MULTI: u16 = 0x002;
const INTERRUPTED: u16 = 0x010;

fn exchange(expected: &[Expect]) -> Exchange {
    exchange_from(FIRST, expected)
}

fn exchange_from(first: u32, expected: &[Expect]) -> Exchange {
    let mut exchange = Exchange::new(first, Duration::from_secs(5));
    for (index, &expect) in expected.iter().enumerate() {
        let pushed = exchange.push(FAMILY, 1, expect, |_| Ok::<_, WireError>(()));
        assert_eq!(pushed, Ok(index));
    }
    exchange
}

// What a kernel answers to the request of an index.

fn sequence(index: u32) -> u32 {
    FIRST + index
}

fn header(kind: u16, flags: u16, sequence: u32) -> Header {
    Header {
        kind,
        flags,
        sequence,
        port: 5752,
    }
}

fn ack_to(sequence: u32, errno: i32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let written = write(&mut bytes, header(2, 0x100, sequence), |out| {
        out.raw(&(-errno).to_ne_bytes());
        out.raw(&[0; 16]);
        Ok::<_, WireError>(())
    });
    assert_eq!(written, Ok(()));
    bytes
}

fn ack(index: u32, errno: i32) -> Vec<u8> {
    ack_to(sequence(index), errno)
}

fn part(index: u32, flags: u16, content: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let header = header(FAMILY, flags, sequence(index));
    let written = write_generic(&mut bytes, header, 5, |attrs| {
        attrs.u32(1, content);
        Ok::<_, WireError>(())
    });
    assert_eq!(written, Ok(()));
    bytes
}

fn done(index: u32, flags: u16, errno: i32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let header = header(3, MULTI | flags, sequence(index));
    let written = write(&mut bytes, header, |out| {
        out.raw(&(-errno).to_ne_bytes());
        Ok::<_, WireError>(())
    });
    assert_eq!(written, Ok(()));
    bytes
}

// What the exchange makes of it, as text: "0 message 7", "0 answered".

fn receive(exchange: &mut Exchange, datagram: &[u8]) -> Result<Vec<String>, WireError> {
    let events = exchange.receive(datagram);
    events.map(|event| event.map(describe)).collect()
}

fn describe(event: Event<'_>) -> String {
    match event {
        Event::Message {
            index,
            command: 5,
            attributes,
        } => {
            let content = attributes[4..].try_into().map(u32::from_ne_bytes);
            format!("{index} message {}", content.unwrap())
        }
        Event::Message { index, command, .. } => format!("{index} command {command}"),
        Event::Finished { index, result } => match result {
            Ok(Success::Answered) => format!("{index} answered"),
            Ok(Success::Interrupted) => format!("{index} interrupted"),
            Ok(Success::Implied) => format!("{index} implied"),
            Err(Failure { errno, .. }) => format!("{index} errno {errno}"),
        },
    }
}

fn outstanding(exchange: &Exchange) -> Vec<usize> {
    exchange.outstanding().collect()
}

/// The events of one datagram that breaks nothing.
fn events(exchange: &mut Exchange, messages: &[Vec<u8>]) -> Vec<String> {
    receive(exchange, &messages.concat()).unwrap()
}

#[test]
fn each_request_is_sent_as_it_wants_to_be_answered() {
    let exchange = exchange(&[
        Expect::Ack,
        Expect::AckOrNothing,
        Expect::Reply,
        Expect::Dump,
        Expect::Silent,
    ]);
    let headers: Vec<Header> = Messages::new(exchange.bytes())
        .map(|message| message.unwrap().header)
        .collect();
    let flags: Vec<u16> = headers.iter().map(|header| header.flags).collect();
    assert_eq!(flags, [0x005, 0x005, 0x001, 0x301, 0x001]);
    let numbers: Vec<u32> = headers.iter().map(|header| header.sequence).collect();
    assert_eq!(numbers, [100, 101, 102, 103, 104]);
    assert!(
        headers
            .iter()
            .all(|header| (header.kind, header.port) == (FAMILY, 0))
    );
    assert_eq!(exchange.next_sequence(), 105);
    assert_eq!((exchange.len(), exchange.is_finished()), (5, false));
}

#[test]
fn an_empty_exchange_is_finished() {
    let exchange = exchange(&[]);
    assert!(exchange.is_empty() && exchange.is_finished() && exchange.bytes().is_empty());
    assert_eq!(exchange.silence(), Duration::from_secs(5));
}

#[test]
fn a_refused_request_leaves_nothing_behind() {
    let mut exchange = exchange(&[Expect::Ack]);
    let before = exchange.bytes().to_vec();
    let refused = exchange.push(FAMILY, 1, Expect::Ack, |attrs| {
        attrs.bytes(1, &[0; 70_000]);
        Ok(())
    });
    assert_eq!(refused, Err(WireError::TooLarge { size: 70_004 }));
    assert_eq!(exchange.bytes(), before);
    assert_eq!((exchange.len(), exchange.next_sequence()), (1, sequence(1)));
}

#[test]
fn errors_come_back_by_number_and_the_last_ack_is_a_barrier() {
    // Six requests of which the third and fourth fail, as a kernel answers.
    let silent = Expect::Silent;
    let mut exchange = exchange(&[silent, silent, silent, silent, silent, Expect::Ack]);
    assert_eq!(
        events(&mut exchange, &[ack(2, 17)]),
        ["0 implied", "1 implied", "2 errno 17"]
    );
    assert_eq!(outstanding(&exchange), [3, 4, 5]);
    assert_eq!(
        events(&mut exchange, &[ack(3, 3), ack(5, 0)]),
        ["3 errno 3", "4 implied", "5 answered"]
    );
    assert!(exchange.is_finished());
}

#[test]
fn a_reply_is_one_message() {
    let mut exchange = exchange(&[Expect::Silent, Expect::Reply, Expect::Reply]);
    assert_eq!(
        events(&mut exchange, &[part(1, 0, 7)]),
        ["0 implied", "1 message 7", "1 answered"]
    );
    assert_eq!(events(&mut exchange, &[ack(2, 3)]), ["2 errno 3"]);
    assert!(exchange.is_finished());
}

#[test]
fn a_reply_in_parts_ends_with_its_end() {
    let mut exchange = exchange(&[Expect::Reply]);
    let parts = [part(0, MULTI, 7), part(0, MULTI, 8), done(0, 0, 0)];
    assert_eq!(
        events(&mut exchange, &parts),
        ["0 message 7", "0 message 8", "0 answered"]
    );
}

#[test]
fn a_reply_may_be_finished_without_a_message() {
    let mut exchange = exchange(&[Expect::Reply]);
    assert_eq!(events(&mut exchange, &[ack(0, 0)]), ["0 answered"]);
}

#[test]
fn a_dump_ends_with_its_end_in_a_datagram_of_its_own_or_not() {
    let first = [part(0, MULTI, 7), part(0, MULTI, 8)];
    let end = [part(0, MULTI, 9), done(0, 0, 0)];
    let mut listing = exchange(&[Expect::Dump]);
    assert_eq!(events(&mut listing, &first), ["0 message 7", "0 message 8"]);
    assert!(!listing.is_finished());
    assert_eq!(events(&mut listing, &end), ["0 message 9", "0 answered"]);
    assert!(listing.is_finished());

    let mut empty = exchange(&[Expect::Dump]);
    assert_eq!(events(&mut empty, &[done(0, 0, 0)]), ["0 answered"]);
}

#[test]
fn a_dump_fails_at_its_end_or_before_it_begins() {
    let mut midway = exchange(&[Expect::Dump]);
    let parts = [part(0, MULTI, 7), done(0, 0, 22)];
    assert_eq!(events(&mut midway, &parts), ["0 message 7", "0 errno 22"]);

    let mut refused = exchange(&[Expect::Dump]);
    assert_eq!(events(&mut refused, &[ack(0, 95)]), ["0 errno 95"]);
    assert!(midway.is_finished() && refused.is_finished());
}

#[test]
fn a_mark_on_any_part_of_a_dump_shows_at_its_end() {
    for marked in 0..3 {
        let flag = |place| if place == marked { INTERRUPTED } else { 0 };
        let mut exchange = exchange(&[Expect::Dump]);
        let parts = [
            part(0, MULTI | flag(0), 7),
            part(0, MULTI | flag(1), 8),
            done(0, flag(2), 0),
        ];
        assert_eq!(events(&mut exchange, &parts)[2..], ["0 interrupted"]);
    }
}

#[test]
fn the_parts_of_a_dump_interleave_with_later_answers() {
    let mut exchange = exchange(&[
        Expect::Silent,
        Expect::Dump,
        Expect::Silent,
        Expect::Ack,
        Expect::Silent,
        Expect::Ack,
    ]);
    // The first part tells about what came before the dump only.
    assert_eq!(
        events(&mut exchange, &[part(1, MULTI, 7)]),
        ["0 implied", "1 message 7"]
    );
    assert_eq!(
        events(&mut exchange, &[ack(3, 0)]),
        ["2 implied", "3 answered"]
    );
    assert_eq!(
        events(&mut exchange, &[part(1, MULTI, 8), done(1, 0, 0)]),
        ["1 message 8", "1 answered"]
    );
    assert_eq!(outstanding(&exchange), [4, 5]);
    assert_eq!(
        events(&mut exchange, &[ack(4, 2), ack(5, 0)]),
        ["4 errno 2", "5 answered"]
    );
}

#[test]
fn a_forgotten_ack_is_concluded_from_the_dump_behind_it() {
    // Stopping a sync daemon, then listing the daemons: none are left.
    let stop = [Expect::AckOrNothing, Expect::Dump];
    let mut forgotten = exchange(&stop);
    assert_eq!(
        events(&mut forgotten, &[done(1, 0, 0)]),
        ["0 implied", "1 answered"]
    );

    let mut acknowledged = exchange(&stop);
    let answers = [ack(0, 0), part(1, MULTI, 7), done(1, 0, 0)];
    assert_eq!(
        events(&mut acknowledged, &answers),
        ["0 answered", "1 message 7", "1 answered"]
    );

    let mut refused = exchange(&stop);
    assert_eq!(
        events(&mut refused, &[ack(0, 3), done(1, 0, 0)]),
        ["0 errno 3", "1 answered"]
    );
}

#[test]
fn an_ack_that_was_asked_for_is_never_implied() {
    let mut exchange = exchange(&[Expect::Ack, Expect::Silent, Expect::Ack]);
    assert_eq!(
        events(&mut exchange, &[ack(2, 0)]),
        ["1 implied", "2 answered"]
    );
    assert_eq!(outstanding(&exchange), [0]);
    assert_eq!(events(&mut exchange, &[ack(0, 0)]), ["0 answered"]);
}

#[test]
fn silence_behind_the_last_answer_proves_nothing() {
    let mut exchange = exchange(&[Expect::Ack, Expect::Silent]);
    assert_eq!(events(&mut exchange, &[ack(0, 0)]), ["0 answered"]);
    assert_eq!(outstanding(&exchange), [1]);
}

#[test]
fn what_answers_no_outstanding_request_is_skipped_and_counted() {
    let mut exchange = exchange(&[Expect::Ack, Expect::Ack]);
    let answers = [
        ack_to(FIRST - 1, 0),
        ack(0, 0),
        ack(0, 17),
        ack(2, 0),
        ack_to(0, 0),
    ];
    assert_eq!(events(&mut exchange, &answers), ["0 answered"]);
    assert_eq!((exchange.stale(), outstanding(&exchange)), (4, vec![1]));
}

#[test]
fn a_stranger_that_is_malformed_inside_is_only_a_stranger() {
    let mut exchange = exchange(&[Expect::Ack]);
    let mut stranger = Vec::new();
    let written = write(&mut stranger, header(2, 0, FIRST + 9), |_| {
        Ok::<_, WireError>(())
    });
    assert_eq!(written, Ok(()));
    assert_eq!(
        events(&mut exchange, &[stranger, ack(0, 0)]),
        ["0 answered"]
    );
    assert_eq!(exchange.stale(), 1);
}

#[test]
fn netlinks_noops_are_no_answers() {
    let mut exchange = exchange(&[Expect::Ack]);
    let noop = |kind| {
        let mut bytes = Vec::new();
        let written = write(&mut bytes, header(kind, 0, FIRST), |_| {
            Ok::<_, WireError>(())
        });
        assert_eq!(written, Ok(()));
        bytes
    };
    let answers = [noop(1), noop(9), ack(0, 0)];
    assert_eq!(events(&mut exchange, &answers), ["0 answered"]);
    assert_eq!(exchange.stale(), 0);
}

#[test]
fn sequence_numbers_wrap() {
    let mut exchange = exchange_from(u32::MAX, &[Expect::Silent, Expect::Silent, Expect::Ack]);
    assert_eq!(exchange.next_sequence(), 2);
    let answers = [ack_to(u32::MAX, 17), ack_to(1, 0), ack_to(2, 0)];
    assert_eq!(
        events(&mut exchange, &answers),
        ["0 errno 17", "1 implied", "2 answered"]
    );
    assert_eq!(exchange.stale(), 1);
}

#[test]
fn a_broken_exchange_stays_broken() {
    let mut cut = ack(1, 0);
    cut[..4].copy_from_slice(&100_u32.to_ne_bytes());
    let truncated = WireError::TruncatedMessage {
        declared: 100,
        available: 72,
    };
    let mut short = ack(1, 0);
    short[..4].copy_from_slice(&20_u32.to_ne_bytes());
    short.truncate(20);
    let no_header = WireError::ShortPayload {
        name: "nlmsgerr",
        length: 0,
        needed: 16,
    };
    let mut overrun = ack_to(0, 0);
    overrun[4..6].copy_from_slice(&4_u16.to_ne_bytes());
    let mut stranger = part(1, 0, 7);
    stranger[4..6].copy_from_slice(&0x1d_u16.to_ne_bytes());
    let unexpected = WireError::UnexpectedKind {
        expected: 0x1c,
        found: 0x1d,
    };
    for (bad, error) in [
        (cut, truncated),
        (short, no_header),
        (overrun, WireError::Overrun),
        (stranger, unexpected),
    ] {
        let mut exchange = exchange(&[Expect::Ack, Expect::Ack, Expect::Ack]);
        let datagram = [ack(0, 0), bad, ack(2, 0)].concat();
        let answered = Event::Finished {
            index: 0,
            result: Ok(Success::Answered),
        };
        let mut events = exchange.receive(&datagram);
        assert_eq!(events.next(), Some(Ok(answered)));
        assert_eq!(events.next(), Some(Err(error)));
        assert_eq!(events.next(), None);
        assert_eq!(receive(&mut exchange, &ack(1, 0)), Err(error));
        assert_eq!(outstanding(&exchange), [1, 2]);

        exchange.restart();
        let pushed = exchange.push(FAMILY, 1, Expect::Ack, |_| Ok::<_, WireError>(()));
        assert_eq!(pushed, Ok(0));
        assert_eq!(events_of_late_and_new(&mut exchange), ["0 answered"]);
    }
}

/// After a restart behind three requests: a late answer to one of those, and
/// the answer to the new one.
fn events_of_late_and_new(exchange: &mut Exchange) -> Vec<String> {
    events(exchange, &[ack(2, 0), ack(3, 0)])
}

#[test]
fn the_kernels_words_come_with_the_failure() {
    let mut exchange = exchange(&[Expect::Ack]);
    let mut datagram = Vec::new();
    let written = write(&mut datagram, header(2, 0x300, FIRST), |out| {
        out.raw(&(-34_i32).to_ne_bytes());
        out.raw(&[0; 16]);
        out.string(1, "Attribute failed policy validation");
        out.u32(2, 20);
        Ok::<_, WireError>(())
    });
    assert_eq!(written, Ok(()));
    let failure = Failure {
        errno: 34,
        extended: ExtendedAck {
            message: Some("Attribute failed policy validation"),
            offset: Some(20),
            ..ExtendedAck::default()
        },
    };
    let finished = Event::Finished {
        index: 0,
        result: Err(failure),
    };
    let mut events = exchange.receive(&datagram);
    assert_eq!(events.next(), Some(Ok(finished)));
    assert_eq!(events.next(), None);
}

#[test]
fn nothing_is_taken_in_before_it_is_asked_for() {
    let mut exchange = exchange(&[Expect::Ack, Expect::Ack]);
    let datagram = [ack(0, 0), ack(1, 0)].concat();
    drop(exchange.receive(&datagram));
    assert_eq!(outstanding(&exchange), [0, 1]);
    assert!(exchange.receive(&datagram).next().is_some());
    assert_eq!(outstanding(&exchange), [1]);
}
