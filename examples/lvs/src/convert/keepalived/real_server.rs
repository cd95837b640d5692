//! `real_server`.

use super::Reader;
use super::checker::{self, Checker};
use super::syntax::Node;
use super::virtual_server::Block;
use crate::config::Server;

/// What a server says that lvs.cf says of all servers of a service.
pub(super) struct Said<'a> {
    server: &'a Node,
    /// Its first check that there is in an lvs.cf.
    check: Option<(&'a Node, Checker)>,
    /// `inhibit_on_failure`, and whether it is on.
    quiesce: Option<(&'a Node, bool)>,
}

impl<'a> Reader<'_> {
    pub(super) fn real_server(&mut self, node: &'a Node, block: &mut Block) -> Option<Said<'a>> {
        self.exactly(node, 3);
        let Some(address) = node.value().and_then(|host| self.address(host)) else {
            self.lose(node, "it has no address that can be read");
            return None;
        };
        let port = node.word(2).and_then(|port| port.parse().ok());
        if let (Some(word), None) = (node.word(2), port) {
            self.lose(
                node,
                format!("{word} is no port, and the virtual one instead"),
            );
        }
        let mut server = Server {
            name: match port {
                Some(port) => format!("{address}:{port}"),
                None => address.to_string(),
            },
            address,
            active: true,
            port,
            ..Server::default()
        };
        let mut said = Said {
            server: node,
            check: None,
            quiesce: None,
        };
        let (mut method, mut tunnel) = block.method;
        for node in &node.children {
            match node.key() {
                "weight" => server.weight = self.number(node).unwrap_or(server.weight),
                "uthreshold" => server.upper_threshold = self.number(node).unwrap_or(0),
                "lthreshold" => server.lower_threshold = self.number(node).unwrap_or(0),
                "lvs_method" | "lb_kind" => {
                    (method, tunnel) = self.method(node).unwrap_or((method, tunnel));
                }
                "inhibit_on_failure" => said.quiesce = self.flag(node).map(|on| (node, on)),
                _ if checker::is(node) && said.check.is_some() => {
                    self.lose(node, "a server has one check");
                }
                _ if checker::is(node) => {
                    said.check = self.checker(node).map(|checker| (node, checker));
                }
                _ => self.lose(node, "a server has no such setting"),
            }
        }
        server.forward = (method != self.config.network).then_some(method);
        server.tunnel = tunnel;
        block.service.servers.push(server);
        Some(said)
    }

    /// The first checker of a block becomes that of all its servers. keepalived takes servers
    /// without one for well; here they are asked at least for a ping.
    pub(super) fn check(&mut self, servers: &[Said]) -> Checker {
        let first = servers.iter().find_map(|said| said.check.as_ref());
        for said in servers {
            match (&said.check, first) {
                (None, None) => self.lose(
                    said.server,
                    "it has no check that is known here, and is pinged",
                ),
                (None, Some(_)) => self.lose(
                    said.server,
                    "it has no check that is known here, and is checked as the others are",
                ),
                (Some((node, own)), Some((_, first))) if own != first => self.lose(
                    node,
                    "all servers of a service are checked as its first one",
                ),
                _ => {}
            }
        }
        match first {
            Some((_, checker)) => checker.clone(),
            None if servers.is_empty() => Checker::default(),
            None => Checker::ping(),
        }
    }

    /// Whether the servers of a block are quiesced, which holds for all or none of them. `usual`
    /// is what the block itself says.
    pub(super) fn quiesce(&mut self, servers: &[Said], usual: bool) -> bool {
        let own = |said: &Said| said.quiesce.map_or(usual, |(_, on)| on);
        let on = servers.iter().any(own) || servers.is_empty() && usual;
        let alike = servers.iter().all(|said| own(said) == on);
        for (node, _) in servers.iter().filter_map(|said| said.quiesce) {
            if !alike {
                self.lose(node, "it holds for all servers of a service, and is on");
            }
        }
        on
    }
}
