//! The client: one method for each thing the kernel's IPVS can do.

mod options;
mod read;
mod report;
mod snapshot;
mod stream;
#[cfg(test)]
mod tests;
mod write;

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ipvs_sys::netns::Namespace;
use ipvs_sys::socket::Socket;

use crate::check::Refusal;
use crate::door::{Connection, Failure, Take, Transport};
use crate::wire::request::Request;
use crate::{Error, ErrorKind, Op};

pub use options::{Checks, NamespaceSource, Options};
use report::About;
pub use stream::Stream;

/// The IPVS of one network namespace.
///
/// It holds one netlink socket and keeps to the namespace that it was opened
/// in, wherever the calling thread goes. Methods block until the kernel has
/// answered, for the [deadline](Options::deadline) at most; threads that share a
/// client take turns. After a fork the child opens a client of its own: the
/// parent's answers with [`ErrorKind::Forked`].
///
/// Opening needs no privilege; every method needs `CAP_NET_ADMIN` in the initial
/// user namespace, the reading ones too.
///
/// ```no_run
/// use ipvs_core::{Client, Dest, ForwardMethod, Options, Scheduler, Service, ServiceKey};
///
/// let client = Client::open(&Options::new())?;
/// let web = Service::new(ServiceKey::tcp([192, 0, 2, 1], 80)).with_scheduler(Scheduler::RR);
/// client.add_service(&web)?;
/// client.add_dest(&web.key, &Dest::new([10, 0, 3, 100], 8080, ForwardMethod::MASQUERADE))?;
/// for entry in client.services()? {
///     println!("{} {}", entry.service.key, entry.service.scheduler);
/// }
/// # Ok::<(), ipvs_core::Error>(())
/// ```
pub struct Client {
    connection: Mutex<Connection>,
    /// Opens further sockets in the client's namespace.
    opener: Arc<dyn Opener>,
    deadline: Duration,
    checks: Checks,
    pid: u32,
}

/// Where a client's further sockets come from.
trait Opener: Send + Sync {
    fn open(&self) -> std::io::Result<Box<dyn Transport>>;
    fn namespace(&self) -> std::io::Result<Namespace>;
}

/// A socket stands for its namespace: the kernel tells which one that is.
impl Opener for Socket {
    fn open(&self) -> std::io::Result<Box<dyn Transport>> {
        let home = Namespace::of(self)?;
        let socket = if home.is_current()? {
            Socket::open()
        } else {
            home.socket()
        };
        Ok(Box::new(Arc::new(socket?)))
    }

    fn namespace(&self) -> std::io::Result<Namespace> {
        Namespace::of(self)
    }
}

impl Client {
    /// Opens the IPVS of a network namespace: [`Options::new`] stands for the
    /// calling thread's. The thread stays where it is.
    ///
    /// On kernels from 5.16 this loads the module `ip_vs` when it is not loaded.
    ///
    /// # Errors
    ///
    /// `ModuleMissing`; `PermissionDenied` or `Io` when the namespace cannot be
    /// entered (that needs `CAP_SYS_ADMIN`) or found; `TimedOut`.
    pub fn open(options: &Options) -> Result<Self, Error> {
        let opening = About::new(Op::Open);
        let socket = match &options.namespace {
            NamespaceSource::Current => Socket::open(),
            NamespaceSource::Path(path) => Namespace::open(path).and_then(|home| home.socket()),
            NamespaceSource::Fd(fd) => fd
                .try_clone()
                .and_then(Namespace::from_fd)
                .and_then(|home| home.socket()),
            NamespaceSource::New => Namespace::create().and_then(|home| home.socket()),
        };
        let socket = socket.map_err(|error| opening.system(&error, "cannot open its socket"))?;
        Self::over_socket(socket, options.deadline, options.checks)
    }

    /// Takes over a generic netlink socket that somebody else opened, for
    /// callers whose sandbox does not let them open one. The client belongs to
    /// the socket's namespace.
    ///
    /// Deadline and checks are the defaults of [`Options`].
    ///
    /// # Errors
    ///
    /// `InvalidInput` when it is no such socket; else as [`open`](Self::open).
    pub fn from_socket(socket: OwnedFd) -> Result<Self, Error> {
        let opening = About::new(Op::Open);
        let socket = Socket::from_fd(socket)
            .map_err(|error| opening.system(&error, "cannot use the socket"))?;
        let Options {
            deadline, checks, ..
        } = Options::new();
        Self::over_socket(socket, deadline, checks)
    }

    /// The network namespace that the client belongs to: to run code in it, or
    /// to read its files below `/proc/net`.
    ///
    /// # Errors
    ///
    /// `PermissionDenied` without `CAP_NET_ADMIN` over the namespace; `Io`.
    pub fn namespace(&self) -> Result<Namespace, Error> {
        let about = About::new(Op::Open);
        self.opener
            .namespace()
            .map_err(|error| about.system(&error, "cannot find the client's namespace"))
    }

    fn over_socket(socket: Socket, deadline: Duration, checks: Checks) -> Result<Self, Error> {
        let socket = Arc::new(socket);
        Self::over(Box::new(Arc::clone(&socket)), socket, deadline, checks)
    }

    fn over(
        transport: Box<dyn Transport>,
        opener: Arc<dyn Opener>,
        deadline: Duration,
        checks: Checks,
    ) -> Result<Self, Error> {
        let connection = Connection::new(transport, random(), deadline)
            .map_err(|failure| About::new(Op::Open).failure(failure, deadline))?;
        let connection = Mutex::new(connection);
        let pid = std::process::id();
        Ok(Client {
            connection,
            opener,
            deadline,
            checks,
            pid,
        })
    }

    /// Runs requests and hands their messages to `take`.
    fn run(&self, about: &About, requests: &[Request<'_>], take: Take<'_>) -> Result<(), Error> {
        let outcome = self.connection(about)?.run(requests, take);
        outcome.map_err(|failure| about.failure(failure, self.deadline))
    }

    /// The connection, if it is this process's.
    fn connection(&self, about: &About) -> Result<MutexGuard<'_, Connection>, Error> {
        if self.pid != std::process::id() {
            let cause = "the client was opened before a fork";
            let error = about.error(ErrorKind::Forked, cause);
            return Err(error.with_cure("open another one in this process"));
        }
        // Nothing is left half done in it: each run begins anew.
        Ok(self
            .connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner))
    }

    /// A connection of its own, for what is read while the client goes on.
    fn second_connection(&self, about: &About) -> Result<Connection, Error> {
        drop(self.connection(about)?);
        let transport = self
            .opener
            .open()
            .map_err(|error| about.system(&error, "cannot open a second socket"))?;
        Connection::new(transport, random(), self.deadline)
            .map_err(|failure| about.failure(failure, self.deadline))
    }

    /// What `check` says, unless the kernel is to judge.
    fn check(
        &self,
        about: &About,
        check: impl FnOnce() -> Result<(), Refusal>,
    ) -> Result<(), Error> {
        match self.checks {
            Checks::Full => check().map_err(|refusal| about.refusal(refusal)),
            Checks::Kernel => Ok(()),
        }
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client")
            .field("deadline", &self.deadline)
            .field("checks", &self.checks)
            .finish_non_exhaustive()
    }
}

/// A number that nobody can guess, from where the standard library's maps get theirs.
fn random() -> u32 {
    let bits = RandomState::new().hash_one(());
    u32::try_from(bits >> 32).unwrap_or(0)
}

/// Whether a failed read is worth another try.
fn is_interrupted(outcome: &Result<(), Failure>) -> bool {
    matches!(outcome, Err(Failure::Interrupted))
}
