//! Flag words as text: the names of the known bits and the unknown ones in hex.

use std::fmt;

/// Writes `bits` as the names in `words`, what is left as `0x…`, joined by
/// `joint`; nothing at all prints as `none`.
pub(crate) fn write(
    f: &mut fmt::Formatter<'_>,
    mut bits: u32,
    words: &[(&str, u32)],
    joint: char,
) -> fmt::Result {
    if bits == 0 {
        return f.write_str("none");
    }
    let mut first = true;
    for (word, bit) in words {
        if bits & bit == *bit {
            if !std::mem::take(&mut first) {
                write!(f, "{joint}")?;
            }
            f.write_str(word)?;
            bits &= !bit;
        }
    }
    if bits != 0 {
        if !first {
            write!(f, "{joint}")?;
        }
        write!(f, "{bits:#x}")?;
    }
    Ok(())
}

/// Reads what [`write`] writes.
pub(crate) fn parse(text: &str, words: &[(&str, u32)], joint: char) -> Option<u32> {
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
