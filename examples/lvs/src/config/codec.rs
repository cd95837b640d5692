//! How each kind of value is read from a line's words, and written.

mod network;

pub(super) use network::{
    Address, Floating, Given, GroupMask, Interface, Mark, Mask, Node, Port, Protocols, Schedulers,
    ServerPort, SyncId,
};

use std::marker::PhantomData;
use std::net::IpAddr;
use std::str::FromStr;

use ipvs_core::Protocol;
use ipvs_core::rules::Names;

use super::findings::{Fault, Findings, Mistake};
use super::lines::Word;
use super::model;
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
        if let Ok(address) = word.text.parse::<IpAddr>() {
            if address.is_ipv6() {
                let text = "the originals knew no IPv6 addresses";
                self.findings.warn(word.place, text);
            }
            return Ok(address);
        }
        let name = &word.text;
        let known = self.names.address(name);
        let address = known.ok_or_else(|| word.mistake(Fault::InvalidAddress))?;
        let text = format!("{name} is {address} now, and the address is what is kept");
        self.findings.warn(word.place, text);
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

    /// The letters that a word of it stands for.
    fn letters(word: &Word) -> String {
        word.text.clone()
    }
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

/// A word's text, where a program may have put what a line can't hold.
fn line(word: &Word) -> Result<String, Mistake> {
    if word.text.contains('\n') {
        return Err(word.mistake(Fault::InvalidArgument).hint("it is one line"));
    }
    Ok(word.text.clone())
}

/// One word, or several in quotes.
pub(super) struct Path;

impl Codec for Path {
    type Value = String;

    fn read(reading: &mut Reading<'_>) -> Result<String, Mistake> {
        line(reading.word()?)
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
        value.as_ref().map(|text| text::quote_plain(text))
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
        let text = Self::letters(reading.word()?);
        if text.chars().count() > MAX_TEXT {
            reading.warn(format!(
                "the originals took no more than {MAX_TEXT} letters"
            ));
        }
        Ok(some(text))
    }

    fn write(value: &Option<String>) -> Option<String> {
        value.as_ref().map(|text| text::quote(text))
    }

    fn letters(word: &Word) -> String {
        word.sent()
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
                items.iter().map(line).collect()
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
