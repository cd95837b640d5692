//! The one table that maps (door, operation, errno) to a kind, a cause and a cure.

use ipvs_sys::errno as e;

use super::{ErrorKind, Op};

/// The way a request took into the kernel; the same errno can mean different
/// things behind different doors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Door {
    /// The generic netlink family `IPVS`.
    Netlink,
    /// The files below `/proc/net` and `/proc/sys/net/ipv4/vs`.
    Files,
}

/// What an errno means for one operation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Diagnosis {
    pub(crate) kind: ErrorKind,
    pub(crate) field: Option<&'static str>,
    pub(crate) cause: &'static str,
    pub(crate) cure: Option<&'static str>,
}

/// The first row that names the operation (or none) and the errno decides.
pub(crate) fn diagnose(door: Door, op: Op, errno: i32) -> Diagnosis {
    door.table()
        .iter()
        .find(|row| row.errno == errno && (row.ops.is_empty() || row.ops.contains(&op)))
        .map_or(UNKNOWN, |row| row.diagnosis)
}

impl Door {
    const fn table(self) -> &'static [Row] {
        match self {
            Door::Netlink => NETLINK,
            Door::Files => FILES,
        }
    }
}

struct Row {
    /// Empty: any operation.
    ops: &'static [Op],
    errno: i32,
    diagnosis: Diagnosis,
}

const UNKNOWN: Diagnosis = Diagnosis {
    kind: ErrorKind::Io,
    field: None,
    cause: "the kernel failed",
    cure: None,
};

const fn row(ops: &'static [Op], errno: i32, kind: ErrorKind, cause: &'static str) -> Row {
    let (field, cure) = (None, None);
    let diagnosis = Diagnosis {
        kind,
        field,
        cause,
        cure,
    };
    Row {
        ops,
        errno,
        diagnosis,
    }
}

impl Row {
    const fn field(mut self, field: &'static str) -> Row {
        self.diagnosis.field = Some(field);
        self
    }

    const fn cure(mut self, cure: &'static str) -> Row {
        self.diagnosis.cure = Some(cure);
        self
    }
}

const SERVICE_WRITES: &[Op] = &[Op::AddService, Op::UpdateService, Op::EditService];
/// Operations whose ESRCH means that the service they name is not there.
const ON_SERVICE: &[Op] = &[
    Op::Service,
    Op::UpdateService,
    Op::EditService,
    Op::RemoveService,
    Op::ZeroService,
    Op::Dests,
    Op::Dest,
    Op::AddDest,
    Op::UpdateDest,
    Op::EditDest,
    Op::RemoveDest,
];
const DEST_CHANGES: &[Op] = &[Op::UpdateDest, Op::EditDest];
const DEST_WRITES: &[Op] = &[Op::AddDest, Op::UpdateDest, Op::EditDest];

use ErrorKind as K;

