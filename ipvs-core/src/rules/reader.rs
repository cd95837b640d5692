//! Many lines, one after the other.

use std::fmt;
use std::io::{self, BufRead};
use std::iter::FusedIterator;

use super::{Command, Fault, Mistake, Names, NoNames, parse_line};
use crate::{Change, Error, ErrorKind, Op};

/// The longest line that is read, in bytes without its end.
pub const MAX_LINE: usize = 65_535;

/// The commands of many lines, each with its line's number: everything that
/// `ipvsadm -R` reads. Blank lines and comments are skipped.
///
/// It holds one line at a time, of at most [`MAX_LINE`] bytes. After a mistake
/// it goes on with the next line; after a failure of the reader it ends.
#[derive(Debug)]
#[doc(alias = "ipvsadm -R")]
pub struct Commands<R, N = NoNames> {
    reader: R,
    names: N,
    buffer: Vec<u8>,
    line: usize,
    ended: bool,
}

/// A command and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Line {
    /// The line's number, from 1.
    pub number: usize,
    /// The command.
    pub command: Command,
}

/// Why [`Commands`] gives no command.
#[derive(Debug)]
#[non_exhaustive]
pub enum Failure {
    /// Something is wrong with a line.
    Mistake(Mistake),
    /// The reader failed.
    Io(io::Error),
}

impl<R: BufRead> Commands<R> {
    /// The commands of a text without names.
    pub fn new(reader: R) -> Self {
        Commands::with_names(reader, NoNames)
    }
}

impl<R: BufRead, N: Names> Commands<R, N> {
    /// The commands of a text whose names are looked up here.
    pub fn with_names(reader: R, names: N) -> Self {
        Commands {
            reader,
            names,
            buffer: Vec::new(),
            line: 0,
            ended: false,
        }
    }

    /// The next line's command; `None` if it has none.
    fn parse(&self) -> Result<Option<Line>, Mistake> {
        let whole = |fault| Mistake::new(1, "", fault);
        if self.buffer.len() > MAX_LINE {
            return Err(whole(Fault::LongLine { max: MAX_LINE }));
        }
        let text = std::str::from_utf8(&self.buffer).map_err(|_| whole(Fault::NotText))?;
        let command = parse_line(text, &self.names)?;
        let number = self.line;
        Ok(command.map(|command| Line { number, command }))
    }
}

impl<R: BufRead, N: Names> Iterator for Commands<R, N> {
    type Item = Result<Line, Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.ended {
            match next_line(&mut self.reader, &mut self.buffer) {
                Ok(true) => self.line += 1,
                Ok(false) => self.ended = true,
                Err(error) => {
                    self.ended = true;
                    return Some(Err(Failure::Io(error)));
                }
            }
            if self.ended {
                break;
            }
            let parsed = self.parse().map_err(|mistake| mistake.on_line(self.line));
            if let Some(line) = parsed.map_err(Failure::Mistake).transpose() {
                return Some(line);
            }
        }
        None
    }
}

impl<R: BufRead, N: Names> FusedIterator for Commands<R, N> {}

/// Takes in a line, without its end; no more of it than shows that it is too
/// long. False at the end of the text.
fn next_line(reader: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    let mut any = false;
    loop {
        let chunk = match reader.fill_buf() {
            Ok(chunk) => chunk,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if chunk.is_empty() {
            return Ok(any);
        }
        any = true;
        let mut parts = chunk.splitn(2, |byte| *byte == b'\n');
        let part = parts.next().unwrap_or(&[]);
        let ends = parts.next().is_some();
        let room = (MAX_LINE + 1).saturating_sub(line.len());
        line.extend(part.iter().take(room));
        let taken = part.len() + usize::from(ends);
        reader.consume(taken);
        if ends {
            return Ok(true);
        }
    }
}

/// The changes of many lines, each with its line's number: [`Commands`] whose
/// other commands (listings and such) are errors.
///
/// ```
/// use ipvs_core::rules::Reader;
///
/// let text = "# web\n-A -t 192.0.2.1:80\n-a -t 192.0.2.1:80 -r 10.0.3.100 -w x\n-L\n";
/// let mut rules = Reader::new(text.as_bytes());
/// let rule = rules.next().unwrap()?;
/// assert_eq!(rule.line, 2);
/// assert_eq!(rule.change.to_string(), "add service tcp 192.0.2.1:80 scheduler wlc");
/// assert_eq!(
///     rules.next().unwrap().unwrap_err().to_string(),
///     "parse: line 3, column 37: weight \"x\": expected a number from 0 to 2147483647"
/// );
/// assert!(rules.next().unwrap().is_err());
/// assert!(rules.next().is_none());
/// # Ok::<(), ipvs_core::Error>(())
/// ```
#[derive(Debug)]
#[doc(alias = "ipvsadm -R")]
pub struct Reader<R, N = NoNames> {
    commands: Commands<R, N>,
}

/// A change and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rule {
    /// The line's number, from 1.
    pub line: usize,
    /// The change.
    pub change: Change,
}

impl<R: BufRead> Reader<R> {
    /// The changes of a text without names.
    pub fn new(reader: R) -> Self {
        Reader::with_names(reader, NoNames)
    }
}

impl<R: BufRead, N: Names> Reader<R, N> {
    /// The changes of a text whose names are looked up here.
    pub fn with_names(reader: R, names: N) -> Self {
        let commands = Commands::with_names(reader, names);
        Reader { commands }
    }
}

impl<R: BufRead, N: Names> Iterator for Reader<R, N> {
    type Item = Result<Rule, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(match self.commands.next()? {
            Ok(Line {
                number,
                command: Command::Change(change),
            }) => Ok(Rule {
                line: number,
                change,
            }),
            Ok(line) => Err(on_line(
                line.number,
                "expected a command that changes the table",
            )),
            Err(failure) => Err(failure.into()),
        })
    }
}

impl<R: BufRead, N: Names> FusedIterator for Reader<R, N> {}

/// What is wrong with a line that is right by itself.
pub(super) fn on_line(line: usize, cause: impl fmt::Display) -> Error {
    let cause = format!("line {line}: {cause}");
    Error::new(ErrorKind::InvalidInput, Op::Parse, cause)
}

/// What a reader or a writer of the caller's answered.
pub(super) fn failed(op: Op, error: &io::Error) -> Error {
    let failed = Error::new(ErrorKind::Io, op, error.to_string());
    match error.raw_os_error() {
        Some(errno) => failed.with_errno(errno),
        None => failed,
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Mistake(mistake) => mistake.fmt(f),
            Failure::Io(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Failure {}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Mistake(mistake) => mistake.into(),
            Failure::Io(error) => failed(Op::Parse, &error),
        }
    }
}
