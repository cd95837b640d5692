//! What the kernel says of its IPVS.

use std::fmt;
use std::str::FromStr;

use crate::Error;
use crate::number::decimal;

/// The kernel's IPVS: its version and its connection table's size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[doc(alias = "IPVS_CMD_GET_INFO")]
pub struct Info {
    /// IPVS's own version: 1.2.1 in every kernel since 2008. It tells nothing of features.
    #[doc(alias = "IPVS_INFO_ATTR_VERSION")]
    pub version: IpvsVersion,
    /// The hash table's size in buckets. Up to Linux 7.0 fixed when the module
    /// is loaded (default 4096); since 7.1 the namespace's present size, 0
    /// before its first service.
    #[doc(alias = "IPVS_INFO_ATTR_CONN_TAB_SIZE")]
    pub connection_table_size: u32,
}

impl Info {
    /// What the kernel would say: for tests of what reads it.
    #[must_use]
    pub fn new(version: IpvsVersion, connection_table_size: u32) -> Self {
        Info {
            version,
            connection_table_size,
        }
    }
}

/// A version of IPVS. As text: `1.2.1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IpvsVersion {
    /// The first number.
    pub major: u8,
    /// The second number.
    pub minor: u8,
    /// The third number.
    pub patch: u8,
}

impl IpvsVersion {
    /// The version of the kernel's number, such as 0x010201. Its high byte is not used.
    #[must_use]
    pub const fn from_code(code: u32) -> Self {
        let [_, major, minor, patch] = code.to_be_bytes();
        IpvsVersion {
            major,
            minor,
            patch,
        }
    }
}

impl fmt::Display for IpvsVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}.{}.{}", self.major, self.minor, self.patch))
    }
}

impl FromStr for IpvsVersion {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let mut parts = text.splitn(3, '.').map(decimal);
        let mut next = || parts.next().flatten();
        match (next(), next(), next()) {
            (Some(major), Some(minor), Some(patch)) => Ok(IpvsVersion {
                major,
                minor,
                patch,
            }),
            _ => Err(Error::parse("IPVS version", text, "such as 1.2.1")),
        }
    }
}
