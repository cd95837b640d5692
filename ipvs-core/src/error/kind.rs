//! Names for what failed and for what a caller can do about it.

use std::fmt;

/// The class of an [`Error`](crate::Error), named after the caller's next step.
///
/// Each kind has a stable number and name; both are append-only and the same
/// in Rust, C and Python.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
#[repr(u16)]
pub enum ErrorKind {
    /// There is no such virtual service.
    ServiceNotFound = 1,
    /// The service exists and has no such real server.
    DestNotFound = 2,
    /// No sync daemon of that role is running.
    DaemonNotRunning = 3,
    /// The service, dest or daemon is there already.
    AlreadyExists = 4,
    /// The kernel has no such scheduler or persistence engine and could not
    /// load its module.
    UnknownScheduler = 5,
    /// The kernel has no IPVS: the module `ip_vs` is not loaded.
    ModuleMissing = 6,
    /// The caller lacks `CAP_NET_ADMIN` in the initial user namespace.
    PermissionDenied = 7,
    /// A value that the kernel refuses, or that this library refuses to send.
    InvalidInput = 8,
    /// This kernel cannot do it.
    Unsupported = 9,
    /// The table kept changing while it was read.
    ChangedWhileReading = 10,
    /// The kernel did not answer before the deadline.
    TimedOut = 11,
    /// The kernel's answers did not fit the socket's receive buffer.
    Overrun = 12,
    /// An answer that cannot be understood.
    Protocol = 13,
    /// The client was opened before a fork and is used in the child.
    Forked = 14,
    /// A system call failed, or the kernel failed for a reason of its own.
    Io = 15,
    /// A bug in this library.
    Internal = 16,
}

impl ErrorKind {
    /// Every kind, in the order of their numbers.
    pub const ALL: &'static [ErrorKind] = &[
        ErrorKind::ServiceNotFound,
        ErrorKind::DestNotFound,
        ErrorKind::DaemonNotRunning,
        ErrorKind::AlreadyExists,
        ErrorKind::UnknownScheduler,
        ErrorKind::ModuleMissing,
        ErrorKind::PermissionDenied,
        ErrorKind::InvalidInput,
        ErrorKind::Unsupported,
        ErrorKind::ChangedWhileReading,
        ErrorKind::TimedOut,
        ErrorKind::Overrun,
        ErrorKind::Protocol,
        ErrorKind::Forked,
        ErrorKind::Io,
        ErrorKind::Internal,
    ];

    /// The kind's stable number, from 1; never reused.
    #[must_use]
    pub const fn code(self) -> u16 {
        self as u16
    }

    /// The kind's stable name, such as `service_not_found`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            ErrorKind::ServiceNotFound => "service_not_found",
            ErrorKind::DestNotFound => "dest_not_found",
            ErrorKind::DaemonNotRunning => "daemon_not_running",
            ErrorKind::AlreadyExists => "already_exists",
            ErrorKind::UnknownScheduler => "unknown_scheduler",
            ErrorKind::ModuleMissing => "module_missing",
            ErrorKind::PermissionDenied => "permission_denied",
            ErrorKind::InvalidInput => "invalid_input",
            ErrorKind::Unsupported => "unsupported",
            ErrorKind::ChangedWhileReading => "changed_while_reading",
            ErrorKind::TimedOut => "timed_out",
            ErrorKind::Overrun => "overrun",
            ErrorKind::Protocol => "protocol",
            ErrorKind::Forked => "forked",
            ErrorKind::Io => "io",
            ErrorKind::Internal => "internal",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

