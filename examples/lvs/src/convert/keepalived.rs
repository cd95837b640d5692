//! keepalived.conf as lvs.cf: its virtual servers with their real servers and checkers, and
//! its VRRP instance. Whatever has no place in an lvs.cf is named with its line.

mod checker;
mod globals;
mod method;
mod real_server;
mod syntax;
mod virtual_server;
mod vrrp;

use std::net::IpAddr;

use ipvs_core::rules::Names;

use super::{Converted, Loss};
use crate::config::{Config, Forward};
use syntax::Node;

/// Reads a keepalived.conf. It never fails: what can't be read is a loss too.
///
/// The original's own defaults are written out: a check each 60 s, 5 s to connect, one retry,
/// back at the first success.
#[must_use]
pub fn read(text: &str, names: &dyn Names) -> Converted<Config> {
    let mut reader = Reader {
        names,
        config: Config::default(),
        network: None,
        version: 2,
        losses: Vec::new(),
    };
    let nodes = syntax::read(text, &mut reader.losses);
    reader.file(&nodes);
    reader.losses.sort_by_key(|loss| loss.line);
    Converted {
        value: reader.config,
        losses: reader.losses,
    }
}

/// What has been made so far.
struct Reader<'a> {
    names: &'a dyn Names,
    config: Config,
    /// The method of the first virtual server, which becomes that of the file.
    network: Option<Forward>,
    /// The version of VRRP.
    version: u8,
    losses: Vec<Loss>,
}

impl Reader<'_> {
    fn file(&mut self, nodes: &[Node]) {
        let groups = syntax::named(nodes, "virtual_server_group");
        let instances = syntax::named(nodes, "vrrp_instance");
        for node in nodes {
            match node.key() {
                "virtual_server" => self.virtual_server(node, &groups),
                "virtual_server_group" | "vrrp_instance" => self.exactly(node, 2),
                "global_defs" => self.globals(node, &instances),
                _ => self.lose(node, "it has no place in an lvs.cf"),
            }
        }
        // Last, for its addresses are those of the services.
        for (index, instance) in instances.into_iter().enumerate() {
            self.vrrp_instance(instance, index == 0);
        }
    }

    /// Notes that a statement could not be carried over.
    fn lose(&mut self, node: &Node, why: impl std::fmt::Display) {
        let what = match node.value() {
            Some(value) => format!("{} {value}: {why}", node.key()),
            None => format!("{}: {why}", node.key()),
        };
        let line = Some(node.line);
        self.losses.push(Loss { line, what });
    }

    /// Loses the words of a statement behind the first so many.
    fn exactly(&mut self, node: &Node, count: usize) {
        let more = node.words.get(count..).unwrap_or_default();
        if !more.is_empty() {
            self.lose(node, format!("kept without {}", more.join(" ")));
        }
    }

    /// A host's address; 0.0.0.0 is none.
    fn address(&self, word: &str) -> Option<IpAddr> {
        let address = word.parse().ok().or_else(|| self.names.address(word));
        address.filter(|address| !address.is_unspecified())
    }

    /// The one word behind a statement's key; without one it is lost.
    fn text(&mut self, node: &Node) -> Option<String> {
        self.exactly(node, 2);
        let text = node.value().map(str::to_owned);
        if text.is_none() {
            self.lose(node, "a value is expected");
        }
        text
    }

    /// The number behind a statement's key; without one it is lost.
    fn number<T: std::str::FromStr>(&mut self, node: &Node) -> Option<T> {
        self.exactly(node, 2);
        let number = node.value().and_then(|word| word.parse().ok());
        if number.is_none() {
            self.lose(node, "a whole number is expected");
        }
        number
    }

    /// Whether a statement is on, as it is without a word.
    fn flag(&mut self, node: &Node) -> Option<bool> {
        self.exactly(node, 2);
        match node.value() {
            None | Some("on" | "true" | "yes") => Some(true),
            Some("off" | "false" | "no") => Some(false),
            Some(_) => {
                self.lose(node, "it is on or off");
                None
            }
        }
    }
}

#[cfg(test)]
mod tests;
