//! What is given to the caller to free(): a block of malloc()'s.

use std::ptr::NonNull;
use std::slice;

use libc::ENOMEM;

use super::call::refused;
use super::structs::Old;
use crate::failure::Outcome;

/// A block with a head and `count` entries behind it. All is zero, what is between the fields
/// too, before `fill` sets what it is to hold.
pub(super) fn give<H: Old, E: Old>(
    count: usize,
    fill: impl FnOnce(&mut H, &mut [E]),
) -> Outcome<*mut H> {
    const { assert!(size_of::<H>() % align_of::<E>() == 0) };
    let entries = size_of::<E>().checked_mul(count);
    let length = entries.and_then(|entries| entries.checked_add(size_of::<H>()));
    // SAFETY: calloc() asks for nothing. A length that is none is one that it cannot have.
    let block = unsafe { libc::calloc(1, length.unwrap_or(usize::MAX)) };
    let out_of_memory = || refused("memory", ENOMEM);
    let head = NonNull::new(block.cast::<H>()).ok_or_else(out_of_memory)?;
    // SAFETY: so long is the block.
    let behind = unsafe { head.add(1) };
    // SAFETY: zeros are values of both, the block is aligned for anything, and nobody has it yet.
    let entries = unsafe { slice::from_raw_parts_mut(behind.cast::<E>().as_ptr(), count) };
    // SAFETY: as above; the entries are apart from it.
    fill(unsafe { &mut *head.as_ptr() }, entries);
    Ok(head.as_ptr())
}

/// A block of one struct.
pub(super) fn give_one<H: Old>(fill: impl FnOnce(&mut H)) -> Outcome<*mut H> {
    give(0, |head, _: &mut [H]| fill(head))
}
