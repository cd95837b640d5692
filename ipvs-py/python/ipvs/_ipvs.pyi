"""The native half of the package: documented here, imported from ``ipvs``.

Wherever a value has a form as text, an argument takes that text too. Durations are ``timedelta``
or seconds, whole ones where nothing else is said; what a ``timedelta`` cannot hold, which no kernel
sends, stays a number. Addresses are objects of ``ipaddress`` or text. A value that its type cannot
hold is a ``ValueError`` that names the argument, another type a ``TypeError``; what the kernel or
this library refuses is an ``IpvsError``.
"""

from builtins import list as _list
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from os import PathLike
from types import GenericAlias
from typing import Any, ClassVar, Generic, TypeAlias, TypeVar, final
from typing import Protocol as _Interface

from typing_extensions import Self, disjoint_base

from ._enums import (
    Checks,
    ConnectionState,
    DaemonRole,
    Differences,
    Family,
    ForwardMethod,
    NamespaceSource,
    Op,
    Origin,
    PersistenceEngine,
    Protocol,
    Reason,
    Scheduler,
    ServiceFlags,
    StatsWidth,
    TunnelFlags,
    TunnelKind,
)
from ._errors import IpvsError

__all__ = [
    "ERROR_KINDS",
    "OPERATIONS",
    "AddDest",
    "AddService",
    "Application",
    "Apply",
    "Calls",
    "Change",
    "Client",
    "Connection",
    "CpuCounters",
    "CpuStats",
    "Dest",
    "DestEntry",
    "DestKey",
    "Drain",
    "DrainGone",
    "DrainLeft",
    "DrainRemoved",
    "DrainRestored",
    "DrainWaiting",
    "Environment",
    "FakeKernel",
    "FakeNamespace",
    "Fault",
    "Flush",
    "HashTable",
    "Info",
    "Interface",
    "IpvsVersion",
    "KernelDest",
    "KernelPersistence",
    "KernelService",
    "KernelServiceKey",
    "KernelTable",
    "Namespace",
    "PersistenceData",
    "Plan",
    "PlannedChange",
    "Rates",
    "Release",
    "RemoveDest",
    "RemoveService",
    "Report",
    "Scope",
    "Service",
    "ServiceEntry",
    "ServiceKey",
    "SetTimeouts",
    "Snapshot",
    "SnapshotService",
    "StartDaemon",
    "Stats",
    "Status",
    "StopDaemon",
    "Stream",
    "SyncDaemon",
    "Sysctl",
    "Table",
    "TableService",
    "Timeouts",
    "TimeoutsEdit",
    "Tunnel",
    "UpdateDest",
    "UpdateService",
    "When",
    "Zero",
    "ZeroService",
    "__version__",
    "read_rules",
]

_T_co = TypeVar("_T_co", covariant=True)

class _HasFileno(_Interface):
    def fileno(self) -> int: ...

_IPAddress: TypeAlias = IPv4Address | IPv6Address
_Address: TypeAlias = str | IPv4Address | IPv6Address
_Network: TypeAlias = str | IPv4Network | IPv6Network
_Seconds: TypeAlias = timedelta | float
_Netmask: TypeAlias = str | int | IPv4Address
_File: TypeAlias = int | _HasFileno

__version__: str
ERROR_KINDS: _list[tuple[int, str]]
OPERATIONS: _list[str]

def read_rules(text: str) -> Stream[tuple[int, Change]]:
    """The changes of many lines of ipvsadm, each with its line's number: ``ipvs.rules.read``."""

@final
class Client:
    """The IPVS of one network namespace.

    It holds one netlink socket and keeps to the namespace that it was opened in, wherever the
    calling thread goes. Methods block until the kernel has answered, with Python's lock released;
    threads that share a client take turns. After a fork the child opens a client of its own: the
    parent's raises ``ForkedError``. Leaving a ``with`` closes it; a closed one raises
    ``ValueError``.

    Opening needs no privilege; every method that speaks netlink needs ``CAP_NET_ADMIN`` in the
    initial user namespace, the reading ones too. Those that read files (``connections``,
    ``sysctl`` and their like) need none in the calling thread's own network namespace, and
    ``CAP_SYS_ADMIN`` in another.

    Each method lists the errors that are its own. Any of them may also raise
    ``PermissionDeniedError``; ``TimedOutError`` and ``OverrunError``, after which a write may
    have happened (see ``IpvsError.applied``); ``ModuleMissingError``; ``UnsupportedError`` for
    IPv6 where the kernel has none; ``InvalidInputError``; a listing ``ChangedWhileReadingError``;
    ``ProtocolError``, ``IpvsIOError`` and ``ForkedError``.
    """

    def __new__(
        cls,
        netns: str | PathLike[str] | _File | NamespaceSource | None = None,
        *,
        deadline: _Seconds = ...,
        checks: Checks | str = ...,
    ) -> Self:
        """Opens the IPVS of a network namespace: by default the calling thread's, else that of a
        path such as ``/run/netns/blue``, of an open file, or ``NamespaceSource.NEW``. Any but
        the current one needs ``CAP_SYS_ADMIN``; the thread stays where it is.

        ``deadline`` is how long the kernel may be silent while an answer is due, 5 seconds by
        default, fractions allowed; a long listing is no silence. ``checks`` says who judges what
        is sent, ``Checks.FULL`` by default. On kernels from 5.16 this loads the module ``ip_vs``.

        Raises ``ModuleMissingError``; ``PermissionDeniedError`` or ``IpvsIOError`` when the
        namespace cannot be entered or found, ``InvalidInputError`` when it is something else;
        ``TimedOutError``.
        """

    @staticmethod
    def from_socket(socket: _File) -> Client:
        """A client over a generic netlink socket that somebody else opened, for callers whose
        sandbox does not let them open one. The descriptor is duplicated. Raises
        ``InvalidInputError`` when it is no such socket, ``OSError`` when it is no descriptor;
        else as the constructor.
        """

    def close(self) -> None:
        """Closes the socket. Calls that are under way in other threads end as they would."""

    @property
    def closed(self) -> bool:
        """Whether it is closed."""

    def __enter__(self) -> Self: ...
    def __exit__(self, *_exception: object) -> None: ...
    def namespace(self) -> Namespace:
        """The network namespace that the client belongs to, as an open file: ``os.setns`` takes
        it. Raises ``PermissionDeniedError``, ``IpvsIOError``; ``UnsupportedError`` on a fake
        kernel.
        """

    def services(self) -> _list[ServiceEntry]:
        """Lists the virtual services, sorted by key (``IPVS_CMD_GET_SERVICE``, ``ipvsadm -L``).

        The kernel lists in parts and marks no change in between. So all but a short listing is
        read again, until two in a row have the same services, eight times at most. ``snapshot``
        is stricter.
        """

    def service(self, key: ServiceKey | str) -> ServiceEntry:
        """Reads one virtual service (``IPVS_CMD_GET_SERVICE``, ``ipvsadm -L -t``). Raises
        ``ServiceNotFoundError``.
        """

    def stream_services(self) -> Stream[ServiceEntry]:
        """Lists the virtual services one after the other, in the kernel's order (``ipvsadm -L
        --nosort``).

        It reads on a socket of its own, with flat memory however many there are: the client stays
        usable meanwhile, and the stream may be dropped at any point. Under changes it may repeat
        services or miss some.
        """

    def add_service(self, service: Service | str) -> None:
        """Adds a virtual service (``IPVS_CMD_NEW_SERVICE``, ``ipvsadm -A``). The kernel loads the
        scheduler's module when it is not loaded.

        Raises ``AlreadyExistsError``, ``UnknownSchedulerError``, ``InvalidInputError``,
        ``UnsupportedError``.
        """

    def update_service(self, service: Service | str) -> None:
        """Replaces a virtual service wholly: every field becomes the given one
        (``IPVS_CMD_SET_SERVICE``, ``ipvsadm -E``). Its dests, connections and counters stay.
        To change some fields only, see ``edit_service``.

        Raises ``ServiceNotFoundError``; else as ``add_service``.
        """

    def edit_service(
        self,
        key: ServiceKey | str,
        *,
        scheduler: Scheduler | str = ...,
        set_flags: ServiceFlags | int | str = ...,
        clear_flags: ServiceFlags | int | str = ...,
        persistence_timeout: _Seconds = ...,
        persistence_netmask: _Netmask = ...,
        persistence_engine: PersistenceEngine | str | None = ...,
    ) -> Service:
        """Changes the given fields of a virtual service and keeps the rest: reads it, and writes
        it back whole (``IPVS_CMD_SET_SERVICE``). What somebody else changes between the two is
        overwritten. Returns the service as it was written.

        ``set_flags`` and ``clear_flags`` switch flags on and off, and leave the others;
        ``persistence_engine=None`` takes the engine away. Raises ``ServiceNotFoundError``; else
        as ``add_service``. Only the fields that are given are checked.
        """

    def remove_service(self, key: ServiceKey | str) -> None:
        """Removes a virtual service and its dests (``IPVS_CMD_DEL_SERVICE``, ``ipvsadm -D``).
        Their connections stay until they time out, and stall. Raises ``ServiceNotFoundError``.
        """

    def dests(self, key: ServiceKey | str) -> _list[DestEntry]:
        """Lists the real servers of a service, sorted by key (``IPVS_CMD_GET_DEST``, ``ipvsadm -L
        -t``). A long listing is read again like that of ``services``. Raises
        ``ServiceNotFoundError``.
        """

    def dest(self, service: ServiceKey | str, dest: DestKey | str) -> DestEntry:
        """Reads one real server of a service (``IPVS_CMD_GET_DEST``; the kernel can only list
        them all). Raises ``ServiceNotFoundError``, ``DestNotFoundError``.
        """

    def stream_dests(self, key: ServiceKey | str) -> Stream[DestEntry]:
        """Lists the real servers of a service one after the other, in the kernel's order, like
        ``stream_services``. Raises ``ServiceNotFoundError``.
        """

    def add_dest(self, service: ServiceKey | str, dest: Dest | str) -> None:
        """Adds a real server to a service (``IPVS_CMD_NEW_DEST``, ``ipvsadm -a``). One that was
        removed less than some minutes ago comes back with its connections.

        Raises ``ServiceNotFoundError``, ``AlreadyExistsError``, ``InvalidInputError``,
        ``UnsupportedError``.
        """

    def update_dest(self, service: ServiceKey | str, dest: Dest | str) -> None:
        """Replaces a real server wholly: every field becomes the given one, the thresholds and
        the tunnel too (``IPVS_CMD_SET_DEST``, ``ipvsadm -e``). Its connections and counters
        stay. To change some fields only, see ``edit_dest``.

        Raises ``ServiceNotFoundError``, ``DestNotFoundError``; else as ``add_dest``.
        """

    def edit_dest(
        self,
        service: ServiceKey | str,
        dest: DestKey | str,
        *,
        forward: ForwardMethod | int | str = ...,
        tunnel: Tunnel | str = ...,
        weight: int = ...,
        upper_threshold: int = ...,
        lower_threshold: int = ...,
    ) -> Dest:
        """Changes the given fields of a real server and keeps the rest: reads it, and writes it
        back whole (``IPVS_CMD_SET_DEST``). What somebody else changes between the two is
        overwritten. Returns the dest as it was written.

        Raises ``ServiceNotFoundError``, ``DestNotFoundError``; else as ``add_dest``. Only the
        fields that are given are checked.
        """

    def remove_dest(self, service: ServiceKey | str, dest: DestKey | str) -> None:
        """Removes a real server from a service (``IPVS_CMD_DEL_DEST``, ``ipvsadm -d``). Its
        connections stay until they time out, and stall, unless the sysctl
        ``expire_nodest_conn`` is set; see ``Drain``. Raises ``ServiceNotFoundError``,
        ``DestNotFoundError``.
        """

    def daemons(self) -> _list[SyncDaemon]:
        """The running sync daemons, master first (``IPVS_CMD_GET_DAEMON``, ``ipvsadm -L
        --daemon``).
        """

    def start_daemon(self, daemon: SyncDaemon | str) -> None:
        """Starts a sync daemon; one of each role may run (``IPVS_CMD_NEW_DAEMON``, ``ipvsadm
        --start-daemon``). Raises ``AlreadyExistsError`` when one of that role runs,
        ``InvalidInputError`` for an unknown interface, among others, ``IpvsIOError`` when the
        group cannot be reached.
        """

    def stop_daemon(self, role: DaemonRole | str) -> None:
        """Stops the sync daemon of a role (``IPVS_CMD_DEL_DAEMON``, ``ipvsadm --stop-daemon``).
        Raises ``DaemonNotRunningError``; ``IpvsIOError`` when it still runs afterwards.
        """

    def timeouts(self) -> Timeouts:
        """The timeouts in force (``IPVS_CMD_GET_CONFIG``, ``ipvsadm -L --timeout``)."""

    def set_timeouts(
        self,
        *,
        tcp: _Seconds = ...,
        tcp_fin: _Seconds = ...,
        udp: _Seconds = ...,
    ) -> None:
        """Sets the given timeouts, all or none, and keeps the others (``IPVS_CMD_SET_CONFIG``,
        ``ipvsadm --set``): 1 to 2,147,483 seconds. Raises ``InvalidInputError``.
        """

    def info(self) -> Info:
        """IPVS's version and the connection table's size (``IPVS_CMD_GET_INFO``)."""

    def flush(self) -> None:
        """Removes every virtual service of the namespace, whoever added it (``IPVS_CMD_FLUSH``,
        ``ipvsadm -C``). Timeouts, sync daemons and connections stay.
        """

    def zero(self) -> None:
        """Zeroes the counters of every service, every dest and the namespace (``IPVS_CMD_ZERO``,
        ``ipvsadm -Z``).
        """

    def zero_service(self, key: ServiceKey | str) -> None:
        """Zeroes the counters of one service and its dests (``ipvsadm -Z -t``). Raises
        ``ServiceNotFoundError``.
        """

    def snapshot(self) -> Snapshot:
        """Reads everything: services, dests, timeouts, daemons and info.

        The kernel's listings are neither atomic nor marked when something changes meanwhile, so
        it is read until two passes in a row agree on the configuration, eight at most. That
        cannot catch a change that is undone between two passes. Raises
        ``ChangedWhileReadingError`` when no two passes agree.
        """

    def list(self) -> Snapshot:
        """Reads everything once: what ``snapshot`` reads, without comparing, for half of its cost
        at most. It is enough where nobody else changes the table, and for a plan that is
        planned anew now and then.
        """

    def plan(self, wanted: Table, scope: Scope) -> Plan:
        """Reads what is there, and plans what turns it into ``wanted``, within ``scope``.

        It is ``Plan`` over a ``list``, at a fraction of its cost: what no plan needs is not read,
        which are the counters, and the dests of services that are not in ``wanted``. Like
        ``list`` it reads once, and ``apply`` reads again whatever it touches. Raises what
        ``Plan`` does.
        """

    def change(self, change: Change) -> None:
        """Makes one change: what the method of its name does. Raises what that method does."""

    def batch(self, batch: Iterable[Change]) -> Report:
        """Makes many changes, in order, up to two hundred in a system call (``ipvsadm -R``).

        Each has its result in the report: one that is refused leaves the others alone. Where the
        kernel's answers were lost, what the changes are about is read again, so that
        ``IpvsError.applied`` tells whether things are as it wants them. Nothing is ever sent
        twice.
        """

    def apply(self, plan: Plan) -> Report:
        """Carries out a plan: sends it, reads what it touched again, and makes up for what
        somebody else changed of that meanwhile.

        Ctrl-C ends it between two steps; a plan of a new snapshot goes on from there. For one
        step at a time see ``Apply``. Each change that is not in force afterwards has its error in
        the report.
        """

    def connections(self) -> Stream[Connection]:
        """Reads the connection table one row after the other, in the kernel's order (``ipvsadm
        -Lc``): connections, and the templates that keep a client with its real server.

        Memory stays flat however many there are. What comes and goes meanwhile may be missed or
        repeated. Before Linux 7.1 the time grows with the square of their number. A row that is
        not what the kernel prints raises ``ProtocolError``, and the next ones follow.
        """

    def synced_connections(self) -> Stream[Connection]:
        """Reads the connection table with the ``origin`` of each row, and without its persistence
        data (``/proc/net/ip_vs_conn_sync``); else as ``connections``.
        """

    def applications(self) -> Stream[Application]:
        """Reads which helpers of application protocols listen on which ports
        (``/proc/net/ip_vs_app``); none unless a module such as ``ip_vs_ftp`` is loaded.
        """

    def total_stats(self) -> Stats:
        """The counters and rates of the whole namespace, as the kernel last sampled them
        (``/proc/net/ip_vs_stats``).
        """

    def cpu_stats(self) -> CpuStats:
        """The counters of each processor, as they are now and never zeroed
        (``/proc/net/ip_vs_stats_percpu``).
        """

    def status(self) -> Status:
        """How full the kernel's tables are (``/proc/net/ip_vs_status``), for root. Raises
        ``UnsupportedError`` before Linux 7.1.
        """

    def kernel_table(self) -> KernelTable:
        """The services and dests as the kernel prints them (``/proc/net/ip_vs``), for those who
        may not ask over netlink: the file is everybody's to read. It leaves out much that
        ``snapshot`` has.
        """

    def sysctl(self, sysctl: Sysctl | str) -> int | tuple[int, int] | str:
        """Reads a sysctl of the client's network namespace, by its name (``conntrack`` or
        ``net.ipv4.vs.conntrack``): a number, the pair of ``sync_threshold``, or the text of
        ``est_cpulist``.

        Raises ``UnsupportedError`` where this kernel does not have it, saying which has.
        """

    def set_sysctl(self, sysctl: Sysctl | str, value: int | tuple[int, int] | str) -> None:
        """Sets a sysctl of the client's network namespace; a text is read as the file's.

        Raises ``InvalidInputError`` for a value out of its range (unless the checks are the
        kernel's), or that the kernel refuses; else as ``sysctl``.
        """

