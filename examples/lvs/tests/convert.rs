//! The applet `convert`, as people run it.

use std::io::Write;
use std::process::{Command, Output, Stdio};

const HAR300: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/har300.cf");
const KEEPALIVED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/keepalived.conf");

const RULES: &str = "\
-A -t 10.0.2.100:80 -s rr -p 600
-a -t 10.0.2.100:80 -r 10.0.3.100:8080 -m -w 1
-a -t 10.0.2.100:80 -r 10.0.3.150:8080 -m -w 1
";

fn lvs(words: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_lvs"))
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It may have ended by now, without having read it.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn told(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn the_documents_file_becomes_rules_and_they_a_file_again() {
    let out = lvs(
        &["convert", "--from", "lvs.cf", "--to", "rules", HAR300],
        "",
    );
    assert!(out.status.success());
    assert_eq!(told(&out.stdout), RULES);
    let wanted = "not carried over: virtual LVS_NAT: a table has no sorry server: 10.0.2.200\n";
    assert_eq!(told(&out.stderr), wanted);

    let out = lvs(&["convert", "--from=rules", "--to=lvs.cf"], RULES);
    assert!(out.status.success());
    let file = told(&out.stdout);
    assert!(file.contains("virtual tcp-10.0.2.100:80 {\n"), "{file}");

    let out = lvs(&["convert", "--from", "lvs.cf", "--to", "rules"], &file);
    assert_eq!(told(&out.stdout), RULES);
}

#[test]
fn a_keepalived_conf_becomes_the_same_table() {
    let out = lvs(
        &[
            "convert",
            "--from",
            "keepalived",
            "--to",
            "json",
            KEEPALIVED,
        ],
        "",
    );
    assert!(out.status.success());
    let table: ipvs_core::Table = serde_json::from_slice(&out.stdout).unwrap();
    let wanted = ipvs_core::rules::parse(RULES).unwrap();
    assert_eq!(table.services, wanted.services);
    let lost = told(&out.stderr);
    let line = format!("{KEEPALIVED}: not carried over: line 4: router_id directeur: ");
    assert!(lost.contains(&line), "{lost}");
}

#[test]
fn a_table_goes_to_json_and_comes_back() {
    let out = lvs(&["convert", "--from", "rules", "--to", "json"], RULES);
    assert!(out.status.success());
    let json = told(&out.stdout);
    let out = lvs(&["convert", "--from", "json", "--to", "rules"], &json);
    assert_eq!(
        (told(&out.stdout), told(&out.stderr)),
        (RULES.into(), String::new())
    );
    assert!(out.status.success());

    let out = lvs(&["convert", "--from", "json", "--to", "rules"], "{\n!}");
    assert_eq!(out.status.code(), Some(1));
    let mistake = told(&out.stderr);
    assert!(mistake.starts_with("standard input: "), "{mistake}");
    assert!(mistake.contains("line 2 column 1"), "{mistake}");
}

#[test]
fn mistakes_are_told_with_file_and_line() {
    let out = lvs(
        &["convert", "--from", "lvs.cf", "--to", "json"],
        "a = 1\nkeepalive = x\n",
    );
    assert_eq!(out.status.code(), Some(1));
    assert_eq!(
        told(&out.stderr),
        "standard input: line 1, column 1: unknown command: \"a\"\n\
         standard input: line 2, column 13: integer expected: \"x\"\n"
    );
    let out = lvs(
        &["convert", "--from", "rules", "--to", "json"],
        "-A -t x -s rr\n",
    );
    assert_eq!(out.status.code(), Some(1));
    assert!(told(&out.stderr).starts_with("standard input: parse: line 1, "));
    let out = lvs(
        &["convert", "--from", "lvs.cf", "--to", "json", "no/file"],
        "",
    );
    assert_eq!(out.status.code(), Some(1));
    assert!(told(&out.stderr).starts_with("no/file: "));
}

#[test]
fn what_is_asked_wrongly_is_told_with_how_to_ask() {
    for words in [
        &["convert"][..],
        &["convert", "--from", "lvs.cf"],
        &["convert", "--from", "xml", "--to", "json"],
        &["convert", "--from", "rules", "--to", "json", "a", "b"],
        &["convert", "--by", "hand"],
        &["juggle"],
        &[],
    ] {
        let out = lvs(words, "");
        assert_eq!(out.status.code(), Some(2), "{words:?}");
        assert!(told(&out.stderr).contains("usage: lvs "), "{words:?}");
    }
    for words in [&["--help"][..], &["convert", "--help"]] {
        let out = lvs(words, "");
        assert!(out.status.success());
        assert!(told(&out.stdout).starts_with("usage: lvs "));
    }
}

/// The name that it is called under picks the applet too.
#[test]
fn a_link_is_an_applet() {
    let link = std::env::temp_dir()
        .join(format!("lvs-{}", std::process::id()))
        .join("convert");
    let folder = link.parent().unwrap();
    std::fs::create_dir(folder).unwrap();
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_lvs"), &link).unwrap();
    let out = Command::new(&link)
        .args(["--from", "lvs.cf", "--to", "rules", HAR300])
        .output();
    std::fs::remove_dir_all(folder).unwrap();
    assert_eq!(told(&out.unwrap().stdout), RULES);
}
