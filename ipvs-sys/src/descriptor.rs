//! Descriptors that come as numbers, from languages that have no other form of them.

use std::io;
use std::os::fd::{OwnedFd, RawFd};

use crate::os;

/// A descriptor of one's own, of the file that somebody else's number stands for. It closes on
/// exec; the number stays its owner's.
///
/// # Errors
///
/// `EBADF` if the number stands for nothing; `EMFILE`.
pub fn duplicate(number: RawFd) -> io::Result<OwnedFd> {
    os::duplicate_number(number)
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::os::fd::AsRawFd;

    use super::*;

    #[test]
    fn a_number_that_stands_for_nothing_is_refused() {
        assert_eq!(duplicate(-1).unwrap_err().raw_os_error(), Some(libc::EBADF));
        let file = File::open("/dev/null").unwrap();
        let copy = duplicate(file.as_raw_fd()).unwrap();
        assert_ne!(copy.as_raw_fd(), file.as_raw_fd());
    }
}
