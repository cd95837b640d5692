//! From what failed to the one error.

use std::io;
use std::time::Duration;

use ipvs_sys::errno::{EAFNOSUPPORT, EINVAL, EMSGSIZE, ENODEV, ENOENT, ERANGE};
use ipvs_sys::socket::ReceiveError;

use crate::check::{self, Refusal};
use crate::door::Failure;
use crate::error::{Diagnosis, Door, diagnose};
use crate::wire::WireError;
use crate::{
    Applied, Change, Dest, Error, ErrorKind, Object, Op, Scheduler, Service, ServiceKey, SyncDaemon,
};

const NAMESPACE_CURE: &str = "another network namespace needs CAP_SYS_ADMIN, and IPVS CAP_NET_ADMIN in the initial user namespace";

/// What an error will be about: the operation and its object.
#[derive(Clone, Copy, Debug)]
pub(super) struct About {
    op: Op,
    object: Option<Object>,
    /// Whether what is asked of the kernel may change something.
    writes: bool,
}

impl About {
    pub(super) fn new(op: Op) -> Self {
        About {
            op,
            object: None,
            writes: op.is_write(),
        }
    }

    pub(super) fn of(change: &Change) -> Self {
        About {
            object: change.object(),
            ..About::new(change.op())
        }
    }

    pub(super) fn with(op: Op, object: Object) -> Self {
        About {
            object: Some(object),
            ..About::new(op)
        }
    }

    /// The part of a write that only reads.
    pub(super) fn reading(self) -> Self {
        About {
            writes: false,
            ..self
        }
    }

    pub(super) fn error(
        &self,
        kind: ErrorKind,
        cause: impl Into<std::borrow::Cow<'static, str>>,
    ) -> Error {
        Error::new(kind, self.op, cause).with_object(self.object)
    }

    /// A field that we refuse.
    pub(super) fn refusal(&self, refusal: Refusal) -> Error {
        self.error(ErrorKind::InvalidInput, refusal.cause)
            .with_field(refusal.field)
    }

    /// An errno of the kernel's IPVS.
    pub(super) fn errno(&self, errno: i32, text: Option<&str>) -> Error {
        let diagnosis = diagnose(Door::Netlink, self.op, errno);
        let error = self.diagnosed(diagnosis, errno);
        let error = match text {
            Some(text) => error.with_cause(format!("{}: {text}", diagnosis.cause)),
            None => error,
        };
        match self.object {
            // A mark has no address that could be of the wrong family.
            Some(Object::Service(ServiceKey::FirewallMark { .. })) if errno == EAFNOSUPPORT => {
                error.with_field("family")
            }
            _ => error,
        }
    }

    /// A file below `/proc` that was not opened, read or written.
    pub(super) fn file(&self, error: &io::Error) -> Error {
        if let Some(errno) = error.raw_os_error() {
            return self.diagnosed(diagnose(Door::Files, self.op, errno), errno);
        }
        let cause = error.to_string();
        match error.kind() {
            io::ErrorKind::InvalidData => self.error(ErrorKind::Protocol, cause),
            // The kernel took a part of what it was handed.
            io::ErrorKind::WriteZero => self.in_doubt(ErrorKind::InvalidInput, cause),
            _ => self.error(ErrorKind::Io, cause),
        }
    }

    /// What a reader says of a file's text, as this operation's error.
    pub(super) fn unreadable(&self, error: Error) -> Error {
        let kind = match error.kind() {
            ErrorKind::InvalidInput => ErrorKind::Protocol,
            kind => kind,
        };
        error.of(self.op, kind)
    }

    fn diagnosed(&self, diagnosis: Diagnosis, errno: i32) -> Error {
        let error = self
            .error(diagnosis.kind, diagnosis.cause)
            .with_errno(errno);
        let error = match diagnosis.field {
            Some(field) => error.with_field(field),
            None => error,
        };
        match diagnosis.cure {
            Some(cure) => error.with_cure(cure),
            None => error,
        }
    }

    /// A system call that failed outside of a request.
    pub(super) fn system(&self, error: &io::Error, what: &str) -> Error {
        let kind = match error.kind() {
            io::ErrorKind::PermissionDenied => ErrorKind::PermissionDenied,
            io::ErrorKind::InvalidInput => ErrorKind::InvalidInput,
            _ => ErrorKind::Io,
        };
        let Some(errno) = error.raw_os_error() else {
            return self.error(kind, format!("{what}: {error}"));
        };
        // Our own sentence ends with the errno.
        let text = error.to_string();
        let text = text.trim_end_matches(&format!(" (os error {errno})"));
        let report = self
            .error(kind, format!("{what}: {text}"))
            .with_errno(errno);
        match kind {
            ErrorKind::PermissionDenied => report.with_cure(NAMESPACE_CURE),
            _ => report,
        }
    }

    /// A request that came to no good end.
    pub(super) fn failure(&self, failure: Failure, deadline: Duration) -> Error {
        match failure {
            Failure::Unsendable(error) => self.error(ErrorKind::InvalidInput, error.to_string()),
            Failure::Send(error) if error.raw_os_error() == Some(EMSGSIZE) => self
                .error(
                    ErrorKind::Internal,
                    "the request is longer than the socket sends",
                )
                .with_errno(EMSGSIZE),
            Failure::Send(error) => self.system(&error, "cannot send"),
            Failure::NoFamily { errno } => {
                let missing = About::new(Op::Open).errno(errno, None);
                About::retold(*self, &missing)
            }
            Failure::Refused { errno, text, .. } => self.errno(errno, text.as_deref()),
            Failure::Interrupted => self.error(
                ErrorKind::ChangedWhileReading,
                "the kernel's listing was interrupted by changes",
            ),
            Failure::Receive(error) => self.unanswered(error, deadline),
            Failure::Answer(WireError::Overrun) => self.overrun(),
            Failure::Answer(error) => self.in_doubt(ErrorKind::Protocol, error.to_string()),
            // The kernel refused the request before the family was looked for.
            Failure::Unresolved(failure) => self.reading().failure(*failure, deadline),
            Failure::Forked => self
                .error(ErrorKind::Forked, "it was opened before a fork")
                .with_cure("open another client in this process"),
        }
    }

