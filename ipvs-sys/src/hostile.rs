//! What others do to a library, for tests (feature `faults`): the process forks under it, its
//! thread moves to another namespace, and strangers write to its socket.
//!
//! Nothing in this crate calls these, so they do not stand behind the seam of its own calls.

use std::io;
use std::os::fd::{AsFd, AsRawFd};
use std::panic::{self, AssertUnwindSafe};

use crate::netns::Namespace;
use crate::socket::Socket;

/// The exit code of a child that panicked.
const PANICKED: u8 = 101;

/// Forks, runs `body` in the child, and returns its value, which is the child's exit code: 101 if
/// `body` panicked, 128 and the signal's number if a signal ended it.
///
/// The child has the calling thread alone. It must not wait for what other threads held.
///
/// # Errors
///
/// Those of `fork` and `waitpid`.
pub fn in_a_fork(body: impl FnOnce() -> u8) -> io::Result<u8> {
    // SAFETY: no argument. The child only runs `body`, which is Rust's safe code, and leaves by
    // `_exit`: nothing of the parent's is dropped twice.
    match unsafe { libc::fork() } {
        -1 => Err(io::Error::last_os_error()),
        0 => {
            let code = panic::catch_unwind(AssertUnwindSafe(body)).unwrap_or(PANICKED);
            // SAFETY: an integer; it ends the child here.
            unsafe { libc::_exit(code.into()) }
        }
        child => wait_for(child),
    }
}

fn wait_for(child: libc::pid_t) -> io::Result<u8> {
    let mut status = 0;
    loop {
        // SAFETY: the status is an integer of ours, valid while the call lasts.
        if unsafe { libc::waitpid(child, &raw mut status, 0) } == child {
            let code = match libc::WIFEXITED(status) {
                true => libc::WEXITSTATUS(status),
                false => 128 + libc::WTERMSIG(status),
            };
            return Ok(u8::try_from(code).unwrap_or(u8::MAX));
        }
        let error = io::Error::last_os_error();
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
}

/// Moves the calling thread into a network namespace, for good, as nothing of this crate does.
///
/// # Errors
///
/// `EPERM` without `CAP_SYS_ADMIN` both in the caller's user namespace and in the owner's.
pub fn move_to(namespace: &Namespace) -> io::Result<()> {
    // SAFETY: two integers; the calling thread alone is moved.
    match unsafe { libc::setns(namespace.as_fd().as_raw_fd(), libc::CLONE_NEWNET) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Sends a datagram from a socket to another's [port](Socket::port) in its network namespace, as
/// only the kernel should.
///
/// # Errors
///
/// `EAGAIN` once the receiver has no room left, `ECONNREFUSED` if there is none, `EPERM` without
/// `CAP_NET_ADMIN` in the namespace.
pub fn forge(from: &Socket, port: u32, bytes: &[u8]) -> io::Result<()> {
    // SAFETY: integers, for which zero is a value.
    let mut address: libc::sockaddr_nl = unsafe { std::mem::zeroed() };
    address.nl_family = libc::sa_family_t::try_from(libc::AF_NETLINK).unwrap_or_default();
    address.nl_pid = port;
    // SAFETY: bytes and address are valid for their lengths while the call lasts.
    let sent = unsafe {
        libc::sendto(
            from.as_fd().as_raw_fd(),
            bytes.as_ptr().cast(),
            bytes.len(),
            libc::MSG_DONTWAIT,
            (&raw const address).cast(),
            libc::socklen_t::try_from(size_of_val(&address)).unwrap_or_default(),
        )
    };
    match sent {
        0.. => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}
