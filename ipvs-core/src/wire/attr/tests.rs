use proptest::prelude::*;

use super::{Attr, Attrs, build};
use crate::wire::WireError;

const NAME: &str = "IPVS_SVC_ATTR_TIMEOUT";

fn attr(payload: &[u8]) -> Attr<'_> {
    Attr { kind: 1, payload }
}

/// The attributes up to the first error.
fn read(bytes: &[u8]) -> Vec<Result<Attr<'_>, WireError>> {
    Attrs::new(bytes).collect()
}

fn malformed(declared: usize, available: usize) -> WireError {
    WireError::MalformedAttribute {
        kind: 1,
        declared,
        available,
    }
}

// What an IPVS service's AF, PORT and SCHED_NAME look like, in a nest.
#[cfg(target_endian = "little")]
const SERVICE: &[u8] = &[
    0x1c, 0x00, 0x01, 0x80, // nest 1, flagged
    0x06, 0x00, 0x01, 0x00, 0x02, 0x00, 0x00, 0x00, // AF 2
    0x06, 0x00, 0x04, 0x00, 0x1f, 0x90, 0x00, 0x00, // PORT 8080, network order
    0x07, 0x00, 0x06, 0x00, b'r', b'r', 0x00, 0x00, // SCHED_NAME "rr"
];
// The same where the host's order is the network's.
#[cfg(target_endian = "big")]
const SERVICE: &[u8] = &[
    0x00, 0x1c, 0x80, 0x01, // nest 1, flagged
    0x00, 0x06, 0x00, 0x01, 0x00, 0x02, 0x00, 0x00, // AF 2
    0x00, 0x06, 0x00, 0x04, 0x1f, 0x90, 0x00, 0x00, // PORT 8080, network order
    0x00, 0x07, 0x00, 0x06, b'r', b'r', 0x00, 0x00, // SCHED_NAME "rr"
];

#[test]
fn reads_what_the_kernel_writes() {
    let [Ok(service)] = read(SERVICE)[..] else {
        panic!("one attribute")
    };
    assert_eq!(service.kind, 1);
    let inner: Vec<Attr> = service.nested().map(Result::unwrap).collect();
    assert_eq!(
        inner.iter().map(|attr| attr.kind).collect::<Vec<_>>(),
        [1, 4, 6]
    );
    assert_eq!(inner[0].u16("IPVS_SVC_ATTR_AF"), Ok(2));
    assert_eq!(inner[1].be16("IPVS_SVC_ATTR_PORT"), Ok(8080));
    assert_eq!(
        inner[2].string("IPVS_SVC_ATTR_SCHED_NAME", 15),
        Ok(&b"rr"[..])
    );
}

#[test]
fn writes_what_the_kernel_reads() {
    let mut bytes = Vec::new();
    let written = build(&mut bytes, |attrs| {
        attrs.nest(0x8001, |service| {
            service.u16(1, 2);
            service.be16(4, 8080);
            service.string(6, "rr");
        });
        Ok::<_, WireError>(())
    });
    assert_eq!(written, Ok(()));
    assert_eq!(bytes, SERVICE);
}

#[test]
fn a_short_integer_names_itself() {
    let short = |length, needed| WireError::ShortAttribute {
        name: NAME,
        length,
        needed,
    };
    assert_eq!(attr(&[]).u8(NAME), Err(short(0, 1)));
    assert_eq!(attr(&[1]).u16(NAME), Err(short(1, 2)));
    assert_eq!(attr(&[1]).be16(NAME), Err(short(1, 2)));
    assert_eq!(attr(&[1; 3]).u32(NAME), Err(short(3, 4)));
    assert_eq!(attr(&[1; 3]).be32(NAME), Err(short(3, 4)));
    assert_eq!(attr(&[1; 7]).u64(NAME), Err(short(7, 8)));
    assert_eq!(attr(&[1; 15]).array::<16>(NAME), Err(short(15, 16)));
    assert_eq!(
        short(3, 4).to_string(),
        "IPVS_SVC_ATTR_TIMEOUT needs 4 bytes and has 3"
    );
}

#[test]
fn a_long_integer_counts_by_its_first_bytes() {
    let long = [1, 2, 3, 4, 5, 6, 7, 8, 9];
    assert_eq!(attr(&long).u8(NAME), Ok(1));
    assert_eq!(attr(&long).u16(NAME), Ok(u16::from_ne_bytes([1, 2])));
    assert_eq!(attr(&long).be16(NAME), Ok(0x0102));
    assert_eq!(attr(&long).u32(NAME), Ok(u32::from_ne_bytes([1, 2, 3, 4])));
    assert_eq!(attr(&long).be32(NAME), Ok(0x0102_0304));
    let eight = [1, 2, 3, 4, 5, 6, 7, 8];
    assert_eq!(attr(&long).u64(NAME), Ok(u64::from_ne_bytes(eight)));
}

