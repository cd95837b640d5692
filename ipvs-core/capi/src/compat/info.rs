//! Beginning, ending, and what the kernel says of its IPVS.

use std::ffi::{c_int, c_uint};
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::Relaxed;

use super::call::old;
use super::session;
use super::structs::ip_vs_getinfo;
use crate::failure::Outcome;
use crate::ffi::ffi;

/// What the kernel said when it was asked last, by whichever thread.
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals, reason = "C reads it by this name")]
pub static ipvs_info: ip_vs_getinfo = ip_vs_getinfo {
    version: AtomicU32::new(0),
    size: AtomicU32::new(0),
    num_services: AtomicU32::new(0),
};

fn read_info() -> Outcome {
    let info = session::with(|client| client.info())?;
    let version = info.version;
    let version = u32::from_be_bytes([0, version.major, version.minor, version.patch]);
    ipvs_info.version.store(version, Relaxed);
    ipvs_info.size.store(info.connection_table_size, Relaxed);
    Ok(())
}

/// Begins, if there is an IPVS that the caller may manage: fills `ipvs_info`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_init() -> c_int {
    old!(Init, |_| read_info())
}

/// Fills `ipvs_info` anew.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_getinfo() -> c_int {
    old!(Info, |_| read_info())
}

/// The version in `ipvs_info`: the kernel's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_version() -> c_uint {
    ffi!(else 0, |_| ipvs_info.version.load(Relaxed))
}

/// Removes every service.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_flush() -> c_int {
    old!(Flush, |_| session::with(|client| client.flush()))
}

/// Closes what the calling thread has open.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_close() {
    ffi!(else (), |_| session::end());
}
