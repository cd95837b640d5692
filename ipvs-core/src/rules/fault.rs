//! The kinds of mistakes, one for each that ipvsadm tells apart.

use std::fmt;

use crate::error::Shown;

/// What is wrong with a command line. The names of options and commands in it
/// are ipvsadm's long ones without dashes, such as `service-address` and `add-server`.
///
/// Where several things are wrong, it is the one that ipvsadm would tell of.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The first option is no command, or there is no option.
    NoCommand,
    /// An option that doesn't exist.
    UnknownOption,
    /// An option that needs a value and is the last word.
    MissingValue,
    /// A value (`--numeric=1`) for an option that takes none.
    UnwantedValue,
    /// A command where there is one already.
    AnotherCommand,
    /// An option a second time.
    Repeated {
        /// The option's name.
        option: &'static str,
    },
    /// A value that is not what its option takes.
    Invalid {
        /// What it should have been.
        expected: Value,
        /// What it is.
        value: String,
    },
    /// A host or a service that the given [`Names`](super::Names) don't know.
    UnknownName {
        /// What it was to be the address or the port of.
        expected: Value,
        /// The option's whole value.
        value: String,
        /// The name within it.
        name: String,
    },
    /// `-6` before `-f`.
    FamilyBeforeMark,
    /// `--set` without its three time-outs.
    TimeoutsMissing,
    /// A word that no option takes.
    Unexpected,
    /// A scheduler flag of another scheduler than this service's.
    ForeignFlag {
        /// The flag.
        flag: String,
    },
    /// A scheduler flag that doesn't exist.
    UnknownFlag {
        /// The flag.
        flag: String,
    },
    /// An option that the command or tunnel type can't do without.
    Missing {
        /// The option's name.
        option: &'static str,
        /// What it is missing from.
        of: Subject,
    },
    /// An option that the command or tunnel type doesn't have.
    Illegal {
        /// The option's name.
        option: &'static str,
        /// What doesn't have it.
        of: Subject,
    },
    /// Two options that exclude each other.
    Conflict {
        /// The option's name.
        option: &'static str,
        /// The other's: the one that comes first in ipvsadm's own order.
        earlier: &'static str,
        /// What they are options of.
        of: Subject,
    },
    /// Port 0, which means every port, for a service that is not persistent.
    ZeroPort,
    /// One-packet scheduling for a service of another protocol than UDP.
    OnePacket,
    /// A dest of another address family than its service's without a tunnel.
    MixedFamilies,
    /// A tunnel's options without `-i`.
    TunnelWithoutIpip,
    /// Listings that exclude each other, such as `--timeout` and `--stats`.
    Listings,
    /// A scheduler, an engine or an interface with a name that the kernel has no
    /// room for, or that holds a NUL. It comes last: ipvsadm cuts the name.
    Name {
        /// The option's name.
        option: &'static str,
        /// The name.
        value: String,
        /// The longest name, in bytes.
        max: usize,
    },
    /// A line that is no UTF-8.
    NotText,
    /// A line that is longer than a [`Reader`](super::Reader) takes.
    LongLine {
        /// The longest line, in bytes.
        max: usize,
    },
}

/// What has options.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Subject {
    /// The command of a name, such as `add-server`.
    Command(&'static str),
    /// The tunnel type of a name: `ipip`, `gue` or `gre`.
    TunnelType(&'static str),
}

/// The values that options take and that are not any text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Value {
    /// A virtual service's address and port: `-t`, `-u`, `--sctp-service`.
    Service,
    /// A firewall mark: `-f`.
    FirewallMark,
    /// A persistence timeout: `-p`.
    PersistenceTimeout,
    /// An IPv4 netmask: `-M`.
    Netmask,
    /// An IPv6 prefix length: `-M`.
    PrefixLength,
    /// A real server's address and port: `-r`.
    Server,
    /// A weight: `-w`.
    Weight,
    /// An upper threshold: `-x`.
    UpperThreshold,
    /// A lower threshold: `-y`.
    LowerThreshold,
    /// A sync id: `--syncid`.
    SyncId,
    /// An IPv4 multicast group: `--mcast-group`.
    GroupV4,
    /// An IPv6 multicast group: `--mcast-group` with a colon.
    GroupV6,
    /// A sync daemon's port: `--mcast-port`.
    DaemonPort,
    /// A sync daemon's time to live: `--mcast-ttl`.
    DaemonTtl,
    /// The longest sync message: `--sync-maxlen`.
    MaxLength,
    /// A tunnel's type: `--tun-type`.
    TunnelType,
    /// A tunnel's port: `--tun-port`.
    TunnelPort,
    /// The role of a daemon to start: `--start-daemon`.
    StartRole,
    /// The role of a daemon to stop: `--stop-daemon`.
    StopRole,
    /// One of the three time-outs: `--set`.
    Timeout,
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Subject::Command(name) => write!(f, "the command {name}"),
            Subject::TunnelType(name) => write!(f, "the tunnel type {name}"),
        }
    }
}

