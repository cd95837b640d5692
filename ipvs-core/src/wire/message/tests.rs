use proptest::prelude::*;

use super::{
    Answer, Content, ExtendedAck, Generic, Header, Message, Messages, write, write_generic,
};
use crate::wire::WireError;

fn only(datagram: &[u8]) -> Message<'_> {
    let messages: Result<Vec<Message>, WireError> = Messages::new(datagram).collect();
    let [message] = messages.unwrap()[..] else {
        panic!("one message")
    };
    message
}

fn header(kind: u16, flags: u16) -> Header {
    Header {
        kind,
        flags,
        sequence: 7,
        port: 5752,
    }
}

/// A message of raw payload.
fn message(header: Header, payload: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let written = write(&mut bytes, header, |out| {
        out.raw(payload);
        Ok::<_, WireError>(())
    });
    assert_eq!(written, Ok(()));
    bytes
}

fn short(name: &'static str, length: usize, needed: usize) -> WireError {
    WireError::ShortPayload {
        name,
        length,
        needed,
    }
}

/// Recorded from a 6.18 kernel, little-endian, with `NETLINK_CAP_ACK` and
/// `NETLINK_EXT_ACK` set.
#[cfg(target_endian = "little")]
mod golden {
    use super::*;

    /// The acknowledgement of `CTRL_CMD_GETFAMILY` "nlctrl" with `NLM_F_ACK`.
    const ACK: &[u8] = &[
        0x24, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x01, 0x07, 0x00, 0x00, 0x00, 0x78, 0x16, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x20, 0x00, 0x00, 0x00, 0x10, 0x00, 0x05, 0x00, 0x07, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    ];

    /// `CTRL_CMD_GETFAMILY` "IPVS" where there is none: ENOENT.
    const ENOENT: &[u8] = &[
        0x24, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x01, 0x07, 0x00, 0x00, 0x00, 0x78, 0x16, 0x00,
        0x00, 0xfe, 0xff, 0xff, 0xff, 0x20, 0x00, 0x00, 0x00, 0x10, 0x00, 0x01, 0x00, 0x07, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    ];

    /// `CTRL_CMD_GETFAMILY` with a `CTRL_ATTR_FAMILY_ID` of one byte: ERANGE,
    /// a sentence, an offset, and a policy.
    const ERANGE: &[u8] = &[
        0x78, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x03, 0x07, 0x00, 0x00, 0x00, 0x78, 0x16, 0x00,
        0x00, 0xde, 0xff, 0xff, 0xff, 0x1c, 0x00, 0x00, 0x00, 0x10, 0x00, 0x01, 0x00, 0x07, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x27, 0x00, 0x01, 0x00, 0x41, 0x74, 0x74, 0x72, 0x69,
        0x62, 0x75, 0x74, 0x65, 0x20, 0x66, 0x61, 0x69, 0x6c, 0x65, 0x64, 0x20, 0x70, 0x6f, 0x6c,
        0x69, 0x63, 0x79, 0x20, 0x76, 0x61, 0x6c, 0x69, 0x64, 0x61, 0x74, 0x69, 0x6f, 0x6e, 0x00,
        0x00, 0x08, 0x00, 0x02, 0x00, 0x14, 0x00, 0x00, 0x00, 0x24, 0x00, 0x04, 0x80, 0x0c, 0x00,
        0x04, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x0c, 0x00, 0x05, 0x00, 0xff,
        0xff, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x08, 0x00, 0x01, 0x00, 0x03, 0x00, 0x00, 0x00,
    ];

    #[test]
    fn acknowledgements() {
        let ack = only(ACK);
        assert_eq!(ack.header, header(2, 0x100));
        assert_eq!(ack.content(), Ok(Content::Ack(Answer::default())));

        let refused = Answer {
            errno: 2,
            extended: ExtendedAck::default(),
        };
        assert_eq!(only(ENOENT).content(), Ok(Content::Ack(refused)));

        let explained = Answer {
            errno: 34,
            extended: ExtendedAck {
                message: Some("Attribute failed policy validation"),
                offset: Some(20),
                ..ExtendedAck::default()
            },
        };
        assert_eq!(only(ERANGE).content(), Ok(Content::Ack(explained)));
    }

    #[test]
    fn a_datagram_of_several() {
        let datagram = [ENOENT, ERANGE, ACK].concat();
        let lengths: Vec<usize> = Messages::new(&datagram)
            .map(|message| message.unwrap().payload.len() + 16)
            .collect();
        assert_eq!(lengths, [ENOENT.len(), ERANGE.len(), ACK.len()]);
    }

