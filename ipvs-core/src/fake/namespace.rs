//! A network namespace of a fake kernel, and what a test makes happen in it.

use std::io::{self, Cursor, Read};

use ipvs_sys::netns;

use super::ipvs::{Dest, DestKey, Ipvs, Key, Service};
use super::machine::NamespaceId;
use super::{Interface, Shared, Socket, enter};
use crate::client::{Client, Files, Opener};
use crate::door::Transport;
use crate::procfs::Connection;
use crate::{Error, ErrorKind, Object, Op, Options, ServiceKey, Stats};

/// A network namespace of a [`Kernel`](super::Kernel): a handle, of which there may be many.
///
/// Packets don't flow in it. What they would do, a test sets: connections, counters, rates.
///
/// ```
/// use std::time::Duration;
/// use ipvs_core::fake::Kernel;
/// use ipvs_core::{Dest, ForwardMethod, Service, Stats};
///
/// let kernel = Kernel::new();
/// let home = kernel.initial();
/// let client = home.client()?;
/// let web = Service::new("tcp 192.0.2.1:80".parse()?);
/// let server = Dest::new([10, 0, 3, 100], 8080, ForwardMethod::MASQUERADE);
/// client.add_service(&web)?;
/// client.add_dest(&web.key, &server)?;
///
/// // Eighty connections arrive. The kernel samples its counters every two seconds.
/// let mut traffic = Stats::default();
/// traffic.connections = 80;
/// home.count(&web.key, &server.key, &traffic)?;
/// assert_eq!(client.service(&web.key)?.stats.connections, 0);
/// kernel.advance(Duration::from_secs(2));
/// let stats = client.service(&web.key)?.stats;
/// assert_eq!((stats.connections, stats.rates.connections), (80, 10));
/// # Ok::<(), ipvs_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Namespace {
    machine: Shared,
    id: NamespaceId,
}

impl Namespace {
    pub(super) fn new(machine: &Shared, id: NamespaceId) -> Self {
        Namespace {
            machine: Shared::clone(machine),
            id,
        }
    }

    /// A client of this namespace.
    ///
    /// # Errors
    ///
    /// `ModuleMissing`, and what a [`Fault`](super::Fault) says.
    pub fn client(&self) -> Result<Client, Error> {
        self.open(&Options::new())
    }

    /// A client of this namespace, with the deadline and the checks of `options`.
    ///
    /// # Errors
    ///
    /// As [`client`](Self::client).
    pub fn open(&self, options: &Options) -> Result<Client, Error> {
        let (deadline, checks) = (options.deadline, options.checks);
        let opener = std::sync::Arc::new(self.clone());
        Client::over(Box::new(self.socket()), opener, deadline, checks)
    }

    /// A socket in this namespace.
    #[must_use]
    pub fn socket(&self) -> Socket {
        Socket::open(Shared::clone(&self.machine), self.id)
    }

    /// Adds an interface, or replaces the one of its name.
    pub fn set_interface(&self, interface: Interface) {
        if let Some(network) = enter(&self.machine).network_mut(self.id) {
            network.set(interface);
        }
    }

    /// Removes an interface; whether there was one.
    pub fn remove_interface(&self, name: &str) -> bool {
        let mut machine = enter(&self.machine);
        let network = machine.network_mut(self.id);
        network.is_some_and(|network| network.remove(name))
    }

    /// Lets somebody else listen on a UDP port, at every address: a backup daemon cannot.
    pub fn take_port(&self, port: u16) {
        if let Some(network) = enter(&self.machine).network_mut(self.id) {
            network.take_port(port);
        }
    }

    /// Lets go of a UDP port; whether it was taken.
    pub fn release_port(&self, port: u16) -> bool {
        let mut machine = enter(&self.machine);
        let network = machine.network_mut(self.id);
        network.is_some_and(|network| network.release_port(port))
    }

