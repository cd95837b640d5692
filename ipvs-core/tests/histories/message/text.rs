//! A raw request as a line: `new-service request+ack service{af=0200 fwmark=07000000}`.
//!
//! The command, `-` or the flags, `+N` where the header claims N bytes too many, and the
//! attributes with their values in hex, a nested one in braces. `control/3` is command 3 of
//! generic netlink's controller, `20/3` that of the family of number 20; `!0000` are bytes that
//! are no attribute.

use std::fmt::{self, Write as _};
use std::str::FromStr;

use ipvs_sys::netlink::NLA_F_NESTED;

use super::names::{self, COMMANDS, FLAGS, TOP};
use super::{Addressee, Attribute, Message};

/// Why a text is no request, or no history.
pub type Mistake = String;

type Names = &'static [(&'static str, u16)];

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.to {
            Addressee::Ipvs => {}
            Addressee::Control => f.write_str("control/")?,
            Addressee::Number(number) => write!(f, "{number}/")?,
        }
        match names::name(COMMANDS, self.command).filter(|_| self.to == Addressee::Ipvs) {
            Some(name) => f.write_str(name)?,
            None => write!(f, "{}", self.command)?,
        }
        write!(f, " {}", flags_text(self.flags))?;
        if self.excess != 0 {
            write!(f, " {:+}", self.excess)?;
        }
        for attribute in &self.attributes {
            f.write_char(' ')?;
            attribute.print(f, TOP)?;
        }
        Ok(())
    }
}

impl FromStr for Message {
    type Err = Mistake;

    fn from_str(text: &str) -> Result<Self, Mistake> {
        let mut words = Words(text);
        let (to, command) = addressee(words.next().ok_or("no command")?)?;
        let flags = flags(words.next().ok_or("no flags")?)?;
        let mut message = Message {
            to,
            ..Message::new(command, flags, Vec::new())
        };
        if words.peek().starts_with(['+', '-']) {
            message.excess = number(words.next().unwrap_or_default())?;
        }
        message.attributes = words.attributes(TOP)?;
        match words.peek() {
            "" => Ok(message),
            rest => Err(format!("not understood: {rest}")),
        }
    }
}

impl Attribute {
    fn print(&self, f: &mut fmt::Formatter<'_>, names: Names) -> fmt::Result {
        let called = |f: &mut fmt::Formatter<'_>, kind: u16| {
            let marked = if kind & NLA_F_NESTED != 0 { "*" } else { "" };
            match names::name(names, kind & !NLA_F_NESTED) {
                Some(name) => write!(f, "{marked}{name}"),
                None => write!(f, "{marked}{}", kind & !NLA_F_NESTED),
            }
        };
        match self {
            Attribute::Bytes(kind, value) => {
                called(f, *kind)?;
                write!(f, "={}", hex(value))
            }
            Attribute::Nest(kind, attributes) => {
                called(f, *kind)?;
                f.write_char('{')?;
                for (index, attribute) in attributes.iter().enumerate() {
                    f.write_str(if index == 0 { "" } else { " " })?;
                    attribute.print(f, names::inside(*kind))?;
                }
                f.write_char('}')
            }
            Attribute::Stray(bytes) => write!(f, "!{}", hex(bytes)),
        }
    }
}

/// What is left of a line.
struct Words<'t>(&'t str);

impl<'t> Words<'t> {
    fn peek(&self) -> &'t str {
        self.0.trim_start()
    }

    /// The next word; a brace is one of its own.
    fn next(&mut self) -> Option<&'t str> {
        let text = self.peek();
        let end = match text.chars().next()? {
            '{' | '}' => 1,
            _ => text.find([' ', '{', '}']).unwrap_or(text.len()),
        };
        let (word, rest) = text.split_at(end);
        self.0 = rest;
        Some(word)
    }

    fn attributes(&mut self, names: Names) -> Result<Vec<Attribute>, Mistake> {
        let mut attributes = Vec::new();
        while !matches!(self.peek().chars().next(), None | Some('}')) {
            let word = self.next().unwrap_or_default();
            attributes.push(if let Some(stray) = word.strip_prefix('!') {
                Attribute::Stray(bytes(stray)?)
            } else if let Some((name, value)) = word.split_once('=') {
                Attribute::Bytes(kind(names, name)?, bytes(value)?)
            } else {
                let kind = kind(names, word)?;
                self.brace("{")?;
                let inside = self.attributes(names::inside(kind))?;
                self.brace("}")?;
                Attribute::Nest(kind, inside)
            });
        }
        Ok(attributes)
    }

    fn brace(&mut self, brace: &str) -> Result<(), Mistake> {
        match self.next() {
            Some(word) if word == brace => Ok(()),
            other => Err(format!(
                "{} where {brace} should be",
                other.unwrap_or("the end")
            )),
        }
    }
}

fn addressee(word: &str) -> Result<(Addressee, u8), Mistake> {
    let (to, command) = match word.split_once('/') {
        None => (Addressee::Ipvs, word),
        Some(("control", command)) => (Addressee::Control, command),
        Some((kind, command)) => (Addressee::Number(number(kind)?), command),
    };
    match names::number(COMMANDS, command) {
        Some(command) => Ok((to, command)),
        None => Ok((to, number(command)?)),
    }
}

fn kind(names: Names, word: &str) -> Result<u16, Mistake> {
    let (mark, name) = match word.strip_prefix('*') {
        Some(name) => (NLA_F_NESTED, name),
        None => (0, word),
    };
    match names::number(names, name) {
        Some(kind) => Ok(kind | mark),
        None => Ok(number::<u16>(name)? | mark),
    }
}

fn flags_text(flags: u16) -> String {
    let (mut words, mut left) = (Vec::new(), flags);
    for (name, flag) in FLAGS {
        if left & flag == *flag {
            words.push((*name).to_owned());
            left &= !flag;
        }
    }
    if left != 0 {
        words.push(format!("0x{left:x}"));
    }
    if words.is_empty() {
        "-".to_owned()
    } else {
        words.join("+")
    }
}

fn flags(text: &str) -> Result<u16, Mistake> {
    let mut words = text.split('+').filter(|word| *word != "-");
    words.try_fold(0, |flags, word| {
        let flag = match word.strip_prefix("0x") {
            Some(hex) => u16::from_str_radix(hex, 16).map_err(|_| format!("flags {text}"))?,
            None => names::number(FLAGS, word).ok_or_else(|| format!("flags {text}"))?,
        };
        Ok(flags | flag)
    })
}

fn number<N: FromStr>(text: &str) -> Result<N, Mistake> {
    text.parse()
        .map_err(|_| format!("no name and no number: {text}"))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bytes(hex: &str) -> Result<Vec<u8>, Mistake> {
    let digits: Option<Vec<u8>> = hex
        .chars()
        .map(|digit| {
            digit
                .to_digit(16)
                .and_then(|digit| u8::try_from(digit).ok())
        })
        .collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0);
    let digits = digits.ok_or_else(|| format!("no hex: {hex}"))?;
    Ok(digits
        .chunks(2)
        .map(|pair| pair[0] << 4 | pair[1])
        .collect())
}
