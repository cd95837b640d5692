"""The enums and flags of this package.

A kernel may know more than they do: what has no member arrives as the plain ``int`` or ``str``,
and flags keep the bits that have no name.
"""

from __future__ import annotations

import enum


class _Number(enum.IntEnum):
    """A number of the kernel's; ``str`` is its name in lower case."""

    def __str__(self) -> str:
        return self.name.lower().replace("_", "-")

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def __repr__(self) -> str:
        return f"{type(self).__name__}.{self.name}"


class _Text(str, enum.Enum):
    """A name, equal to the ``str``."""

    def __str__(self) -> str:
        return str(self.value)

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def __repr__(self) -> str:
        return f"{type(self).__name__}.{self.name}"


class _Flags(enum.IntFlag):
    """Flags; bits without a name are kept."""

    def __repr__(self) -> str:
        name = type(self).__name__
        known = [one for one in type(self) if one in self]
        rest = int(self)
        for one in known:
            rest &= ~int(one)
        parts = [f"{name}.{one.name}" for one in known]
        if rest or not parts:
            parts.append(f"{name}({rest})")
        return " | ".join(parts)


class Protocol(_Number):
    """The transport protocol of a virtual service, as its IP protocol number."""

    TCP = 6
    UDP = 17
    SCTP = 132


class ForwardMethod(_Number):
    """How packets are forwarded to a real server."""

    MASQUERADE = 0
    """Network address translation: replies come back through the director (``ipvsadm -m``)."""
    LOCAL = 1
    """The packet is for this host itself."""
    TUNNEL = 2
    """The packet is wrapped in another, see ``Tunnel`` (``ipvsadm -i``)."""
    DIRECT_ROUTE = 3
    """The packet is sent unchanged to the real server's link address (``ipvsadm -g``)."""
    BYPASS = 4
    """The packet goes to its original address (the kernel's own use, for caches)."""


class TunnelKind(_Number):
    """The encapsulation of a tunnel."""

    IPIP = 0
    """IP in IP."""
    GUE = 1
    """Generic UDP encapsulation; needs a port. Since Linux 5.2."""
    GRE = 2
    """Generic routing encapsulation. Since Linux 5.3."""


class StatsWidth(enum.IntEnum):
    """How wide the kernel's counters were, in bits."""

    BITS64 = 64
    """From every kernel since 4.1."""
    BITS32 = 32
    """From older ones: connections, packets and rates wrap around at 2**32; bytes do not."""


class ErrorKind(enum.IntEnum):
    """The class of an error, named after the caller's next step. Numbers are never reused.

    ``str`` is its name in lower case.
    """

    def __str__(self) -> str:
        return self.name.lower()

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    SERVICE_NOT_FOUND = 1
    DEST_NOT_FOUND = 2
    DAEMON_NOT_RUNNING = 3
    ALREADY_EXISTS = 4
    UNKNOWN_SCHEDULER = 5
    MODULE_MISSING = 6
    PERMISSION_DENIED = 7
    INVALID_INPUT = 8
    UNSUPPORTED = 9
    CHANGED_WHILE_READING = 10
    TIMED_OUT = 11
    OVERRUN = 12
    PROTOCOL = 13
    FORKED = 14
    IO = 15
    INTERNAL = 16


class Family(_Text):
    """An address family."""

    V4 = "ipv4"
    V6 = "ipv6"


class DaemonRole(_Text):
    """Which way a sync daemon copies connections."""

    MASTER = "master"
    """Sends this director's connections."""
    BACKUP = "backup"
    """Takes in another director's connections."""


class Checks(_Text):
    """Who judges what is sent."""

    FULL = "full"
    """This library, which names the field, then the kernel."""
    KERNEL = "kernel"
    """The kernel alone, which says ``EINVAL`` to many mistakes and accepts as many."""


class Applied(_Text):
    """Whether a failed write took effect."""

    NO = "no"
    """The kernel refused it, or it was never sent."""
    YES = "yes"
    """It took effect, and what failed came afterwards."""
    UNKNOWN = "unknown"
    """It was sent and no answer came back: read the object again before deciding."""


class Origin(_Text):
    """How this host came to know a connection."""

    LOCAL = "local"
    """It was made here."""
    SYNCED = "synced"
    """A sync daemon learned of it."""


class Reason(_Text):
    """Why a change is planned; ``Differences`` where something differs."""

    MISSING = "missing"
    """It is wanted and not there."""
    UNWANTED = "unwanted"
    """It is there and not wanted."""
    DRAINING = "draining"
    """It is there, not wanted, and has connections, which may finish."""


class Scheduler(_Text):
    """How a virtual service chooses among its real servers: a kernel module each."""

    RR = "rr"
    """Round robin."""
    WRR = "wrr"
    """Weighted round robin."""
    LC = "lc"
    """Least connections."""
    WLC = "wlc"
    """Weighted least connections: the default."""
    LBLC = "lblc"
    """Locality-based least connections, by destination address."""
    LBLCR = "lblcr"
    """Locality-based least connections with replication."""
    DH = "dh"
    """Destination hashing."""
    SH = "sh"
    """Source hashing."""
    SED = "sed"
    """Shortest expected delay."""
    NQ = "nq"
    """Never queue: an idle server first, else shortest expected delay."""
    FO = "fo"
    """Weighted fail-over: the available server of the highest weight. Since Linux 3.18."""
    OVF = "ovf"
    """Weighted overflow: the highest weight until it is full, then the next. Since Linux 4.3."""
    MH = "mh"
    """Maglev hashing. Since Linux 4.18."""
    TWOS = "twos"
    """The less loaded of two random picks, by weight. Since Linux 5.12, where it is built."""
    NONE = "none"
    """No scheduler: every new connection is refused."""


