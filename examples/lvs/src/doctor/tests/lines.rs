//! Lines that a shell and sed really take.

use std::process::Command;

use super::super::settings::line;
use super::super::shell::{quoted, set_key};
use crate::config::Lines;

fn shell(line: &str) -> String {
    let output = Command::new("sh").args(["-ec", line]).output().unwrap();
    assert!(
        output.status.success(),
        "{line}: {}",
        output.stderr.escape_ascii()
    );
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_quoted_word_is_read_as_it_is() {
    for word in ["plain-1.2/3", "", "two words", "it's", "$HOME `id` \"\\\n*"] {
        assert_eq!(shell(&format!("printf %s {}", quoted(word))), word);
    }
    assert_eq!(quoted("/etc/lvs.cf"), "/etc/lvs.cf");
}

#[test]
fn a_dot_of_an_interface_is_not_one_of_a_sysctl() {
    let path = super::super::settings::of_interface("eth0.100", "rp_filter");
    assert_eq!(
        line(&path, 2),
        "sysctl -w net.ipv4.conf.eth0/100.rp_filter=2"
    );
}

/// Every way to write blanks, and keys that blocks have like the file does.
const FILE: &str = "\
virtual first {
port=80
scheduler   =   rr # in turns
server a.b {
address = 10.0.3.100
port =8080
}
 server \"a.b\" {
   address    = 10.0.3.150
   port       = 8080
   port       = 8081
 }
    }
syncdaemon = 1
  virtual \"my web\" {
     server a.b {
         address = 10.0.3.100
     }
}
failover other {
}
virtual first{
     scheduler = rr
}";

fn lines(text: &str) -> Lines {
    let parsed = crate::config::parse(text.as_bytes(), &ipvs_core::rules::NoNames);
    parsed.unwrap().lines
}

/// A file behind the cure for one of its keys.
fn cured(text: &str, block: impl FnOnce(&Lines) -> &Lines, key: &str, value: &str) -> String {
    let file = tempfile::NamedTempFile::with_prefix("lvs's ").unwrap();
    std::fs::write(file.path(), text).unwrap();
    let path = file.path().to_str().unwrap();
    shell(&set_key(path, block(&lines(text)), key, value));
    std::fs::read_to_string(file.path()).unwrap()
}

/// The lines of the file, of a service's block, or of one of its servers'.
fn find(lines: &Lines, block: Option<(usize, Option<usize>)>) -> &Lines {
    match block {
        None => lines,
        Some((service, None)) => &lines.blocks[service],
        Some((service, Some(server))) => &lines.blocks[service].blocks[server],
    }
}

#[test]
fn sed_changes_the_value_that_is_meant() {
    for (block, key, value, number, line) in [
        (None, "syncdaemon", "0", 14, "syncdaemon = 0"),
        (Some((0, None)), "scheduler", "wlc", 3, "scheduler   = wlc"),
        (Some((0, None)), "port", "81", 2, "port= 81"),
        (Some((0, Some(0))), "port", "80", 6, "port = 80"),
        (Some((0, Some(1))), "port", "80", 11, "   port       = 80"),
        (
            Some((2, None)),
            "scheduler",
            "wlc",
            23,
            "     scheduler = wlc",
        ),
    ] {
        let after = cured(FILE, |lines| find(lines, block), key, value);
        let mut wanted: Vec<&str> = FILE.lines().collect();
        wanted[number - 1] = line;
        assert_eq!(after.lines().collect::<Vec<_>>(), wanted);
    }
}

#[test]
fn sed_adds_a_key_that_is_not_there() {
    let after = cured(FILE, |file| file, "syncd_iface", r"a&b\c");
    assert_eq!(after.trim_end(), format!("{FILE}\nsyncd_iface = a&b\\c"));
    let marked = format!("\u{feff}{FILE}");
    let after = cured(&marked, |file| file, "syncd_iface", "eth1");
    assert_eq!(lines(&after).keys["syncd_iface"], 25);
    let after = cured(FILE, |file| &file.blocks[1], "scheduler", "wlc");
    assert_eq!(lines(&after).blocks[1].keys["scheduler"], 16);
    let after = cured(FILE, |file| &file.blocks[2], "port", "81");
    assert_eq!(lines(&after).blocks[2].keys["port"], 23);
    let windows = FILE.replace('\n', "\r\n");
    let after = cured(&windows, |file| &file.blocks[1], "scheduler", "wlc");
    assert_eq!(lines(&after).blocks[1].keys["scheduler"], 16);
}

#[test]
fn a_line_that_has_moved_is_left_alone() {
    let lines = lines(FILE);
    let file = tempfile::NamedTempFile::new().unwrap();
    let moved = format!("# one line more\n{FILE}");
    std::fs::write(file.path(), &moved).unwrap();
    let path = file.path().to_str().unwrap();
    shell(&set_key(path, &lines, "syncdaemon", "0"));
    shell(&set_key(path, &lines.blocks[1], "scheduler", "wlc"));
    assert_eq!(std::fs::read_to_string(file.path()).unwrap(), moved);
}