    /// Lets packets have gone through a dest: its counters, its service's and the namespace's
    /// grow by these, which shows with the kernel's next sample. Rates follow by themselves,
    /// those given don't count.
    ///
    /// # Errors
    ///
    /// `ServiceNotFound`, `DestNotFound`, `ModuleMissing`.
    pub fn count(
        &self,
        service: &ServiceKey,
        dest: &crate::DestKey,
        traffic: &Stats,
    ) -> Result<(), Error> {
        self.with_dest(service, dest, |dest| dest.counters.count(traffic))?;
        self.with_service(service, |service| service.counters.count(traffic))?;
        self.with_ipvs(|ipvs| ipvs.totals.count(traffic))
    }

    /// Sets the counters and rates that a service shows, at once.
    ///
    /// # Errors
    ///
    /// `ServiceNotFound`, `ModuleMissing`.
    pub fn set_service_stats(&self, service: &ServiceKey, stats: &Stats) -> Result<(), Error> {
        self.with_service(service, |service| service.counters.set(stats))
    }

    /// Sets the counters and rates that a dest shows, at once.
    ///
    /// # Errors
    ///
    /// `ServiceNotFound`, `DestNotFound`, `ModuleMissing`.
    pub fn set_dest_stats(
        &self,
        service: &ServiceKey,
        dest: &crate::DestKey,
        stats: &Stats,
    ) -> Result<(), Error> {
        self.with_dest(service, dest, |dest| dest.counters.set(stats))
    }

    /// Sets the counters and rates of the whole namespace, at once.
    ///
    /// # Errors
    ///
    /// `ModuleMissing`.
    pub fn set_total_stats(&self, stats: &Stats) -> Result<(), Error> {
        self.with_ipvs(|ipvs| ipvs.totals.set(stats))
    }

    /// Sets how many connections a dest has: established ones, all others, and persistence
    /// templates. They stay until they are set again.
    ///
    /// # Errors
    ///
    /// `ServiceNotFound`, `DestNotFound`, `ModuleMissing`.
    pub fn set_dest_connections(
        &self,
        service: &ServiceKey,
        dest: &crate::DestKey,
        active: u32,
        inactive: u32,
        persistent: u32,
    ) -> Result<(), Error> {
        self.with_dest(service, dest, |dest| {
            (dest.active, dest.inactive, dest.persistent) = (active, inactive, persistent);
        })
    }

    /// Sets the connection table. Every dest then has those of its connections that are there;
    /// each goes when its time is over.
    ///
    /// # Errors
    ///
    /// `ModuleMissing`.
    ///
    /// ```
    /// # use std::time::Duration;
    /// use ipvs_core::fake::Kernel;
    /// use ipvs_core::procfs::{Connection, ConnectionState};
    /// # use ipvs_core::{Dest, ForwardMethod, Service};
    ///
    /// # let kernel = Kernel::new();
    /// # let client = kernel.client()?;
    /// # let web = Service::new("tcp 192.0.2.1:80".parse()?);
    /// # let server = Dest::new([10, 0, 3, 100], 8080, ForwardMethod::MASQUERADE);
    /// # client.add_service(&web)?;
    /// # client.add_dest(&web.key, &server)?;
    /// let mut connection = Connection::new("10.0.1.50:40000".parse().unwrap(), web.key, server.key);
    /// connection.expires = Duration::from_secs(60);
    /// kernel.initial().set_connections(vec![connection])?;
    /// assert_eq!(client.dest(&web.key, &server.key)?.active_connections, 1);
    /// kernel.advance(Duration::from_secs(60));
    /// assert_eq!(client.dest(&web.key, &server.key)?.active_connections, 0);
    /// assert_eq!(client.connections()?.count(), 0);
    /// # Ok::<(), ipvs_core::Error>(())
    /// ```
    pub fn set_connections(&self, connections: Vec<Connection>) -> Result<(), Error> {
        let (environment, now) = {
            let machine = enter(&self.machine);
            (machine.environment.clone(), machine.now())
        };
        self.with_ipvs(|ipvs| ipvs.set_connections(&environment, connections, now))
    }

