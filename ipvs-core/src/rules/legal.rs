//! The checks that follow from the tables.

use super::draft::Blame;
use super::grammar::{Opt, Options};
use super::{Fault, Subject};

/// The options that were given, each with the index of its word.
#[derive(Debug, Default)]
pub(super) struct Given(Vec<(Opt, usize)>);

impl Given {
    /// Takes an option in; false if it is in already.
    pub(super) fn insert(&mut self, option: Opt, at: usize) -> bool {
        let is_new = !self.has(option);
        self.0.push((option, at));
        is_new
    }

    pub(super) fn has(&self, option: Opt) -> bool {
        self.at(option).is_some()
    }

    pub(super) fn has_any(&self, options: &[Opt]) -> bool {
        options.iter().any(|option| self.has(*option))
    }

    /// The index of an option's word.
    pub(super) fn at(&self, option: Opt) -> Option<usize> {
        let given = self.0.iter().find(|(given, _)| *given == option);
        given.map(|(_, at)| *at)
    }

    /// The first of them.
    pub(super) fn first(&self) -> Option<Opt> {
        self.0.first().map(|(option, _)| *option)
    }

    /// Those of these options that were given.
    pub(super) fn only(&self, options: &[Opt]) -> Given {
        let kept = self.0.iter().filter(|(option, _)| options.contains(option));
        Given(kept.copied().collect())
    }
}

/// Whether the given options are what the subject takes. The options are looked
/// at in their order, for what is missing and what is too much alike. `at` is
/// the subject's word.
pub(super) fn check(options: &Options, given: &Given, of: Subject, at: usize) -> Result<(), Blame> {
    let mut earlier = None;
    for (option, name) in Opt::ALL {
        let Some(place) = given.at(*option) else {
            if options.required.contains(option) {
                let fault = Fault::Missing { option: name, of };
                return Err(Blame { fault, at });
            }
            continue;
        };
        let fault = if options.exclusive.contains(option) {
            match earlier.replace(*name) {
                None => continue,
                Some(earlier) => Fault::Conflict {
                    option: name,
                    earlier,
                    of,
                },
            }
        } else if options.required.contains(option) || options.optional.contains(option) {
            continue;
        } else {
            Fault::Illegal { option: name, of }
        };
        return Err(Blame { fault, at: place });
    }
    Ok(())
}
