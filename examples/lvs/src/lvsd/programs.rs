//! Other programs, found before they are started.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::{env, fs};

use rustix::fs::{Access, access};

/// The file of a program, as a shell would find it: a name without a slash is looked for in
/// `PATH`.
///
/// # Errors
/// It is not there, or no file that we may execute.
pub(super) fn find(program: &str) -> io::Result<PathBuf> {
    if program.contains('/') {
        return executable(program.into());
    }
    let path = env::var_os("PATH").unwrap_or_default();
    let found = env::split_paths(&path).find_map(|folder| executable(folder.join(program)).ok());
    found.ok_or_else(|| ErrorKind::NotFound.into())
}

fn executable(path: PathBuf) -> io::Result<PathBuf> {
    let is_file = |path: &Path| fs::metadata(path).map(|found| found.is_file());
    if !is_file(&path)? {
        return Err(ErrorKind::PermissionDenied.into());
    }
    access(&path, Access::EXEC_OK)?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_path_and_by_name() {
        for program in ["/bin/sh", "sh"] {
            assert!(find(program).unwrap().ends_with("bin/sh"));
        }
        for (program, kind) in [
            ("/nowhere/check", ErrorKind::NotFound),
            ("no-such-check", ErrorKind::NotFound),
            ("/", ErrorKind::PermissionDenied),
            ("/dev/null", ErrorKind::PermissionDenied),
        ] {
            assert_eq!(find(program).unwrap_err().kind(), kind, "{program}");
        }
    }

    #[test]
    fn a_file_that_may_not_be_executed() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let error = find(file.path().to_str().unwrap()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::PermissionDenied);
    }
}
