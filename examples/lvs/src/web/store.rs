//! The lvs.cf on disk: read, and replaced when it is still what was read.

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::config::{self, Config, Parsed, Refused, SystemNames};
use crate::replace::{Replaced, replace};

/// The longest file that is read: a thousand services of a hundred servers fit.
const LONGEST: u64 = 16 * 1024 * 1024;

/// The file.
#[derive(Debug)]
pub(super) struct Store {
    path: PathBuf,
    /// One change at a time.
    writing: Mutex<()>,
}

/// What was read.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    /// Its very bytes.
    pub(super) bytes: Vec<u8>,
    /// What they say. A file that is not there says what an empty one would.
    pub(super) said: Result<Parsed, Refused>,
}

/// Why nothing was written.
#[derive(Debug)]
pub(super) enum Unwritten {
    /// The file is not what it was.
    Changed,
    Io(io::Error),
}

impl fmt::Display for Unwritten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unwritten::Changed => f.write_str("it has changed since the preview was made"),
            Unwritten::Io(error) => error.fmt(f),
        }
    }
}

impl Store {
    pub(super) fn new(path: &Path) -> Store {
        Store {
            path: path.into(),
            writing: Mutex::new(()),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Reads the file.
    pub(super) fn read(&self) -> io::Result<Stored> {
        let bytes = self.bytes()?;
        let said = if bytes.is_empty() {
            Ok(Parsed {
                config: Config::default(),
                warnings: Vec::new(),
                lines: config::Lines::default(),
            })
        } else {
            config::parse(&bytes, &SystemNames)
        };
        Ok(Stored { bytes, said })
    }

    /// Replaces the file, if it is still `before`.
    ///
    /// Two who write through this page take turns; another program that writes in the very
    /// moment between the look and the replacement would lose.
    pub(super) fn write(&self, before: &[u8], text: &str) -> Result<Replaced, Unwritten> {
        let _turn = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        if self.bytes().map_err(Unwritten::Io)? != before {
            return Err(Unwritten::Changed);
        }
        replace(&self.path, text.as_bytes(), None).map_err(Unwritten::Io)
    }

    fn bytes(&self) -> io::Result<Vec<u8>> {
        match std::fs::metadata(&self.path) {
            Ok(file) if file.len() > LONGEST => Err(ErrorKind::FileTooLarge.into()),
            Ok(_) => std::fs::read(&self.path),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }
}

impl Stored {
    /// Tells this state of the file from another: what a form was made from.
    pub(super) fn version(&self) -> String {
        let mut hasher = DefaultHasher::new();
        self.bytes.hash(&mut hasher);
        format!("{:016x}", hasher.finish())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changed_meanwhile_is_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lvs.cf");
        let store = Store::new(&path);
        let empty = store.read().unwrap();
        assert_eq!(empty.said.clone().unwrap().config, Config::default());
        let _ = store.write(&empty.bytes, "keepalive = 3\n").unwrap();
        let now = store.read().unwrap();
        assert_eq!(now.said.clone().unwrap().config.keepalive, 3);
        assert_ne!(now.version(), empty.version());
        let late = store.write(&empty.bytes, "keepalive = 4\n");
        assert!(matches!(late, Err(Unwritten::Changed)));
        std::fs::remove_file(&path).unwrap();
        let gone = store.write(&now.bytes, "keepalive = 4\n");
        assert!(matches!(gone, Err(Unwritten::Changed)));
    }

    #[test]
    fn mistakes_are_kept_for_the_page() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lvs.cf");
        std::fs::write(&path, "port = 1\n").unwrap();
        let read = Store::new(&path).read().unwrap();
        assert_eq!(read.said.unwrap_err().mistakes[0].line, 1);
        let folder = Store::new(folder.path());
        assert!(folder.read().is_err());
    }
}
