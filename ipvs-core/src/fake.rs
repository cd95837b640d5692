//! An IPVS kernel in memory: for tests that need neither root nor a kernel module.
//!
//! [`Kernel::new`] makes one, [`Kernel::client`] opens a [`Client`] on it. That is the client
//! that speaks to real kernels, with every method it has: the fake takes and gives the same
//! datagrams, so what is tested is what will run.
//!
//! ```
//! use ipvs_core::fake::Kernel;
//! use ipvs_core::{Dest, ErrorKind, ForwardMethod, Service};
//!
//! let client = Kernel::new().client()?;
//! let web = Service::new("tcp 192.0.2.1:80".parse()?);
//! client.add_service(&web)?;
//! client.add_dest(&web.key, &Dest::new([10, 0, 3, 100], 8080, ForwardMethod::MASQUERADE))?;
//!
//! assert_eq!(client.dests(&web.key)?.len(), 1);
//! let error = client.add_service(&web).unwrap_err();
//! assert_eq!(error.kind(), ErrorKind::AlreadyExists);
//! # Ok::<(), ipvs_core::Error>(())
//! ```
//!
//! # What it is true to
//!
//! Every command and attribute, the errno of each mistake in the order in which the kernel
//! looks for them, what a listing's order and its parts are, what is answered and what isn't,
//! how many answers a socket holds, counters and rates that are sampled, the files of
//! `/proc/net`, the sysctls; and in all that what differs between [releases](Release). Random
//! histories that run on it and on real kernels, from 5.10 to the newest, are compared answer
//! by answer.
//!
//! It moves no packets: what they would do, a test [sets](Namespace::count). It has neither
//! threads nor a clock: time is what the test [lets go by](Kernel::advance), so a test that
//! waits for ten minutes takes none.
//!
//! # Things that go wrong
//!
//! An answer that is lost, an overrun, somebody else's change in the middle of a listing: a
//! [`Fault`] does what would otherwise happen once a year.
//!
//! ```
//! use ipvs_core::fake::{Fault, Kernel, When};
//! use ipvs_core::{Applied, ErrorKind, Service};
//!
//! let kernel = Kernel::new();
//! let client = kernel.client()?;
//! kernel.inject(When::Now, Fault::Drop);
//! let web = Service::new("tcp 192.0.2.1:80".parse()?);
//! let error = client.add_service(&web).unwrap_err();
//!
//! // No answer came within five seconds, none of which the test had to wait for.
//! assert_eq!(error.kind(), ErrorKind::TimedOut);
//! // It may have happened; and here it has.
//! assert_eq!(error.applied(), Applied::Unknown);
//! assert_eq!(client.services()?.len(), 1);
//! # Ok::<(), ipvs_core::Error>(())
//! ```

mod connections;
mod counters;
mod environment;
mod faults;
mod files;
mod interface;
mod ipvs;
mod keys;
mod machine;
mod modules;
mod namespace;
mod netlink;
mod network;
mod release;
mod socket;

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ipvs_sys::errno::{ENOENT, EPERM};

use self::machine::Machine;
use crate::{Client, Error, ErrorKind, NamespaceSource, Op, Options};

pub use environment::Environment;
pub use faults::{Calls, Fault, When};
pub use interface::Interface;
pub use namespace::Namespace;
pub use release::Release;
pub use socket::Socket;

type Shared = Arc<Mutex<Machine>>;

/// The machine. A test that panicked with it left it as good as it was: each step is whole.
fn enter(machine: &Mutex<Machine>) -> MutexGuard<'_, Machine> {
    machine.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A machine with an IPVS kernel, in memory.
///
/// It is a handle: clones are the same machine, which lives as long as one of them, a client
/// or a [`Socket`] does.
#[derive(Clone, Debug)]
pub struct Kernel {
    machine: Shared,
}

impl Kernel {
    /// The newest release that the fake was compared with, with every module and `lo` up, before
    /// somebody who may everything: [`Environment::new`].
    #[must_use]
    pub fn new() -> Self {
        Self::with(Environment::new())
    }

    /// A kernel in another environment; its numbers are brought within their bounds.
    #[must_use]
    pub fn with(environment: Environment) -> Self {
        let machine = Machine::new(environment.within_bounds());
        Kernel {
            machine: Arc::new(Mutex::new(machine)),
        }
    }

    /// A client of the [initial namespace](Self::initial).
    ///
    /// # Errors
    ///
    /// `ModuleMissing`, and what a [`Fault`] says.
    pub fn client(&self) -> Result<Client, Error> {
        self.initial().client()
    }

