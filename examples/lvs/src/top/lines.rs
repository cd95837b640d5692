//! What is shown, as words: for the screen, and for a pipe. Pure.

use crate::numbers::{short, span};
use crate::observe::{Picture, ServerRow, ServiceRow};
use crate::status::State;
use crate::top::Sort;

/// How something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Good,
    Bad,
    Open,
}

/// One line of the list.
pub(super) enum Row<'a> {
    Service(&'a ServiceRow),
    Server(&'a ServiceRow, &'a ServerRow),
}

/// The services, each with its servers in their order.
pub(super) fn rows(picture: &Picture, sort: Sort) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    for service in &picture.services {
        rows.push(Row::Service(service));
        let mut servers: Vec<&ServerRow> = service.servers.iter().collect();
        let number = |row: &ServerRow| {
            row.entry.map(|entry| match sort {
                Sort::File => 0,
                Sort::Active => u64::from(entry.active_connections),
                Sort::Rate => entry.stats.rates.connections,
                Sort::Weight => u64::from(entry.dest.weight),
            })
        };
        if sort != Sort::File {
            servers.sort_by_key(|row| std::cmp::Reverse(number(row)));
        }
        rows.extend(servers.into_iter().map(|row| Row::Server(service, row)));
    }
    rows
}

/// The heads of the columns.
pub(super) const HEADS: [&str; 9] = [
    "CHECK", "SERVER", "ADDRESS", "FWD", "WT", "ACT", "INACT", "CONN/S", "OUT B/S",
];

/// How wide the columns are, in letters; a space parts them. All are 79, and without the last,
/// which a narrow screen leaves out for a drawing, 71.
pub(super) const WIDTHS: [u16; 9] = [5, 12, 21, 6, 4, 5, 5, 6, 7];

/// What a checker says; `!` is for what a signal forces.
pub(super) fn check(row: &ServerRow) -> (Standing, &'static str) {
    match row.health.as_ref().map(|health| health.state) {
        Some(State::Up) => (Standing::Good, "up"),
        Some(State::Down) => (Standing::Bad, "down"),
        Some(State::ForcedUp) => (Standing::Good, "up!"),
        Some(State::ForcedDown) => (Standing::Bad, "down!"),
        Some(State::Unknown) => (Standing::Open, "…"),
        None => (Standing::Open, "-"),
    }
}

/// A server's columns.
pub(super) fn columns(row: &ServerRow) -> [String; 9] {
    let absent = || "-".to_owned();
    let number = |number: Option<u64>| number.map_or_else(absent, short);
    let entry = row.entry.as_ref();
    let forward = entry.map(|entry| match entry.dest.forward {
        ipvs_core::ForwardMethod::MASQUERADE => "nat".to_owned(),
        ipvs_core::ForwardMethod::DIRECT_ROUTE => "direct".to_owned(),
        other => other.to_string(),
    });
    [
        check(row).1.to_owned(),
        row.label(),
        row.key.to_string(),
        forward.unwrap_or_else(absent),
        number(entry.map(|entry| entry.dest.weight.into())),
        number(entry.map(|entry| entry.active_connections.into())),
        number(entry.map(|entry| entry.inactive_connections.into())),
        number(entry.map(|entry| entry.stats.rates.connections)),
        number(entry.map(|entry| entry.stats.rates.outgoing_bytes)),
    ]
}

/// A service's line.
pub(super) fn service(row: &ServiceRow) -> String {
    let name = row.name.as_deref().unwrap_or("(not in the file)");
    let mut line = format!("{name}  {}", row.key);
    match &row.entry {
        Some(entry) => {
            let rates = entry.stats.rates;
            line += &format!(
                "  {}  {} active  {} conn/s  in {} out {} B/s",
                entry.service.scheduler,
                short(row.active_connections()),
                short(rates.connections),
                short(rates.incoming_bytes),
                short(rates.outgoing_bytes),
            );
        }
        None => line += "  not in the kernel",
    }
    if row.sorry == Some(true) {
        line += "  sorry server";
    }
    line
}

/// What the daemons tell, in a line each.
pub(super) fn daemons(picture: &Picture) -> [(Standing, String); 2] {
    let ago = |then: u64| span(picture.at.saturating_sub(then));
    let pulse = match &picture.pulse {
        Ok(pulse) => {
            let serves = if pulse.active { "active" } else { "inactive" };
            let heard = pulse
                .heard
                .map_or("never".to_owned(), |heard| ago(heard) + " ago");
            let text = format!(
                "{} {serves} for {}, partner heard {heard}",
                pulse.role,
                ago(pulse.since)
            );
            (Standing::Good, text)
        }
        Err(trouble) => (Standing::Open, trouble.to_string()),
    };
    let lvsd = match &picture.lvsd {
        Ok(lvsd) => {
            let text = format!(
                "{} version {}, read {} ago, {} services",
                lvsd.config.display(),
                lvsd.serial_no,
                ago(lvsd.loaded),
                lvsd.services.len()
            );
            match &lvsd.refused {
                Some(refused) => (Standing::Bad, format!("{text}; reload refused: {refused}")),
                None => (Standing::Good, text),
            }
        }
        Err(trouble) => (Standing::Open, trouble.to_string()),
    };
    [pulse, lvsd]
}

/// All of it as plain text, with a line end behind each line.
#[must_use]
pub fn plain(picture: &Picture) -> String {
    let mut text = String::new();
    for (name, (_, told)) in ["pulse", "lvsd"].iter().zip(daemons(picture)) {
        text += &format!("{name:<6} {told}\n");
    }
    if let Err(why) = &picture.table {
        text += &format!("table  {why}\n");
    }
    for row in rows(picture, Sort::File) {
        match row {
            Row::Service(row) => {
                let heads = padded(HEADS.map(str::to_owned));
                text += &format!("\n{}\n{heads}\n", service(row));
            }
            Row::Server(_, row) => text += &(padded(columns(row)) + "\n"),
        }
    }
    text
}

/// Columns beside each other; numbers stand at the right.
fn padded(columns: [String; 9]) -> String {
    let parts = columns.iter().zip(WIDTHS).enumerate();
    let parts = parts.map(|(index, (text, width))| {
        let width = usize::from(width);
        if is_number(index) {
            format!("{text:>width$}")
        } else {
            format!("{text:<width$}")
        }
    });
    let line: Vec<String> = parts.collect();
    line.join(" ").trim_end().to_owned()
}

/// Whether a column holds numbers.
pub(super) const fn is_number(column: usize) -> bool {
    column >= 4
}