const NETLINK: &[Row] = &[
    // Finding the family.
    row(&[Op::Open], e::ENOENT, K::ModuleMissing, "the kernel has no IPVS")
        .cure("load it as root: modprobe ip_vs (kernels from 5.16 load it by themselves)"),
    // Services.
    row(&[Op::AddService], e::EEXIST, K::AlreadyExists, "already exists"),
    row(SERVICE_WRITES, e::ENOENT, K::UnknownScheduler, "the kernel has no such scheduler or persistence engine")
        .cure("load its module as root: modprobe ip_vs_NAME, or ip_vs_pe_NAME for an engine"),
    row(ON_SERVICE, e::ESRCH, K::ServiceNotFound, "no such service"),
    row(SERVICE_WRITES, e::EINVAL, K::InvalidInput, "the kernel refuses one of the service's fields"),
    // Dests.
    row(&[Op::AddDest], e::EEXIST, K::AlreadyExists, "already exists"),
    row(&[Op::UpdateDest, Op::EditDest, Op::RemoveDest, Op::Dest], e::ENOENT, K::DestNotFound, "no such dest"),
    row(DEST_WRITES, e::ERANGE, K::InvalidInput, "the weight is above 2147483647 or the lower threshold above the upper one"),
    row(&[Op::AddDest], e::EINVAL, K::InvalidInput, "the kernel cannot use it")
        .field("address")
        .cure("a dest's address is a unicast one, IPv6 link-local ones only when they are this host's; where lo was never up every IPv4 address is refused: ip link set lo up"),
    row(DEST_CHANGES, e::EINVAL, K::InvalidInput, "the kernel refuses one of the dest's fields"),
    // Daemons.
    row(&[Op::StartDaemon], e::EEXIST, K::AlreadyExists, "a daemon of that role is running already")
        .cure("stop it first"),
    row(&[Op::StartDaemon], e::ENODEV, K::InvalidInput, "no such interface").field("interface"),
    row(&[Op::StartDaemon], e::EINVAL, K::InvalidInput, "the kernel refuses it")
        .cure("the group must be a multicast address, and no dest may have another address family than its service"),
    row(&[Op::StartDaemon], e::ENETUNREACH, K::Io, "the group cannot be reached")
        .field("interface")
        .cure("bring the interface up and give it a route to the group"),
    row(&[Op::StartDaemon], e::EADDRINUSE, K::Io, "the port is taken").field("port"),
    row(&[Op::StartDaemon], e::EADDRNOTAVAIL, K::Io, "the interface has no address of the group's family")
        .field("interface"),
    row(&[Op::StopDaemon], e::ESRCH, K::DaemonNotRunning, "no daemon of that role is running"),
    row(&[Op::StopDaemon], e::EINVAL, K::InvalidInput, "the kernel refuses it"),
    row(
        &[Op::StartDaemon],
        e::EAFNOSUPPORT,
        K::Unsupported,
        "this kernel has no IPv6, or it is switched off",
    )
    .field("group"),
    // Time-outs.
    row(&[Op::SetTimeouts], e::EINVAL, K::InvalidInput, "a timeout is above what this kernel can hold"),
    // Any operation.
    row(&[], e::EPERM, K::PermissionDenied, "permission denied")
        .cure("IPVS over netlink needs CAP_NET_ADMIN in the initial user namespace; root of a rootless container never has it"),
    row(&[], e::EACCES, K::PermissionDenied, "permission denied"),
    row(&[], e::EAFNOSUPPORT, K::Unsupported, "this kernel has no IPv6, or it is switched off")
        .field("address"),
    row(&[], e::EOPNOTSUPP, K::Unsupported, "this kernel's IPVS does not know the command"),
    row(&[], e::ENOPROTOOPT, K::ModuleMissing, "the module ip_vs is being unloaded").cure("load it again as root: modprobe ip_vs"),
    row(&[], e::EINVAL, K::InvalidInput, "the kernel refuses it"),
    row(&[], e::ERANGE, K::InvalidInput, "the kernel refuses a number"),
    row(&[], e::EEXIST, K::AlreadyExists, "already exists"),
    row(&[], e::ENODEV, K::InvalidInput, "no such device"),
    row(&[], e::ENOMEM, K::Io, "the kernel is out of memory"),
    row(&[], e::ENOBUFS, K::Io, "the kernel is out of buffers"),
    row(&[], e::EBUSY, K::Io, "another listing on the same socket was not read to its end"),
];

const SYSCTLS: &[Op] = &[Op::Sysctl, Op::SetSysctl];

