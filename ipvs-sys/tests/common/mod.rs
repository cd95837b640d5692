//! What the tests of the doors share: requests by hand, strangers' sockets, privileges.
#![allow(dead_code, unreachable_pub)]

use std::fs;
use std::io::{self, Write as _};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::panic;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use ipvs_sys::netlink::*;
use ipvs_sys::socket::Socket;

/// Long enough for any answer of the kernel's.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A message with netlink's header; the port is left to the kernel.
pub fn message(kind: u16, flags: u16, seq: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(NLMSG_HDRLEN + payload.len()).unwrap();
    let mut bytes = length.to_ne_bytes().to_vec();
    bytes.extend(kind.to_ne_bytes());
    bytes.extend(flags.to_ne_bytes());
    bytes.extend(seq.to_ne_bytes());
    bytes.extend(0_u32.to_ne_bytes());
    bytes.extend(payload);
    bytes
}

/// Asks the controller, which every kernel has, for a family; its name's padding is left to zeros.
pub fn get_family(name: &str, flags: u16, seq: u32) -> Vec<u8> {
    let length = u16::try_from(NLA_HDRLEN + name.len() + 1).unwrap();
    let mut payload = vec![CTRL_CMD_GETFAMILY, 1, 0, 0];
    payload.extend(length.to_ne_bytes());
    payload.extend(CTRL_ATTR_FAMILY_NAME.to_ne_bytes());
    payload.extend(name.as_bytes());
    payload.push(0);
    payload.resize(payload.len().next_multiple_of(NLA_ALIGNTO), 0);
    message(GENL_ID_CTRL, NLM_F_REQUEST | flags, seq, &payload)
}

/// The first message of a datagram.
#[derive(Debug, PartialEq, Eq)]
pub struct Reply {
    pub kind: u16,
    pub flags: u16,
    pub seq: u32,
    pub port: u32,
    pub payload: Vec<u8>,
}

impl Reply {
    pub fn receive(socket: &Socket) -> Self {
        let mut buffer = vec![0; Socket::RECEIVE_BUFFER];
        let length = socket.receive(&mut buffer, PATIENCE).unwrap();
        Self::parse(&buffer[..length])
    }

    pub fn parse(bytes: &[u8]) -> Self {
        let half = |at| u16::from_ne_bytes([bytes[at], bytes[at + 1]]);
        let word = |at| u32::from_ne_bytes(bytes[at..at + 4].try_into().unwrap());
        let length = usize::try_from(word(0)).unwrap();
        Self {
            kind: half(4),
            flags: half(6),
            seq: word(8),
            port: word(12),
            payload: bytes[NLMSG_HDRLEN..length].to_vec(),
        }
    }

    /// The errno of an acknowledgement, 0 for success.
    pub fn errno(&self) -> i32 {
        assert_eq!(self.kind, NLMSG_ERROR);
        -i32::from_ne_bytes(self.payload[..4].try_into().unwrap())
    }
}

/// Asks for the controller itself and checks the answer.
pub fn assert_answers(socket: &Socket) {
    let seq = 0x5eed;
    socket.send(&get_family("nlctrl", 0, seq)).unwrap();
    let reply = Reply::receive(socket);
    assert_eq!(
        (reply.kind, reply.seq, reply.port),
        (GENL_ID_CTRL, seq, socket.port())
    );
    assert_eq!(reply.payload[0], CTRL_CMD_NEWFAMILY);
    assert!(reply.payload.windows(7).any(|name| name == b"nlctrl\0"));
}

/// A netlink socket that is not ours, not bound.
pub fn stranger(kind: i32, protocol: i32) -> OwnedFd {
    // SAFETY: three integers.
    let fd = unsafe { libc::socket(libc::AF_NETLINK, kind | libc::SOCK_CLOEXEC, protocol) };
    assert!(fd >= 0, "{}", io::Error::last_os_error());
    // SAFETY: the kernel just made it, and nobody else knows it.
    unsafe { OwnedFd::from_raw_fd(fd) }
}

/// Sends a datagram to a port as only the kernel should.
pub fn forge(from: &OwnedFd, port: u32, bytes: &[u8]) -> io::Result<()> {
    // SAFETY: integers, for which zero is a value.
    let mut address: libc::sockaddr_nl = unsafe { std::mem::zeroed() };
    address.nl_family = u16::try_from(libc::AF_NETLINK).unwrap();
    address.nl_pid = port;
    // SAFETY: bytes and address are valid for their lengths while the call lasts.
    let sent = unsafe {
        libc::sendto(
            from.as_raw_fd(),
            bytes.as_ptr().cast(),
            bytes.len(),
            libc::MSG_DONTWAIT,
            (&raw const address).cast(),
            u32::try_from(size_of_val(&address)).unwrap(),
        )
    };
    match sent {
        0.. => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Runs what may hang if it is wrong, so that the test fails then.
pub fn in_time(body: impl FnOnce() + Send + 'static) {
    let (done, finished) = mpsc::channel();
    let thread = thread::spawn(move || {
        let _dropped_at_the_end: mpsc::Sender<()> = done;
        body();
    });
    let outcome = finished.recv_timeout(2 * PATIENCE);
    assert_eq!(outcome, Err(RecvTimeoutError::Disconnected), "it hangs");
    if let Err(panic) = thread.join() {
        panic::resume_unwind(panic);
    }
}

/// A capability that a test cannot do without.
#[derive(Clone, Copy, Debug)]
pub enum Capability {
    NetAdmin = 12,
    SysAdmin = 21,
}

/// Whether this thread has a capability; where it has not, the caller's test is not run, and says
/// so. With it, as for root, there is no way around the test.
pub fn lacks(capability: Capability) -> bool {
    let status = fs::read_to_string("/proc/thread-self/status").unwrap();
    let effective = status
        .lines()
        .find_map(|line| line.strip_prefix("CapEff:"))
        .unwrap();
    let effective = u64::from_str_radix(effective.trim(), 16).unwrap();
    let lacks = effective & 1 << capability as u32 == 0;
    if lacks {
        // Straight to the stream: what is printed would be captured, and never seen.
        let test = thread::current().name().unwrap_or("a test").to_owned();
        let notice = format!("NOT RUN here: {test} takes the capability {capability:?}\n");
        io::stderr().write_all(notice.as_bytes()).unwrap();
    }
    lacks
}
