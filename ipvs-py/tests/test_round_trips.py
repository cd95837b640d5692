"""Any value of every class, there and back."""

from __future__ import annotations

import copy
import json
import operator
import os
import pickle
from typing import Any

import ipvs
import pytest
import strategies
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from ipvs import fake

NAMES = {**vars(fake), **vars(ipvs)}
EVERY_CLASS = pytest.mark.parametrize("name", sorted(strategies.CLASSES))

settings.register_profile(
    "short",
    max_examples=int(os.environ.get("IPVS_EXAMPLES", "15")),
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("short")


@EVERY_CLASS
@given(data=st.data())
def test_a_value_comes_back(name: str, data: st.DataObject) -> None:
    value = data.draw(strategies.values(name))
    for again in (
        eval(repr(value), dict(NAMES)),
        pickle.loads(pickle.dumps(value)),
        copy.copy(value),
        copy.deepcopy(value),
        *converted(value),
    ):
        assert type(again) is type(value)
        assert again == value
        assert hash(again) == hash(value)
        assert repr(again) == repr(value)


def converted(value: Any) -> list[Any]:
    """By text and by JSON, where it has them."""
    class_, again = type(value), []
    if hasattr(value, "parse") and class_ is not ipvs.Sysctl:
        again.append(class_.parse(str(value)))
    if hasattr(value, "to_json"):
        assert json.loads(value.to_json()) == value.to_dict()
        again += [class_.from_json(value.to_json()), class_.from_dict(value.to_dict())]
    return again


@EVERY_CLASS
@given(data=st.data())
def test_what_is_replaced_is_another_values(name: str, data: st.DataObject) -> None:
    """Each field alone, by that of a second value; the others stay."""
    one, other = (data.draw(strategies.values(name)) for _ in range(2))
    if not hasattr(one, "replace"):
        return
    assert one.replace() == one == one.__replace__()
    fields = fields_of(name)
    for field in fields:
        try:
            changed = one.replace(**{field: getattr(other, field)})
        except (TypeError, ValueError):
            # Fields that go with each other: a mark has no port.
            if name in ("ServiceKey", "KernelServiceKey"):
                continue
            raise
        assert getattr(changed, field) == getattr(other, field)
        # A service's defaults are those of its key's family, which is that of its address.
        if (name, field) == ("Service", "key") or name == "ServiceKey":
            continue
        for same in fields:
            if same != field:
                assert getattr(changed, same) == getattr(one, same)
    if name not in ("ServiceKey", "KernelServiceKey"):
        everything = {field: getattr(other, field) for field in fields}
        assert one.replace(**everything) == other


def fields_of(name: str) -> list[str]:
    constructor = strategies.CONSTRUCTORS.get(name)
    return [parameter.name for parameter in constructor.parameters] if constructor else []


@EVERY_CLASS
@given(data=st.data())
def test_equality_is_that_of_the_fields(name: str, data: st.DataObject) -> None:
    one, other = (data.draw(strategies.values(name)) for _ in range(2))
    is_same = repr(one) == repr(other)
    assert (one == other) is is_same
    assert (one != other) is not is_same
    assert len({one, other}) == (1 if is_same else 2)
    with pytest.raises(AttributeError):
        one.something = 1


@EVERY_CLASS
@given(data=st.data())
def test_a_value_is_taken_apart(name: str, data: st.DataObject) -> None:
    value = data.draw(strategies.values(name))
    class_ = type(value)
    match value:
        case class_():
            pass
        case _:
            pytest.fail("it is not of its class")
    positional = getattr(value, "__match_args__", ())
    if name not in ("ServiceKey", "KernelServiceKey", "Sysctl"):
        parts = [getattr(value, field) for field in positional]
        keywords = {
            field: getattr(value, field) for field in fields_of(name) if field not in positional
        }
        assert class_(*parts, **keywords) == value


@pytest.mark.parametrize("name", ["DestKey", "IpvsVersion", "Release", "ServiceKey"])
@given(data=st.data())
def test_an_order_is_total(name: str, data: st.DataObject) -> None:
    keys = [data.draw(strategies.values(name)) for _ in range(3)]
    one, other, _ = keys
    holding = [compare(one, other) for compare in (operator.lt, operator.eq, operator.gt)]
    assert sum(holding) == 1
    assert (one <= other) == (one < other or one == other)
    assert (one >= other) == (other <= one)
    low, middle, high = sorted(keys)
    assert low <= middle <= high
    assert low <= high
    with pytest.raises(TypeError):
        assert one < 1


@given(strategies.faults(), strategies.moments())
def test_a_fault_and_its_moment_come_back(fault: fake.Fault, moment: fake.When) -> None:
    for value in (fault, moment):
        again = eval(repr(value), dict(NAMES))
        assert again == value
        assert hash(again) == hash(value)


def unique(table: ipvs.Table) -> bool:
    keys = [held.service.key for held in table.services]
    dests = [{dest.key for dest in held.dests} for held in table.services]
    return len(set(keys)) == len(keys) and all(
        len(own) == len(held.dests) for own, held in zip(dests, table.services, strict=True)
    )


def sayable_services() -> st.SearchStrategy[ipvs.Service]:
    """Those that a line of ipvsadm can say."""
    netmasks = {
        ipvs.Family.V4: st.sampled_from(["255.255.255.255", "255.255.255.0", "255.0.255.0"]),
        ipvs.Family.V6: st.integers(1, 128),
    }
    keys = st.one_of(
        st.builds(
            ipvs.ServiceKey,
            st.sampled_from(ipvs.Protocol),
            strategies.addresses(),
            st.integers(1, 65535),
        ),
        st.builds(
            ipvs.ServiceKey.firewall_mark, st.integers(1, 2**32 - 1), st.sampled_from(ipvs.Family)
        ),
    )

    def service(key: ipvs.ServiceKey) -> st.SearchStrategy[ipvs.Service]:
        plain = st.builds(ipvs.Service, st.just(key), scheduler=st.sampled_from(ipvs.Scheduler))
        seconds = st.integers(1, 2**31 // 1000)
        persistent = st.builds(
            lambda service, time, netmask: service.with_persistence(time).replace(
                persistence_netmask=netmask
            ),
            plain,
            seconds,
            netmasks[key.family],
        )
        one_packet = plain.map(ipvs.Service.with_one_packet)
        return plain | persistent | (one_packet if key.protocol == 17 else plain)

    return keys.flatmap(service)


weights = st.integers(0, 65535)


def sayable(service: ipvs.Service) -> st.SearchStrategy[ipvs.TableService]:
    """With dests that a line can say: only masquerading ones have another port, and only
    tunnelled ones are of another family.
    """
    of_service = st.just(service.key.port or 0)
    port = st.integers(1, 65535) if service.key.port else of_service
    any_address = st.ip_addresses()
    own_family = st.ip_addresses(v=4 if service.key.family is ipvs.Family.V4 else 6)
    dest = st.one_of(
        *(
            st.builds(ipvs.Dest, addresses, ports, st.just(forward), weight=weights)
            for forward, addresses, ports in [
                ("masquerade", own_family, port),
                ("tunnel", any_address, of_service),
                ("direct-route", own_family, of_service),
            ]
        )
    )
    return st.builds(ipvs.TableService, st.just(service), st.lists(dest, max_size=3))


@given(st.lists(sayable_services().flatmap(sayable), max_size=4))
def test_a_table_of_rules_comes_back(services: list[ipvs.TableService]) -> None:
    table = ipvs.Table(services)
    assume(unique(table))
    text = ipvs.rules.print(table)
    assert ipvs.rules.parse(text) == table
    assert ipvs.Table.from_rules(table.to_rules()) == table
    assert [ipvs.rules.line(change) for change in table.changes()] == text.splitlines()
    assert [change for _, change in ipvs.rules.read(text)] == list(table.changes())


@given(strategies.values("Table"), st.booleans())
def test_what_rules_cannot_say_is_told(table: ipvs.Table, extras: bool) -> None:
    """Any table is printed as lines that are read back, or refused with the field."""
    assume(unique(table))
    try:
        text = ipvs.rules.print(table, extras=extras)
    except ipvs.InvalidInputError as error:
        told = (error.operation, error.field is not None)
        text = None
    if text is None:
        assert told == (ipvs.Op.PRINT, True)
    else:
        assert ipvs.rules.parse(text).services == table.services


@given(strategies.values("Table"))
def test_a_plan_of_any_table_is_carried_out(wanted: ipvs.Table) -> None:
    """What the fake kernel takes is there afterwards; what it refuses is in the report."""
    client = fake.Kernel().client()
    everything = ipvs.Scope.everything()
    try:
        plan = client.plan(wanted, everything)
    except ipvs.InvalidInputError:
        # Twice the same key, or what no kernel holds.
        return
    report = client.apply(plan)
    if report.is_success:
        assert client.plan(wanted, everything).is_empty
    else:
        assert all(isinstance(error, ipvs.IpvsError) for _, error in report.failures)


def test_every_class_has_its_values() -> None:
    assert len(strategies.CLASSES) > 50
    assert set(strategies.CONSTRUCTORS) <= set(strategies.CLASSES)