@final
class Namespace:
    """A network namespace, which stays while this is open: ``os.setns`` takes it, and so does
    ``Client``.
    """

    def fileno(self) -> int:
        """The descriptor. Raises ``ValueError`` when it is closed."""

    def close(self) -> None:
        """Closes it."""

    def __enter__(self) -> Self: ...
    def __exit__(self, *_exception: object) -> None: ...

@final
class Stream(Generic[_T_co]):
    """An iterator over what the kernel hands out in parts. An error is raised in its place, and
    what follows it, if anything does, comes next.
    """

    def __iter__(self) -> Self: ...
    def __next__(self) -> _T_co: ...
    def close(self) -> None:
        """Ends it, and closes its socket or file."""

    @classmethod
    def __class_getitem__(cls, item: Any) -> GenericAlias: ...

@final
class ServiceKey:
    """What identifies a virtual service within its network namespace.

    As text: ``tcp 192.0.2.1:80``, ``udp [2001:db8::1]:53``, ``fwmark 7``, ``fwmark 7 ipv6``.
    Addresses with a zone are refused: the kernel keeps none.
    """

    __match_args__: ClassVar[tuple[str, str, str]]

    def __new__(
        cls,
        protocol: Protocol | int | str = ...,
        address: _Address = ...,
        port: int = ...,
        *,
        mark: int = ...,
        family: Family | str = ...,
    ) -> Self:
        """Protocol, address and port, or ``mark`` and its family, IPv4 by default."""

    @property
    def protocol(self) -> Protocol | int | None:
        """The transport protocol; ``None`` of a firewall mark."""

    @property
    def address(self) -> IPv4Address | IPv6Address | None:
        """The virtual IP address; ``None`` of a firewall mark."""

    @property
    def port(self) -> int | None:
        """The virtual port; 0 catches every port and needs persistence. ``None`` of a firewall
        mark.
        """

    @property
    def mark(self) -> int | None:
        """The firewall mark, from 1; ``None`` of an address (``ipvsadm -f``)."""

    @property
    def family(self) -> Family:
        """The address family."""

    @staticmethod
    def tcp(address: _Address, port: int) -> ServiceKey:
        """A TCP service at an address and port (``ipvsadm -t``)."""

    @staticmethod
    def udp(address: _Address, port: int) -> ServiceKey:
        """A UDP service at an address and port (``ipvsadm -u``)."""

    @staticmethod
    def sctp(address: _Address, port: int) -> ServiceKey:
        """A SCTP service at an address and port (``ipvsadm --sctp-service``)."""

    @staticmethod
    def firewall_mark(mark: int, family: Family | str = ...) -> ServiceKey:
        """A service for the packets of a family, IPv4 by default, that carry a firewall mark
        (``ipvsadm -f``). The same mark in both families is two services.
        """

    def replace(self, **changes: Any) -> Self:
        """The same with other values for these arguments of the constructor."""

    def __replace__(self, /, **changes: Any) -> Self: ...
    @staticmethod
    def parse(text: str) -> ServiceKey:
        """Reads what ``str`` prints. Raises ``InvalidInputError``."""

    def to_json(self) -> str:
        """As JSON, in the schema that every program of this library has."""

    @staticmethod
    def from_json(text: str) -> ServiceKey:
        """Reads JSON. Raises ``ValueError`` with the field that is wrong."""

    def to_dict(self) -> dict[str, Any]:
        """What ``to_json`` writes, as a dict."""

    @staticmethod
    def from_dict(data: dict[str, Any]) -> ServiceKey:
        """Reads what ``to_dict`` gives. Raises ``ValueError`` with the field that is wrong."""

    def __lt__(self, other: Self, /) -> bool: ...
    def __le__(self, other: Self, /) -> bool: ...
    def __gt__(self, other: Self, /) -> bool: ...
    def __ge__(self, other: Self, /) -> bool: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]: ...

