//! Why a call fails: for a reason of the core's, or before it came to that.

use std::borrow::Cow;
use std::io;

use ipvs_core::Error;

use crate::status::{ipvs_status, ipvs_status_code};

/// A value, or why there is none.
pub type Outcome<T = ()> = Result<T, Failure>;

/// Why a call fails.
#[derive(Debug)]
#[non_exhaustive]
pub enum Failure {
    /// The core refused or failed.
    Core(Error),
    /// An argument that is no value of its type.
    Argument {
        /// The argument, or the field of it.
        name: &'static str,
        /// What is wrong with it.
        cause: Cow<'static, str>,
        /// What a system call said of it.
        errno: Option<i32>,
    },
    /// A bug in this library.
    Panic,
}

impl Failure {
    pub(crate) fn argument(name: &'static str, cause: impl Into<Cow<'static, str>>) -> Self {
        Failure::Argument {
            name,
            cause: cause.into(),
            errno: None,
        }
    }

    pub(crate) fn null(name: &'static str) -> Self {
        Failure::argument(name, "it is NULL")
    }

    /// A place in a list that is past its end.
    pub(crate) fn index() -> Self {
        Failure::argument("index", "it is past the end")
    }

    /// A struct that begins with what cannot be its size.
    pub(crate) fn size(name: &'static str, size: usize) -> Self {
        let cause = format!("its size is {size}: begin with its _INIT");
        Failure::argument(name, cause)
    }

    /// A struct of a later version in which something is set that this one does not know.
    pub(crate) fn newer(name: &'static str) -> Self {
        let cause = "a field is set that this version of the library does not know";
        Failure::argument(name, cause)
    }

    /// A file descriptor that cannot be used.
    pub(crate) fn descriptor(name: &'static str, error: &io::Error) -> Self {
        Failure::Argument {
            name,
            cause: error.to_string().into(),
            errno: error.raw_os_error(),
        }
    }

    pub(crate) fn status(&self) -> ipvs_status {
        match self {
            Failure::Core(error) => error.kind().code().into(),
            Failure::Argument { .. } => ipvs_status_code::IPVS_INVALID_INPUT as ipvs_status,
            Failure::Panic => ipvs_status_code::IPVS_PANIC as ipvs_status,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Core(error)
    }
}
