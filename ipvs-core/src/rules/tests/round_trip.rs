use proptest::prelude::*;

use super::*;
use crate::Table;
use crate::strategies::{self, sayable};

/// Any change: those that a line can say, and those that hardly one can.
fn any_change() -> impl Strategy<Value = Change> {
    let service =
        || prop_oneof![3 => sayable::service().boxed(), 1 => strategies::service().boxed()];
    let daemon = prop_oneof![sayable::daemon().boxed(), strategies::daemon().boxed()];
    let timeouts = prop_oneof![
        sayable::timeouts_edit().boxed(),
        strategies::timeouts_edit().boxed()
    ];
    let held = || {
        service().prop_flat_map(|service| {
            let key = service.key;
            let dest = prop_oneof![
                3 => sayable::dest(key).boxed(),
                1 => strategies::dest().boxed()
            ];
            (Just(key), dest)
        })
    };
    prop_oneof![
        2 => service().prop_map(Change::AddService),
        1 => service().prop_map(Change::UpdateService),
        1 => service().prop_map(|service| Change::RemoveService(service.key)),
        1 => service().prop_map(|service| Change::ZeroService(service.key)),
        3 => held().prop_map(|(key, dest)| Change::AddDest(key, dest)),
        1 => held().prop_map(|(key, dest)| Change::UpdateDest(key, dest)),
        1 => held().prop_map(|(key, dest)| Change::RemoveDest(key, dest.key)),
        2 => daemon.prop_map(Change::StartDaemon),
        1 => strategies::role().prop_map(Change::StopDaemon),
        2 => timeouts.prop_map(Change::SetTimeouts),
        1 => prop_oneof![Just(Change::Flush), Just(Change::Zero)],
    ]
}

/// Words that make lines that are nearly right.
fn token() -> impl Strategy<Value = String> {
    let forms = super::super::grammar::FORMS;
    let option = proptest::sample::select(forms).prop_flat_map(|form| {
        let short = form.short.map(|letter| format!("-{letter}"));
        let long = format!("--{}", form.long);
        proptest::sample::select(vec![short.unwrap_or(long.clone()), long])
    });
    let value = proptest::sample::select(
        &[
            "1",
            "0",
            "80",
            "64",
            "255.255.255.0",
            "192.0.2.1:80",
            "192.0.2.1",
            "[2001:db8::1]:53",
            "2001:db8::2",
            "10.1:0x50",
            "vip:http",
            "rr",
            "sh",
            "sip",
            "flag-1,sh-port",
            "master",
            "backup",
            "gue",
            "gre",
            "ipip",
            "224.0.0.81",
            "ff02::81",
            "eth0",
            "-",
            "--",
            "ipvsadm",
            "#",
            "=",
            ":",
        ][..],
    );
    prop_oneof![
        8 => option,
        4 => value.prop_map(str::to_owned),
        1 => "\\PC{0,6}",
        1 => "-[a-zA-Z0-9=]{1,6}",
    ]
}

proptest! {
    #[test]
    fn a_table_reads_as_it_prints(table in sayable::table()) {
        let mut text = Vec::new();
        Format::new().with_extras().write(&table, &mut text).unwrap();
        prop_assert_eq!(parse_table(&text[..], NoNames).unwrap(), table.clone());
        let services = Table { timeouts: None, daemons: None, ..table.clone() };
        prop_assert_eq!(parse(&print(&table).unwrap()).unwrap(), services);
    }

    #[test]
    fn a_change_reads_as_it_prints_or_its_field_is_named(change in any_change()) {
        match Format::new().line(&change) {
            Ok(line) => {
                let read = parse_line(&line, &NoNames);
                prop_assert_eq!(read, Ok(Some(Command::Change(change))), "{}", line);
            }
            Err(error) => prop_assert!(error.field().is_some(), "{}", error),
        }
    }

    /// And what was read can always be said.
    #[test]
    fn no_line_panics(tokens in proptest::collection::vec(token(), 0..9)) {
        let line = tokens.join(" ");
        match parse_line(&line, &Lab) {
            Ok(Some(Command::Change(change))) => {
                let said = Format::new().line(&change).unwrap();
                prop_assert_eq!(parse_line(&said, &NoNames), Ok(Some(Command::Change(change))));
            }
            Ok(_) => {}
            Err(mistake) => {
                prop_assert!(!mistake.to_string().is_empty());
                let column = line.chars().skip(mistake.column() - 1);
                prop_assert!(column.collect::<String>().starts_with(mistake.word()));
            }
        }
    }

    #[test]
    fn no_words_panic(words in proptest::collection::vec(prop_oneof![token(), Just(String::new())], 0..9)) {
        let _ = Command::parse(&words, &Lab);
    }

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Commands::new(&bytes[..]).count();
        let _ = parse_table(&bytes[..], Lab);
    }
}
