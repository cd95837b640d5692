//! Exchanges with a kernel whose answers are made up, cut into datagrams in
//! any way.

use proptest::prelude::*;

use super::{MULTI, ack, done, exchange, part, receive, sequence};
use crate::wire::WireError;
use crate::wire::exchange::Expect;
use crate::wire::message::{Header, write};

/// A request and what becomes of it.
#[derive(Clone, Copy, Debug)]
struct Story {
    expect: Expect,
    /// 0 for success.
    errno: i32,
    /// How many entries its dump has.
    entries: u32,
    /// Whether the kernel forgets the acknowledgement, where it may.
    forgets: bool,
}

fn stories() -> impl Strategy<Value = Vec<Story>> {
    let expect = prop_oneof![
        1 => Just(Expect::Ack),
        1 => Just(Expect::AckOrNothing),
        1 => Just(Expect::Reply),
        1 => Just(Expect::Dump),
        3 => Just(Expect::Silent),
    ];
    let errno = prop_oneof![3 => Just(0), 1 => 1..200];
    let story = (expect, errno, 0..5_u32, any::<bool>());
    let story = story.prop_map(|(expect, errno, entries, forgets)| Story {
        expect,
        errno,
        entries,
        forgets,
    });
    // The last one is answered, so that all can be concluded.
    prop::collection::vec(story, 0..12).prop_map(|mut stories| {
        stories.push(Story {
            expect: Expect::Ack,
            errno: 0,
            entries: 0,
            forgets: false,
        });
        stories
    })
}

/// The kernel's answers, message by message: what it queues while the send
/// runs, then what is left of the dumps.
fn answers(stories: &[Story]) -> Vec<Vec<u8>> {
    let (mut queued, mut later) = (Vec::new(), Vec::new());
    for (index, story) in (0..).zip(stories) {
        match story {
            Story {
                expect: Expect::Dump,
                errno,
                entries,
                ..
            } => {
                let mut parts: Vec<_> = (0..*entries).map(|n| part(index, MULTI, n)).collect();
                parts.push(done(index, 0, *errno));
                let rest = parts.split_off(1);
                queued.extend(parts);
                later.extend(rest);
            }
            Story { errno: 1.., .. } => queued.push(ack(index, story.errno)),
            Story {
                expect: Expect::Silent,
                ..
            } => {}
            Story {
                expect: Expect::AckOrNothing,
                forgets: true,
                ..
            } => {}
            Story {
                expect: Expect::Reply,
                ..
            } => queued.push(part(index, 0, index)),
            _ => queued.push(ack(index, 0)),
        }
    }
    queued.extend(later);
    queued
}

/// How a request must end, in the words of `describe`.
fn ending(index: usize, story: &Story) -> String {
    match story {
        Story { errno: 1.., .. } => format!("{index} errno {}", story.errno),
        Story {
            expect: Expect::Silent,
            ..
        } => format!("{index} implied"),
        Story {
            expect: Expect::AckOrNothing,
            forgets: true,
            ..
        } => format!("{index} implied"),
        _ => format!("{index} answered"),
    }
}

/// All events, from datagrams that hold as many messages as `groups` says in
/// turn.
fn run(stories: &[Story], groups: &[usize]) -> Vec<String> {
    let expected: Vec<Expect> = stories.iter().map(|story| story.expect).collect();
    let mut exchange = exchange(&expected);
    let mut messages = &answers(stories)[..];
    let mut groups = groups.iter().copied().cycle();
    let mut events = Vec::new();
    while !messages.is_empty() {
        assert!(!exchange.is_finished(), "finished before {messages:?}");
        let size = groups.next().unwrap_or(1).min(messages.len());
        let (datagram, rest) = messages.split_at(size);
        events.extend(receive(&mut exchange, &datagram.concat()).unwrap());
        messages = rest;
    }
    assert!(exchange.is_finished(), "{exchange:?}");
    assert_eq!(exchange.stale(), 0);
    events
}

proptest! {
    #[test]
    fn every_request_ends_once_and_as_it_did(stories in stories()) {
        let events = run(&stories, &[]);
        for (index, story) in stories.iter().enumerate() {
            let own = format!("{index} ");
            let own: Vec<&String> = events.iter().filter(|event| event.starts_with(&own)).collect();
            let messages = match story {
                Story { expect: Expect::Dump, entries, .. } => usize::try_from(*entries).unwrap(),
                Story { expect: Expect::Reply, errno: 0, .. } => 1,
                _ => 0,
            };
            prop_assert_eq!(own.len(), messages + 1);
            prop_assert_eq!(own[messages], &ending(index, story));
        }
    }

    #[test]
    fn any_grouping_into_datagrams_gives_the_same_events(
        stories in stories(),
        groups in prop::collection::vec(1..8_usize, 0..20),
    ) {
        prop_assert_eq!(run(&stories, &groups), run(&stories, &[]));
    }

    #[test]
    fn a_message_cut_short_is_an_error(stories in stories(), cut in any::<prop::sample::Index>()) {
        let expected: Vec<Expect> = stories.iter().map(|story| story.expect).collect();
        let messages = answers(&stories);
        let datagram = messages.concat();
        let cut = cut.index(datagram.len());
        let mut ends = vec![0];
        ends.extend(messages.iter().scan(0, |end, message| {
            *end += message.len();
            Some(*end)
        }));
        let received = receive(&mut exchange(&expected), &datagram[..cut]);
        prop_assert_eq!(received.is_ok(), ends.contains(&cut));
    }

    #[test]
    fn arbitrary_datagrams_never_panic(
        datagrams in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..100), 0..5),
    ) {
        let mut exchange = exchange(&[Expect::Ack, Expect::Dump, Expect::Silent, Expect::Reply]);
        for datagram in datagrams {
            exchange.receive(&datagram).for_each(|event| _ = event);
        }
    }

    /// Messages to the right address with any content: requests may end
    /// wrongly, but once each, and the count of those left is right.
    #[test]
    fn near_answers_end_a_request_once(
        messages in prop::collection::vec(
            (0..8_u32, prop_oneof![1..5_u16, Just(super::FAMILY)], any::<u16>(), 0..40_usize),
            0..20,
        ),
    ) {
        let mut exchange = exchange(&[Expect::Silent, Expect::Dump, Expect::AckOrNothing, Expect::Reply]);
        let mut finished = Vec::new();
        for (index, kind, flags, length) in messages {
            let mut datagram = Vec::new();
            let header = Header { kind, flags, sequence: sequence(index), port: 0 };
            let written = write(&mut datagram, header, |out| {
                out.raw(&vec![0; length]);
                Ok::<_, WireError>(())
            });
            prop_assert_eq!(written, Ok(()));
            for event in exchange.receive(&datagram).flatten() {
                if let crate::wire::exchange::Event::Finished { index, .. } = event {
                    finished.push(index);
                }
            }
        }
        finished.extend(exchange.outstanding());
        finished.sort_unstable();
        prop_assert_eq!(finished, [0, 1, 2, 3]);
        prop_assert_eq!(exchange.is_finished(), exchange.outstanding().count() == 0);
    }
}
