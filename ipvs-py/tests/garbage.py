"""Passes garbage of every type into every argument of everything that can be called.

It is a program of its own: what it looks for might abort it. It prints what is not as documented,
and how many calls it made. ``test_garbage`` runs it.
"""

from __future__ import annotations

import contextlib
import datetime
import decimal
import faulthandler
import functools
import gc
import pickle
import types
import weakref
from collections.abc import Callable, Iterator
from fractions import Fraction
from ipaddress import IPv4Address, IPv4Interface, IPv6Address, ip_network
from typing import Any, cast

import ipvs
import samples
from ipvs import _ipvs, fake
from signatures import Parameter, Signature, signatures

SERVER = ipvs.Dest("10.0.3.100", 80, "masquerade")
# What a caller may be told: anything else is a bug. IpvsError is an OSError.
DOCUMENTED = (TypeError, ValueError, OSError)


class OwnError(Exception):
    """The caller's own exception, which comes through."""


class Fails:
    """Whatever is asked of it, it fails."""

    def _fail(self, *_: object) -> Any:
        raise OwnError

    __index__ = __int__ = __float__ = __iter__ = __len__ = __getitem__ = __bool__ = _fail
    __str__ = __repr__ = __hash__ = __eq__ = __call__ = __fspath__ = fileno = _fail
    timestamp = property(_fail)
    prefixlen = property(_fail)


class Lies:
    """Whatever it is asked for, it gives something else."""

    def _lie(self, *_: object) -> Any:
        return self

    __index__ = __int__ = __float__ = __iter__ = __len__ = __next__ = __fspath__ = fileno = _lie
    timestamp = prefixlen = network_address = scope_id = packed = _lie


class Pretends:
    """Something that says it is of another class."""

    def __init__(self, class_: type) -> None:
        self._class = class_

    @property
    def __class__(self) -> Any:
        return self._class

    @__class__.setter
    def __class__(self, class_: Any) -> None:
        raise OwnError


class Text(str):
    """A text that is not quite one."""

    __slots__ = ()

    def __str__(self) -> str:
        raise OwnError


class Number(int):
    """A number that is not quite one."""

    def __index__(self) -> int:
        raise OwnError

    __int__ = __index__


def failing() -> Iterator[Any]:
    yield from ()
    raise OwnError


def garbage() -> list[Any]:
    """Made anew for each argument: iterators are used up."""
    ring: list[Any] = []
    ring.append(ring)
    knot: dict[str, Any] = {}
    knot["services"] = knot
    deep: Any = []
    for _ in range(5000):
        deep = [deep]
    powers = [8, 16, 31, 32, 63, 64, 127, 200]
    numbers = [0, True, *(sign * 2**power for power in powers for sign in (1, -1))]
    return [
        *numbers,
        *(2**power - 1 for power in powers),
        *(None, NotImplemented, ..., 1.5, -0.0, float("nan"), float("inf"), 1e300, 1j),
        *(decimal.Decimal(1), Fraction(1, 3)),
        *("", "garbage", "\ud800", "\0", "x" * 100_000, "٣", "fwmark 4294967296", "{", "[" * 9999),
        *(b"", b"\xff" * 20, bytearray(b"ab"), memoryview(b"ab")),
        *([], [None], [[]], ring, deep, (), (1, 2), (1, 2, 3), ("a", "b"), {}, {"a": 1}, knot),
        *({1, 2}, frozenset(), range(3), range(2**64, 2**70), range(5, 0, -1), [range(2)]),
        *({"services": deep}, {"services": [{"firewall_mark": "x"}]}, {1: 2}, {"\ud800": 1}),
        *(object(), object, int, types, len, garbage, lambda: 1, failing(), iter([1, "a"])),
        *(datetime.timedelta(-1), datetime.timedelta.max, datetime.timedelta(milliseconds=1)),
        *(
            datetime.datetime.min,
            datetime.datetime.max,
            datetime.date.today(),
            datetime.timezone.utc,
        ),
        *(IPv4Address(0), IPv6Address("fe80::1%1"), IPv6Address(0), IPv4Interface("1.2.3.4/5")),
        *(ip_network("0.0.0.0/0"), ip_network("::/0"), weakref.proxy(ipvs.Client)),
        *(
            Fails(),
            Lies(),
            Pretends(int),
            Pretends(str),
            Pretends(IPv4Address),
            Text("x"),
            Number(1),
        ),
        *(Pretends(ipvs.Dest), Pretends(dict), Pretends(datetime.timedelta), [Fails()], [Lies()]),
        *(*ipvs.ErrorKind, *ipvs.ServiceFlags, *ipvs.NamespaceSource, ipvs.Scheduler.RR),
        *(*samples.VALUES, [samples.DEST, None], samples.VALUES),
        *(ipvs.Client, closed_client(), fake.Kernel(), ipvs.Apply(plan()), fake.When.now()),
    ]


