//! Netlink attributes: type, length, value; one after the other, or nested.
//!
//! [`Attrs`] reads them in place and [`Builder`] appends them to a buffer.
//! Neither allocates for an attribute.

mod build;
pub(super) mod fixed;
#[cfg(test)]
mod tests;

use ipvs_sys::netlink::{NLA_ALIGNTO, NLA_HDRLEN, NLA_TYPE_MASK};

use super::WireError;

pub use build::{Builder, build};

/// The attributes of a message or of a nest, in the order they came.
///
/// Each length is checked before anything is read by it. One that is below
/// the header's four bytes or beyond the end is an error, and the last item:
/// where the next attribute begins can't be known then. One to three bytes
/// left at the end are padding.
///
/// A kernel newer than this code sends attributes it doesn't know, and of
/// duplicates the last counts. A loop that matches does both by itself:
///
/// ```
/// use ipvs_core::wire::WireError;
/// use ipvs_core::wire::attr::Attrs;
///
/// fn timeout(attributes: &[u8]) -> Result<u32, WireError> {
///     let mut timeout = None;
///     for attr in Attrs::new(attributes) {
///         let attr = attr?;
///         match attr.kind {
///             8 => timeout = Some(attr.u32("IPVS_SVC_ATTR_TIMEOUT")?),
///             _ => {}
///         }
///     }
///     timeout.ok_or(WireError::MissingAttribute { name: "IPVS_SVC_ATTR_TIMEOUT" })
/// }
///
/// let mut bytes = Vec::new();
/// ipvs_core::wire::attr::build(&mut bytes, |attrs| {
///     attrs.u32(8, 10);
///     attrs.u16(999, 0); // of a kernel to come
///     attrs.u32(8, 600);
///     Ok::<_, WireError>(())
/// })?;
/// assert_eq!(timeout(&bytes), Ok(600));
/// assert!(timeout(&bytes[..8]) == Ok(10) && timeout(&bytes[..7]).is_err());
/// # Ok::<_, WireError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Attrs<'a> {
    rest: &'a [u8],
}

impl<'a> Attrs<'a> {
    /// The attributes in `bytes`: a message's behind its headers, or a nest's
    /// payload.
    #[must_use]
    #[inline]
    pub fn new(bytes: &'a [u8]) -> Self {
        Attrs { rest: bytes }
    }

    /// The value of the next one, if that is of this kind and has exactly `N` bytes.
    ///
    /// For who knows in which order the kernel writes: to compare one header takes a
    /// third of the instructions of reading any. `None` says nothing of what is there.
    #[inline]
    pub(super) fn expect<const N: usize>(&mut self, kind: u16) -> Option<[u8; N]> {
        let length = NLA_HDRLEN + N;
        let (header, rest) = self.rest.split_first_chunk::<NLA_HDRLEN>()?;
        if *header != fixed::header(kind, u16::try_from(length).ok()?) {
            return None;
        }
        let value = *rest.first_chunk::<N>()?;
        self.rest = rest.get(aligned(N)..)?;
        Some(value)
    }

    /// Whether there are no more.
    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }
}

impl<'a> Iterator for Attrs<'a> {
    type Item = Result<Attr<'a>, WireError>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let Some((length, kind)) = parse_header(self.rest) else {
            self.rest = &[];
            return None;
        };
        let declared = usize::from(length);
        let kind = kind & NLA_TYPE_MASK;
        let Some(payload) = self.rest.get(NLA_HDRLEN..declared) else {
            let available = self.rest.len();
            self.rest = &[];
            return Some(Err(WireError::MalformedAttribute {
                kind,
                declared,
                available,
            }));
        };
        // The last one may come without its padding.
        self.rest = self.rest.get(aligned(declared)..).unwrap_or_default();
        Some(Ok(Attr { kind, payload }))
    }
}

impl std::iter::FusedIterator for Attrs<'_> {}

/// The length, header included, and the number with its flags.
#[inline]
fn parse_header(bytes: &[u8]) -> Option<(u16, u16)> {
    let header = bytes.first_chunk::<NLA_HDRLEN>()?;
    let (length, kind) = (header.first_chunk()?, header.last_chunk()?);
    Some((u16::from_ne_bytes(*length), u16::from_ne_bytes(*kind)))
}

