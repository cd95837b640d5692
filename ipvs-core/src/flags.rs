//! Flag words as text: the names of the known bits and the unknown ones in hex.

/// The names in `words` of the bits that are set, then what is left as `0x…`,
/// joined by `joint`; `none` for no bit at all.
pub(crate) fn format(bits: u32, words: &[(&str, u32)], joint: &str) -> String {
    let set = words.iter().filter(|(_, bit)| bits & bit == *bit);
    let mut parts: Vec<String> = set.clone().map(|(word, _)| (*word).to_owned()).collect();
    let rest = set.fold(bits, |rest, (_, bit)| rest & !bit);
    if rest != 0 {
        parts.push(format!("{rest:#x}"));
    }
    if parts.is_empty() {
        parts.push("none".to_owned());
    }
    parts.join(joint)
}

/// Reads what [`format`] writes.
pub(crate) fn parse(text: &str, words: &[(&str, u32)], joint: &str) -> Option<u32> {
    if text == "none" {
        return Some(0);
    }
    text.split(joint).try_fold(0, |bits, part| {
        let known = words.iter().find(|(word, _)| *word == part);
        let bit = match (known, part.strip_prefix("0x")) {
            (Some((_, bit)), _) => *bit,
            (None, Some(hex)) if !hex.starts_with('+') => u32::from_str_radix(hex, 16).ok()?,
            _ => return None,
        };
        Some(bits | bit)
    })
}
