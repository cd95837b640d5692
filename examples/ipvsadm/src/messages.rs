//! What stderr is told, in the original's words: scripts look for them.

use std::io;

use ipvs_core::rules::{Fault, Mistake, Subject, Value};
use ipvs_core::{Error, ErrorKind, Op};

/// What is said of a command line that is none.
pub(crate) fn of_mistake(mistake: &Mistake, program: &str) -> String {
    let word = mistake.word();
    match mistake.fault() {
        Fault::NoCommand => {
            format!("Try `{program} -h' or '{program} --help' for more information.")
        }
        Fault::UnknownOption => format!("{word}: unknown option"),
        Fault::MissingValue => format!("{word}: missing argument"),
        Fault::UnwantedValue => format!("{word}: option does not take an argument"),
        Fault::AnotherCommand => format!("invalid option `{word}'"),
        Fault::Repeated { option } => format!("multiple '{option}' options specified"),
        Fault::Invalid { expected, value }
        | Fault::UnknownName {
            expected, value, ..
        } => invalid(*expected, value).unwrap_or_else(|| mistake.to_string()),
        // Two lines, the second of them empty.
        Fault::FamilyBeforeMark => "-6 used before -f\n".to_owned(),
        Fault::TimeoutsMissing => "--set option requires 3 timeout values".to_owned(),
        Fault::Unexpected => format!("unexpected argument {word}"),
        Fault::ForeignFlag { flag } => format!("incompatible scheduler flag `{flag}'"),
        Fault::UnknownFlag { flag } => format!("invalid scheduler flag `{flag}'"),
        Fault::Missing { option, of } => {
            format!(
                "You need to supply the '{option}' option for the {}",
                subject(*of)
            )
        }
        Fault::Illegal { option, of } => {
            format!("Illegal '{option}' option with the {}", subject(*of))
        }
        Fault::Conflict {
            option,
            earlier,
            of,
        } => {
            let subject = subject(*of);
            format!("The option '{option}' conflicts with the '{earlier}' option in the {subject}")
        }
        Fault::ZeroPort => "Zero port specified for non-persistent service".to_owned(),
        Fault::OnePacket => "One-Packet Scheduling is only for UDP virtual services".to_owned(),
        Fault::MixedFamilies => {
            "Different address family is allowed only for tunneling servers".to_owned()
        }
        Fault::TunnelWithoutIpip => "Tunnel options conflict with forward method".to_owned(),
        Fault::Listings => "options conflicts in the list command".to_owned(),
        // The original asks the kernel for what is left of the name.
        Fault::Name {
            option: "mcast-interface",
            ..
        } => system_text(libc::ENODEV),
        Fault::Name { .. } => NO_SCHEDULER.to_owned(),
        _ => mistake.to_string(),
    }
}

/// The exit status of a command line that is none.
pub(crate) fn status_of(fault: &Fault) -> u8 {
    match fault {
        Fault::NoCommand
        | Fault::UnknownOption
        | Fault::MissingValue
        | Fault::UnwantedValue
        | Fault::Name { .. } => 255,
        _ => 2,
    }
}

fn invalid(expected: Value, value: &str) -> Option<String> {
    Some(match expected {
        Value::Service => "illegal virtual server address[:port] specified".to_owned(),
        Value::FirewallMark => format!("invalid fwmark value `{value}' specified"),
        Value::PersistenceTimeout | Value::Timeout => {
            format!("invalid timeout value `{value}' specified")
        }
        Value::Netmask => "illegal virtual server persistent mask specified".to_owned(),
        Value::PrefixLength => "illegal ipv6 netmask specified".to_owned(),
        Value::Server => "illegal real server address[:port] specified".to_owned(),
        Value::Weight => "illegal weight specified".to_owned(),
        Value::UpperThreshold => "illegal u_threshold specified".to_owned(),
        Value::LowerThreshold => "illegal l_threshold specified".to_owned(),
        Value::SyncId => "illegal syncid specified".to_owned(),
        Value::GroupV4 => format!("invalid IPv4 mcast-group `{value}'"),
        Value::GroupV6 => format!("invalid IPv6 mcast-group `{value}'"),
        Value::DaemonPort => "illegal mcast-port specified".to_owned(),
        Value::DaemonTtl => "illegal mcast-ttl specified".to_owned(),
        Value::MaxLength => "illegal sync-maxlen specified".to_owned(),
        Value::TunnelType => "illegal tunnel type specified".to_owned(),
        Value::TunnelPort => "illegal tunnel port specified".to_owned(),
        Value::StartRole => "illegal start-daemon parameter specified".to_owned(),
        Value::StopRole => "illegal start_daemon specified".to_owned(),
        _ => return None,
    })
}

fn subject(of: Subject) -> String {
    match of {
        Subject::Command(name) => format!("'{name}' command"),
        Subject::TunnelType(name) => format!("'{name}' tunnel type"),
        _ => of.to_string(),
    }
}

/// What is said of an error of the kernel's: a text of its own where the
/// operation and the errno have one, else the system's for the errno.
pub(crate) fn of_error(error: &Error) -> String {
    if error.kind() == ErrorKind::ModuleMissing {
        return system_text(libc::ENOPROTOOPT);
    }
    match error.errno() {
        Some(errno) => errno_text(error.op(), errno),
        None => error.to_string(),
    }
}

