//! Text in an input of one line: what can't be typed there is escaped as in the file.

pub(super) use crate::config::text::unescape as read;

use crate::config::text::stands_for;

/// What stands for a letter that an input doesn't hold.
fn escape(letter: char) -> Option<char> {
    match letter {
        '\n' => Some('n'),
        '\r' => Some('r'),
        '\t' => Some('t'),
        _ => None,
    }
}

/// Text as it is shown. A backslash stays one where nothing else could be meant, as in `\d+`.
pub(super) fn show(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let next = letters.peek().copied();
        if let Some(name) = escape(letter) {
            shown.extend(['\\', name]);
        } else if letter == '\\' {
            let mistaken = |next| stands_for(next).is_some() || escape(next).is_some();
            shown.push_str(if next.is_some_and(mistaken) {
                r"\\"
            } else {
                r"\"
            });
        } else {
            shown.push(letter);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_shown_reads_as_it_was(text in r#"[a-z\\nrt'"\n\r\t]{0,12}"#) {
            let shown = show(&text);
            prop_assert!(!shown.contains(['\n', '\r', '\t']));
            prop_assert_eq!(read(&shown), text, "{}", shown);
        }
    }

    #[test]
    fn what_people_type_means_what_they_mean() {
        assert_eq!(read(r"GET / HTTP/1.0\r\n\r\n"), "GET / HTTP/1.0\r\n\r\n");
        assert_eq!(show(r"HTTP/1\.[01] \d+ \"), r"HTTP/1\.[01] \d+ \");
        assert_eq!(show(r"\n"), r"\\n");
    }
}
