//! The machine: its namespaces, sockets, modules and clock.

use std::collections::BTreeMap;
use std::time::Duration;

use ipvs_sys::errno::{EBUSY, ENOENT};

use super::Environment;
use super::faults::Faults;
use super::ipvs::{Errno, Host, Ipvs};
use super::modules::{self, Modules};
use super::netlink::Socket;
use super::network::Network;
use crate::Change;

/// Everything that a fake kernel consists of.
#[derive(Debug)]
pub(super) struct Machine {
    pub(super) environment: Environment,
    pub(super) faults: Faults,
    modules: Modules,
    /// The family's number, while `ip_vs` is loaded.
    pub(super) family: Option<u16>,
    /// The number that the family gets next.
    next_family: u16,
    now: Duration,
    namespaces: Vec<Namespace>,
    sockets: BTreeMap<SocketId, Socket>,
    opened: u32,
}

/// One of the machine's network namespaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct NamespaceId(usize);

/// One of the machine's sockets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct SocketId(u32);

/// A network namespace.
#[derive(Debug)]
struct Namespace {
    /// The name under which others find it.
    name: Option<String>,
    network: Network,
    /// There while `ip_vs` is loaded.
    ipvs: Option<Ipvs>,
}

/// How often the counters are sampled.
const SAMPLE: Duration = Duration::from_secs(2);
/// After so many samples without traffic nothing changes any more.
const ENOUGH_SAMPLES: u32 = 4096;

impl Machine {
    /// The namespace that is there from the beginning; `lo` is up in it.
    pub(super) const INITIAL: NamespaceId = NamespaceId(0);

    pub(super) fn new(environment: Environment) -> Self {
        let loaded = environment.loaded.clone();
        let mut machine = Machine {
            next_family: environment.release.first_family(),
            environment,
            faults: Faults::default(),
            modules: Modules::default(),
            family: None,
            now: Duration::ZERO,
            namespaces: Vec::new(),
            sockets: BTreeMap::new(),
            opened: 0,
        };
        machine.add_namespace(None, Network::with_loopback());
        for module in &loaded {
            machine.load_module(module);
        }
        machine
    }

    /// What the clock shows; it stands still but for [`advance`](Self::advance).
    pub(super) fn now(&self) -> Duration {
        self.now
    }

    /// Lets time go by: counters are sampled and trash is thrown away.
    pub(super) fn advance(&mut self, time: Duration) {
        let end = self.now.saturating_add(time);
        for _ in 0..ENOUGH_SAMPLES {
            let next = self.next_sample();
            if next > end {
                break;
            }
            self.now = next;
            self.tables().for_each(Ipvs::sample);
            self.tables().for_each(|ipvs| ipvs.expire(next));
        }
        self.now = end;
        self.tables().for_each(|ipvs| ipvs.expire(end));
        self.let_threads_run();
    }

    fn next_sample(&self) -> Duration {
        let interval = SAMPLE.as_nanos();
        let elapsed = self.now.as_nanos() % interval;
        let left = u64::try_from(interval - elapsed).unwrap_or(u64::MAX);
        self.now.saturating_add(Duration::from_nanos(left))
    }

    /// The kernel's own threads get the processor: nobody keeps it from them any longer.
    pub(super) fn let_threads_run(&mut self) {
        self.tables().for_each(Ipvs::let_threads_run);
    }

    fn tables(&mut self) -> impl Iterator<Item = &mut Ipvs> {
        let namespaces = self.namespaces.iter_mut();
        namespaces.filter_map(|namespace| namespace.ipvs.as_mut())
    }

    // --- Namespaces ---

    /// The namespace of a name, if there is one.
    pub(super) fn find_namespace(&self, name: &str) -> Option<NamespaceId> {
        let mut namespaces = self.namespaces.iter();
        let named = |namespace: &Namespace| namespace.name.as_deref() == Some(name);
        namespaces.position(named).map(NamespaceId)
    }

    /// The namespace of a name; made if it is missing, with `lo` up.
    pub(super) fn make_namespace(&mut self, name: &str) -> NamespaceId {
        match self.find_namespace(name) {
            Some(known) => known,
            None => self.add_namespace(Some(name.to_owned()), Network::with_loopback()),
        }
    }

    /// A namespace that has no name, as the kernel makes it: `lo` is down.
    pub(super) fn fresh_namespace(&mut self) -> NamespaceId {
        self.add_namespace(None, Network::untouched())
    }

    fn add_namespace(&mut self, name: Option<String>, network: Network) -> NamespaceId {
        let id = NamespaceId(self.namespaces.len());
        self.namespaces.push(Namespace {
            name,
            network,
            ipvs: None,
        });
        self.furnish();
        id
    }

