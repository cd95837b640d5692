"""Any value of every value class, from its constructor as the stubs say it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import Any

import ipvs
import pytest
import samples
from hypothesis import strategies as st
from ipvs import fake
from signatures import Parameter, Signature, signatures

CLASSES: dict[str, type] = {type(value).__name__: type(value) for value in samples.VALUES}
CONSTRUCTORS = {
    signature.owner: signature
    for signature in signatures()
    if signature.name == "__new__" and signature.owner in CLASSES
}


def values(name: str) -> st.SearchStrategy[Any]:
    """The values of the class of a name."""
    return st.deferred(lambda: made_of(name))


@cache
def made_of(name: str) -> st.SearchStrategy[Any]:
    if name == "Sysctl":
        return st.sampled_from(ipvs.Sysctl.all())
    if name == "ServiceKey":
        return service_keys()
    if name == "KernelServiceKey":
        return st.one_of(
            st.builds(ipvs.KernelServiceKey, protocols(), addresses(), integers(0, 2**16 - 1)),
            st.builds(lambda mark: ipvs.KernelServiceKey(mark=mark), integers(0, 2**32 - 1)),
        )
    if name not in CONSTRUCTORS:
        return st.just(CLASSES[name]())
    signature = CONSTRUCTORS[name]
    required = {one.name: of(signature, one) for one in signature.parameters if not one.is_optional}
    optional = {one.name: of(signature, one) for one in signature.parameters if one.is_optional}
    keywords = st.fixed_dictionaries(required, optional=optional)
    return keywords.map(lambda keywords: CLASSES[name](**keywords))


def of(signature: Signature, parameter: Parameter) -> st.SearchStrategy[Any]:
    """What a parameter of a constructor takes."""
    alternatives = [text.strip() for text in parameter.annotation.split(" | ")]
    if "int" in alternatives and parameter.name not in ("marks", "persistence_netmask"):
        numbers = bounded(signature, parameter)
        if "StatsWidth" in alternatives:
            numbers = st.sampled_from([32, 64])
        return numbers | st.none() if "None" in alternatives else numbers
    if special := SPECIAL.get((str(signature.owner), parameter.name)):
        return special()
    if special := SPECIAL.get(("", parameter.annotation)):
        return special()
    if listed := re.fullmatch(r"Iterable\[(\w+)( \| str)?\]( \| None)?", parameter.annotation):
        items = st.lists(values(listed[1]), max_size=3)
        return items | st.none() if listed[3] else items
    one = values(alternatives[0])
    return one | st.none() if "None" in alternatives else one


@cache
def bounded(signature: Signature, parameter: Parameter) -> st.SearchStrategy[int]:
    """The numbers that a parameter takes: what refuses the others names them."""
    lowest, highest = bounds(signature, parameter)
    return integers(lowest, highest)


def bounds(signature: Signature, parameter: Parameter) -> tuple[int, int]:
    samples_of: list[Any] = samples.VALUES
    sample = next(value for value in samples_of if type(value).__name__ == signature.owner)
    with pytest.raises(ValueError, match=parameter.name) as caught:
        sample.replace(**{parameter.name: 2**200})
    found = re.search(r"is not from (-?\d+) to (\d+)$", str(caught.value))
    assert found is not None
    return int(found[1]), 7 if parameter.name == "forward" else int(found[2])


def integers(lowest: int, highest: int) -> st.SearchStrategy[int]:
    """Most of all those at the edges."""
    return st.sampled_from([lowest, lowest + 1, highest]) | st.integers(lowest, highest)


def protocols() -> st.SearchStrategy[int]:
    return st.sampled_from(ipvs.Protocol) | integers(0, 2**16 - 1)


def addresses() -> st.SearchStrategy[Any]:
    return st.ip_addresses() | st.ip_addresses().map(str)


def service_keys() -> st.SearchStrategy[ipvs.ServiceKey]:
    return st.one_of(
        st.builds(ipvs.ServiceKey, protocols(), addresses(), integers(0, 2**16 - 1)),
        st.builds(
            ipvs.ServiceKey.firewall_mark, integers(0, 2**32 - 1), st.sampled_from(ipvs.Family)
        ),
    )


def names() -> st.SearchStrategy[str]:
    """Names of the kernel's, of which each byte but 0 may be one: written as ``str`` does."""
    known = st.sampled_from([*ipvs.Scheduler, *ipvs.PersistenceEngine])
    strange = st.lists(st.integers(1, 255), min_size=1, max_size=15)
    return known | strange.map(lambda raw: "".join(f"\\x{byte:02x}" for byte in raw))


def texts() -> st.SearchStrategy[str]:
    return st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