@final
class KernelServiceKey:
    """What identifies a service, as far as ``/proc/net/ip_vs`` tells: it does not say whether a
    mark is of IPv4 or IPv6.
    """

    __match_args__: ClassVar[tuple[str, str, str]]

    def __new__(
        cls,
        protocol: Protocol | int | str = ...,
        address: _Address = ...,
        port: int = ...,
        *,
        mark: int = ...,
    ) -> Self:
        """Protocol, address and port, or ``mark``."""

    @property
    def protocol(self) -> Protocol | int | None:
        """The transport protocol; ``None`` of a firewall mark."""

    @property
    def address(self) -> IPv4Address | IPv6Address | None:
        """The virtual IP address; ``None`` of a firewall mark."""

    @property
    def port(self) -> int | None:
        """The virtual port; 0 catches every port and needs persistence. ``None`` of a firewall
        mark.
        """

    @property
    def mark(self) -> int | None:
        """The firewall mark, from 1; ``None`` of an address (``ipvsadm -f``)."""

    def replace(self, **changes: Any) -> Self:
        """The same with other values for these arguments of the constructor."""

    def __replace__(self, /, **changes: Any) -> Self: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]: ...

@final
class DestKey:
    """What identifies a real server within its virtual service. As text: ``10.0.3.100:8080``,
    ``[2001:db8::2]:8080``.
    """

    __match_args__: ClassVar[tuple[str, str]]

    def __new__(cls, address: _Address, port: int) -> Self: ...
    @property
    def address(self) -> _IPAddress:
        """The real server's address; of the service's family, or of the other one when it is
        reached through a tunnel.
        """

    @property
    def port(self) -> int:
        """The real server's port. Only masquerading rewrites a packet's port to it."""

    @property
    def family(self) -> Family:
        """The address family."""

    def replace(self, **changes: Any) -> Self:
        """The same with other values for these arguments of the constructor."""

    def __replace__(self, /, **changes: Any) -> Self: ...
    @staticmethod
    def parse(text: str) -> DestKey:
        """Reads what ``str`` prints. Raises ``InvalidInputError``."""

    def to_json(self) -> str:
        """As JSON, in the schema that every program of this library has."""

    @staticmethod
    def from_json(text: str) -> DestKey:
        """Reads JSON. Raises ``ValueError`` with the field that is wrong."""

    def to_dict(self) -> dict[str, Any]:
        """What ``to_json`` writes, as a dict."""

    @staticmethod
    def from_dict(data: dict[str, Any]) -> DestKey:
        """Reads what ``to_dict`` gives. Raises ``ValueError`` with the field that is wrong."""

    def __lt__(self, other: Self, /) -> bool: ...
    def __le__(self, other: Self, /) -> bool: ...
    def __gt__(self, other: Self, /) -> bool: ...
    def __ge__(self, other: Self, /) -> bool: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]: ...

@final
class Service:
    """A virtual service as it is asked for: what one writes. As text: ``tcp 192.0.2.1:80
    scheduler wlc flags persistent timeout 600``.
    """

    __match_args__: ClassVar[tuple[str]]

    def __new__(
        cls,
        key: ServiceKey | str,
        *,
        scheduler: Scheduler | str = ...,
        flags: ServiceFlags | int | str = ...,
        persistence_timeout: _Seconds = ...,
        persistence_netmask: _Netmask = ...,
        persistence_engine: PersistenceEngine | str | None = ...,
    ) -> Self: ...
    @property
    def key(self) -> ServiceKey:
        """What identifies it."""

    @property
    def scheduler(self) -> Scheduler | str:
        """How it chooses a real server. Default: ``wlc`` (``ipvsadm -s``)."""

    @property
    def flags(self) -> ServiceFlags:
        """Its flags. Default: none."""

    @property
    def persistence_timeout(self) -> timedelta:
        """How long a client stays with its real server, up to 4,294,967 seconds; used with
        ``ServiceFlags.PERSISTENT`` only. Default: zero (``ipvsadm -p``).
        """

    @property
    def persistence_netmask(self) -> IPv4Address | int:
        """Which clients count as one: an IPv4 mask, or the length of an IPv6 prefix. Default:
        each address by itself (``ipvsadm -M``).
        """

    @property
    def persistence_engine(self) -> PersistenceEngine | str | None:
        """What recognises a client beyond its address. Default: nothing (``ipvsadm --pe``)."""

    def with_persistence(self, timeout: _Seconds) -> Service:
        """Persistent, with a timeout in whole seconds from 1 to 4,294,967 (``ipvsadm -p``)."""

    def with_one_packet(self) -> Service:
        """Scheduling each datagram by itself (``ipvsadm -o``)."""

    @property
    def is_persistent(self) -> bool:
        """Whether clients stay with their real server."""

    @property
    def is_one_packet(self) -> bool:
        """Whether each datagram is scheduled by itself."""

    def replace(self, **changes: Any) -> Self:
        """The same with other values for these arguments of the constructor. One that is at its
        default follows the others: a netmask the key, say.
        """

    def __replace__(self, /, **changes: Any) -> Self: ...
    @staticmethod
    def parse(text: str) -> Service:
        """Reads what ``str`` prints. Raises ``InvalidInputError``."""

    def to_json(self) -> str:
        """As JSON, in the schema that every program of this library has."""

    @staticmethod
    def from_json(text: str) -> Service:
        """Reads JSON. Raises ``ValueError`` with the field that is wrong."""

    def to_dict(self) -> dict[str, Any]:
        """What ``to_json`` writes, as a dict."""

    @staticmethod
    def from_dict(data: dict[str, Any]) -> Service:
        """Reads what ``to_dict`` gives. Raises ``ValueError`` with the field that is wrong."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]: ...

@final
class ServiceEntry:
    """A virtual service as the kernel lists it."""

    __match_args__: ClassVar[tuple[str]]

    def __new__(cls, service: Service | str, *, stats: Stats = ...) -> Self: ...
    @property
    def service(self) -> Service:
        """Its configuration. It can be sent back as it is, under ``Checks.KERNEL`` whatever
        another program made of it.
        """

    @property
    def stats(self) -> Stats:
        """Its counters and rates."""

    def replace(self, **changes: Any) -> Self:
        """The same with other values for these arguments of the constructor."""

    def __replace__(self, /, **changes: Any) -> Self: ...
    def to_json(self) -> str:
        """As JSON, in the schema that every program of this library has."""

    @staticmethod
    def from_json(text: str) -> ServiceEntry:
        """Reads JSON. Raises ``ValueError`` with the field that is wrong."""

    def to_dict(self) -> dict[str, Any]:
        """What ``to_json`` writes, as a dict."""

    @staticmethod
    def from_dict(data: dict[str, Any]) -> ServiceEntry:
        """Reads what ``to_dict`` gives. Raises ``ValueError`` with the field that is wrong."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]: ...

@final
class Tunnel:
    """The encapsulation that ``ForwardMethod.TUNNEL`` uses. As text: ``ipip``, ``gue:6080``,
    ``gue:6080:csum``, ``gre:csum``.
    """

    __match_args__: ClassVar[tuple[()]]

    def __new__(
        cls,
        *,
        kind: TunnelKind | int | str = ...,
        port: int = ...,
        flags: TunnelFlags | int | str = ...,
    ) -> Self: ...
    @property
    def kind(self) -> TunnelKind | int:
        """The encapsulation. Default: IP in IP (``ipvsadm --tun-type``)."""

    @property
    def port(self) -> int:
        """GUE's UDP port on the real server, from 1; 0 for the other kinds (``ipvsadm --tun-
        port``).
        """

    @property
    def flags(self) -> TunnelFlags:
        """How outer packets are checksummed. Default: not at all."""

    @staticmethod
    def ipip() -> Tunnel:
        """IP in IP."""

    @staticmethod
    def gue(port: int) -> Tunnel:
        """GUE to a UDP port of the real server. Since Linux 5.2."""

    @staticmethod
    def gre() -> Tunnel:
        """GRE. Since Linux 5.3."""

    def replace(self, **changes: Any) -> Self:
        """The same with other values for these arguments of the constructor."""

    def __replace__(self, /, **changes: Any) -> Self: ...
    @staticmethod
    def parse(text: str) -> Tunnel:
        """Reads what ``str`` prints. Raises ``InvalidInputError``."""

    def to_json(self) -> str:
        """As JSON, in the schema that every program of this library has."""

    @staticmethod
    def from_json(text: str) -> Tunnel:
        """Reads JSON. Raises ``ValueError`` with the field that is wrong."""

    def to_dict(self) -> dict[str, Any]:
        """What ``to_json`` writes, as a dict."""

    @staticmethod
    def from_dict(data: dict[str, Any]) -> Tunnel:
        """Reads what ``to_dict`` gives. Raises ``ValueError`` with the field that is wrong."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]: ...

@final
class Dest:
    """A real server ("dest") of a virtual service as it is asked for: what one writes. As text:
    ``10.0.3.100:8080 masquerade weight 3``.
    """

    __match_args__: ClassVar[tuple[str, str, str]]

    def __new__(
        cls,
        address: _Address,
        port: int,
        forward: ForwardMethod | int | str,
        *,
        weight: int = ...,
        upper_threshold: int = ...,
        lower_threshold: int = ...,
        tunnel: Tunnel | str = ...,
    ) -> Self: ...
    @property
    def address(self) -> _IPAddress:
        """Its address; of the service's family, or of the other one when it is reached through a
        tunnel.
        """

    @property
    def port(self) -> int:
        """Its port. Only masquerading rewrites a packet's port to it."""

    @property
    def forward(self) -> ForwardMethod | int:
        """How packets reach it: always said."""

    @property
    def weight(self) -> int:
        """Its share of the connections, 0 to 2,147,483,647. 0 is quiesced: it keeps the
        connections it has and gets no new ones. Default: 1 (``ipvsadm -w``).
        """

    @property
    def upper_threshold(self) -> int:
        """The number of connections at which it gets no new ones; up to 2,147,483,647. Default:
        0, no limit (``ipvsadm -x``).
        """

    @property
    def lower_threshold(self) -> int:
        """The number of connections below which a full server gets new ones again. Default: 0,
        which means three quarters of the upper one (``ipvsadm -y``).
        """

    @property
    def tunnel(self) -> Tunnel:
        """The encapsulation, for ``ForwardMethod.TUNNEL``. Default: IP in IP."""

    @property
    def key(self) -> DestKey:
        """What identifies it within its service."""

    def replace(self, **changes: Any) -> Self:
        """The same with other values for these arguments of the constructor."""

    def __replace__(self, /, **changes: Any) -> Self: ...
    @staticmethod
    def parse(text: str) -> Dest:
        """Reads what ``str`` prints. Raises ``InvalidInputError``."""

    def to_json(self) -> str:
        """As JSON, in the schema that every program of this library has."""

    @staticmethod
    def from_json(text: str) -> Dest:
        """Reads JSON. Raises ``ValueError`` with the field that is wrong."""

    def to_dict(self) -> dict[str, Any]:
        """What ``to_json`` writes, as a dict."""

    @staticmethod
    def from_dict(data: dict[str, Any]) -> Dest:
        """Reads what ``to_dict`` gives. Raises ``ValueError`` with the field that is wrong."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]: ...

@final
class DestEntry:
    """A real server as the kernel lists it."""

    __match_args__: ClassVar[tuple[str]]

    def __new__(
        cls,
        dest: Dest | str,
        *,
        active_connections: int = ...,
        inactive_connections: int = ...,
        persistent_connections: int = ...,
        stats: Stats = ...,
    ) -> Self: ...
    @property
    def dest(self) -> Dest:
        """Its configuration. It can be sent back as it is, under ``Checks.KERNEL`` whatever
        another program made of it.
        """

    @property
    def active_connections(self) -> int:
        """Connections that are established or being set up."""

    @property
    def inactive_connections(self) -> int:
        """Connections in every other state."""

    @property
    def persistent_connections(self) -> int:
        """Persistence templates: clients that stay with this server."""

    @property
    def stats(self) -> Stats:
        """Its counters and rates."""

    def replace(self, **changes: Any) -> Self:
        """The same with other values for these arguments of the constructor."""

    def __replace__(self, /, **changes: Any) -> Self: ...
    def to_json(self) -> str:
        """As JSON, in the schema that every program of this library has."""

    @staticmethod
    def from_json(text: str) -> DestEntry:
        """Reads JSON. Raises ``ValueError`` with the field that is wrong."""

    def to_dict(self) -> dict[str, Any]:
        """What ``to_json`` writes, as a dict."""

    @staticmethod
    def from_dict(data: dict[str, Any]) -> DestEntry:
        """Reads what ``to_dict`` gives. Raises ``ValueError`` with the field that is wrong."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]: ...