const FILES: &[Row] = &[
    row(SYSCTLS, e::ENOENT, K::Unsupported, "this kernel has no such sysctl"),
    row(&[Op::Status], e::ENOENT, K::Unsupported, "this kernel has no such file")
        .cure("Linux 7.1 and later have it, as long as ip_vs is loaded"),
    row(&[], e::ENOENT, K::ModuleMissing, "the kernel has no IPVS").cure("load it as root: modprobe ip_vs"),
    row(&[Op::SetSysctl], e::EINVAL, K::InvalidInput, "the kernel refuses the value"),
    row(&[Op::SetSysctl], e::ERANGE, K::InvalidInput, "the kernel refuses the value: this machine has no such processor"),
    row(&[Op::SetSysctl], e::EOVERFLOW, K::InvalidInput, "the kernel refuses the value: a number in it is too high"),
    row(&[Op::SetSysctl], e::EROFS, K::PermissionDenied, "/proc/sys is mounted for reading only")
        .cure("that is usual in a container: set it from outside"),
    row(&[Op::SetSysctl], e::EACCES, K::PermissionDenied, "permission denied")
        .cure("it takes root, or CAP_NET_ADMIN over the network namespace; some sysctls belong to the first namespace's root alone"),
    row(&[Op::Status], e::EACCES, K::PermissionDenied, "permission denied").cure("the file is root's"),
    row(&[], e::EACCES, K::PermissionDenied, "permission denied"),
    row(&[], e::EPERM, K::PermissionDenied, "permission denied")
        .cure("the files of another network namespace than the caller's take CAP_SYS_ADMIN"),
    row(&[], e::ENOMEM, K::Io, "the kernel is out of memory"),
    row(&[], e::EMFILE, K::Io, "this process has too many files open"),
    row(&[], e::ENFILE, K::Io, "this machine has too many files open"),
];

macro_rules! names {
    ($($name:ident)*) => {
        /// The errno's name as in errno(3), for those that IPVS and netlink give.
        pub(super) fn name(errno: i32) -> Option<&'static str> {
            match errno {
                $(e::$name => Some(stringify!($name)),)*
                _ => None,
            }
        }
    };
}