    #[test]
    fn a_request_as_it_was_sent() {
        let mut bytes = Vec::new();
        let request = Header {
            kind: 0x10,
            flags: 5,
            sequence: 7,
            port: 0,
        };
        let written = write_generic(&mut bytes, request, 3, |attrs| {
            attrs.string(2, "nlctrl");
            Ok::<_, WireError>(())
        });
        assert_eq!(written, Ok(()));
        let head = [
            0x20, 0, 0, 0, 0x10, 0, 5, 0, 7, 0, 0, 0, 0, 0, 0, 0, 3, 1, 0, 0,
        ];
        let name = b"\x0b\0\x02\0nlctrl\0\0";
        assert_eq!(bytes, [&head[..], name].concat());
    }
}

const TLVS: u16 = 0x200;
const CAPPED: u16 = 0x100;

/// `NLMSGERR_ATTR_MSG` "no", then `MISS_TYPE` 3 and `MISS_NEST` 20.
fn extended() -> (Vec<u8>, ExtendedAck<'static>) {
    let mut bytes = Vec::new();
    let built = crate::wire::attr::build(&mut bytes, |attrs| {
        attrs.string(1, "no");
        attrs.u32(5, 3);
        attrs.u32(6, 20);
        Ok::<_, WireError>(())
    });
    assert_eq!(built, Ok(()));
    let parsed = ExtendedAck {
        message: Some("no"),
        offset: None,
        missing_kind: Some(3),
        missing_nest: Some(20),
    };
    (bytes, parsed)
}

fn code(errno: i32) -> [u8; 4] {
    (-errno).to_ne_bytes()
}

#[test]
fn an_uncapped_answer_is_extended_behind_the_echoed_request() {
    let (tlvs, extended) = extended();
    let request = message(header(0x1c, 1), &[9; 6]);
    let payload = [&code(22)[..], &request, &tlvs].concat();
    let answer = |flags| {
        only(&message(header(2, flags), &payload))
            .content()
            .map(owned)
    };
    let plain = Answer {
        errno: 22,
        extended: ExtendedAck::default(),
    };
    assert_eq!(
        answer(TLVS),
        owned_ok(Answer {
            errno: 22,
            extended
        })
    );
    assert_eq!(answer(0), owned_ok(plain));
    // Capped by its flag, so the echoed payload is read as attributes, which
    // it is not; the errno stands.
    assert_eq!(answer(TLVS | CAPPED), owned_ok(plain));
}

fn owned(content: Content<'_>) -> String {
    format!("{content:?}")
}

fn owned_ok(answer: Answer<'_>) -> Result<String, WireError> {
    Ok(owned(Content::Ack(answer)))
}

#[test]
fn an_echo_that_is_cut_short_hides_the_extension_only() {
    let (tlvs, _) = extended();
    let mut request = message(header(0x1c, 1), &[]);
    request[..4].copy_from_slice(&1000_u32.to_ne_bytes());
    let datagram = message(header(2, TLVS), &[&code(1)[..], &request, &tlvs].concat());
    let answer = Answer {
        errno: 1,
        extended: ExtendedAck::default(),
    };
    assert_eq!(only(&datagram).content(), Ok(Content::Ack(answer)));
}

#[test]
fn words_end_where_utf8_does() {
    let mut payload = [&code(1)[..], &[0; 16]].concat();
    let built = crate::wire::attr::build(&mut payload, |attrs| {
        attrs.bytes(1, b"good\xffbad\0");
        Ok::<_, WireError>(())
    });
    assert_eq!(built, Ok(()));
    let datagram = message(header(2, TLVS | CAPPED), &payload);
    let Ok(Content::Ack(answer)) = only(&datagram).content() else {
        panic!("an acknowledgement")
    };
    assert_eq!(answer.extended.message, Some("good"));
}

#[test]
fn a_done_carries_a_code_and_may_be_extended() {
    let (tlvs, extended) = extended();
    let done = |flags, payload: &[u8]| {
        let datagram = message(header(3, flags), payload);
        only(&datagram).content().map(owned)
    };
    let expected = |answer| Ok(owned(Content::Done(answer)));
    assert_eq!(done(2, &code(0)), expected(Answer::default()));
    assert_eq!(done(2, &[]), expected(Answer::default()));
    let failed = Answer {
        errno: 22,
        extended,
    };
    let payload = [&code(22)[..], &tlvs].concat();
    assert_eq!(done(2 | TLVS, &payload), expected(failed));
    let plain = Answer {
        errno: 22,
        extended: ExtendedAck::default(),
    };
    assert_eq!(done(2, &payload), expected(plain));
    assert_eq!(done(2, &[0; 3]), Err(short("NLMSG_DONE", 3, 4)));
}

#[test]
fn no_code_is_taken_for_success_but_zero() {
    for code in [i32::MIN, -1, 1, i32::MAX] {
        let payload = [&code.to_ne_bytes()[..], &[0; 16]].concat();
        let datagram = message(header(2, 0), &payload);
        let Ok(Content::Ack(answer)) = only(&datagram).content() else {
            panic!("an acknowledgement")
        };
        assert!(answer.errno > 0, "{code}");
    }
}

