//! A file's text as a model.

use std::collections::HashSet;

use ipvs_core::Protocol;
use ipvs_core::rules::Names;

use super::blocks::{self, Block, Setting};
use super::codec::Reading;
use super::entries::{Entry, Shown};
use super::findings::{Fault, Findings, Mistake, Place, Refused, Warning};
use super::keys::{ALIASES, GLOBAL, SERVER, VIRTUAL};
use super::lines::Word;
use super::model::{Config, Server, Virtual};
use super::places::Lines;

/// What a file says, and what is odd about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parsed {
    /// What it says.
    pub config: Config,
    /// What is odd, in the order of its lines.
    pub warnings: Vec<Warning>,
    /// Where it says it.
    pub lines: Lines,
}

/// Reads an lvs.cf. Names of hosts and ports are looked up in `names`.
///
/// # Errors
///
/// Every mistake in the file, each with its line and column.
pub fn parse(file: &[u8], names: &dyn Names) -> Result<Parsed, Refused> {
    let mut findings = Findings::default();
    let text = decode(file, &mut findings);
    let tree = blocks::read(&text, &mut findings);
    let nothing = tree.settings.is_empty() && tree.blocks.is_empty();
    if nothing && findings.mistakes.is_empty() {
        let start = Place { line: 1, column: 1 };
        findings.mistake(start.mistake(Fault::EmptyConfiguration));
    }
    let mut reader = Reader {
        names,
        // The heartbeat's, which is the one port outside of the blocks.
        protocol: Protocol::UDP,
        ours: false,
        findings: &mut findings,
    };
    let config = reader.config(&tree);
    let Findings {
        mut mistakes,
        mut warnings,
    } = findings;
    mistakes.sort_by_key(|mistake| (mistake.line, mistake.column));
    warnings.sort_by_key(|warning| (warning.line, warning.column));
    if mistakes.is_empty() {
        let lines = Lines::of(&tree);
        Ok(Parsed {
            config,
            warnings,
            lines,
        })
    } else {
        Err(Refused { mistakes })
    }
}

/// The file's letters: UTF-8, and Latin-1 where it is not. A mark of the byte order is dropped.
fn decode(file: &[u8], findings: &mut Findings) -> String {
    let mut text = String::with_capacity(file.len());
    let mut latin = None;
    for chunk in file.utf8_chunks() {
        text += chunk.valid();
        if !chunk.invalid().is_empty() {
            latin.get_or_insert(text.len());
        }
        text.extend(chunk.invalid().iter().copied().map(char::from));
    }
    if let Some(before) = latin.and_then(|at| text.get(..at)) {
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
        let text = "not UTF-8: from here on, such bytes are taken as Latin-1";
        findings.warn(Place { line, column }, text);
    }
    match text.strip_prefix('\u{feff}') {
        Some(behind) => behind.to_owned(),
        None => text,
    }
}

struct Reader<'a> {
    names: &'a dyn Names,
    /// That of what is being read, for names of ports.
    protocol: Protocol,
    /// Whether a key of ours was met already.
    ours: bool,
    findings: &'a mut Findings,
}

impl Reader<'_> {
    fn config(&mut self, tree: &Block) -> Config {
        let mut config = Config::default();
        self.settings(GLOBAL, &tree.settings, &mut config);
        let mut seen = HashSet::new();
        for block in &tree.blocks {
            let Some((kind, name)) = &block.head else {
                continue;
            };
            self.note_again(&mut seen, &kind.text, name);
            let service = self.virtual_service(block, name);
            match kind.text.as_str() {
                "failover" => config.failovers.push(service),
                _ => config.virtuals.push(service),
            }
        }
        config
    }

    fn virtual_service(&mut self, block: &Block, name: &Word) -> Virtual {
        let mut service = Virtual {
            name: name.text.clone(),
            ..Virtual::default()
        };
        // First, for it decides what the names of ports stand for.
        let (protocol, others): (Vec<_>, Vec<_>) = block
            .settings
            .iter()
            .partition(|setting| setting.key.text == "protocol");
        self.protocol = Protocol::TCP;
        self.settings(VIRTUAL, protocol, &mut service);
        self.protocol = service.protocol;
        self.settings(VIRTUAL, others, &mut service);
        let mut seen = HashSet::new();
        for block in &block.blocks {
            let Some((_, name)) = &block.head else {
                continue;
            };
            self.note_again(&mut seen, "server", name);
            service.servers.push(self.server(block, name));
        }
        service
    }

    fn server(&mut self, block: &Block, name: &Word) -> Server {
        let mut server = Server {
            name: name.text.clone(),
            ..Server::default()
        };
        self.settings(SERVER, &block.settings, &mut server);
        server
    }

    /// Reads settings into the block that they are of.
    fn settings<'s, B>(
        &mut self,
        entries: &'static [Entry<B>],
        settings: impl IntoIterator<Item = &'s Setting>,
        block: &mut B,
    ) {
        let mut seen = HashSet::new();
        for setting in settings {
            let result = self.setting(entries, setting, block);
            let name = result.unwrap_or_else(|mistake| {
                self.findings.mistake(mistake);
                ""
            });
            if !name.is_empty() && !seen.insert(name) {
                let text = format!("{name} was given before; this one counts");
                self.findings.warn(setting.key.place, text);
            }
        }
    }

    /// Reads one setting, and says which key it is.
    fn setting<B>(
        &mut self,
        entries: &'static [Entry<B>],
        Setting { key, values }: &Setting,
        block: &mut B,
    ) -> Result<&'static str, Mistake> {
        let alias = ALIASES.iter().find(|(alias, _)| *alias == key.text);
        let name = alias.map_or(key.text.as_str(), |(_, name)| name);
        let Some(entry) = entries.iter().find(|entry| entry.name == name) else {
            return Err(unknown(key, entries));
        };
        if alias.is_some() {
            let text = format!("the originals call it {}", entry.name);
            self.findings.warn(key.place, text);
        }
        if entry.shown == Shown::Ours && !self.ours {
            self.ours = true;
            let text = format!("the originals refuse a file with {}", entry.name);
            self.findings.warn(key.place, text);
        }
        let mut reading = Reading {
            key,
            values,
            protocol: self.protocol,
            names: self.names,
            findings: self.findings,
        };
        (entry.read)(block, &mut reading)?;
        Ok(entry.name)
    }

    fn note_again<'s>(
        &mut self,
        seen: &mut HashSet<(&'s str, &'s str)>,
        kind: &'s str,
        name: &'s Word,
    ) {
        if !seen.insert((kind, name.text.as_str())) {
            let text = format!("another {kind} is called {} too", name.text);
            self.findings.warn(name.place, text);
        }
    }
}

/// The least likeness at which a key may be what was meant.
const LIKE: f64 = 0.8;

fn unknown<B>(key: &Word, entries: &[Entry<B>]) -> Mistake {
    let likeness = |entry: &&Entry<B>| strsim::jaro_winkler(entry.name, &key.text);
    let nearest = entries
        .iter()
        .max_by(|one, other| likeness(one).total_cmp(&likeness(other)))
        .filter(|entry| likeness(entry) >= LIKE);
    let mistake = key.mistake(Fault::UnknownCommand);
    match nearest {
        Some(entry) => mistake.hint(format!("did you mean {}?", entry.name)),
        None => mistake,
    }
}
