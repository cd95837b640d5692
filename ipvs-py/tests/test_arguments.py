"""What a caller may pass, and how it is told what it may not."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from ipaddress import IPv4Address, IPv6Address
from typing import Any

import garbage
import ipvs
import pytest
from ipvs.fake import Kernel
from signatures import Parameter, Signature, signatures


def dest(**changes: Any) -> ipvs.Dest:
    return ipvs.Dest(**{"address": "10.0.3.100", "port": 80, "forward": 0, **changes})


def service(**changes: Any) -> ipvs.Service:
    return ipvs.Service(**{"key": "tcp 192.0.2.1:80", **changes})


WRONG_VALUES: list[tuple[Callable[[], object], str]] = [
    (lambda: dest(address="10.0.3"), "address: '10.0.3' is not an IPv4 or IPv6 address"),
    (lambda: dest(address="fe80::1%eth0"), "address: "),
    (lambda: dest(address=IPv6Address("fe80::1%eth0")), "address: the kernel keeps no zone"),
    (lambda: dest(port=70000), "port: 70000 is not from 0 to 65535"),
    (lambda: dest(port=-1), "port: -1 is not from 0 to 65535"),
    (lambda: dest(port=10**5000), "port: "),
    (lambda: dest(forward=8), "forward: 8 is too large"),
    (lambda: dest(forward="nat"), 'forward: "nat" is not one'),
    (lambda: dest(weight=2**32), "weight: 4294967296 is not from 0 to 4294967295"),
    (lambda: dest(tunnel="vxlan"), 'tunnel: "vxlan" is not one'),
    (lambda: service(key="tcp"), 'key: "tcp" is not one'),
    (lambda: service(scheduler=""), "scheduler: "),
    (lambda: service(scheduler="\ud800"), "scheduler: it holds a lone surrogate"),
    (lambda: service(flags="sticky"), "flags: "),
    (lambda: service(flags=-1), "flags: -1 is not from 0"),
    (lambda: service(persistence_timeout=1.5), "persistence_timeout: 1.5 is not in whole seconds"),
    (lambda: service(persistence_timeout=-1), "persistence_timeout: "),
    (lambda: service(persistence_timeout=timedelta(seconds=-1)), "persistence_timeout: "),
    (lambda: service(persistence_timeout=timedelta(milliseconds=1)), "persistence_timeout: "),
    (lambda: service(persistence_timeout=float("nan")), "persistence_timeout: nan is no length"),
    (lambda: service(persistence_timeout=float("inf")), "persistence_timeout: "),
    (lambda: service(persistence_netmask=256), "persistence_netmask: "),
    (lambda: ipvs.SyncDaemon("slave", "eth0"), "role: "),
    (lambda: ipvs.SyncDaemon("master", "a" * 16), "interface: "),
    (lambda: ipvs.Stats(width=16), "width: 16 is neither 64 nor 32"),
    (lambda: ipvs.Scope(prefixes=["192.0.2.0/33"]), "prefixes: "),
    (lambda: ipvs.Scope(marks=[(range(5, 5), "ipv4")]), "marks: it is empty"),
    (lambda: ipvs.Scope(marks=[(range(0, 9, 2), "ipv4")]), "marks: "),
    (lambda: ipvs.Sysctl("conn"), "name: "),
    (lambda: Kernel().open(deadline=-1), "deadline: "),
    (lambda: Kernel().open(checks="none"), 'checks: "none" is not full or kernel'),
]

WRONG_TYPES: list[tuple[Callable[[], object], str]] = [
    (lambda: dest(address=3232235777), "address: expected an IP address, not int"),
    (lambda: dest(address=b"\x0a\x00\x00\x01"), "address: expected an IP address, not bytes"),
    (lambda: dest(port="80"), "port: expected int, not str"),
    (lambda: dest(port=80.0), "port: expected int, not float"),
    (lambda: dest(weight=None), "weight: expected int, not NoneType"),
    (lambda: service(key=None), "key: expected ServiceKey, not NoneType"),
    (lambda: service(persistence_timeout="600"), "persistence_timeout: expected timedelta"),
    (lambda: service(persistence_netmask=IPv6Address("::")), "persistence_netmask: "),
    (lambda: ipvs.ServiceKey(), "expected protocol, address and port, or mark"),
    (lambda: ipvs.ServiceKey("tcp", "192.0.2.1", 80, mark=1), "expected protocol, address"),
    (lambda: ipvs.ServiceKey("tcp", "192.0.2.1", 80, family="ipv4"), "family goes with mark"),
    (lambda: ipvs.Table(5), "services: expected an iterable, not int"),  # type: ignore[arg-type]
    (lambda: ipvs.Table("ab"), "services: expected an iterable, not str"),  # type: ignore[arg-type]
    (lambda: ipvs.Table([service()]), "services: expected TableService, not Service"),  # type: ignore[list-item]
    (lambda: ipvs.AddDest("fwmark 7", service()), "dest: expected Dest, not Service"),  # type: ignore[arg-type]
    (lambda: ipvs.PersistenceData("sip", "text"), "data: expected bytes, not str"),  # type: ignore[arg-type]
    (lambda: ipvs.Scope(marks=[3]), "marks: expected a tuple of two, not int"),  # type: ignore[list-item]
    (lambda: Kernel().client().batch([None]), "batch: expected Change, not NoneType"),  # type: ignore[list-item]
    (lambda: ipvs.Client([]), "netns: expected a path, a descriptor or NamespaceSource"),  # type: ignore[arg-type]
]


@pytest.mark.parametrize(("call", "message"), WRONG_VALUES)
def test_a_wrong_value_names_the_argument(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the message is looked at below
        call()
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(("call", "message"), WRONG_TYPES)
def test_a_wrong_type_names_the_argument(call: Callable[[], object], message: str) -> None:
    with pytest.raises(TypeError) as caught:
        call()
    assert str(caught.value).startswith(message)


# Numbers that no parameter takes, times that are none, and texts that stand for nothing.
NUMBERS = [2**200, -(2**200)]
TIMES = [-1, float("nan"), float("inf"), 2**200, timedelta(-1)]
MEANINGLESS = re.compile(
    r"(Service|ServiceKey|Dest|DestKey|Tunnel|Timeouts|TimeoutsEdit|SyncDaemon|IpvsVersion|Release"
    r"|DaemonRole|Family|Checks|Origin|Protocol|ForwardMethod|TunnelKind|ServiceFlags|TunnelFlags"
    r"|Reason|Sysctl|_Address|_Network|_Netmask)\\b"
)


def wrong_values(annotation: str) -> list[Any]:
    """Values of a right type that cannot be."""
    if listed := re.fullmatch(r"Iterable\[(?!tuple)(.*)\](?: \| None)?", annotation):
        return [[value] for value in wrong_values(listed[1])]
    parts = annotation.split(" | ")
    values: list[Any] = []
    if {"int", "_File"} & set(parts):
        values += NUMBERS
    if {"str", "_Address", "_Network", "_Netmask"} & set(parts):
        values.append("\ud800")
    if {"_Seconds", "float"} & set(parts):
        values += [time for time in TIMES if "_Seconds" in parts or not isinstance(time, timedelta)]
    if MEANINGLESS.match(annotation):
        values.append("garbage")
    return values


PARAMETERS = [
    pytest.param(signature, parameter, id=f"{signature}-{parameter.name}")
    for signature in signatures()
    for parameter in signature.parameters
]


def call_with(signature: Signature, parameter: Parameter, value: object) -> object:
    """Calls with this for an argument, and what works for the others."""
    others = garbage.companions(signature, parameter)
    return garbage.callable_of(signature)(**others, **{parameter.name: value})


@pytest.mark.parametrize(("signature", "parameter"), PARAMETERS)
def test_every_parameter_refuses_another_type(signature: Signature, parameter: Parameter) -> None:
    types: list[object] = [object(), 1j]
    if not parameter.annotation.endswith("None") and not parameter.is_optional:
        types.append(None)
    for value in types:
        with pytest.raises(TypeError) as caught:
            call_with(signature, parameter, value)
        assert parameter.name in str(caught.value)


@pytest.mark.parametrize(
    ("signature", "parameter"),
    [one for one in PARAMETERS if wrong_values(one.values[1].annotation)],  # type: ignore[union-attr]
)
def test_every_parameter_refuses_a_wrong_value(signature: Signature, parameter: Parameter) -> None:
    for value in wrong_values(parameter.annotation):
        with pytest.raises(ValueError, match=rf"^{parameter.name}: "):
            call_with(signature, parameter, value)


def test_many_forms_are_one_value() -> None:
    assert dest(address=IPv4Address("10.0.3.100"), forward="Masquerade") == dest()
    assert dest(forward=ipvs.ForwardMethod.MASQUERADE) == dest()
    for seconds in (600, 600.0, timedelta(minutes=10)):
        assert service(persistence_timeout=seconds) == service(persistence_timeout=600)
    assert service(flags="persistent,one-packet") == service(flags=5)
    assert service(persistence_netmask="255.255.255.0") == service(
        persistence_netmask=IPv4Address("255.255.255.0")
    )
    assert service(scheduler=ipvs.Scheduler.RR) == service(scheduler="rr")


def test_an_exception_of_the_callers_comes_through() -> None:
    class Odd:
        def __index__(self) -> int:
            raise RuntimeError("no number today")

    def services() -> Any:
        yield ipvs.TableService("fwmark 1")
        raise RuntimeError("no more")

    with pytest.raises(RuntimeError, match="no number today"):
        dest(port=Odd())
    with pytest.raises(RuntimeError, match="no more"):
        ipvs.Table(services())
