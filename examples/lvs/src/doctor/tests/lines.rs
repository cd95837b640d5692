//! Lines that a shell and sed really take.

use std::process::Command;

use super::super::settings::line;
use super::super::shell::{quoted, set_block_key, set_key};

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

const FILE: &str = "\
syncdaemon = 1
virtual first {
     port = 80
     scheduler = rr
     server a.b {
         address = 10.0.3.100
         port = 8080
     }
     server axb {
         address = 10.0.3.150
         port = 8080
     }
}
virtual \"my web\" {
     scheduler = rr
     server a.b {
         address = 10.0.3.100
         port = 8080
     }
}
";

/// The file behind a line, which is changed in one place alone.
fn changed(line: impl FnOnce(&str) -> String) -> (usize, String) {
    let file = tempfile::NamedTempFile::with_prefix("lvs's ").unwrap();
    std::fs::write(file.path(), FILE).unwrap();
    shell(&line(file.path().to_str().unwrap()));
    let after = std::fs::read_to_string(file.path()).unwrap();
    let mut lines = FILE.lines().zip(after.lines()).enumerate();
    let (number, (_, line)) = lines.find(|(_, (before, after))| before != after).unwrap();
    assert!(lines.all(|(_, (before, after))| before == after), "{after}");
    assert_eq!(FILE.lines().count(), after.lines().count());
    (number + 1, line.trim().to_owned())
}

#[test]
fn sed_changes_the_value_that_is_meant() {
    let global = changed(|file| set_key(file, "syncdaemon", "0"));
    assert_eq!(global, (1, "syncdaemon = 0".into()));
    let block = changed(|file| set_block_key(file, &[("virtual", "my web")], "scheduler", "wlc"));
    assert_eq!(block, (15, "scheduler = wlc".into()));
    let inner = [("virtual", "first"), ("server", "a.b")];
    let inner = changed(|file| set_block_key(file, &inner, "port", "80"));
    assert_eq!(inner, (7, "port = 80".into()));
}
