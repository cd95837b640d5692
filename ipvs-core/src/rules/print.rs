//! Changes and tables as lines.

use std::fmt;
use std::net::IpAddr;

use crate::{Change, Error, Protocol};

/// How lines are written. By default with numbers, and such that everything
/// survives: what a line can't say is an error that names the field.
#[derive(Clone, Copy, Default)]
pub struct Format<'a> {
    extras: bool,
    original: bool,
    endpoints: Option<&'a Endpoints<'a>>,
}

/// Writes an address and a port of a protocol as one word, such as `web:http`.
pub type Endpoints<'a> = dyn Fn(IpAddr, u16, Protocol) -> String + 'a;

impl fmt::Debug for Format<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Format")
            .field("extras", &self.extras)
            .field("original", &self.original)
            .field("endpoints", &self.endpoints.is_some())
            .finish()
    }
}

impl<'a> Format<'a> {
    /// With every default.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With a table's time-outs and daemons, as `--set` and `--start-daemon`.
    #[must_use]
    pub fn with_extras(mut self) -> Self {
        self.extras = true;
        self
    }

    /// Exactly as `ipvsadm -S` writes a table: what that drops is dropped.
    #[must_use]
    pub fn as_original(mut self) -> Self {
        self.original = true;
        self
    }

    /// With the addresses and ports as this function writes them.
    #[must_use]
    pub fn with_endpoints(mut self, endpoints: &'a Endpoints<'a>) -> Self {
        self.endpoints = Some(endpoints);
        self
    }

    /// The line of a change, without a line end.
    ///
    /// # Errors
    ///
    /// `InvalidInput` with the field that no line can say.
    pub fn line(&self, change: &Change) -> Result<String, Error> {
        Err(Error::new(
            crate::ErrorKind::InvalidInput,
            change.op(),
            "no line says it",
        ))
    }
}
