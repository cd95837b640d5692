//! The fields of virtual servers and their real servers.

use super::{Form, Group, Kind, MASKS, device, field};

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