def closed_client() -> ipvs.Client:
    client = fake.Kernel().client()
    client.close()
    return client


def plan() -> ipvs.Plan:
    return ipvs.Plan(ipvs.Snapshot(samples.INFO), ipvs.Table(), ipvs.Scope())


# By class, annotation or parameter: what works, so that the other arguments are reached.
WORKING: dict[str, Callable[[], Any]] = {
    "Client": lambda: fake.Kernel().client(),
    "FakeKernel": fake.Kernel,
    "FakeNamespace": lambda: fake.Kernel().initial,
    "Plan": plan,
    "Apply": lambda: ipvs.Apply(plan()),
    "Drain": lambda: ipvs.Drain("fwmark 1", "10.0.3.100:0"),
    "Scope": ipvs.Scope,
    "Dest | str": lambda: SERVER,
    "Report": lambda: fake.Kernel().client().batch([]),
    "Stream": lambda: fake.Kernel().client().connections(),
    "Change": ipvs.Flush,
    "Fault": fake.Fault.duplicate,
    "When": fake.When.now,
    "bool": lambda: True,
    "bytes": lambda: b"ab",
    "int": lambda: 1,
    "int | None": lambda: 1,
    "_Seconds": lambda: 1,
    "_Address": lambda: "192.0.2.1",
    "_Network": lambda: "192.0.2.0/24",
    "_Netmask": lambda: "255.255.255.0",
    "range | int": lambda: 7,
    "Sysctl | str": lambda: "conntrack",
    "int | tuple[int, int] | str": lambda: 1,
    "DaemonRole | str": lambda: "master",
    "Protocol | int | str": lambda: "tcp",
    "Family | str": lambda: "ipv4",
    "ForwardMethod | int | str": lambda: 0,
    "PersistenceEngine | str": lambda: "sip",
    "Reason | Differences | str | int": lambda: "missing",
    "Scheduler | str": lambda: "rr",
    "StatsWidth | int": lambda: 64,
    "dict[str, Any]": dict,
    "str": lambda: "lo",
    "_File": lambda: 2**30,
}


def working(parameter: Parameter) -> Any:
    annotation = parameter.annotation
    if annotation in WORKING:
        return WORKING[annotation]()
    if annotation.startswith("Iterable"):
        return []
    return sample(annotation.split(" | ")[0])


def sample(name: str) -> Any:
    if name in WORKING:
        return WORKING[name]()
    return next(value for value in samples.VALUES if type(value).__name__ == name)


def companions(signature: Signature, parameter: Parameter) -> dict[str, Any]:
    """What works for the other arguments."""
    if str(signature) in ("ServiceKey.__new__", "KernelServiceKey.__new__"):
        address = {"protocol": "tcp", "address": "192.0.2.1", "port": 80}
        if parameter.name in address:
            return {name: value for name, value in address.items() if name != parameter.name}
        return {} if parameter.name == "mark" else {"mark": 7}
    return {
        other.name: working(other)
        for other in signature.parameters
        if other is not parameter and not other.is_optional
    }


def callable_of(signature: Signature) -> Callable[..., Any]:
    owner: Any = getattr(_ipvs, signature.owner) if signature.owner else _ipvs
    if signature.name == "__new__":
        return cast("Callable[..., Any]", owner)
    if not signature.is_static:
        owner = sample(str(signature.owner))
    return cast("Callable[..., Any]", getattr(owner, signature.name))


