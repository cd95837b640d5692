//! The words of a line, and what the kernel writes as one.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::lines::Fault;
use crate::Protocol;

/// The words of a line and the blanks between them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Words<'l> {
    rest: &'l [u8],
}

impl<'l> Words<'l> {
    pub(super) fn new(line: &'l [u8]) -> Self {
        Words { rest: line }
    }

    /// The next word; empty behind the last one.
    pub(super) fn next(&mut self) -> &'l [u8] {
        while let [b' ' | b'\t', rest @ ..] = self.rest {
            self.rest = rest;
        }
        let end = self
            .rest
            .iter()
            .position(|byte| matches!(byte, b' ' | b'\t'));
        let (word, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        word
    }

    /// What lies behind the words so far, with its blanks.
    pub(super) fn rest(self) -> &'l [u8] {
        self.rest
    }

    /// The next word as what `read` makes of it.
    pub(super) fn field<T>(
        &mut self,
        field: &'static str,
        expected: &'static str,
        read: impl FnOnce(&'l [u8]) -> Option<T>,
    ) -> Result<T, Fault<'l>> {
        let word = self.next();
        read(word).ok_or(Fault {
            field,
            word,
            expected,
        })
    }

    pub(super) fn protocol(&mut self) -> Result<Protocol, Fault<'l>> {
        self.field(
            "protocol",
            "TCP, UDP, SCTP, ICMP, ICMPv6, IP or IP_ and a number",
            protocol,
        )
    }

    pub(super) fn address(&mut self, field: &'static str) -> Result<IpAddr, Fault<'l>> {
        let expected = "8 hexadecimal digits, or 8 groups of 4 joined by colons";
        self.field(field, expected, address)
    }

    pub(super) fn port(&mut self, field: &'static str) -> Result<u16, Fault<'l>> {
        self.field(field, "4 hexadecimal digits", port)
    }

    /// A decimal number that fits the field.
    pub(super) fn decimal<T: TryFrom<u64>>(&mut self, field: &'static str) -> Result<T, Fault<'l>> {
        self.field(field, "a decimal number in its range", |word| {
            T::try_from(decimal(word)?).ok()
        })
    }

    /// Nothing more may come.
    pub(super) fn end(mut self) -> Result<(), Fault<'l>> {
        self.field("end", "nothing behind the last field", |word| {
            word.is_empty().then_some(())
        })
    }
}

/// The names of IP protocols as `ip_vs_proto_name` has them.
fn protocol(word: &[u8]) -> Option<Protocol> {
    Some(match word {
        b"TCP" => Protocol::TCP,
        b"UDP" => Protocol::UDP,
        b"SCTP" => Protocol::SCTP,
        b"ICMP" => Protocol::new(1),
        b"ICMPv6" => Protocol::new(58),
        b"IP" => Protocol::new(0),
        _ => {
            let number = decimal(word.strip_prefix(b"IP_")?)?;
            Protocol::new(u16::try_from(number).ok()?)
        }
    })
}

pub(super) fn address(word: &[u8]) -> Option<IpAddr> {
    match word.len() {
        8 => {
            let bits = u32::try_from(hexadecimal(word)?).ok()?;
            Some(Ipv4Addr::from_bits(bits).into())
        }
        39 => ipv6(word).map(IpAddr::V6),
        _ => None,
    }
}

/// Every digit of every group, as `%pI6` prints them.
fn ipv6(word: &[u8]) -> Option<Ipv6Addr> {
    let mut bits = 0;
    for group in word.chunks(5) {
        let digits = match group {
            [digits @ .., b':'] => digits,
            last => last,
        };
        bits = bits << 16 | u128::from(port(digits)?);
    }
    Some(Ipv6Addr::from_bits(bits))
}

pub(super) fn port(word: &[u8]) -> Option<u16> {
    let digits = (word.len() == 4).then(|| hexadecimal(word))??;
    u16::try_from(digits).ok()
}

/// A number of 1 to 16 hexadecimal digits.
pub(super) fn hexadecimal(word: &[u8]) -> Option<u64> {
    if word.is_empty() || word.len() > 16 {
        return None;
    }
    word.iter().try_fold(0, |number, digit| {
        Some(number << 4 | u64::from(char::from(*digit).to_digit(16)?))
    })
}

/// A decimal number that fits 64 bits.
pub(super) fn decimal(word: &[u8]) -> Option<u64> {
    if word.is_empty() {
        return None;
    }
    word.iter().try_fold(0_u64, |number, digit| {
        let digit = char::from(*digit).to_digit(10)?;
        number.checked_mul(10)?.checked_add(u64::from(digit))
    })
}
