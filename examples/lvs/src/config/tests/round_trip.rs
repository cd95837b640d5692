//! What is written reads back, and nothing makes the reader fall.

use ipvs_core::rules::NoNames;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::super::keys::{GLOBAL, SERVER, VIRTUAL};
use super::strategies::config;
use super::*;

/// Lines of the words that the grammar has, and of any others.
fn lines() -> impl Strategy<Value = String> {
    let keys: Vec<&str> = (GLOBAL.iter().map(|entry| entry.name))
        .chain(VIRTUAL.iter().map(|entry| entry.name))
        .chain(SERVER.iter().map(|entry| entry.name))
        .chain([
            "virtual", "server", "failover", "{", "}", "=", "[", "]", "1", "10.0.0.1", "\"",
        ])
        .collect();
    let word = prop_oneof![4 => select(keys).prop_map(str::to_owned), 1 => "\\PC{0,6}"];
    let line = vec(word, 0..6).prop_map(|words| words.join(" "));
    vec(line, 0..20).prop_map(|lines| lines.join("\n"))
}

fn judge(file: &[u8]) -> Result<(), TestCaseError> {
    match parse(file, &NoNames) {
        Ok(parsed) => {
            let printed = parsed.config.to_string();
            let again = parse(printed.as_bytes(), &NoNames).map(|parsed| parsed.config);
            prop_assert_eq!(again, Ok(parsed.config), "{}", printed);
        }
        Err(refused) => {
            prop_assert!(!refused.mistakes.is_empty());
            let end = file.iter().filter(|byte| **byte == b'\n').count() + 1;
            for mistake in &refused.mistakes {
                prop_assert!((1..=end).contains(&mistake.line), "{}", mistake);
            }
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn a_model_reads_as_it_prints(config in config()) {
        let text = config.to_string();
        let parsed = parse(text.as_bytes(), &NoNames);
        prop_assert_eq!(parsed.map(|parsed| parsed.config), Ok(config), "{}", text);
    }

    #[test]
    fn no_bytes_make_it_fall(file in vec(any::<u8>(), 0..400)) {
        judge(&file)?;
    }

    #[test]
    fn no_words_make_it_fall(text in lines()) {
        judge(text.as_bytes())?;
    }

    #[test]
    fn no_change_of_a_byte_makes_it_fall(at in 0..HAR300.len(), byte in any::<u8>()) {
        let mut file = HAR300.as_bytes().to_vec();
        file[at] = byte;
        judge(&file)?;
    }
}

#[test]
fn blocks_without_end_make_no_deep_tree() {
    assert!(parse("virtual a {\n".repeat(200_000).as_bytes(), &NoNames).is_err());
}
