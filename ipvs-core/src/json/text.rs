//! Values that are text, lists of words or numbers in JSON.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;
use std::time::Duration;

use serde::de::{Error as _, Visitor};
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::procfs::{ConnectionState, Origin};
use crate::{
    DaemonRole, Error, Family, ForwardMethod, InterfaceName, IpvsVersion, Netmask,
    PersistenceEngine, Protocol, Scheduler, ServiceFlags, StatsWidth, TunnelFlags, TunnelKind,
    name,
};

/// Reads text by `FromStr`.
struct Text<T>(PhantomData<T>);

impl<T: FromStr<Err = Error>> Visitor<'_> for Text<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
        text.parse()
            .map_err(|error: Error| E::custom(error.cause()))
    }
}

/// What people type: `Display` and `FromStr`.
macro_rules! as_text {
    ($($type:ty)*) => {$(
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str(Text(PhantomData))
            }
        }
    )*};
}

as_text! {
    ConnectionState DaemonRole Family ForwardMethod InterfaceName IpvsVersion Netmask Origin
    PersistenceEngine Protocol Scheduler TunnelKind
}

/// A list with the name of each flag that is set, the unknown ones together as `0x…`.
macro_rules! as_words {
    ($($type:ty: $joint:literal)*) => {$(
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let words = self.to_string();
                serializer.collect_seq(words.split($joint).filter(|_| !self.is_empty()))
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let words = Vec::<Word<Self, $joint>>::deserialize(deserializer)?;
                Ok(words.iter().fold(Self::empty(), |flags, word| flags | word.0))
            }
        }
    )*};
}

as_words! { ServiceFlags: ',' TunnelFlags: '+' }

/// One word of flags, and not several in one.
struct Word<T, const JOINT: char>(T);

impl<'de, T: FromStr<Err = Error>, const JOINT: char> Deserialize<'de> for Word<T, JOINT> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        if word.contains(JOINT) {
            return Err(D::Error::custom(format_args!(
                "{word:?} is more than one word"
            )));
        }
        let flag = word
            .parse()
            .map_err(|error: Error| D::Error::custom(error.cause()));
        flag.map(Word)
    }
}

/// A whole number of seconds.
pub(super) struct Seconds(pub(super) Duration);

impl Serialize for Seconds {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.subsec_nanos() {
            0 => serializer.serialize_u64(self.0.as_secs()),
            _ => Err(S::Error::custom(format_args!(
                "{:?} is not in whole seconds",
                self.0
            ))),
        }
    }
}

impl<'de> Deserialize<'de> for Seconds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        u64::deserialize(deserializer).map(|seconds| Seconds(Duration::from_secs(seconds)))
    }
}

/// Bytes as the text that names have: what is not printable as `\xNN`.
pub(super) struct Bytes(pub(super) Vec<u8>);

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        name::escape(&self.0, f)
    }
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Ok(Bytes(name::unescape(&text)))
    }
}

/// The number of bits: 64 or 32.
impl Serialize for StatsWidth {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(match self {
            StatsWidth::Bits64 => 64,
            StatsWidth::Bits32 => 32,
        })
    }
}

impl<'de> Deserialize<'de> for StatsWidth {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u64::deserialize(deserializer)? {
            64 => Ok(StatsWidth::Bits64),
            32 => Ok(StatsWidth::Bits32),
            bits => Err(D::Error::custom(format_args!(
                "{bits} is neither 64 nor 32"
            ))),
        }
    }
}