#[test]
fn short_payloads_are_errors() {
    let content = |kind, length: usize| {
        let datagram = message(header(kind, 0), &vec![0; length]);
        only(&datagram).content().map(owned)
    };
    assert_eq!(content(2, 3), Err(short("nlmsgerr", 3, 4)));
    assert_eq!(content(2, 19), Err(short("nlmsgerr", 15, 16)));
    assert_eq!(content(0x1c, 3), Err(short("genlmsghdr", 3, 4)));
}

#[test]
fn netlinks_own_types() {
    let content = |kind| {
        let datagram = message(header(kind, 0), &[]);
        only(&datagram).content().map(owned)
    };
    assert_eq!(content(1), Ok(owned(Content::Nothing)));
    assert_eq!(content(4), Ok(owned(Content::Overrun)));
    assert_eq!(content(15), Ok(owned(Content::Nothing)));
}

#[test]
fn lengths_that_lie_are_errors_and_the_last_item() {
    let with_length = |length: u32| {
        let mut bytes = message(header(0x1c, 0), &[1, 1, 0, 0]);
        bytes[..4].copy_from_slice(&length.to_ne_bytes());
        let items: Vec<_> = Messages::new(&bytes).map(|item| item.map(|_| ())).collect();
        items
    };
    for declared in [0, 4, 15] {
        let declared_size = usize::try_from(declared).unwrap();
        let undersized = WireError::UndersizedMessage {
            declared: declared_size,
        };
        assert_eq!(with_length(declared), [Err(undersized)]);
    }
    for declared in [21, 4096, u32::MAX] {
        let truncated = WireError::TruncatedMessage {
            declared: usize::try_from(declared).unwrap(),
            available: 20,
        };
        assert_eq!(with_length(declared), [Err(truncated)]);
    }
    assert_eq!(with_length(20), [Ok(())]);
}

#[test]
fn an_empty_datagram_has_no_messages() {
    assert_eq!(Messages::new(&[]).count(), 0);
}

#[test]
fn the_last_message_may_lack_its_padding() {
    let bytes = message(header(0x1c, 0), &[1, 1, 0, 0, 9]);
    assert_eq!(bytes.len(), 24);
    for end in 21..=24 {
        assert_eq!(only(&bytes[..end]).payload, [1, 1, 0, 0, 9]);
    }
}

#[test]
fn a_refused_message_leaves_nothing() {
    let mut bytes = message(header(0x1c, 0), &[1, 1, 0, 0]);
    let before = bytes.clone();
    let refused = write_generic(&mut bytes, header(0x1c, 0), 1, |attrs| {
        attrs.bytes(1, &[0; 65_532]);
        Ok(())
    });
    assert_eq!(refused, Err(WireError::TooLarge { size: 65_536 }));
    assert_eq!(bytes, before);
}

fn headers() -> impl Strategy<Value = Header> {
    let fields = (16..=u16::MAX, any::<u16>(), any::<u32>(), any::<u32>());
    fields.prop_map(|(kind, flags, sequence, port)| Header {
        kind,
        flags,
        sequence,
        port,
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read(
        written in prop::collection::vec((headers(), any::<u8>(), prop::collection::vec(any::<u8>(), 0..40)), 0..6),
    ) {
        let mut datagram = Vec::new();
        for (header, command, payload) in &written {
            let result = write_generic(&mut datagram, *header, *command, |out| {
                out.raw(payload);
                Ok::<_, WireError>(())
            });
            prop_assert_eq!(result, Ok(()));
        }
        let mut read = Messages::new(&datagram);
        for (header, command, attributes) in &written {
            let message = read.next().unwrap().unwrap();
            prop_assert_eq!(message.header, *header);
            let generic = Generic { command: *command, version: 1, attributes };
            prop_assert_eq!(message.content(), Ok(Content::Generic(generic)));
        }
        prop_assert_eq!(read.next(), None);
    }

    #[test]
    fn a_message_cut_short_is_an_error(
        lengths in prop::collection::vec(0..10_usize, 1..5),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut datagram = Vec::new();
        let mut whole = vec![0];
        for length in lengths {
            datagram.extend(message(header(0x1c, 0), &vec![0; 4 * length]));
            whole.push(datagram.len());
        }
        let cut = cut.index(datagram.len());
        let messages: Result<Vec<Message>, WireError> = Messages::new(&datagram[..cut]).collect();
        prop_assert_eq!(messages.is_ok(), whole.contains(&cut));
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        for message in Messages::new(&bytes).map_while(Result::ok) {
            _ = message.content();
        }
    }

    /// A believable header in front makes most of them messages.
    #[test]
    fn near_messages_never_panic(
        kind in 0..20_u16,
        flags in any::<u16>(),
        payload in prop::collection::vec(0..40_u8, 0..200),
    ) {
        for message in Messages::new(&message(header(kind, flags), &payload)) {
            _ = message.unwrap().content();
        }
    }
}
