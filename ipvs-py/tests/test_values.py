from __future__ import annotations

import copy
import inspect
import pickle
from datetime import timedelta
from ipaddress import IPv4Address, IPv6Address, ip_network
from typing import Any

import ipvs
import pytest
import samples
from ipvs import fake

NAMES = {**vars(fake), **vars(ipvs)}
# Of those that share a name with the fake's, the fake's are no values.
VALUES = pytest.mark.parametrize("value", samples.VALUES, ids=repr)


def is_value(thing: object) -> bool:
    return inspect.isclass(thing) and hasattr(thing, "__match_args__")


def test_every_value_class_has_a_sample() -> None:
    classes = {thing for thing in NAMES.values() if is_value(thing)} | {ipvs.Sysctl}
    assert {type(value) for value in samples.VALUES} == classes


@VALUES
def test_its_repr_evaluates_to_it(value: Any) -> None:
    again = eval(repr(value), dict(NAMES))
    assert again == value
    assert type(again) is type(value)


@VALUES
@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_it_survives_pickling(value: Any, protocol: int) -> None:
    again = pickle.loads(pickle.dumps(value, protocol))
    assert again == value
    assert hash(again) == hash(value)
    assert repr(again) == repr(value)


@VALUES
def test_a_copy_is_the_value_itself(value: Any) -> None:
    assert copy.copy(value) is value
    assert copy.deepcopy([value])[0] is value


@VALUES
def test_it_is_frozen(value: Any) -> None:
    for name in [*type(value).__dict__, "anything"]:
        if not name.startswith("_"):
            with pytest.raises((AttributeError, TypeError)):
                setattr(value, name, None)


@VALUES
def test_it_equals_no_other(value: Any) -> None:
    assert sum(value == other for other in samples.VALUES) == 1
    assert value != repr(value)
    assert (value == object()) is False


@VALUES
def test_replacing_nothing_is_the_same(value: Any) -> None:
    if not isinstance(value, (ipvs.Change, ipvs.Sysctl)):
        assert value.replace() == value
        assert value.__replace__() == value
        with pytest.raises(TypeError, match="nonsense"):
            value.replace(nonsense=1)


@VALUES
def test_what_it_is_matched_by_is_an_attribute(value: Any) -> None:
    for name in getattr(value, "__match_args__", ()):
        assert hasattr(value, name)


TEXTS = [
    value
    for value in samples.VALUES
    if hasattr(value, "parse") and not isinstance(value, ipvs.Sysctl)
]
JSONS = [value for value in samples.VALUES if hasattr(value, "to_json")]


@pytest.mark.parametrize("value", TEXTS, ids=repr)
def test_its_text_is_read_back(value: Any) -> None:
    assert type(value).parse(str(value)) == value


@pytest.mark.parametrize("value", JSONS, ids=repr)
def test_its_json_is_read_back(value: Any) -> None:
    assert type(value).from_json(value.to_json()) == value
    assert type(value).from_dict(value.to_dict()) == value


def test_json_that_is_wrong_is_told_by_its_field() -> None:
    with pytest.raises(ValueError, match="services: firewall_mark: "):
        ipvs.Table.from_dict({"services": [{"firewall_mark": -7}]})
    with pytest.raises(ValueError, match="column"):
        ipvs.Table.from_json("{")


def test_fields_have_pythons_types() -> None:
    service, dest = samples.SERVICE, samples.DEST
    assert service.persistence_timeout == timedelta(minutes=10)
    assert service.scheduler is ipvs.Scheduler.SH
    assert service.flags & ipvs.ServiceFlags.PERSISTENT
    assert int(service.flags) == 0x8000_0001
    assert service.persistence_netmask == 64
    assert ipvs.Service(samples.KEY).persistence_netmask == IPv4Address("255.255.255.255")
    assert dest.address == IPv6Address("2001:db8::2")
    assert dest.forward is ipvs.ForwardMethod.TUNNEL
    assert dest.key == ipvs.DestKey.parse("[2001:db8::2]:80")
    assert samples.KEY.protocol is ipvs.Protocol.TCP
    assert samples.MARK.family is ipvs.Family.V6
    assert (samples.MARK.address, samples.MARK.port, samples.KEY.mark) == (None, None, None)
    assert ipvs.Scope(prefixes=["192.0.2.9/24"]).prefixes == (ip_network("192.0.2.0/24"),)
    assert samples.STATS.width is ipvs.StatsWidth.BITS32
    assert samples.DAEMON.role is ipvs.DaemonRole.MASTER


def test_what_has_no_member_stays_as_it_is() -> None:
    strange = ipvs.Dest("10.0.3.100", 80, 7, tunnel=ipvs.Tunnel(kind=9, flags=0x8000))
    assert (strange.forward, strange.tunnel.kind, int(strange.tunnel.flags)) == (7, 9, 0x8000)
    assert ipvs.ServiceKey(300, "192.0.2.1", 0).protocol == 300
    assert ipvs.Service(samples.KEY, scheduler="mine").scheduler == "mine"
    assert ipvs.Service(samples.KEY, scheduler="\\xff").scheduler == "\\xff"


def test_a_replaced_key_takes_its_defaults_along() -> None:
    service = ipvs.Service("tcp 192.0.2.1:80", scheduler="rr").replace(key="fwmark 7 ipv6")
    assert service == ipvs.Service("fwmark 7 ipv6", scheduler="rr")


def test_values_are_taken_apart() -> None:
    match ipvs.AddDest("tcp 192.0.2.1:80", "10.0.3.100:8080 masquerade weight 3"):
        case ipvs.AddDest(ipvs.ServiceKey(ipvs.Protocol.TCP, _, 80), ipvs.Dest(weight=3) as dest):
            assert dest.port == 8080
        case other:
            pytest.fail(f"{other} was not matched")


def test_keys_have_an_order() -> None:
    keys = [samples.MARK, ipvs.ServiceKey.udp("192.0.2.1", 80), samples.KEY]
    assert sorted(keys) == [samples.KEY, keys[1], samples.MARK]
    assert ipvs.DestKey("10.0.0.1", 1) < ipvs.DestKey("10.0.0.1", 2) <= ipvs.DestKey("10.0.0.2", 0)
    assert fake.Release.V7_2 > fake.Release.V5_10 >= fake.Release.parse("5.10.223")


def test_a_tuple_is_made_once() -> None:
    table = ipvs.Table([ipvs.TableService("tcp 192.0.2.1:80")])
    assert table.services is table.services