@final
class Stats:
    """The counters of a service or a real server, since it was made or last zeroed (``ipvsadm
    --stats``). The kernel takes a sample every two seconds; these are samples.
    """

    __match_args__: ClassVar[tuple[()]]

    def __new__(
        cls,
        *,
        connections: int = ...,
        incoming_packets: int = ...,
        outgoing_packets: int = ...,
        incoming_bytes: int = ...,
        outgoing_bytes: int = ...,
        rates: Rates = ...,
        width: StatsWidth | int = ...,
    ) -> Self: ...
    @property
    def connections(self) -> int:
        """Connections scheduled."""

    @property
    def incoming_packets(self) -> int:
        """Packets from clients."""

    @property
    def outgoing_packets(self) -> int:
        """Packets to clients; only those that come back through the director."""

    @property
    def incoming_bytes(self) -> int:
        """Bytes from clients."""

    @property
    def outgoing_bytes(self) -> int:
        """Bytes to clients; only those that come back through the director."""

    @property
    def rates(self) -> Rates:
        """The present rates."""

    @property
    def width(self) -> StatsWidth:
        """How wide the kernel's numbers were, in bits. Default: 64."""

    def replace(self, **changes: Any) -> Self:
        """The same with other values for these arguments of the constructor."""

    def __replace__(self, /, **changes: Any) -> Self: ...
    def to_json(self) -> str:
        """As JSON, in the schema that every program of this library has."""

    @staticmethod
    def from_json(text: str) -> Stats:
        """Reads JSON. Raises ``ValueError`` with the field that is wrong."""

    def to_dict(self) -> dict[str, Any]:
        """What ``to_json`` writes, as a dict."""

    @staticmethod
    def from_dict(data: dict[str, Any]) -> Stats:
        """Reads what ``to_dict`` gives. Raises ``ValueError`` with the field that is wrong."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]: ...

@final
class Rates:
    """Rates per second: a running mean over some eight seconds (``ipvsadm --rate``)."""

    __match_args__: ClassVar[tuple[()]]

    def __new__(
        cls,
        *,
        connections: int = ...,
        incoming_packets: int = ...,
        outgoing_packets: int = ...,
        incoming_bytes: int = ...,
        outgoing_bytes: int = ...,
    ) -> Self: ...
    @property
    def connections(self) -> int:
        """Connections a second."""

    @property
    def incoming_packets(self) -> int:
        """Packets from clients a second."""

    @property
    def outgoing_packets(self) -> int:
        """Packets to clients a second."""

    @property
    def incoming_bytes(self) -> int:
        """Bytes from clients a second."""

    @property
    def outgoing_bytes(self) -> int:
        """Bytes to clients a second."""

    def replace(self, **changes: Any) -> Self:
        """The same with other values for these arguments of the constructor."""

    def __replace__(self, /, **changes: Any) -> Self: ...
    def to_json(self) -> str:
        """As JSON, in the schema that every program of this library has."""

    @staticmethod
    def from_json(text: str) -> Rates:
        """Reads JSON. Raises ``ValueError`` with the field that is wrong."""

    def to_dict(self) -> dict[str, Any]:
        """What ``to_json`` writes, as a dict."""

    @staticmethod
    def from_dict(data: dict[str, Any]) -> Rates:
        """Reads what ``to_dict`` gives. Raises ``ValueError`` with the field that is wrong."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]: ...

@final
class Timeouts:
    """How long an idle connection is kept, in whole seconds. They hold for the whole network
    namespace. As text: ``tcp 900 tcp-fin 120 udp 300``.
    """

    __match_args__: ClassVar[tuple[()]]

    def __new__(
        cls, *, tcp: _Seconds = ..., tcp_fin: _Seconds = ..., udp: _Seconds = ...
    ) -> Self: ...
    @property
    def tcp(self) -> timedelta:
        """Established TCP connections. Default: 900 s."""

    @property
    def tcp_fin(self) -> timedelta:
        """TCP connections after a FIN. Default: 120 s."""

    @property
    def udp(self) -> timedelta:
        """UDP. Default: 300 s."""

    def replace(self, **changes: Any) -> Self:
        """The same with other values for these arguments of the constructor."""

    def __replace__(self, /, **changes: Any) -> Self: ...
    @staticmethod
    def parse(text: str) -> Timeouts:
        """Reads what ``str`` prints. Raises ``InvalidInputError``."""

    def to_json(self) -> str:
        """As JSON, in the schema that every program of this library has."""

    @staticmethod
    def from_json(text: str) -> Timeouts:
        """Reads JSON. Raises ``ValueError`` with the field that is wrong."""

    def to_dict(self) -> dict[str, Any]:
        """What ``to_json`` writes, as a dict."""

    @staticmethod
    def from_dict(data: dict[str, Any]) -> Timeouts:
        """Reads what ``to_dict`` gives. Raises ``ValueError`` with the field that is wrong."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]: ...

@final
class TimeoutsEdit:
    """The timeouts to change; ``None`` keeps what is in force. Whole seconds, 1 to 2,147,483."""

    __match_args__: ClassVar[tuple[()]]

    def __new__(
        cls,
        *,
        tcp: _Seconds | None = ...,
        tcp_fin: _Seconds | None = ...,
        udp: _Seconds | None = ...,
    ) -> Self: ...
    @property
    def tcp(self) -> timedelta | None:
        """Established TCP connections."""

    @property
    def tcp_fin(self) -> timedelta | None:
        """TCP connections after a FIN."""

    @property
    def udp(self) -> timedelta | None:
        """UDP."""

    def apply(self, timeouts: Timeouts | str) -> Timeouts:
        """The timeouts with this edit made."""

    def replace(self, **changes: Any) -> Self:
        """The same with other values for these arguments of the constructor."""

    def __replace__(self, /, **changes: Any) -> Self: ...
    @staticmethod
    def parse(text: str) -> TimeoutsEdit:
        """Reads what ``str`` prints. Raises ``InvalidInputError``."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]: ...

@final
class SyncDaemon:
    """A connection sync daemon. A namespace runs at most one of each role. ``None`` leaves a
    field to the kernel; a daemon that is read back has every field. As text: ``master eth0
    sync-id 7``.
    """

    __match_args__: ClassVar[tuple[str, str]]

    def __new__(
        cls,
        role: DaemonRole | str,
        interface: str,
        *,
        sync_id: int = ...,
        max_length: int | None = ...,
        group: _Address | None = ...,
        port: int | None = ...,
        ttl: int | None = ...,
    ) -> Self: ...
    @property
    def role(self) -> DaemonRole:
        """Which way it copies."""

    @property
    def interface(self) -> str:
        """The interface it speaks on (``ipvsadm --mcast-interface``)."""

    @property
    def sync_id(self) -> int:
        """The number that a master and its backups share, 0 to 255; a backup with 0 takes in
        every master's connections. Default: 0 (``ipvsadm --syncid``).
        """

    @property
    def max_length(self) -> int | None:
        """The longest message in bytes, without its headers. The kernel's default: 1,500 less the
        headers (``ipvsadm --sync-maxlen``).
        """

    @property
    def group(self) -> _IPAddress | None:
        """The multicast group. The kernel's default: 224.0.0.81 (``ipvsadm --mcast-group``)."""

    @property
    def port(self) -> int | None:
        """The UDP port, from 1. The kernel's default: 8848 (``ipvsadm --mcast-port``)."""

    @property
    def ttl(self) -> int | None:
        """The multicast time to live, from 1. The kernel's default: 1 (``ipvsadm --mcast-ttl``)."""

    def replace(self, **changes: Any) -> Self:
        """The same with other values for these arguments of the constructor."""

    def __replace__(self, /, **changes: Any) -> Self: ...
    @staticmethod
    def parse(text: str) -> SyncDaemon:
        """Reads what ``str`` prints. Raises ``InvalidInputError``."""

    def to_json(self) -> str:
        """As JSON, in the schema that every program of this library has."""

    @staticmethod
    def from_json(text: str) -> SyncDaemon:
        """Reads JSON. Raises ``ValueError`` with the field that is wrong."""

    def to_dict(self) -> dict[str, Any]:
        """What ``to_json`` writes, as a dict."""

    @staticmethod
    def from_dict(data: dict[str, Any]) -> SyncDaemon:
        """Reads what ``to_dict`` gives. Raises ``ValueError`` with the field that is wrong."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]: ...

@final
class IpvsVersion:
    """A version of IPVS. As text: ``1.2.1``."""

    __match_args__: ClassVar[tuple[str, str, str]]

    def __new__(cls, major: int, minor: int, patch: int) -> Self: ...
    @property
    def major(self) -> int:
        """The first number."""

    @property
    def minor(self) -> int:
        """The second number."""

    @property
    def patch(self) -> int:
        """The third number."""

    def replace(self, **changes: Any) -> Self:
        """The same with other values for these arguments of the constructor."""

    def __replace__(self, /, **changes: Any) -> Self: ...
    @staticmethod
    def parse(text: str) -> IpvsVersion:
        """Reads what ``str`` prints. Raises ``InvalidInputError``."""

    def __lt__(self, other: Self, /) -> bool: ...
    def __le__(self, other: Self, /) -> bool: ...
    def __gt__(self, other: Self, /) -> bool: ...
    def __ge__(self, other: Self, /) -> bool: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]: ...

@final
class Info:
    """The kernel's IPVS: its version and its connection table's size."""

    __match_args__: ClassVar[tuple[str, str]]

    def __new__(cls, version: IpvsVersion | str, connection_table_size: int) -> Self: ...
    @property
    def version(self) -> IpvsVersion:
        """IPVS's own version: 1.2.1 in every kernel since 2008. It tells nothing of features."""

    @property
    def connection_table_size(self) -> int:
        """The hash table's size in buckets. Up to Linux 7.0 fixed when the module is loaded;
        since 7.1 the namespace's present size, 0 before its first service.
        """

    def replace(self, **changes: Any) -> Self:
        """The same with other values for these arguments of the constructor."""

    def __replace__(self, /, **changes: Any) -> Self: ...
    def to_json(self) -> str:
        """As JSON, in the schema that every program of this library has."""

    @staticmethod
    def from_json(text: str) -> Info:
        """Reads JSON. Raises ``ValueError`` with the field that is wrong."""

    def to_dict(self) -> dict[str, Any]:
        """What ``to_json`` writes, as a dict."""

    @staticmethod
    def from_dict(data: dict[str, Any]) -> Info:
        """Reads what ``to_dict`` gives. Raises ``ValueError`` with the field that is wrong."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]: ...

@final
class TableService:
    """A virtual service of a ``Table`` with its real servers."""

    __match_args__: ClassVar[tuple[str, str]]

    def __new__(cls, service: Service | str, dests: Iterable[Dest | str] = ...) -> Self: ...
    @property
    def service(self) -> Service:
        """The service."""

    @property
    def dests(self) -> tuple[Dest, ...]:
        """Its real servers."""

    def replace(self, **changes: Any) -> Self:
        """The same with other values for these arguments of the constructor."""

    def __replace__(self, /, **changes: Any) -> Self: ...
    def to_json(self) -> str:
        """As JSON, in the schema that every program of this library has."""

    @staticmethod
    def from_json(text: str) -> TableService:
        """Reads JSON. Raises ``ValueError`` with the field that is wrong."""

    def to_dict(self) -> dict[str, Any]:
        """What ``to_json`` writes, as a dict."""

    @staticmethod
    def from_dict(data: dict[str, Any]) -> TableService:
        """Reads what ``to_dict`` gives. Raises ``ValueError`` with the field that is wrong."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]: ...

