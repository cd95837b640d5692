//! How each kind of value is read from a line's words, and written.

use std::marker::PhantomData;
use std::net::IpAddr;
use std::str::FromStr;

use ipvs_core::rules::Names;
use ipvs_core::{InterfaceName, Netmask, Protocol, Scheduler};

use super::findings::{Fault, Findings, Mistake};
use super::lines::Word;
use super::model::{self, Alias};
use super::text;

/// The most letters that the originals kept of what is sent and expected.
const MAX_TEXT: usize = 255;

/// The values of a key, and what reading them needs.
pub(super) struct Reading<'a> {
    pub(super) key: &'a Word,
    /// At least one.
    pub(super) values: &'a [Word],
    /// The block's protocol, which decides what the name of a port stands for.
    pub(super) protocol: Protocol,
    pub(super) names: &'a dyn Names,
    pub(super) findings: &'a mut Findings,
}

impl Reading<'_> {
    /// The only word; two are too many.
    fn word(&self) -> Result<&Word, Mistake> {
        match self.values {
            [word] => Ok(word),
            [_, more, ..] => Err(more.mistake(Fault::UnexpectedArguments)),
            [] => Err(self.key.mistake(Fault::MissingArguments)),
        }
    }

    fn warn(&mut self, text: impl Into<String>) {
        let place = self.values.first().unwrap_or(self.key).place;
        self.findings.warn(place, text);
    }

    /// An address, or what the resolver has for a name.
    fn address(&mut self, word: &Word) -> Result<IpAddr, Mistake> {
        let address = word.text.parse().or_else(|_| {
            let known = self.names.address(&word.text);
            known.ok_or_else(|| word.mistake(Fault::InvalidAddress))
        })?;
        if address.to_string() != word.text && word.text.parse::<IpAddr>().is_err() {
            let name = &word.text;
            let text = format!("{name} is {address} now, and the address is what is kept");
            self.findings.warn(word.place, text);
        } else if address.is_ipv6() {
            self.findings
                .warn(word.place, "the originals knew no IPv6 addresses");
        }
        Ok(address)
    }

    fn port(&mut self) -> Result<u16, Mistake> {
        let word = self.word()?;
        if let Ok(number) = integer::<u16>(word) {
            return Ok(number);
        }
        if word.text.bytes().all(|byte| byte.is_ascii_digit()) {
            return integer(word);
        }
        let known = self.names.port(&word.text, self.protocol);
        known.ok_or_else(|| {
            let hint = format!("no port of {} has this name", self.protocol);
            word.mistake(Fault::InvalidArgument).hint(hint)
        })
    }
}

/// One kind of value.
pub(super) trait Codec {
    type Value: PartialEq;

    fn read(reading: &mut Reading<'_>) -> Result<Self::Value, Mistake>;

    /// What stands behind the `=`; `None` when the key is left out.
    fn write(value: &Self::Value) -> Option<String>;
}

fn integer<T: FromStr>(word: &Word) -> Result<T, Mistake> {
    word.text.parse().map_err(|_| {
        let digits = word.text.strip_prefix(['-', '+']).unwrap_or(&word.text);
        if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            word.mistake(Fault::InvalidArgument)
                .hint("it is out of range")
        } else {
            word.mistake(Fault::IntegerExpected)
        }
    })
}

/// A whole number.
pub(super) struct Number<T>(PhantomData<T>);

impl<T: FromStr + PartialEq + ToString> Codec for Number<T> {
    type Value = T;

    fn read(reading: &mut Reading<'_>) -> Result<T, Mistake> {
        integer(reading.word()?)
    }

    fn write(value: &T) -> Option<String> {
        Some(value.to_string())
    }
}

/// What may be left out.
pub(super) struct Maybe<C>(PhantomData<C>);

impl<C: Codec> Codec for Maybe<C> {
    type Value = Option<C::Value>;

    fn read(reading: &mut Reading<'_>) -> Result<Self::Value, Mistake> {
        C::read(reading).map(Some)
    }

    fn write(value: &Self::Value) -> Option<String> {
        C::write(value.as_ref()?)
    }
}

/// A number in bounds.
pub(super) struct Within<const LOW: u16, const HIGH: u16, T>(PhantomData<T>);

