//! Lines for a shell.

use ipvs_core::rules::Format;
use ipvs_core::{Change, Dest, DestKey, Service, ServiceKey};

use crate::config::Lines;

/// A word as a shell reads it back.
#[must_use]
pub(super) fn quoted(word: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "/._-:=+@%,".contains(letter);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// The line of ipvsadm that makes a change; none for what no line can say.
#[must_use]
pub(super) fn ipvsadm(change: &Change) -> Option<String> {
    let line = Format::new().line(change).ok()?;
    Some(format!("ipvsadm {line}"))
}

/// The lines that add a service with its real servers.
pub(super) fn add_service(service: Service, dests: &[Dest]) -> impl Iterator<Item = String> {
    let dests = dests
        .iter()
        .map(move |dest| Change::AddDest(service.key, *dest));
    let changes = [Change::AddService(service)].into_iter().chain(dests);
    changes.filter_map(|change| ipvsadm(&change))
}

/// The lines that put a real server in another one's place, which may be its own.
pub(super) fn replace_dest(service: ServiceKey, old: DestKey, new: Dest) -> Vec<String> {
    let changes = if old == new.key {
        vec![Change::UpdateDest(service, new)]
    } else {
        vec![
            Change::AddDest(service, new),
            Change::RemoveDest(service, old),
        ]
    };
    changes.iter().filter_map(ipvsadm).collect()
}

/// The line that gives a key of an lvs.cf, or of the block whose lines these are, another
/// value.
///
/// Besides the line's number it asks what stands there: should that be another one meanwhile,
/// nothing is changed.
#[must_use]
pub(super) fn set_key(file: &str, block: &Lines, key: &str, value: &str) -> String {
    let script = match (block.keys.get(key), block.head) {
        (Some(line), _) => format!("{line}{{/{key}/s/=.*/= {}/}}", escaped(value)),
        (None, Some(head)) => format!("{head}{{/{{/s/$/\\n{key} = {}/}}", escaped(value)),
        // Behind the last line no block is open.
        (None, None) => format!("$a {key} = {}", escaped(value)),
    };
    format!("sed -i {} {}", quoted(&script), quoted(file))
}

/// A value as sed puts it in.
fn escaped(value: &str) -> String {
    let mut text = String::new();
    for letter in value.chars() {
        if ['\\', '/', '&'].contains(&letter) {
            text.push('\\');
        }
        text.push(letter);
    }
    text
}
