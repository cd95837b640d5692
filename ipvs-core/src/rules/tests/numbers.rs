use super::super::value::{inet_aton, number};

#[test]
fn numbers_are_those_of_strtol() {
    for (text, expected) in [
        ("0", Some(0)),
        ("-0", Some(0)),
        ("+100", Some(100)),
        (" \t\n\x0b\x0c\r7", Some(7)),
        ("007", Some(7)),
        ("101", None),
        ("-1", None),
        ("", None),
        (" ", None),
        ("+", None),
        ("+-1", None),
        ("7 ", None),
        ("0x7", None),
        ("99999999999999999999999", None),
    ] {
        assert_eq!(number::<u8>(text, 0, 100), expected, "{text:?}");
    }
    assert_eq!(number::<u32>("4294967295", 1, i64::MAX), Some(u32::MAX));
    assert_eq!(number::<u32>("4294967296", 1, i64::MAX), None);
}

#[test]
fn addresses_are_those_of_inet_aton() {
    for (text, expected) in [
        ("10.0.0.1", Some([10, 0, 0, 1])),
        ("10.1", Some([10, 0, 0, 1])),
        ("10.1.258", Some([10, 1, 1, 2])),
        ("167772161", Some([10, 0, 0, 1])),
        ("4294967295", Some([255; 4])),
        ("0x7f.1", Some([127, 0, 0, 1])),
        ("0X7F.0.0.010", Some([127, 0, 0, 8])),
        ("10.0.0.1 x", Some([10, 0, 0, 1])),
        ("10.0.0.1\n", Some([10, 0, 0, 1])),
        ("0", Some([0; 4])),
        ("10.0.0.256", None),
        ("10.16777216", None),
        ("256.1", None),
        ("4294967296", None),
        ("08", None),
        ("0x", None),
        ("10..1", None),
        ("10.", None),
        (".1", None),
        ("1.2.3.4.5", None),
        ("1.2.3.4.", None),
        ("+1.2.3.4", None),
        ("", None),
        (" 1", None),
        ("vip", None),
    ] {
        assert_eq!(inet_aton(text).map(|ip| ip.octets()), expected, "{text:?}");
    }
}
