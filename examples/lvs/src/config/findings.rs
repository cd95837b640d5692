//! What is wrong with a file, and what is odd.

use std::fmt;

/// What a mistake is, in the original's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// A quote that is not closed on its line.
    QuotationMismatch,
    /// A block that is not closed.
    UnexpectedEnd,
    /// More words than the key takes.
    UnexpectedArguments,
    /// No `=` behind a key.
    EqualExpected,
    /// Fewer words than the key takes.
    MissingArguments,
    /// No address, and no name that the resolver knows.
    InvalidAddress,
    /// A word that the key does not take.
    InvalidArgument,
    /// No number.
    IntegerExpected,
    /// Neither 0 nor 1.
    BooleanExpected,
    /// A key that there is not, or not here.
    UnknownCommand,
    /// No `[ … ]`.
    ListExpected,
    /// No netmask.
    BadSubnetMask,
    /// Nothing at all.
    EmptyConfiguration,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Fault::QuotationMismatch => "quotation mismatch",
            Fault::UnexpectedEnd => "unexpected end of file",
            Fault::UnexpectedArguments => "unexpected arguments",
            Fault::EqualExpected => "equal (=) expected after command",
            Fault::MissingArguments => "missing arguments",
            Fault::InvalidAddress => "invalid host name or ip address",
            Fault::InvalidArgument => "invalid argument",
            Fault::IntegerExpected => "integer expected",
            Fault::BooleanExpected => "boolean expected",
            Fault::UnknownCommand => "unknown command",
            Fault::ListExpected => "list expected",
            Fault::BadSubnetMask => "Bad subnet mask specified",
            Fault::EmptyConfiguration => "Empty configuration",
        })
    }
}

/// One mistake: `line 7, column 12: integer expected: "ten"`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The line, from 1.
    pub line: usize,
    /// The column, in characters from 1.
    pub column: usize,
    /// What it is.
    pub fault: Fault,
    /// The word that it is about, where there is one.
    pub word: Option<String>,
    /// What would be right.
    pub hint: Option<String>,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "line {}, column {}: {}",
            self.line, self.column, self.fault
        )?;
        if let Some(word) = &self.word {
            let shown: String = word.chars().take(60).collect();
            write!(f, ": {shown:?}")?;
        }
        if let Some(hint) = &self.hint {
            write!(f, "; {hint}")?;
        }
        Ok(())
    }
}

/// Why a file is refused: every mistake in it, in the order of its lines; at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The mistakes.
    pub mistakes: Vec<Mistake>,
}

/// One line for each mistake.
impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.mistakes.iter().map(Mistake::to_string).collect();
        f.write_str(&lines.join("\n"))
    }
}

impl std::error::Error for Refused {}

/// Something that is accepted, and odd: `line 3, column 5: …`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The line, from 1.
    pub line: usize,
    /// The column, in characters from 1.
    pub column: usize,
    /// What is odd, and what is made of it.
    pub text: String,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "line {}, column {}: {}",
            self.line, self.column, self.text
        )
    }
}

/// What reading has found so far.
#[derive(Default)]
pub(super) struct Findings {
    pub(super) mistakes: Vec<Mistake>,
    pub(super) warnings: Vec<Warning>,
}

/// A place in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) line: usize,
    pub(super) column: usize,
}

impl Place {
    pub(super) fn mistake(self, fault: Fault) -> Mistake {
        Mistake {
            line: self.line,
            column: self.column,
            fault,
            word: None,
            hint: None,
        }
    }
}

impl Mistake {
    pub(super) fn about(mut self, word: impl Into<String>) -> Self {
        self.word = Some(word.into());
        self
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl Findings {
    pub(super) fn mistake(&mut self, mistake: Mistake) {
        self.mistakes.push(mistake);
    }

    pub(super) fn warn(&mut self, place: Place, text: impl Into<String>) {
        let Place { line, column } = place;
        let text = text.into();
        self.warnings.push(Warning { line, column, text });
    }
}
