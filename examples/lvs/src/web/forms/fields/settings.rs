//! The fields of the whole file's settings.

use super::{Form, Group, Kind, MASKS, device, field};

const METHODS: &[(&str, &str)] = &[
    ("nat", "NAT"),
    ("direct", "Direct routing"),
    ("tunnel", "Tunneling"),
];

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
