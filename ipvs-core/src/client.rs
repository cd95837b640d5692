//! The client: one method for each thing the kernel's IPVS can do.

mod apply;
mod batch;
mod drain;
mod files;
mod options;
mod outline;
mod procfs;
mod read;
mod report;
mod snapshot;
mod stream;
mod sysctl;
#[cfg(test)]
mod tests;
mod verify;
mod write;

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::io::ErrorKind;
use std::os::fd::{AsFd as _, OwnedFd};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ipvs_sys::netns::Namespace;
use ipvs_sys::socket::Socket;

use crate::check::Refusal;
use crate::door::{Connection, Failure, Legacy, Owner, Take, Transport};
use crate::wire::request::Request;
use crate::{Error, Op};

pub use apply::Apply;
use batch::BUSY;
pub use drain::{Drain, DrainLeft, DrainStep};
pub(crate) use files::Files;
pub use options::{Checks, NamespaceSource, Options};
pub use procfs::FileStream;
use report::About;
pub use stream::Stream;

/// The IPVS of one network namespace.
///
/// It holds one netlink socket and keeps to the namespace that it was opened
/// in, wherever the calling thread goes. Methods block until the kernel has
/// answered, and no silence of the kernel's lasts longer than the
/// [deadline](Options::deadline); threads that share a client take turns. After
/// a fork the child (told by its process id) opens a client of its own: the
/// parent's answers with [`ErrorKind::Forked`](crate::ErrorKind::Forked).
///
/// Opening needs no privilege; every method that speaks netlink needs
/// `CAP_NET_ADMIN` in the initial user namespace, the reading ones too. Those that
/// read files ([`connections`](Self::connections), [`sysctl`](Self::sysctl) and their
/// like) need none in the calling thread's own network namespace, and `CAP_SYS_ADMIN`
/// in another.
///
/// # Errors
///
/// Each method lists the kinds that are its own. Any of them may also fail with
/// `PermissionDenied`; `TimedOut` and `Overrun`, after which a write may have
/// happened (see [`Error::applied`]); `ModuleMissing`, when the module went away
/// meanwhile; `Unsupported`, for IPv6 where the kernel has none; `InvalidInput` for
/// firewall mark 0, which is none; a listing with `ChangedWhileReading`, when the
/// kernel says that it was interrupted again and again; `Protocol`, `Io` and `Forked`.
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
    /// Opens further sockets in the client's namespace, and its files.
    opener: Arc<dyn Opener>,
    deadline: Duration,
    checks: Checks,
    /// What a send of a batch should keep the kernel busy for, at most.
    busy: Duration,
    owner: Owner,
}

/// Where a client's further sockets come from, and its files.
pub(crate) trait Opener: Send + Sync {
    fn open(&self) -> std::io::Result<Box<dyn Transport>>;

    /// The older interface, where there is one.
    fn legacy(&self) -> Option<Box<dyn Legacy>> {
        None
    }

    fn namespace(&self) -> std::io::Result<Namespace>;
    fn files(&self) -> std::io::Result<Box<dyn Files>> {
        Ok(Box::new(self.namespace()?))
    }
}

struct Home {
    socket: Arc<Socket>,
    namespace: Option<Namespace>,
}

/// A socket stands for its namespace: the kernel tells which one that is, to those
/// who have `CAP_NET_ADMIN` there.
impl Opener for Home {
    fn open(&self) -> std::io::Result<Box<dyn Transport>> {
        let (home, here) = (Namespace::of(&self.socket)?, Socket::open()?);
        let socket = if Namespace::of(&here)?.is_same(&home)? {
            here
        } else {
            home.socket()?
        };
        Ok(Box::new(Arc::new(socket)))
    }

    /// Not for a client [`from_socket`](Client::from_socket): its sandbox may let it open no other.
    fn legacy(&self) -> Option<Box<dyn Legacy>> {
        let socket = self.namespace.as_ref()?.legacy_socket().ok()?;
        Some(Box::new(socket))
    }

