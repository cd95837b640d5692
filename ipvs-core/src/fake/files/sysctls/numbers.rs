//! The numbers in what is written to a sysctl, as the kernel reads them.

use ipvs_sys::errno::EINVAL;

/// The numbers of a text, one after the other.
#[derive(Debug)]
pub(super) struct Numbers<'t> {
    text: &'t str,
    rest: &'t str,
}

impl<'t> Numbers<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Numbers {
            text,
            rest: skip_blanks(text),
        }
    }

    /// Whether nothing more than blanks follows.
    pub(super) fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    /// How many bytes were read, the blanks behind them included.
    pub(super) fn taken(&self) -> usize {
        self.text.len() - self.rest.len()
    }

    /// The next number, if it is an `int` and one of those `accepted`.
    pub(super) fn signed(&mut self, accepted: &dyn Fn(i64) -> bool) -> Result<i64, i32> {
        let (negative, magnitude) = self.next()?;
        let magnitude = i64::try_from(magnitude).map_err(|_| EINVAL)?;
        let number = if negative { -magnitude } else { magnitude };
        let number = i32::try_from(number).map_err(|_| EINVAL)?.into();
        accepted(number).then_some(number).ok_or(EINVAL)
    }

    /// The next number as an `unsigned long`; `None` if it is negative.
    pub(super) fn unsigned(&mut self) -> Result<Option<u64>, i32> {
        let (negative, magnitude) = self.next()?;
        Ok((!negative).then_some(magnitude))
    }

    /// A sign and digits up to a blank or the end: hexadecimal behind `0x`, octal behind `0`.
    fn next(&mut self) -> Result<(bool, u64), i32> {
        let unsigned = self.rest.strip_prefix('-');
        let text = unsigned.unwrap_or(self.rest);
        let end = text.find(is_blank).unwrap_or(text.len());
        let (word, rest) = text.split_at_checked(end).ok_or(EINVAL)?;
        let (radix, digits) = match word.strip_prefix('0') {
            None | Some("") => (10, word),
            Some(behind) => match behind.strip_prefix(['x', 'X']) {
                Some(digits) => (16, digits),
                None => (8, behind),
            },
        };
        if !digits.starts_with(|first: char| first.is_digit(radix)) {
            return Err(EINVAL);
        }
        let magnitude = u64::from_str_radix(digits, radix).map_err(|_| EINVAL)?;
        self.rest = skip_blanks(rest);
        Ok((unsigned.is_some(), magnitude))
    }
}

fn skip_blanks(text: &str) -> &str {
    text.trim_start_matches(is_blank)
}

/// What separates numbers. (To the kernel a vertical tab does too.)
fn is_blank(char: char) -> bool {
    char.is_ascii_whitespace() || char == '\x0b'
}
