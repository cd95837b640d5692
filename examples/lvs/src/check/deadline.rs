//! One moment by which all of a check must be over.

use std::io;
use std::os::fd::BorrowedFd;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

#[derive(Clone, Copy, Debug)]
pub(super) struct Deadline(Instant);

impl Deadline {
    pub(super) fn after(time: Duration) -> Self {
        Deadline(Instant::now() + time)
    }

    /// The time that is left; nothing when it is over.
    pub(super) fn left(self) -> Option<Duration> {
        let left = self.0.saturating_duration_since(Instant::now());
        (!left.is_zero()).then_some(left)
    }

    /// Waits until one of the files can be read, or has hung up; false when time is over.
    pub(super) fn wait(self, files: &[BorrowedFd<'_>]) -> io::Result<bool> {
        while let Some(left) = self.left() {
            let timeout = Timespec::try_from(left).map_err(io::Error::other)?;
            let mut polled: Vec<PollFd<'_>> = files
                .iter()
                .map(|file| PollFd::from_borrowed_fd(*file, PollFlags::IN))
                .collect();
            match poll(&mut polled, Some(&timeout)) {
                Ok(0) | Err(Errno::INTR) => {}
                Ok(_) => return Ok(true),
                Err(errno) => return Err(errno.into()),
            }
        }
        Ok(false)
    }
}

/// Whether an error of a socket with a timeout says that the time is over.
pub(super) fn is_timeout(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
    )
}
