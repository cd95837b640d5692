//! What a datagram takes of a receive buffer: not its length, but what the kernel allocates
//! for it. The numbers are those of 64-bit machines with ordinary kernels.

use crate::fake::Release;

/// What the kernel keeps beside a datagram.
const HEADER: usize = 256;
/// What it keeps behind a datagram's bytes, in the same allocation.
const TRAILER: usize = 320;
/// Bytes are allocated in multiples of this.
const LINE: usize = 64;

/// What fits behind the headers into the page that an answer is written to, before its length
/// is known.
pub(super) const ANSWER: usize = 4096 - TRAILER;
/// The same of the largest piece that a part of a dump is written to.
const LARGEST: usize = 32 * 1024 - TRAILER;

/// How much of a reader's buffer a part of a dump may fill.
pub(super) fn pages(buffer: usize) -> usize {
    buffer.min(LARGEST)
}

/// The room that the next part of a dump has.
pub(super) fn part(longest_receive: usize) -> usize {
    ANSWER.max(longest_receive)
}

/// What something takes for which this room was allocated.
pub(super) fn size(release: Release, room: usize) -> usize {
    let bytes = room.next_multiple_of(LINE) + TRAILER;
    let small = release.small_allocation();
    let allocated = match small {
        Some(small) if bytes <= small => small,
        _ => bytes.next_power_of_two(),
    };
    allocated + HEADER
}

/// What an answer of this length takes, which was written to so much room: it is copied to a
/// smaller place if half of its own is empty.
pub(super) fn answer_size(release: Release, room: usize, length: usize) -> usize {
    let whole = size(release, room);
    let empty = whole.saturating_sub(HEADER + TRAILER + length);
    if empty * 2 < whole {
        whole
    } else {
        size(release, length)
    }
}
