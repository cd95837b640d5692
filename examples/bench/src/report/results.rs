//! The numbers, as they were written.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::Outcome;
use crate::contender::Contender;
use crate::workload::Workload;

/// What the contenders cost, by workload, contender and name; the rounds in order.
pub(super) struct Results(BTreeMap<(String, String, String), Vec<f64>>);

impl Results {
    pub(super) fn read(path: &Path) -> Outcome<Self> {
        Self::parse(&fs::read_to_string(path)?)
    }

    fn parse(text: &str) -> Outcome<Self> {
        let mut results = BTreeMap::<_, Vec<f64>>::new();
        for line in text.lines() {
            let [_, workload, contender, name, number] = words(line)?;
            let key = (workload.to_owned(), contender.to_owned(), name.to_owned());
            results.entry(key).or_default().push(number.parse()?);
        }
        Ok(Results(results))
    }

    /// The median of the rounds but the first, or of the one there is: what is counted
    /// in the first round is counted in no other.
    pub(super) fn total(&self, what: Workload, who: Contender, name: &str) -> Option<f64> {
        let key = (what.name().into(), who.name().into(), name.into());
        let rounds = self.0.get(&key)?;
        let mut numbers = match rounds.as_slice() {
            [_, rest @ ..] if !rest.is_empty() => rest.to_vec(),
            only => only.to_vec(),
        };
        numbers.sort_by(f64::total_cmp);
        let upper = numbers.len() / 2;
        let lower = upper - usize::from(numbers.len() % 2 == 0);
        Some((numbers.get(lower)? + numbers.get(upper)?) / 2.0)
    }

    /// The same for each operation.
    pub(super) fn each(&self, what: Workload, who: Contender, name: &str) -> Option<f64> {
        let total = self.total(what, who, name)?;
        Some(total / what.operations(who.size()))
    }

    /// The system calls of each operation: those of the process, without those of one that
    /// does nothing.
    pub(super) fn calls_each(&self, what: Workload, who: Contender) -> Option<f64> {
        let all = self.total(what, who, "calls")?;
        let start = self.total(Workload::Nothing, who, "calls").unwrap_or(0.0);
        Some((all - start) / what.operations(who.size()))
    }
}

/// What a message takes, by case and codec.
pub(super) struct Codec(BTreeMap<(String, String), f64>);

impl Codec {
    pub(super) fn read(path: &Path) -> Outcome<Self> {
        let text = fs::read_to_string(path)?;
        let lines = text.lines().map(|line| {
            let [case, codec, number] = words(line)?;
            Ok(((case.to_owned(), codec.to_owned()), number.parse()?))
        });
        Ok(Codec(lines.collect::<Outcome<_>>()?))
    }

    pub(super) fn of(&self, case: &str, codec: &str) -> Option<f64> {
        self.0.get(&(case.to_owned(), codec.to_owned())).copied()
    }
}

fn words<const N: usize>(line: &str) -> Outcome<[&str; N]> {
    let words: Vec<&str> = line.split(' ').collect();
    words
        .try_into()
        .map_err(|_| format!("{line}: not {N} words").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_round_counts_only_where_it_is_alone() {
        let results = Results::parse(
            "0 edit library inside 900\n\
             1 edit library inside 300\n\
             2 edit library inside 200\n\
             3 edit library inside 900\n\
             4 edit library inside 400\n\
             0 edit library calls 260\n\
             0 nothing library calls 60\n",
        )
        .unwrap();
        let of = |name| results.total(Workload::Edit, Contender::Library, name);
        assert_eq!((of("inside"), of("calls")), (Some(350.0), Some(260.0)));
        let calls = results.calls_each(Workload::Edit, Contender::Library);
        assert_eq!(calls, Some(200.0 / 10_000.0));
        assert_eq!(
            results.total(Workload::Edit, Contender::Floor, "inside"),
            None
        );
    }

    #[test]
    fn a_line_of_other_words_is_an_error() {
        assert!(Results::parse("1 edit library inside\n").is_err());
        assert!(Results::parse("1 edit library inside many\n").is_err());
    }
}
