//! The file that this very program is.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::{env, io};

/// Where it is, found out at the first question: an upgrade that replaces the file is to be
/// started next, and later on the system knows the replaced one alone.
///
/// # Errors
/// The system does not say.
pub(crate) fn program() -> io::Result<&'static Path> {
    static OWN: OnceLock<PathBuf> = OnceLock::new();
    if OWN.get().is_none() {
        // Another thread may be first, with the same.
        let _ = OWN.set(env::current_exe()?);
    }
    OWN.get()
        .map(PathBuf::as_path)
        .ok_or_else(|| io::ErrorKind::NotFound.into())
}
