//! Which statuses of HTTP are good.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// A list of statuses, as in `200-299,404`. The default is 200 to 299.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statuses(Vec<RangeInclusive<u16>>);

/// What is no list of statuses.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no list of statuses such as 200-299,404")]
pub struct NoStatuses(String);

impl Statuses {
    /// Whether one is in the list.
    #[must_use]
    pub fn contains(&self, status: u16) -> bool {
        self.0.iter().any(|range| range.contains(&status))
    }
}

impl Default for Statuses {
    fn default() -> Self {
        Statuses(vec![200..=299])
    }
}

impl fmt::Display for Statuses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = self.0.iter().map(|range| {
            let (first, last) = (range.start(), range.end());
            if first == last {
                first.to_string()
            } else {
                format!("{first}-{last}")
            }
        });
        f.write_str(&words.collect::<Vec<_>>().join(","))
    }
}

impl FromStr for Statuses {
    type Err = NoStatuses;

    fn from_str(list: &str) -> Result<Self, NoStatuses> {
        let ranges: Option<Vec<_>> = list.split(',').map(|word| range(word.trim())).collect();
        let ranges = ranges.ok_or_else(|| NoStatuses(list.to_owned()))?;
        Ok(Statuses(ranges))
    }
}

fn range(word: &str) -> Option<RangeInclusive<u16>> {
    let (first, last) = word.split_once('-').unwrap_or((word, word));
    let (first, last) = (status(first)?, status(last)?);
    (first <= last).then_some(first..=last)
}

/// A status has three digits.
fn status(digits: &str) -> Option<u16> {
    let number = digits.parse().ok()?;
    (digits.len() == 3 && (100..=999).contains(&number)).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_single_ones_and_ranges() {
        let statuses: Statuses = "200-299, 404".parse().unwrap();
        for (status, good) in [
            (199, false),
            (200, true),
            (299, true),
            (404, true),
            (405, false),
        ] {
            assert_eq!(statuses.contains(status), good, "{status}");
        }
        assert_eq!(statuses.to_string(), "200-299,404");
        assert_eq!(Statuses::default().to_string(), "200-299");
    }

    #[test]
    fn what_is_no_list() {
        for word in [
            "", "200,", "20", "2000", "+20", "300-200", "200-", "ok", "099",
        ] {
            let error = word.parse::<Statuses>().unwrap_err();
            assert!(
                error
                    .to_string()
                    .starts_with(&format!("{word:?} is no list"))
            );
        }
    }
}
