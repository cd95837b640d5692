//! keepalived.conf as lvs.cf: its virtual servers with their real servers and checkers, and
//! its VRRP instance. Whatever has no place in an lvs.cf is named with its line.

mod checker;
mod syntax;
mod virtual_server;
mod vrrp;

use std::net::IpAddr;

use ipvs_core::rules::Names;

use super::{Converted, Loss};
use crate::config::Config;
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
    /// The first method that a virtual server named, which becomes that of the file.
    network: Option<crate::config::Forward>,
    losses: Vec<Loss>,
}

impl Reader<'_> {
    fn file(&mut self, nodes: &[Node]) {
        let groups: Vec<&Node> = nodes
            .iter()
            .filter(|node| node.key() == "virtual_server_group")
            .collect();
        for node in nodes {
            match node.key() {
                "virtual_server" => self.virtual_server(node, &groups),
                "virtual_server_group" | "vrrp_instance" => {}
                "global_defs" => self.globals(node),
                _ => self.lose(node, "it has no place in an lvs.cf"),
            }
        }
        // Last, for its addresses are those of the services.
        let instances = nodes.iter().filter(|node| node.key() == "vrrp_instance");
        for (index, instance) in instances.enumerate() {
            self.vrrp_instance(instance, index == 0);
        }
    }

    fn globals(&mut self, defs: &Node) {
        for node in &defs.children {
            match node.key() {
                "lvs_sync_daemon" => self.sync_daemon(node),
                "lvs_timeouts" => self.timeouts(node),
                _ => self.lose(node, "it has no place in an lvs.cf"),
            }
        }
    }

    /// `lvs_sync_daemon IF [inst VI] [id N] …`.
    fn sync_daemon(&mut self, node: &Node) {
        let Some(interface) = node.value().and_then(|name| name.parse().ok()) else {
            return self.lose(node, "an interface is expected");
        };
        self.config.syncdaemon = true;
        self.config.syncd_iface = interface;
        let mut words = node.words.iter().skip(2);
        while let Some(word) = words.next() {
            let value = words.next();
            match (word.as_str(), value.and_then(|value| value.parse().ok())) {
                ("inst", _) => {}
                ("id", Some(id)) => self.config.syncd_id = id,
                _ => self.lose(node, format!("{word} of the sync daemon can't be said")),
            }
        }
    }

    /// `lvs_timeouts tcp N tcpfin N udp N`.
    fn timeouts(&mut self, node: &Node) {
        let mut words = node.words.iter().skip(1);
        while let Some(word) = words.next() {
            let seconds: Option<u32> = words.next().and_then(|value| value.parse().ok());
            match (word.as_str(), seconds) {
                ("tcp", Some(seconds)) => self.config.tcp_timeout = seconds,
                ("tcpfin", Some(seconds)) => self.config.tcpfin_timeout = seconds,
                ("udp", Some(seconds)) => self.config.udp_timeout = seconds,
                _ => self.lose(node, format!("{word} is no timeout that is known")),
            }
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

    fn address(&self, word: &str) -> Option<IpAddr> {
        word.parse().ok().or_else(|| self.names.address(word))
    }

    /// The number behind a statement's key; without one it is lost.
    fn number<T: std::str::FromStr>(&mut self, node: &Node) -> Option<T> {
        let number = node.value().and_then(|word| word.parse().ok());
        if number.is_none() {
            self.lose(node, "a number is expected");
        }
        number
    }
}

#[cfg(test)]
mod tests;
