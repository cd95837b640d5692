//! A generic netlink socket to the kernel.
//!
//! It sends and receives whole datagrams and does not look inside. What it adds to the system
//! calls: only the kernel is listened to, a datagram is never shortened unnoticed, and receiving
//! ends in time whatever arrives meanwhile.

use std::error::Error;
use std::fmt;
use std::io::{self, ErrorKind};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use libc::c_int;

use crate::netlink::{NETLINK_CAP_ACK, NETLINK_EXT_ACK, NETLINK_GENERIC, SOL_NETLINK};
use crate::os;

/// A `NETLINK_GENERIC` socket, bound to a port of its own.
///
/// It belongs to the network namespace of the thread that opened it, for good: see
/// [`crate::netns`]. All methods take `&self`, but replies go to whoever receives first: threads
/// that share a socket must take turns.
#[derive(Debug)]
pub struct Socket {
    fd: OwnedFd,
    port: u32,
    foreign: AtomicU64,
}

/// Why [`Socket::receive`] has no datagram.
#[derive(Debug)]
pub enum ReceiveError {
    /// Nothing came from the kernel in time.
    TimedOut,
    /// The receive buffer was full and the kernel threw replies away; the requests were carried
    /// out all the same.
    Overrun,
    /// The datagram did not fit and is lost.
    Truncated {
        /// Its length in bytes.
        length: usize,
        /// The length of the buffer given, in bytes.
        buffer: usize,
    },
    /// Any other error of the system's.
    Os(io::Error),
}

impl Socket {
    /// Bytes that the buffer of [`receive`](Self::receive) should at least have: the kernel makes
    /// no longer datagram for a dump.
    ///
    /// A dump's datagrams grow to the longest buffer ever given to the socket, so a buffer should
    /// keep its length throughout a socket's life.
    pub const RECEIVE_BUFFER: usize = 32 * 1024;

    /// Opens a socket in the network namespace of the calling thread; it closes on exec.
    ///
    /// # Errors
    ///
    /// Those of the system, such as `EMFILE`; no privilege is needed.
    pub fn open() -> io::Result<Self> {
        Self::prepare(os::socket()?)
    }

    /// Takes over a socket that someone else opened, and binds it if it is not bound.
    ///
    /// Its flags (close on exec, non-blocking) stay as they are.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] for anything but a `NETLINK_GENERIC` socket, saying what it is;
    /// otherwise those of the system. The descriptor is closed then.
    pub fn from_fd(fd: OwnedFd) -> io::Result<Self> {
        check(fd.as_fd())?;
        Self::prepare(fd)
    }

    /// The socket's own port, the `nl_pid` of its address: unique in its network namespace, never
    /// 0, and the port in the header of every reply to it.
    pub fn port(&self) -> u32 {
        self.port
    }

    /// How many datagrams were dropped because their sender was not the kernel.
    ///
    /// Only a process with `CAP_NET_ADMIN` in this network namespace can send one.
    pub fn foreign(&self) -> u64 {
        self.foreign.load(Ordering::Relaxed)
    }