macro_rules! ops {
    ($($(#[$doc:meta])* $variant:ident $name:literal $words:literal,)*) => {
        /// The operation that an error comes from. Most are named after the
        /// method of [`Client`](crate::Client).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Op {
            $($(#[$doc])* $variant,)*
        }

        impl Op {
            /// Every operation.
            pub const ALL: &'static [Op] = &[$(Op::$variant,)*];

            /// The operation's stable name: the method's, such as `add_service`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Op::$variant => $name,)* }
            }
        }

        impl fmt::Display for Op {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(match self { $(Op::$variant => $words,)* })
            }
        }
    };
}

ops! {
    /// Reading text into a value (`FromStr`).
    Parse "parse" "parse",
    /// Planning changes.
    Plan "plan" "plan",
    /// Writing a value as text that may not be able to say it.
    Print "print" "print",
    /// Opening the client and finding the kernel's IPVS.
    Open "open" "open",
    /// Finding the client's network namespace.
    Namespace "namespace" "get namespace",
    /// Listing the virtual services.
    Services "services" "list services",
    /// Reading one virtual service.
    Service "service" "get service",
    /// Adding a virtual service.
    AddService "add_service" "add service",
    /// Replacing a virtual service.
    UpdateService "update_service" "update service",
    /// Changing some fields of a virtual service.
    EditService "edit_service" "edit service",
    /// Removing a virtual service and its real servers.
    RemoveService "remove_service" "remove service",
    /// Listing the real servers of a virtual service.
    Dests "dests" "list dests of",
    /// Reading one real server.
    Dest "dest" "get dest",
    /// Adding a real server.
    AddDest "add_dest" "add dest",
    /// Replacing a real server.
    UpdateDest "update_dest" "update dest",
    /// Changing some fields of a real server.
    EditDest "edit_dest" "edit dest",
    /// Removing a real server.
    RemoveDest "remove_dest" "remove dest",
    /// Listing the running sync daemons.
    Daemons "daemons" "list daemons",
    /// Starting a sync daemon.
    StartDaemon "start_daemon" "start daemon",
    /// Stopping a sync daemon.
    StopDaemon "stop_daemon" "stop daemon",
    /// Reading the time-outs.
    Timeouts "timeouts" "get timeouts",
    /// Setting time-outs.
    SetTimeouts "set_timeouts" "set timeouts",
    /// Reading version and table size.
    Info "info" "get info",
    /// Removing every service.
    Flush "flush" "flush",
    /// Zeroing every counter.
    Zero "zero" "zero",
    /// Zeroing the counters of one service.
    ZeroService "zero_service" "zero service",
    /// Reading everything.
    Snapshot "snapshot" "take snapshot",
    /// Reading the connection table.
    Connections "connections" "list connections",
    /// Reading the connection table with the origin of each.
    SyncedConnections "synced_connections" "list synced connections",
    /// Reading the helpers of application protocols.
    Applications "applications" "list applications",
    /// Reading the counters of the whole namespace.
    TotalStats "total_stats" "get total stats",
    /// Reading the counters of each processor.
    CpuStats "cpu_stats" "get cpu stats",
    /// Reading how full the kernel's tables are.
    Status "status" "get status",
    /// Reading the table as `/proc` shows it.
    KernelTable "kernel_table" "read kernel table",
    /// Reading a sysctl.
    Sysctl "sysctl" "get sysctl",
    /// Setting a sysctl.
    SetSysctl "set_sysctl" "set sysctl",
    /// Reading everything once.
    List "list" "list everything",
}

impl Op {
    /// Whether it changes something in the kernel.
    pub(crate) const fn is_write(self) -> bool {
        !matches!(
            self,
            Op::Parse
                | Op::Plan
                | Op::Print
                | Op::Open
                | Op::Namespace
                | Op::Services
                | Op::Service
                | Op::Dests
                | Op::Dest
                | Op::Daemons
                | Op::Timeouts
                | Op::Info
                | Op::Snapshot
                | Op::Connections
                | Op::SyncedConnections
                | Op::Applications
                | Op::TotalStats
                | Op::CpuStats
                | Op::Status
                | Op::KernelTable
                | Op::Sysctl
                | Op::List
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_the_positions_from_one_and_names_are_unique() {
        for (index, kind) in ErrorKind::ALL.iter().enumerate() {
            assert_eq!(usize::from(kind.code()), index + 1, "{kind}");
        }
        let mut names: Vec<_> = ErrorKind::ALL.iter().map(|kind| kind.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ErrorKind::ALL.len());
    }

    #[test]
    fn an_operation_reads_as_its_name() {
        for op in Op::ALL {
            assert!(
                op.name()
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || c == '_')
            );
            assert!(!op.to_string().is_empty());
        }
    }
}
