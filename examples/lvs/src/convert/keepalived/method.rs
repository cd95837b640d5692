//! `lvs_method`.

use ipvs_core::{Tunnel, TunnelFlags, TunnelKind};

use super::Reader;
use super::syntax::Node;
use crate::config::Forward;

impl Reader<'_> {
    /// `NAT`, `DR` or `TUN [type ipip|gue port N|gre] [nocsum|csum|remcsum]`.
    pub(super) fn method(&mut self, node: &Node) -> Option<(Forward, Tunnel)> {
        let method = match node.value() {
            Some("NAT") => Forward::Nat,
            Some("DR") => Forward::Direct,
            Some("TUN") => return Some((Forward::Tunnel, self.tunnel(node))),
            _ => {
                self.lose(node, "this method is not known");
                return None;
            }
        };
        self.exactly(node, 2);
        Some((method, Tunnel::ipip()))
    }

    fn tunnel(&mut self, node: &Node) -> Tunnel {
        let mut tunnel = Tunnel::ipip();
        let mut words = node.words.iter().skip(2).map(String::as_str);
        while let Some(word) = words.next() {
            match word {
                "type" | "nocsum" | "ipip" => {}
                "gre" => tunnel.kind = TunnelKind::GRE,
                "gue" => tunnel.kind = TunnelKind::GUE,
                "port" => {
                    let port = words.next().and_then(|port| port.parse().ok());
                    tunnel.port = port.unwrap_or(0);
                }
                "csum" => tunnel.flags |= TunnelFlags::CHECKSUM,
                "remcsum" => tunnel.flags |= TunnelFlags::REMOTE_CHECKSUM,
                _ => self.lose(node, format!("{word} is not known of a tunnel")),
            }
        }
        if tunnel.kind == TunnelKind::GUE && tunnel.port == 0 {
            self.lose(node, "gue needs a port, and ipip instead");
            return Tunnel::ipip();
        }
        tunnel
    }
}
