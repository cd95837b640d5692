use std::net::IpAddr;

use ipvs_core::rules::{
    Command, Commands, Failure, Format, Names, NoNames, parse_line, parse_table,
};
use ipvs_core::{Change, Protocol, ServiceKey, Table, Tunnel};

use crate::source::Source;

/// Any text as lines of ipvsadm's, and any change: what is read can be said, and what can
/// be said reads as it is said.
pub fn rules(data: &[u8]) {
    let change = any_change(&mut Source::new(data));
    match Format::new().line(&change) {
        Ok(_) => said_again(&Command::Change(change)),
        Err(error) => assert!(error.field().is_some(), "{error}"),
    }
    for command in Commands::with_names(data, Lab) {
        match command {
            Ok(line) => said_again(&line.command),
            Err(Failure::Mistake(mistake)) => {
                assert!(mistake.line().is_some() && mistake.column() > 0);
                assert!(!mistake.fault().to_string().is_empty());
            }
            Err(error) => panic!("bytes that fail: {error}"),
        }
    }
    if let Ok(table) = parse_table(data, Lab) {
        printed_again(&table);
    }
    if let Ok(text) = std::str::from_utf8(data) {
        text.lines().for_each(mistake_points_at_its_word);
        let words: Vec<&str> = text.split('\n').collect();
        if let Ok(command) = Command::parse(&words, &Lab) {
            said_again(&command);
        }
    }
}

/// Knows a name or two.
struct Lab;

impl Names for Lab {
    fn address(&self, host: &str) -> Option<IpAddr> {
        match host {
            "vip" => Some([192, 0, 2, 1].into()),
            "vip6" => Some([0x2001, 0xdb8, 0, 0, 0, 0, 0, 1].into()),
            _ => None,
        }
    }

    fn port(&self, service: &str, protocol: Protocol) -> Option<u16> {
        (service == "http" && protocol == Protocol::TCP).then_some(80)
    }
}

fn any_change(source: &mut Source<'_>) -> Change {
    let service = source.service();
    let mut dest = source.dest();
    if source.coin() {
        // Without a port of its own, and with what a line has room for.
        if let ServiceKey::Address { port, .. } = service.key {
            dest.key.port = port;
        }
        dest = dest.with_thresholds(dest.upper_threshold / 2, dest.lower_threshold / 2);
        dest.weight /= 2;
        dest.tunnel = Tunnel::default();
    }
    match source.below(10) {
        0 => Change::AddService(service),
        1 => Change::UpdateService(service),
        2 => Change::RemoveService(service.key),
        3 => Change::ZeroService(service.key),
        4 => Change::AddDest(service.key, dest),
        5 => Change::UpdateDest(service.key, dest),
        6 => Change::RemoveDest(service.key, dest.key),
        7 => Change::StartDaemon(source.daemon()),
        8 => Change::StopDaemon(source.role()),
        _ => Change::SetTimeouts(source.timeouts().into()),
    }
}

fn said_again(command: &Command) {
    let Command::Change(change) = command else {
        return;
    };
    let line = Format::new()
        .line(change)
        .expect("what was read can be said");
    assert_eq!(
        parse_line(&line, &NoNames),
        Ok(Some(Command::Change(*change))),
        "{line}"
    );
    // The original's own line of it says less, and the same command.
    let original = Format::new()
        .as_original()
        .line(change)
        .expect("it comes near");
    let Ok(Some(Command::Change(read))) = parse_line(&original, &NoNames) else {
        panic!("not to be read: {original}");
    };
    assert_eq!(
        (read.op(), read.object()),
        (change.op(), change.object()),
        "{original}"
    );
    assert!(!change.to_string().is_empty());
}

fn printed_again(table: &Table) {
    let mut text = Vec::new();
    let printed = Format::new().with_extras().write(table, &mut text);
    printed.expect("what was read can be printed");
    let read = parse_table(&text[..], NoNames);
    assert_eq!(read.as_ref().ok(), Some(table), "{}", text.escape_ascii());
}

fn mistake_points_at_its_word(line: &str) {
    if let Err(mistake) = parse_line(line, &Lab) {
        let rest: String = line.chars().skip(mistake.column() - 1).collect();
        assert!(rest.starts_with(mistake.word()), "{mistake}");
    }
}