@final
class Table:
    """What a network namespace's IPVS should hold."""

    __match_args__: ClassVar[tuple[str]]

    def __new__(
        cls,
        services: Iterable[TableService] = ...,
        *,
        timeouts: Timeouts | str | None = ...,
        daemons: Iterable[SyncDaemon | str] | None = ...,
    ) -> Self: ...
    @property
    def services(self) -> tuple[TableService, ...]:
        """The virtual services and their real servers."""

    @property
    def timeouts(self) -> Timeouts | None:
        """The timeouts; ``None``: not ours to set."""

    @property
    def daemons(self) -> tuple[SyncDaemon, ...] | None:
        """The sync daemons, at most one of each role; ``None``: not ours to start or stop."""

    def with_service(self, service: Service | str, dests: Iterable[Dest | str] = ...) -> Table:
        """With one more service and its real servers."""

    def changes(self) -> tuple[Change, ...]:
        """The changes that make this table out of an empty one: each service and then its dests;
        the timeouts; the daemons.
        """

    @staticmethod
    def from_rules(text: str) -> Table:
        """Makes a table of the lines of ``ipvsadm -S``: see ``ipvs.rules.parse``."""

    def to_rules(self, *, extras: bool = ..., original: bool = ...) -> str:
        """The lines of ``ipvsadm -S``: see ``ipvs.rules.print``."""

    def replace(self, **changes: Any) -> Self:
        """The same with other values for these arguments of the constructor."""

    def __replace__(self, /, **changes: Any) -> Self: ...
    def to_json(self) -> str:
        """As JSON, in the schema that every program of this library has."""

    @staticmethod
    def from_json(text: str) -> Table:
        """Reads JSON. Raises ``ValueError`` with the field that is wrong."""

    def to_dict(self) -> dict[str, Any]:
        """What ``to_json`` writes, as a dict."""

    @staticmethod
    def from_dict(data: dict[str, Any]) -> Table:
        """Reads what ``to_dict`` gives. Raises ``ValueError`` with the field that is wrong."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]: ...

@final
class SnapshotService:
    """A virtual service of a ``Snapshot`` with its real servers."""

    __match_args__: ClassVar[tuple[str, str]]

    def __new__(cls, entry: ServiceEntry, dests: Iterable[DestEntry] = ...) -> Self: ...
    @property
    def entry(self) -> ServiceEntry:
        """The service with its counters."""

    @property
    def dests(self) -> tuple[DestEntry, ...]:
        """Its real servers with their counters."""

    def replace(self, **changes: Any) -> Self:
        """The same with other values for these arguments of the constructor."""

    def __replace__(self, /, **changes: Any) -> Self: ...
    def to_json(self) -> str:
        """As JSON, in the schema that every program of this library has."""

    @staticmethod
    def from_json(text: str) -> SnapshotService:
        """Reads JSON. Raises ``ValueError`` with the field that is wrong."""

    def to_dict(self) -> dict[str, Any]:
        """What ``to_json`` writes, as a dict."""

    @staticmethod
    def from_dict(data: dict[str, Any]) -> SnapshotService:
        """Reads what ``to_dict`` gives. Raises ``ValueError`` with the field that is wrong."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]: ...

@final
class Snapshot:
    """What a network namespace's IPVS held when it was read. Services are sorted by their keys,
    and each one's dests by theirs.
    """

    __match_args__: ClassVar[tuple[str, str]]

    def __new__(
        cls,
        info: Info,
        services: Iterable[SnapshotService] = ...,
        *,
        timeouts: Timeouts | str = ...,
        daemons: Iterable[SyncDaemon | str] = ...,
    ) -> Self: ...
    @property
    def info(self) -> Info:
        """Version and table size."""

    @property
    def services(self) -> tuple[SnapshotService, ...]:
        """The virtual services and their real servers."""

    @property
    def timeouts(self) -> Timeouts:
        """The timeouts in force."""

    @property
    def daemons(self) -> tuple[SyncDaemon, ...]:
        """The running sync daemons, master first."""

    def service(self, key: ServiceKey | str) -> SnapshotService | None:
        """The service of a key."""

    def table(self) -> Table:
        """The configuration alone, without the counters."""

    def replace(self, **changes: Any) -> Self:
        """The same with other values for these arguments of the constructor."""

    def __replace__(self, /, **changes: Any) -> Self: ...
    def to_json(self) -> str:
        """As JSON, in the schema that every program of this library has."""

    @staticmethod
    def from_json(text: str) -> Snapshot:
        """Reads JSON. Raises ``ValueError`` with the field that is wrong."""

    def to_dict(self) -> dict[str, Any]:
        """What ``to_json`` writes, as a dict."""

    @staticmethod
    def from_dict(data: dict[str, Any]) -> Snapshot:
        """Reads what ``to_dict`` gives. Raises ``ValueError`` with the field that is wrong."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]: ...

@disjoint_base
class Change:
    """One change that a ``Client`` can make: each is a method of it, as a value. The classes
    below are its kinds.
    """

    @property
    def op(self) -> Op:
        """The operation that it stands for."""

    def to_rule(self) -> str:
        """Its line of ipvsadm. Raises ``InvalidInputError`` with the field that no line can say."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def __getnewargs__(self) -> tuple[Any, ...]: ...

@final
class AddService(Change):
    """Adds a virtual service (``ipvsadm -A``)."""

    __match_args__: ClassVar[tuple[str]]

    def __new__(cls, service: Service | str) -> Self: ...
    @property
    def service(self) -> Service:
        """The service."""

@final
class UpdateService(Change):
    """Replaces a virtual service wholly (``ipvsadm -E``)."""

    __match_args__: ClassVar[tuple[str]]

    def __new__(cls, service: Service | str) -> Self: ...
    @property
    def service(self) -> Service:
        """The service."""

@final
class RemoveService(Change):
    """Removes a virtual service and its real servers (``ipvsadm -D``)."""

    __match_args__: ClassVar[tuple[str]]

    def __new__(cls, key: ServiceKey | str) -> Self: ...
    @property
    def key(self) -> ServiceKey:
        """The service's key."""

@final
class AddDest(Change):
    """Adds a real server to a service (``ipvsadm -a``)."""

    __match_args__: ClassVar[tuple[str, str]]

    def __new__(cls, key: ServiceKey | str, dest: Dest | str) -> Self: ...
    @property
    def key(self) -> ServiceKey:
        """The service's key."""

    @property
    def dest(self) -> Dest:
        """The real server."""

@final
class UpdateDest(Change):
    """Replaces a real server of a service wholly (``ipvsadm -e``)."""

    __match_args__: ClassVar[tuple[str, str]]

    def __new__(cls, key: ServiceKey | str, dest: Dest | str) -> Self: ...
    @property
    def key(self) -> ServiceKey:
        """The service's key."""

    @property
    def dest(self) -> Dest:
        """The real server."""

@final
class RemoveDest(Change):
    """Removes a real server from a service (``ipvsadm -d``)."""

    __match_args__: ClassVar[tuple[str, str]]

    def __new__(cls, key: ServiceKey | str, dest: DestKey | str) -> Self: ...
    @property
    def key(self) -> ServiceKey:
        """The service's key."""

    @property
    def dest(self) -> DestKey:
        """The real server's key."""

@final
class StartDaemon(Change):
    """Starts a sync daemon (``ipvsadm --start-daemon``)."""

    __match_args__: ClassVar[tuple[str]]

    def __new__(cls, daemon: SyncDaemon | str) -> Self: ...
    @property
    def daemon(self) -> SyncDaemon:
        """The daemon."""

@final
class StopDaemon(Change):
    """Stops the sync daemon of a role (``ipvsadm --stop-daemon``)."""

    __match_args__: ClassVar[tuple[str]]

    def __new__(cls, role: DaemonRole | str) -> Self: ...
    @property
    def role(self) -> DaemonRole:
        """The daemon's role."""

@final
class SetTimeouts(Change):
    """Sets the given timeouts and keeps the others (``ipvsadm --set``)."""

    __match_args__: ClassVar[tuple[str]]

    def __new__(cls, timeouts: TimeoutsEdit | str) -> Self: ...
    @property
    def timeouts(self) -> TimeoutsEdit:
        """The timeouts."""

@final
class Flush(Change):
    """Removes every service (``ipvsadm -C``)."""

    __match_args__: ClassVar[tuple[()]]

    def __new__(cls) -> Self: ...

@final
class Zero(Change):
    """Sets every counter to zero (``ipvsadm -Z``)."""

    __match_args__: ClassVar[tuple[()]]

    def __new__(cls) -> Self: ...

@final
class ZeroService(Change):
    """Sets the counters of a service and its real servers to zero (``ipvsadm -Z -t``)."""

    __match_args__: ClassVar[tuple[str]]

    def __new__(cls, key: ServiceKey | str) -> Self: ...
    @property
    def key(self) -> ServiceKey:
        """The service's key."""

@final
class Report:
    """What became of each of many changes."""

    @property
    def results(self) -> _list[IpvsError | None]:
        """The result of each change, in their order: its error, or ``None``."""

    @property
    def failures(self) -> _list[tuple[int, IpvsError]]:
        """The changes that failed, by their places, counted from 0."""

    @property
    def is_success(self) -> bool:
        """Whether every change was made."""

    def into_result(self) -> None:
        """Nothing, or raises the first failure."""

    def __len__(self) -> int: ...

