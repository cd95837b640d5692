//! The escapes of quoted text.

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

/// What a letter behind a backslash stands for.
pub(crate) fn stands_for(letter: char) -> Option<char> {
    match letter {
        'n' => Some('\n'),
        'r' => Some('\r'),
        't' => Some('\t'),
        '\\' | '\'' | '"' => Some(letter),
        _ => None,
    }
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

/// Text in double quotes that reads back as itself.
pub(super) fn quote(text: &str) -> String {
    format!("\"{}\"", escape(text))
}

/// A word as it is when nothing in it needs quotes, else in quotes.
pub(super) fn word(text: &str) -> String {
    let plain = |letter: char| letter.is_alphanumeric() || "-_./:[]%@+,".contains(letter);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        quote(text)
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
        assert_eq!(word("a\\b \"c\""), r#""a\\b \"c\"""#);
    }
}
