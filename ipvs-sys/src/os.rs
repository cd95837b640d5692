//! Every system call of this crate: one function each, which makes the call and nothing else.
//!
//! Under feature `faults` each first asks [`crate::faults`] whether it is to fail. No function
//! retries; that is its caller's decision.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read, Write};
use std::mem;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::fs::OpenOptionsExt;
use std::panic;
use std::path::Path;
use std::thread;

use libc::{c_int, sa_family_t, sockaddr_nl, socklen_t};

use crate::netlink::NETLINK_GENERIC;

/// Lets a test fail the call (feature `faults`); nothing otherwise.
macro_rules! ask {
    ($call:ident) => {
        #[cfg(feature = "faults")]
        crate::faults::ask(crate::faults::Call::$call)?;
    };
}

/// The port of the kernel itself, and in `bind` a request for a free one.
pub(crate) const KERNEL: u32 = 0;

#[expect(clippy::cast_possible_truncation, reason = "16")]
const AF_NETLINK: sa_family_t = libc::AF_NETLINK as sa_family_t;
const ADDRESS_LENGTH: socklen_t = length_of::<sockaddr_nl>();
const INT_LENGTH: socklen_t = length_of::<c_int>();

/// A new generic netlink socket.
pub(crate) fn socket() -> io::Result<OwnedFd> {
    ask!(Socket);
    let kind = libc::SOCK_RAW | libc::SOCK_CLOEXEC;
    // SAFETY: three integers.
    owned(unsafe { libc::socket(libc::AF_NETLINK, kind, NETLINK_GENERIC) })
}

/// A new IPv4 socket, on which IPVS answers by options.
pub(crate) fn ipv4_socket() -> io::Result<OwnedFd> {
    ask!(Socket);
    let kind = libc::SOCK_DGRAM | libc::SOCK_CLOEXEC;
    // SAFETY: three integers.
    owned(unsafe { libc::socket(libc::AF_INET, kind, 0) })
}

/// Binds a netlink socket to a port of the kernel's choice.
pub(crate) fn bind(fd: BorrowedFd<'_>) -> io::Result<()> {
    ask!(Bind);
    let address = address(KERNEL);
    // SAFETY: the address is valid for its length while the call lasts.
    let status = unsafe { libc::bind(fd.as_raw_fd(), (&raw const address).cast(), ADDRESS_LENGTH) };
    done(status)
}

/// The port that a netlink socket is bound to, 0 if none.
pub(crate) fn port(fd: BorrowedFd<'_>) -> io::Result<u32> {
    ask!(Getsockname);
    let mut address = address(KERNEL);
    let mut length = ADDRESS_LENGTH;
    // SAFETY: the kernel writes at most `length` bytes, the address's own size.
    let status =
        unsafe { libc::getsockname(fd.as_raw_fd(), (&raw mut address).cast(), &raw mut length) };
    done(status).map(|()| address.nl_pid)
}

/// The value of an integer socket option.
pub(crate) fn option(fd: BorrowedFd<'_>, level: c_int, name: c_int) -> io::Result<c_int> {
    ask!(Getsockopt);
    let mut value: c_int = 0;
    let mut length = INT_LENGTH;
    // SAFETY: the kernel writes at most `length` bytes, the integer's own size.
    let status = unsafe {
        libc::getsockopt(
            fd.as_raw_fd(),
            level,
            name,
            (&raw mut value).cast(),
            &raw mut length,
        )
    };
    done(status).map(|()| value)
}

/// Has the kernel answer a question in place: what a socket option's value is, for those that
/// first read what is in the buffer.
pub(crate) fn question(
    fd: BorrowedFd<'_>,
    level: c_int,
    name: c_int,
    buffer: &mut [u8],
) -> io::Result<()> {
    ask!(Getsockopt);
    let mut length = socklen_t::try_from(buffer.len())
        .map_err(|_| io::Error::from_raw_os_error(libc::EINVAL))?;
    // SAFETY: the kernel writes at most `length` bytes, the buffer's own size.
    let status = unsafe {
        libc::getsockopt(
            fd.as_raw_fd(),
            level,
            name,
            buffer.as_mut_ptr().cast(),
            &raw mut length,
        )
    };
    done(status)
}

