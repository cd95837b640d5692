//! Quotes and escapes. What is sent and expected has those of C; elsewhere a backslash says
//! something before a quote and another backslash only, as in a shell's double quotes, so that a
//! command's `\n` reaches the command.

/// What a word stands for: its letters without the quotes. In quotes a backslash and a letter
/// that `escapes` knows are what it says, and any other backslash is itself.
pub(super) fn dequote(raw: &str, escapes: fn(char) -> Option<char>) -> String {
    let mut text = String::with_capacity(raw.len());
    let mut quote = None;
    let mut letters = raw.chars();
    while let Some(letter) = letters.next() {
        match quote {
            Some(mark) if letter == mark => quote = None,
            None if is_quote(letter) => quote = Some(letter),
            Some(_) if letter == '\\' => {
                let escaped = letters.clone().next().and_then(escapes);
                if escaped.is_some() {
                    letters.next();
                }
                text.push(escaped.unwrap_or(letter));
            }
            _ => text.push(letter),
        }
    }
    text
}

/// Whether text is in quotes from this letter on.
pub(super) fn is_quote(letter: char) -> bool {
    matches!(letter, '"' | '\'')
}

/// Text with `\n \r \t \\ \' \"` made what they stand for; any other backslash is itself.
pub(crate) fn unescape(raw: &str) -> String {
    let mut text = String::with_capacity(raw.len());
    let mut letters = raw.chars();
    while let Some(letter) = letters.next() {
        let escaped = match letter {
            '\\' => letters.clone().next().and_then(stands_for),
            _ => None,
        };
        if escaped.is_some() {
            letters.next();
        }
        text.push(escaped.unwrap_or(letter));
    }
    text
}

/// What a letter behind a backslash stands for in what is sent and expected.
pub(crate) fn stands_for(letter: char) -> Option<char> {
    match letter {
        'n' => Some('\n'),
        'r' => Some('\r'),
        't' => Some('\t'),
        _ => masked(letter),
    }
}

/// What one stands for elsewhere: a quote that ends nothing, or a backslash.
pub(super) fn masked(letter: char) -> Option<char> {
    (is_quote(letter) || letter == '\\').then_some(letter)
}

/// Text that [`unescape`] makes itself again.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\n' => escaped += "\\n",
            '\r' => escaped += "\\r",
            '\t' => escaped += "\\t",
            '\\' => escaped += "\\\\",
            '"' => escaped += "\\\"",
            _ => escaped.push(letter),
        }
    }
    escaped
}

/// What is sent or expected, in double quotes that read back as it.
pub(super) fn quote(text: &str) -> String {
    format!("\"{}\"", escape(text))
}

/// Any other text in double quotes that read back as it. A line can't hold the end of one, for
/// which there is a blank.
pub(super) fn quote_plain(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        // At the end of the text the closing quote is next.
        let next = letters.peek().copied().unwrap_or('"');
        match letter {
            '"' => quoted += "\\\"",
            '\\' if masked(next).is_some() => quoted += "\\\\",
            '\n' => quoted.push(' '),
            _ => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

/// A word as it is when nothing in it needs quotes, else in quotes.
pub(super) fn word(text: &str) -> String {
    let plain = |letter: char| letter.is_alphanumeric() || "-_./:[]%@+,".contains(letter);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        quote_plain(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_known_escapes_are_escapes() {
        assert_eq!(
            unescape(r#"GET / HTTP/1.0\r\n\r\n"#),
            "GET / HTTP/1.0\r\n\r\n"
        );
        assert_eq!(unescape(r#"\t\\n\'\""#), "\t\\n'\"");
        assert_eq!(unescape(r"HTTP/1\.[01] \d\"), r"HTTP/1\.[01] \d\");
    }

    #[test]
    fn a_word_is_quoted_when_it_must_be() {
        assert_eq!(word("/usr/sbin/nanny"), "/usr/sbin/nanny");
        assert_eq!(word("[server_name]"), "[server_name]");
        assert_eq!(word(""), "\"\"");
        assert_eq!(word("a\\b \"c\""), r#""a\b \"c\"""#);
        assert_eq!(word(r"\d+ \\ '\"), r#""\d+ \\\ '\\""#);
        assert_eq!(word("two\nlines"), "\"two lines\"");
    }

    #[test]
    fn which_escapes_there_are_is_up_to_the_key() {
        let raw = r#"a\n"b\n\'\\"'\n"'"#;
        assert_eq!(dequote(raw, stands_for), "a\\nb\n'\\\n\"");
        assert_eq!(dequote(raw, masked), r#"a\nb\n'\\n""#);
    }
}
