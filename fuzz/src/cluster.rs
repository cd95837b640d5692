use std::net::IpAddr;

use ipvs_core::rules::{self, Names, NoNames};
use ipvs_core::{Protocol, Table};

use crate::config::{Config, parse};
use crate::convert::{Loss, from_table, keepalived, rules as to_rules, to_table};

/// Any text as an lvs.cf, as a keepalived.conf, and as a table's rules or JSON: what is read can
/// be printed, and reads as it is printed; what is lost on the way is told.
pub fn cluster(data: &[u8]) {
    let lines = data.split(|byte| *byte == b'\n').count();
    match parse(data, &Lab) {
        Ok(parsed) => {
            for warning in &parsed.warnings {
                assert!(!warning.to_string().is_empty());
            }
            read(&parsed.config);
        }
        Err(refused) => {
            assert!(!refused.mistakes.is_empty());
            for mistake in &refused.mistakes {
                assert!((1..=lines).contains(&mistake.line), "{mistake}");
                assert!(!mistake.to_string().is_empty());
            }
        }
    }
    let converted = keepalived::read(&String::from_utf8_lossy(data), &Lab);
    told(&converted.losses, lines);
    read(&converted.value);

    let rules = rules::parse_table(data, Lab).ok();
    let json = serde_json::from_slice(data).ok();
    for table in rules.iter().chain(&json) {
        from(table);
    }
}

/// Knows a name or two.
struct Lab;

impl Names for Lab {
    fn address(&self, host: &str) -> Option<IpAddr> {
        (host == "directeur").then(|| [10, 0, 2, 50].into())
    }

    fn port(&self, service: &str, protocol: Protocol) -> Option<u16> {
        (service == "http" && protocol == Protocol::TCP).then_some(80)
    }
}

/// It prints, reads as it prints, and makes a table and lines.
fn read(config: &Config) {
    reads_as_it_prints(config);
    for complaint in config.complaints() {
        assert!(!complaint.to_string().is_empty());
    }
    let table = to_table(config);
    told(&table.losses, 0);
    from(&table.value);

    let lines = to_rules(config);
    told(&lines.losses, 0);
    if let Err(mistake) = rules::parse(&lines.value) {
        panic!("{mistake} in\n{}", lines.value);
    }
}

/// A table's file reads as it prints.
fn from(table: &Table) {
    let made = from_table(table);
    told(&made.losses, 0);
    reads_as_it_prints(&made.value);
}

fn reads_as_it_prints(config: &Config) {
    let printed = config.to_string();
    let again = parse(printed.as_bytes(), &NoNames).map(|parsed| parsed.config);
    assert_eq!(again.as_ref(), Ok(config), "{printed}");
}

/// Each loss says what, and where if it says that.
fn told(losses: &[Loss], lines: usize) {
    for loss in losses {
        assert!(!loss.what.is_empty());
        assert!(
            loss.line.is_none_or(|line| (1..=lines).contains(&line)),
            "{loss}"
        );
    }
}
