//! The one error of this library.

mod errno;
mod kind;

use std::borrow::Cow;
use std::fmt;

use crate::{DaemonRole, DestKey, ServiceKey, Sysctl};

pub(crate) use errno::{Diagnosis, Door, diagnose};
pub use kind::{ErrorKind, Op};

/// What went wrong, with what, and what to do about it.
///
/// `kind` is for code: it names the caller's next step. The `Display` form is
/// one sentence for people: the operation, the object, the field when there is
/// one, the cause, the kernel's errno when there is one, and the cure where one
/// exists:
///
/// ```text
/// add service tcp 192.0.2.1:80: already exists (EEXIST)
/// add dest 10.0.3.100:80 of tcp 192.0.2.1:80: weight: 4000000000 is above 2147483647
/// ```
///
/// An `Error` is one word wide and can be cloned.
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    op: Op,
    object: Option<Object>,
    field: Option<&'static str>,
    errno: Option<i32>,
    applied: Applied,
    cause: Cow<'static, str>,
    cure: Option<Cow<'static, str>>,
}

/// Whether a failed write took effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Applied {
    /// The kernel refused it, or it was never sent: nothing changed. Or it is one of a
    /// [`batch`](crate::Client::batch) whose answers were lost, and things are not as it
    /// wants them.
    No,
    /// It is one of a batch whose answers were lost, and things are as it wants them,
    /// whoever made them so.
    Yes,
    /// It was sent and no answer came back (a time-out, an overrun): read the
    /// object again before deciding.
    Unknown,
}

/// What an error is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Object {
    /// A virtual service.
    Service(ServiceKey),
    /// A real server of a virtual service.
    Dest(ServiceKey, DestKey),
    /// The sync daemon of a role.
    Daemon(DaemonRole),
    /// A sysctl.
    Sysctl(Sysctl),
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, op: Op, cause: impl Into<Cow<'static, str>>) -> Self {
        Error(Box::new(Inner {
            kind,
            op,
            object: None,
            field: None,
            errno: None,
            applied: Applied::No,
            cause: cause.into(),
            cure: None,
        }))
    }

    /// What `FromStr` says of text that is not a `what`.
    pub(crate) fn parse(what: &'static str, text: &str, expected: &str) -> Self {
        let cause = format!("{} is not one: expected {expected}", Shown(text));
        Error::new(ErrorKind::InvalidInput, Op::Parse, cause).with_field(what)
    }

    /// The same error as another operation's.
    pub(crate) fn of(mut self, op: Op, kind: ErrorKind) -> Self {
        (self.0.op, self.0.kind) = (op, kind);
        self
    }

    pub(crate) fn with_cause(mut self, cause: impl Into<Cow<'static, str>>) -> Self {
        self.0.cause = cause.into();
        self
    }

    pub(crate) fn with_object(mut self, object: Option<Object>) -> Self {
        self.0.object = object;
        self
    }

    pub(crate) fn with_field(mut self, field: &'static str) -> Self {
        self.0.field = Some(field);
        self
    }

    pub(crate) fn with_errno(mut self, errno: i32) -> Self {
        self.0.errno = Some(errno);
        self
    }

    pub(crate) fn with_applied(mut self, applied: Applied) -> Self {
        self.0.applied = applied;
        self
    }

    pub(crate) fn with_cure(mut self, cure: impl Into<Cow<'static, str>>) -> Self {
        self.0.cure = Some(cure.into());
        self
    }

    pub(crate) fn without_cure(mut self) -> Self {
        self.0.cure = None;
        self
    }

    /// The class of the error: what a caller decides by.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The operation that failed.
    #[must_use]
    pub fn op(&self) -> Op {
        self.0.op
    }

    /// The kernel's errno as a positive number, when a system call or the
    /// kernel's IPVS gave one.
    #[must_use]
    pub fn errno(&self) -> Option<i32> {
        self.0.errno
    }

    /// Whether the operation took effect in spite of the error. Always
    /// [`Applied::No`] for reads.
    #[must_use]
    pub fn applied(&self) -> Applied {
        self.0.applied
    }

    /// The service, dest, daemon or sysctl that the operation was about, if it
    /// was about one.
    #[must_use]
    pub fn object(&self) -> Option<&Object> {
        self.0.object.as_ref()
    }

    /// The name of the field that is to blame, as the types of this crate
    /// spell it (`weight`, `persistence_timeout`), when it is known.
    #[must_use]
    pub fn field(&self) -> Option<&'static str> {
        self.0.field
    }

    /// The cause alone, without operation, object and cure.
    #[must_use]
    pub fn cause(&self) -> &str {
        &self.0.cause
    }

    /// What to do about it, where that is known.
    #[must_use]
    pub fn cure(&self) -> Option<&str> {
        self.0.cure.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        write!(f, "{}", inner.op)?;
        if let Some(object) = &inner.object {
            write!(f, " {object}")?;
        }
        if let Some(field) = inner.field {
            write!(f, ": {field}")?;
        }
        write!(f, ": {}", inner.cause)?;
        if let Some(errno) = inner.errno {
            match errno::name(errno) {
                Some(name) => write!(f, " ({name})")?,
                None => write!(f, " (errno {errno})")?,
            }
        }
        if let Some(cure) = &inner.cure {
            write!(f, "; {cure}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("op", &self.0.op)
            .field("object", &self.0.object)
            .field("errno", &self.0.errno)
            .field("applied", &self.0.applied)
            .field("message", &self.to_string())
            .finish()
    }
}

impl std::error::Error for Error {}

/// A stranger's text, in quotes; it may be long or hold anything.
pub(crate) struct Shown<'a>(pub(crate) &'a str);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown: String = self.0.chars().take(60).collect();
        write!(f, "{shown:?}")
    }
}