def seconds() -> st.SearchStrategy[Any]:
    number = integers(0, 2**32 - 1)
    return number | number.map(float) | number.map(lambda whole: timedelta(seconds=whole))


def prefixes() -> st.SearchStrategy[str]:
    v4 = st.tuples(st.ip_addresses(v=4), st.integers(0, 32))
    v6 = st.tuples(st.ip_addresses(v=6), st.integers(0, 128))
    return (v4 | v6).map(lambda pair: f"{pair[0]}/{pair[1]}")


def marks() -> st.SearchStrategy[Any]:
    edges = st.lists(integers(0, 2**32 - 1), min_size=2, max_size=2).map(sorted)
    ranges = edges.map(lambda pair: range(pair[0], pair[1] + 1))
    return st.tuples(ranges | integers(0, 2**32 - 1), st.sampled_from(ipvs.Family))


def reasons() -> st.SearchStrategy[Any]:
    flags = st.integers(0, 2 ** len(ipvs.Differences) - 1).map(ipvs.Differences)
    return st.sampled_from(ipvs.Reason) | flags


def networks_of_an_interface() -> st.SearchStrategy[Any]:
    return st.lists(st.tuples(addresses(), st.integers(0, 32)), max_size=3)


def interface_names() -> st.SearchStrategy[str]:
    return st.from_regex(r"[a-z][a-z0-9.:_-]{0,14}", fullmatch=True)


# By class and parameter, or by annotation alone.
SPECIAL: dict[tuple[str, str], Callable[[], st.SearchStrategy[Any]]] = {
    ("SyncDaemon", "interface"): interface_names,
    ("Scope", "marks"): lambda: st.lists(marks(), max_size=3),
    ("Status", "other"): lambda: st.lists(st.tuples(texts(), texts()), max_size=3),
    ("HashTable", "lengths"): lambda: st.lists(integers(0, 2**32 - 1), max_size=5),
    ("", "bool"): st.booleans,
    ("", "bytes"): lambda: st.binary(max_size=20),
    ("", "str"): texts,
    ("", "_Address"): addresses,
    ("", "_Address | None"): lambda: addresses() | st.none(),
    ("", "_Seconds"): seconds,
    ("", "_Seconds | None"): lambda: seconds() | st.none(),
    ("", "_Netmask"): lambda: st.ip_addresses(v=4) | st.integers(0, 255),
    ("", "Scheduler | str"): names,
    ("", "PersistenceEngine | str"): names,
    ("", "PersistenceEngine | str | None"): lambda: names() | st.none(),
    ("", "ConnectionState | str"): lambda: st.sampled_from(ipvs.ConnectionState),
    ("", "DaemonRole | str"): lambda: st.sampled_from(ipvs.DaemonRole),
    ("", "Origin | str | None"): lambda: st.sampled_from(ipvs.Origin) | st.none(),
    ("", "Reason | Differences | str | int"): reasons,
    ("", "Change"): lambda: st.one_of(*(values(one.__name__) for one in changes())),
    ("", "KernelServiceKey | ServiceKey | str"): lambda: (
        values("KernelServiceKey") | values("ServiceKey")
    ),
    ("", "Iterable[str]"): lambda: st.lists(texts(), max_size=3),
    ("", "Iterable[_Network]"): lambda: st.lists(prefixes(), max_size=3),
    ("", "Iterable[tuple[_Address, int]]"): networks_of_an_interface,
}


def changes() -> list[type]:
    return [class_ for class_ in CLASSES.values() if issubclass(class_, ipvs.Change)]


def faults() -> st.SearchStrategy[fake.Fault]:
    number = integers(0, 2**31 - 1)
    return st.one_of(
        st.sampled_from([fake.Fault.drop(), fake.Fault.duplicate(), fake.Fault.overrun()]),
        st.builds(fake.Fault.delay, integers(0, 2**32 - 1)),
        st.builds(fake.Fault.truncate, number),
        st.builds(fake.Fault.corrupt, number, st.integers(0, 255)),
        st.builds(fake.Fault.errno, number),
        st.builds(fake.Fault.refuse, number),
        st.builds(fake.Fault.forge, st.binary(max_size=20)),
        st.builds(fake.Fault.change, st.lists(values("AddService"), max_size=2)),
    )


def moments() -> st.SearchStrategy[fake.When]:
    others = integers(0, 2**64 - 1)
    return st.one_of(
        st.just(fake.When.now()),
        st.builds(fake.When.send, others),
        st.builds(fake.When.receive, others),
        st.builds(fake.When.file, others),
        st.builds(fake.When.command, st.integers(0, 255), others),
    )
