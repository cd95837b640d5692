//! Words into options, by the rules of popt: bundles, attached values,
//! `--option=value`, the optional value, `--`.

use super::Fault;
use super::grammar::{FORMS, Form, Takes};

/// An option as it was met.
#[derive(Clone, Copy, Debug)]
pub(super) struct Met<'w> {
    pub(super) form: &'static Form,
    pub(super) value: Option<&'w str>,
    /// The index of the option's own word.
    pub(super) option_at: usize,
    /// The index of the last word that it took: the value's, where that is a word of its own.
    pub(super) at: usize,
}

/// Takes the options of a command line one by one, wherever they stand.
#[derive(Debug)]
pub(super) struct Scanner<'w> {
    words: &'w [&'w str],
    next: usize,
    /// What is left of a word of short options.
    bundle: Option<&'w str>,
    /// Behind `--`.
    only_words: bool,
    /// The indices of the words that no option took.
    pub(super) left_over: Vec<usize>,
}

impl<'w> Scanner<'w> {
    pub(super) fn new(words: &'w [&'w str]) -> Self {
        Scanner {
            words,
            next: 0,
            bundle: None,
            only_words: false,
            left_over: Vec::new(),
        }
    }

    /// The index of the word that was taken last.
    pub(super) fn at(&self) -> usize {
        self.next.saturating_sub(1)
    }

    /// The next option; `None` at the end.
    pub(super) fn option(&mut self) -> Option<Result<Met<'w>, Fault>> {
        if let Some(bundle) = self.bundle.take() {
            return Some(self.short(bundle));
        }
        while let Some(word) = self.words.get(self.next).copied() {
            self.next += 1;
            if self.only_words {
                self.left_over.push(self.at());
                continue;
            }
            match word.strip_prefix('-') {
                None | Some("") => self.left_over.push(self.at()),
                Some("-") => self.only_words = true,
                Some(dashed) => {
                    return Some(match dashed.strip_prefix('-') {
                        Some(name) => self.long(name),
                        None => self.short(dashed),
                    });
                }
            }
        }
        None
    }

    fn long(&mut self, word: &'w str) -> Result<Met<'w>, Fault> {
        let (name, attached) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (word, None),
        };
        let form = FORMS.iter().find(|form| form.long == name);
        self.with_value(form.ok_or(Fault::UnknownOption)?, attached)
    }

    fn short(&mut self, bundle: &'w str) -> Result<Met<'w>, Fault> {
        let mut letters = bundle.chars();
        let letter = letters.next().ok_or(Fault::UnknownOption)?;
        let form = FORMS.iter().find(|form| form.short == Some(letter));
        let form = form.ok_or(Fault::UnknownOption)?;
        let rest = Some(letters.as_str()).filter(|rest| !rest.is_empty());
        if form.takes != Takes::Nothing {
            let attached = rest.map(|rest| rest.strip_prefix('=').unwrap_or(rest));
            return self.with_value(form, attached);
        }
        self.bundle = rest;
        let attached = rest.filter(|rest| rest.starts_with('='));
        self.with_value(form, attached)
    }

    fn with_value(
        &mut self,
        form: &'static Form,
        attached: Option<&'w str>,
    ) -> Result<Met<'w>, Fault> {
        let option_at = self.at();
        let value = match (form.takes, attached) {
            (Takes::Nothing, Some(_)) => return Err(Fault::UnwantedValue),
            (Takes::Nothing, None) => None,
            (_, Some(value)) => Some(value),
            (Takes::Value, None) => Some(self.word().ok_or(Fault::MissingValue)?),
            (Takes::MaybeValue, None) => {
                let next = self.words.get(self.next);
                let dashed = next.is_none_or(|word| word.starts_with('-'));
                if dashed { None } else { self.word() }
            }
        };
        let at = self.at();
        Ok(Met {
            form,
            value,
            option_at,
            at,
        })
    }

    fn word(&mut self) -> Option<&'w str> {
        let word = self.words.get(self.next).copied()?;
        self.next += 1;
        Some(word)
    }
}
