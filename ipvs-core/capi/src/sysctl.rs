//! Sysctls
//!
//! The settings net.ipv4.vs of the client's network namespace, wherever the caller is. Names
//! are the kernel's, with or without "net.ipv4.vs."; values are text as their files hold it:
//! "1", "3 50", "0-3,8". Reading takes no privilege in the calling thread's own namespace,
//! elsewhere CAP_SYS_ADMIN.

use std::ffi::c_char;

use ipvs_core::Sysctl;

use crate::client::ipvs_client;
use crate::ffi::ffi;
use crate::status::{ipvs_error, ipvs_status};
use crate::text::ipvs_text;

/// Reads a sysctl.
///
/// Free `*value` with ipvs_text_free().
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT for a name that is none; IPVS_UNSUPPORTED where this kernel does
/// not have it; IPVS_MODULE_MISSING where the namespace has none at all; IPVS_PROTOCOL for a text
/// that is no value of its form; IPVS_PERMISSION_DENIED, IPVS_IO, IPVS_FORKED.
/// Kernel: /proc/sys/net/ipv4/vs; ipvsadm: none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_client_sysctl(
    client: *const ipvs_client,
    name: *const c_char,
    value: *mut *mut ipvs_text,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let place = c.place(value, "value")?;
        let sysctl: Sysctl = c.text(name, "name")?.parse()?;
        let value = c.borrow(client, "client")?.0.sysctl(sysctl)?;
        place.give(value.to_string().into());
        Ok(())
    })
}

/// Sets a sysctl. A number out of its range is refused, unless the checks are the kernel's.
///
/// NULL: only `error` may be.
/// Fails as ipvs_client_sysctl(); with IPVS_INVALID_INPUT for a value that is refused, here or by
/// the kernel; with IPVS_PERMISSION_DENIED also where /proc/sys is mounted for reading only.
/// Kernel: /proc/sys/net/ipv4/vs; ipvsadm: none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_client_set_sysctl(
    client: *const ipvs_client,
    name: *const c_char,
    value: *const c_char,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let sysctl: Sysctl = c.text(name, "name")?.parse()?;
        let value = sysctl.parse(c.text(value, "value")?)?;
        Ok(c.borrow(client, "client")?.0.set_sysctl(sysctl, &value)?)
    })
}
