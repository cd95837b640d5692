//! One value of a block by its key: for programs that edit a file piece by piece.

use ipvs_core::Protocol;
use ipvs_core::rules::Names;

use super::codec::Reading;
use super::entries::Entry;
use super::findings::{Fault, Findings, Mistake};
use super::keys::{GLOBAL, SERVER, VIRTUAL};
use super::lines::{self, Statement, Word};
use super::model::{Config, Server, Virtual};

/// A block of an lvs.cf whose values are read and set by their keys.
///
/// ```
/// use ipvs_core::Protocol;
/// use ipvs_core::rules::NoNames;
/// use lvs::config::{Keys, Virtual};
///
/// let mut web = Virtual::default();
/// web.set_value("address", &["10.0.2.100", "eth0:0"], Protocol::TCP, &NoNames)?;
/// assert_eq!(web.value("address").unwrap(), ["10.0.2.100", "eth0:0"]);
/// assert_eq!(web.value("send").unwrap(), [""; 0]);
/// assert!(web.set_value("port", &["many"], Protocol::TCP, &NoNames).is_err());
/// # Ok::<(), lvs::config::Mistake>(())
/// ```
pub trait Keys {
    /// The words behind the key's `=`, without quotes and escapes: none when the file would not
    /// have the key; `None` for a key that such a block doesn't have.
    fn value(&self, key: &str) -> Option<Vec<String>>;

    /// Sets a value to what these words mean, and returns what is odd about them. Names of
    /// hosts and ports are looked up in `names`, those of ports as `protocol`'s.
    ///
    /// # Errors
    ///
    /// The mistake, whose line and column mean nothing; the block is as it was.
    fn set_value(
        &mut self,
        key: &str,
        words: &[&str],
        protocol: Protocol,
        names: &dyn Names,
    ) -> Result<Vec<String>, Mistake>;

    /// Makes a value its default; a key that such a block doesn't have is none.
    fn reset_value(&mut self, key: &str);
}

macro_rules! keys {
    ($($block:ty: $entries:expr;)*) => {$(
        impl Keys for $block {
            fn value(&self, key: &str) -> Option<Vec<String>> {
                Some(words(entry($entries, key)?, self))
            }

            fn set_value(
                &mut self,
                key: &str,
                words: &[&str],
                protocol: Protocol,
                names: &dyn Names,
            ) -> Result<Vec<String>, Mistake> {
                set($entries, self, key, words, protocol, names)
            }

            fn reset_value(&mut self, key: &str) {
                if let Some(entry) = entry($entries, key) {
                    (entry.reset)(self);
                }
            }
        }
    )*};
}

keys! {
    Config: GLOBAL;
    Virtual: VIRTUAL;
    Server: SERVER;
}

fn entry<B>(entries: &'static [Entry<B>], key: &str) -> Option<&'static Entry<B>> {
    entries.iter().find(|entry| entry.name == key)
}

/// What a file's line would say, read as such.
fn words<B>(entry: &Entry<B>, block: &B) -> Vec<String> {
    let Some(value) = (entry.write)(block) else {
        return Vec::new();
    };
    let line = format!("{} = {value}", entry.name);
    match lines::read(1, &line, &mut Findings::default()) {
        Some(Statement::Set { values, .. }) => values.iter().map(entry.letters).collect(),
        _ => Vec::new(),
    }
}

fn set<B>(
    entries: &'static [Entry<B>],
    block: &mut B,
    key: &str,
    words: &[&str],
    protocol: Protocol,
    names: &dyn Names,
) -> Result<Vec<String>, Mistake> {
    let key = Word::plain(key);
    let entry = entry(entries, &key.text).ok_or_else(|| key.mistake(Fault::UnknownCommand))?;
    if words.is_empty() {
        return Err(key.mistake(Fault::MissingArguments));
    }
    let values: Vec<Word> = words.iter().map(|word| Word::plain(word)).collect();
    let mut findings = Findings::default();
    let mut reading = Reading {
        key: &key,
        values: &values,
        protocol,
        names,
        findings: &mut findings,
    };
    (entry.read)(block, &mut reading)?;
    let warnings = findings.warnings.into_iter();
    Ok(warnings.map(|warning| warning.text).collect())
}

#[cfg(test)]
mod tests {
    use ipvs_core::rules::NoNames;
    use proptest::prelude::*;

    use super::super::tests::strategies;
    use super::*;

    /// Takes every value out by its words and sets it by them again, in a block of defaults.
    fn rebuilt<B: Keys + Default>(entries: &'static [Entry<B>], block: &B) -> B {
        let mut made = B::default();
        for entry in entries {
            let words = block.value(entry.name).unwrap();
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            if words.is_empty() {
                made.reset_value(entry.name);
            } else {
                let set = made.set_value(entry.name, &words, Protocol::TCP, &NoNames);
                set.unwrap_or_else(|mistake| panic!("{}: {mistake}", entry.name));
            }
        }
        made
    }

    proptest! {
        #[test]
        fn every_value_is_what_its_words_set(config in strategies::config()) {
            let mut made = rebuilt(GLOBAL, &config);
            for service in &config.virtuals {
                let mut other = rebuilt(VIRTUAL, service);
                other.name.clone_from(&service.name);
                for server in &service.servers {
                    let name = server.name.clone();
                    other.servers.push(Server { name, ..rebuilt(SERVER, server) });
                }
                made.virtuals.push(other);
            }
            made.failovers.clone_from(&config.failovers);
            prop_assert_eq!(made, config);
        }
    }

    #[test]
    fn a_mistake_changes_nothing() {
        let mut server = Server::default();
        for (key, words) in [
            ("weight", &["heavy"][..]),
            ("weight", &[]),
            ("wait", &["1"]),
        ] {
            let set = server.set_value(key, words, Protocol::TCP, &NoNames);
            assert!(set.is_err(), "{key} {words:?}");
        }
        assert_eq!(server, Server::default());
        assert_eq!(server.value("wait"), None);
    }

    #[test]
    fn what_is_odd_is_told() {
        let mut config = Config::default();
        let set = config.set_value("primary", &["fd00::1"], Protocol::TCP, &NoNames);
        assert_eq!(set.unwrap(), ["the originals knew no IPv6 addresses"]);
        config.reset_value("primary");
        assert_eq!(config, Config::default());
    }
}
