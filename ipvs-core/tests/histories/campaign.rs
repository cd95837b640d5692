//! Many random histories on a pair of machines, and what is left of one that fails.

use std::time::Instant;

use crate::dice::Dice;
use crate::generate;
use crate::history::History;
use crate::lockstep::{Difference, Pair, Tally};
use crate::shrink;

/// A history on which the machines part, as short as it could be made.
pub struct Failure {
    pub history: History,
    pub difference: Difference,
    /// Where it comes from.
    origin: Origin,
}

enum Origin {
    Random { seed: u64, number: u64 },
    Kept(String),
}

/// Runs random histories until there were so many operations, or so many failures.
pub fn run(
    pair: &Pair<'_>,
    seed: u64,
    operations: usize,
    failures: usize,
) -> (Tally, Vec<Failure>) {
    let (mut tally, mut failed) = (Tally::default(), Vec::new());
    let start = Instant::now();
    let numbers = 0..;
    for number in numbers {
        if tally.operations >= operations || failed.len() >= failures {
            break;
        }
        let history = generate::history(&mut Dice::new(seed, number));
        if let Err(difference) = pair.run(&history, &mut tally) {
            let origin = Origin::Random { seed, number };
            let failure = Failure {
                history,
                difference,
                origin,
            };
            failed.push(failure.shrunk(pair));
        }
        if number % 5000 == 4999 {
            println!("{tally}, {} s", start.elapsed().as_secs());
        }
    }
    (tally, failed)
}

impl Failure {
    /// That of a history which was kept.
    pub fn again(name: &str, history: History, difference: Difference) -> Self {
        let origin = Origin::Kept(name.to_owned());
        Failure {
            history,
            difference,
            origin,
        }
    }

    /// A name for its file.
    pub fn name(&self) -> String {
        match &self.origin {
            Origin::Random { seed, number } => format!("seed-{seed}-{number}"),
            Origin::Kept(name) => name.clone(),
        }
    }

    /// The same failure with less around it. What does not fail again stays as it was.
    fn shrunk(mut self, pair: &Pair<'_>) -> Self {
        let (history, pair) = (self.history.clone(), pair.impatient());
        shrink::shrink(history, |shorter| {
            match pair.run(shorter, &mut Tally::default()) {
                Ok(()) => false,
                Err(difference) => {
                    (self.history, self.difference) = (shorter.clone(), difference);
                    true
                }
            }
        });
        self
    }

    /// The text of its file, and what each side said.
    pub fn report(&self, pair: &Pair<'_>) -> String {
        let Failure {
            history,
            difference,
            ..
        } = self;
        let (left, right) = difference.excerpts();
        let said = format!(
            "{}: {} differs at step {}.\n{} says\n{left}\n{} says\n{right}",
            self.name(),
            difference.what,
            difference.step,
            pair.left.0,
            pair.right.0,
        );
        let comment: String = said.lines().map(|line| format!("# {line}\n")).collect();
        format!("{comment}{history}")
    }
}
