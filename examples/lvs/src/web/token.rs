//! Random tokens of 256 bits: names of sessions, and what their forms carry.

use std::fmt;

use subtle::ConstantTimeEq;

/// Something that nobody can guess.
#[derive(Clone)]
pub(super) struct Token(String);

impl Token {
    /// A new one, from the system's source of randomness.
    pub(super) fn new() -> Result<Token, getrandom::Error> {
        let mut bits = [0; 32];
        getrandom::fill(&mut bits)?;
        let digits = bits.iter().map(|byte| format!("{byte:02x}"));
        Ok(Token(digits.collect()))
    }

    /// Its 64 letters.
    pub(super) fn letters(&self) -> &str {
        &self.0
    }

    /// Whether it is spelled so; how long it takes tells nothing about where they differ.
    pub(super) fn is(&self, spelled: &str) -> bool {
        same(&self.0, spelled)
    }
}

/// Whether two spelled tokens are the same, and tokens at all.
pub(super) fn same(one: &str, other: &str) -> bool {
    !one.is_empty() && bool::from(one.as_bytes().ct_eq(other.as_bytes()))
}

/// Nobody's log shows one.
impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_itself_alone() {
        let (one, other) = (Token::new().unwrap(), Token::new().unwrap());
        assert_eq!(one.letters().len(), 64);
        assert!(one.is(one.letters()));
        assert!(!one.is(other.letters()));
        assert!(!one.is(""));
        assert!(!one.is(&one.letters()[..63]));
        assert!(!same("", ""));
        assert_eq!(format!("{one:?}"), "Token");
    }
}
