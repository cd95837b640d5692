//! Lines for a shell.

use ipvs_core::rules::Format;
use ipvs_core::{Change, Dest, DestKey, Service, ServiceKey};

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

/// The line that changes the value of a global key of an lvs.cf.
#[must_use]
pub(super) fn set_key(file: &str, key: &str, value: &str) -> String {
    let script = format!("s/^([[:space:]]*{key} = ).*/\\1{value}/");
    format!("sed -i -E {} {}", quoted(&script), quoted(file))
}

/// The line that changes the value of a key in a block, which is named from the outside
/// in: `[("virtual", "web"), ("server", "one")]`.
#[must_use]
pub(super) fn set_block_key(file: &str, blocks: &[(&str, &str)], key: &str, value: &str) -> String {
    let mut script = format!("s/^([[:space:]]*{key} = ).*/\\1{value}/");
    for (depth, (kind, name)) in blocks.iter().enumerate().rev() {
        // A block ends at the first brace of no deeper indent: what lvs.cf is printed with.
        let end = match depth {
            0 => "^\\}",
            _ => "^[[:space:]]*\\}",
        };
        script = format!(
            "/^[[:space:]]*{kind}[[:space:]]+[\"']?{}[\"']?[[:space:]]*\\{{/,/{end}/{{{script}}}",
            escaped(name)
        );
    }
    format!("sed -i -E {} {}", quoted(&script), quoted(file))
}

/// A name inside of a pattern of sed's.
fn escaped(name: &str) -> String {
    let mut pattern = String::new();
    for letter in name.chars() {
        if !letter.is_alphanumeric() && letter != '_' && letter != '-' && letter != ' ' {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern
}
