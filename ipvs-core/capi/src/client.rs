//! The client
//!
//! An ipvs_client manages the IPVS of one network namespace: that of the thread that opened
//! it, if nothing else is asked for. It stays with that namespace wherever its users go.
//!
//! Threads: any number may use a client at once; over netlink they take turns. After a fork
//! the child opens one of its own: the parent's answers there with IPVS_FORKED. It may free
//! it.
//!
//! Functions block until the kernel has answered. Opening needs no privilege. Whatever asks
//! over netlink, for reading too, needs CAP_NET_ADMIN in the initial user namespace. Beside
//! what a function lists, each of those may fail with IPVS_PERMISSION_DENIED; with
//! IPVS_TIMED_OUT and IPVS_OVERRUN, after which a write may have happened, see
//! ipvs_error_applied(); with IPVS_MODULE_MISSING, when the module went away meanwhile; with
//! IPVS_UNSUPPORTED, for IPv6 where the kernel has none; with IPVS_INVALID_INPUT, for
//! arguments that are none; with IPVS_PROTOCOL, IPVS_IO, IPVS_FORKED and IPVS_PANIC. A
//! listing may fail with IPVS_CHANGED_WHILE_READING.

use std::ffi::{OsStr, c_char};
use std::os::fd::{AsFd, BorrowedFd, IntoRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::time::Duration;

use ipvs_core::{Checks, Client, Info, NamespaceSource, Options};

use crate::address::zero;
use crate::failure::{Failure, Outcome};
use crate::ffi::{Caller, ffi, growing, plain};
use crate::status::{ipvs_error, ipvs_status};

/// Manages the IPVS of one network namespace.
pub struct ipvs_client(pub(crate) Client);

/// This library judges what is sent, and names the field that is wrong; then the kernel.
pub const IPVS_CHECKS_FULL: u32 = 0;
/// The kernel alone judges, which says EINVAL to many mistakes and accepts as many: for tools
/// that must behave as the kernel does, and for sending back what was read.
pub const IPVS_CHECKS_KERNEL: u32 = 1;

/// The namespace of the calling thread.
pub const IPVS_NAMESPACE_CURRENT: u32 = 0;
/// That of the file `namespace_path`, such as "/run/netns/blue" or "/proc/1/ns/net".
pub const IPVS_NAMESPACE_PATH: u32 = 1;
/// That of the open file `namespace_fd`.
pub const IPVS_NAMESPACE_FD: u32 = 2;
/// A new, empty one, in which not even lo is up. It lives as long as the client, or whatever
/// else is put into it: see ipvs_client_namespace().
pub const IPVS_NAMESPACE_NEW: u32 = 3;

/// How a client is opened. Zeros are the defaults.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ipvs_client_options {
    /// sizeof(ipvs_client_options), by IPVS_CLIENT_OPTIONS_INIT.
    pub size: usize,
    /// How long the kernel may be silent while an answer is due. A long listing is no
    /// silence: the count begins anew with each part of it. The time that the kernel spends
    /// inside of a request (loading a scheduler's module, say) does not count. 0: 5 seconds.
    pub deadline_milliseconds: u32,
    /// IPVS_CHECKS_FULL or IPVS_CHECKS_KERNEL.
    pub checks: u32,
    /// Whose IPVS it manages: an IPVS_NAMESPACE number. Any but the current one needs
    /// CAP_SYS_ADMIN; none moves the calling thread.
    pub namespace_source: u32,
    /// With IPVS_NAMESPACE_FD: the file, which stays the caller's. Otherwise 0.
    pub namespace_fd: i32,
    /// With IPVS_NAMESPACE_PATH: the file's name. Otherwise NULL.
    pub namespace_path: *const c_char,
}

plain!(ipvs_client_options {
    size,
    deadline_milliseconds,
    checks,
    namespace_source,
    namespace_fd,
    namespace_path,
});
growing!(ipvs_client_options to namespace_path);

/// What the kernel says of its IPVS.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ipvs_kernel_info {
    /// sizeof(ipvs_kernel_info), by IPVS_KERNEL_INFO_INIT.
    pub size: usize,
    /// IPVS's own version, three numbers: 1, 2 and 1 in every kernel since 2008. It tells
    /// nothing of features.
    pub version: [u8; 3],
    /// Zero.
    pub reserved: u8,
    /// The connection table's size in buckets. Up to Linux 7.0 fixed when the module is
    /// loaded (4096 by default); since 7.1 the namespace's present size, 0 before its first
    /// service.
    pub connection_table_size: u32,
}

plain!(ipvs_kernel_info {
    size,
    version,
    reserved,
    connection_table_size,
});
growing!(ipvs_kernel_info to connection_table_size);

impl From<Info> for ipvs_kernel_info {
    fn from(info: Info) -> Self {
        let version = info.version;
        ipvs_kernel_info {
            size: 0,
            version: [version.major, version.minor, version.patch],
            reserved: 0,
            connection_table_size: info.connection_table_size,
        }
    }
}