impl<const LOW: u16, const HIGH: u16, T> Codec for Within<LOW, HIGH, T>
where
    T: FromStr + PartialEq + ToString + Into<u16> + Copy,
{
    type Value = T;

    fn read(reading: &mut Reading<'_>) -> Result<T, Mistake> {
        let word = reading.word()?;
        let number: T = integer(word)?;
        if (LOW..=HIGH).contains(&number.into()) {
            return Ok(number);
        }
        let hint = format!("it is from {LOW} to {HIGH}");
        Err(word.mistake(Fault::InvalidArgument).hint(hint))
    }

    fn write(value: &T) -> Option<String> {
        Some(value.to_string())
    }
}

/// 0 or 1.
pub(super) struct Flag;

impl Codec for Flag {
    type Value = bool;

    fn read(reading: &mut Reading<'_>) -> Result<bool, Mistake> {
        let word = reading.word()?;
        match word.text.as_str() {
            "0" => Ok(false),
            "1" => Ok(true),
            _ => Err(word.mistake(Fault::BooleanExpected).hint("it is 0 or 1")),
        }
    }

    fn write(value: &bool) -> Option<String> {
        Some(u8::from(*value).to_string())
    }
}

/// The sync daemon's number, of which the originals took the low byte.
pub(super) struct SyncId;

impl Codec for SyncId {
    type Value = u8;

    fn read(reading: &mut Reading<'_>) -> Result<u8, Mistake> {
        let number: u32 = integer(reading.word()?)?;
        let [.., low] = number.to_be_bytes();
        if u32::from(low) != number {
            reading.warn(format!("only the low byte of it counts: {low}"));
        }
        Ok(low)
    }

    fn write(value: &u8) -> Option<String> {
        Some(value.to_string())
    }
}

/// A firewall mark; 0 is none.
pub(super) struct Mark;

impl Codec for Mark {
    type Value = Option<u32>;

    fn read(reading: &mut Reading<'_>) -> Result<Option<u32>, Mistake> {
        let mark: u32 = integer(reading.word()?)?;
        Ok((mark != 0).then_some(mark))
    }

    fn write(value: &Option<u32>) -> Option<String> {
        value.filter(|mark| *mark != 0).map(|mark| mark.to_string())
    }
}

/// An address.
pub(super) struct Address;

impl Codec for Address {
    type Value = IpAddr;

    fn read(reading: &mut Reading<'_>) -> Result<IpAddr, Mistake> {
        let word = reading.word()?.clone();
        reading.address(&word)
    }

    fn write(value: &IpAddr) -> Option<String> {
        Some(value.to_string())
    }
}

/// An address, or 0.0.0.0 for none.
pub(super) struct Node;

impl Codec for Node {
    type Value = Option<IpAddr>;

    fn read(reading: &mut Reading<'_>) -> Result<Option<IpAddr>, Mistake> {
        let address = Address::read(reading)?;
        Ok((!address.is_unspecified()).then_some(address))
    }

    fn write(value: &Option<IpAddr>) -> Option<String> {
        Some(value.map_or_else(|| "0.0.0.0".to_owned(), |address| address.to_string()))
    }
}

/// An address and its device.
pub(super) struct Floating;

impl Codec for Floating {
    type Value = Option<Alias>;

    fn read(reading: &mut Reading<'_>) -> Result<Option<Alias>, Mistake> {
        let (address, device) = match reading.values {
            [address] => (address.clone(), None),
            [address, device] => (address.clone(), Some(interface(device)?)),
            [_, _, more, ..] => return Err(more.mistake(Fault::UnexpectedArguments)),
            [] => return Err(reading.key.mistake(Fault::MissingArguments)),
        };
        if device.is_none() {
            reading.warn("without a device behind it nobody brings this address up");
        }
        let address = reading.address(&address)?;
        Ok(Some(Alias { address, device }))
    }

    fn write(value: &Option<Alias>) -> Option<String> {
        let Alias { address, device } = value.as_ref()?;
        Some(match device {
            Some(device) => format!("{address} {}", write_interface(device)),
            None => address.to_string(),
        })
    }
}

/// The name of an interface, with or without a label.
pub(super) struct Interface;

impl Codec for Interface {
    type Value = InterfaceName;