#[test]
fn long_bytes_are_refused() {
    let long = |length, limit| WireError::LongAttribute {
        name: NAME,
        length,
        limit,
    };
    assert_eq!(attr(&[0; 16]).bytes(NAME, 16), Ok(&[0; 16][..]));
    assert_eq!(attr(&[0; 17]).bytes(NAME, 16), Err(long(17, 16)));
    assert_eq!(attr(&[7; 4]).array(NAME), Ok([7; 4]));
    assert_eq!(attr(&[7; 5]).array::<4>(NAME), Err(long(5, 4)));
}

#[test]
fn a_string_ends_at_its_nul_and_within_its_limit() {
    let string = |payload| attr(payload).string(NAME, 3);
    let long = |length| WireError::LongAttribute {
        name: NAME,
        length,
        limit: 3,
    };
    assert_eq!(string(b"\0"), Ok(&b""[..]));
    assert_eq!(string(b"wlc\0"), Ok(&b"wlc"[..]));
    assert_eq!(string(b"rr\0garbage behind it"), Ok(&b"rr"[..]));
    assert_eq!(string(b"\xff\0"), Ok(&b"\xff"[..]));
    assert_eq!(string(b"wrrr\0"), Err(long(4)));
    assert_eq!(string(b"wrrr"), Err(long(4)));
    let unterminated = WireError::UnterminatedString { name: NAME };
    assert_eq!(string(b"wlc"), Err(unterminated));
    assert_eq!(string(b""), Err(unterminated));
}

#[test]
fn a_length_below_the_header_or_beyond_the_end_is_the_last_item() {
    for declared in [0_u8, 1, 3, 9, 255] {
        let mut bytes = [0; 8];
        let [l0, l1] = u16::from(declared).to_ne_bytes();
        let [k0, k1] = 1_u16.to_ne_bytes();
        bytes[..4].copy_from_slice(&[l0, l1, k0, k1]);
        assert_eq!(read(&bytes), [Err(malformed(declared.into(), 8))]);
    }
}

#[test]
fn padding_may_be_missing_or_left_over_at_the_end() {
    let mut bytes = Vec::new();
    let built = build(&mut bytes, |attrs| {
        attrs.u8(1, 42);
        Ok::<_, WireError>(())
    });
    assert_eq!((built, bytes.len()), (Ok(()), 8));
    let one = [Ok(attr(&[42]))];
    for end in 5..=8 {
        assert_eq!(read(&bytes[..end]), one);
    }
    assert_eq!(read(&bytes[..4]), [Err(malformed(5, 4))]);
    bytes.extend([0; 3]);
    assert_eq!(read(&bytes), one);
}

#[test]
fn what_does_not_fit_is_refused_and_taken_back() {
    let mut bytes = b"odd".to_vec();
    let mut refused = |body: fn(&mut super::Builder<'_>)| {
        let built = build(&mut bytes, |attrs| {
            body(attrs);
            Ok::<_, WireError>(())
        });
        assert_eq!(bytes, b"odd");
        built.unwrap_err()
    };
    let too_large = |size| WireError::TooLarge { size };
    let leaf = refused(|attrs| attrs.bytes(1, &[0; 65_532]));
    assert_eq!(leaf, too_large(65_536));
    let text = refused(|attrs| attrs.string(1, "x".repeat(65_531)));
    assert_eq!(text, too_large(65_536));
    let nest = refused(|attrs| {
        attrs.nest(1, |nest| (0..8192).for_each(|_| nest.u32(2, 0)));
        attrs.u8(3, 0);
    });
    assert_eq!(nest, too_large(65_540));
}

#[test]
fn the_largest_attribute_fits_behind_unaligned_bytes() {
    let mut bytes = b"odd".to_vec();
    let built = build(&mut bytes, |attrs| {
        attrs.bytes(1, &[7; 65_531]);
        Ok::<_, WireError>(())
    });
    assert_eq!(built, Ok(()));
    assert_eq!(bytes.len(), 3 + 65_536);
    assert_eq!(read(&bytes[3..]), [Ok(attr(&[7; 65_531]))]);
}

#[test]
fn the_callers_own_error_comes_first() {
    #[derive(Debug, PartialEq)]
    struct Mine;
    impl From<WireError> for Mine {
        fn from(_: WireError) -> Self {
            panic!("the caller's error was lost")
        }
    }
    let mut bytes = Vec::new();
    let built = build(&mut bytes, |attrs| {
        attrs.bytes(1, &[0; 70_000]);
        attrs.nest(2, |_| Err(Mine))
    });
    assert_eq!((built, bytes.len()), (Err(Mine), 0));
}

