//! Short names that the kernel keeps in fixed arrays: schedulers, persistence
//! engines, interfaces.

use std::fmt;

/// Between one and `N` bytes without a NUL, kept inline.
///
/// The kernel takes any byte (an interface may be called `\xff`), so a name is
/// bytes; text shows blanks and what is not printable as `\xNN`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Name<const N: usize> {
    // The zero padding behind the name makes the derived comparisons right.
    bytes: [u8; N],
}

impl<const N: usize> Name<N> {
    pub(crate) fn new(name: &[u8]) -> Option<Self> {
        if name.is_empty() || name.contains(&0) {
            return None;
        }
        let mut bytes = [0; N];
        bytes.get_mut(..name.len())?.copy_from_slice(name);
        Some(Name { bytes })
    }

    /// For the constants of this crate: one that is too long does not compile.
    #[allow(clippy::indexing_slicing, reason = "evaluated by the compiler only")]
    pub(crate) const fn literal(name: &str) -> Self {
        let name = name.as_bytes();
        let mut bytes = [0; N];
        let mut index = 0;
        while index < name.len() {
            bytes[index] = name[index];
            index += 1;
        }
        Name { bytes }
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.bytes.split(|byte| *byte == 0).next().unwrap_or(&[])
    }

    /// What `Display` prints, back into a name.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Name::new(&unescape(text))
    }
}

impl<const N: usize> fmt::Display for Name<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        escape(self.as_bytes(), &mut text)?;
        f.pad(&text)
    }
}

/// Writes bytes as text: blanks, backslashes and what is not printable as `\xNN`.
pub(crate) fn escape(bytes: &[u8], text: &mut impl fmt::Write) -> fmt::Result {
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            if character.is_control() || character.is_whitespace() || character == '\\' {
                let mut utf8 = [0; 4];
                for byte in character.encode_utf8(&mut utf8).bytes() {
                    write!(text, "\\x{byte:02x}")?;
                }
            } else {
                text.write_char(character)?;
            }
        }
        for byte in chunk.invalid() {
            write!(text, "\\x{byte:02x}")?;
        }
    }
    Ok(())
}

/// What [`escape`] prints, back into bytes. A backslash without `xNN` is one.
pub(crate) fn unescape(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let escaped = match rest {
            [b'\\', b'x', high, low, after @ ..] => digit(*high)
                .zip(digit(*low))
                .map(|(high, low)| (high << 4 | low, after)),
            _ => None,
        };
        let (byte, after) = escaped.unwrap_or((*first, after));
        bytes.push(byte);
        rest = after;
    }
    bytes
}

/// A hexadecimal digit's value.
fn digit(byte: u8) -> Option<u8> {
    u8::try_from(char::from(byte).to_digit(16)?).ok()
}

/// Wraps a [`Name`] as a public type of its own.
macro_rules! name_type {
    ($(#[$doc:meta])* $type:ident, $max:literal, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $type($crate::name::Name<$max>);

        impl $type {
            /// The longest name in bytes, without the NUL that the kernel adds.
            pub const MAX_LENGTH: usize = $max;

            /// A name of 1 to [`MAX_LENGTH`](Self::MAX_LENGTH) bytes without a NUL; `None` if
            /// it isn't that. Whether it is a name that can be sent is checked when it is sent.
            #[must_use]
            pub fn from_bytes(name: &[u8]) -> Option<Self> {
                $crate::name::Name::new(name).map($type)
            }

            /// The name as the kernel holds it, without the NUL.
            #[must_use]
            pub fn as_bytes(&self) -> &[u8] {
                self.0.as_bytes()
            }
        }

        /// The name; bytes that are no UTF-8, blanks, control characters and backslashes as `\xNN`.
        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(&self.0, f)
            }
        }

        impl std::fmt::Debug for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($type), "({})"), self.0)
            }
        }

        /// What `Display` prints.
        impl std::str::FromStr for $type {
            type Err = $crate::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $crate::name::Name::parse(text).map($type).ok_or_else(|| {
                    let expected = concat!("a name of 1 to ", stringify!($max), " bytes");
                    $crate::Error::parse($what, text, expected)
                })
            }
        }
    };
}
pub(crate) use name_type;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_fits_or_is_none() {
        assert!(Name::<4>::new(b"").is_none());
        assert!(Name::<4>::new(b"a\0b").is_none());
        assert!(Name::<4>::new(b"abcde").is_none());
        assert_eq!(Name::<4>::new(b"abcd").unwrap().as_bytes(), b"abcd");
        assert_eq!(Name::<4>::literal("ab").as_bytes(), b"ab");
    }

    #[test]
    fn unprintable_bytes_are_escaped_and_read_back() {
        for (bytes, text) in [
            (&b"\xff\\x"[..], "\\xff\\x5cx"),
            (b"e\x07h", "e\\x07h"),
            ("é".as_bytes(), "é"),
            ("\u{85}".as_bytes(), "\\xc2\\x85"),
        ] {
            let name = Name::<8>::new(bytes).unwrap();
            assert_eq!(name.to_string(), text);
            assert!(Name::<8>::parse(text) == Some(name));
        }
        for text in ["\\", "\\x", "\\x4", "\\x4g", "\\xg4", "x41"] {
            assert_eq!(unescape(text), text.as_bytes());
        }
        assert_eq!(unescape("\\x4A\\x4b"), b"JK");
        assert_eq!(format!("[{:<6}]", Name::<8>::literal("rr")), "[rr    ]");
    }
}