class Hunt:
    """Calls, and keeps what is not as documented."""

    def __init__(self) -> None:
        self.calls = 0
        self.findings: dict[str, str] = {}

    def call(self, what: str, call: Callable[[], Any]) -> None:
        self.calls += 1
        try:
            look_at(call())
        except (OwnError, *DOCUMENTED) as error:
            self.tell(what, error)
        except BaseException as error:
            self.findings.setdefault(f"{what}: {type(error).__name__}", f"{error!r:.200}")

    def tell(self, what: str, error: BaseException) -> None:
        """An exception can be looked at, and is no bug that we know of."""
        if isinstance(error, ipvs.InternalError):
            self.findings.setdefault(f"{what}: {type(error).__name__}", str(error))
        str(error), repr(error)
        if isinstance(error, ipvs.IpvsError):
            pickle.dumps(error)

    def into(self, signature: Signature) -> None:
        """Each argument is garbage once, while the others work."""
        for parameter in signature.parameters:
            for place, piece in enumerate(garbage()):
                keywords = {**companions(signature, parameter), parameter.name: piece}
                what = f"{signature}({parameter.name}=garbage[{place}], a {type(piece).__name__})"
                self.call(what, functools.partial(callable_of(signature), **keywords))
        for extra in ([None] * 40, [samples.DEST] * 3):
            self.call(f"{signature}(*)", functools.partial(callable_of(signature), *extra))
        self.call(f"{signature}(**)", functools.partial(callable_of(signature), nonsense=1))


def look_at(value: Any) -> None:
    """Whatever came of it can be looked at, copied and used."""
    repr(value), str(value), value == value, value != 1
    if type(value).__module__ not in ("ipvs", "ipvs.fake"):
        return
    for name in dir(value):
        if not name.startswith("_"):
            getattr(value, name)
    if hasattr(value, "__match_args__"):
        hash(value)
        assert pickle.loads(pickle.dumps(value)) == value
        assert value.replace() == value if hasattr(value, "replace") else True
    use(value)


def use(value: Any) -> None:
    """A kernel lives on whatever it was made of or given."""
    match value:
        case fake.Environment():
            exercise(fake.Kernel(value))
        case fake.Fault():
            for when in (fake.When.now(), fake.When.send(2**64 - 1), fake.When.command(1, 0)):
                kernel = fake.Kernel()
                kernel.inject(when, value)
                exercise(kernel)
        case fake.When():
            kernel = fake.Kernel()
            kernel.inject(value, fake.Fault.duplicate())
            exercise(kernel)
        case fake.Interface():
            kernel = fake.Kernel()
            kernel.initial.set_interface(value)
            exercise(kernel, ipvs.StartDaemon(ipvs.SyncDaemon("backup", "lo")))
        case ipvs.Connection():
            kernel = fake.Kernel()
            kernel.initial.set_connections([value])
            list(kernel.client().connections())
        case ipvs.Stats():
            kernel = fake.Kernel()
            kernel.initial.set_total_stats(value)
            kernel.client().total_stats()
        case ipvs.Change():
            exercise(fake.Kernel(), value)
        case ipvs.Table():
            client = fake.Kernel().client()
            client.apply(client.plan(value, ipvs.Scope.everything()))
        case ipvs.Scope():
            fake.Kernel().client().plan(ipvs.Table(), value)
        case ipvs.Client():
            if not value.closed:
                value.close()


def exercise(kernel: fake.Kernel, *changes: ipvs.Change) -> None:
    """What fails is told by an ``IpvsError``."""
    with contextlib.suppress(ipvs.ModuleMissingError, ipvs.PermissionDeniedError):
        client = kernel.client()
        service = ipvs.Service("tcp 192.0.2.1:80").with_persistence(60)
        client.batch([ipvs.AddService(service), ipvs.AddDest(service.key, SERVER), *changes])
        kernel.advance(10)
        client.snapshot()
        client.cpu_stats()
        client.kernel_table()
        client.set_timeouts(tcp=5)


def main() -> None:
    faulthandler.enable()
    hunt = Hunt()
    # Nothing but a real kernel makes a Namespace, whose methods take nothing.
    every = [signature for signature in signatures() if signature.owner != "Namespace"]
    for signature in every:
        hunt.into(signature)
    gc.collect()
    for what, finding in hunt.findings.items():
        print(f"{what}: {finding}")
    print(f"{hunt.calls} calls of {len(every)}, {len(hunt.findings)} findings")


if __name__ == "__main__":
    main()