/// The options that a caller gave; the defaults for NULL.
pub(crate) fn options(c: Caller<'_>, given: *const ipvs_client_options) -> Outcome<Options> {
    let mut options = Options::new();
    let Some(given) = c.optional(given)? else {
        return Ok(options);
    };
    if given.deadline_milliseconds != 0 {
        options.deadline = Duration::from_millis(given.deadline_milliseconds.into());
    }
    options.checks = match given.checks {
        IPVS_CHECKS_FULL => Checks::Full,
        IPVS_CHECKS_KERNEL => Checks::Kernel,
        _ => return Err(Failure::argument("checks", "no IPVS_CHECKS number")),
    };
    options.namespace = match given.namespace_source {
        IPVS_NAMESPACE_CURRENT => NamespaceSource::Current,
        IPVS_NAMESPACE_PATH => {
            let path = c.bytes(given.namespace_path, "namespace_path")?;
            NamespaceSource::Path(OsStr::from_bytes(path).into())
        }
        IPVS_NAMESPACE_FD => NamespaceSource::Fd(duplicate(c, given.namespace_fd, "namespace_fd")?),
        IPVS_NAMESPACE_NEW => NamespaceSource::New,
        _ => {
            let cause = "no IPVS_NAMESPACE number";
            return Err(Failure::argument("namespace_source", cause));
        }
    };
    let path_is_meant = given.namespace_source == IPVS_NAMESPACE_PATH;
    if !path_is_meant && !given.namespace_path.is_null() {
        let cause = "it is given, and namespace_source is not IPVS_NAMESPACE_PATH";
        return Err(Failure::argument("namespace_path", cause));
    }
    if given.namespace_source != IPVS_NAMESPACE_FD {
        zero(given.namespace_fd, "namespace_fd")?;
    }
    Ok(options)
}

/// A descriptor of our own for a file of the caller's.
fn duplicate(c: Caller<'_>, fd: i32, name: &'static str) -> Outcome<OwnedFd> {
    let fd: BorrowedFd<'_> = c.descriptor(fd, name)?;
    fd.try_clone_to_owned()
        .map_err(|error| Failure::descriptor(name, &error))
}

/// Opens the IPVS of a network namespace. On kernels from 5.16 this loads the module ip_vs
/// when it is not loaded.
///
/// Free `*client` with ipvs_client_free().
/// NULL: `options` stands for every default; `error` may be.
/// Fails with IPVS_MODULE_MISSING; IPVS_PERMISSION_DENIED or IPVS_IO when the namespace cannot
/// be entered or found; IPVS_INVALID_INPUT when it is something else, or `options` is wrong;
/// IPVS_TIMED_OUT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_client_open(
    options: *const ipvs_client_options,
    client: *mut *mut ipvs_client,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let place = c.place(client, "client")?;
        let options = self::options(c, options)?;
        place.give(ipvs_client(Client::open(&options)?));
        Ok(())
    })
}

/// Makes a client of a generic netlink socket that somebody else opened, for callers whose
/// sandbox does not let them open one. It belongs to the socket's namespace and has the
/// default options. The socket must be used for nothing else; `fd` stays the caller's, who may
/// close it.
///
/// Free `*client` with ipvs_client_free().
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT when it is no such socket; else as ipvs_client_open().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_client_from_socket(
    fd: i32,
    client: *mut *mut ipvs_client,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let place = c.place(client, "client")?;
        let socket = duplicate(c, fd, "fd")?;
        place.give(ipvs_client(Client::from_socket(socket)?));
        Ok(())
    })
}

/// Frees a client. What was read through it stays; streams go on.
///
/// NULL: does nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_client_free(client: *mut ipvs_client) {
    ffi!(else (), |c| c.free(client));
}

/// The network namespace that the client belongs to, as an open file: for setns(2), and for
/// further clients by IPVS_NAMESPACE_FD.
///
/// Close `*fd` with close().
/// NULL: only `error` may be.
/// Fails with IPVS_PERMISSION_DENIED without CAP_NET_ADMIN over the namespace, if the client is
/// one of ipvs_client_from_socket(); IPVS_UNSUPPORTED for one of a fake kernel; IPVS_IO.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_client_namespace(
    client: *const ipvs_client,
    fd: *mut i32,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let place = c.place(fd, "fd")?;
        let namespace = c.borrow(client, "client")?.0.namespace()?;
        let file = namespace.as_fd().try_clone_to_owned();
        let file = file.map_err(|error| Failure::descriptor("fd", &error))?;
        place.write(file.into_raw_fd());
        Ok(())
    })
}

/// The version of the kernel's IPVS and the connection table's size.
///
/// NULL: only `error` may be.
/// Fails as any.
/// Kernel: IPVS_CMD_GET_INFO; ipvsadm: the first line of -L.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_client_info(
    client: *const ipvs_client,
    info: *mut ipvs_kernel_info,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let slot = c.output(info, "info")?;
        slot.write(c.borrow(client, "client")?.0.info()?.into());
        Ok(())
    })
}

/// Removes every virtual service of the namespace, whoever added it. Timeouts, sync daemons
/// and connections stay.
///
/// NULL: only `error` may be.
/// Fails as any.
/// Kernel: IPVS_CMD_FLUSH; ipvsadm: -C.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_client_flush(
    client: *const ipvs_client,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| Ok(c.borrow(client, "client")?.0.flush()?))
}

/// Zeroes the counters of every service, every dest and the namespace.
///
/// NULL: only `error` may be.
/// Fails as any.
/// Kernel: IPVS_CMD_ZERO; ipvsadm: -Z.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_client_zero(
    client: *const ipvs_client,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| Ok(c.borrow(client, "client")?.0.zero()?))
}