class PersistenceEngine(_Text):
    """What recognises a client of a persistent service, beyond its address."""

    SIP = "sip"
    """SIP's Call-ID, for UDP services."""


class ConnectionState(_Text):
    """The state of a connection, by the kernel's name for it."""

    NONE = "NONE"
    ASSURED = "ASSURED"
    ESTABLISHED = "ESTABLISHED"
    SYN_SENT = "SYN_SENT"
    SYN_RECV = "SYN_RECV"
    FIN_WAIT = "FIN_WAIT"
    TIME_WAIT = "TIME_WAIT"
    CLOSE = "CLOSE"
    CLOSE_WAIT = "CLOSE_WAIT"
    LAST_ACK = "LAST_ACK"
    LISTEN = "LISTEN"
    SYNACK = "SYNACK"
    UDP = "UDP"
    INIT1 = "INIT1"
    INIT = "INIT"
    COOKIE_SENT = "C-SENT"
    COOKIE_REPLIED = "C-REPLIED"
    COOKIE_WAIT = "C-WAIT"
    COOKIE = "COOKIE"
    COOKIE_ECHOED = "C-ECHOED"
    SHUTDOWN_SENT = "S-SENT"
    SHUTDOWN_RECEIVED = "S-RECEIVED"
    SHUTDOWN_ACK_SENT = "S-ACK-SENT"
    REJECTED = "REJECTED"
    CLOSED = "CLOSED"
    UNKNOWN = "ERR!"


class Op(_Text):
    """The operation that an error comes from; most are named as the method of ``Client``."""

    PARSE = "parse"
    PLAN = "plan"
    PRINT = "print"
    OPEN = "open"
    NAMESPACE = "namespace"
    SERVICES = "services"
    SERVICE = "service"
    ADD_SERVICE = "add_service"
    UPDATE_SERVICE = "update_service"
    EDIT_SERVICE = "edit_service"
    REMOVE_SERVICE = "remove_service"
    DESTS = "dests"
    DEST = "dest"
    ADD_DEST = "add_dest"
    UPDATE_DEST = "update_dest"
    EDIT_DEST = "edit_dest"
    REMOVE_DEST = "remove_dest"
    DAEMONS = "daemons"
    START_DAEMON = "start_daemon"
    STOP_DAEMON = "stop_daemon"
    TIMEOUTS = "timeouts"
    SET_TIMEOUTS = "set_timeouts"
    INFO = "info"
    FLUSH = "flush"
    ZERO = "zero"
    ZERO_SERVICE = "zero_service"
    SNAPSHOT = "snapshot"
    CONNECTIONS = "connections"
    SYNCED_CONNECTIONS = "synced_connections"
    APPLICATIONS = "applications"
    TOTAL_STATS = "total_stats"
    CPU_STATS = "cpu_stats"
    STATUS = "status"
    KERNEL_TABLE = "kernel_table"
    SYSCTL = "sysctl"
    SET_SYSCTL = "set_sysctl"
    LIST = "list"


class NamespaceSource(enum.Enum):
    """Which network namespace a client belongs to, where it is neither a path nor a file."""

    CURRENT = "current"
    """The calling thread's: the default."""
    NEW = "new"
    """A new, empty one, which lives as long as the client, or whatever else is put into it."""


class ServiceFlags(_Flags):
    """The flags of a virtual service. As text: names joined by commas, ``"one-packet"``."""

    PERSISTENT = 0x1
    """A client stays with its real server for the persistence timeout (``ipvsadm -p``)."""
    ONE_PACKET = 0x4
    """Each UDP datagram is scheduled by itself; no connection is kept (``ipvsadm -o``)."""
    SCHEDULER_1 = 0x8
    """The scheduler's first flag: ``fallback`` under ``sh`` and ``mh`` (``ipvsadm -b``)."""
    SCHEDULER_2 = 0x10
    """The scheduler's second flag: ``port`` under ``sh`` and ``mh``."""
    SCHEDULER_3 = 0x20
    """The scheduler's third flag, which no scheduler uses."""


class TunnelFlags(_Flags):
    """The checksum flags of a tunnel. Since Linux 5.3."""

    CHECKSUM = 0x1
    """Outer packets carry a checksum (GUE, GRE)."""
    REMOTE_CHECKSUM = 0x2
    """Remote checksum offload (GUE)."""


class Differences(_Flags):
    """The fields in which what is there is not what is wanted."""

    SCHEDULER = 1
    FLAGS = 1 << 1
    PERSISTENCE_TIMEOUT = 1 << 2
    PERSISTENCE_NETMASK = 1 << 3
    PERSISTENCE_ENGINE = 1 << 4
    FORWARD = 1 << 5
    TUNNEL = 1 << 6
    WEIGHT = 1 << 7
    UPPER_THRESHOLD = 1 << 8
    LOWER_THRESHOLD = 1 << 9
    TCP = 1 << 10
    TCP_FIN = 1 << 11
    UDP = 1 << 12
    INTERFACE = 1 << 13
    SYNC_ID = 1 << 14
    MAX_LENGTH = 1 << 15
    GROUP = 1 << 16
    PORT = 1 << 17
    TTL = 1 << 18
