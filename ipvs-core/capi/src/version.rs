//! The library's version
//!
//! IPVS_VERSION_MAJOR, _MINOR and _PATCH above are those of this header;
//! ipvs_library_version() tells that of the library that runs. A program may run with a
//! library that is newer than its header, or older: structs say how long they are.

use std::ffi::{CStr, c_char};

const VERSION: &CStr =
    match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
        Ok(version) => version,
        Err(_) => c"",
    };

/// The version of the library, such as "0.1.0". It lives for ever.
///
/// The version of the kernel's IPVS is ipvs_client_info()'s to tell.
#[unsafe(no_mangle)]
pub extern "C" fn ipvs_library_version() -> *const c_char {
    VERSION.as_ptr()
}
