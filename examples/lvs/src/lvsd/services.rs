//! Which services lvsd has made, for the next lvsd: a file with a key on each line.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::PathBuf;

use ipvs_core::ServiceKey;

use crate::replace;

/// The file; without one nothing is remembered.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    path: Option<PathBuf>,
}

impl Memory {
    /// The one at `path`.
    #[must_use]
    pub fn at(path: PathBuf) -> Self {
        Memory { path: Some(path) }
    }

    /// What is in it; nothing if it is not there. A line that is no key is not read.
    ///
    /// # Errors
    /// It can't be read.
    pub fn read(&self) -> io::Result<BTreeSet<ServiceKey>> {
        let Some(path) = &self.path else {
            return Ok(BTreeSet::new());
        };
        match fs::read_to_string(path) {
            Ok(text) => Ok(text.lines().filter_map(|line| line.parse().ok()).collect()),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(BTreeSet::new()),
            Err(error) => Err(error),
        }
    }

    /// Writes it anew; a crash leaves the old one or the new one.
    ///
    /// # Errors
    /// It can't be written.
    pub fn write(&self, keys: &BTreeSet<ServiceKey>) -> io::Result<()> {
        let Some(path) = &self.path else {
            return Ok(());
        };
        let text: String = keys.iter().map(|key| format!("{key}\n")).collect();
        replace::make_folder(path)?;
        replace::replace(path, text.as_bytes(), None).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let memory = Memory::at(folder.path().join("below/lvsd.services"));
        assert!(memory.read().unwrap().is_empty());
        let keys = ["tcp 10.0.2.100:80", "fwmark 7 ipv6"];
        let keys: BTreeSet<ServiceKey> = keys.iter().map(|key| key.parse().unwrap()).collect();
        memory.write(&keys).unwrap();
        assert_eq!(memory.read().unwrap(), keys);
        fs::write(
            folder.path().join("below/lvsd.services"),
            "nonsense\nfwmark 7\n",
        )
        .unwrap();
        assert_eq!(memory.read().unwrap().len(), 1);
    }
}