    fn read(reading: &mut Reading<'_>) -> Result<InterfaceName, Mistake> {
        interface(reading.word()?)
    }

    fn write(value: &InterfaceName) -> Option<String> {
        Some(write_interface(value))
    }
}

fn interface(word: &Word) -> Result<InterfaceName, Mistake> {
    word.text.parse().map_err(|_| {
        let hint = format!("a name of 1 to {} bytes", InterfaceName::MAX_LENGTH);
        word.mistake(Fault::InvalidArgument).hint(hint)
    })
}

/// What a kernel can call an interface may hold quotes and worse.
fn write_interface(name: &InterfaceName) -> String {
    text::word(&name.to_string())
}

/// A netmask of IPv4, or a prefix length of IPv6.
pub(super) struct Mask;

impl Codec for Mask {
    type Value = Option<Netmask>;

    fn read(reading: &mut Reading<'_>) -> Result<Option<Netmask>, Mistake> {
        let word = reading.word()?;
        let mask = word.text.parse::<Netmask>().ok();
        let mask = mask.filter(|mask| match mask {
            Netmask::V4(_) => mask.prefix_length().is_some(),
            Netmask::V6(length) => (1..=128).contains(length),
        });
        mask.map(Some)
            .ok_or_else(|| word.mistake(Fault::BadSubnetMask))
    }

    fn write(value: &Option<Netmask>) -> Option<String> {
        value.map(|mask| mask.to_string())
    }
}

/// The same, where the mask of one address is as good as none.
pub(super) struct GroupMask;

impl Codec for GroupMask {
    type Value = Option<Netmask>;

    fn read(reading: &mut Reading<'_>) -> Result<Option<Netmask>, Mistake> {
        let mask = Mask::read(reading)?;
        Ok(mask.filter(|mask| *mask != Netmask::host(mask.family())))
    }

    fn write(value: &Option<Netmask>) -> Option<String> {
        Mask::write(value)
    }
}

/// A port by number or name.
pub(super) struct Port;

impl Codec for Port {
    type Value = u16;

    fn read(reading: &mut Reading<'_>) -> Result<u16, Mistake> {
        reading.port()
    }

    fn write(value: &u16) -> Option<String> {
        Some(value.to_string())
    }
}

/// A server's port, of which the originals knew numbers only.
pub(super) struct ServerPort;

impl Codec for ServerPort {
    type Value = Option<u16>;

    fn read(reading: &mut Reading<'_>) -> Result<Option<u16>, Mistake> {
        let port = reading.port()?;
        if reading.word()?.text.parse::<u16>().is_err() {
            reading.warn("the originals took only a number for a server's port");
        }
        Ok(Some(port))
    }

    fn write(value: &Option<u16>) -> Option<String> {
        value.map(|port| port.to_string())
    }
}

/// One word, or several in quotes.
pub(super) struct Path;

impl Codec for Path {
    type Value = String;

    fn read(reading: &mut Reading<'_>) -> Result<String, Mistake> {
        Ok(reading.word()?.text.clone())
    }

    fn write(value: &String) -> Option<String> {
        Some(text::word(value))
    }
}

/// The same; empty is none.
pub(super) struct Command;

impl Codec for Command {
    type Value = Option<String>;

    fn read(reading: &mut Reading<'_>) -> Result<Option<String>, Mistake> {
        Path::read(reading).map(some)
    }

    fn write(value: &Option<String>) -> Option<String> {
        value.as_ref().map(|text| text::quote(text))
    }
}

