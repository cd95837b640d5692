use std::time::Duration;

use ipvs_core::wire::WireError;
use ipvs_core::wire::exchange::{Event, Exchange, Expect, Success};
use ipvs_core::wire::message::{Header, write};
use ipvs_sys::netlink::{NLMSG_DONE, NLMSG_ERROR, NLMSG_NOOP, NLMSG_OVERRUN};

use crate::source::Source;

const FAMILY: u16 = 0x1c;

/// Any requests, and any datagrams as their answers.
pub fn exchange(data: &[u8]) {
    let mut source = Source::new(data);
    // Near the place where the numbers begin anew, and anywhere.
    let first = match source.coin() {
        true => u32::MAX - u32::from(source.below(8)),
        false => source.any(),
    };
    let expects = source.list(12, |source| {
        source.pick(&[
            Expect::Ack,
            Expect::AckOrNothing,
            Expect::Reply,
            Expect::Dump,
            Expect::Silent,
        ])
    });
    let datagrams = source.list(16, |source| datagram(source, first));

    let apart = Watched::new(first, &expects).receive_all(&datagrams);
    let at_once = Watched::new(first, &expects).receive_all(&[Datagram::join(&datagrams)]);
    if datagrams.iter().all(|datagram| datagram.whole) {
        assert_eq!(apart, at_once, "how answers are cut into datagrams matters");
    }
}

struct Datagram {
    bytes: Vec<u8>,
    /// Whether it ends where a message does.
    whole: bool,
}

impl Datagram {
    fn join(all: &[Datagram]) -> Datagram {
        let bytes = all.iter().flat_map(|one| &one.bytes).copied().collect();
        let whole = all.iter().all(|one| one.whole);
        Datagram { bytes, whole }
    }
}

/// A few messages that are nearly answers, or any bytes.
fn datagram(source: &mut Source<'_>, first: u32) -> Datagram {
    if source.below(8) == 7 {
        let bytes = source.bytes(100).to_vec();
        return Datagram {
            bytes,
            whole: false,
        };
    }
    let mut bytes = Vec::new();
    for message in source.list(6, |source| message(source, first)) {
        bytes.extend(message);
    }
    Datagram { bytes, whole: true }
}

fn message(source: &mut Source<'_>, first: u32) -> Vec<u8> {
    let kinds = [
        NLMSG_ERROR,
        FAMILY,
        NLMSG_DONE,
        NLMSG_ERROR,
        FAMILY,
        NLMSG_NOOP,
        NLMSG_OVERRUN,
    ];
    let kind = match source.below(16) {
        15 => source.any(),
        place => kinds[usize::from(place) % kinds.len()],
    };
    let header = Header {
        kind,
        flags: source.pick(&[0, 2, 0x12, 0x100, 0x200, 0x302]),
        sequence: first.wrapping_add(source.below(14).into()),
        port: 0,
    };
    let code = -i32::from(source.below(120));
    let rest = source.bytes(40);
    let mut bytes = Vec::new();
    let written = write(&mut bytes, header, |out| {
        // Enough for an acknowledgement, mostly.
        if source.below(8) != 7 {
            out.raw(&code.to_ne_bytes());
            out.raw(&[0; 16]);
        }
        out.raw(rest);
        Ok::<_, WireError>(())
    });
    assert_eq!(written, Ok(()));
    bytes
}

/// An exchange, and what it has said.
struct Watched {
    exchange: Exchange,
    expects: Vec<Expect>,
    finished: Vec<bool>,
    said: Vec<String>,
}

impl Watched {
    fn new(first: u32, expects: &[Expect]) -> Self {
        let mut exchange = Exchange::new(first, Duration::from_secs(5));
        for (index, expect) in expects.iter().enumerate() {
            let pushed = exchange.push(FAMILY, 1, *expect, |_| Ok::<_, WireError>(()));
            assert_eq!(pushed, Ok(index));
        }
        Watched {
            exchange,
            expects: expects.to_vec(),
            finished: vec![false; expects.len()],
            said: Vec::new(),
        }
    }

    /// Everything that it says to some datagrams, up to the first error; and how many
    /// messages it skipped.
    fn receive_all(mut self, datagrams: &[Datagram]) -> (Vec<String>, u64) {
        let mut broken = None;
        for datagram in datagrams {
            broken = self.receive(&datagram.bytes);
            self.agrees();
            if broken.is_some() {
                break;
            }
        }
        if let Some(error) = broken {
            self.stays_broken(error);
            self.said.push(error.to_string());
        }
        let stale = self.exchange.stale();
        self.starts_anew(datagrams);
        (self.said, stale)
    }

    fn receive(&mut self, datagram: &[u8]) -> Option<WireError> {
        let mut events = self.exchange.receive(datagram);
        while let Some(event) = events.next() {
            match event {
                Err(error) => {
                    assert_eq!(events.next(), None, "an error is the last item");
                    return Some(error);
                }
                Ok(Event::Message { index, .. }) => {
                    assert!(!self.finished[index], "an answer behind the end");
                }
                Ok(Event::Finished { index, result }) => {
                    assert!(!self.finished[index], "it ends twice");
                    self.finished[index] = true;
                    let may_be_silent =
                        matches!(self.expects[index], Expect::Silent | Expect::AckOrNothing);
                    assert!(may_be_silent || result != Ok(Success::Implied));
                }
                Ok(_) => unreachable!("no other event"),
            }
            self.said.push(format!("{event:?}"));
        }
        None
    }

    /// What is outstanding is what has not been said to have ended.
    fn agrees(&self) {
        let open = self.finished.iter().enumerate();
        let open: Vec<usize> = open
            .filter(|(_, ended)| !**ended)
            .map(|(index, _)| index)
            .collect();
        assert_eq!(self.exchange.outstanding().collect::<Vec<_>>(), open);
        assert_eq!(self.exchange.is_finished(), open.is_empty());
    }

    fn stays_broken(&mut self, error: WireError) {
        for datagram in [&[][..], &[0; 16], &[1]] {
            let events: Vec<_> = self.exchange.receive(datagram).collect();
            assert_eq!(events, [Err(error)]);
        }
        self.agrees();
    }

    /// Begun anew, it takes no answer to what was asked before.
    fn starts_anew(&mut self, datagrams: &[Datagram]) {
        self.exchange.restart();
        assert!(self.exchange.is_empty() && self.exchange.bytes().is_empty());
        for datagram in datagrams {
            let events: Vec<_> = self.exchange.receive(&datagram.bytes).flatten().collect();
            assert_eq!(events, []);
        }
    }
}
