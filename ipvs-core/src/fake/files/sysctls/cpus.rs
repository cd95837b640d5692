//! Lists of processors, as the kernel reads and writes them.

use ipvs_sys::errno::{EINVAL, EOVERFLOW, ERANGE};

/// The list of every processor.
pub(super) fn all(processors: u32) -> String {
    list(&vec![true; usize::try_from(processors).unwrap_or(0)])
}

/// Reads a list such as `0-3,8` or `0-7:2/4`, and writes it in the shortest form.
///
/// # Errors
///
/// `ERANGE` for a processor that the machine has not, `EOVERFLOW` for a number beyond 32 bits,
/// `EINVAL` for everything else that is no list.
pub(super) fn parse(text: &str, processors: u32) -> Result<String, i32> {
    let last = processors.saturating_sub(1);
    let mut chosen = vec![false; usize::try_from(processors).unwrap_or(0)];
    let parts = text.split(|char: char| char == ',' || char.is_ascii_whitespace());
    for part in parts.filter(|part| !part.is_empty()) {
        for processor in Region::parse(part, last)?.processors(last)? {
            let place = usize::try_from(processor).unwrap_or(usize::MAX);
            *chosen.get_mut(place).ok_or(ERANGE)? = true;
        }
    }
    Ok(list(&chosen))
}

/// How many processors a list of ours names.
pub(super) fn count(list: &str) -> usize {
    let number = |text: &str| text.parse::<usize>().unwrap_or(0);
    let parts = list.split(',').filter(|part| !part.is_empty());
    let counts = parts.map(|part| match part.split_once('-') {
        Some((first, last)) => number(last).saturating_sub(number(first)) + 1,
        None => 1,
    });
    counts.sum()
}

/// From one processor to another, of each `group` the first `used`.
struct Region {
    first: u32,
    last: u32,
    used: u32,
    group: u32,
}

impl Region {
    fn parse(text: &str, last: u32) -> Result<Self, i32> {
        let (range, pattern) = match text.split_once(':') {
            Some((range, pattern)) => (range, Some(pattern)),
            None => (text, None),
        };
        let (first, end) = match (range, range.split_once('-')) {
            ("all", _) => (0, last),
            (_, Some((first, end))) => (number(first, last)?, number(end, last)?),
            // A pattern needs a range.
            (_, None) if pattern.is_some() => return Err(EINVAL),
            (one, None) => (number(one, last)?, number(one, last)?),
        };
        let (used, group) = match pattern {
            // One group of all: behind the last 32-bit number it is empty.
            None => (end.wrapping_add(1), end.wrapping_add(1)),
            Some(pattern) => {
                let (used, group) = pattern.split_once('/').ok_or(EINVAL)?;
                (number(used, last)?, number(group, last)?)
            }
        };
        Ok(Region {
            first,
            last: end,
            used,
            group,
        })
    }

    fn processors(&self, last: u32) -> Result<impl Iterator<Item = u32> + use<>, i32> {
        let Region {
            first,
            last: end,
            used,
            group,
        } = *self;
        if first > end || group == 0 || used > group {
            return Err(EINVAL);
        }
        if end > last {
            return Err(ERANGE);
        }
        Ok((first..=end).filter(move |processor| (processor - first) % group < used))
    }
}

/// A decimal number, or `N` for the last processor.
fn number(text: &str, last: u32) -> Result<u32, i32> {
    if text == "N" {
        return Ok(last);
    }
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(EINVAL);
    }
    text.parse().map_err(|_| EOVERFLOW)
}

fn list(chosen: &[bool]) -> String {
    let mut ranges = Vec::new();
    let mut place = 0;
    for run in chosen.chunk_by(|one, next| one == next) {
        let end = place + run.len();
        if run.first() == Some(&true) {
            ranges.push(match run.len() {
                1 => place.to_string(),
                _ => format!("{place}-{}", end - 1),
            });
        }
        place = end;
    }
    ranges.join(",")
}
