//! A line's words, and what kind of line they make.

use super::findings::{Fault, Findings, Mistake, Place};
use super::text::{self, dequote, is_quote, masked, stands_for, unescape};

/// The most words that the originals took on a line.
const MAX_WORDS: usize = 100;

/// A word of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// What it stands for, unless it is something to send or expect.
    pub(super) text: String,
    pub(super) place: Place,
    /// The same as it stands in the file, with its quotes and escapes.
    raw: String,
}

impl Word {
    fn new(raw: &str, place: Place) -> Word {
        Word {
            text: dequote(raw, masked),
            place,
            raw: raw.to_owned(),
        }
    }

    /// A word that stands in no file, and means its very letters.
    pub(super) fn plain(text: &str) -> Word {
        Word {
            text: text.to_owned(),
            place: Place { line: 1, column: 1 },
            raw: text::quote(text),
        }
    }

    /// What it stands for as something to send or expect: escapes hold without quotes too.
    pub(super) fn sent(&self) -> String {
        if self.quoted() {
            dequote(&self.raw, stands_for)
        } else {
            unescape(&self.raw)
        }
    }

    fn quoted(&self) -> bool {
        self.raw.contains(is_quote)
    }

    fn starts_bare(&self) -> bool {
        !self.raw.starts_with(is_quote)
    }

    fn is(&self, text: &str) -> bool {
        !self.quoted() && self.text == text
    }

    pub(super) fn mistake(&self, fault: Fault) -> Mistake {
        self.place.mistake(fault).about(&self.text)
    }

    /// The word in two, before and behind some of its bytes in the file.
    fn split(&self, at: usize) -> Option<(Word, Word)> {
        let (before, behind) = self.raw.split_at_checked(at)?;
        let Place { line, column } = self.place;
        let column = column + before.chars().count();
        let behind = Word::new(behind, Place { line, column });
        Some((Word::new(before, self.place), behind))
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
    let mut word: Option<(String, Place)> = None;
    let mut quote: Option<(char, Place)> = None;
    let mut letters = text.chars().zip(1..).peekable();
    while let Some((letter, column)) = letters.next() {
        let place = Place { line, column };
        if quote.is_none() && letter.is_whitespace() {
            words.extend(word.take().map(|(raw, place)| Word::new(&raw, place)));
            continue;
        }
        let (raw, _) = word.get_or_insert_with(|| (String::new(), place));
        raw.push(letter);
        match quote {
            Some((mark, _)) if letter == mark => quote = None,
            // What follows may be a quote, and ends nothing then.
            Some(_) if letter == '\\' => {
                raw.extend(
                    letters
                        .next_if(|(next, _)| masked(*next).is_some())
                        .map(|(next, _)| next),
                );
            }
            None if is_quote(letter) => quote = Some((letter, place)),
            _ => {}
        }
    }
    words.extend(word.map(|(raw, place)| Word::new(&raw, place)));
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
        let brace = name.raw.strip_suffix('{').filter(|raw| !raw.is_empty());
        if let Some((name, brace)) = brace.and_then(|raw| name.split(raw.len())) {
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
    // Behind the `=` and one value, which may itself begin with a hash, as those of a list may.
    let list = words.get(2).is_some_and(|word| word.is("["));
    let end = words.iter().position(|word| word.is("]"));
    let values = if list { end.unwrap_or(words.len()) } else { 2 };
    drop_comment(&mut words, values + 1, findings);
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
    let bare = first.raw.split(is_quote).next().unwrap_or_default();
    let (index, at) = match bare.find('=') {
        Some(at) => (0, at),
        None => {
            let second = words.get(1)?;
            let glued = second.raw.starts_with('=') && !second.is("=");
            (1, glued.then_some(0)?)
        }
    };
    let (before, rest) = words.get(index)?.split(at)?;
    let (equal, behind) = rest.split(1)?;
    let place = equal.place;
    let keep = |word: &Word| !word.raw.is_empty();
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
