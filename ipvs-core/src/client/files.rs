//! The files of a network namespace, of this machine or of one that tests make up.

use std::io::{self, Read};

use ipvs_sys::netns::Namespace;

/// Those below `/proc/net` and `/proc/sys/net`.
pub(crate) trait Files {
    /// A file of `/proc/net`, opened for reading.
    fn open(&self, name: &str) -> io::Result<Box<dyn Read + Send>>;

    /// The text of a sysctl, by its path below `/proc/sys/net`.
    fn read_sysctl(&self, path: &str) -> io::Result<Vec<u8>>;

    /// Writes a sysctl, wholly or not at all.
    fn write_sysctl(&self, path: &str, text: &[u8]) -> io::Result<()>;
}

impl Files for Namespace {
    fn open(&self, name: &str) -> io::Result<Box<dyn Read + Send>> {
        Ok(Box::new(self.file(name)?))
    }

    fn read_sysctl(&self, path: &str) -> io::Result<Vec<u8>> {
        Namespace::read_sysctl(self, path)
    }

    fn write_sysctl(&self, path: &str, text: &[u8]) -> io::Result<()> {
        Namespace::write_sysctl(self, path, text)
    }
}
