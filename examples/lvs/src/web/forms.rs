//! Forms: the values of a block as the fields that people fill in, and back.
//!
//! A field is a key of lvs.cf, or one word of a key's value; what is typed is read by the
//! grammar of the file itself, so that the two can't disagree.

mod fields;
mod letters;

pub(super) use fields::{GLOBAL, REDUNDANCY, SCRIPTS, SERVER, VIRTUAL};

use std::collections::{BTreeMap, BTreeSet};

use ipvs_core::Protocol;
use ipvs_core::rules::Names;

use crate::config::{Config, Keys, Server, Virtual};

/// Some fields under one heading.
pub(super) struct Group {
    pub(super) legend: &'static str,
    /// Whether it is there at once, or unfolds.
    pub(super) open: bool,
    pub(super) fields: &'static [Field],
}

/// One field.
pub(super) struct Field {
    /// The key, or `name` for that of the block.
    pub(super) key: &'static str,
    /// Which word of its value.
    pub(super) word: usize,
    pub(super) label: &'static str,
    pub(super) hint: &'static str,
    pub(super) kind: Kind,
}

/// What may be typed.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// A number, an address, a word of the grammar: blanks around it mean nothing. Empty is the
    /// default.
    Word,
    /// The same, with some that are worth proposing.
    Proposed(&'static [&'static str]),
    /// Any text, with the escapes of the file. Empty is none.
    Text,
    /// The same, and empty is itself.
    Name,
    /// Yes or no.
    Flag,
    /// One of these words, each with what it is for people.
    Choice(&'static [(&'static str, &'static str)]),
}

/// What stands in the fields, by their inputs' names; a flag that is off is not there.
pub(super) type Typed = BTreeMap<String, String>;

/// What is wrong with a field, by its input's name.
pub(super) type Wrong = BTreeMap<String, String>;

impl Field {
    /// The name of its input.
    pub(super) fn name(&self) -> String {
        match self.word {
            0 => self.key.to_owned(),
            word => format!("{}.{word}", self.key),
        }
    }
}

/// A block that forms edit.
pub(super) trait Block: Keys + Clone {
    /// The name behind the block's kind; the file itself has none.
    fn name(&mut self) -> Option<&mut String>;
}

impl Block for Config {
    fn name(&mut self) -> Option<&mut String> {
        None
    }
}

impl Block for Virtual {
    fn name(&mut self) -> Option<&mut String> {
        Some(&mut self.name)
    }
}

impl Block for Server {
    fn name(&mut self) -> Option<&mut String> {
        Some(&mut self.name)
    }
}

/// A form: its groups of fields.
pub(super) type Form = [Group];

/// What a form's fields show of a block.
pub(super) fn fill<B: Block>(form: &Form, block: &B) -> Typed {
    let mut typed = Typed::new();
    for field in fields(form) {
        let words = match field.key {
            "name" => block.clone().name().cloned().into_iter().collect(),
            key => block.value(key).unwrap_or_default(),
        };
        let word = words.get(field.word).cloned().unwrap_or_default();
        let shown = match field.kind {
            Kind::Text | Kind::Name => letters::show(&word),
            Kind::Flag if word != "1" => continue,
            _ => word,
        };
        typed.insert(field.name(), shown);
    }
    typed
}

/// Changes a block to what was typed, and returns what is odd about it; on mistakes it is left
/// half changed.
pub(super) fn apply<B: Block>(
    form: &Form,
    block: &mut B,
    typed: &Typed,
    protocol: Protocol,
    names: &dyn Names,
) -> Result<Vec<String>, Wrong> {
    let mut wrong = Wrong::new();
    let mut notes = Vec::new();
    let mut protocol = protocol;
    // First the protocol: it decides what the names of ports stand for.
    let mut keys: Vec<&Field> = fields(form).filter(|field| field.word == 0).collect();
    keys.sort_by_key(|field| field.key != "protocol");
    let mut met = BTreeSet::new();
    for field in keys.into_iter().filter(|field| met.insert(field.key)) {
        let parts = fields(form).filter(|part| part.key == field.key);
        let words: Vec<String> = parts.map(|part| part.read(typed)).collect();
        if field.key == "name" {
            if let (Some(name), Some(word)) = (block.name(), words.first()) {
                name.clone_from(word);
            }
            continue;
        }
        let filled = words.iter().rposition(|word| !word.is_empty());
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let given = match (filled, field.kind) {
            (Some(last), _) => words.get(..=last).unwrap_or_default(),
            (None, Kind::Name) => words.as_slice(),
            (None, _) => {
                block.reset_value(field.key);
                continue;
            }
        };
        if given.first() == Some(&"") && given.len() > 1 {
            wrong.insert(
                field.name(),
                "missing: what is beside it is filled in".into(),
            );
            continue;
        }
        match block.set_value(field.key, given, protocol, names) {
            Ok(odd) => notes.extend(odd.iter().map(|odd| format!("{}: {odd}", field.label))),
            Err(mistake) => {
                // The second word, when it is that one that the grammar complains of.
                let part = fields(form).find(|part| {
                    part.key == field.key
                        && part.word > 0
                        && mistake.word.as_deref() == words.get(part.word).copied()
                });
                let at = part.unwrap_or(field).name();
                let hint = mistake.hint.map(|hint| format!(": {hint}"));
                wrong.insert(at, mistake.fault.to_string() + &hint.unwrap_or_default());
            }
        }
        if let ("protocol", Some(word)) = (field.key, words.first()) {
            protocol = word.parse().unwrap_or(protocol);
        }
    }
    if wrong.is_empty() {
        Ok(notes)
    } else {
        Err(wrong)
    }
}

impl Field {
    /// What was typed here, as a word of the value.
    fn read(&self, typed: &Typed) -> String {
        let typed = typed.get(&self.name()).map_or("", String::as_str);
        match self.kind {
            Kind::Text | Kind::Name => letters::read(typed),
            Kind::Flag => u8::from(!typed.is_empty()).to_string(),
            Kind::Word | Kind::Proposed(_) | Kind::Choice(_) => typed.trim().to_owned(),
        }
    }
}

/// The fields of all its groups.
pub(super) fn fields(form: &Form) -> impl Iterator<Item = &Field> {
    form.iter().flat_map(|group| group.fields)
}

#[cfg(test)]
mod tests;
