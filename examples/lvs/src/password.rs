//! The web page's password: a file of one line, its argon2id hash, for its owner's eyes only.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};

use crate::replace::replace;

/// The shortest password, in letters.
pub const SHORTEST: usize = 8;

/// The longest, in bytes: more is hashed by nobody in good faith.
pub const LONGEST: usize = 1024;

/// The longest line that a file may hold.
const LINE: u64 = 1024;

/// Why a password is not taken, or a file not used.
#[derive(Debug)]
pub enum PasswordError {
    /// It has fewer letters than [`SHORTEST`].
    TooShort,
    /// It has more bytes than [`LONGEST`].
    TooLong,
    /// The file can't be read or written.
    Io(io::Error),
    /// Others than its owner may read or write the file.
    Exposed,
    /// The file holds no hash of ours.
    NoHash,
}

impl fmt::Display for PasswordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PasswordError::TooShort => write!(f, "it needs {SHORTEST} letters or more"),
            PasswordError::TooLong => write!(f, "it may have {LONGEST} bytes at most"),
            PasswordError::Io(error) => error.fmt(f),
            PasswordError::Exposed => f.write_str("others may read or write it: chmod 600"),
            PasswordError::NoHash => f.write_str("it holds no argon2id hash; lvs passwd makes one"),
        }
    }
}

impl std::error::Error for PasswordError {}

impl From<io::Error> for PasswordError {
    fn from(error: io::Error) -> Self {
        PasswordError::Io(error)
    }
}

/// What a password file holds: the hash of the password, with a salt of its own.
#[derive(Clone, PartialEq, Eq)]
pub struct Stored(String);

/// Nobody's log shows one.
impl fmt::Debug for Stored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Stored")
    }
}

impl Stored {
    /// Reads a password file.
    ///
    /// # Errors
    ///
    /// `Io`, `Exposed`, `NoHash`.
    pub fn read(file: &Path) -> Result<Stored, PasswordError> {
        let stored = Stored(line(file)?.trim_end().to_owned());
        match stored.hash() {
            Some(hash) if hash.algorithm.as_str() == "argon2id" => Ok(stored),
            _ => Err(PasswordError::NoHash),
        }
    }

    /// Whether this is the hash of `password`. It takes as long for any that is not too long.
    #[must_use]
    pub fn is_of(&self, password: &str) -> bool {
        let fits = |hash| {
            let hasher = Argon2::default();
            hasher.verify_password(password.as_bytes(), &hash).is_ok()
        };
        password.len() <= LONGEST && self.hash().is_some_and(fits)
    }

    fn hash(&self) -> Option<PasswordHash<'_>> {
        PasswordHash::new(&self.0).ok()
    }
}

/// Writes the hash of `password` to the file, for its owner alone and all at once.
///
/// # Errors
///
/// `TooShort`, `TooLong`, `Io`.
pub fn set(file: &Path, password: &str) -> Result<Stored, PasswordError> {
    if password.chars().count() < SHORTEST {
        return Err(PasswordError::TooShort);
    }
    if password.len() > LONGEST {
        return Err(PasswordError::TooLong);
    }
    let stored = Stored(hash(password)?);
    let line = format!("{}\n", stored.0);
    // It is set, whatever the disk makes of a loss of power now.
    let _ = replace(file, line.as_bytes(), Some(0o600))?;
    Ok(stored)
}

fn line(file: &Path) -> Result<String, PasswordError> {
    let file = File::open(file)?;
    if file.metadata()?.mode() & 0o077 != 0 {
        return Err(PasswordError::Exposed);
    }
    let mut line = String::new();
    match file.take(LINE).read_to_string(&mut line) {
        Ok(_) => Ok(line),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => Err(PasswordError::NoHash),
        Err(error) => Err(error.into()),
    }
}

/// What a file holds: 19 MiB, two passes, as OWASP advises at the least.
fn hash(password: &str) -> Result<String, PasswordError> {
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(|error| io::Error::other(error.to_string()))?;
    let salt = SaltString::encode_b64(&salt);
    let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::DEFAULT);
    let hash = salt.and_then(|salt| {
        hasher
            .hash_password(password.as_bytes(), &salt)
            .map(|hash| hash.to_string())
    });
    hash.map_err(|error| io::Error::other(error.to_string()).into())
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_password_is_its_own_and_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("passwd");
        set(&file, "piranha and pike").unwrap();
        let stored = Stored::read(&file).unwrap();
        assert!(stored.is_of("piranha and pike"));
        for wrong in [
            "piranha and pik",
            "",
            "piranha and pike ",
            &"x".repeat(LONGEST + 1),
        ] {
            assert!(!stored.is_of(wrong), "{wrong:?}");
        }
        let line = fs::read_to_string(&file).unwrap();
        assert!(
            line.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{line}"
        );
        assert_eq!(fs::metadata(&file).unwrap().mode() & 0o777, 0o600);
        let again = set(&file, "piranha and pike").unwrap();
        assert_ne!(again, stored, "each has a salt of its own");
        let other = set(&file, "another password").unwrap();
        assert_eq!(Stored::read(&file).unwrap(), other);
        assert!(!other.is_of("piranha and pike"));
        assert_eq!(format!("{other:?}"), "Stored");
    }

    #[test]
    fn what_is_no_password_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("passwd");
        assert!(matches!(set(&file, "short"), Err(PasswordError::TooShort)));
        let long = "x".repeat(LONGEST + 1);
        assert!(matches!(set(&file, &long), Err(PasswordError::TooLong)));
        assert!(!file.exists());
    }

    #[test]
    fn a_file_that_others_read_or_that_holds_no_hash_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("passwd");
        assert!(matches!(Stored::read(&file), Err(PasswordError::Io(_))));
        for content in [&b"secret\n"[..], b"", b"\xff\n", b"$2y$05$abcdefghijk\n"] {
            fs::write(&file, content).unwrap();
            fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
            assert!(matches!(Stored::read(&file), Err(PasswordError::NoHash)));
        }
        set(&file, "long enough").unwrap();
        fs::set_permissions(&file, Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(Stored::read(&file), Err(PasswordError::Exposed)));
    }
}