@final
class Plan:
    """The changes that turn a ``Snapshot`` into a ``Table``, within a ``Scope``.

    It is a value: nothing is read and nothing is sent. A table that is in force plans nothing.
    The changes come in an order that drops no traffic: timeouts; new services and dests; what
    differs, changed in place; dests that are not wanted are drained, and removed once they are
    empty; then services that are not wanted; daemons. There is never a flush, and nothing outside
    of the scope is touched.
    """

    def __new__(cls, seen: Snapshot, wanted: Table, scope: Scope) -> Self:
        """Raises ``InvalidInputError`` when ``wanted`` holds a service or a dest twice, a role's
        daemon twice, or something that is outside of the scope.
        """

    @staticmethod
    def at_once(seen: Snapshot, wanted: Table, scope: Scope) -> Plan:
        """The same without draining: dests that are not wanted are removed whatever connections
        they have.
        """

    @property
    def steps(self) -> tuple[PlannedChange, ...]:
        """The changes, in order, each with its reason."""

    @property
    def changes(self) -> tuple[Change, ...]:
        """The changes alone, in order."""

    @property
    def draining(self) -> tuple[tuple[ServiceKey, DestKey], ...]:
        """The dests that are not wanted and stay for now, since they have connections: plan again
        later.
        """

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to change now."""

    def to_rules(self) -> str:
        """The lines of ipvsadm that do the same. Raises ``InvalidInputError`` with the field that
        no line can say.
        """

    def __iter__(self) -> Iterator[PlannedChange]: ...
    def __len__(self) -> int: ...
    def __eq__(self, other: object, /) -> bool: ...

    __hash__: ClassVar[None]  # type: ignore[assignment]

@final
class PlannedChange:
    """A change of a ``Plan``, and why it is there."""

    __match_args__: ClassVar[tuple[str, str]]

    def __new__(cls, change: Change, reason: Reason | Differences | str | int) -> Self: ...
    @property
    def change(self) -> Change:
        """What is to be done."""

    @property
    def reason(self) -> Reason | Differences:
        """Why; the fields in which it differs, where it is there and differs."""

    @property
    def why(self) -> str:
        """The reason for people: ``it is missing``, ``it differs in weight``."""

    def replace(self, **changes: Any) -> Self:
        """The same with other values for these arguments of the constructor."""

    def __replace__(self, /, **changes: Any) -> Self: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]: ...

@final
class Scope:
    """What of a network namespace's IPVS a ``Plan`` may touch: nothing outside of it is ever
    changed, whoever put it there. A service is ours when any of its parts says so, with all of
    its dests.
    """

    __match_args__: ClassVar[tuple[()]]

    def __new__(
        cls,
        *,
        every_service: bool = ...,
        services: Iterable[ServiceKey | str] = ...,
        prefixes: Iterable[_Network] = ...,
        marks: Iterable[tuple[range | int, Family | str]] = ...,
        timeouts: bool = ...,
        daemons: bool = ...,
    ) -> Self: ...
    @property
    def every_service(self) -> bool:
        """Every service."""

    @property
    def services(self) -> tuple[ServiceKey, ...]:
        """These services."""

    @property
    def prefixes(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """The services of every virtual address in these networks."""

    @property
    def marks(self) -> tuple[tuple[range, Family], ...]:
        """The services of these firewall marks."""

    @property
    def timeouts(self) -> bool:
        """The timeouts."""

    @property
    def daemons(self) -> bool:
        """The sync daemons."""

    @staticmethod
    def everything() -> Scope:
        """Every service, the timeouts and the daemons."""

    @staticmethod
    def nothing() -> Scope:
        """Nothing yet."""

    def with_every_service(self) -> Scope:
        """With every service."""

    def with_service(self, key: ServiceKey | str) -> Scope:
        """With one service."""

    def with_prefix(self, prefix: _Network) -> Scope:
        """With the services of every virtual address in a network."""

    def with_marks(self, marks: range | int, family: Family | str = ...) -> Scope:
        """With the services of these firewall marks, of one family, IPv4 by default."""

    def with_timeouts(self) -> Scope:
        """With the timeouts."""

    def with_daemons(self) -> Scope:
        """With the sync daemons, both roles."""

    def contains(self, key: ServiceKey | str) -> bool:
        """Whether a service is ours."""

    def __contains__(self, key: ServiceKey | str, /) -> bool: ...
    @property
    def contains_timeouts(self) -> bool:
        """Whether the timeouts are ours."""

    @property
    def contains_daemons(self) -> bool:
        """Whether the sync daemons are ours."""

    def replace(self, **changes: Any) -> Self:
        """The same with other values for these arguments of the constructor."""

    def __replace__(self, /, **changes: Any) -> Self: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]: ...

@final
class Apply:
    """A plan that is carried out in steps, which its owner takes.

    Each is one send, or the reading again of some of what was touched::

        apply = Apply(plan)
        while apply.step(client):
            print(f"{apply.sent} of {len(plan)} changes are sent")
        apply.into_report().into_result()
    """

    def __new__(cls, plan: Plan) -> Self: ...
    def step(self, client: Client) -> bool:
        """Takes the next step, and says whether there is another one."""

    @property
    def sent(self) -> int:
        """How many of the plan's changes are sent, or were refused before."""

    def into_report(self) -> Report:
        """What became of each of the plan's changes so far. It ends here: afterwards its methods
        raise ``ValueError``.
        """

@final
class Drain:
    """A real server that is leaving: weight 0, so that new connections go elsewhere; then waiting
    until those it has are gone; then its removal.

    The caller takes the steps, as often as it likes: nothing happens in between, and no thread
    runs. What it has come to is in the kernel, so a program that was restarted begins anew with
    the same values and goes on.

    It waits for the active connections of TCP and SCTP services, for all connections of every
    other one, and for the persistence templates of persistent ones, unless the sysctl
    ``expire_quiescent_template`` is set::

        drain = Drain("tcp 192.0.2.1:80", "10.0.3.100:8080", deadline=time.time() + 600)
        while isinstance(step := drain.step(client), DrainWaiting):
            print(f"{step.left.active} connections")
            time.sleep(1)
    """

    def __new__(
        cls,
        service: ServiceKey | str,
        dest: DestKey | str,
        *,
        deadline: datetime | float | None = ...,
        until_empty: bool = ...,
    ) -> Self:
        """With ``deadline`` (a ``datetime``, or seconds as ``time.time`` counts them) it waits
        until then at the longest, and what is left is cut off. With ``until_empty`` it waits
        for every connection, those that are closing too.
        """

    def step(self, client: Client) -> DrainWaiting | DrainRemoved | DrainGone | DrainRestored:
        """Takes a step: quiesces it, looks whether its connections are gone, or removes it.
        Raises what ``Client.dest``, ``edit_dest``, ``remove_dest`` and ``sysctl`` do; the step
        can be taken again.
        """

    def cancel(self, client: Client) -> None:
        """Gives it back the weight that it had before the first step; nothing if there was none.
        It can be tried again.
        """

@final
class DrainLeft:
    """The connections that a real server has left."""

    __match_args__: ClassVar[tuple[()]]

    def __new__(cls, *, active: int = ..., inactive: int = ..., persistent: int = ...) -> Self: ...
    @property
    def active(self) -> int:
        """Established connections."""

    @property
    def inactive(self) -> int:
        """Connections in every other state, and every UDP flow."""

    @property
    def persistent(self) -> int:
        """Persistence templates: clients that would come back."""

    def replace(self, **changes: Any) -> Self:
        """The same with other values for these arguments of the constructor."""

    def __replace__(self, /, **changes: Any) -> Self: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]: ...

@final
class DrainWaiting:
    """A step of a ``Drain``: it has connections that are waited for."""

    __match_args__: ClassVar[tuple[str]]

    def __new__(cls, left: DrainLeft) -> Self: ...
    @property
    def left(self) -> DrainLeft:
        """What it has left."""

    def replace(self, **changes: Any) -> Self:
        """The same with other values for these arguments of the constructor."""

    def __replace__(self, /, **changes: Any) -> Self: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]: ...

@final
class DrainRemoved:
    """A step of a ``Drain``: it is removed."""

    __match_args__: ClassVar[tuple[str]]

    def __new__(cls, left: DrainLeft) -> Self: ...
    @property
    def left(self) -> DrainLeft:
        """The connections that were cut off."""

    def replace(self, **changes: Any) -> Self:
        """The same with other values for these arguments of the constructor."""

    def __replace__(self, /, **changes: Any) -> Self: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]: ...

@final
class DrainGone:
    """A step of a ``Drain``: it is not there any more. Somebody else removed it, or its service."""

    __match_args__: ClassVar[tuple[()]]

    def __new__(cls) -> Self: ...
    def replace(self, **changes: Any) -> Self:
        """The same with other values for these arguments of the constructor."""

    def __replace__(self, /, **changes: Any) -> Self: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]: ...

@final
class DrainRestored:
    """A step of a ``Drain``: somebody gave it a weight again since the first step, and it stays."""

    __match_args__: ClassVar[tuple[str]]

    def __new__(cls, weight: int) -> Self: ...
    @property
    def weight(self) -> int:
        """That weight."""

    def replace(self, **changes: Any) -> Self:
        """The same with other values for these arguments of the constructor."""

    def __replace__(self, /, **changes: Any) -> Self: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]: ...

@final
class Sysctl:
    """A sysctl of IPVS, ``net.ipv4.vs.*``, of which each network namespace has its own. As text:
    its full name.
    """

    def __new__(cls, name: Sysctl | str) -> Self:
        """By its name, ``conntrack`` or ``net.ipv4.vs.conntrack``."""

    @staticmethod
    def all() -> tuple[Sysctl, ...]:
        """Every sysctl, by name."""

    @property
    def name(self) -> str:
        """The kernel's name, such as ``conntrack``."""

    @property
    def path(self) -> str:
        """The full name, such as ``net.ipv4.vs.conntrack``."""

    @property
    def form(self) -> str | None:
        """What kind of value it has: ``switch``, ``number``, ``power-of-two``, ``threshold`` or
        ``cpu-list``.
        """

    @property
    def unit(self) -> str | None:
        """What its number counts, such as ``seconds``, where it counts something."""

    @property
    def range(self) -> tuple[int, int] | None:
        """The lowest and the highest number that have a meaning, and that every kernel takes;
        ``None`` where the value is no single number.
        """

    @property
    def default_value(self) -> int | tuple[int, int] | str | None:
        """The value in a new network namespace; ``None`` where the kernel computes it when it
        starts.
        """

    @property
    def since(self) -> tuple[int, int, int]:
        """The first kernel release that has it, such as ``(6, 2, 0)``."""

    @property
    def needs(self) -> tuple[str, str] | None:
        """What such a kernel needs beside: ``("module", name)`` or ``("build", option)``."""

    def parse(self, text: str) -> int | tuple[int, int] | str:
        """Reads a value as its file holds it. Raises ``InvalidInputError``."""

    def check(self, value: int | tuple[int, int] | str) -> None:
        """Raises ``InvalidInputError``, which names the range, for a value that has not the right
        form or is out of the range.
        """

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def __getnewargs__(self) -> tuple[str]: ...

