//! How a client is opened.

use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::time::Duration;

/// How a [`Client`](crate::Client) is opened.
///
/// ```
/// # use ipvs_core::{NamespaceSource, Options};
/// # use std::time::Duration;
/// let options = Options::new()
///     .with_namespace(NamespaceSource::Path("/run/netns/blue".into()))
///     .with_deadline(Duration::from_secs(1));
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct Options {
    /// Whose IPVS it manages. Default: the calling thread's namespace.
    pub namespace: NamespaceSource,
    /// How long the kernel may be silent while an answer is due. A long listing
    /// is no silence: the count begins anew with each part of it. The time that
    /// the kernel spends inside of a request (loading a scheduler's module, say)
    /// does not count. Default: 5 seconds.
    pub deadline: Duration,
    /// Who judges what is sent. Default: [`Checks::Full`].
    pub checks: Checks,
}

impl Options {
    /// Every default.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// In another network namespace.
    #[must_use]
    pub fn with_namespace(mut self, namespace: NamespaceSource) -> Self {
        self.namespace = namespace;
        self
    }

    /// With another deadline.
    #[must_use]
    pub fn with_deadline(mut self, silence: Duration) -> Self {
        self.deadline = silence;
        self
    }

    /// With other checks.
    #[must_use]
    pub fn with_checks(mut self, checks: Checks) -> Self {
        self.checks = checks;
        self
    }
}

impl Default for Options {
    fn default() -> Self {
        Options {
            namespace: NamespaceSource::Current,
            deadline: Duration::from_secs(5),
            checks: Checks::Full,
        }
    }
}

/// Which network namespace a client belongs to. Any but the current one needs
/// `CAP_SYS_ADMIN`; none moves the calling thread.
#[derive(Debug, Default)]
#[non_exhaustive]
pub enum NamespaceSource {
    /// The calling thread's.
    #[default]
    Current,
    /// That of a file, such as `/run/netns/blue` or `/proc/1/ns/net`.
    Path(PathBuf),
    /// That of an open file.
    Fd(OwnedFd),
    /// A new, empty one, in which not even `lo` is up. It lives as long as the
    /// client, or whatever else is put into it: see [`Client::namespace`](crate::Client::namespace).
    New,
}

/// Who judges what is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Checks {
    /// This library, which names the field, then the kernel.
    #[default]
    Full,
    /// The kernel alone, which says `EINVAL` to many mistakes and accepts as
    /// many: for tools that must behave as the kernel does, and for sending
    /// back what was read.
    Kernel,
}
