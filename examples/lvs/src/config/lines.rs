//! A line's words, and what kind of line they make.

use super::findings::{Fault, Findings, Mistake, Place};
use super::text::stands_for;

/// The most words that the originals took on a line.
const MAX_WORDS: usize = 100;

/// A word of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) place: Place,
    /// How many bytes of the text stand before its first quote; `None` without one.
    bare: Option<usize>,
}

impl Word {
    /// Whether any of it was in quotes, and so is unescaped already.
    pub(super) fn quoted(&self) -> bool {
        self.bare.is_some()
    }

    /// A word that stands in no file, and means its very letters.
    pub(super) fn plain(text: &str) -> Word {
        Word {
            text: text.to_owned(),
            place: Place { line: 1, column: 1 },
            bare: Some(0),
        }
    }

    fn starts_bare(&self) -> bool {
        self.bare != Some(0)
    }

    fn is(&self, text: &str) -> bool {
        !self.quoted() && self.text == text
    }

    pub(super) fn mistake(&self, fault: Fault) -> Mistake {
        self.place.mistake(fault).about(&self.text)
    }

    /// The word in two, before and behind some of its bytes.
    fn split(&self, at: usize) -> Option<(Word, Word)> {
        let (before, behind) = self.text.split_at_checked(at)?;
        let part = |text: &str, skipped: usize, bare| Word {
            text: text.to_owned(),
            place: Place {
                line: self.place.line,
                column: self.place.column + skipped,
            },
            bare,
        };
        let behind_bare = self.bare.map(|bare| bare.saturating_sub(at));
        Some((
            part(before, 0, None),
            part(behind, before.chars().count(), behind_bare),
        ))
    }
}

/// What a line is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Statement {
    /// `key = value`.
    Set { key: Word, values: Vec<Word> },
    /// `kind name {`.
    Open { kind: Word, name: Word },
    /// `}`.
    Close(Word),
}

/// The words that begin a block.
const BLOCKS: &[&str] = &["virtual", "server", "failover"];

/// What a line says; `None` when it says nothing, or when a mistake was found.
pub(super) fn read(number: usize, line: &str, findings: &mut Findings) -> Option<Statement> {
    let line = line.strip_suffix('\r').unwrap_or(line);
    if line.trim_start().starts_with('#') {
        return None;
    }
    let statement = split(number, line).and_then(|words| classify(words, findings));
    statement.unwrap_or_else(|mistake| {
        findings.mistake(mistake);
        None
    })
}

/// The words of a line. A quote that is not closed is a mistake.
fn split(line: usize, text: &str) -> Result<Vec<Word>, Mistake> {
    let mut words: Vec<Word> = Vec::new();
    let mut word: Option<Word> = None;
    let mut quote: Option<(char, Place)> = None;
    let mut letters = text.chars().zip(1..).peekable();
    while let Some((letter, column)) = letters.next() {
        let place = Place { line, column };
        match quote {
            None if letter.is_whitespace() => {
                words.extend(word.take());
                continue;
            }
            Some((mark, _)) if letter == mark => {
                quote = None;
                continue;
            }
            _ => {}
        }
        let word = word.get_or_insert_with(|| Word {
            text: String::new(),
            place,
            bare: None,
        });
        match quote {
            None if matches!(letter, '"' | '\'') => {
                quote = Some((letter, place));
                word.bare.get_or_insert(word.text.len());
            }
            Some(_) if letter == '\\' => {
                let escaped = letters.peek().and_then(|(next, _)| stands_for(*next));
                if escaped.is_some() {
                    letters.next();
                }
                word.text.push(escaped.unwrap_or(letter));
            }
            _ => word.text.push(letter),
        }
    }
    words.extend(word);
    match quote {
        Some((_, place)) => Err(place.mistake(Fault::QuotationMismatch)),
        None => Ok(words),
    }
}

fn classify(mut words: Vec<Word>, findings: &mut Findings) -> Result<Option<Statement>, Mistake> {
    let Some(first) = words.first().cloned() else {
        return Ok(None);
    };
    if words.len() > MAX_WORDS {
        findings.warn(
            first.place,
            format!("the originals took no more than {MAX_WORDS} words on a line"),
        );
    }
    if first.is("}") {
        drop_comment(&mut words, 1, findings);
        if let Some(more) = words.get(1) {
            findings.mistake(more.mistake(Fault::UnexpectedArguments));
        }
        return Ok(Some(Statement::Close(first)));
    }
    if BLOCKS.iter().any(|block| first.is(block)) {
        return open(words, findings).map(Some);
    }
    set(words, findings).map(Some)
}

