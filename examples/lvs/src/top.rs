//! What goes on in the cluster, in the terminal: the same as the web page's first tab.

mod history;
mod lines;
mod screen;
#[cfg(test)]
mod tests;

pub use lines::plain;
pub use screen::draw;

use std::time::Duration;

use crossterm::event::{KeyCode, KeyModifiers};

use crate::observe::Picture;
use history::History;

/// By what the servers of a service are sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// As in the file.
    #[default]
    File,
    /// The most active connections first.
    Active,
    /// The most new connections a second first.
    Rate,
    /// The largest weight first.
    Weight,
}

impl Sort {
    /// The next of them.
    const fn next(self) -> Sort {
        match self {
            Sort::File => Sort::Active,
            Sort::Active => Sort::Rate,
            Sort::Rate => Sort::Weight,
            Sort::Weight => Sort::File,
        }
    }

    /// Its name.
    const fn name(self) -> &'static str {
        match self {
            Sort::File => "file",
            Sort::Active => "active",
            Sort::Rate => "conn/s",
            Sort::Weight => "weight",
        }
    }
}

/// The intervals between two looks, in seconds.
const INTERVALS: &[u64] = &[1, 2, 5, 10, 30, 60];

/// What was seen at one moment.
#[derive(Debug)]
pub struct Look {
    /// The cluster, beside what the file says.
    pub picture: Picture,
    /// Why the file says nothing, a line for each mistake.
    pub trouble: Option<String>,
}

/// What the screen shows, and how.
#[derive(Debug)]
pub struct View {
    look: Look,
    history: History,
    sort: Sort,
    /// The first line that is shown.
    top: usize,
    every: u64,
}

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// To be shown what changed, if anything did.
    Nothing,
    /// A new look now.
    Look,
    /// The end.
    End,
}

impl View {
    /// A first look, with the next one after `every` seconds.
    #[must_use]
    pub fn new(look: Look, every: u64) -> View {
        let mut history = History::default();
        history.take(&look.picture);
        View {
            look,
            history,
            sort: Sort::default(),
            top: 0,
            every: every.clamp(1, 3600),
        }
    }

    /// The next look.
    pub fn look(&mut self, look: Look) {
        self.history.take(&look.picture);
        self.look = look;
    }

    /// The time between two looks.
    #[must_use]
    pub const fn every(&self) -> Duration {
        Duration::from_secs(self.every)
    }

    /// Takes a key.
    pub fn press(&mut self, key: KeyCode, modifiers: KeyModifiers) -> Asked {
        match key {
            KeyCode::Char('c') if modifiers.contains(KeyModifiers::CONTROL) => return Asked::End,
            KeyCode::Char('q') | KeyCode::Esc => return Asked::End,
            KeyCode::Char(' ') => return Asked::Look,
            KeyCode::Char('s') => self.sort = self.sort.next(),
            KeyCode::Char('+') => self.every = other_interval(self.every, true),
            KeyCode::Char('-') => self.every = other_interval(self.every, false),
            KeyCode::Down | KeyCode::Char('j') => self.scroll(1),
            KeyCode::Up | KeyCode::Char('k') => self.scroll(-1),
            KeyCode::PageDown => self.scroll(10),
            KeyCode::PageUp => self.scroll(-10),
            KeyCode::Home => self.top = 0,
            KeyCode::End => self.scroll(isize::MAX),
            _ => {}
        }
        Asked::Nothing
    }

    fn scroll(&mut self, lines: isize) {
        let last = lines::rows(&self.look.picture, self.sort)
            .len()
            .saturating_sub(1);
        self.top = self.top.saturating_add_signed(lines).min(last);
    }
}

/// The interval that is next to `every`.
fn other_interval(every: u64, longer: bool) -> u64 {
    let found = if longer {
        INTERVALS.iter().find(|other| **other > every)
    } else {
        INTERVALS.iter().rev().find(|other| **other < every)
    };
    found.copied().unwrap_or(every)
}
