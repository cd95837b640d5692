//! What an errno means after the last call.

use std::ffi::{CStr, c_char, c_int};

use libc::{
    EAFNOSUPPORT, EEXIST, EINVAL, EMSGSIZE, ENOENT, ENOMEM, ENOPROTOOPT, EOPNOTSUPP, EPERM, ESRCH,
};

use super::call::{self, Function};
use crate::ffi::ffi;

use Function as F;

/// The functions (none: any), the errno, and what it says. The first that fits is it.
const MESSAGES: &[(&[Function], c_int, &CStr)] = &[
    (&[F::AddService], EEXIST, c"Service already exists"),
    (
        &[F::AddService, F::UpdateService],
        ENOENT,
        c"Scheduler or persistence engine not found",
    ),
    (
        &[F::UpdateService, F::DelService, F::ZeroService],
        ESRCH,
        c"No such service",
    ),
    (
        &[F::AddDest, F::UpdateDest, F::DelDest],
        ESRCH,
        c"Service not defined",
    ),
    (&[F::AddDest], EEXIST, c"Destination already exists"),
    (&[F::UpdateDest, F::DelDest], ENOENT, c"No such destination"),
    (&[F::StartDaemon], EEXIST, c"Daemon has already run"),
    (&[F::StopDaemon], ESRCH, c"No daemon is running"),
    (
        &[F::GetServices, F::GetDests, F::GetService],
        ESRCH,
        c"No such service",
    ),
    (&[], EPERM, c"Permission denied (you must be root)"),
    (
        &[],
        EINVAL,
        c"Invalid operation.  Possibly wrong module version, address not unicast, ...",
    ),
    (&[], ENOPROTOOPT, c"Protocol not available"),
    (&[], ENOMEM, c"Memory allocation problem"),
    (&[], EOPNOTSUPP, c"Operation not supported with IPv6"),
    (
        &[],
        EAFNOSUPPORT,
        c"Operation not supported with specified address family",
    ),
    (&[], EMSGSIZE, c"Module is wrong version"),
];

/// What `errno` means after the last function of this API that this thread called.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_strerror(errno: c_int) -> *const c_char {
    ffi!(else c"".as_ptr(), |_| {
        message(call::last(), errno).map_or_else(
            // SAFETY: it asks for nothing.
            || unsafe { libc::strerror(errno) }.cast_const(),
            CStr::as_ptr,
        )
    })
}

pub(super) fn message(last: Option<Function>, errno: c_int) -> Option<&'static CStr> {
    let fits = |functions: &[Function]| {
        functions.is_empty() || last.is_some_and(|last| functions.contains(&last))
    };
    let row = MESSAGES
        .iter()
        .find(|(functions, of, _)| *of == errno && fits(functions));
    row.map(|(_, _, text)| *text)
}
