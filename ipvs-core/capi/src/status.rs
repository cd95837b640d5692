//! Statuses and errors
//!
//! A function that can fail returns a status: IPVS_OK, which is 0, or a number that names the
//! caller's next step. The numbers never change their meaning, and new ones may come.
//!
//! Its last argument is an `ipvs_error **`. NULL there means that nobody wants to know more.
//! Otherwise a failure puts a new error there, which the caller frees with ipvs_error_free();
//! success leaves it alone. So begin with `ipvs_error *error = NULL`.
//!
//! An error is a constant: any threads may read it at once. What the functions below give of
//! it lives as long as the error does.

use std::ffi::{CStr, CString, c_char};

use ipvs_core::{Applied, ErrorKind};

use crate::failure::Failure;
use crate::ffi::ffi;

/// What became of a call: an `ipvs_status_code`, or a later version's.
pub type ipvs_status = i32;

/// The statuses.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ipvs_status_code {
    /// It is done.
    IPVS_OK = 0,
    /// There is no such virtual service.
    IPVS_SERVICE_NOT_FOUND = 1,
    /// The service exists and has no such real server.
    IPVS_DEST_NOT_FOUND = 2,
    /// No sync daemon of that role is running.
    IPVS_DAEMON_NOT_RUNNING = 3,
    /// The service, dest or daemon is there already.
    IPVS_ALREADY_EXISTS = 4,
    /// The kernel has no such scheduler or persistence engine and could not load its module.
    IPVS_UNKNOWN_SCHEDULER = 5,
    /// The kernel has no IPVS: the module ip_vs is not loaded.
    IPVS_MODULE_MISSING = 6,
    /// The caller lacks CAP_NET_ADMIN in the initial user namespace.
    IPVS_PERMISSION_DENIED = 7,
    /// A value that the kernel refuses, or that this library refuses to send; a NULL where
    /// none may be; a struct whose size is none.
    IPVS_INVALID_INPUT = 8,
    /// This kernel cannot do it.
    IPVS_UNSUPPORTED = 9,
    /// The table kept changing while it was read.
    IPVS_CHANGED_WHILE_READING = 10,
    /// The kernel did not answer before the deadline.
    IPVS_TIMED_OUT = 11,
    /// The kernel's answers did not fit the socket's receive buffer.
    IPVS_OVERRUN = 12,
    /// An answer that cannot be understood.
    IPVS_PROTOCOL = 13,
    /// The client was opened before a fork and is used in the child.
    IPVS_FORKED = 14,
    /// A system call failed, or the kernel failed for a reason of its own.
    IPVS_IO = 15,
    /// A bug in this library, which it noticed.
    IPVS_INTERNAL = 16,
    /// A bug in this library, which it did not. What the call was to change may be half done;
    /// free the handles that it was given.
    IPVS_PANIC = 100,
}

/// It did not take effect: refused, or never sent.
pub const IPVS_APPLIED_NO: i32 = 0;
/// It took effect, and what failed came afterwards.
pub const IPVS_APPLIED_YES: i32 = 1;
/// It was sent and no answer came back: read the object again before deciding.
pub const IPVS_APPLIED_UNKNOWN: i32 = 2;

/// What went wrong, with what, and what to do about it.
pub struct ipvs_error {
    status: ipvs_status,
    errno: i32,
    applied: i32,
    message: CString,
    operation: CString,
    object: Option<CString>,
    field: Option<CString>,
    cause: CString,
    cure: Option<CString>,
}

impl From<Failure> for ipvs_error {
    fn from(failure: Failure) -> Self {
        let status = failure.status();
        match failure {
            Failure::Core(error) => ipvs_error {
                status,
                errno: error.errno().unwrap_or(0),
                applied: match error.applied() {
                    Applied::No => IPVS_APPLIED_NO,
                    Applied::Yes => IPVS_APPLIED_YES,
                    Applied::Unknown => IPVS_APPLIED_UNKNOWN,
                },
                message: c_text(&error.to_string()),
                operation: c_text(error.op().name()),
                object: error.object().map(|object| c_text(&object.to_string())),
                field: error.field().map(c_text),
                cause: c_text(error.cause()),
                cure: error.cure().map(c_text),
            },
            Failure::Argument { name, cause, errno } => ipvs_error {
                errno: errno.unwrap_or(0),
                message: c_text(&format!("argument {name}: {cause}")),
                field: Some(c_text(name)),
                ..ipvs_error::own(status, "argument", &cause)
            },
            Failure::Panic => {
                let cause = "a bug in this library: please report what was on stderr";
                ipvs_error {
                    applied: IPVS_APPLIED_UNKNOWN,
                    message: c_text(cause),
                    ..ipvs_error::own(status, "panic", cause)
                }
            }
        }
    }
}

impl ipvs_error {
    /// One that is none of the core's.
    fn own(status: ipvs_status, operation: &str, cause: &str) -> Self {
        ipvs_error {
            status,
            errno: 0,
            applied: IPVS_APPLIED_NO,
            message: CString::default(),
            operation: c_text(operation),
            object: None,
            field: None,
            cause: c_text(cause),
            cure: None,
        }
    }
}

