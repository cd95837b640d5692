//! The kernel's modules: which are loaded, and what loads and holds them.

use std::collections::BTreeSet;

use super::Environment;

/// The modules that are loaded.
#[derive(Debug, Default)]
pub(super) struct Modules {
    loaded: BTreeSet<String>,
}

/// The module of IPVS itself, which all of the others need.
pub(super) const IPVS: &str = "ip_vs";

/// The schedulers, each in a module of its own that is named after it.
const SCHEDULERS: [&str; 14] = [
    "rr", "wrr", "lc", "wlc", "lblc", "lblcr", "dh", "sh", "sed", "nq", "fo", "ovf", "mh", "twos",
];

/// The persistence engines.
const ENGINES: [&str; 1] = ["sip"];

impl Modules {
    /// Loads a module and what it needs, if there is one of this name.
    ///
    /// A program does that for the kernel, and to it a dash is an underscore.
    pub(super) fn load(&mut self, environment: &Environment, name: &str) -> bool {
        let name = name.replace('-', "_");
        let there = environment.provides(&name) && environment.provides(IPVS);
        if there {
            self.loaded.insert(IPVS.to_owned());
            self.loaded.insert(name);
        }
        there
    }

    /// Forgets a module; whether it was loaded.
    pub(super) fn unload(&mut self, name: &str) -> bool {
        self.loaded.remove(name)
    }

    /// Whether a module is loaded.
    pub(super) fn has(&self, name: &str) -> bool {
        self.loaded.contains(name)
    }

    /// Whether another module than itself needs `ip_vs`.
    pub(super) fn others_than_ipvs(&self) -> bool {
        self.loaded.iter().any(|name| name != IPVS)
    }

    /// Finds a scheduler by its name, after loading its module if that is needed.
    pub(super) fn scheduler(&mut self, environment: &Environment, name: &[u8]) -> bool {
        self.find(environment, &SCHEDULERS, "ip_vs_", name)
    }

    /// Finds a persistence engine by its name, after loading its module if that is needed.
    pub(super) fn engine(&mut self, environment: &Environment, name: &[u8]) -> bool {
        self.find(environment, &ENGINES, "ip_vs_pe_", name)
    }

    /// Whatever the name is, a module of this name gets loaded: `ftp` is no scheduler, and the
    /// kernel finds that out afterwards.
    fn find(
        &mut self,
        environment: &Environment,
        known: &[&str],
        prefix: &str,
        name: &[u8],
    ) -> bool {
        let Ok(name) = std::str::from_utf8(name) else {
            return false;
        };
        let module = format!("{prefix}{name}");
        let there = self.has(&module) || self.load(environment, &module);
        there && known.contains(&name)
    }
}