fn some(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

/// What is sent and expected: escapes hold with and without quotes; empty is none.
pub(super) struct Text;

impl Codec for Text {
    type Value = Option<String>;

    fn read(reading: &mut Reading<'_>) -> Result<Option<String>, Mistake> {
        let word = reading.word()?;
        let text = if word.quoted() {
            word.text.clone()
        } else {
            text::unescape(&word.text)
        };
        if text.chars().count() > MAX_TEXT {
            reading.warn(format!(
                "the originals took no more than {MAX_TEXT} letters"
            ));
        }
        Ok(some(text))
    }

    fn write(value: &Option<String>) -> Option<String> {
        Command::write(value)
    }
}

/// One of a few words.
pub(super) struct Choice<T>(PhantomData<T>);

impl<T: model::Word> Codec for Choice<T> {
    type Value = T;

    fn read(reading: &mut Reading<'_>) -> Result<T, Mistake> {
        let word = reading.word()?;
        let found = T::WORDS.iter().find(|(name, _)| *name == word.text);
        found.map(|(_, value)| *value).ok_or_else(|| {
            let names: Vec<&str> = T::WORDS.iter().map(|(name, _)| *name).collect();
            word.mistake(Fault::InvalidArgument)
                .hint(format!("it is one of {}", names.join(", ")))
        })
    }

    fn write(value: &T) -> Option<String> {
        let found = T::WORDS.iter().find(|(_, other)| other == value);
        found.map(|(name, _)| (*name).to_owned())
    }
}

/// A scheduler that the library knows.
pub(super) struct Schedulers;

/// Those that the originals knew.
const ORIGINAL: &[Scheduler] = &[
    Scheduler::LC,
    Scheduler::RR,
    Scheduler::WLC,
    Scheduler::WRR,
    Scheduler::LBLC,
    Scheduler::LBLCR,
    Scheduler::DH,
    Scheduler::SH,
];

impl Codec for Schedulers {
    type Value = Scheduler;

    fn read(reading: &mut Reading<'_>) -> Result<Scheduler, Mistake> {
        let word = reading.word()?;
        let mut known = Scheduler::KNOWN.iter();
        let Some(scheduler) = known.find(|known| known.as_bytes() == word.text.as_bytes()) else {
            let names: Vec<String> = Scheduler::KNOWN.iter().map(ToString::to_string).collect();
            let hint = format!("it is one of {}", names.join(", "));
            return Err(word.mistake(Fault::InvalidArgument).hint(hint));
        };
        if !ORIGINAL.contains(scheduler) {
            reading.warn(format!(
                "the originals did not know the scheduler {scheduler}"
            ));
        }
        Ok(*scheduler)
    }

    fn write(value: &Scheduler) -> Option<String> {
        Some(value.to_string())
    }
}

/// A protocol that has ports.
pub(super) struct Protocols;

impl Codec for Protocols {
    type Value = Protocol;

    fn read(reading: &mut Reading<'_>) -> Result<Protocol, Mistake> {
        let word = reading.word()?;
        match word.text.as_str() {
            "tcp" => Ok(Protocol::TCP),
            "udp" => Ok(Protocol::UDP),
            "sctp" => {
                reading.warn("the originals did not know the protocol sctp");
                Ok(Protocol::SCTP)
            }
            _ => Err(word
                .mistake(Fault::InvalidArgument)
                .hint("it is tcp, udp or sctp")),
        }
    }

    fn write(value: &Protocol) -> Option<String> {
        Some(value.to_string())
    }
}

/// A value that the library reads and writes.
pub(super) struct Library<T>(PhantomData<T>);

impl<T: FromStr<Err = ipvs_core::Error> + PartialEq + ToString> Codec for Library<T> {
    type Value = T;

    fn read(reading: &mut Reading<'_>) -> Result<T, Mistake> {
        let word = reading.word()?;
        word.text.parse().map_err(|error: ipvs_core::Error| {
            word.mistake(Fault::InvalidArgument)
                .hint(error.cause().to_owned())
        })
    }

    fn write(value: &T) -> Option<String> {
        Some(text::word(&value.to_string()))
    }
}

/// `[ one two ]`.
pub(super) struct List;

impl Codec for List {
    type Value = Vec<String>;

    fn read(reading: &mut Reading<'_>) -> Result<Vec<String>, Mistake> {
        match reading.values {
            [open, items @ .., close] if open.text == "[" && close.text == "]" => {
                Ok(items.iter().map(|item| item.text.clone()).collect())
            }
            [first, ..] => Err(first.mistake(Fault::ListExpected).hint("it is [ … ]")),
            [] => Err(reading.key.mistake(Fault::MissingArguments)),
        }
    }

    fn write(value: &Vec<String>) -> Option<String> {
        let items: Vec<String> = value.iter().map(|item| text::word(item)).collect();
        (!items.is_empty()).then(|| format!("[ {} ]", items.join(" ")))
    }
}
