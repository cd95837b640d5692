//! Network namespaces: open one by path or descriptor, make a new one, work inside.
//!
//! A namespace is entered on a short-lived thread that is joined before the method returns; the
//! calling thread stays where it is. Sockets and files opened inside keep to their namespace
//! wherever they are used afterwards.

use std::fmt::Display;
use std::fs::File;
use std::io::{self, ErrorKind};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

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
        let file = os::duplicate(&self.file)?;
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

    /// A file of this namespace's `/proc/net`, opened for reading: `ip_vs`, `ip_vs_conn`, ….
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] for a name that is not one file's, otherwise those of
    /// [`run`](Self::run) and of opening: `ENOENT` where IPVS is not loaded.
    pub fn file(&self, name: &str) -> io::Result<File> {
        if matches!(name, "" | "." | "..") || name.contains(['/', '\0']) {
            return Err(io::Error::new(
                ErrorKind::InvalidInput,
                format!("{name:?} is not the name of a file in /proc/net"),
            ));
        }
        self.run(|| os::open(&Path::new("/proc/thread-self/net").join(name)))?
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
