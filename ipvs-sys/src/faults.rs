//! Makes chosen system calls of this crate fail, in tests (feature `faults`).
//!
//! A script sees every call before it is made, and may have it fail with an errno in place of
//! being made. It holds for the calling thread while a closure runs, and for the short threads
//! that [`crate::netns`] starts meanwhile.
//!
//! ```
//! use ipvs_sys::{faults, socket::Socket};
//!
//! // How many calls does opening a socket make, and does each one's failure come through?
//! let (_, sites) = faults::record(Socket::open);
//! for site in sites {
//!     let outcome = faults::fail(site, 12, Socket::open);
//!     assert_eq!(outcome.unwrap_err().raw_os_error(), Some(12), "{site}");
//! }
//! ```

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use std::io;
use std::mem;
use std::sync::{Arc, Mutex, PoisonError};

/// A kind of system call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Call {
    /// `socket`, for a netlink socket or an IPv4 one.
    Socket,
    /// `bind`, to a port of the kernel's choice.
    Bind,
    /// `getsockname`.
    Getsockname,
    /// `getsockopt`, of one integer or of IPVS's answers.
    Getsockopt,
    /// `setsockopt`, of one integer.
    Setsockopt,
    /// `sendto`, to the kernel.
    Sendto,
    /// `poll`, for something to read.
    Poll,
    /// `recvmsg`, without waiting.
    Recvmsg,
    /// `open`, for reading or for writing.
    Open,
    /// `read`, of a sysctl or of a file below `/proc/net`.
    Read,
    /// `write`, of a sysctl.
    Write,
    /// `fstat`.
    Fstat,
    /// `ioctl`.
    Ioctl,
    /// The start of a thread.
    Spawn,
    /// `setns`.
    Setns,
    /// `unshare`.
    Unshare,
    /// Duplication of a file descriptor.
    Dup,
}

/// One call of a run: the kind, and how many of its kind came before it in the scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Site {
    /// The kind.
    pub call: Call,
    /// Its number within its kind, from 0.
    pub nth: u32,
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} #{}", self.call, self.nth)
    }
}

/// Runs `body`, asking `script` before each call: an errno makes the call fail, `None` lets it
/// pass.
///
/// Scopes nest; the innermost alone is asked. The script must not call this crate itself.
pub fn with<T>(
    script: impl FnMut(Site) -> Option<i32> + Send + 'static,
    body: impl FnOnce() -> T,
) -> T {
    let scope = Scope(Arc::new(Mutex::new(State {
        met: HashMap::new(),
        script: Box::new(script),
    })));
    within(Some(scope), body)
}

/// Runs `body` and tells which calls it made, in order.
pub fn record<T>(body: impl FnOnce() -> T) -> (T, Vec<Site>) {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    let note = move |site| {
        log.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(site);
        None
    };
    let value = with(note, body);
    let mut sites = seen.lock().unwrap_or_else(PoisonError::into_inner);
    (value, mem::take(&mut sites))
}

/// Runs `body` with the one call at `site` failing with `errno`.
pub fn fail<T>(site: Site, errno: i32, body: impl FnOnce() -> T) -> T {
    with(move |met| (met == site).then_some(errno), body)
}

/// Runs `body` once undisturbed, then once for each call that it made and each of `errnos`, and
/// hands every disturbed outcome to `verdict`.
pub fn sweep<T>(
    errnos: &[i32],
    mut body: impl FnMut() -> T,
    mut verdict: impl FnMut(Site, i32, T),
) {
    let (_, sites) = record(&mut body);
    for site in sites {
        for &errno in errnos {
            verdict(site, errno, fail(site, errno, &mut body));
        }
    }
}

/// What is asked before a call: an error in place of the call, or leave to make it.
pub(crate) fn ask(call: Call) -> io::Result<()> {
    match current().and_then(|scope| scope.meet(call)) {
        Some(errno) => Err(io::Error::from_raw_os_error(errno)),
        None => Ok(()),
    }
}

/// `body`, to be run on another thread within the scope of this one.
pub(crate) fn carry<T>(body: impl FnOnce() -> T) -> impl FnOnce() -> T {
    let scope = current();
    move || within(scope, body)
}

thread_local! {
    static CURRENT: RefCell<Option<Scope>> = const { RefCell::new(None) };
}

fn current() -> Option<Scope> {
    CURRENT.with_borrow(Clone::clone)
}

/// Runs `body` with `scope` as the current one; the former returns even if `body` panics.
fn within<T>(scope: Option<Scope>, body: impl FnOnce() -> T) -> T {
    let _former = Former(CURRENT.replace(scope));
    body()
}

struct Former(Option<Scope>);

impl Drop for Former {
    fn drop(&mut self) {
        CURRENT.set(self.0.take());
    }
}

#[derive(Clone)]
struct Scope(Arc<Mutex<State>>);

struct State {
    met: HashMap<Call, u32>,
    script: Box<dyn FnMut(Site) -> Option<i32> + Send>,
}

impl Scope {
    fn meet(&self, call: Call) -> Option<i32> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let met = state.met.entry(call).or_default();
        let site = Site { call, nth: *met };
        *met += 1;
        (state.script)(site)
    }
}
