//! The commands, their options and which go together, as tables. Reading,
//! the order of checks and the words of every message follow from them.

use crate::{ForwardMethod, Protocol, TunnelFlags, TunnelKind};
use Meaning::Other;

/// A command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verb {
    AddService,
    EditService,
    DeleteService,
    Flush,
    List,
    AddServer,
    DeleteServer,
    EditServer,
    Set,
    StartDaemon,
    StopDaemon,
    Restore,
    Save,
    Zero,
    Help,
    Version,
}

/// What an option that is not a command sets; in the order in which checks report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opt {
    Numeric,
    Connection,
    Service,
    Scheduler,
    Persistent,
    Netmask,
    Server,
    Forward,
    Weight,
    UpperThreshold,
    LowerThreshold,
    Interface,
    Timeout,
    Daemon,
    Stats,
    Rate,
    Thresholds,
    PersistentConnections,
    NoSort,
    SyncId,
    Exact,
    OnePacket,
    Engine,
    SchedulerFlags,
    Group,
    DaemonPort,
    DaemonTtl,
    MaxLength,
    Tunnels,
    TunnelType,
    TunnelPort,
    NoChecksum,
    Checksum,
    RemoteChecksum,
}

impl Opt {
    /// Every option with its name in messages, in the order of checks.
    pub(super) const ALL: &[(Opt, &str)] = &[
        (Opt::Numeric, "numeric"),
        (Opt::Connection, "connection"),
        (Opt::Service, "service-address"),
        (Opt::Scheduler, "scheduler"),
        (Opt::Persistent, "persistent"),
        (Opt::Netmask, "netmask"),
        (Opt::Server, "real-server"),
        (Opt::Forward, "forwarding-method"),
        (Opt::Weight, "weight"),
        (Opt::UpperThreshold, "u-threshold"),
        (Opt::LowerThreshold, "l-threshold"),
        (Opt::Interface, "mcast-interface"),
        (Opt::Timeout, "timeout"),
        (Opt::Daemon, "daemon"),
        (Opt::Stats, "stats"),
        (Opt::Rate, "rate"),
        (Opt::Thresholds, "thresholds"),
        (Opt::PersistentConnections, "persistent-conn"),
        (Opt::NoSort, "nosort"),
        (Opt::SyncId, "syncid"),
        (Opt::Exact, "exact"),
        (Opt::OnePacket, "ops"),
        (Opt::Engine, "pe"),
        (Opt::SchedulerFlags, "sched-flags"),
        (Opt::Group, "mcast-group"),
        (Opt::DaemonPort, "mcast-port"),
        (Opt::DaemonTtl, "mcast-ttl"),
        (Opt::MaxLength, "sync-maxlen"),
        (Opt::Tunnels, "tun-info"),
        (Opt::TunnelType, "tun-type"),
        (Opt::TunnelPort, "tun-port"),
        (Opt::NoChecksum, "tun-nocsum"),
        (Opt::Checksum, "tun-csum"),
        (Opt::RemoteChecksum, "tun-remcsum"),
    ];

    /// Its name in messages.
    pub(super) fn name(self) -> &'static str {
        let named = Opt::ALL.iter().find(|(option, _)| *option == self);
        named.map_or("", |(_, name)| name)
    }
}

/// What a word that begins with a dash stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    Verb(Verb),
    Address(Protocol),
    FirewallMark,
    /// `-6`, which is no option of its own in any check.
    Ipv6,
    Forward(ForwardMethod),
    Checksum(Opt, TunnelFlags),
    /// `--sort`: accepted anywhere, to no effect.
    Sort,
    Other(Opt),
}

