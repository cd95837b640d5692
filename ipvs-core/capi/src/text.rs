//! Texts
//!
//! What is too long or too varied for a buffer of the caller's comes as an ipvs_text: UTF-8
//! with a NUL behind it, which its receiver frees. It is a constant: any threads may read it
//! at once.

use std::ffi::c_char;

use crate::ffi::ffi;

/// Text that this library made.
pub struct ipvs_text {
    /// With its NUL.
    bytes: Vec<u8>,
}

impl From<String> for ipvs_text {
    fn from(text: String) -> Self {
        let mut bytes = text.into_bytes();
        bytes.push(0);
        ipvs_text { bytes }
    }
}

/// The text, with a NUL behind it. It lives as long as the ipvs_text.
///
/// NULL: "".
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_text_data(text: *const ipvs_text) -> *const c_char {
    ffi!(else c"".as_ptr(), |c| c
        .maybe(text)
        .map_or(c"".as_ptr(), |text| text.bytes.as_ptr().cast()))
}

/// The text's length in bytes, without the NUL.
///
/// NULL: 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_text_length(text: *const ipvs_text) -> usize {
    ffi!(else 0, |c| c.maybe(text).map_or(0, |text| text.bytes.len().saturating_sub(1)))
}

/// Frees a text.
///
/// NULL: does nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_text_free(text: *mut ipvs_text) {
    ffi!(else (), |c| c.free(text));
}
