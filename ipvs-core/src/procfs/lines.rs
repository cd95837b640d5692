//! Lines of a file, one at a time in one buffer, and where a bad one is.

use std::io::{self, BufRead, Read as _};

use super::words::Words;
use crate::{Error, ErrorKind, Op};

/// The longest line that is taken: several times what the kernel can print.
const LONGEST: u64 = 4096;

/// A word that is not what it should be.
#[derive(Debug)]
pub(super) struct Fault<'l> {
    pub(super) field: &'static str,
    pub(super) word: &'l [u8],
    pub(super) expected: &'static str,
}

impl Fault<'_> {
    fn at(&self, line: u64) -> Error {
        let word = String::from_utf8_lossy(self.word);
        let error = Error::parse(self.field, &word, self.expected);
        let cause = format!("line {line}: {}", error.cause());
        error.with_cause(cause)
    }
}

/// The lines of a file.
#[derive(Debug)]
pub(super) struct Lines<R> {
    reader: R,
    line: Vec<u8>,
    number: u64,
    ended: bool,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(reader: R) -> Self {
        Lines {
            reader,
            line: Vec::new(),
            number: 0,
            ended: false,
        }
    }

    /// What `parse` makes of the next line, which it gets without its end;
    /// `None` behind the last line and behind a failure to read.
    pub(super) fn next<T>(
        &mut self,
        parse: impl for<'l> FnOnce(&'l [u8]) -> Result<T, Fault<'l>>,
    ) -> Option<Result<T, Error>> {
        match self.advance() {
            Ok(true) => Some(parse(&self.line).map_err(|fault| fault.at(self.number))),
            Ok(false) => None,
            Err(error) => Some(Err(error)),
        }
    }

    /// The same where a line must be: the one that holds `what`.
    pub(super) fn require<T>(
        &mut self,
        what: &'static str,
        parse: impl for<'l> FnOnce(&'l [u8]) -> Result<T, Fault<'l>>,
    ) -> Result<T, Error> {
        self.next(parse).unwrap_or_else(|| {
            let cause = match self.number {
                0 => "the file is empty: the kernel's has a header".to_owned(),
                number => format!("the file ends behind line {number}, before this"),
            };
            Err(Error::new(ErrorKind::InvalidInput, Op::Parse, cause).with_field(what))
        })
    }

    /// Nothing more may come.
    pub(super) fn end(&mut self) -> Result<(), Error> {
        let more = self.next(|line| {
            Err(Fault {
                field: "end",
                word: line,
                expected: "the end of the file",
            })
        });
        more.unwrap_or(Ok(()))
    }

    /// Reads a line that holds the words of `header`, however far apart.
    pub(super) fn header(&mut self, header: &'static str) -> Result<(), Error> {
        self.require("header", |line| {
            let mut words = Words::new(line);
            let mut expected = header.split_ascii_whitespace();
            let same = expected.all(|word| words.next() == word.as_bytes());
            (same && words.next().is_empty())
                .then_some(())
                .ok_or(Fault {
                    field: "header",
                    word: line,
                    expected: header,
                })
        })
    }

    /// Reads the next line into the buffer; false behind the last one.
    fn advance(&mut self) -> Result<bool, Error> {
        if self.ended {
            return Ok(false);
        }
        let read = self.read_line();
        self.number += u64::from(!matches!(read, Ok(Read::End)));
        match read {
            Ok(Read::Line) => Ok(true),
            Ok(Read::End) => {
                self.ended = true;
                Ok(false)
            }
            Ok(Read::TooLong) => {
                let cause = format!("line {}: longer than {LONGEST} bytes", self.number);
                Err(Error::new(ErrorKind::InvalidInput, Op::Parse, cause))
            }
            Err(error) => {
                self.ended = true;
                Err(unreadable(self.number, &error))
            }
        }
    }

    /// Reads one line and drops its end. Of one that is too long only the
    /// beginning is kept.
    fn read_line(&mut self) -> io::Result<Read> {
        self.line.clear();
        let mut bounded = (&mut self.reader).take(LONGEST);
        let length = bounded.read_until(b'\n', &mut self.line)?;
        if self.line.last() == Some(&b'\n') {
            self.line.pop();
            return Ok(Read::Line);
        }
        Ok(match length as u64 {
            0 => Read::End,
            LONGEST => {
                self.reader.skip_until(b'\n')?;
                Read::TooLong
            }
            _ => Read::Line,
        })
    }
}

/// What a reader found.
enum Read {
    Line,
    TooLong,
    End,
}

fn unreadable(line: u64, error: &io::Error) -> Error {
    let cause = format!("line {line} could not be read: {}", error.kind());
    let failed = Error::new(ErrorKind::Io, Op::Parse, cause);
    match error.raw_os_error() {
        Some(errno) => failed.with_errno(errno),
        None => failed,
    }
}

/// The rows behind a file's header, which is read before the first of them.
#[derive(Debug)]
pub(super) struct Rows<R> {
    lines: Lines<R>,
    header: Option<&'static str>,
}

impl<R: BufRead> Rows<R> {
    pub(super) fn new(reader: R, header: &'static str) -> Self {
        Rows {
            lines: Lines::new(reader),
            header: Some(header),
        }
    }

    /// What `parse` makes of the next row. It goes on behind a bad row, and ends
    /// behind a bad header: the file is another one.
    pub(super) fn next<T>(
        &mut self,
        parse: impl for<'l> FnOnce(&'l [u8]) -> Result<T, Fault<'l>>,
    ) -> Option<Result<T, Error>> {
        if let Some(header) = self.header.take() {
            if let Err(error) = self.lines.header(header) {
                self.lines.ended = true;
                return Some(Err(error));
            }
        }
        self.lines.next(parse)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_without_end_takes_no_memory() {
        let long = "x".repeat(1_000_000);
        let file = format!("{long}\nshort\n\n{long}");
        let mut lines = Lines::new(file.as_bytes());
        let mut next = || lines.next(|line| Ok(String::from_utf8_lossy(line).into_owned()));
        let first = next().unwrap().unwrap_err();
        assert_eq!(first.to_string(), "parse: line 1: longer than 4096 bytes");
        assert_eq!(next().unwrap().unwrap(), "short");
        assert_eq!(next().unwrap().unwrap(), "");
        let last = next().unwrap().unwrap_err();
        assert_eq!(last.to_string(), "parse: line 4: longer than 4096 bytes");
        assert!(next().is_none());
        assert!(lines.line.capacity() <= 8192);
    }

    #[test]
    fn the_longest_line_is_taken() {
        let longest = "x".repeat(4095);
        let file = format!("{longest}\n{longest}");
        let mut lines = Lines::new(file.as_bytes());
        for _ in 0..2 {
            assert_eq!(lines.next(|line| Ok(line.len())).unwrap().unwrap(), 4095);
        }
        assert!(lines.next(|_| Ok(())).is_none());
    }
}