@final
class Connection:
    """One row of the connection table: a connection, or the template that keeps a client with its
    real server while a service is persistent (``ipvsadm -Lc``).
    """

    __match_args__: ClassVar[tuple[str, str, str, str]]

    def __new__(
        cls,
        client: _Address,
        client_port: int,
        service: ServiceKey | str,
        dest: DestKey | str,
        *,
        state: ConnectionState | str = ...,
        expires: _Seconds = ...,
        origin: Origin | str | None = ...,
        persistence: PersistenceData | None = ...,
    ) -> Self: ...
    @property
    def client(self) -> _IPAddress:
        """Who connected. In a template the network that the service's netmask makes of it."""

    @property
    def client_port(self) -> int:
        """The client's port; 0 in a template."""

    @property
    def service(self) -> ServiceKey:
        """What it connected to."""

    @property
    def dest(self) -> DestKey:
        """The real server."""

    @property
    def state(self) -> ConnectionState | str:
        """The state of the protocol, or of the template. Default: ``ESTABLISHED``."""

    @property
    def expires(self) -> timedelta:
        """How long it lives on without another packet, in whole seconds. Default: 900."""

    @property
    def origin(self) -> Origin | None:
        """Where this host knows it from; only ``synced_connections`` tells."""

    @property
    def persistence(self) -> PersistenceData | None:
        """What a persistence engine recognises the client by; only ``connections`` tells."""

    @property
    def is_template(self) -> bool:
        """Whether it is a persistence template and no connection. The kernel does not say so: a
        template has no client port, and states of its own.
        """

    @property
    def is_invalidated(self) -> bool:
        """Whether it is a template that the kernel gave up, since its real server is gone or
        takes no more clients.
        """

    def replace(self, **changes: Any) -> Self:
        """The same with other values for these arguments of the constructor."""

    def __replace__(self, /, **changes: Any) -> Self: ...
    def to_json(self) -> str:
        """As JSON, in the schema that every program of this library has."""

    @staticmethod
    def from_json(text: str) -> Connection:
        """Reads JSON. Raises ``ValueError`` with the field that is wrong."""

    def to_dict(self) -> dict[str, Any]:
        """What ``to_json`` writes, as a dict."""

    @staticmethod
    def from_dict(data: dict[str, Any]) -> Connection:
        """Reads what ``to_dict`` gives. Raises ``ValueError`` with the field that is wrong."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]: ...

@final
class PersistenceData:
    """What a persistence engine keeps of a connection."""

    __match_args__: ClassVar[tuple[str, str]]

    def __new__(cls, engine: PersistenceEngine | str, data: bytes) -> Self: ...
    @property
    def engine(self) -> PersistenceEngine | str:
        """The engine."""

    @property
    def data(self) -> bytes:
        """Its data, SIP's Call-ID for one: up to 255 bytes."""

    def replace(self, **changes: Any) -> Self:
        """The same with other values for these arguments of the constructor."""

    def __replace__(self, /, **changes: Any) -> Self: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]: ...

@final
class Application:
    """One port that an application module, such as ``ip_vs_ftp``, works on."""

    __match_args__: ClassVar[tuple[str, str, str]]

    def __new__(
        cls,
        protocol: Protocol | int | str,
        port: int,
        name: str,
        *,
        connections: int = ...,
    ) -> Self: ...
    @property
    def protocol(self) -> Protocol | int:
        """The transport protocol."""

    @property
    def port(self) -> int:
        """The port."""

    @property
    def name(self) -> str:
        """The application's name, such as ``ftp``."""

    @property
    def connections(self) -> int:
        """How many connections use it now."""

    def replace(self, **changes: Any) -> Self:
        """The same with other values for these arguments of the constructor."""

    def __replace__(self, /, **changes: Any) -> Self: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]: ...

@final
class CpuStats:
    """The counters of each processor."""

    __match_args__: ClassVar[tuple[str, str]]

    def __new__(cls, cpus: Iterable[CpuCounters], total: Stats) -> Self: ...
    @property
    def cpus(self) -> tuple[CpuCounters, ...]:
        """One for each possible CPU, in ascending order."""

    @property
    def total(self) -> Stats:
        """The sums and their rates as ``total_stats`` has them: sampled, and zero after ``zero``,
        which the CPUs' own counters are not.
        """

    def replace(self, **changes: Any) -> Self:
        """The same with other values for these arguments of the constructor."""

    def __replace__(self, /, **changes: Any) -> Self: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]: ...

@final
class CpuCounters:
    """What one CPU counted since the namespace was made: live, and never zeroed."""

    __match_args__: ClassVar[tuple[str]]

    def __new__(
        cls,
        cpu: int,
        *,
        connections: int = ...,
        incoming_packets: int = ...,
        outgoing_packets: int = ...,
        incoming_bytes: int = ...,
        outgoing_bytes: int = ...,
    ) -> Self: ...
    @property
    def cpu(self) -> int:
        """The CPU's number, from 0."""

    @property
    def connections(self) -> int:
        """Connections scheduled."""

    @property
    def incoming_packets(self) -> int:
        """Packets from clients."""

    @property
    def outgoing_packets(self) -> int:
        """Packets to clients."""

    @property
    def incoming_bytes(self) -> int:
        """Bytes from clients."""

    @property
    def outgoing_bytes(self) -> int:
        """Bytes to clients."""

    def replace(self, **changes: Any) -> Self:
        """The same with other values for these arguments of the constructor."""

    def __replace__(self, /, **changes: Any) -> Self: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]: ...

@final
class Status:
    """How full the kernel's tables are. Since Linux 7.1."""

    __match_args__: ClassVar[tuple[()]]

    def __new__(
        cls,
        *,
        connections: int = ...,
        connection_table: HashTable = ...,
        services: int = ...,
        service_table: HashTable = ...,
        estimator_threads: int = ...,
        estimator_threads_max: int = ...,
        estimator_chain: int = ...,
        estimators_per_thread: int = ...,
        other: Iterable[tuple[str, str]] = ...,
    ) -> Self: ...
    @property
    def connections(self) -> int:
        """How many connections and templates there are."""

    @property
    def connection_table(self) -> HashTable:
        """The hash table of connections. It counts a masqueraded connection twice."""

    @property
    def services(self) -> int:
        """How many services there are."""

    @property
    def service_table(self) -> HashTable:
        """The hash table of services."""

    @property
    def estimator_threads(self) -> int:
        """Slots for threads that take the samples of counters."""

    @property
    def estimator_threads_max(self) -> int:
        """How many there may be at most."""

    @property
    def estimator_chain(self) -> int:
        """How many samples such a thread takes in one go."""

    @property
    def estimators_per_thread(self) -> int:
        """How many services and real servers one thread has room for."""

    @property
    def other(self) -> tuple[tuple[str, str], ...]:
        """The names and values of lines that this library does not know."""

    def replace(self, **changes: Any) -> Self:
        """The same with other values for these arguments of the constructor."""

    def __replace__(self, /, **changes: Any) -> Self: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]: ...

@final
class HashTable:
    """The size and the filling of a hash table."""

    __match_args__: ClassVar[tuple[()]]

    def __new__(
        cls,
        *,
        buckets: int = ...,
        load_factor: int = ...,
        lengths: Iterable[int] = ...,
    ) -> Self: ...
    @property
    def buckets(self) -> int:
        """How many buckets it has: 0 before anything was in it."""

    @property
    def load_factor(self) -> int:
        """The load factor, as a power of two: the table grows when it holds more than
        2**load_factor entries a bucket.
        """

    @property
    def lengths(self) -> tuple[int, ...]:
        """How many buckets hold so many entries, by their number from 0 on; the eighth counts
        those of 7 and of more. Empty when the kernel does not tell.
        """

    def replace(self, **changes: Any) -> Self:
        """The same with other values for these arguments of the constructor."""

    def __replace__(self, /, **changes: Any) -> Self: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]: ...

@final
class KernelTable:
    """The services and their real servers as ``/proc/net/ip_vs`` tells of them. It leaves out
    thresholds, tunnels, persistence engines, scheduler flags and counters.
    """

    __match_args__: ClassVar[tuple[str, str]]

    def __new__(cls, info: Info, services: Iterable[KernelService] = ...) -> Self: ...
    @property
    def info(self) -> Info:
        """The version of IPVS and the size of the connection table."""

    @property
    def services(self) -> tuple[KernelService, ...]:
        """The services, in the file's order."""

    def replace(self, **changes: Any) -> Self:
        """The same with other values for these arguments of the constructor."""

    def __replace__(self, /, **changes: Any) -> Self: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]: ...

@final
class KernelService:
    """A service as ``/proc/net/ip_vs`` tells of it."""

    __match_args__: ClassVar[tuple[str, str, str]]

    def __new__(
        cls,
        key: KernelServiceKey | ServiceKey | str,
        scheduler: Scheduler | str,
        dests: Iterable[KernelDest] = ...,
        *,
        one_packet: bool = ...,
        persistence: KernelPersistence | None = ...,
    ) -> Self: ...
    @property
    def key(self) -> KernelServiceKey:
        """What identifies it, as far as the file tells."""

    @property
    def scheduler(self) -> Scheduler | str:
        """Its scheduler."""

    @property
    def dests(self) -> tuple[KernelDest, ...]:
        """Its real servers, in the file's order."""

    @property
    def one_packet(self) -> bool:
        """Whether each packet is scheduled on its own. The file never says so of a service at an
        IPv6 address.
        """

    @property
    def persistence(self) -> KernelPersistence | None:
        """Its persistence, if it is persistent."""

    def replace(self, **changes: Any) -> Self:
        """The same with other values for these arguments of the constructor."""

    def __replace__(self, /, **changes: Any) -> Self: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]: ...

@final
class KernelDest:
    """A real server as ``/proc/net/ip_vs`` tells of it."""

    __match_args__: ClassVar[tuple[str, str]]

    def __new__(
        cls,
        key: DestKey | str,
        forward: ForwardMethod | int | str,
        *,
        weight: int = ...,
        active_connections: int = ...,
        inactive_connections: int = ...,
    ) -> Self: ...
    @property
    def key(self) -> DestKey:
        """What identifies it within its service."""

    @property
    def forward(self) -> ForwardMethod | int:
        """How packets are forwarded to it, as far as the file tells."""

    @property
    def weight(self) -> int:
        """Its weight. Default: 1."""

    @property
    def active_connections(self) -> int:
        """Connections that are established or being set up."""

    @property
    def inactive_connections(self) -> int:
        """Connections in every other state."""

    def replace(self, **changes: Any) -> Self:
        """The same with other values for these arguments of the constructor."""

    def __replace__(self, /, **changes: Any) -> Self: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]: ...

@final
class KernelPersistence:
    """The persistence of a service, in the units of ``/proc/net/ip_vs``."""

    __match_args__: ClassVar[tuple[str, str]]

    def __new__(cls, timeout_jiffies: int, netmask_bits: int) -> Self: ...
    @property
    def timeout_jiffies(self) -> int:
        """The timeout in ticks of the kernel's clock, of which a second has 100 to 1000."""

    @property
    def netmask_bits(self) -> int:
        """The netmask as it is printed, for ``netmask`` to understand."""

    def netmask(self, family: Family | str) -> IPv4Address | int | None:
        """The netmask, if the service is of this family; ``None`` when it can't be."""

    def replace(self, **changes: Any) -> Self:
        """The same with other values for these arguments of the constructor."""

    def __replace__(self, /, **changes: Any) -> Self: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]: ...