impl Value {
    /// Its option's name, and what it has to be.
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Value::Service => (
                "service-address",
                "an address and port such as 192.0.2.1:80 or [2001:db8::1]:80",
            ),
            Value::FirewallMark => ("service-address", "a mark from 1 to 4294967295"),
            Value::PersistenceTimeout => ("persistent", "seconds from 1 to 2678400"),
            Value::Netmask => ("netmask", "an IPv4 mask such as 255.255.255.0"),
            Value::PrefixLength => ("netmask", "an IPv6 prefix length from 1 to 128"),
            Value::Server => (
                "real-server",
                "an address and port such as 10.0.3.100:8080 or [2001:db8::2]:8080",
            ),
            Value::Weight => ("weight", SIGNED),
            Value::UpperThreshold => ("u-threshold", SIGNED),
            Value::LowerThreshold => ("l-threshold", SIGNED),
            Value::SyncId => ("syncid", "a number from 0 to 255"),
            Value::GroupV4 => (
                "mcast-group",
                "an IPv4 multicast address such as 224.0.0.81",
            ),
            Value::GroupV6 => ("mcast-group", "an IPv6 multicast address such as ff02::81"),
            Value::DaemonPort => ("mcast-port", "a port from 1 to 65535"),
            Value::DaemonTtl => ("mcast-ttl", "a number from 1 to 255"),
            Value::MaxLength => ("sync-maxlen", "bytes from 1 to 65507"),
            Value::TunnelType => ("tun-type", "ipip, gue or gre"),
            Value::TunnelPort => ("tun-port", "a port from 1 to 65535"),
            Value::StartRole => ("start-daemon", "master or backup"),
            Value::StopRole => ("stop-daemon", "master or backup"),
            Value::Timeout => ("set", "seconds from 0 (keep) to 2678400"),
        }
    }
}

const SIGNED: &str = "a number from 0 to 2147483647";

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::NoCommand => write!(f, "expected a command such as -A or -a first"),
            Fault::UnknownOption => write!(f, "there is no such option"),
            Fault::MissingValue => write!(f, "the option needs a value"),
            Fault::UnwantedValue => write!(f, "the option takes no value"),
            Fault::AnotherCommand => write!(f, "expected one command, the first one"),
            Fault::Unexpected => write!(f, "expected an option"),
            Fault::Repeated { option } => write!(f, "expected {option} once"),
            Fault::Invalid { expected, value } => {
                let (option, expected) = expected.words();
                write!(f, "{option} {}: expected {expected}", Shown(value))
            }
            Fault::UnknownName {
                expected,
                value,
                name,
            } => {
                let (option, expected) = expected.words();
                let (value, name) = (Shown(value), Shown(name));
                write!(
                    f,
                    "{option} {value}: the name {name} is not known: expected {expected}"
                )
            }
            Fault::FamilyBeforeMark => write!(f, "-6 belongs behind -f"),
            Fault::TimeoutsMissing => {
                write!(
                    f,
                    "set: expected three time-outs in seconds: tcp, tcp-fin and udp"
                )
            }
            Fault::ForeignFlag { flag } => {
                write!(f, "sched-flags: {} is another scheduler's", Shown(flag))
            }
            Fault::UnknownFlag { flag } => {
                write!(f, "sched-flags: there is no flag {}", Shown(flag))
            }
            Fault::Missing { option, of } => write!(f, "{of} needs {option}"),
            Fault::Illegal { option, of } => write!(f, "{of} has no {option}"),
            Fault::Conflict {
                option,
                earlier,
                of,
            } => write!(f, "{of} takes {earlier} or {option}, not both"),
            Fault::ZeroPort => write!(f, "port 0, every port, is for persistent services"),
            Fault::OnePacket => write!(f, "ops is for services of UDP or a firewall mark"),
            Fault::MixedFamilies => {
                write!(
                    f,
                    "a dest of another address family is reached by a tunnel only"
                )
            }
            Fault::TunnelWithoutIpip => write!(f, "the options of a tunnel need ipip"),
            Fault::Listings => write!(f, "these listings exclude each other"),
            Fault::Name { option, value, max } => {
                write!(
                    f,
                    "{option} {}: expected a name of 1 to {max} bytes",
                    Shown(value)
                )
            }
            Fault::NotText => write!(f, "the line is no UTF-8"),
            Fault::LongLine { max } => write!(f, "the line is longer than {max} bytes"),
        }
    }
}
