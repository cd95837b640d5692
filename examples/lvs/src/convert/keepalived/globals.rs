//! `global_defs`.

use super::Reader;
use super::syntax::Node;

impl Reader<'_> {
    pub(super) fn globals(&mut self, defs: &Node, instances: &[&Node]) {
        self.exactly(defs, 1);
        for node in &defs.children {
            match node.key() {
                "lvs_sync_daemon" => self.sync_daemon(node, None, instances),
                "lvs_timeouts" => self.timeouts(node),
                "vrrp_version" => self.version = self.number(node).unwrap_or(self.version),
                _ => self.lose(node, "it has no place in an lvs.cf"),
            }
        }
    }

    /// `lvs_sync_daemon IF [[inst] INSTANCE] [id N] …`. Its usual number is its instance's.
    pub(super) fn sync_daemon<'a>(
        &mut self,
        node: &'a Node,
        mut instance: Option<&'a str>,
        instances: &[&Node],
    ) {
        let Some(interface) = node.value().and_then(|name| name.parse().ok()) else {
            return self.lose(node, "an interface is expected");
        };
        self.config.syncdaemon = true;
        self.config.syncd_iface = interface;
        let mut id = None;
        let mut words = node.words.iter().skip(2).map(String::as_str);
        while let Some(word) = words.next() {
            match word {
                "inst" => instance = words.next(),
                "id" => {
                    id = words.next().and_then(|id| id.parse().ok());
                    if id.is_none() {
                        self.lose(node, "its id is from 0 to 255");
                    }
                }
                "maxlen" | "port" | "ttl" | "group" => {
                    words.next();
                    self.lose(node, format!("{word} of the sync daemon can't be said"));
                }
                name if instance.is_none() => instance = Some(name),
                _ => self.lose(node, format!("kept without {word}")),
            }
        }
        let mut named = instances.iter().filter(|node| node.value() == instance);
        let router = instance.and_then(|_| named.next()?.child("virtual_router_id"));
        let usual = router.and_then(|router| router.value()?.parse().ok());
        self.config.syncd_id = id.or(usual).unwrap_or(0);
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
}
