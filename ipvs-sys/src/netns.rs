//! Network namespaces: open one by path or descriptor, make a new one, work inside.
//!
//! A namespace is entered on a short-lived thread that is joined before the method returns; the
//! calling thread stays where it is. Sockets and files opened inside keep to their namespace
//! wherever they are used afterwards.

use std::fmt::Display;
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::legacy::LegacySocket;
use crate::os;
use crate::socket::Socket;

/// A network namespace, held by a descriptor that closes on exec.
///
/// It lives for as long as a descriptor, a thread, a socket or a mount holds it.
#[derive(Debug)]
pub struct Namespace {
    file: File,
}

impl Namespace {
    /// The longest text that [`read_sysctl`](Self::read_sysctl) takes: more than the list of all
    /// processors of the largest machine, each by itself.
    pub const SYSCTL_MAX: usize = 64 * 1024;

    /// The namespace of the calling thread.
    ///
    /// # Errors
    ///
    /// Those of the system; `/proc` must be mounted.
    pub fn current() -> io::Result<Self> {
        let file = os::open(Path::new("/proc/thread-self/ns/net"))?;
        Ok(Self { file })
    }

    /// The namespace that a file stands for: `/run/netns/NAME` of `ip netns`,
    /// `/proc/PID/ns/net`, or any other place where one is mounted.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] if the file is no network namespace, naming the path;
    /// otherwise those of the system as they are.
    pub fn open(path: impl AsRef<Path>) -> io::Result<Self> {
        let path = path.as_ref();
        Self::from_file(os::open(path)?, &path.display())
    }

    /// The namespace that a descriptor stands for.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] if it is no network namespace, otherwise those of the system.
    /// The descriptor is closed then.
    pub fn from_fd(fd: OwnedFd) -> io::Result<Self> {
        Self::from_file(File::from(fd), &"the descriptor")
    }

    /// The namespace that a descriptor stands for, which stays its owner's.
    ///
    /// # Errors
    ///
    /// Those of [`from_fd`](Self::from_fd), and `EMFILE`.
    pub fn of_fd(fd: BorrowedFd<'_>) -> io::Result<Self> {
        Self::from_fd(os::duplicate(fd)?)
    }

    /// The namespace that a socket belongs to.
    ///
    /// # Errors
    ///
    /// `EPERM` without `CAP_NET_ADMIN` in the user namespace that owns it.
    pub fn of(socket: &Socket) -> io::Result<Self> {
        let file = File::from(os::namespace_of(socket.as_fd())?);
        Ok(Self { file })
    }

    /// A new namespace, empty but for a loopback interface that is down.
    ///
    /// # Errors
    ///
    /// `EPERM` without `CAP_SYS_ADMIN`, `ENOSPC` at the limit of `user.max_net_namespaces`.
    pub fn create() -> io::Result<Self> {
        os::on_a_thread(|| {
            os::leave_namespace()?;
            Self::current()
        })?
    }

    /// Another descriptor of the same namespace.
    ///
    /// # Errors
    ///
    /// Those of the system, such as `EMFILE`.
    pub fn try_clone(&self) -> io::Result<Self> {
        let file = File::from(os::duplicate(self.as_fd())?);
        Ok(Self { file })
    }