    /// A client, as [`Client::open`] opens one on this machine: [`NamespaceSource::Current`] is
    /// the initial namespace, [`NamespaceSource::New`] a new one in which not even `lo` is up,
    /// and of [`NamespaceSource::Path`] the file's name is the namespace's. Deadlines are of the
    /// fake's time.
    ///
    /// # Errors
    ///
    /// `ModuleMissing`; `Io` (`ENOENT`) for a namespace that nobody [made](Self::namespace);
    /// `PermissionDenied` for any but the initial one without privileges; `InvalidInput` for
    /// [`NamespaceSource::Fd`]; what a [`Fault`] says.
    pub fn open(&self, options: &Options) -> Result<Client, Error> {
        let refuse = |kind, cause: &str| Error::new(kind, Op::Open, cause.to_owned());
        let privileged = enter(&self.machine).environment.privileged;
        let id = match &options.namespace {
            NamespaceSource::Current => Machine::INITIAL,
            NamespaceSource::Fd(_) => {
                let cause = "no descriptor leads to a fake kernel's namespace";
                return Err(refuse(ErrorKind::InvalidInput, cause));
            }
            _ if !privileged => {
                let cause = "cannot enter the network namespace";
                return Err(refuse(ErrorKind::PermissionDenied, cause).with_errno(EPERM));
            }
            NamespaceSource::New => enter(&self.machine).fresh_namespace(),
            NamespaceSource::Path(path) => {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                let known = enter(&self.machine).find_namespace(&name);
                known.ok_or_else(|| missing(path))?
            }
        };
        Namespace::new(&self.machine, id).open(options)
    }

    /// The network namespace that is there from the beginning, in which `lo` is up.
    #[must_use]
    pub fn initial(&self) -> Namespace {
        Namespace::new(&self.machine, Machine::INITIAL)
    }

    /// The network namespace of a name. It is made if there is none, with `lo` up.
    #[must_use]
    pub fn namespace(&self, name: &str) -> Namespace {
        let id = enter(&self.machine).make_namespace(name);
        Namespace::new(&self.machine, id)
    }

    /// A new network namespace without a name, in which not even `lo` is up.
    #[must_use]
    pub fn new_namespace(&self) -> Namespace {
        let id = enter(&self.machine).fresh_namespace();
        Namespace::new(&self.machine, id)
    }

    /// What the kernel's clock shows: how long it has been running.
    #[must_use]
    pub fn now(&self) -> Duration {
        enter(&self.machine).now()
    }

    /// Lets time go by: every two seconds the counters are sampled; connections end; removed
    /// dests are forgotten.
    pub fn advance(&self, time: Duration) {
        enter(&self.machine).advance(time);
    }

    /// Loads a module, with `ip_vs` if need be; whether it is loaded then.
    pub fn load_module(&self, name: &str) -> bool {
        enter(&self.machine).load_module(name)
    }

    /// Unloads a module, and before `ip_vs` those that need it; whether it was loaded and isn't
    /// any more. One that is in use stays: `ip_vs` as long as there are services, daemons or a
    /// listing. What it held is lost; loaded again, the family has another number.
    pub fn unload_module(&self, name: &str) -> bool {
        let mut machine = enter(&self.machine);
        if name == modules::IPVS {
            let others = machine.environment.modules.clone();
            for module in others.iter().filter(|module| *module != name) {
                // One that is not loaded, or in use: then `ip_vs` is too.
                let _ = machine.unload_module(module);
            }
        }
        machine.unload_module(name).is_ok()
    }

    /// Plans a fault. Several are met in the order in which they were planned; a datagram may
    /// meet more than one, as long as it isn't lost.
    pub fn inject(&self, when: When, fault: Fault) {
        enter(&self.machine).faults.inject(when, fault);
    }

    /// Forgets the faults that have not happened yet.
    pub fn clear_faults(&self) {
        enter(&self.machine).faults.clear();
    }

    /// How many faults have not happened yet: a test that planned some wants 0 in the end.
    #[must_use]
    pub fn pending_faults(&self) -> usize {
        enter(&self.machine).faults.pending()
    }

    /// How many system calls its clients have made so far.
    ///
    /// What fails at one of them is soon tried at each:
    ///
    /// ```
    /// use ipvs_core::fake::{Fault, Kernel, When};
    /// use ipvs_core::Service;
    ///
    /// let web = Service::new("tcp 192.0.2.1:80".parse()?);
    /// let calls = |kernel: &Kernel| kernel.calls().receives;
    /// let undisturbed = Kernel::new();
    /// let client = undisturbed.client()?;
    /// let before = calls(&undisturbed);
    /// client.add_service(&web)?;
    /// for index in 0..calls(&undisturbed) - before {
    ///     let kernel = Kernel::new();
    ///     let client = kernel.client()?;
    ///     kernel.inject(When::Receive(index), Fault::Overrun);
    ///     client.add_service(&web).unwrap_err();
    ///     assert_eq!(client.services()?.len(), 1);
    /// }
    /// # Ok::<(), ipvs_core::Error>(())
    /// ```
    #[must_use]
    pub fn calls(&self) -> Calls {
        enter(&self.machine).faults.calls
    }
}

impl Default for Kernel {
    fn default() -> Self {
        Self::new()
    }
}

/// What is said of a namespace that is not there, as of one of the system's.
fn missing(path: &Path) -> Error {
    let cause = format!(
        "cannot open the network namespace {}: No such file or directory",
        path.display()
    );
    Error::new(ErrorKind::Io, Op::Open, cause).with_errno(ENOENT)
}

/// What is promised of them.
const _: () = {
    const fn shared<T: Send + Sync>() {}
    shared::<Kernel>();
    shared::<Namespace>();
    shared::<Socket>();
};