/// Text for C, which ends at the first NUL if there is one.
fn c_text(text: &str) -> CString {
    let until = text.split('\0').next().unwrap_or_default();
    CString::new(until).unwrap_or_default()
}

fn pointer(text: Option<&CString>) -> *const c_char {
    text.map_or(std::ptr::null(), |text| text.as_ptr())
}

/// What is said where there is no error.
const NONE: &CStr = c"no error";

/// The error's status.
///
/// NULL: IPVS_OK.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_error_status(error: *const ipvs_error) -> ipvs_status {
    let ok = ipvs_status_code::IPVS_OK as ipvs_status;
    ffi!(else ok, |c| c.maybe(error).map_or(ok, |error| error.status))
}

/// One sentence for people: the operation, the object, the field when one is to blame, the
/// cause, the kernel's errno when there is one, and what to do where that is known. Such as
/// "add service tcp 192.0.2.1:80: already exists (EEXIST)".
///
/// NULL: "no error".
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_error_message(error: *const ipvs_error) -> *const c_char {
    ffi!(else NONE.as_ptr(), |c| c
        .maybe(error)
        .map_or(NONE.as_ptr(), |error| error.message.as_ptr()))
}

/// The errno that a system call or the kernel's IPVS gave, or 0 where none did. It means
/// different things for different operations; the status has them told apart.
///
/// NULL: 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_error_errno(error: *const ipvs_error) -> i32 {
    ffi!(else 0, |c| c.maybe(error).map_or(0, |error| error.errno))
}

/// Whether the operation took effect in spite of the error: IPVS_APPLIED_NO, _YES, _UNKNOWN.
///
/// NULL: IPVS_APPLIED_NO.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_error_applied(error: *const ipvs_error) -> i32 {
    ffi!(else IPVS_APPLIED_UNKNOWN, |c| c
        .maybe(error)
        .map_or(IPVS_APPLIED_NO, |error| error.applied))
}

/// The operation that failed, such as "add_service": mostly what comes behind
/// "ipvs_client_". Text that is no value is "parse"; what this library refuses of the
/// arguments themselves (a NULL, a size, garbage for text) is "argument".
///
/// NULL: "".
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_error_operation(error: *const ipvs_error) -> *const c_char {
    ffi!(else c"".as_ptr(), |c| c
        .maybe(error)
        .map_or(c"".as_ptr(), |error| error.operation.as_ptr()))
}

/// The service, dest, daemon or sysctl that the operation was about, as text such as
/// "10.0.3.100:8080 of tcp 192.0.2.1:80"; NULL when it was about none.
///
/// NULL: NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_error_object(error: *const ipvs_error) -> *const c_char {
    ffi!(else std::ptr::null(), |c| pointer(
        c.maybe(error).and_then(|error| error.object.as_ref())
    ))
}

/// The field or argument that is to blame, such as "weight"; NULL when it is not known.
///
/// NULL: NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_error_field(error: *const ipvs_error) -> *const c_char {
    ffi!(else std::ptr::null(), |c| pointer(
        c.maybe(error).and_then(|error| error.field.as_ref())
    ))
}

/// The cause alone, without operation, object and cure.
///
/// NULL: "no error".
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_error_cause(error: *const ipvs_error) -> *const c_char {
    ffi!(else NONE.as_ptr(), |c| c
        .maybe(error)
        .map_or(NONE.as_ptr(), |error| error.cause.as_ptr()))
}

/// What to do about it; NULL where that is not known.
///
/// NULL: NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_error_cure(error: *const ipvs_error) -> *const c_char {
    ffi!(else std::ptr::null(), |c| pointer(
        c.maybe(error).and_then(|error| error.cure.as_ref())
    ))
}

/// Frees an error and every text that it gave.
///
/// NULL: does nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_error_free(error: *mut ipvs_error) {
    ffi!(else (), |c| c.free(error));
}

/// A status by name, such as "service_not_found"; "ok", "panic", and "unknown" for a number
/// that is none. It lives for ever.
#[unsafe(no_mangle)]
pub extern "C" fn ipvs_status_name(status: ipvs_status) -> *const c_char {
    let place = usize::try_from(status)
        .ok()
        .and_then(|it| it.checked_sub(1));
    let name = match status {
        0 => c"ok",
        100 => c"panic",
        _ => place
            .and_then(|it| NAMES.get(it))
            .map_or(c"unknown", c_name),
    };
    name.as_ptr()
}

/// The names of the core's kinds, each with a NUL behind it.
static NAMES: [[u8; 32]; ErrorKind::ALL.len()] = names();

#[allow(clippy::indexing_slicing, reason = "evaluated by the compiler only")]
const fn names() -> [[u8; 32]; ErrorKind::ALL.len()] {
    let mut names = [[0; 32]; ErrorKind::ALL.len()];
    let mut kind = 0;
    while kind < names.len() {
        let name = ErrorKind::ALL[kind].name().as_bytes();
        assert!(name.len() < names[kind].len());
        let mut at = 0;
        while at < name.len() {
            names[kind][at] = name[at];
            at += 1;
        }
        kind += 1;
    }
    names
}

fn c_name(name: &[u8; 32]) -> &CStr {
    CStr::from_bytes_until_nul(name).unwrap_or_default()
}
