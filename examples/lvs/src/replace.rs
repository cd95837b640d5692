//! Files that are replaced all at once: a reader finds the old one or the new one, whole,
//! whatever happens meanwhile.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};

/// What a file that was not there may be read by: anybody.
const NEW: u32 = 0o644;

/// How a file was replaced: every reader finds the new one in either case.
#[derive(Debug)]
#[must_use]
pub enum Replaced {
    /// It is on the disk.
    Safely,
    /// The disk did not confirm it: after a loss of power the old one may be back.
    Unsurely(io::Error),
}

/// Makes `content` the content of `path`, on the disk before it returns.
///
/// Mode and owner stay, unless another mode is given; a symbolic link stays one, and what it
/// leads to is replaced.
///
/// # Errors
///
/// Those of the file system; the file is as it was then.
pub fn replace(path: &Path, content: &[u8], mode: Option<u32>) -> io::Result<Replaced> {
    replace_and(path, content, mode, File::sync_all)
}

/// The same, with `sync` for what brings a folder to the disk.
fn replace_and(
    path: &Path,
    content: &[u8],
    mode: Option<u32>,
    sync: impl FnOnce(&File) -> io::Result<()>,
) -> io::Result<Replaced> {
    let target = match fs::canonicalize(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => path.to_owned(),
        target => target?,
    };
    // Opened while an error still means that nothing was replaced.
    let around = File::open(folder(&target))?;
    let (file, beside) = create_beside(&target)?;
    let written = fill(file, content, mode, &target).and_then(|()| fs::rename(&beside, &target));
    if let Err(error) = written {
        // The error is what counts; a leftover is no harm.
        let _ = fs::remove_file(&beside);
        return Err(error);
    }
    Ok(match sync(&around) {
        Ok(()) => Replaced::Safely,
        Err(error) => Replaced::Unsurely(error),
    })
}

/// A new file that only we may read, in the folder of another.
fn create_beside(target: &Path) -> io::Result<(File, PathBuf)> {
    let name = target.file_name().ok_or(ErrorKind::InvalidInput)?;
    let mut number = [0; 8];
    getrandom::fill(&mut number).map_err(|error| io::Error::other(error.to_string()))?;
    let mut beside = std::ffi::OsString::from(".");
    beside.push(name);
    beside.push(format!(".{:016x}", u64::from_ne_bytes(number)));
    let beside = folder(target).join(beside);
    let file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&beside)?;
    Ok((file, beside))
}

fn fill(mut file: File, content: &[u8], mode: Option<u32>, target: &Path) -> io::Result<()> {
    file.write_all(content)?;
    match fs::metadata(target) {
        Ok(old) => {
            let new = file.metadata()?;
            if (old.uid(), old.gid()) != (new.uid(), new.gid()) {
                fchown(&file, Some(old.uid()), Some(old.gid()))?;
            }
            let mode = mode.unwrap_or(old.mode() & 0o7777);
            file.set_permissions(Permissions::from_mode(mode))?;
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            file.set_permissions(Permissions::from_mode(mode.unwrap_or(NEW)))?;
        }
        Err(error) => return Err(error),
    }
    file.sync_all()
}

/// The folder of a file.
fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Makes the folder of a file, if there is none.
///
/// # Errors
///
/// Those of the file system.
pub fn make_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).create(folder(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().mode() & 0o7777
    }

    #[test]
    fn mode_and_links_stay_and_nothing_is_left_beside() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("lvs.cf"), folder.path().join("link"));
        let _ = replace(&file, b"one", None).unwrap();
        assert_eq!(mode(&file), 0o644);
        fs::set_permissions(&file, Permissions::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink("lvs.cf", &link).unwrap();
        let _ = replace(&link, b"two", None).unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"two");
        assert_eq!(mode(&file), 0o640);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        let _ = replace(&file, b"three", Some(0o600)).unwrap();
        assert_eq!(mode(&file), 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn what_cannot_be_written_is_an_error_and_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("no/lvs.cf");
        let error = replace(&missing, b"", None).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
        make_folder(&missing).unwrap();
        let _ = replace(&missing, b"", None).unwrap();
        // A folder can't be replaced by a file.
        let target = folder.path().join("no");
        assert!(replace(&target, b"", None).is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_is_replaced_is_not_called_unchanged() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("lvs.cf");
        let safely = replace(&file, b"one", None).unwrap();
        assert!(matches!(safely, Replaced::Safely));
        let failing = |_: &File| Err(io::Error::other("the disk is ill"));
        let unsurely = replace_and(&file, b"two", None, failing).unwrap();
        assert!(matches!(unsurely, Replaced::Unsurely(_)));
        assert_eq!(fs::read(&file).unwrap(), b"two");
    }
}
