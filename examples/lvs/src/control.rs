//! How one program of the cluster asks another: a word over a Unix socket, and one answer.
//!
//! ```
//! use lvs::control::{Socket, ask};
//!
//! let directory = tempfile::tempdir()?;
//! let path = directory.path().join("lvsd.sock");
//! let socket = Socket::bind(&path)?;
//! let asked = std::thread::spawn(move || ask(&path, "status"));
//! while !asked.is_finished() {
//!     socket.answer(|word| format!("{word}: well"));
//! }
//! assert_eq!(asked.join().unwrap()?, "status: well");
//! # Ok::<(), std::io::Error>(())
//! ```

use std::ffi::OsString;
use std::fs::{self, DirBuilder, File};
use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::{FlockOperation, flock};

/// How long either side waits for the other to speak or to listen.
pub(crate) const PATIENCE: Duration = Duration::from_secs(2);
/// How long something may take that has to be done for an answer: the kernel may have to
/// load a module for it.
pub(crate) const WORK: Duration = Duration::from_secs(10);

/// The longest question; an answer ends where it ends.
const LONGEST: u64 = 64 * 1024;

/// Where the sockets and process numbers are: `LVS_RUN_DIR`, or `/run/lvs`.
#[must_use]
pub fn run_directory() -> PathBuf {
    std::env::var_os("LVS_RUN_DIR").map_or_else(|| "/run/lvs".into(), PathBuf::from)
}

/// The side that answers. Its file goes with it.
pub struct Socket {
    listener: UnixListener,
    path: PathBuf,
}

impl Socket {
    /// Listens at `path`, for this user alone, and makes the directory that it is in.
    ///
    /// # Errors
    /// `AddrInUse` when a program answers there already; what a dead one left is replaced.
    pub fn bind(path: &Path) -> io::Result<Socket> {
        if let Some(directory) = path.parent() {
            DirBuilder::new()
                .recursive(true)
                .mode(0o755)
                .create(directory)?;
        }
        let _alone = lock(path)?;
        match UnixStream::connect(path) {
            Ok(_) => return Err(ErrorKind::AddrInUse.into()),
            Err(error) if error.kind() == ErrorKind::ConnectionRefused => fs::remove_file(path)?,
            Err(_) => {}
        }
        let listener = UnixListener::bind(path)?;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
        listener.set_nonblocking(true)?;
        Ok(Socket {
            listener,
            path: path.into(),
        })
    }

    /// Answers whoever waits, and returns when nobody does. A caller that hangs up or asks
    /// nothing is nobody's loss but its own.
    pub fn answer(&self, mut answer: impl FnMut(&str) -> String) {
        while let Ok((mut stream, _)) = self.listener.accept() {
            let _ = question(&mut stream)
                .and_then(|word| stream.write_all(answer(word.trim()).as_bytes()));
        }
    }
}

impl AsFd for Socket {
    /// Readable when somebody waits for an answer.
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.listener.as_fd()
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// Two that start at once after a crash would both find a dead socket, and the second one
/// replace the first one's living one. Held until the file is closed; the file stays.
fn lock(path: &Path) -> io::Result<File> {
    let mut name = OsString::from(path);
    name.push(".lock");
    let file = File::create(name)?;
    flock(&file, FlockOperation::LockExclusive)?;
    Ok(file)
}

fn question(stream: &mut UnixStream) -> io::Result<String> {
    stream.set_nonblocking(false)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut word = String::new();
    stream.take(LONGEST).read_to_string(&mut word)?;
    Ok(word)
}

/// Asks the program that listens at `path`, which may have something to do for the answer.
///
/// # Errors
/// Those of [`ask_within`]; its patience is twelve seconds, so that one who can't come to
/// it can say so.
pub fn ask(path: &Path, question: &str) -> io::Result<String> {
    ask_within(path, question, WORK + PATIENCE)
}

/// Asks the program that listens at `path`, and waits so long for each part of its answer.
///
/// # Errors
/// Those of the socket: nobody there (`NotFound`, `ConnectionRefused`), no right to ask
/// (`PermissionDenied`), no answer within `patience` (`WouldBlock`), a patience of nothing
/// (`InvalidInput`).
pub fn ask_within(path: &Path, question: &str, patience: Duration) -> io::Result<String> {
    let mut stream = UnixStream::connect(path)?;
    stream.set_read_timeout(Some(patience))?;
    stream.set_write_timeout(Some(patience.min(PATIENCE)))?;
    stream.write_all(question.as_bytes())?;
    stream.shutdown(std::net::Shutdown::Write)?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;

    use super::*;

    #[test]
    fn of_many_that_follow_a_dead_one_one_gets_the_socket() {
        let folder = tempfile::tempdir().unwrap();
        for round in 0..100 {
            let path = folder.path().join(format!("{round}.sock"));
            drop(UnixListener::bind(&path).unwrap());
            let together = Barrier::new(8);
            let bind = || {
                together.wait();
                Socket::bind(&path)
            };
            let bound: Vec<_> = std::thread::scope(|scope| {
                let threads: Vec<_> = (0..8).map(|_| scope.spawn(bind)).collect();
                let threads = threads.into_iter();
                threads.map(|thread| thread.join().unwrap()).collect()
            });
            assert_eq!(bound.iter().filter(|socket| socket.is_ok()).count(), 1);
            UnixStream::connect(&path).unwrap();
            for error in bound.iter().filter_map(|socket| socket.as_ref().err()) {
                assert_eq!(error.kind(), ErrorKind::AddrInUse);
            }
        }
    }
}
