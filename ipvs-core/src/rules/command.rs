//! One command line.

use super::draft::Draft;
use super::{Mistake, Names};
use crate::{Change, ServiceKey};

/// What one command line of ipvsadm asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Command {
    /// A change of the table.
    Change(Change),
    /// `-L`: a listing.
    List(List),
    /// `-S`: print the table as lines.
    Save {
        /// `-n`: with numbers and not names.
        numeric: bool,
    },
    /// `-R`: make the changes of the lines of the standard input.
    Restore,
    /// `-h`: tell how it is used.
    Help,
    /// `-v`: tell the version.
    Version,
}

/// A listing that `-L` asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[doc(alias = "ipvsadm -L")]
pub struct List {
    /// What is listed.
    pub what: Listing,
    /// `-n`: with numbers and not names.
    pub numeric: bool,
    /// `--exact`: large numbers in full.
    pub exact: bool,
    /// `--nosort`: in the kernel's order.
    pub nosort: bool,
    /// `--stats`: the counters.
    pub stats: bool,
    /// `--rate`: the rates.
    pub rate: bool,
    /// `--thresholds`: the thresholds.
    pub thresholds: bool,
    /// `--persistent-conn`: the persistent connections.
    pub persistent_connections: bool,
    /// `--tun-info`: the tunnels.
    pub tunnels: bool,
}

/// What `-L` lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Listing {
    /// The whole table.
    Table,
    /// One service.
    Service(ServiceKey),
    /// `-c`: the connections.
    Connections,
    /// `--timeout`: the time-outs.
    Timeouts,
    /// `--daemon`: the sync daemons.
    Daemons,
}

impl Command {
    /// Reads the words of a command line, the program's name left out.
    ///
    /// # Errors
    ///
    /// The first mistake, in ipvsadm's own order of checks. No words at all are
    /// [`Fault::NoCommand`](super::Fault::NoCommand).
    pub fn parse<S: AsRef<str>>(words: &[S], names: &dyn Names) -> Result<Command, Mistake> {
        let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
        Draft::read(&words, names).map_err(|blame| {
            let before = words.iter().take(blame.at);
            let column = before.map(|word| word.chars().count() + 1).sum::<usize>() + 1;
            let word = words.get(blame.at).unwrap_or(&"");
            Mistake::new(column, word, blame.fault)
        })
    }
}

/// Reads one line; `None` if there is nothing on it but blanks, a comment (`#`
/// first) or the word `ipvsadm`, which is skipped wherever it stands. Words are
/// parted by blanks and tabs; nothing is quoted.
///
/// ```
/// # use ipvs_core::{Change, ServiceKey};
/// use ipvs_core::rules::{Command, NoNames, parse_line};
///
/// let command = parse_line("ipvsadm -D -t 192.0.2.1:80", &NoNames)?;
/// let key = ServiceKey::tcp([192, 0, 2, 1], 80);
/// assert_eq!(command, Some(Command::Change(Change::RemoveService(key))));
/// assert_eq!(parse_line("# nothing", &NoNames)?, None);
///
/// let mistake = parse_line("-a -t 192.0.2.1:80 -r 10.0.3.100 -w x", &NoNames).unwrap_err();
/// assert_eq!(mistake.column(), 37);
/// assert_eq!(
///     mistake.to_string(),
///     "weight \"x\": expected a number from 0 to 2147483647"
/// );
/// # Ok::<(), ipvs_core::rules::Mistake>(())
/// ```
///
/// # Errors
///
/// The first mistake, with its column in the line.
pub fn parse_line(line: &str, names: &dyn Names) -> Result<Option<Command>, Mistake> {
    let words: Vec<&str> = words(line).collect();
    if words.first().is_none_or(|word| word.starts_with('#')) {
        return Ok(None);
    }
    match Draft::read(&words, names) {
        Ok(command) => Ok(Some(command)),
        Err(blame) => {
            let word = words.get(blame.at).copied().unwrap_or("");
            let column = column(line, blame.at);
            Err(Mistake::new(column, word, blame.fault))
        }
    }
}

/// The tool's own name: scripts write it before each line.
pub(super) const TOOL: &str = "ipvsadm";

/// What parts words.
pub(super) fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\r')
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    let words = line.split(is_blank);
    words.filter(|word| !word.is_empty() && *word != TOOL)
}

/// Where the word of an index begins, in characters from 1.
fn column(line: &str, index: usize) -> usize {
    let mut column = 1;
    let mut left = index;
    for word in line.split(is_blank) {
        if !word.is_empty() && word != TOOL {
            if left == 0 {
                return column;
            }
            left -= 1;
        }
        column += word.chars().count() + 1;
    }
    1
}
