//! What the originals choked on, and is accepted.

use super::*;

/// What a file says, and its one warning.
fn odd(text: &[u8]) -> (Config, String) {
    let parsed = parse(text, &Lab).unwrap();
    let [warning] = parsed.warnings.as_slice() else {
        panic!("{:?}", parsed.warnings)
    };
    (parsed.config, warning.to_string())
}

#[test]
fn blanks_may_be_missing_around_the_equal() {
    let blanks = "the originals need blanks around this =";
    for text in ["keepalive=7", "keepalive =7", "keepalive= 7"] {
        let (config, warning) = odd(text.as_bytes());
        assert_eq!(config.keepalive, 7, "{text}");
        assert!(warning.ends_with(blanks), "{warning}");
    }
    let (config, warning) = odd(b"virtual web {\n send=\"GET /a=b\\r\\n\"\n}\n");
    assert_eq!(config.virtuals[0].send.as_deref(), Some("GET /a=b\r\n"));
    assert_eq!(warning, format!("line 2, column 6: {blanks}"));
}

#[test]
fn a_blank_may_be_missing_before_the_brace() {
    let (config, warning) = odd(b"virtual web{\n}\n");
    assert_eq!(config.virtuals[0].name, "web");
    assert_eq!(
        warning,
        "line 1, column 12: the originals need a blank before this {"
    );
}

#[test]
fn a_comment_may_follow() {
    let (config, warning) = odd(b"keepalive = 7 # seconds, of course\n");
    assert_eq!(config.keepalive, 7);
    assert!(warning.starts_with("line 1, column 15: "), "{warning}");
    assert_eq!(
        accept("active_cmd = #no").active_cmd.as_deref(),
        Some("#no")
    );
    odd(b"virtual web { # the shop\n}\n");
    odd(b"virtual web {\n} # the shop\n");
}

#[test]
fn what_the_library_knows_is_accepted() {
    for (line, wanted) in [
        (
            "scheduler = sed",
            "the originals did not know the scheduler sed",
        ),
        (
            "scheduler = mh",
            "the originals did not know the scheduler mh",
        ),
        (
            "protocol = sctp",
            "the originals did not know the protocol sctp",
        ),
        (
            "sorry_server = fd00::2",
            "the originals knew no IPv6 addresses",
        ),
        (
            "expect_program = /bin/true",
            "the originals refuse a file with expect_program",
        ),
        ("check = https", "the originals refuse a file with check"),
        (
            "sorry_server = directeur",
            "directeur is 10.0.2.50 now, and the address is what is kept",
        ),
        (
            "address = 10.0.0.1",
            "without a device behind it nobody brings this address up",
        ),
    ] {
        let (_, warning) = odd(format!("virtual web {{\n{line}\n}}\n").as_bytes());
        assert!(warning.ends_with(wanted), "{warning}");
    }
    let text = "virtual web {\n server one {\n  port = http\n }\n}\n";
    let (config, warning) = odd(text.as_bytes());
    assert_eq!(config.virtuals[0].servers[0].port, Some(80));
    assert!(warning.starts_with("line 3, column 10: "), "{warning}");
}

#[test]
fn the_manuals_name_of_debug_level_is_accepted() {
    let (config, warning) = odd(b"debug = HB\n");
    assert_eq!(config.debug_level, "HB");
    assert!(
        warning.ends_with("the originals call it debug_level"),
        "{warning}"
    );
}

#[test]
fn what_is_said_twice_is_told() {
    let (config, warning) = odd(b"keepalive = 1\nkeepalive = 3\n");
    assert_eq!(config.keepalive, 3);
    assert!(warning.starts_with("line 2, column 1: "), "{warning}");
    let (config, warning) = odd(b"virtual a {\n}\nvirtual a {\n}\n");
    assert_eq!(config.virtuals.len(), 2);
    assert!(warning.starts_with("line 3, column 9: "), "{warning}");
}

#[test]
fn only_the_low_byte_of_a_sync_id_counts() {
    let (config, _) = odd(b"syncd_id = 258\n");
    assert_eq!(config.syncd_id, 2);
}

#[test]
fn text_may_be_longer_than_the_originals_room() {
    let long = "x".repeat(256);
    let (config, _) = odd(format!("virtual web {{\nexpect = {long}\n}}\n").as_bytes());
    assert_eq!(config.virtuals[0].expect.as_ref(), Some(&long));
}

#[test]
fn lines_of_other_systems_and_times_are_read() {
    let windows = HAR300.replace('\n', "\r\n");
    assert_eq!(accept(&windows), accept(HAR300));
    assert_eq!(accept("\u{feff}keepalive = 3\n").keepalive, 3);
    let (config, warning) = odd(b"keepalive = 3\nvirtual \xe9t\xe9 {\n}\n");
    assert_eq!(config.virtuals[0].name, "été");
    assert!(
        warning.starts_with("line 2, column 9: not UTF-8"),
        "{warning}"
    );
}

#[test]
fn escapes_hold_without_quotes_in_what_is_sent() {
    let text = "active_cmd = a\\nb\nvirtual web {\n send = PING\\r\\n\n expect = '\\+PONG'\n}\n";
    let config = accept(text);
    assert_eq!(config.virtuals[0].send.as_deref(), Some("PING\r\n"));
    assert_eq!(config.virtuals[0].expect.as_deref(), Some("\\+PONG"));
    assert_eq!(config.active_cmd.as_deref(), Some("a\\nb"));
}

#[test]
fn masks_of_one_address_and_empty_texts_are_none() {
    let text = "virtual web {\n pmask = 255.255.255.255\n send = \"\"\n fwmark = 0\n}\n";
    let service = &accept(text).virtuals[0];
    assert_eq!((service.pmask, service.fwmark), (None, None));
    assert_eq!(service.send, None);
}
