//! Which fields each form has: those of the original's pages, and what we add in groups that
//! unfold.

use super::{Field, Form, Group, Kind};

const MASKS: Kind = Kind::Proposed(&[
    "255.255.255.255",
    "255.255.255.252",
    "255.255.255.248",
    "255.255.255.240",
    "255.255.255.224",
    "255.255.255.192",
    "255.255.255.128",
    "255.255.255.0",
    "255.255.252.0",
    "255.255.0.0",
]);

const METHODS: &[(&str, &str)] = &[
    ("nat", "NAT"),
    ("direct", "Direct routing"),
    ("tunnel", "Tunneling"),
];

const SCHEDULERS: Kind = Kind::Choice(&[
    ("rr", "Round robin"),
    ("wrr", "Weighted round robin"),
    ("lc", "Least-connection"),
    ("wlc", "Weighted least-connections"),
    ("lblc", "Locality-based least-connection"),
    ("lblcr", "Locality-based least-connection (R)"),
    ("dh", "Destination hash"),
    ("sh", "Source hash"),
    ("sed", "Shortest expected delay"),
    ("nq", "Never queue"),
    ("fo", "Weighted fail-over"),
    ("ovf", "Weighted overflow"),
    ("mh", "Maglev hash"),
    ("twos", "Power of two choices"),
    ("none", "None: old connections only"),
]);

const fn field(key: &'static str, label: &'static str, hint: &'static str, kind: Kind) -> Field {
    Field {
        key,
        word: 0,
        label,
        hint,
        kind,
    }
}

/// The device behind an address.
const fn device(key: &'static str, label: &'static str, hint: &'static str) -> Field {
    Field {
        key,
        word: 1,
        label,
        hint,
        kind: Kind::Text,
    }
}

/// GLOBAL SETTINGS.
pub(in crate::web) const GLOBAL: &Form = &[
    Group {
        legend: "Environment",
        open: true,
        fields: &[
            field("primary", "Primary server public IP", "", Kind::Word),
            field(
                "primary_private",
                "Primary server private IP",
                "May be blank: then heartbeats take one path only",
                Kind::Word,
            ),
            field(
                "network",
                "Network type",
                "How packets reach the real servers",
                Kind::Choice(METHODS),
            ),
        ],
    },
    Group {
        legend: "NAT router",
        open: true,
        fields: &[
            field(
                "nat_router",
                "NAT router IP",
                "The real servers’ gateway, which moves with the active node",
                Kind::Word,
            ),
            field("nat_nmask", "NAT router netmask", "", MASKS),
            device("nat_router", "NAT router device", "As in eth1:0"),
        ],
    },
    Group {
        legend: "Timeouts",
        open: false,
        fields: &[
            field(
                "tcp_timeout",
                "Idle TCP connections",
                "Seconds; 0 leaves the kernel’s",
                Kind::Word,
            ),
            field(
                "tcpfin_timeout",
                "TCP connections after a FIN",
                "Seconds; 0 leaves the kernel’s",
                Kind::Word,
            ),
            field(
                "udp_timeout",
                "UDP",
                "Seconds; 0 leaves the kernel’s",
                Kind::Word,
            ),
        ],
    },
    Group {
        legend: "Commands and habits",
        open: false,
        fields: &[
            field("active_cmd", "Command on becoming active", "", Kind::Text),
            field(
                "inactive_cmd",
                "Command on becoming inactive",
                "",
                Kind::Text,
            ),
            field(
                "hard_shutdown",
                "A dead checker makes the partner take over",
                "",
                Kind::Flag,
            ),
            field(
                "keep_services",
                "Services stay in the kernel when lvsd ends",
                "The originals refuse a file with this",
                Kind::Flag,
            ),
            field(
                "hot_standby",
                "Checkers run on the inactive node, too",
                "The originals refuse a file with this",
                Kind::Flag,
            ),
            field(
                "rsh_command",
                "Command that asks a server for its load",
                "",
                Kind::Name,
            ),
            field("debug_level", "Debug level", "", Kind::Name),
        ],
    },
];

