//! Writing attributes.

use ipvs_sys::netlink::NLA_HDRLEN;

use super::aligned;
use super::fixed::{self, Word};
use crate::wire::WireError;

/// Appends what `body` writes to `out`, wholly or not at all.
///
/// # Errors
///
/// What `body` returns, else [`WireError::TooLarge`] when something it wrote
/// did not fit. `out` is then as it was before.
///
/// ```
/// use ipvs_core::wire::WireError;
/// use ipvs_core::wire::attr::build;
///
/// let mut bytes = b"kept".to_vec();
/// let refused = build(&mut bytes, |attrs| {
///     attrs.u32(1, 7);
///     attrs.bytes(2, &[0; 70_000]);
///     Ok(())
/// });
/// assert_eq!(refused, Err(WireError::TooLarge { size: 70_004 }));
/// assert_eq!(bytes, b"kept");
/// ```
pub fn build<E: From<WireError>>(
    out: &mut Vec<u8>,
    body: impl FnOnce(&mut Builder<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let start = out.len();
    let mut builder = Builder {
        out,
        start,
        refused: None,
    };
    let written = body(&mut builder);
    let written = match builder.refused {
        Some(refused) => written.and_then(|()| Err(refused.into())),
        None => written,
    };
    if written.is_err() {
        out.truncate(start);
    }
    written
}

/// Appends attributes to a buffer, each padded with zeros to four bytes.
///
/// Its methods return nothing, so that a request reads as the list of its
/// attributes. An attribute that doesn't fit is never shortened: the builder
/// remembers it, and whoever handed the builder out ([`build()`],
/// [`message::write`], [`Exchange::push`]) returns the error and takes back
/// everything that was written.
///
/// [`message::write`]: crate::wire::message::write
/// [`Exchange::push`]: crate::wire::exchange::Exchange::push
#[derive(Debug)]
pub struct Builder<'b> {
    out: &'b mut Vec<u8>,
    /// Where it began to write: alignment counts from there.
    start: usize,
    refused: Option<WireError>,
}

impl Builder<'_> {
    /// One byte.
    #[inline]
    pub fn u8(&mut self, kind: u16, value: u8) {
        self.all(&[fixed::u8(kind, value)]);
    }

    /// 16 bits in the machine's order.
    #[inline]
    pub fn u16(&mut self, kind: u16, value: u16) {
        self.all(&[fixed::u16(kind, value)]);
    }

    /// 32 bits in the machine's order.
    #[inline]
    pub fn u32(&mut self, kind: u16, value: u32) {
        self.all(&[fixed::u32(kind, value)]);
    }

    /// 64 bits in the machine's order.
    #[inline]
    pub fn u64(&mut self, kind: u16, value: u64) {
        self.bytes(kind, &value.to_ne_bytes());
    }

    /// 16 bits in network order: a port, mostly.
    #[inline]
    pub fn be16(&mut self, kind: u16, value: u16) {
        self.all(&[fixed::be16(kind, value)]);
    }

    /// 32 bits in network order: an IPv4 address or mask.
    #[inline]
    pub fn be32(&mut self, kind: u16, value: u32) {
        self.all(&[fixed::be32(kind, value)]);
    }

    /// Bytes as they are; at most 65,531.
    #[inline]
    pub fn bytes(&mut self, kind: u16, value: &[u8]) {
        self.nest(kind, |attr| attr.raw(value));
        self.pad();
    }

    /// `text` and the NUL that ends it. A NUL within `text` would end it for
    /// the kernel: it is the caller's to refuse.
    #[inline]
    pub fn string(&mut self, kind: u16, text: impl AsRef<[u8]>) {
        let text = text.as_ref();
        let size = NLA_HDRLEN + text.len() + 1;
        let Ok(length) = u16::try_from(size) else {
            return self.refuse(WireError::TooLarge { size });
        };
        self.raw(&fixed::header(kind, length));
        self.raw(text);
        let nul_and_padding = aligned(size) - size + 1;
        self.raw([0; 4].get(..nul_and_padding).unwrap_or_default());
    }

    /// An attribute made of those that `body` writes (each is padded, so this one needs no
    /// padding), and what `body` returns.
    /// The nested flag is not set: IPVS takes nests with and without it, and
    /// writes them without.
    ///
    /// ```
    /// use ipvs_core::wire::WireError;
    /// use ipvs_core::wire::attr::{Attrs, build};
    ///
    /// let mut bytes = Vec::new();
    /// build(&mut bytes, |attrs| {
    ///     attrs.nest(1, |service| service.u16(1, 2));
    ///     Ok::<_, WireError>(())
    /// })?;
    /// let service = Attrs::new(&bytes).next().unwrap()?;
    /// let family = service.nested().next().unwrap()?;
    /// assert_eq!(family.u16("IPVS_SVC_ATTR_AF")?, 2);
    /// # Ok::<_, WireError>(())
    /// ```
    #[inline(always)]
    pub fn nest<R>(&mut self, kind: u16, body: impl FnOnce(&mut Self) -> R) -> R {
        let start = self.out.len();
        self.raw(&fixed::header(kind, 0));
        let result = body(self);
        let size = self.out.len() - start;
        match u16::try_from(size) {
            Ok(length) => self.patch(start, length.to_ne_bytes()),
            Err(_) => self.refuse(WireError::TooLarge { size }),
        }
        result
    }

    /// Attributes of one length, made by [`fixed`].
    #[inline]
    pub(in crate::wire) fn all<const W: usize, const N: usize>(&mut self, attrs: &[[Word; W]; N]) {
        self.raw(attrs.as_flattened().as_flattened());
    }

    /// Bytes that are no attribute: the headers in front of the attributes,
    /// or an errno. The caller keeps the alignment.
    #[inline]
    pub fn raw(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    /// Makes the whole message fail with `refused`, unless it does already.
    pub(in crate::wire) fn refuse(&mut self, refused: WireError) {
        self.refused.get_or_insert(refused);
    }

    /// How long the buffer is, whoever wrote it.
    pub(in crate::wire) fn position(&self) -> usize {
        self.out.len()
    }

    /// Writes over what is at `position`: a length that is known only now.
    #[inline]
    pub(in crate::wire) fn patch<const N: usize>(&mut self, position: usize, bytes: [u8; N]) {
        let slot = self.out.get_mut(position..);
        match slot.and_then(|slot| slot.first_chunk_mut()) {
            Some(slot) => *slot = bytes,
            None => self.refuse(WireError::TooLarge { size: position }),
        }
    }

    /// Zeros up to the next multiple of four.
    #[inline]
    pub(in crate::wire) fn pad(&mut self) {
        let written = self.out.len() - self.start;
        let padded = aligned(written);
        if padded > written {
            self.out.resize(self.start + padded, 0);
        }
    }
}
