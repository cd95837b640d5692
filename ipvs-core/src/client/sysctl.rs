//! The sysctls of the client's namespace.

use std::io;

use ipvs_sys::errno::{EINVAL, ENOENT};

use super::report::About;
use super::{Checks, Client, Files};
use crate::{Error, ErrorKind, Object, Op, Sysctl, SysctlNeed, SysctlValue};

/// One that every kernel of this library has, in each namespace that has any.
const ALWAYS: Sysctl = Sysctl::DropEntry;

impl Client {
    /// Reads a sysctl of the client's network namespace, wherever it is called.
    ///
    /// Anybody may, in their own namespace; elsewhere it takes `CAP_SYS_ADMIN`.
    ///
    /// # Errors
    ///
    /// `Unsupported` where this kernel does not have it, saying which has;
    /// `ModuleMissing` where the namespace has none at all; `Protocol` for a text that is
    /// no value of its form; `PermissionDenied`, `Io`, `Forked`.
    #[doc(alias = "/proc/sys/net/ipv4/vs")]
    pub fn sysctl(&self, sysctl: Sysctl) -> Result<SysctlValue, Error> {
        let about = About::with(Op::Sysctl, Object::Sysctl(sysctl));
        let files = self.files(&about)?;
        let text = files
            .read_sysctl(&file(sysctl))
            .map_err(|error| explain(&about, &*files, sysctl, &error))?;
        sysctl
            .parse(&String::from_utf8_lossy(&text))
            .map_err(|error| about.unreadable(error))
    }

    /// Sets a sysctl of the client's network namespace, wherever it is called.
    ///
    /// A number out of its [range](Sysctl::range), and any other value that
    /// [`check`](Sysctl::check) refuses, is not sent, unless the
    /// [checks](crate::Options::checks) are the kernel's. What a kernel makes of such a value is
    /// its own business: it may refuse it, or take another.
    ///
    /// # Errors
    ///
    /// As [`sysctl`](Self::sysctl); `InvalidInput` for a value that is refused, here or by the
    /// kernel; `PermissionDenied` also where `/proc/sys` is mounted for reading only.
    #[doc(alias = "/proc/sys/net/ipv4/vs")]
    pub fn set_sysctl(&self, sysctl: Sysctl, value: &SysctlValue) -> Result<(), Error> {
        let about = About::with(Op::SetSysctl, Object::Sysctl(sysctl));
        if self.checks == Checks::Full {
            sysctl.check(value)?;
        }
        let files = self.files(&about)?;
        files
            .write_sysctl(&file(sysctl), format!("{value}\n").as_bytes())
            .map_err(|error| explain(&about, &*files, sysctl, &error))
    }
}

/// What the errno alone does not tell: why there is no such file, and what the value had to be.
fn explain(about: &About, files: &dyn Files, sysctl: Sysctl, error: &io::Error) -> Error {
    let report = about.file(error);
    match error.raw_os_error() {
        Some(ENOENT) if !has_any(files) => about
            .error(ErrorKind::ModuleMissing, "the namespace has no sysctl of IPVS")
            .with_errno(ENOENT)
            .with_cure("load the module as root: modprobe ip_vs (before Linux 6.10 a network namespace of a rootless container has none anyhow)"),
        Some(ENOENT) => not_here(report, sysctl),
        Some(EINVAL) => report.with_cure(format!("it takes {}", sysctl.expected())),
        _ => report,
    }
}

fn has_any(files: &dyn Files) -> bool {
    files.read_sysctl(&file(ALWAYS)).is_ok()
}

/// The file below `/proc/sys/net`.
fn file(sysctl: Sysctl) -> String {
    format!("ipv4/vs/{}", sysctl.name())
}

/// Which kernels have it.
fn not_here(report: Error, sysctl: Sysctl) -> Error {
    let (major, minor, patch) = sysctl.since();
    let release = match patch {
        0 => format!("Linux {major}.{minor}"),
        patch => format!("Linux {major}.{minor}.{patch}"),
    };
    let cause = report.cause();
    match sysctl.needs() {
        Some(SysctlNeed::Module(module)) => {
            let cause = format!("{cause} without the module {module}");
            report
                .with_cause(cause)
                .with_cure(format!("load it as root: modprobe {module}"))
        }
        Some(SysctlNeed::Build(option)) => {
            let cause = format!("{cause}: {release} and later have it when built with {option}");
            report.with_cause(cause)
        }
        None => {
            let cause = format!("{cause}: {release} and later have it");
            report.with_cause(cause)
        }
    }
}