/// REDUNDANCY.
pub(in crate::web) const REDUNDANCY: &Form = &[
    Group {
        legend: "Backup",
        open: true,
        fields: &[
            field(
                "backup_active",
                "There is a backup node",
                "Without one no heartbeat is sent",
                Kind::Flag,
            ),
            field("backup", "Redundant server public IP", "", Kind::Word),
            field(
                "backup_private",
                "Redundant server private IP",
                "If the primary has one",
                Kind::Word,
            ),
        ],
    },
    Group {
        legend: "Heartbeat",
        open: true,
        fields: &[
            field("keepalive", "Heartbeat interval", "Seconds", Kind::Word),
            field(
                "deadtime",
                "Assume dead after",
                "Seconds; longer than the interval",
                Kind::Word,
            ),
            field(
                "heartbeat_port",
                "Heartbeat runs on port",
                "UDP",
                Kind::Word,
            ),
            field("heartbeat", "Heartbeats are sent", "", Kind::Flag),
            field(
                "monitor_links",
                "Monitor NIC links for failures",
                "",
                Kind::Flag,
            ),
        ],
    },
    Group {
        legend: "Sync daemon",
        open: true,
        fields: &[
            field(
                "syncdaemon",
                "Use sync daemon",
                "Connections survive a take-over",
                Kind::Flag,
            ),
            field("syncd_iface", "Sync daemon interface", "", Kind::Text),
            field("syncd_id", "Sync daemon ID", "0 to 255", Kind::Word),
        ],
    },
    Group {
        legend: "VRRP instead of the original heartbeat",
        open: false,
        fields: &[
            field(
                "vrrp_id",
                "Virtual router ID",
                "1 to 255; blank for the original heartbeat. The originals refuse a file with these",
                Kind::Word,
            ),
            field(
                "vrrp_interface",
                "Interface",
                "Blank: that of the node’s public address",
                Kind::Text,
            ),
            field(
                "vrrp_priority",
                "Priority",
                "1 to 255; blank: 150 on the primary, 100 on the backup",
                Kind::Word,
            ),
            field(
                "vrrp_interval",
                "Time between advertisements",
                "Centiseconds",
                Kind::Word,
            ),
            field(
                "vrrp_preempt",
                "A higher priority takes over from a living node",
                "",
                Kind::Flag,
            ),
        ],
    },
];

/// VIRTUAL SERVERS, one of them.
pub(in crate::web) const VIRTUAL: &Form = &[
    Group {
        legend: "Service",
        open: true,
        fields: &[
            field("name", "Name", "", Kind::Name),
            field("active", "Active", "", Kind::Flag),
            field(
                "protocol",
                "Protocol",
                "",
                Kind::Choice(&[("tcp", "TCP"), ("udp", "UDP"), ("sctp", "SCTP")]),
            ),
            field(
                "port",
                "Application port",
                "A number or a name; 0 is every port, with persistence",
                Kind::Word,
            ),
            field("address", "Virtual IP address", "", Kind::Word),
            device("address", "Device", "As in eth0:0"),
            field("vip_nmask", "Virtual IP network mask", "", MASKS),
            field(
                "fwmark",
                "Firewall mark",
                "Instead of address and port",
                Kind::Word,
            ),
            field(
                "sorry_server",
                "Sorry server",
                "Answers while no other server does",
                Kind::Word,
            ),
        ],
    },
    Group {
        legend: "Scheduling",
        open: true,
        fields: &[
            field("scheduler", "Scheduling", "", SCHEDULERS),
            field(
                "persistent",
                "Persistence",
                "Seconds that a client stays with its server; 0 is not at all",
                Kind::Word,
            ),
            field("pmask", "Persistence network mask", "Blank: unused", MASKS),
        ],
    },
    Group {
        legend: "Checks",
        open: true,
        fields: &[
            field(
                "timeout",
                "Service timeout",
                "Seconds between two checks, and that a check may take",
                Kind::Word,
            ),
            field(
                "reentry",
                "Re-entry time",
                "Seconds that a failed server must answer before it comes back",
                Kind::Word,
            ),
            field(
                "quiesce_server",
                "Quiesce server",
                "A failed server stays with weight 0",
                Kind::Flag,
            ),
            field(
                "load_monitor",
                "Load monitoring tool",
                "",
                Kind::Choice(&[
                    ("none", "None"),
                    ("uptime", "uptime"),
                    ("rup", "rup"),
                    ("ruptime", "ruptime"),
                ]),
            ),
        ],
    },
    Group {
        legend: "More, which the originals didn’t know",
        open: false,
        fields: &[
            field(
                "interval",
                "Interval",
                "Seconds between two checks, apart from the timeout",
                Kind::Word,
            ),
            field(
                "fall",
                "Fall",
                "Failures in a row that take a server down",
                Kind::Word,
            ),
            field(
                "rise",
                "Rise",
                "Successes in a row that bring it back; blank: as the re-entry time says",
                Kind::Word,
            ),
            field("flags", "Flags", "As in one-packet", Kind::Word),
            field(
                "persistence_engine",
                "Persistence engine",
                "As in sip",
                Kind::Word,
            ),
        ],
    },
];