    /// The text of a file of `/proc/net`: `ip_vs`, `ip_vs_conn`, ….
    ///
    /// # Errors
    ///
    /// `ENOENT` where this kernel has none, `EACCES` for `ip_vs_status` without privileges, and
    /// what a [`Fault`](super::Fault) says.
    pub fn file(&self, name: &str) -> io::Result<Vec<u8>> {
        enter(&self.machine).read_file(self.id, name)
    }

    /// The text of a sysctl, by its name: `conntrack`, ….
    ///
    /// # Errors
    ///
    /// `ENOENT` where this kernel has none, and what a [`Fault`](super::Fault) says.
    pub fn sysctl(&self, name: &str) -> io::Result<Vec<u8>> {
        enter(&self.machine).read_sysctl(self.id, name)
    }

    /// Writes the text of a sysctl; how many bytes the kernel took.
    ///
    /// # Errors
    ///
    /// As [`sysctl`](Self::sysctl), `EACCES` without privileges, and the kernel's for what it
    /// does not take: `EINVAL` mostly.
    pub fn set_sysctl(&self, name: &str, text: &[u8]) -> io::Result<usize> {
        enter(&self.machine).write_sysctl(self.id, name, text)
    }

    fn with_ipvs<T>(&self, what: impl FnOnce(&mut Ipvs) -> T) -> Result<T, Error> {
        let mut machine = enter(&self.machine);
        let ipvs = machine.ipvs_mut(self.id);
        ipvs.map(what).ok_or_else(|| {
            let cause = "the fake kernel has no IPVS: its module is not loaded";
            Error::new(ErrorKind::ModuleMissing, Op::Open, cause)
        })
    }

    fn with_service<T>(
        &self,
        key: &ServiceKey,
        what: impl FnOnce(&mut Service) -> T,
    ) -> Result<T, Error> {
        let outcome = self.with_ipvs(|ipvs| ipvs.services.get_mut(&Key::from(key)).map(what))?;
        outcome.ok_or_else(|| {
            Error::new(ErrorKind::ServiceNotFound, Op::Service, "no such service")
                .with_object(Some(Object::Service(*key)))
        })
    }

    fn with_dest<T>(
        &self,
        service: &ServiceKey,
        key: &crate::DestKey,
        what: impl FnOnce(&mut Dest) -> T,
    ) -> Result<T, Error> {
        let wanted = DestKey::from(key);
        let outcome = self.with_service(service, |service| {
            let mut dests = service.dests.iter_mut();
            dests.find(|dest| dest.key == wanted).map(what)
        })?;
        outcome.ok_or_else(|| {
            Error::new(ErrorKind::DestNotFound, Op::Dest, "no such dest")
                .with_object(Some(Object::Dest(*service, *key)))
        })
    }
}

impl Opener for Namespace {
    fn open(&self) -> io::Result<Box<dyn Transport>> {
        Ok(Box::new(self.socket()))
    }

    fn namespace(&self) -> io::Result<netns::Namespace> {
        let cause = "a fake kernel's namespace is nowhere but in memory";
        Err(io::Error::new(io::ErrorKind::Unsupported, cause))
    }

    fn files(&self) -> io::Result<Box<dyn Files>> {
        Ok(Box::new(self.clone()))
    }
}

impl Files for Namespace {
    fn open(&self, name: &str) -> io::Result<Box<dyn Read + Send>> {
        Ok(Box::new(Cursor::new(self.file(name)?)))
    }

    fn read_sysctl(&self, path: &str) -> io::Result<Vec<u8>> {
        self.sysctl(path.trim_start_matches(SYSCTLS))
    }

    fn write_sysctl(&self, path: &str, text: &[u8]) -> io::Result<()> {
        let taken = self.set_sysctl(path.trim_start_matches(SYSCTLS), text)?;
        if taken == text.len() {
            return Ok(());
        }
        let cause = format!("the kernel took {taken} of {} bytes", text.len());
        Err(io::Error::new(io::ErrorKind::WriteZero, cause))
    }
}

/// Where the sysctls of IPVS are, below `/proc/sys/net`.
const SYSCTLS: &str = "ipv4/vs/";