names! {
    EACCES EADDRINUSE EADDRNOTAVAIL EAFNOSUPPORT EAGAIN EBUSY ECONNREFUSED EEXIST EINTR EINVAL
    EIO EMFILE EMSGSIZE ENETUNREACH ENFILE ENOBUFS ENODEV ENOENT ENOMEM ENOPROTOOPT EOPNOTSUPP EOVERFLOW
    EPERM ERANGE EROFS ESRCH
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(op: Op, errno: i32) -> ErrorKind {
        diagnose(Door::Netlink, op, errno).kind
    }

    /// Kernel.md section 2, row by row: what each errno means for each operation.
    #[test]
    fn every_row_of_the_interface_has_its_kind() {
        for (op, errno, expected) in [
            (Op::Open, e::ENOENT, K::ModuleMissing),
            (Op::Open, e::EPERM, K::PermissionDenied),
            (Op::AddService, e::EINVAL, K::InvalidInput),
            (Op::AddService, e::EAFNOSUPPORT, K::Unsupported),
            (Op::AddService, e::EEXIST, K::AlreadyExists),
            (Op::AddService, e::ENOENT, K::UnknownScheduler),
            (Op::AddService, e::ENOMEM, K::Io),
            (Op::UpdateService, e::EINVAL, K::InvalidInput),
            (Op::UpdateService, e::EAFNOSUPPORT, K::Unsupported),
            (Op::UpdateService, e::ESRCH, K::ServiceNotFound),
            (Op::UpdateService, e::ENOENT, K::UnknownScheduler),
            (Op::EditService, e::ESRCH, K::ServiceNotFound),
            (Op::EditService, e::ENOENT, K::UnknownScheduler),
            (Op::Service, e::ESRCH, K::ServiceNotFound),
            (Op::RemoveService, e::ESRCH, K::ServiceNotFound),
            (Op::RemoveService, e::EINVAL, K::InvalidInput),
            (Op::ZeroService, e::ESRCH, K::ServiceNotFound),
            (Op::AddDest, e::ESRCH, K::ServiceNotFound),
            (Op::AddDest, e::EEXIST, K::AlreadyExists),
            (Op::AddDest, e::ERANGE, K::InvalidInput),
            (Op::AddDest, e::EINVAL, K::InvalidInput),
            (Op::AddDest, e::EAFNOSUPPORT, K::Unsupported),
            (Op::UpdateDest, e::ESRCH, K::ServiceNotFound),
            (Op::UpdateDest, e::ENOENT, K::DestNotFound),
            (Op::UpdateDest, e::ERANGE, K::InvalidInput),
            (Op::UpdateDest, e::EINVAL, K::InvalidInput),
            (Op::EditDest, e::ENOENT, K::DestNotFound),
            (Op::RemoveDest, e::ESRCH, K::ServiceNotFound),
            (Op::RemoveDest, e::ENOENT, K::DestNotFound),
            (Op::RemoveDest, e::EINVAL, K::InvalidInput),
            (Op::StartDaemon, e::EINVAL, K::InvalidInput),
            (Op::StartDaemon, e::EAFNOSUPPORT, K::Unsupported),
            (Op::StartDaemon, e::ENODEV, K::InvalidInput),
            (Op::StartDaemon, e::EEXIST, K::AlreadyExists),
            (Op::StartDaemon, e::ENETUNREACH, K::Io),
            (Op::StartDaemon, e::EADDRINUSE, K::Io),
            (Op::StartDaemon, e::EADDRNOTAVAIL, K::Io),
            (Op::StopDaemon, e::ESRCH, K::DaemonNotRunning),
            (Op::StopDaemon, e::EINVAL, K::InvalidInput),
            (Op::SetTimeouts, e::EINVAL, K::InvalidInput),
            (Op::SetTimeouts, e::ERANGE, K::InvalidInput),
            (Op::Services, e::EBUSY, K::Io),
            (Op::Info, e::EPERM, K::PermissionDenied),
            (Op::Flush, e::EOPNOTSUPP, K::Unsupported),
            (Op::Zero, e::ENOPROTOOPT, K::ModuleMissing),
            (Op::Zero, 9999, K::Io),
        ] {
            assert_eq!(kind(op, errno), expected, "{op} {:?}", name(errno));
        }
    }

    #[test]
    fn every_errno_of_a_file_has_its_kind() {
        for (op, errno, expected) in [
            (Op::Connections, e::ENOENT, K::ModuleMissing),
            (Op::KernelTable, e::ENOENT, K::ModuleMissing),
            (Op::Status, e::ENOENT, K::Unsupported),
            (Op::Status, e::EACCES, K::PermissionDenied),
            (Op::Sysctl, e::ENOENT, K::Unsupported),
            (Op::SetSysctl, e::ENOENT, K::Unsupported),
            (Op::SetSysctl, e::EINVAL, K::InvalidInput),
            (Op::SetSysctl, e::ERANGE, K::InvalidInput),
            (Op::SetSysctl, e::EOVERFLOW, K::InvalidInput),
            (Op::SetSysctl, e::EROFS, K::PermissionDenied),
            (Op::SetSysctl, e::EACCES, K::PermissionDenied),
            (Op::Sysctl, e::EPERM, K::PermissionDenied),
            (Op::CpuStats, e::EMFILE, K::Io),
            (Op::Sysctl, e::EINVAL, K::Io),
        ] {
            let kind = diagnose(Door::Files, op, errno).kind;
            assert_eq!(kind, expected, "{op} {:?}", name(errno));
        }
    }

    #[test]
    fn no_row_is_hidden_by_an_earlier_one() {
        for table in [NETLINK, FILES] {
            for (index, row) in table.iter().enumerate() {
                for op in if row.ops.is_empty() { Op::ALL } else { row.ops } {
                    let first = table.iter().position(|r| {
                        r.errno == row.errno && (r.ops.is_empty() || r.ops.contains(op))
                    });
                    assert!(
                        first == Some(index) || row.ops.is_empty(),
                        "{op} {:?} is decided by an earlier row",
                        name(row.errno)
                    );
                }
            }
        }
    }
}