/// MONITORING SCRIPTS of a virtual server.
pub(in crate::web) const SCRIPTS: &Form = &[
    Group {
        legend: "Send and expect",
        open: true,
        fields: &[
            field(
                "send_program",
                "Sending program",
                "Checks instead of what is below; %h and %p are the server and its port",
                Kind::Text,
            ),
            field(
                "send",
                "Send",
                r"\n, \r and \t stand for what they do in C; blank sends nothing",
                Kind::Text,
            ),
            field(
                "expect",
                "Expect",
                "What the answer begins with; * is anything",
                Kind::Text,
            ),
            field(
                "use_regex",
                "Treat expect string as a regular expression",
                "",
                Kind::Flag,
            ),
        ],
    },
    Group {
        legend: "More, which the originals didn’t know",
        open: false,
        fields: &[
            field(
                "check",
                "Kind of check",
                "",
                Kind::Choice(&[
                    ("", "By what is above"),
                    ("tcp", "TCP"),
                    ("udp", "UDP"),
                    ("http", "HTTP"),
                    ("https", "HTTPS"),
                    ("program", "Program"),
                    ("ping", "Ping"),
                ]),
            ),
            field("http_host", "Host name of an HTTP check", "", Kind::Text),
            field("http_path", "Path of an HTTP check", "Blank: /", Kind::Text),
            field(
                "http_status",
                "Good status codes",
                "As in 200-299,404",
                Kind::Text,
            ),
            field(
                "client_monitor",
                "Checker",
                "/usr/sbin/nanny is our own",
                Kind::Name,
            ),
        ],
    },
];

/// A real server.
pub(in crate::web) const SERVER: &Form = &[
    Group {
        legend: "Real server",
        open: true,
        fields: &[
            field("name", "Name", "", Kind::Name),
            field("active", "Active", "", Kind::Flag),
            field("address", "Address", "", Kind::Word),
            field(
                "port",
                "Port",
                "Leave blank to default to virtual server’s application port",
                Kind::Word,
            ),
            field("weight", "Weight", "0 takes no new connections", Kind::Word),
        ],
    },
    Group {
        legend: "More, which the originals didn’t know",
        open: false,
        fields: &[
            field(
                "forward",
                "Network type",
                "",
                Kind::Choice(&[
                    ("", "That of the global settings"),
                    ("nat", "NAT"),
                    ("direct", "Direct routing"),
                    ("tunnel", "Tunneling"),
                ]),
            ),
            field(
                "tunnel",
                "Tunnel",
                "As in ipip, gre or gue:6080",
                Kind::Word,
            ),
            field(
                "upper_threshold",
                "Upper threshold",
                "It gets no connections above; 0 is no limit",
                Kind::Word,
            ),
            field(
                "lower_threshold",
                "Lower threshold",
                "It gets connections again below; 0 is three quarters of the upper one",
                Kind::Word,
            ),
        ],
    },
];
