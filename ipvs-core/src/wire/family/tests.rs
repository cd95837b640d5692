use std::time::Duration;

use super::{Family, ask};
use crate::wire::WireError;
use crate::wire::attr::build;
use crate::wire::exchange::Exchange;
#[cfg(target_endian = "little")]
use crate::wire::exchange::{Event, Success};

fn exchange() -> Exchange {
    Exchange::new(7, Duration::from_secs(5))
}

fn decode(attrs: impl FnOnce(&mut crate::wire::attr::Builder<'_>)) -> Result<Family, WireError> {
    let mut bytes = Vec::new();
    build(&mut bytes, |out| {
        attrs(out);
        Ok::<_, WireError>(())
    })?;
    Family::decode(&bytes)
}

#[test]
fn the_question() {
    let mut exchange = exchange();
    assert_eq!(ask(&mut exchange, "IPVS"), Ok(0));
    #[cfg(target_endian = "big")]
    let expected = [
        0, 0, 0, 0x20, 0, 0x10, 0, 0x01, 0, 0, 0, 7, 0, 0, 0,
        0, // request 7 to the controller
        3, 1, 0, 0, // GETFAMILY
        0, 9, 0, 2, b'I', b'P', b'V', b'S', 0, 0, 0, 0, // FAMILY_NAME
    ];
    #[cfg(target_endian = "little")]
    let expected = [
        0x20, 0, 0, 0, 0x10, 0, 0x01, 0, 7, 0, 0, 0, 0, 0, 0,
        0, // request 7 to the controller
        3, 1, 0, 0, // GETFAMILY
        9, 0, 2, 0, b'I', b'P', b'V', b'S', 0, 0, 0, 0, // FAMILY_NAME
    ];
    assert_eq!(exchange.bytes(), expected);
}

/// The answer to `CTRL_CMD_GETFAMILY` "nlctrl", recorded from a 6.18 kernel:
/// with nests of operations and groups that are skipped.
#[cfg(target_endian = "little")]
#[test]
fn the_answer() {
    let answer = [
        0x88, 0x00, 0x00, 0x00, 0x10, 0x00, 0x00, 0x00, 0x07, 0x00, 0x00, 0x00, 0x78, 0x16, 0x00,
        0x00, 0x01, 0x02, 0x00, 0x00, 0x0b, 0x00, 0x02, 0x00, 0x6e, 0x6c, 0x63, 0x74, 0x72, 0x6c,
        0x00, 0x00, 0x06, 0x00, 0x01, 0x00, 0x10, 0x00, 0x00, 0x00, 0x08, 0x00, 0x03, 0x00, 0x02,
        0x00, 0x00, 0x00, 0x08, 0x00, 0x04, 0x00, 0x00, 0x00, 0x00, 0x00, 0x08, 0x00, 0x05, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x2c, 0x00, 0x06, 0x00, 0x14, 0x00, 0x01, 0x00, 0x08, 0x00, 0x01,
        0x00, 0x03, 0x00, 0x00, 0x00, 0x08, 0x00, 0x02, 0x00, 0x0e, 0x00, 0x00, 0x00, 0x14, 0x00,
        0x02, 0x00, 0x08, 0x00, 0x01, 0x00, 0x0a, 0x00, 0x00, 0x00, 0x08, 0x00, 0x02, 0x00, 0x0c,
        0x00, 0x00, 0x00, 0x1c, 0x00, 0x07, 0x00, 0x18, 0x00, 0x01, 0x00, 0x08, 0x00, 0x02, 0x00,
        0x10, 0x00, 0x00, 0x00, 0x0b, 0x00, 0x01, 0x00, 0x6e, 0x6f, 0x74, 0x69, 0x66, 0x79, 0x00,
        0x00,
    ];
    let mut exchange = exchange();
    assert_eq!(ask(&mut exchange, "nlctrl"), Ok(0));
    let events: Vec<Event> = exchange.receive(&answer).map(Result::unwrap).collect();
    let [Event::Message { attributes, .. }, finished] = events[..] else {
        panic!("{events:?}")
    };
    let family = Family { id: 16, version: 2 };
    assert_eq!(Family::decode(attributes), Ok(family));
    let result = Ok(Success::Answered);
    assert_eq!(finished, Event::Finished { index: 0, result });
}

#[test]
fn what_is_short_missing_or_impossible_is_named() {
    let id = "CTRL_ATTR_FAMILY_ID";
    let version = "CTRL_ATTR_VERSION";
    let missing = |name| Err(WireError::MissingAttribute { name });
    let short = |name, length, needed| {
        Err(WireError::ShortAttribute {
            name,
            length,
            needed,
        })
    };
    assert_eq!(decode(|_| ()), missing(id));
    assert_eq!(decode(|out| out.u32(3, 1)), missing(id));
    assert_eq!(decode(|out| out.u16(1, 30)), missing(version));
    assert_eq!(decode(|out| out.u8(1, 30)), short(id, 1, 2));
    assert_eq!(decode(|out| out.u16(3, 1)), short(version, 2, 4));
    let control = WireError::InvalidAttribute { name: id, value: 2 };
    assert_eq!(decode(|out| out.u16(1, 2)), Err(control));
}

#[test]
fn of_two_ids_the_last_wins() {
    let family = decode(|out| {
        out.u16(1, 30);
        out.u32(3, 1);
        out.u16(1, 31);
    });
    assert_eq!(family, Ok(Family { id: 31, version: 1 }));
}

#[test]
fn a_name_that_no_attribute_can_hold_is_refused() {
    let mut exchange = exchange();
    let refused = ask(&mut exchange, &"x".repeat(70_000));
    assert_eq!(refused, Err(WireError::TooLarge { size: 70_005 }));
    assert!(exchange.is_empty() && exchange.bytes().is_empty());
}