/// Sets an integer socket option.
pub(crate) fn set_option(
    fd: BorrowedFd<'_>,
    level: c_int,
    name: c_int,
    value: c_int,
) -> io::Result<()> {
    ask!(Setsockopt);
    // SAFETY: the value is valid for its length while the call lasts.
    let status = unsafe {
        libc::setsockopt(
            fd.as_raw_fd(),
            level,
            name,
            (&raw const value).cast(),
            INT_LENGTH,
        )
    };
    done(status)
}

/// Sends one datagram to the kernel, wherever the socket may be connected to.
pub(crate) fn send(fd: BorrowedFd<'_>, bytes: &[u8]) -> io::Result<usize> {
    ask!(Sendto);
    let kernel = address(KERNEL);
    // SAFETY: bytes and address are valid for their lengths while the call lasts.
    let sent = unsafe {
        libc::sendto(
            fd.as_raw_fd(),
            bytes.as_ptr().cast(),
            bytes.len(),
            libc::MSG_NOSIGNAL,
            (&raw const kernel).cast(),
            ADDRESS_LENGTH,
        )
    };
    count(sent)
}

/// Waits until there is something to read, an error included, or `milliseconds` have passed.
pub(crate) fn poll(fd: BorrowedFd<'_>, milliseconds: c_int) -> io::Result<bool> {
    ask!(Poll);
    let mut entry = libc::pollfd {
        fd: fd.as_raw_fd(),
        events: libc::POLLIN,
        revents: 0,
    };
    // SAFETY: one entry, valid while the call lasts.
    let ready = unsafe { libc::poll(&raw mut entry, 1, milliseconds) };
    done(ready).map(|()| ready != 0)
}

/// A datagram that was taken from a socket.
pub(crate) struct Datagram {
    /// Its whole length; what exceeds the buffer is lost.
    pub(crate) length: usize,
    /// The port that sent it, or `None` if that is no netlink address.
    pub(crate) sender: Option<u32>,
}

/// Takes the next datagram without waiting.
pub(crate) fn receive(fd: BorrowedFd<'_>, buffer: &mut [u8]) -> io::Result<Datagram> {
    ask!(Recvmsg);
    let mut sender = address(KERNEL);
    let mut place = libc::iovec {
        iov_base: buffer.as_mut_ptr().cast(),
        iov_len: buffer.len(),
    };
    // SAFETY: integers and pointers, for which zero is a value.
    let mut header: libc::msghdr = unsafe { mem::zeroed() };
    header.msg_name = (&raw mut sender).cast();
    header.msg_namelen = ADDRESS_LENGTH;
    header.msg_iov = &raw mut place;
    header.msg_iovlen = 1;
    // With MSG_TRUNC the result is the datagram's length, even where the buffer is shorter.
    let flags = libc::MSG_DONTWAIT | libc::MSG_TRUNC;
    // SAFETY: the header points to a sender and a buffer that are valid for their lengths and
    // borrowed by nobody else while the call lasts.
    let length = count(unsafe { libc::recvmsg(fd.as_raw_fd(), &raw mut header, flags) })?;
    let netlink = header.msg_namelen >= ADDRESS_LENGTH && sender.nl_family == AF_NETLINK;
    Ok(Datagram {
        length,
        sender: netlink.then_some(sender.nl_pid),
    })
}

/// Opens a file for reading; a FIFO without a writer does not make it wait.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    ask!(Open);
    OpenOptions::new()
        .read(true)
        .custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY)
        .open(path)
}

/// Opens a file that exists for writing, as it stands; a FIFO without a reader is `ENXIO`.
pub(crate) fn open_to_write(path: &Path) -> io::Result<File> {
    ask!(Open);
    OpenOptions::new()
        .write(true)
        .custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY)
        .open(path)
}

/// Reads some bytes where the file stands, 0 at its end.
pub(crate) fn read(mut file: &File, buffer: &mut [u8]) -> io::Result<usize> {
    ask!(Read);
    file.read(buffer)
}