/// A value that an attribute can have.
#[derive(Clone, Debug)]
enum Value {
    U8(u8),
    U16(u16),
    U32(u32),
    U64(u64),
    Be16(u16),
    Be32(u32),
    Bytes(Vec<u8>),
    Text(String),
    Nest(Vec<(u16, Value)>),
}

fn attributes() -> impl Strategy<Value = Vec<(u16, Value)>> {
    let leaf = prop_oneof![
        any::<u8>().prop_map(Value::U8),
        any::<u16>().prop_map(Value::U16),
        any::<u32>().prop_map(Value::U32),
        any::<u64>().prop_map(Value::U64),
        any::<u16>().prop_map(Value::Be16),
        any::<u32>().prop_map(Value::Be32),
        prop::collection::vec(any::<u8>(), 0..20).prop_map(Value::Bytes),
        "[a-z]{0,15}".prop_map(Value::Text),
    ];
    let value = leaf.prop_recursive(3, 32, 6, |value| {
        prop::collection::vec((0..0x4000_u16, value), 0..6).prop_map(Value::Nest)
    });
    prop::collection::vec((0..0x4000_u16, value), 0..8)
}

fn write(attrs: &mut super::Builder<'_>, values: &[(u16, Value)]) {
    for &(kind, ref value) in values {
        match value {
            Value::U8(value) => attrs.u8(kind, *value),
            Value::U16(value) => attrs.u16(kind, *value),
            Value::U32(value) => attrs.u32(kind, *value),
            Value::U64(value) => attrs.u64(kind, *value),
            Value::Be16(value) => attrs.be16(kind, *value),
            Value::Be32(value) => attrs.be32(kind, *value),
            Value::Bytes(value) => attrs.bytes(kind, value),
            Value::Text(value) => attrs.string(kind, value),
            Value::Nest(values) => attrs.nest(kind, |nest| write(nest, values)),
        }
    }
}

fn compare(attrs: Attrs<'_>, values: &[(u16, Value)]) -> Result<(), TestCaseError> {
    let attrs: Result<Vec<Attr>, WireError> = attrs.collect();
    let attrs = attrs.unwrap();
    prop_assert_eq!(attrs.len(), values.len());
    for (attr, (kind, value)) in attrs.into_iter().zip(values) {
        prop_assert_eq!(attr.kind, *kind);
        match value {
            Value::U8(value) => prop_assert_eq!(attr.u8(NAME), Ok(*value)),
            Value::U16(value) => prop_assert_eq!(attr.u16(NAME), Ok(*value)),
            Value::U32(value) => prop_assert_eq!(attr.u32(NAME), Ok(*value)),
            Value::U64(value) => prop_assert_eq!(attr.u64(NAME), Ok(*value)),
            Value::Be16(value) => prop_assert_eq!(attr.be16(NAME), Ok(*value)),
            Value::Be32(value) => prop_assert_eq!(attr.be32(NAME), Ok(*value)),
            Value::Bytes(value) => prop_assert_eq!(attr.bytes(NAME, 20), Ok(&value[..])),
            Value::Text(value) => prop_assert_eq!(attr.string(NAME, 15), Ok(value.as_bytes())),
            Value::Nest(values) => compare(attr.nested(), values)?,
        }
    }
    Ok(())
}

/// Everything that can be called on an attribute.
fn exhaust(attrs: Attrs<'_>, depth: usize) {
    for attr in attrs.map_while(Result::ok) {
        _ = (
            attr.u8(NAME),
            attr.u16(NAME),
            attr.u32(NAME),
            attr.u64(NAME),
        );
        _ = (attr.be16(NAME), attr.be32(NAME), attr.array::<16>(NAME));
        _ = (attr.bytes(NAME, 16), attr.string(NAME, 15));
        if depth > 0 {
            exhaust(attr.nested(), depth - 1);
        }
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read(values in attributes(), prefix in 0..8_usize) {
        let mut bytes = vec![0xaa; prefix];
        let built = build(&mut bytes, |attrs| {
            write(attrs, &values);
            Ok::<_, WireError>(())
        });
        prop_assert_eq!(built, Ok(()));
        prop_assert_eq!((bytes.len() - prefix) % 4, 0);
        compare(Attrs::new(&bytes[prefix..]), &values)?;
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        exhaust(Attrs::new(&bytes), 3);
    }

    /// Small lengths make most of them attributes, nested ones too.
    #[test]
    fn near_attributes_never_panic(bytes in prop::collection::vec(0..12_u8, 0..200)) {
        exhaust(Attrs::new(&bytes), 3);
    }
}
