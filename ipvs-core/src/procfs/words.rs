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
        while let [b' ', rest @ ..] = self.rest {
            self.rest = rest;
        }
        let (word, rest) = self.rest.split_at(word_length(self.rest));
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

/// How many bytes come before the next blank.
///
/// Rows are many and most of a row are words, so it looks at eight bytes at a time.
fn word_length(text: &[u8]) -> usize {
    const ONES: u64 = u64::from_ne_bytes([0x01; 8]);
    const TOPS: u64 = u64::from_ne_bytes([0x80; 8]);
    const BLANKS: u64 = u64::from_ne_bytes([b' '; 8]);
    let mut rest = text;
    while let Some((eight, behind)) = rest.split_first_chunk() {
        // A blank is 0 now. Minus 1, the first byte that is 0 gets the top bit,
        // which no byte before it gets unless it had it.
        let bytes = u64::from_le_bytes(*eight) ^ BLANKS;
        let blanks = bytes.wrapping_sub(ONES) & !bytes & TOPS;
        if blanks != 0 {
            return text.len() - rest.len() + blanks.trailing_zeros() as usize / 8;
        }
        rest = behind;
    }
    let last = rest.iter().position(|byte| *byte == b' ');
    text.len() - rest.len() + last.unwrap_or(rest.len())
}

/// 8 digits of IPv4, or every digit of the 8 groups of IPv6.
pub(super) fn address(word: &[u8]) -> Option<IpAddr> {
    match word.len() {
        8 => {
            let (high, low) = word.split_at_checked(4)?;
            let bits = u32::from(port(high)?) << 16 | u32::from(port(low)?);
            Some(Ipv4Addr::from_bits(bits).into())
        }
        39 => {
            let mut segments = [0; 8];
            for (segment, group) in segments.iter_mut().zip(word.chunks(5)) {
                // Of the 39 bytes, the last group lacks the colon.
                let (digits, [] | [b':']) = group.split_at_checked(4)? else {
                    return None;
                };
                *segment = port(digits)?;
            }
            Some(Ipv6Addr::from(segments).into())
        }
        _ => None,
    }
}

/// 4 hexadecimal digits.
#[inline]
pub(super) fn port(word: &[u8]) -> Option<u16> {
    let four: &[u8; 4] = word.try_into().ok()?;
    let digits = four.map(|byte| DIGITS.get(usize::from(byte)).copied().unwrap_or(NO_DIGIT));
    let number = digits.iter().fold(0, |number, digit| number << 4 | digit);
    u16::try_from(number).ok()
}

/// More than any four digits say, wherever among them it is.
const NO_DIGIT: u32 = 0x1_0000;

/// What each byte is as a hexadecimal digit.
#[allow(clippy::indexing_slicing, reason = "evaluated by the compiler only")]
const DIGITS: [u32; 256] = {
    let mut digits = [NO_DIGIT; 256];
    let mut value = 0_u8;
    while value < 16 {
        digits[b"0123456789abcdef"[value as usize] as usize] = value as u32;
        digits[b"0123456789ABCDEF"[value as usize] as usize] = value as u32;
        value += 1;
    }
    digits
};

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