/// `kind name {`; the blank before the brace may be missing.
fn open(mut words: Vec<Word>, findings: &mut Findings) -> Result<Statement, Mistake> {
    drop_comment(&mut words, 3, findings);
    if let [kind, name] = words.as_slice() {
        let brace = name.text.strip_suffix('{').filter(|text| !text.is_empty());
        if let Some((name, brace)) = brace.and_then(|text| name.split(text.len())) {
            findings.warn(brace.place, "the originals need a blank before this {");
            words = vec![kind.clone(), name, brace];
        }
    }
    let [kind, name, rest @ ..] = words.as_slice() else {
        return Err(missing(&words).hint(HEAD));
    };
    // Whatever is wrong with its head, the block is open: its keys are not the file's.
    match rest {
        _ if name.is("=") => return Err(kind.mistake(Fault::UnknownCommand).hint(HEAD)),
        [brace] if brace.text == "{" => {}
        [] => findings.mistake(kind.mistake(Fault::MissingArguments).hint(HEAD)),
        [brace, more, ..] if brace.text == "{" => {
            findings.mistake(more.mistake(Fault::UnexpectedArguments));
        }
        [more, ..] => findings.mistake(more.mistake(Fault::UnexpectedArguments).hint(HEAD)),
    }
    Ok(Statement::Open {
        kind: kind.clone(),
        name: name.clone(),
    })
}

const HEAD: &str = "a block begins with its kind, its name and {, on one line";

/// `key = value`; the blanks around the `=` may be missing.
fn set(mut words: Vec<Word>, findings: &mut Findings) -> Result<Statement, Mistake> {
    if let Some(equal) = part_equal(&mut words) {
        findings.warn(equal, "the originals need blanks around this =");
    }
    // Behind the `=` and one value, which may itself begin with a hash.
    drop_comment(&mut words, 3, findings);
    let mut words = words.into_iter();
    let (Some(key), equal) = (words.next(), words.next()) else {
        return Err(Place { line: 0, column: 0 }.mistake(Fault::MissingArguments));
    };
    match equal {
        Some(equal) if equal.is("=") => {}
        _ => return Err(key.mistake(Fault::EqualExpected)),
    }
    let values: Vec<Word> = words.collect();
    if values.is_empty() {
        return Err(key.mistake(Fault::MissingArguments));
    }
    Ok(Statement::Set { key, values })
}

/// Makes `key=value`, `key =value` and `key= value` three words, and says where the `=` was.
fn part_equal(words: &mut Vec<Word>) -> Option<Place> {
    let first = words.first()?;
    let (index, at) = match first.text.find('=').filter(|_| first.starts_bare()) {
        Some(at) => (0, at),
        None => {
            let second = words.get(1)?;
            let glued = second.starts_bare() && second.text.starts_with('=') && !second.is("=");
            (1, glued.then_some(0)?)
        }
    };
    let (before, rest) = words.get(index)?.split(at)?;
    let (equal, behind) = rest.split(1)?;
    let place = equal.place;
    let keep = |word: &Word| !word.text.is_empty() || word.quoted();
    let parts = [before, equal, behind].into_iter().filter(keep);
    words.splice(index..=index, parts);
    Some(place)
}

/// Drops a comment behind the first few words of a line.
fn drop_comment(words: &mut Vec<Word>, from: usize, findings: &mut Findings) {
    let comment = |word: &Word| word.starts_bare() && word.text.starts_with('#');
    let mut behind = words.iter().enumerate().skip(from);
    if let Some((index, word)) = behind.find(|(_, word)| comment(word)) {
        findings.warn(
            word.place,
            "the originals know comments on lines of their own only",
        );
        words.truncate(index);
    }
}

fn missing(words: &[Word]) -> Mistake {
    match words.first() {
        Some(word) => word.mistake(Fault::MissingArguments),
        None => Place { line: 0, column: 0 }.mistake(Fault::MissingArguments),
    }
}
