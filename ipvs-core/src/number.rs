//! Numbers of which the kernel keeps any and some have a name.

/// Gives a newtype over a kernel number its names: `Display` prints the name, or
/// the number where there is none, and `FromStr` reads both.
macro_rules! named_number {
    ($type:ident, $what:literal, $expected:literal, $new:expr, { $($constant:ident $name:literal,)* }) => {
        impl $type {
            const NAMES: &[(&str, $type)] = &[$(($name, $type::$constant),)*];

            /// Whether it is one of the constants.
            #[must_use]
            pub fn is_known(self) -> bool {
                Self::NAMES.iter().any(|(_, known)| *known == self)
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match Self::NAMES.iter().find(|(_, known)| known == self) {
                    Some((name, _)) => f.pad(name),
                    None => f.pad(&self.0.to_string()),
                }
            }
        }

        impl std::fmt::Debug for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($type), "({})"), self)
            }
        }

        /// A name in any case, or a decimal number.
        impl std::str::FromStr for $type {
            type Err = $crate::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let named = Self::NAMES
                    .iter()
                    .find(|(name, _)| name.eq_ignore_ascii_case(text))
                    .map(|(_, known)| *known);
                named
                    .or_else(|| $crate::number::decimal(text).and_then($new))
                    .ok_or_else(|| $crate::Error::parse($what, text, $expected))
            }
        }
    };
}
pub(crate) use named_number;

/// A decimal number and nothing else: no sign, no blanks.
pub(crate) fn decimal<T: std::str::FromStr>(text: &str) -> Option<T> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok())?
}