    /// Sends `bytes` to the kernel as one datagram of one or more messages.
    ///
    /// The kernel carries out the requests before this returns. A signal does not stop it: the
    /// call fails with `EINTR` only before the kernel has taken anything, so that repeating is
    /// safe; and as the kernel never keeps a sender waiting for room, it is not repeated for long.
    ///
    /// # Errors
    ///
    /// Those of the system: `EMSGSIZE` for more than the send buffer holds, `ENODATA` for nothing
    /// at all (since 5.16). The kernel has then seen no part of it.
    pub fn send(&self, bytes: &[u8]) -> io::Result<()> {
        loop {
            match os::send(self.as_fd(), bytes) {
                Ok(sent) if sent == bytes.len() => return Ok(()),
                Ok(sent) => return Err(cut_short(sent, bytes.len())),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Waits until the kernel sends a datagram, or for `silence` at most, and writes it to the
    /// beginning of `buffer`; its length in bytes is returned.
    ///
    /// What others send is dropped and [counted](Self::foreign), and neither that nor a signal
    /// gains any time. A `silence` of zero takes what is there already.
    ///
    /// # Errors
    ///
    /// See [`ReceiveError`]. The socket remains usable after each of them.
    pub fn receive(&self, buffer: &mut [u8], silence: Duration) -> Result<usize, ReceiveError> {
        // The kernel answers while it takes the request in, so as a rule there is neither need to
        // wait nor to look at a clock.
        if let Some(length) = self.take(buffer)? {
            return Ok(length);
        }
        let deadline = Deadline::after(silence);
        loop {
            if self.wait(deadline)? {
                if let Some(length) = self.take(buffer)? {
                    return Ok(length);
                }
            }
            if deadline.passed() {
                return Err(ReceiveError::TimedOut);
            }
        }
    }

    /// Throws away what is queued, and tells how many datagrams that was; what remains of a dump
    /// is queued as it is thrown away, so afterwards the socket is ready for another.
    ///
    /// # Errors
    ///
    /// Those of the system, but not an overrun, which is thrown away too;
    /// [`ErrorKind::ResourceBusy`] if others send faster than this can throw away.
    pub fn drain(&self) -> io::Result<usize> {
        let mut drained = 0;
        for _ in 0..DRAIN_LIMIT {
            match os::receive(self.as_fd(), &mut []) {
                Ok(_) => drained += 1,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(drained),
                Err(error) if error.kind() == ErrorKind::Interrupted || is_overrun(&error) => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::Error::new(
            ErrorKind::ResourceBusy,
            format!("datagrams keep coming: {drained} were thrown away"),
        ))
    }

    /// The receive buffer's size as the kernel accounts it, in bytes: twice what was asked for.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub fn receive_buffer_size(&self) -> io::Result<usize> {
        self.size(libc::SO_RCVBUF)
    }

    /// Asks for a receive buffer of `bytes`, and tells the size in force, as
    /// [`receive_buffer_size`](Self::receive_buffer_size) does.
    ///
    /// Without `CAP_NET_ADMIN` in the initial user namespace the kernel gives no more than
    /// `net.core.rmem_max`; with it, whatever is asked for.
    ///
    /// # Errors
    ///
    /// Those of the system; a size that is not to be had is none.
    pub fn set_receive_buffer_size(&self, bytes: usize) -> io::Result<usize> {
        self.set_size(bytes, libc::SO_RCVBUFFORCE, libc::SO_RCVBUF)
    }

    /// The send buffer's size as the kernel accounts it, in bytes; 32 bytes less is the longest
    /// datagram that can be sent.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub fn send_buffer_size(&self) -> io::Result<usize> {
        self.size(libc::SO_SNDBUF)
    }

    /// Asks for a send buffer of `bytes`, and tells the size in force, as
    /// [`send_buffer_size`](Self::send_buffer_size) does; the limit is `net.core.wmem_max`.
    ///
    /// # Errors
    ///
    /// Those of the system; a size that is not to be had is none.
    pub fn set_send_buffer_size(&self, bytes: usize) -> io::Result<usize> {
        self.set_size(bytes, libc::SO_SNDBUFFORCE, libc::SO_SNDBUF)
    }

    /// Binds the socket unless it is bound, and asks for short and extended acknowledgements,
    /// which kernels older than 4.12 do without.
    fn prepare(fd: OwnedFd) -> io::Result<Self> {
        let mut port = os::port(fd.as_fd())?;
        if port == os::KERNEL {
            os::bind(fd.as_fd())?;
            port = os::port(fd.as_fd())?;
        }
        for name in [NETLINK_CAP_ACK, NETLINK_EXT_ACK] {
            match os::set_option(fd.as_fd(), SOL_NETLINK, name, 1) {
                Err(error) if error.raw_os_error() == Some(libc::ENOPROTOOPT) => {}
                outcome => outcome?,
            }
        }
        Ok(Self {
            fd,
            port,
            foreign: AtomicU64::new(0),
        })
    }

    /// Whether there is something to read before the deadline; a signal ends the wait.
    fn wait(&self, deadline: Deadline) -> Result<bool, ReceiveError> {
        match os::poll(self.as_fd(), deadline.milliseconds()) {
            Err(error) if error.kind() == ErrorKind::Interrupted => Ok(false),
            outcome => outcome.map_err(failure),
        }
    }

    /// A datagram of the kernel's that is there already; `None` if nothing came of it.
    fn take(&self, buffer: &mut [u8]) -> Result<Option<usize>, ReceiveError> {
        match os::receive(self.as_fd(), buffer) {
            Ok(datagram) if datagram.sender != Some(os::KERNEL) => {
                self.foreign.fetch_add(1, Ordering::Relaxed);
                Ok(None)
            }
            Ok(datagram) if datagram.length > buffer.len() => Err(ReceiveError::Truncated {
                length: datagram.length,
                buffer: buffer.len(),
            }),
            // An empty datagram holds no message: it counts as silence.
            Ok(datagram) => Ok(Some(datagram.length).filter(|&length| length > 0)),
            Err(error) => match error.kind() {
                ErrorKind::Interrupted | ErrorKind::WouldBlock => Ok(None),
                _ => Err(failure(error)),
            },
        }
    }

    fn size(&self, name: c_int) -> io::Result<usize> {
        let bytes = os::option(self.as_fd(), libc::SOL_SOCKET, name)?;
        Ok(usize::try_from(bytes).unwrap_or(0))
    }

    /// `forced` needs a privilege and knows no limit; `plain` is cut down to a limit.
    fn set_size(&self, bytes: usize, forced: c_int, plain: c_int) -> io::Result<usize> {
        let bytes = c_int::try_from(bytes).unwrap_or(c_int::MAX);
        match os::set_option(self.as_fd(), libc::SOL_SOCKET, forced, bytes) {
            Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                os::set_option(self.as_fd(), libc::SOL_SOCKET, plain, bytes)?;
            }
            outcome => outcome?,
        }
        self.size(plain)
    }
}

impl AsFd for Socket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

impl From<Socket> for OwnedFd {
    fn from(socket: Socket) -> Self {
        socket.fd
    }
}

impl fmt::Display for ReceiveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TimedOut => write!(f, "the kernel did not answer in time"),
            Self::Overrun => write!(f, "the receive buffer overran and replies were lost"),
            Self::Truncated { length, buffer } => write!(
                f,
                "a datagram of {length} bytes did not fit a buffer of {buffer}"
            ),
            Self::Os(error) => error.fmt(f),
        }
    }
}