    /// Whether the calling thread is in this namespace.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub fn is_current(&self) -> io::Result<bool> {
        self.is_same(&Self::current()?)
    }

    /// Whether both stand for the same namespace.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub fn is_same(&self, other: &Self) -> io::Result<bool> {
        Ok(self.identity()? == other.identity()?)
    }

    /// Runs `body` inside, on a thread of its own, and returns its value.
    ///
    /// The thread has the caller's credentials and signal mask. A panic of `body` goes on in the
    /// caller.
    ///
    /// # Errors
    ///
    /// `EPERM` without `CAP_SYS_ADMIN` both in the caller's user namespace and in the owner's;
    /// `EAGAIN` if no thread can be started. `body` was not run then.
    pub fn run<T: Send>(&self, body: impl FnOnce() -> T + Send) -> io::Result<T> {
        os::on_a_thread(|| {
            os::enter_namespace(self.as_fd())?;
            Ok(body())
        })?
    }

    /// A generic netlink socket of this namespace.
    ///
    /// # Errors
    ///
    /// Those of [`run`](Self::run) and [`Socket::open`].
    pub fn socket(&self) -> io::Result<Socket> {
        self.run(Socket::open)?
    }

    /// A socket of this namespace for IPVS's older interface.
    ///
    /// In the calling thread's own namespace that takes no privilege.
    ///
    /// # Errors
    ///
    /// Those of [`run`](Self::run) and [`LegacySocket::open`]; [`ErrorKind::NotFound`] without an
    /// errno where `/proc` is not mounted.
    pub fn legacy_socket(&self) -> io::Result<LegacySocket> {
        self.visit(LegacySocket::open)
    }

    /// A file of this namespace's `/proc/net`, opened for reading: `ip_vs`, `ip_vs_conn`, ….
    ///
    /// In the calling thread's own namespace that takes no privilege.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] for a name that is not one file's, [`ErrorKind::NotFound`]
    /// without an errno where `/proc` is not mounted, otherwise those of [`run`](Self::run) and
    /// of opening: `ENOENT` where IPVS is not loaded.
    pub fn file(&self, name: &str) -> io::Result<ProcFile> {
        if name.contains('/') || !is_relative(name) {
            return Err(misnamed(name, "/proc/net"));
        }
        let path = Path::new("/proc/thread-self/net").join(name);
        let file = self.visit(|| os::open(&path))?;
        Ok(ProcFile { file })
    }

    /// The text of a sysctl of this namespace, a file below `/proc/sys/net`: `ipv4/vs/conntrack`, ….
    ///
    /// In the calling thread's own namespace that takes no privilege.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] for a path that leads elsewhere, [`ErrorKind::InvalidData`] for
    /// a text longer than [`SYSCTL_MAX`](Self::SYSCTL_MAX), [`ErrorKind::NotFound`] without an
    /// errno where `/proc` is not mounted, otherwise those of [`run`](Self::run), of opening and
    /// reading: `ENOENT` where this namespace has no such sysctl.
    pub fn read_sysctl(&self, path: &str) -> io::Result<Vec<u8>> {
        let path = sysctl_file(path)?;
        let file = self.visit(|| os::open(&path))?;
        let mut text = vec![0; Self::SYSCTL_MAX + 1];
        let mut length = 0;
        while let Some(rest) = text.get_mut(length..).filter(|rest| !rest.is_empty()) {
            match past_signals(|| os::read(&file, rest))? {
                0 => {
                    text.truncate(length);
                    return Ok(text);
                }
                more => length += more,
            }
        }
        Err(io::Error::new(
            ErrorKind::InvalidData,
            format!("it is longer than {} bytes", Self::SYSCTL_MAX),
        ))
    }

    /// Writes a sysctl of this namespace by one `write(2)`.
    ///
    /// # Errors
    ///
    /// As [`read_sysctl`](Self::read_sysctl); `EACCES` or `EPERM` for those who may not, `EROFS` in
    /// most containers, `EINVAL` or `ERANGE` for what the kernel refuses;
    /// [`ErrorKind::WriteZero`] if it took a part, which it does where more than a value is written:
    /// the first one may be in force.
    pub fn write_sysctl(&self, path: &str, text: &[u8]) -> io::Result<()> {
        let path = sysctl_file(path)?;
        let file = self.visit(|| os::open_to_write(&path))?;
        whole(past_signals(|| os::write(&file, text))?, text.len())
    }

    /// Runs `open` on a thread inside, or at once where that is where the caller is.
    fn visit<T: Send>(&self, open: impl FnOnce() -> io::Result<T> + Send) -> io::Result<T> {
        let here = Self::current().map_err(without_proc)?;
        if self.is_same(&here)? {
            open()
        } else {
            self.run(open)?
        }
    }

    fn from_file(file: File, name: &dyn Display) -> io::Result<Self> {
        let found = match os::namespace_kind(file.as_fd()) {
            Ok(libc::CLONE_NEWNET) => return Ok(Self { file }),
            Ok(_) => "a namespace of another kind",
            Err(error) if error.raw_os_error() == Some(libc::ENOTTY) => "not a namespace",
            Err(error) => return Err(error),
        };
        Err(io::Error::new(
            ErrorKind::InvalidInput,
            format!("{name} is {found}; needed is a network namespace"),
        ))
    }

    fn identity(&self) -> io::Result<(u64, u64)> {
        let metadata = os::metadata(&self.file)?;
        Ok((metadata.dev(), metadata.ino()))
    }
}

/// A file of a namespace's `/proc/net`, open for reading: see [`Namespace::file`].
///
/// It keeps to its namespace wherever it is read. For more than reading, a [`File`] or a
/// descriptor can be made of it.
#[derive(Debug)]
pub struct ProcFile {
    file: File,
}

impl Read for ProcFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        os::read(&self.file, buffer)
    }
}

impl From<ProcFile> for File {
    fn from(file: ProcFile) -> Self {
        file.file
    }
}

impl From<ProcFile> for OwnedFd {
    fn from(file: ProcFile) -> Self {
        file.file.into()
    }
}

/// The file of a sysctl. The kernel shows each thread that of its own namespace.
fn sysctl_file(path: &str) -> io::Result<PathBuf> {
    const FOLDER: &str = "/proc/sys/net";
    if is_relative(path) {
        Ok(Path::new(FOLDER).join(path))
    } else {
        Err(misnamed(path, FOLDER))
    }
}

/// Whether a path stays in the folder that it is joined to.
fn is_relative(path: &str) -> bool {
    let is_name = |part: &str| !matches!(part, "" | "." | "..") && !part.contains('\0');
    path.split('/').all(is_name)
}

/// That there is no `/proc` says nothing of the file that is wanted.
fn without_proc(error: io::Error) -> io::Error {
    match error.kind() {
        ErrorKind::NotFound => io::Error::new(ErrorKind::NotFound, "/proc is not mounted"),
        _ => error,
    }
}

fn misnamed(name: &str, folder: &str) -> io::Error {
    io::Error::new(
        ErrorKind::InvalidInput,
        format!("{name:?} is not the name of a file in {folder}"),
    )
}

/// What is said of a write of which the kernel took so many bytes.
fn whole(taken: usize, length: usize) -> io::Result<()> {
    if taken == length {
        return Ok(());
    }
    Err(io::Error::new(
        ErrorKind::WriteZero,
        format!("the kernel took {taken} of {length} bytes"),
    ))
}

/// Repeats a call that a signal interrupts before it has done anything.
fn past_signals<T>(mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match call() {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            outcome => return outcome,
        }
    }
}

impl AsFd for Namespace {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}

impl From<Namespace> for OwnedFd {
    fn from(namespace: Namespace) -> Self {
        namespace.file.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_not_the_whole() {
        whole(2, 2).unwrap();
        let error = whole(1, 2).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::WriteZero);
        assert_eq!(error.to_string(), "the kernel took 1 of 2 bytes");
    }
}