fn errno_text(op: Op, errno: i32) -> String {
    let own = TEXTS
        .iter()
        .find(|(ops, of, _)| *of == errno && (ops.is_empty() || ops.contains(&op)));
    own.map_or_else(|| system_text(errno), |(_, _, text)| (*text).to_owned())
}

/// What who isn't root is told.
pub(crate) const NOT_ROOT: &str = "Permission denied (you must be root)";
const NO_SCHEDULER: &str = "Scheduler or persistence engine not found";
const SERVICE_READS: &[Op] = &[Op::Services, Op::Service, Op::Dests];
const DEST_CHANGES: &[Op] = &[Op::AddDest, Op::UpdateDest, Op::RemoveDest];

/// No operations: any. The first row counts.
const TEXTS: &[(&[Op], i32, &str)] = &[
    (&[Op::AddService], libc::EEXIST, "Service already exists"),
    (
        &[Op::AddService, Op::UpdateService],
        libc::ENOENT,
        NO_SCHEDULER,
    ),
    (
        &[Op::UpdateService, Op::RemoveService, Op::ZeroService],
        libc::ESRCH,
        "No such service",
    ),
    (DEST_CHANGES, libc::ESRCH, "Service not defined"),
    (&[Op::AddDest], libc::EEXIST, "Destination already exists"),
    (
        &[Op::UpdateDest, Op::RemoveDest],
        libc::ENOENT,
        "No such destination",
    ),
    (&[Op::StartDaemon], libc::EEXIST, "Daemon has already run"),
    (&[Op::StopDaemon], libc::ESRCH, "No daemon is running"),
    (SERVICE_READS, libc::ESRCH, "No such service"),
    (&[], libc::EPERM, NOT_ROOT),
    (
        &[],
        libc::EINVAL,
        "Invalid operation.  Possibly wrong module version, address not unicast, ...",
    ),
    (&[], libc::ENOPROTOOPT, "Protocol not available"),
    (&[], libc::ENOMEM, "Memory allocation problem"),
    (&[], libc::EOPNOTSUPP, "Operation not supported with IPv6"),
    (
        &[],
        libc::EAFNOSUPPORT,
        "Operation not supported with specified address family",
    ),
    (&[], libc::EMSGSIZE, "Module is wrong version"),
];

/// The system's text for an errno.
fn system_text(errno: i32) -> String {
    system(&io::Error::from_raw_os_error(errno))
}

/// A system error without the number that Rust adds to it.
pub(crate) fn system(error: &io::Error) -> String {
    let text = error.to_string();
    match error.raw_os_error() {
        Some(errno) => text
            .trim_end_matches(&format!(" (os error {errno})"))
            .to_owned(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipvs_core::rules::{Command, NoNames};

    fn mistake(line: &str) -> (String, u8) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let mistake = Command::parse(&words, &NoNames).unwrap_err();
        (of_mistake(&mistake, "ipvsadm"), status_of(mistake.fault()))
    }

    #[test]
    fn mistakes_have_the_words_and_the_status_of_the_original() {
        for (line, status, text) in [
            (
                "foo",
                255,
                "Try `ipvsadm -h' or 'ipvsadm --help' for more information.",
            ),
            ("-L -q", 255, "-q: unknown option"),
            ("-L -t", 255, "-t: missing argument"),
            (
                "-L --numeric=1",
                255,
                "--numeric=1: option does not take an argument",
            ),
            ("-A -D", 2, "invalid option `-D'"),
            ("-L -n -n", 2, "multiple 'numeric' options specified"),
            (
                "-A -t 1.2.3.4:x",
                2,
                "illegal virtual server address[:port] specified",
            ),
            ("-A -f x", 2, "invalid fwmark value `x' specified"),
            ("-A -6", 2, "-6 used before -f\n"),
            ("--set 1 2", 2, "--set option requires 3 timeout values"),
            ("-L -- x", 2, "unexpected argument x"),
            (
                "-A -t 1.2.3.4:7 -b sh-port",
                2,
                "incompatible scheduler flag `sh-port'",
            ),
            (
                "-A",
                2,
                "You need to supply the 'service-address' option for the 'add-service' command",
            ),
            (
                "-C -n",
                2,
                "Illegal 'numeric' option with the 'flush' command",
            ),
            (
                "-L -c -t 1.2.3.4:5",
                2,
                "The option 'service-address' conflicts with the 'connection' option in the 'list' command",
            ),
            (
                "-a -t 1.2.3.4:5 -r 1.2.3.4 -i --tun-type gue",
                2,
                "You need to supply the 'tun-port' option for the 'gue' tunnel type",
            ),
        ] {
            assert_eq!(mistake(line), (text.to_owned(), status), "{line}");
        }
    }

    #[test]
    fn an_errno_has_a_text_of_the_operation_of_any_or_of_the_system() {
        for (op, errno, text) in [
            (Op::AddService, libc::EEXIST, "Service already exists"),
            (Op::AddDest, libc::EEXIST, "Destination already exists"),
            (Op::AddDest, libc::ESRCH, "Service not defined"),
            (Op::ZeroService, libc::ESRCH, "No such service"),
            (
                Op::Flush,
                libc::EPERM,
                "Permission denied (you must be root)",
            ),
            (Op::AddDest, libc::ERANGE, "Numerical result out of range"),
            (Op::StartDaemon, libc::ENODEV, "No such device"),
            (Op::AddDest, libc::ENOENT, "No such file or directory"),
        ] {
            assert_eq!(errno_text(op, errno), text);
        }
    }
}