impl Error for ReceiveError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Os(error) => error.source(),
            _ => None,
        }
    }
}

/// More than fits any receive buffer; only a flood reaches it.
const DRAIN_LIMIT: usize = 1 << 16;

/// Refuses what is not a generic netlink socket.
fn check(fd: BorrowedFd<'_>) -> io::Result<()> {
    let wanted = [
        (libc::SO_DOMAIN, "domain", &[libc::AF_NETLINK][..]),
        (libc::SO_TYPE, "type", &[libc::SOCK_RAW, libc::SOCK_DGRAM]),
        (libc::SO_PROTOCOL, "protocol", &[NETLINK_GENERIC]),
    ];
    for (name, what, wanted) in wanted {
        match os::option(fd, libc::SOL_SOCKET, name) {
            Ok(found) if wanted.contains(&found) => {}
            Ok(found) => return Err(unfit(&format!("a socket of {what} {found}"))),
            Err(error) if error.raw_os_error() == Some(libc::ENOTSOCK) => {
                return Err(unfit("not a socket"));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn unfit(found: &str) -> io::Error {
    io::Error::new(
        ErrorKind::InvalidInput,
        format!(
            "the descriptor is {found}; needed is a NETLINK_GENERIC socket \
             (domain {}, type {} or {}, protocol {NETLINK_GENERIC})",
            libc::AF_NETLINK,
            libc::SOCK_RAW,
            libc::SOCK_DGRAM,
        ),
    )
}

fn cut_short(sent: usize, length: usize) -> io::Error {
    io::Error::new(
        ErrorKind::WriteZero,
        format!("the kernel took {sent} of {length} bytes"),
    )
}

fn failure(error: io::Error) -> ReceiveError {
    if is_overrun(&error) {
        ReceiveError::Overrun
    } else {
        ReceiveError::Os(error)
    }
}

fn is_overrun(error: &io::Error) -> bool {
    error.raw_os_error() == Some(libc::ENOBUFS)
}

/// A moment, or `None` for one beyond what the clock can tell.
#[derive(Clone, Copy)]
struct Deadline(Option<Instant>);

impl Deadline {
    fn after(silence: Duration) -> Self {
        Self(Instant::now().checked_add(silence))
    }

    fn passed(self) -> bool {
        self.0.is_some_and(|moment| moment <= Instant::now())
    }

    /// The time left for `poll`, rounded up so that it does not return just before; more than it
    /// can take is cut down, and waited for again.
    fn milliseconds(self) -> c_int {
        let left = self.0.map_or(Duration::MAX, |moment| {
            moment.saturating_duration_since(Instant::now())
        });
        c_int::try_from(left.as_nanos().div_ceil(1_000_000)).unwrap_or(c_int::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_left_is_rounded_up_and_cut_down_to_what_poll_takes() {
        assert_eq!(Deadline::after(Duration::ZERO).milliseconds(), 0);
        assert_eq!(Deadline::after(Duration::MAX).milliseconds(), c_int::MAX);
        let beyond = Duration::from_millis(1 << 40);
        assert_eq!(Deadline::after(beyond).milliseconds(), c_int::MAX);
        let hour = Deadline::after(Duration::from_secs(3600)).milliseconds();
        assert!((1..=3_600_000).contains(&hour), "{hour}");
        let moment = Deadline(Some(Instant::now() + Duration::from_micros(100)));
        assert!([0, 1].contains(&moment.milliseconds()));
    }

    #[test]
    fn only_a_moment_that_can_come_passes() {
        assert!(Deadline::after(Duration::ZERO).passed());
        assert!(!Deadline::after(Duration::from_secs(3600)).passed());
        assert!(!Deadline::after(Duration::MAX).passed());
    }
}
