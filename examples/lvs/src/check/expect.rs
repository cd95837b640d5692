//! What an answer must look like.

use regex::bytes::Regex;

/// The longest answer that is looked at.
pub(super) const LONGEST: usize = 64 * 1024;

/// What a server is expected to answer.
#[derive(Clone, Debug)]
pub enum Expect {
    /// That it takes connections is enough; over UDP the same as [`Expect::Anything`].
    Nothing,
    /// At least one byte, `*` in lvs.cf.
    Anything,
    /// These bytes first; a program must print just them.
    Text(Vec<u8>),
    /// A match anywhere in the first 64 KiB, looked for each time that more has come.
    Pattern(Regex),
}

/// What is known after a part of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Good,
    /// Good so far, but more is expected.
    Short,
    Bad,
}

impl Expect {
    /// What `answer`, the first part of something longer, is worth.
    pub(super) fn judge(&self, answer: &[u8]) -> Verdict {
        match self {
            Expect::Nothing => Verdict::Good,
            Expect::Anything if answer.is_empty() => Verdict::Short,
            Expect::Anything => Verdict::Good,
            Expect::Text(text) if answer.starts_with(text) => Verdict::Good,
            Expect::Text(text) if text.starts_with(answer) => Verdict::Short,
            Expect::Text(_) => Verdict::Bad,
            Expect::Pattern(pattern) if pattern.is_match(answer) => Verdict::Good,
            Expect::Pattern(_) if answer.len() < LONGEST => Verdict::Short,
            Expect::Pattern(_) => Verdict::Bad,
        }
    }

    /// Whether `output` is all that a program should have printed.
    pub(super) fn is_met_by(&self, output: &[u8]) -> bool {
        match self {
            Expect::Text(text) => text == output,
            _ => self.judge(output) == Verdict::Good,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_pattern_has_64_kib_to_match() {
        let pattern = Expect::Pattern(Regex::new("^HTTP/1\\.[01] (200|302)").unwrap());
        assert_eq!(pattern.judge(b"HTTP/1.1 20"), Verdict::Short);
        assert_eq!(pattern.judge(b"HTTP/1.1 200 OK"), Verdict::Good);
        assert_eq!(pattern.judge(&[b'x'; LONGEST]), Verdict::Bad);
    }

    #[test]
    fn a_program_prints_the_text_and_no_more() {
        let text = Expect::Text(b"OK".to_vec());
        assert!(text.is_met_by(b"OK"));
        assert!(!text.is_met_by(b"OK!"));
        assert!(Expect::Nothing.is_met_by(b""));
        assert!(!Expect::Anything.is_met_by(b""));
    }

    proptest! {
        #[test]
        fn text_is_a_prefix(text: Vec<u8>, answer: Vec<u8>, cut: prop::sample::Index) {
            let expect = Expect::Text(text.clone());
            prop_assert_eq!(expect.judge(&answer) == Verdict::Good, answer.starts_with(&text));
            let part = &text[..cut.index(text.len() + 1)];
            prop_assert_ne!(expect.judge(part), Verdict::Bad);
            let whole = [&text[..], &answer].concat();
            prop_assert_eq!(expect.judge(&whole), Verdict::Good);
        }
    }
}
