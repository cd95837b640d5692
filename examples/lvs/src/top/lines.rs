//! What is shown, as words: for the screen, and for a pipe. Pure.

use crate::numbers::{short, span};
use crate::observe::{Picture, ServerRow, ServiceRow, Trouble};
use crate::status::State;
use crate::top::{Look, Sort};

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
    /// What the last check of the server above failed for.
    Failure(&'a str),
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
        for row in servers {
            rows.push(Row::Server(service, row));
            let failure = row
                .health
                .as_ref()
                .and_then(|health| health.failure.as_deref());
            rows.extend(failure.map(Row::Failure));
        }
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

/// What a check failed for, below its server's name.
pub(super) fn failure(why: &str) -> String {
    let indent = usize::from(WIDTHS[0]) + 1;
    format!("{:indent$}{why}", "")
}

/// What stands above the list: what each daemon tells, and what can't be read.
pub(super) fn head(look: &Look) -> Vec<(Standing, &'static str, String)> {
    let [pulse, lvsd] = daemons(&look.picture);
    let mut head = vec![(pulse.0, "pulse", pulse.1), (lvsd.0, "lvsd", lvsd.1)];
    let table = look.picture.table.as_ref().err();
    head.extend(table.map(|why| (Standing::Bad, "table", why.clone())));
    let mistakes = look.trouble.iter().flat_map(|trouble| trouble.lines());
    head.extend(mistakes.map(|line| (Standing::Bad, "file", line.to_owned())));
    head
}

/// What the daemons tell, in a line each.
fn daemons(picture: &Picture) -> [(Standing, String); 2] {
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
            refusable(text, pulse.refused.as_deref())
        }
        Err(trouble) => untold(trouble),
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
            refusable(text, lvsd.refused.as_deref())
        }
        Err(trouble) => untold(trouble),
    };
    [pulse, lvsd]
}

/// What a daemon tells that may have refused the file.
fn refusable(text: String, refused: Option<&str>) -> (Standing, String) {
    match refused {
        Some(refused) => (Standing::Bad, format!("{text}; reload refused: {refused}")),
        None => (Standing::Good, text),
    }
}

fn untold(trouble: &Trouble) -> (Standing, String) {
    (Standing::Open, trouble.to_string())
}

/// All of it as plain text, with a line end behind each line.
#[must_use]
pub fn plain(look: &Look) -> String {
    let mut text = String::new();
    for (_, name, told) in head(look) {
        text += &format!("{name:<6} {told}\n");
    }
    for row in rows(&look.picture, Sort::File) {
        match row {
            Row::Service(row) => {
                let heads = padded(HEADS.map(str::to_owned));
                text += &format!("\n{}\n{heads}\n", service(row));
            }
            Row::Server(_, row) => text += &(padded(columns(row)) + "\n"),
            Row::Failure(why) => text += &(failure(why) + "\n"),
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
