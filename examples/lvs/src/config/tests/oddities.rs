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
fn elsewhere_a_command_gets_its_backslashes() {
    let text = r#"active_cmd = "printf 'a\n\t' \"\\\\"
virtual web {
 send = "a\n"
 send_program = '/bin/check \d+\n'
}
"#;
    let config = accept(text);
    assert_eq!(config.active_cmd.as_deref(), Some(r#"printf 'a\n\t' "\\"#));
    let service = &config.virtuals[0];
    assert_eq!(service.send.as_deref(), Some("a\n"));
    assert_eq!(service.send_program.as_deref(), Some(r"/bin/check \d+\n"));
    // The originals read it as it was, too.
    let line = r#"active_cmd = "printf 'a\n\t' \"\\\\""#;
    assert!(config.to_string().contains(line), "{config}");
}

#[test]
fn what_a_line_cannot_hold_is_refused_of_programs_too() {
    let mut config = Config::default();
    for (key, words) in [("active_cmd", "a\nb"), ("rsh_command", "a\nb")] {
        let set = config.set_value(key, &[words], Protocol::TCP, &Lab);
        assert_eq!(set.unwrap_err().hint.as_deref(), Some("it is one line"));
    }
    let mut service = Virtual::default();
    let set = service.set_value("send", &["a\nb"], Protocol::TCP, &Lab);
    assert_eq!((set, service.send.as_deref()), (Ok(vec![]), Some("a\nb")));
}

#[test]
fn items_of_a_list_may_begin_with_a_hash() {
    let list = accept("virtual web {\n dirs = [ a #b ]\n}\n");
    assert_eq!(list.virtuals[0].dirs, ["a", "#b"]);
    let (list, warning) = odd(b"virtual web {\n dirs = [ a #b ] # two ]\n}\n");
    assert_eq!(list.virtuals[0].dirs, ["a", "#b"]);
    assert!(warning.starts_with("line 2, column 18: "), "{warning}");
}

#[test]
fn masks_of_one_address_and_empty_texts_are_none() {
    let text = "virtual web {\n pmask = 255.255.255.255\n send = \"\"\n fwmark = 0\n sorry_server = 0.0.0.0\n}\n";
    let service = &accept(text).virtuals[0];
    assert_eq!(service.sorry_server, None);
    assert_eq!((service.pmask, service.fwmark), (None, None));
    assert_eq!(service.send, None);
}