    /// Gives every namespace its IPVS, if the module is loaded.
    fn furnish(&mut self) {
        if self.family.is_none() {
            return;
        }
        let initial = self.ipvs(Self::INITIAL).map(|ipvs| ipvs.sysctls.clone());
        for (index, namespace) in self.namespaces.iter_mut().enumerate() {
            if namespace.ipvs.is_none() {
                let mut ipvs = Ipvs::new(&self.environment, index);
                if let Some(initial) = &initial {
                    ipvs.sysctls.inherit(initial);
                }
                namespace.ipvs = Some(ipvs);
            }
        }
    }

    /// The IPVS of a namespace; `None` while the module is not loaded.
    pub(super) fn ipvs(&self, id: NamespaceId) -> Option<&Ipvs> {
        self.namespaces.get(id.0)?.ipvs.as_ref()
    }

    /// The IPVS of a namespace, to be changed.
    pub(super) fn ipvs_mut(&mut self, id: NamespaceId) -> Option<&mut Ipvs> {
        self.namespaces.get_mut(id.0)?.ipvs.as_mut()
    }

    /// The network of a namespace.
    pub(super) fn network_mut(&mut self, id: NamespaceId) -> Option<&mut Network> {
        let namespace = self.namespaces.get_mut(id.0)?;
        Some(&mut namespace.network)
    }

    /// The IPVS of a namespace, with all that a command needs beside it.
    pub(super) fn ipvs_with_host(&mut self, id: NamespaceId) -> Option<(&mut Ipvs, Host<'_>)> {
        let namespace = self.namespaces.get_mut(id.0)?;
        let ipvs = namespace.ipvs.as_mut()?;
        let host = Host {
            environment: &self.environment,
            modules: &mut self.modules,
            network: &namespace.network,
            now: self.now,
        };
        Some((ipvs, host))
    }

    /// Makes a change as somebody else would; what the kernel refuses changes nothing.
    pub(super) fn change(&mut self, id: NamespaceId, change: &Change) -> Result<(), Errno> {
        let (ipvs, mut host) = self.ipvs_with_host(id).ok_or(ENOENT)?;
        ipvs.change(&mut host, change)
    }

    // --- Modules ---

    /// Loads a module and what it needs; whether it is loaded then.
    pub(super) fn load_module(&mut self, name: &str) -> bool {
        let loaded = self.modules.load(&self.environment, name);
        if self.modules.has(modules::IPVS) && self.family.is_none() {
            self.family = Some(self.next_family);
            self.next_family = self.next_family.saturating_add(1);
            self.furnish();
        }
        loaded
    }

    /// Unloads a module, with everything that it keeps.
    ///
    /// # Errors
    ///
    /// `ENOENT` when it is not loaded, `EBUSY` while something needs it.
    pub(super) fn unload_module(&mut self, name: &str) -> Result<(), Errno> {
        if !self.modules.has(name) {
            return Err(ENOENT);
        }
        let listing = self.sockets.values().any(Socket::is_listing);
        let needed = match name {
            modules::IPVS => listing || self.modules.others_than_ipvs(),
            _ => false,
        };
        if needed || self.tables().any(|ipvs| ipvs.needs(name)) {
            return Err(EBUSY);
        }
        self.modules.unload(name);
        if name == modules::IPVS {
            self.family = None;
            for namespace in &mut self.namespaces {
                namespace.ipvs = None;
            }
        }
        Ok(())
    }

    /// Whether a module is loaded.
    pub(super) fn has_module(&self, name: &str) -> bool {
        self.modules.has(name)
    }

    // --- Sockets ---

    /// Opens a generic netlink socket in a namespace.
    pub(super) fn open_socket(&mut self, namespace: NamespaceId) -> SocketId {
        self.opened = self.opened.wrapping_add(1);
        let id = SocketId(self.opened);
        self.sockets.insert(id, Socket::new(namespace, self.opened));
        id
    }

    /// Closes a socket, with what is queued for it.
    pub(super) fn close_socket(&mut self, id: SocketId) {
        self.sockets.remove(&id);
    }

    /// A socket that is open.
    pub(super) fn socket(&self, id: SocketId) -> Option<&Socket> {
        self.sockets.get(&id)
    }

    /// A socket that is open, to be set up.
    pub(super) fn socket_mut(&mut self, id: SocketId) -> Option<&mut Socket> {
        self.sockets.get_mut(&id)
    }

    /// Takes a socket out for a moment in which the machine is needed beside it.
    pub(super) fn lend_socket(&mut self, id: SocketId) -> Option<Socket> {
        self.sockets.remove(&id)
    }

    /// Puts it back.
    pub(super) fn give_back_socket(&mut self, id: SocketId, socket: Socket) {
        self.sockets.insert(id, socket);
    }
}
