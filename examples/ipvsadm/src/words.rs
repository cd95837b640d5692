//! Words of a command line that are no UTF-8, as the text that a grammar takes.
//!
//! A byte that is none of a character's becomes one at the end of the last private
//! plane, and comes back as that byte when the word is shown.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

/// Where byte 0x80 goes; 0xFF is the last character there is.
const FIRST: u32 = 0x0010_FF80;

pub(crate) fn decode(word: &OsStr) -> String {
    let mut text = String::new();
    for chunk in word.as_bytes().utf8_chunks() {
        for character in chunk.valid().chars() {
            // One of those places itself is taken byte by byte.
            match u32::from(character) {
                FIRST.. => push(&mut text, character.to_string().as_bytes()),
                _ => text.push(character),
            }
        }
        push(&mut text, chunk.invalid());
    }
    text
}

fn push(text: &mut String, bytes: &[u8]) {
    let places = bytes.iter().map(|byte| FIRST + (u32::from(*byte) - 0x80));
    text.extend(places.filter_map(char::from_u32));
}

pub(crate) fn encode(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    for character in text.chars() {
        match u32::from(character).checked_sub(FIRST) {
            Some(place) => bytes.extend(u8::try_from(place + 0x80)),
            None => bytes.extend_from_slice(character.to_string().as_bytes()),
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_word_of_characters_stays_what_it_is() {
        assert_eq!(decode(OsStr::new("-t")), "-t");
        assert_eq!(decode(OsStr::new("é\u{10FF7F}")), "é\u{10FF7F}");
    }

    proptest! {
        #[test]
        fn any_word_comes_back(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            prop_assert_eq!(encode(&decode(OsStr::from_bytes(&bytes))), bytes);
        }

        #[test]
        fn any_character_comes_back(character in any::<char>()) {
            let word = character.to_string();
            prop_assert_eq!(encode(&decode(OsStr::new(&word))), word.as_bytes());
        }
    }

    #[test]
    fn the_places_themselves_come_back() {
        let word = "\u{10FF80}x\u{10FFFF}";
        assert_eq!(encode(&decode(OsStr::new(word))), word.as_bytes());
    }
}
