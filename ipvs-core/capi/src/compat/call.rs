//! The old API's border: 0 or a pointer for success, -1 or NULL and errno for failure. It
//! remembers the thread's last call, since messages depend on it.

use std::cell::Cell;
use std::ffi::c_int;
use std::ptr::null_mut;

use ipvs_core::{Error, ErrorKind};
use libc::{
    EAGAIN, EBADF, EINVAL, EIO, ENOBUFS, ENOPROTOOPT, ENOTRECOVERABLE, EOPNOTSUPP, EPERM, EPROTO,
    ETIMEDOUT,
};

use crate::failure::{Failure, Outcome};

/// The functions of the old API that ask the kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Function {
    Init,
    Info,
    Flush,
    AddService,
    UpdateService,
    DelService,
    ZeroService,
    AddDest,
    UpdateDest,
    DelDest,
    SetTimeout,
    StartDaemon,
    StopDaemon,
    GetServices,
    GetService,
    GetDests,
    GetTimeout,
    GetDaemon,
}

thread_local! {
    static LAST: Cell<Option<Function>> = const { Cell::new(None) };
}

/// The one that this thread called last.
pub(super) fn last() -> Option<Function> {
    LAST.get()
}

/// Runs the body of an exported function, `|c| …`, which is the [`Function`] that is named.
macro_rules! old {
    ($function:ident, |$caller:pat_param| $body:expr) => {{
        let function = $crate::compat::call::Function::$function;
        let failed = Err($crate::failure::Failure::Panic);
        let outcome = $crate::ffi::ffi!(else failed, |$caller| $body);
        $crate::compat::call::answer(function, outcome)
    }};
}
pub(super) use old;

/// What a function gives to C.
pub(super) trait Answer {
    type Told;
    const FAILED: Self::Told;
    fn told(self) -> Self::Told;
}

impl Answer for () {
    type Told = c_int;
    const FAILED: c_int = -1;
    fn told(self) -> c_int {
        0
    }
}

impl<T> Answer for *mut T {
    type Told = *mut T;
    const FAILED: *mut T = null_mut();
    fn told(self) -> *mut T {
        self
    }
}

pub(super) fn answer<T: Answer>(function: Function, outcome: Outcome<T>) -> T::Told {
    LAST.set(Some(function));
    match outcome {
        Ok(value) => value.told(),
        Err(failure) => {
            let errno = errno(&failure);
            drop(failure);
            // SAFETY: it asks for nothing.
            let place = unsafe { libc::__errno_location() };
            // SAFETY: it is this thread's, and always there.
            unsafe { place.write(errno) };
            T::FAILED
        }
    }
}

/// An argument that is refused here, with the errno that the kernel has for it.
pub(super) fn refused(name: &'static str, errno: c_int) -> Failure {
    Failure::Argument {
        name,
        cause: "the kernel would refuse it".into(),
        errno: Some(errno),
    }
}

/// The errno of a failure: the kernel's, where it gave one.
pub(super) fn errno(failure: &Failure) -> c_int {
    match failure {
        Failure::Core(error) => errno_of(error),
        Failure::Argument { errno, .. } => errno.unwrap_or(EINVAL),
        Failure::Panic => ENOTRECOVERABLE,
    }
}

fn errno_of(error: &Error) -> c_int {
    match (error.kind(), error.errno()) {
        // The family's absence has an errno of its own; the old socket options said this.
        (ErrorKind::ModuleMissing, _) => ENOPROTOOPT,
        (_, Some(errno)) => errno,
        (ErrorKind::InvalidInput, None) => EINVAL,
        (ErrorKind::PermissionDenied, None) => EPERM,
        (ErrorKind::Unsupported, None) => EOPNOTSUPP,
        (ErrorKind::ChangedWhileReading, None) => EAGAIN,
        (ErrorKind::TimedOut, None) => ETIMEDOUT,
        (ErrorKind::Overrun, None) => ENOBUFS,
        (ErrorKind::Protocol, None) => EPROTO,
        (ErrorKind::Forked, None) => EBADF,
        _ => EIO,
    }
}