/// Rounded up to the multiple of four where the next one begins, message or
/// attribute.
#[inline]
pub(super) fn aligned(length: usize) -> usize {
    length.saturating_add(NLA_ALIGNTO - 1) & !(NLA_ALIGNTO - 1)
}

/// One attribute. Its readers take the attribute's name, for the error.
///
/// Integers are read from their first bytes, whatever follows, as the kernel
/// reads them; at any alignment. Which of them are in network order is said
/// by the reader's name: `be16` and `be32`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attr<'a> {
    /// The number, without the flags that may ride on it (nested, network
    /// byte order): the kernel sets them or not, and means the same.
    pub kind: u16,
    /// The value's bytes.
    pub payload: &'a [u8],
}

impl<'a> Attr<'a> {
    /// One byte.
    ///
    /// # Errors
    ///
    /// Like every reader of a number: [`WireError::ShortAttribute`].
    #[inline]
    pub fn u8(self, name: &'static str) -> Result<u8, WireError> {
        self.first(name).map(u8::from_ne_bytes)
    }

    /// 16 bits in the machine's order.
    #[inline]
    pub fn u16(self, name: &'static str) -> Result<u16, WireError> {
        self.first(name).map(u16::from_ne_bytes)
    }

    /// 32 bits in the machine's order.
    #[inline]
    pub fn u32(self, name: &'static str) -> Result<u32, WireError> {
        self.first(name).map(u32::from_ne_bytes)
    }

    /// 64 bits in the machine's order.
    #[inline]
    pub fn u64(self, name: &'static str) -> Result<u64, WireError> {
        self.first(name).map(u64::from_ne_bytes)
    }

    /// 16 bits in network order: a port, mostly.
    #[inline]
    pub fn be16(self, name: &'static str) -> Result<u16, WireError> {
        self.first(name).map(u16::from_be_bytes)
    }

    /// 32 bits in network order: an IPv4 address or mask.
    #[inline]
    pub fn be32(self, name: &'static str) -> Result<u32, WireError> {
        self.first(name).map(u32::from_be_bytes)
    }

    /// At most `limit` bytes.
    ///
    /// # Errors
    ///
    /// [`WireError::LongAttribute`].
    #[inline]
    pub fn bytes(self, name: &'static str, limit: usize) -> Result<&'a [u8], WireError> {
        let length = self.payload.len();
        if length > limit {
            return Err(WireError::LongAttribute {
                name,
                length,
                limit,
            });
        }
        Ok(self.payload)
    }

    /// Exactly `N` bytes: an IPv6 address, say.
    ///
    /// # Errors
    ///
    /// [`WireError::ShortAttribute`], [`WireError::LongAttribute`].
    #[inline]
    pub fn array<const N: usize>(self, name: &'static str) -> Result<[u8; N], WireError> {
        self.bytes(name, N)?;
        self.first(name)
    }

    /// A string of at most `limit` bytes before the NUL that ends it; what
    /// follows the NUL does not count. Which bytes make up a good string is
    /// the caller's to say.
    ///
    /// # Errors
    ///
    /// [`WireError::LongAttribute`] when there are more bytes than `limit`
    /// before the NUL, or no NUL and more bytes than `limit`;
    /// [`WireError::UnterminatedString`] when only the NUL is missing.
    #[inline]
    pub fn string(self, name: &'static str, limit: usize) -> Result<&'a [u8], WireError> {
        let end = self.payload.iter().position(|&byte| byte == 0);
        let text = end.map_or(Some(self.payload), |end| self.payload.get(..end));
        let text = Attr {
            payload: text.unwrap_or_default(),
            ..self
        };
        let text = text.bytes(name, limit)?;
        match end {
            Some(_) => Ok(text),
            None => Err(WireError::UnterminatedString { name }),
        }
    }

    /// The attributes inside of a nest.
    #[must_use]
    #[inline]
    pub fn nested(self) -> Attrs<'a> {
        Attrs::new(self.payload)
    }

    #[inline]
    fn first<const N: usize>(self, name: &'static str) -> Result<[u8; N], WireError> {
        match self.payload.first_chunk() {
            Some(bytes) => Ok(*bytes),
            None => Err(short(name, self.payload.len(), N)),
        }
    }
}

// Out of the way of the loops that read a dump.
#[cold]
fn short(name: &'static str, length: usize, needed: usize) -> WireError {
    WireError::ShortAttribute {
        name,
        length,
        needed,
    }
}