/// Writes some bytes where the file stands.
pub(crate) fn write(mut file: &File, bytes: &[u8]) -> io::Result<usize> {
    ask!(Write);
    file.write(bytes)
}

/// What the kernel knows of a file.
pub(crate) fn metadata(file: &File) -> io::Result<Metadata> {
    ask!(Fstat);
    file.metadata()
}

/// A second descriptor of the same file, closed on exec.
pub(crate) fn duplicate(fd: BorrowedFd<'_>) -> io::Result<OwnedFd> {
    ask!(Dup);
    fd.try_clone_to_owned()
}

/// A descriptor of the file that a number stands for; `EBADF` if it stands for none.
pub(crate) fn duplicate_number(number: RawFd) -> io::Result<OwnedFd> {
    ask!(Dup);
    // SAFETY: three integers; the number is looked up, and what it stands for neither closed
    // nor read.
    owned(unsafe { libc::fcntl(number, libc::F_DUPFD_CLOEXEC, 0) })
}

/// The kind of a namespace, a `CLONE_NEW*` number; `ENOTTY` for any other file.
pub(crate) fn namespace_kind(fd: BorrowedFd<'_>) -> io::Result<c_int> {
    ask!(Ioctl);
    // SAFETY: this ioctl takes no argument.
    let kind = unsafe { libc::ioctl(fd.as_raw_fd(), libc::NS_GET_NSTYPE) };
    done(kind).map(|()| kind)
}

/// The network namespace of a socket.
pub(crate) fn namespace_of(fd: BorrowedFd<'_>) -> io::Result<OwnedFd> {
    ask!(Ioctl);
    // SAFETY: this ioctl takes no argument.
    owned(unsafe { libc::ioctl(fd.as_raw_fd(), libc::SIOCGSKNS as _) })
}

/// Moves the calling thread into a network namespace.
pub(crate) fn enter_namespace(fd: BorrowedFd<'_>) -> io::Result<()> {
    ask!(Setns);
    // SAFETY: two integers; the calling thread alone is moved.
    done(unsafe { libc::setns(fd.as_raw_fd(), libc::CLONE_NEWNET) })
}

/// Moves the calling thread into a new network namespace.
pub(crate) fn leave_namespace() -> io::Result<()> {
    ask!(Unshare);
    // SAFETY: an integer; the calling thread alone is moved.
    done(unsafe { libc::unshare(libc::CLONE_NEWNET) })
}

/// Runs `body` on a thread of its own and waits for it; its panic becomes the caller's.
pub(crate) fn on_a_thread<T: Send>(body: impl FnOnce() -> T + Send) -> io::Result<T> {
    ask!(Spawn);
    #[cfg(feature = "faults")]
    let body = crate::faults::carry(body);
    thread::scope(|scope| {
        let thread = thread::Builder::new()
            .name("ipvs-netns".to_owned())
            .spawn_scoped(scope, body)?;
        Ok(thread
            .join()
            .unwrap_or_else(|panic| panic::resume_unwind(panic)))
    })
}

fn address(port: u32) -> sockaddr_nl {
    // SAFETY: integers, for which zero is a value.
    let mut address: sockaddr_nl = unsafe { mem::zeroed() };
    address.nl_family = AF_NETLINK;
    address.nl_pid = port;
    address
}

#[expect(clippy::cast_possible_truncation, reason = "a few bytes")]
const fn length_of<T>() -> socklen_t {
    size_of::<T>() as socklen_t
}

/// A call's status, negative for an error in errno.
fn done(status: c_int) -> io::Result<()> {
    match status {
        0.. => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// A call's number of bytes, negative for an error in errno.
fn count(bytes: isize) -> io::Result<usize> {
    usize::try_from(bytes).map_err(|_| io::Error::last_os_error())
}

/// A call's new descriptor, negative for an error in errno.
fn owned(fd: c_int) -> io::Result<OwnedFd> {
    done(fd)?;
    // SAFETY: the kernel just made it, and nobody else knows it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}