impl Meaning {
    /// The option that it gives, for the checks.
    pub(super) fn option(self) -> Option<Opt> {
        match self {
            Meaning::Verb(_) | Meaning::Ipv6 | Meaning::Sort => None,
            Meaning::Address(_) | Meaning::FirewallMark => Some(Opt::Service),
            Meaning::Forward(_) => Some(Opt::Forward),
            Meaning::Checksum(option, _) | Meaning::Other(option) => Some(option),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Takes {
    Nothing,
    Value,
    /// A value, unless the next word begins with a dash.
    MaybeValue,
}

/// One way to write an option.
#[derive(Clone, Copy, Debug)]
pub(super) struct Form {
    pub(super) short: Option<char>,
    pub(super) long: &'static str,
    pub(super) takes: Takes,
    pub(super) meaning: Meaning,
}

const fn flag(short: char, long: &'static str, meaning: Meaning) -> Form {
    Form {
        short: Some(short),
        ..long_flag(long, meaning)
    }
}

const fn value(short: char, long: &'static str, meaning: Meaning) -> Form {
    Form {
        short: Some(short),
        ..long_value(long, meaning)
    }
}

const fn long_flag(long: &'static str, meaning: Meaning) -> Form {
    Form {
        short: None,
        long,
        takes: Takes::Nothing,
        meaning,
    }
}

const fn long_value(long: &'static str, meaning: Meaning) -> Form {
    Form {
        takes: Takes::Value,
        ..long_flag(long, meaning)
    }
}

const fn verb(short: char, long: &'static str, verb: Verb) -> Form {
    flag(short, long, Meaning::Verb(verb))
}

const fn checksum(long: &'static str, option: Opt, flags: TunnelFlags) -> Form {
    long_flag(long, Meaning::Checksum(option, flags))
}

pub(super) const FORMS: &[Form] = &[
    verb('A', "add-service", Verb::AddService),
    verb('E', "edit-service", Verb::EditService),
    verb('D', "delete-service", Verb::DeleteService),
    verb('C', "clear", Verb::Flush),
    verb('L', "list", Verb::List),
    verb('l', "list", Verb::List),
    verb('a', "add-server", Verb::AddServer),
    verb('d', "delete-server", Verb::DeleteServer),
    verb('e', "edit-server", Verb::EditServer),
    long_flag("set", Meaning::Verb(Verb::Set)),
    long_value("start-daemon", Meaning::Verb(Verb::StartDaemon)),
    long_value("stop-daemon", Meaning::Verb(Verb::StopDaemon)),
    verb('R', "restore", Verb::Restore),
    verb('S', "save", Verb::Save),
    verb('Z', "zero", Verb::Zero),
    verb('h', "help", Verb::Help),
    verb('v', "version", Verb::Version),
    flag('n', "numeric", Other(Opt::Numeric)),
    flag('c', "connection", Other(Opt::Connection)),
    value('t', "tcp-service", Meaning::Address(Protocol::TCP)),
    value('u', "udp-service", Meaning::Address(Protocol::UDP)),
    long_value("sctp-service", Meaning::Address(Protocol::SCTP)),
    value('f', "fwmark-service", Meaning::FirewallMark),
    flag('6', "ipv6", Meaning::Ipv6),
    value('s', "scheduler", Other(Opt::Scheduler)),
    Form {
        takes: Takes::MaybeValue,
        ..value('p', "persistent", Other(Opt::Persistent))
    },
    value('M', "netmask", Other(Opt::Netmask)),
    value('r', "real-server", Other(Opt::Server)),
    flag(
        'g',
        "gatewaying",
        Meaning::Forward(ForwardMethod::DIRECT_ROUTE),
    ),
    flag('i', "ipip", Meaning::Forward(ForwardMethod::TUNNEL)),
    flag(
        'm',
        "masquerading",
        Meaning::Forward(ForwardMethod::MASQUERADE),
    ),
    value('w', "weight", Other(Opt::Weight)),
    value('x', "u-threshold", Other(Opt::UpperThreshold)),
    value('y', "l-threshold", Other(Opt::LowerThreshold)),
    long_value("mcast-interface", Other(Opt::Interface)),
    long_flag("timeout", Other(Opt::Timeout)),
    long_flag("daemon", Other(Opt::Daemon)),
    long_flag("stats", Other(Opt::Stats)),
    long_flag("rate", Other(Opt::Rate)),
    long_flag("thresholds", Other(Opt::Thresholds)),
    long_flag("persistent-conn", Other(Opt::PersistentConnections)),
    long_flag("nosort", Other(Opt::NoSort)),
    long_flag("sort", Meaning::Sort),
    long_value("syncid", Other(Opt::SyncId)),
    flag('X', "exact", Other(Opt::Exact)),
    flag('o', "ops", Other(Opt::OnePacket)),
    long_value("pe", Other(Opt::Engine)),
    value('b', "sched-flags", Other(Opt::SchedulerFlags)),
    long_value("mcast-group", Other(Opt::Group)),
    long_value("mcast-port", Other(Opt::DaemonPort)),
    long_value("mcast-ttl", Other(Opt::DaemonTtl)),
    long_value("sync-maxlen", Other(Opt::MaxLength)),
    long_flag("tun-info", Other(Opt::Tunnels)),
    long_value("tun-type", Other(Opt::TunnelType)),
    long_value("tun-port", Other(Opt::TunnelPort)),
    checksum("tun-nocsum", Opt::NoChecksum, TunnelFlags::empty()),
    checksum("tun-csum", Opt::Checksum, TunnelFlags::CHECKSUM),
    checksum(
        "tun-remcsum",
        Opt::RemoteChecksum,
        TunnelFlags::REMOTE_CHECKSUM,
    ),
];

/// The options of a command or a tunnel type.
#[derive(Debug)]
pub(super) struct Options {
    pub(super) required: &'static [Opt],
    pub(super) optional: &'static [Opt],
    /// At most one of these.
    pub(super) exclusive: &'static [Opt],
}

const NOTHING: Options = Options {
    required: &[],
    optional: &[],
    exclusive: &[],
};

const OF_A_SERVICE: Options = Options {
    required: &[Opt::Service],
    optional: &[
        Opt::Scheduler,
        Opt::Persistent,
        Opt::Netmask,
        Opt::OnePacket,
        Opt::Engine,
        Opt::SchedulerFlags,
    ],
    exclusive: &[],
};

const OF_A_SERVER: Options = Options {
    required: &[Opt::Service, Opt::Server],
    optional: &[
        Opt::Forward,
        Opt::Weight,
        Opt::UpperThreshold,
        Opt::LowerThreshold,
        Opt::TunnelType,
        Opt::TunnelPort,
        Opt::NoChecksum,
        Opt::Checksum,
        Opt::RemoteChecksum,
    ],
    exclusive: &[],
};

impl Verb {
    /// Its name in messages, and its options.
    pub(super) const fn grammar(self) -> (&'static str, Options) {
        match self {
            Verb::AddService => ("add-service", OF_A_SERVICE),
            Verb::EditService => ("edit-service", OF_A_SERVICE),
            Verb::DeleteService => (
                "delete-service",
                Options {
                    required: &[Opt::Service],
                    ..NOTHING
                },
            ),
            Verb::Flush => ("flush", NOTHING),
            Verb::List => (
                "list",
                Options {
                    required: &[],
                    optional: &[
                        Opt::Numeric,
                        Opt::Stats,
                        Opt::Rate,
                        Opt::Thresholds,
                        Opt::PersistentConnections,
                        Opt::NoSort,
                        // Accepted, to no effect.
                        Opt::SyncId,
                        Opt::Exact,
                        Opt::Tunnels,
                    ],
                    exclusive: &[Opt::Connection, Opt::Service, Opt::Timeout, Opt::Daemon],
                },
            ),
            Verb::AddServer => ("add-server", OF_A_SERVER),
            Verb::DeleteServer => (
                "delete-server",
                Options {
                    required: &[Opt::Service, Opt::Server],
                    ..NOTHING
                },
            ),
            Verb::EditServer => ("edit-server", OF_A_SERVER),
            Verb::Set => ("set", NOTHING),
            Verb::StartDaemon => (
                "start-daemon",
                Options {
                    optional: &[
                        Opt::Interface,
                        Opt::SyncId,
                        Opt::Group,
                        Opt::DaemonPort,
                        Opt::DaemonTtl,
                        Opt::MaxLength,
                    ],
                    ..NOTHING
                },
            ),
            Verb::StopDaemon => (
                "stop-daemon",
                Options {
                    optional: &[Opt::SyncId],
                    ..NOTHING
                },
            ),
            Verb::Restore => ("restore", NOTHING),
            Verb::Save => (
                "save",
                Options {
                    optional: &[Opt::Numeric],
                    ..NOTHING
                },
            ),
            Verb::Zero => (
                "zero",
                Options {
                    optional: &[Opt::Service],
                    ..NOTHING
                },
            ),
            Verb::Help => ("help", NOTHING),
            Verb::Version => ("version", NOTHING),
        }
    }
}

/// A tunnel type: its name, its kind and its options.
pub(super) const TUNNELS: &[(&str, TunnelKind, Options)] = &[
    (
        "ipip",
        TunnelKind::IPIP,
        Options {
            optional: &[Opt::TunnelType],
            ..NOTHING
        },
    ),
    (
        "gue",
        TunnelKind::GUE,
        Options {
            required: &[Opt::TunnelPort],
            optional: &[Opt::TunnelType],
            exclusive: &[Opt::NoChecksum, Opt::Checksum, Opt::RemoteChecksum],
        },
    ),
    (
        "gre",
        TunnelKind::GRE,
        Options {
            required: &[],
            optional: &[Opt::TunnelType],
            exclusive: &[Opt::NoChecksum, Opt::Checksum],
        },
    ),
];

/// The options that are a tunnel's, in the order of checks.
pub(super) const OF_TUNNELS: &[Opt] = &[
    Opt::TunnelType,
    Opt::TunnelPort,
    Opt::NoChecksum,
    Opt::Checksum,
    Opt::RemoteChecksum,
];
