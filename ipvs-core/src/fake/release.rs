//! What a kernel does by its release, each difference as one question.

use std::fmt;
use std::str::FromStr;

use crate::Error;

/// An exact release of the Linux kernel, such as 6.12.107.
///
/// Stable releases matter: fixes that change what the interface answers reach an old
/// branch late or never. The constants are the releases that the fake was compared with,
/// answer by answer; what lies between follows the history of the kernel.
///
/// ```
/// use ipvs_core::fake::Release;
///
/// let release: Release = "6.1.176".parse()?;
/// assert_eq!(release, Release::V6_1);
/// assert!(release < Release::V6_12);
/// # Ok::<(), ipvs_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Release {
    /// The first number.
    pub major: u16,
    /// The second number; with the first it names the branch.
    pub minor: u16,
    /// The third number: the stable release of the branch.
    pub patch: u16,
}

impl Release {
    /// 5.10.223, of Debian 11.
    pub const V5_10: Release = Release::new(5, 10, 223);
    /// 6.1.176, of Debian 12.
    pub const V6_1: Release = Release::new(6, 1, 176);
    /// 6.12.107, of Debian 13.
    pub const V6_12: Release = Release::new(6, 12, 107);
    /// 7.2.13, the newest one compared.
    pub const V7_2: Release = Release::new(7, 2, 13);

    /// The release of three numbers.
    #[must_use]
    pub const fn new(major: u16, minor: u16, patch: u16) -> Self {
        Release {
            major,
            minor,
            patch,
        }
    }

    fn is_at_least(self, major: u16, minor: u16) -> bool {
        (self.major, self.minor) >= (major, minor)
    }

    /// Asking for the family loads `ip_vs`.
    pub(super) fn loads_ipvs_on_demand(self) -> bool {
        self.is_at_least(5, 16)
    }

    /// Sending nothing at all is `ENODATA`: a fix of 2021, which old branches got in their
    /// stable releases.
    pub(super) fn refuses_empty_sends(self) -> bool {
        match (self.major, self.minor) {
            (5, 10) => self.patch >= 88,
            (5, 15) => self.patch >= 11,
            _ => self.is_at_least(5, 16),
        }
    }

    /// Each namespace has tables of its own, which grow: the services of both kinds are in one,
    /// and `CONN_TAB_SIZE` is the present size of the other, 0 before the first service.
    pub(super) fn has_growing_tables(self) -> bool {
        self.is_at_least(7, 1)
    }

    /// An upper threshold beyond `int` is `EINVAL`: a fix of 2026, which old branches got
    /// in their stable releases.
    pub(super) fn refuses_high_thresholds(self) -> bool {
        match (self.major, self.minor) {
            (6, 1) => self.patch >= 192,
            (6, 12) => self.patch >= 107,
            _ => self.is_at_least(7, 1),
        }
    }

    /// The number of the first family that is registered after those that are always there:
    /// on the kernels compared, that of IPVS when it is loaded for the first time.
    pub(super) fn first_family(self) -> u16 {
        match (self.major, self.minor) {
            (..=5, _) => 29,
            (6, ..=5) => 32,
            (6, _) => 35,
            _ => 37,
        }
    }

    /// The headers of a command that is younger than the check are checked.
    pub(super) fn checks_headers(self) -> bool {
        self.is_at_least(6, 1)
    }

    /// Who lacks the privilege learns that before he learns that a command cannot be asked
    /// this way.
    pub(super) fn asks_for_privileges_first(self) -> bool {
        !self.is_at_least(6, 2)
    }

    /// The controller says of commands that only list that they have a policy.
    pub(super) fn lists_have_policies(self) -> bool {
        !self.is_at_least(6, 2)
    }

    /// The controller tells 0 for the number of a command of its own that only lists, where it
    /// tells that command's policy.
    pub(super) fn forgets_commands_that_list(self) -> bool {
        self.is_at_least(6, 2) && !self.is_at_least(7, 0)
    }

    /// A short answer gets a piece of memory of this size from a place of its own, when it
    /// fits, and not the next power of two.
    pub(super) fn small_allocation(self) -> Option<usize> {
        self.is_at_least(6, 3).then_some(704)
    }

    /// A datagram counts before it is decided whether it is queued, and must not overrun the
    /// receive buffer unless that is empty. Before, the buffer had to be overrun already. A
    /// fix of 2025, which old branches got in their stable releases.
    pub(super) fn counts_before_it_queues(self) -> bool {
        match (self.major, self.minor) {
            (5, 10) => self.patch >= 240,
            (5, 15) => self.patch >= 189,
            (6, 1) => self.patch >= 146,
            (6, 6) => self.patch >= 99,
            (6, 12) => self.patch >= 39,
            _ => self.is_at_least(6, 16),
        }
    }

    /// A negative number is `EINVAL` where the kernel counts without a sign; before it was taken,
    /// and nothing done.
    pub(super) fn refuses_negative_lengths(self) -> bool {
        self.is_at_least(6, 1)
    }

    /// The lowest address of a network is a broadcast address too.
    pub(super) fn broadcasts_to_the_lowest_address(self) -> bool {
        !self.is_at_least(5, 14)
    }

    /// It has what came with the release of these numbers.
    pub(super) fn has(self, (major, minor, patch): (u8, u8, u8)) -> bool {
        self >= Release::new(major.into(), minor.into(), patch.into())
    }

    /// Whether the kernel's sources have a module of this name.
    pub(super) fn knows_module(self, name: &str) -> bool {
        name != "ip_vs_twos" || self.is_at_least(5, 12)
    }
}

/// `6.12.107`
impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Release {
            major,
            minor,
            patch,
        } = self;
        f.pad(&format!("{major}.{minor}.{patch}"))
    }
}

/// Two or three numbers: `6.12.107`, `6.12`.
impl FromStr for Release {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let numbers: Option<Vec<u16>> = text.split('.').map(|word| word.parse().ok()).collect();
        match numbers.as_deref() {
            Some(&[major, minor]) => Ok(Release::new(major, minor, 0)),
            Some(&[major, minor, patch]) => Ok(Release::new(major, minor, patch)),
            _ => Err(Error::parse("release", text, "such as 6.12.107")),
        }
    }
}
