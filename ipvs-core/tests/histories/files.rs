//! What a kernel shows in files, as far as it does not depend on chance.

use std::io;

use crate::machine::Place;

/// The files of `/proc/net` that histories read.
pub const FILES: &[&str] = &[
    "ip_vs",
    "ip_vs_conn",
    "ip_vs_conn_sync",
    "ip_vs_app",
    "ip_vs_stats",
    "ip_vs_stats_percpu",
    "ip_vs_status",
];

/// The text of a file, or its errno.
pub fn read(place: &dyn Place, name: &str) -> String {
    match place.file(name) {
        Ok(text) => mask(name, &String::from_utf8_lossy(&text)),
        Err(error) => failure(&error),
    }
}

/// What came of a write, and the value that is in force then.
pub fn set_sysctl(place: &dyn Place, name: &str, value: &str) -> String {
    let written = match place.set_sysctl(name, format!("{value}\n").as_bytes()) {
        Ok(()) => "taken".to_owned(),
        Err(error) => failure(&error),
    };
    let now = match place.sysctl(name) {
        Ok(text) => String::from_utf8_lossy(&text).into_owned(),
        Err(error) => failure(&error),
    };
    format!("{written}, now {}", settled(name, &now))
}

fn failure(error: &io::Error) -> String {
    format!("errno {:?}", error.raw_os_error())
}

/// A value, but for what is chance: each second the kernel turns a defence that waits (1) into
/// one that works (2), or back.
fn settled<'t>(name: &str, value: &'t str) -> &'t str {
    match (name, value.trim()) {
        ("drop_entry" | "drop_packet" | "secure_tcp", "1" | "2") => "1 or 2",
        ("sync_qlen_max", number) if is_of_memory(number) => "what the memory is good for",
        (_, value) => value,
    }
}

/// A 32nd of the pages that were free when the namespace was made.
fn is_of_memory(number: &str) -> bool {
    number
        .parse()
        .is_ok_and(|number: u64| (2000..2_000_000).contains(&number))
}

fn mask(name: &str, text: &str) -> String {
    match name {
        "ip_vs" => sorted(text),
        "ip_vs_status" => without(text, is_chance),
        _ => text.to_owned(),
    }
}

/// Which buckets of a randomly keyed table are in use is chance, and the kernel measures, some
/// time after the first service, how fast its processor counts.
fn is_chance(line: &str) -> bool {
    [
        "buckets empty",
        "buckets len-",
        "Stats chain",
        "Stats thread ests",
    ]
    .iter()
    .any(|words| line.contains(words))
}

/// The status, but for the size of the services' table: the kernel never lets one grow that was
/// emptied while it was about to.
pub fn without_growth(status: &str) -> String {
    without(status, |line| line.starts_with("Service buckets:"))
}

fn without(text: &str, left_out: impl Fn(&str) -> bool) -> String {
    let kept: Vec<_> = text.lines().filter(|line| !left_out(line)).collect();
    kept.join("\n")
}

/// Keeps of two tables what can be compared: their heads alone where they are long. Before Linux
/// 7.1 the kernel forgets services when it goes on behind what it wrote first: it takes those of
/// other namespaces for those of this one. `any` says that this may be so with short ones, too.
pub fn shorten(left: &mut String, right: &mut String, any: bool) {
    const FIRST: usize = 4000;
    if any || left.len().max(right.len()) > FIRST {
        for text in [left, right] {
            *text = text.lines().take(3).collect();
        }
    }
}

/// The services in order, each one's dests in the kernel's.
fn sorted(text: &str) -> String {
    let mut lines = text.lines();
    let mut head: Vec<_> = lines.by_ref().take(3).map(str::to_owned).collect();
    let mut services: Vec<String> = Vec::new();
    for line in lines {
        match services.last_mut().filter(|_| line.starts_with("  ->")) {
            Some(service) => *service += &format!("\n{line}"),
            None => services.push(line.to_owned()),
        }
    }
    services.sort();
    head.append(&mut services);
    head.join("\n")
}