    fn namespace(&self) -> std::io::Result<Namespace> {
        match &self.namespace {
            Some(namespace) => namespace.try_clone(),
            None => Namespace::of(&self.socket),
        }
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
    /// entered (that needs `CAP_SYS_ADMIN`) or found, `InvalidInput` when it is
    /// something else; `TimedOut`.
    pub fn open(options: &Options) -> Result<Self, Error> {
        let opening = About::new(Op::Open);
        let home = match &options.namespace {
            NamespaceSource::Current => None,
            NamespaceSource::Path(path) => {
                let what = format!("cannot open the network namespace {}", path.display());
                let home = Namespace::open(path);
                Some(home.map_err(|error| opening.system(&error, &what))?)
            }
            NamespaceSource::Fd(fd) => {
                let home = Namespace::of_fd(fd.as_fd());
                let what = "cannot use the network namespace";
                Some(home.map_err(|error| opening.system(&error, what))?)
            }
            NamespaceSource::New => {
                let what = "cannot make a network namespace";
                Some(Namespace::create().map_err(|error| opening.system(&error, what))?)
            }
        };
        let (socket, what) = match &home {
            None => (Socket::open(), "cannot open a netlink socket"),
            Some(home) => (
                home.socket(),
                "cannot open a netlink socket in the namespace",
            ),
        };
        let socket = socket.map_err(|error| opening.system(&error, what))?;
        // Where /proc isn't mounted, the socket will have to tell.
        let home = home.or_else(|| Namespace::current().ok());
        Self::over_socket(socket, home, options.deadline, options.checks)
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
        Self::over_socket(socket, None, deadline, checks)
    }

    /// The network namespace that the client belongs to: to run code in it, or
    /// to read its files below `/proc/net`.
    ///
    /// It works in the child of a fork, too, which can open a client of its own there.
    ///
    /// # Errors
    ///
    /// `PermissionDenied` without `CAP_NET_ADMIN` over the namespace, if the client
    /// is one [`from_socket`](Self::from_socket); `Unsupported` for a fake kernel's; `Io`.
    pub fn namespace(&self) -> Result<Namespace, Error> {
        let namespace = self.opener.namespace();
        namespace.map_err(|error| homeless(&About::new(Op::Namespace), &error))
    }

    /// The files of the client's namespace, if the client is this process's.
    fn files(&self, about: &About) -> Result<Box<dyn Files>, Error> {
        self.owned(about)?;
        let files = self.opener.files();
        files.map_err(|error| homeless(about, &error))
    }

    fn over_socket(
        socket: Socket,
        namespace: Option<Namespace>,
        deadline: Duration,
        checks: Checks,
    ) -> Result<Self, Error> {
        let socket = Arc::new(socket);
        let transport = Box::new(Arc::clone(&socket));
        let home = Home { socket, namespace };
        Self::over(transport, Arc::new(home), deadline, checks)
    }

    pub(crate) fn over(
        transport: Box<dyn Transport>,
        opener: Arc<dyn Opener>,
        deadline: Duration,
        checks: Checks,
    ) -> Result<Self, Error> {
        let connection = Connection::new(transport, random(), deadline)
            .map_err(|failure| About::new(Op::Open).failure(failure, deadline))?;
        let connection = Mutex::new(connection);
        Ok(Client {
            connection,
            opener,
            deadline,
            checks,
            busy: BUSY,
            owner: Owner::this_process(),
        })
    }

    /// Runs requests and hands their messages to `take`.
    fn run(&self, about: &About, requests: &[Request<'_>], take: Take<'_>) -> Result<(), Error> {
        let outcome = self.connection(about)?.run(requests, take);
        outcome
            .map(|_| ())
            .map_err(|failure| about.failure(failure, self.deadline))
    }

    /// The connection, if it is this process's. (After a fork the lock may be
    /// held for ever, by a thread that the child hasn't got.)
    fn connection(&self, about: &About) -> Result<MutexGuard<'_, Connection>, Error> {
        self.owned(about)?;
        // Nothing is left half done in it: each run begins anew.
        Ok(self
            .connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner))
    }

    /// Fails in the child of a fork.
    fn owned(&self, about: &About) -> Result<(), Error> {
        if self.owner.is_this_process() {
            return Ok(());
        }
        Err(about.failure(Failure::Forked, self.deadline))
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

fn homeless(about: &About, error: &std::io::Error) -> Error {
    match (error.kind(), error.raw_os_error()) {
        (ErrorKind::Unsupported, None) => {
            about.error(crate::ErrorKind::Unsupported, error.to_string())
        }
        _ => about.system(error, "the socket does not tell its namespace"),
    }
}

/// A number that nobody can guess, from where the standard library's maps get theirs.
fn random() -> u32 {
    let bits = RandomState::new().hash_one(());
    u32::try_from(bits >> 32).unwrap_or(0)
}

/// What is promised of them.
const _: () = {
    const fn shared<T: Send + Sync>() {}
    const fn sent<T: Send>() {}
    shared::<Client>();
    shared::<Options>();
    shared::<Error>();
    sent::<Stream<crate::ServiceEntry>>();
    sent::<FileStream<crate::procfs::Connection>>();
};
