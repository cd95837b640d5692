//! The kernel's modules.

use std::collections::BTreeSet;

use ipvs_core::Scheduler;

/// Which modules there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Modules {
    /// Those that are loaded, of those that are no part of the kernel itself.
    pub loaded: BTreeSet<String>,
    /// Those that this kernel has, in itself or to be loaded; `None` where nobody tells.
    pub installed: Option<BTreeSet<String>>,
    /// Whether the kernel loads what it needs by itself.
    pub autoload: bool,
}

/// Whether a service can have a scheduler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Presence {
    /// It is there, or comes when it is asked for, or nobody knows better.
    There,
    /// It has to be loaded by hand.
    NotLoaded,
    /// This kernel has none of the name.
    Missing,
}

impl Modules {
    /// The first of the usual schedulers that this kernel has.
    pub(super) fn usual(&self) -> Scheduler {
        let usual = [Scheduler::WLC, Scheduler::WRR, Scheduler::RR, Scheduler::LC];
        let there = |scheduler: &Scheduler| self.scheduler(*scheduler) != Presence::Missing;
        usual.into_iter().find(there).unwrap_or_default()
    }

    pub(super) fn scheduler(&self, scheduler: Scheduler) -> Presence {
        let module = module_of(scheduler);
        let installed = |installed: &BTreeSet<String>| installed.contains(&module);
        match &self.installed {
            _ if scheduler == Scheduler::NONE || self.loaded.contains(&module) => Presence::There,
            Some(all) if !installed(all) => Presence::Missing,
            Some(_) if !self.autoload => Presence::NotLoaded,
            _ => Presence::There,
        }
    }
}

/// The module that brings a scheduler.
pub(super) fn module_of(scheduler: Scheduler) -> String {
    format!("ip_vs_{scheduler}").replace('-', "_")
}