/// For callers whose own errors are `io::Error`: the nearest `io::ErrorKind`, and
/// the error itself as what it carries.
impl From<Error> for std::io::Error {
    fn from(error: Error) -> Self {
        use std::io::ErrorKind as Io;
        let kind = match error.kind() {
            ErrorKind::ServiceNotFound | ErrorKind::DestNotFound | ErrorKind::DaemonNotRunning => {
                Io::NotFound
            }
            ErrorKind::AlreadyExists => Io::AlreadyExists,
            ErrorKind::PermissionDenied => Io::PermissionDenied,
            ErrorKind::InvalidInput | ErrorKind::UnknownScheduler => Io::InvalidInput,
            ErrorKind::Unsupported | ErrorKind::ModuleMissing => Io::Unsupported,
            ErrorKind::TimedOut => Io::TimedOut,
            ErrorKind::Protocol => Io::InvalidData,
            _ => Io::Other,
        };
        std::io::Error::new(kind, error)
    }
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Object::Service(service) => write!(f, "{service}"),
            Object::Dest(service, dest) => write!(f, "{dest} of {service}"),
            Object::Daemon(role) => write!(f, "{role}"),
            Object::Sysctl(sysctl) => write!(f, "{sysctl}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_reads_as_one_sentence() {
        let service: ServiceKey = "tcp 192.0.2.1:80".parse().unwrap();
        let error = Error::new(ErrorKind::AlreadyExists, Op::AddService, "already exists")
            .with_object(Some(Object::Service(service)))
            .with_errno(ipvs_sys::errno::EEXIST);
        assert_eq!(
            error.to_string(),
            "add service tcp 192.0.2.1:80: already exists (EEXIST)"
        );
        let dest = DestKey::new("10.0.3.100".parse::<std::net::IpAddr>().unwrap(), 80);
        let error = Error::new(ErrorKind::InvalidInput, Op::AddDest, "4 is above 3")
            .with_object(Some(Object::Dest(service, dest)))
            .with_field("weight")
            .with_cure("lower it");
        assert_eq!(
            error.to_string(),
            "add dest 10.0.3.100:80 of tcp 192.0.2.1:80: weight: 4 is above 3; lower it"
        );
    }

    #[test]
    fn an_error_is_one_word_wide() {
        assert_eq!(size_of::<Error>(), size_of::<usize>());
        assert_eq!(size_of::<Result<(), Error>>(), size_of::<usize>());
    }
}
