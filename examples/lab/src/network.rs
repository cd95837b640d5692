//! Bridges, and the cables between them and the hosts.

use std::os::fd::{AsFd, AsRawFd};

use crate::{Host, Result};

/// The isolated networks of a lab: bridges in a namespace of their own, so that
/// nothing of the lab shows among this machine's interfaces.
#[derive(Debug)]
pub struct Network {
    switch: Host,
}

impl Network {
    /// Networks of these names, without hosts.
    ///
    /// # Errors
    /// When a namespace or a bridge can't be made.
    pub fn new(names: &[&str]) -> Result<Self> {
        let switch = Host::new("switch")?;
        // Snooping would hold back the sync daemons' multicast until it had heard a report.
        let bridge = |name| format!("link add {name} type bridge mcast_snooping 0");
        let up = |name| format!("link set {name} up");
        type_lines(
            &switch,
            names.iter().flat_map(|name| [bridge(name), up(name)]),
        )?;
        Ok(Self { switch })
    }

    /// A host with one interface for each `(interface, network)`, without
    /// addresses; all are up, and so is `lo`: while that is down, the kernel
    /// refuses every IPv4 destination.
    ///
    /// # Errors
    /// When a namespace or a cable can't be made.
    pub fn host(&self, name: &str, interfaces: &[(&str, &str)]) -> Result<Host> {
        let host = Host::new(name)?;
        // A namespace without a name is reached through the descriptor that holds it.
        let descriptor = host.namespace().as_fd().as_raw_fd();
        let there = format!("/proc/{}/fd/{descriptor}", std::process::id());
        let cables = interfaces.iter().flat_map(|(interface, network)| {
            let port = port(name, interface);
            [
                format!("link add {port} type veth peer name {interface} netns {there}"),
                format!("link set {port} master {network} up"),
            ]
        });
        type_lines(&self.switch, cables)?;
        let names = ["lo"]
            .into_iter()
            .chain(interfaces.iter().map(|(name, _)| *name));
        type_lines(&host, names.map(|name| format!("link set {name} up")))?;
        // So far this was cabling, not administration.
        host.typed();
        Ok(host)
    }

    /// Pulls the cables out of these interfaces of a host, which lose their carrier.
    ///
    /// # Errors
    /// When there is no such cable.
    pub fn unplug(&self, host: &Host, interfaces: &[&str]) -> Result<()> {
        self.set(host, interfaces, "down")
    }

    /// Puts them back.
    ///
    /// # Errors
    /// When there is no such cable.
    pub fn plug(&self, host: &Host, interfaces: &[&str]) -> Result<()> {
        self.set(host, interfaces, "up")
    }

    fn set(&self, host: &Host, interfaces: &[&str], state: &str) -> Result<()> {
        let ports = interfaces
            .iter()
            .map(|interface| port(host.name(), interface));
        type_lines(
            &self.switch,
            ports.map(|port| format!("link set {port} {state}")),
        )
    }
}

/// What the cable to a host's interface ends in at the switch.
fn port(host: &str, interface: &str) -> String {
    format!("{host}.{interface}")
}

fn type_lines(host: &Host, lines: impl Iterator<Item = String>) -> Result<()> {
    let lines: Vec<String> = lines.collect();
    host.ip(&lines.iter().map(String::as_str).collect::<Vec<_>>())
}