    fn unanswered(&self, error: ReceiveError, deadline: Duration) -> Error {
        match error {
            ReceiveError::TimedOut => {
                let cause = format!("the kernel did not answer within {deadline:?}");
                self.in_doubt(ErrorKind::TimedOut, cause)
            }
            ReceiveError::Overrun => self.overrun(),
            ReceiveError::Truncated { length, buffer } => {
                let cause = format!("an answer of {length} bytes does not fit into {buffer}");
                self.in_doubt(ErrorKind::Protocol, cause)
            }
            ReceiveError::Os(error) => self
                .system(&error, "cannot receive")
                .with_applied(self.doubt()),
        }
    }

    fn overrun(&self) -> Error {
        self.in_doubt(
            ErrorKind::Overrun,
            "the socket's receive buffer overran and answers are lost",
        )
    }

    /// An error after the request went out and before its answer was read.
    fn in_doubt(&self, kind: ErrorKind, cause: impl Into<std::borrow::Cow<'static, str>>) -> Error {
        self.error(kind, cause).with_applied(self.doubt())
    }

    fn doubt(&self) -> Applied {
        if self.writes {
            Applied::Unknown
        } else {
            Applied::No
        }
    }

    /// Another operation's error as this one's.
    pub(super) fn retold(self, error: &Error) -> Error {
        let mut retold = self.error(error.kind(), error.cause().to_owned());
        if let Some(errno) = error.errno() {
            retold = retold.with_errno(errno);
        }
        match error.cure() {
            Some(cure) => retold.with_cure(cure.to_owned()),
            None => retold,
        }
    }
}

/// What the errno table cannot know of a change.
pub(super) fn explain(error: Error, change: &Change) -> Error {
    match change {
        Change::AddService(service) | Change::UpdateService(service) => {
            explain_service(error, service, false)
        }
        Change::AddDest(service, dest) | Change::UpdateDest(service, dest) => {
            explain_dest(error, service, dest)
        }
        Change::StartDaemon(daemon) => explain_daemon(error, daemon),
        _ => error,
    }
}

/// What the errno table cannot know of a service: which field it was, and which
/// module is missing, where one errno stands for the scheduler's and the
/// persistence engine's. A scheduler that the service has already isn't.
pub(super) fn explain_service(error: Error, service: &Service, scheduled: bool) -> Error {
    match error.errno() {
        Some(EINVAL) => name_the_field(error, check::prefix(service)),
        Some(ENOENT) if error.kind() == ErrorKind::UnknownScheduler => {
            // That one is no module.
            let scheduled = scheduled || service.scheduler == Scheduler::NONE;
            name_module(error, service, scheduled)
        }
        _ => error,
    }
}

fn name_module(error: Error, service: &Service, scheduled: bool) -> Error {
    let scheduler = service.scheduler;
    let without_scheduler = format!("the kernel has no scheduler {scheduler}");
    match service.persistence_engine {
        None => error
            .with_field("scheduler")
            .with_cause(without_scheduler)
            .with_cure(format!(
                "load its module as root: modprobe ip_vs_{scheduler}"
            )),
        Some(engine) if scheduled => error
            .with_field("persistence_engine")
            .with_cause(format!("the kernel has no persistence engine {engine}"))
            .with_cure(format!(
                "load its module as root: modprobe ip_vs_pe_{engine}"
            )),
        Some(engine) => error
            .with_cause(format!(
                "{without_scheduler}, or no persistence engine {engine}"
            ))
            .with_cure(format!(
                "load their modules as root: modprobe -a ip_vs_{scheduler} ip_vs_pe_{engine}"
            )),
    }
}

/// What the errno table cannot know of a dest: which field it was, and whether
/// families are mixed.
pub(super) fn explain_dest(error: Error, service: &ServiceKey, dest: &Dest) -> Error {
    match error.errno() {
        Some(ERANGE) => name_the_field(error, check::ranges(dest)),
        Some(EINVAL) if check::shape(dest).is_err() => name_the_field(error, check::shape(dest)),
        Some(EINVAL) if check::mixed_families(service, dest).is_err() => {
            name_the_field(error, check::mixed_families(service, dest))
        }
        Some(EINVAL) if service.family() != dest.key.family() => error
            .with_cause("the kernel refuses a dest of another family than its service's")
            .with_cure("it needs a unicast address, and no sync daemon in the namespace"),
        _ => error,
    }
}

/// What the errno table cannot know of a daemon: whether it was the group.
fn explain_daemon(error: Error, daemon: &SyncDaemon) -> Error {
    match error.errno() {
        Some(EINVAL) => name_the_field(error, check::group(daemon)),
        Some(ENODEV) => error.with_cause(format!("there is no {}", daemon.interface)),
        _ => error,
    }
}

/// The kernel gives no reason; where our own check of the same rule has one,
/// that is it.
fn name_the_field(error: Error, check: Result<(), Refusal>) -> Error {
    match check {
        Err(Refusal { field, cause }) => error.with_field(field).with_cause(cause).without_cure(),
        Ok(()) => error,
    }
}
