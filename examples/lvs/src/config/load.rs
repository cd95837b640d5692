//! An lvs.cf on disk.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use super::{Parsed, Refused, SystemNames, parse};

/// Why a file could not be loaded.
#[derive(Debug)]
pub enum LoadError {
    /// It could not be read.
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It has mistakes.
    Refused {
        /// The file.
        path: PathBuf,
        /// Every mistake.
        source: Refused,
    },
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LoadError::Unreadable { path, source } => write!(f, "{}: {source}", path.display()),
            LoadError::Refused { path, source } => {
                let lines = source.mistakes.iter();
                let lines: Vec<String> = lines
                    .map(|mistake| format!("{}: {mistake}", path.display()))
                    .collect();
                f.write_str(&lines.join("\n"))
            }
        }
    }
}

impl std::error::Error for LoadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            LoadError::Unreadable { source, .. } => Some(source),
            LoadError::Refused { source, .. } => Some(source),
        }
    }
}

/// Reads and parses a file, with the names that this host's resolver knows.
///
/// # Errors
///
/// [`LoadError`] when it can't be read, or has mistakes.
pub fn load(path: &Path) -> Result<Parsed, LoadError> {
    let file = std::fs::read(path).map_err(|source| LoadError::Unreadable {
        path: path.to_owned(),
        source,
    })?;
    parse(&file, &SystemNames).map_err(|source| LoadError::Refused {
        path: path.to_owned(),
        source,
    })
}
