//! Names in fixed arrays: schedulers, persistence engines, interfaces.

use std::ffi::c_char;

use crate::failure::{Failure, Outcome};

/// The bytes before the first NUL, made a name; `None` if there are none. A name that fills its
/// array ends nowhere.
pub(crate) fn given<T, const N: usize>(
    array: &[c_char; N],
    name: &'static str,
    make: fn(&[u8]) -> Option<T>,
) -> Outcome<Option<T>> {
    let bytes = array.map(|byte| u8::from_ne_bytes(byte.to_ne_bytes()));
    let bytes = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
    if bytes.is_empty() {
        return Ok(None);
    }
    let ends = Some(bytes).filter(|bytes| bytes.len() < N);
    let none = || Failure::argument(name, "it is no name, or too long for one");
    ends.and_then(make).ok_or_else(none).map(Some)
}

/// A name with NULs behind it.
pub(crate) fn array<const N: usize>(name: &[u8]) -> [c_char; N] {
    let mut array = [0; N];
    for (to, from) in array.iter_mut().zip(name) {
        *to = c_char::from_ne_bytes([*from]);
    }
    array
}