@final
class FakeKernel:
    """A machine with an IPVS kernel, in memory: ``ipvs.fake.Kernel``. It lives as long as this or
    a client of it does.
    """

    def __new__(cls, environment: Environment = ...) -> Self:
        """By default the newest release that the fake was compared with, with every module and
        ``lo`` up, before somebody who may everything.
        """

    def client(self) -> Client:
        """A client of the initial namespace. Raises ``ModuleMissingError``, and what a ``Fault``
        says.
        """

    def open(
        self,
        netns: str | PathLike[str] | _File | NamespaceSource | None = None,
        *,
        deadline: _Seconds = ...,
        checks: Checks | str = ...,
    ) -> Client:
        """A client, as ``Client`` opens one on this machine; of a path the file's name is the
        namespace's. Deadlines are of the fake's time.
        """

    @property
    def initial(self) -> FakeNamespace:
        """The network namespace that is there from the beginning, in which ``lo`` is up."""

    def namespace(self, name: str) -> FakeNamespace:
        """The network namespace of a name. It is made if there is none, with ``lo`` up."""

    def new_namespace(self) -> FakeNamespace:
        """A new network namespace without a name, in which not even ``lo`` is up."""

    @property
    def now(self) -> timedelta:
        """What the kernel's clock shows: how long it has been running."""

    def advance(self, by: _Seconds) -> None:
        """Lets time go by: every two seconds the counters are sampled; connections end; removed
        dests are forgotten.
        """

    def load_module(self, name: str) -> bool:
        """Loads a module, with ``ip_vs`` if need be; whether it is loaded then."""

    def unload_module(self, name: str) -> bool:
        """Unloads a module, and before ``ip_vs`` those that need it; whether it was loaded and
        isn't any more. One that is in use stays.
        """

    def inject(self, when: When, fault: Fault) -> None:
        """Plans a fault. Several are met in the order in which they were planned."""

    def clear_faults(self) -> None:
        """Forgets the faults that have not happened yet."""

    @property
    def pending_faults(self) -> int:
        """How many faults have not happened yet: a test that planned some wants 0 in the end."""

    @property
    def calls(self) -> Calls:
        """How many system calls its clients have made so far."""

@final
class FakeNamespace:
    """A network namespace of a fake kernel, and what goes on in it: ``ipvs.fake.Namespace``."""

    def client(self) -> Client:
        """A client of this namespace. Raises ``ModuleMissingError``, and what a ``Fault`` says."""

    def open(self, *, deadline: _Seconds = ..., checks: Checks | str = ...) -> Client:
        """A client of this namespace, with a deadline and checks."""

    def set_interface(self, interface: Interface) -> None:
        """Adds an interface, or replaces the one of its name."""

    def remove_interface(self, name: str) -> bool:
        """Removes an interface; whether there was one."""

    def take_port(self, port: int) -> None:
        """Lets somebody else listen on a UDP port, at every address: a backup daemon cannot."""

    def release_port(self, port: int) -> bool:
        """Lets go of a UDP port; whether it was taken."""

    def count(self, service: ServiceKey | str, dest: DestKey | str, traffic: Stats) -> None:
        """Lets packets have gone through a dest: its counters, its service's and the namespace's
        grow by these, which shows with the kernel's next sample. Raises
        ``ServiceNotFoundError``, ``DestNotFoundError``.
        """

    def set_service_stats(self, service: ServiceKey | str, stats: Stats) -> None:
        """Sets the counters and rates that a service shows, at once. Raises
        ``ServiceNotFoundError``.
        """

    def set_dest_stats(self, service: ServiceKey | str, dest: DestKey | str, stats: Stats) -> None:
        """Sets the counters and rates that a dest shows, at once. Raises
        ``ServiceNotFoundError``, ``DestNotFoundError``.
        """

    def set_total_stats(self, stats: Stats) -> None:
        """Sets the counters and rates of the whole namespace, at once."""

    def set_dest_connections(
        self,
        service: ServiceKey | str,
        dest: DestKey | str,
        *,
        active: int = ...,
        inactive: int = ...,
        persistent: int = ...,
    ) -> None:
        """Sets how many connections a dest has, 0 where nothing is said: established ones, all
        others, and persistence templates. They stay until they are set again. Raises
        ``ServiceNotFoundError``, ``DestNotFoundError``.
        """

    def set_connections(self, connections: Iterable[Connection]) -> None:
        """Sets the connection table. Every dest then has those of its connections that are there;
        each goes when its time is over.
        """

    def file(self, name: str) -> bytes:
        """The text of a file of ``/proc/net``: ``ip_vs``, ``ip_vs_conn``, …. Raises ``OSError``."""

    def sysctl(self, name: str) -> bytes:
        """The text of a sysctl, by its name: ``conntrack``, …. Raises ``OSError``."""

    def set_sysctl(self, name: str, text: bytes) -> int:
        """Writes the text of a sysctl; how many bytes the kernel took. Raises ``OSError``."""

@final
class Environment:
    """The machine that a fake kernel runs on, and how it was built."""

    __match_args__: ClassVar[tuple[()]]

    def __new__(
        cls,
        *,
        release: Release | str = ...,
        modules: Iterable[str] = ...,
        loaded: Iterable[str] = ...,
        hz: int = ...,
        ipv6: bool = ...,
        processors: int = ...,
        connection_table_bits: int = ...,
        privileged: bool = ...,
        seed: int = ...,
    ) -> Self: ...
    @property
    def release(self) -> Release:
        """The kernel's release. Default: the newest that the fake was compared with."""

    @property
    def modules(self) -> frozenset[str]:
        """The modules that can be loaded, by name. Default: all."""

    @property
    def loaded(self) -> frozenset[str]:
        """Those that are loaded from the beginning. Default: ``ip_vs``."""

    @property
    def hz(self) -> int:
        """The kernel's clock ticks a second: 100, 250, 300 or 1000. Default: 250."""

    @property
    def ipv6(self) -> bool:
        """Whether the kernel speaks IPv6. Default: yes."""

    @property
    def processors(self) -> int:
        """How many processors there are, from 1 to 8192. Default: 1."""

    @property
    def connection_table_bits(self) -> int:
        """The size of the connection table as a power of two, from 8 to 27. Default: 12."""

    @property
    def privileged(self) -> bool:
        """Whether who asks has ``CAP_NET_ADMIN``. Default: yes."""

    @property
    def seed(self) -> int:
        """What the order of services in a listing depends on. Default: 0."""

    def replace(self, **changes: Any) -> Self:
        """The same with other values for these arguments of the constructor."""

    def __replace__(self, /, **changes: Any) -> Self: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]: ...

@final
class Release:
    """A release of the kernel. As text: ``6.12.107``, ``6.12``."""

    V5_10: ClassVar[Release]
    V6_1: ClassVar[Release]
    V6_12: ClassVar[Release]
    V7_2: ClassVar[Release]
    __match_args__: ClassVar[tuple[str, str, str]]

    def __new__(cls, major: int, minor: int, patch: int) -> Self: ...
    @property
    def major(self) -> int:
        """The first number."""

    @property
    def minor(self) -> int:
        """The second number; with the first it names the branch."""

    @property
    def patch(self) -> int:
        """The third number: the stable release of the branch."""

    def replace(self, **changes: Any) -> Self:
        """The same with other values for these arguments of the constructor."""

    def __replace__(self, /, **changes: Any) -> Self: ...
    @staticmethod
    def parse(text: str) -> Release:
        """Reads what ``str`` prints. Raises ``InvalidInputError``."""

    def __lt__(self, other: Self, /) -> bool: ...
    def __le__(self, other: Self, /) -> bool: ...
    def __gt__(self, other: Self, /) -> bool: ...
    def __ge__(self, other: Self, /) -> bool: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]: ...

@final
class Interface:
    """A network interface, as far as IPVS asks for one."""

    __match_args__: ClassVar[tuple[str]]

    def __new__(
        cls,
        name: str,
        *,
        up: bool = ...,
        mtu: int = ...,
        addresses: Iterable[tuple[_Address, int]] = ...,
    ) -> Self: ...
    @property
    def name(self) -> str:
        """Its name."""

    @property
    def up(self) -> bool:
        """Whether it is up. Default: yes."""

    @property
    def mtu(self) -> int:
        """The longest packet it sends, in bytes. Default: 1500."""

    @property
    def addresses(self) -> tuple[tuple[_IPAddress, int], ...]:
        """Its addresses, each with the length of its network's prefix."""

    @staticmethod
    def loopback() -> Interface:
        """``lo`` with its two addresses, up."""

    def replace(self, **changes: Any) -> Self:
        """The same with other values for these arguments of the constructor."""

    def __replace__(self, /, **changes: Any) -> Self: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]: ...

@final
class Calls:
    """How many system calls there were, and requests in them: what ``When`` counts."""

    __match_args__: ClassVar[tuple[()]]

    def __new__(
        cls,
        *,
        sends: int = ...,
        receives: int = ...,
        files: int = ...,
        requests: int = ...,
    ) -> Self: ...
    @property
    def sends(self) -> int:
        """Sends."""

    @property
    def receives(self) -> int:
        """Receives, those included that found nothing."""

    @property
    def files(self) -> int:
        """Files that were opened."""

    @property
    def requests(self) -> int:
        """Requests of IPVS, of which a send may hold many."""

    def replace(self, **changes: Any) -> Self:
        """The same with other values for these arguments of the constructor."""

    def __replace__(self, /, **changes: Any) -> Self: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]: ...

@final
class When:
    """From when on a ``Fault`` lies in wait. It happens once, to the first thing that it fits
    from then on.
    """

    @staticmethod
    def now() -> When:
        """At once."""

    @staticmethod
    def send(others: int) -> When:
        """From a send on, after so many others: 0 is the next one."""

    @staticmethod
    def receive(others: int) -> When:
        """From a receive on, after so many others: 0 is the next one."""

    @staticmethod
    def command(command: int, others: int) -> When:
        """From a request of this ``IPVS_CMD_*`` on, after so many others of it: 0 is the next
        one.
        """

    @staticmethod
    def file(others: int) -> When:
        """From the opening of a file on, after so many others: 0 is the next one."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Fault:
    """What goes wrong."""

    @staticmethod
    def drop() -> Fault:
        """A datagram to a client gets lost, without a trace."""

    @staticmethod
    def duplicate() -> Fault:
        """A datagram comes twice."""

    @staticmethod
    def delay(receives: int) -> Fault:
        """A datagram comes only after so many more receives."""

    @staticmethod
    def truncate(length: int) -> Fault:
        """A datagram is cut to so many bytes."""

    @staticmethod
    def corrupt(offset: int, byte: int) -> Fault:
        """A byte of a datagram, counted from 0, is another one."""

    @staticmethod
    def errno(number: int) -> Fault:
        """A system call fails with this errno and does nothing: a send, a receive, or the opening
        of a file.
        """

    @staticmethod
    def refuse(number: int) -> Fault:
        """A request is not carried out, and answered with this errno."""

    @staticmethod
    def overrun() -> Fault:
        """A datagram does not fit the receive buffer: it is lost, and the next receive says so."""

    @staticmethod
    def forge(datagram: bytes) -> Fault:
        """Somebody who is not the kernel sends this datagram in front of the next one."""

    @staticmethod
    def change(changes: Iterable[Change]) -> Fault:
        """Somebody else changes the table: before the system call, or the request, goes on."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
