from __future__ import annotations

import errno
import pickle

import ipvs
import pytest
from ipvs import _errors, _ipvs
from ipvs.fake import Environment, Fault, Kernel, When


def test_every_kind_of_the_core_has_its_number_and_its_class() -> None:
    assert [(kind.value, kind.name.lower()) for kind in ipvs.ErrorKind] == _ipvs.ERROR_KINDS
    assert set(_errors.CLASSES) == set(ipvs.ErrorKind)
    for kind, class_ in _errors.CLASSES.items():
        assert class_.kind is kind
        assert getattr(ipvs, class_.__name__) is class_


def test_every_operation_of_the_core_has_its_name() -> None:
    assert [op.value for op in ipvs.Op] == _ipvs.OPERATIONS
    methods = set(dir(ipvs.Client)) | {"open", "parse", "plan", "print"}
    assert {op.value for op in ipvs.Op} <= methods


def test_an_error_says_what_happened_to_what(client: ipvs.Client, server: ipvs.Dest) -> None:
    key = ipvs.ServiceKey.tcp("192.0.2.1", 80)
    with pytest.raises(ipvs.AlreadyExistsError) as caught:
        client.add_dest(key, server)
    error = caught.value
    assert str(error) == ("add dest 10.0.3.100:8080 of tcp 192.0.2.1:80: already exists (EEXIST)")
    assert isinstance(error, OSError)
    assert error.kind is ipvs.ErrorKind.ALREADY_EXISTS
    assert error.operation is ipvs.Op.ADD_DEST
    assert error.errno == errno.EEXIST
    assert error.applied is ipvs.Applied.NO
    assert error.object == (key, server.key)
    assert (error.field, error.cause, error.cure) == (None, "already exists", None)


def test_an_error_survives_pickling(client: ipvs.Client) -> None:
    with pytest.raises(ipvs.IpvsError) as caught:
        client.add_dest("tcp 192.0.2.1:80", "10.0.3.100:80 tunnel tunnel gue")
    error, again = caught.value, pickle.loads(pickle.dumps(caught.value))
    assert type(again) is type(error)
    assert (str(again), again.errno) == (str(error), error.errno)
    assert vars(again) == vars(error)


def test_errors_are_the_built_in_ones_too(client: ipvs.Client, web: ipvs.Service) -> None:
    for missing in (
        lambda: client.service("fwmark 1"),
        lambda: client.dest(web.key, "10.0.3.100:80"),
        lambda: client.stop_daemon("master"),
    ):
        with pytest.raises(LookupError):
            missing()
    with pytest.raises(ValueError, match="weight"):
        client.add_dest(web.key, "10.0.3.100:80 masquerade weight 4000000000")
    with pytest.raises(PermissionError):
        Kernel(Environment(privileged=False)).client().services()


def test_a_timeout_may_have_happened(kernel: Kernel, client: ipvs.Client) -> None:
    kernel.inject(When.now(), Fault.drop())
    with pytest.raises(TimeoutError) as caught:
        client.add_service("fwmark 1")
    assert isinstance(caught.value, ipvs.TimedOutError)
    assert caught.value.applied is ipvs.Applied.UNKNOWN
    assert len(client.services()) == 1


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault.overrun(), ipvs.OverrunError),
        (Fault.refuse(errno.ENOMEM), ipvs.IpvsIOError),
        (Fault.truncate(20), ipvs.ProtocolError),
        (Fault.errno(errno.EIO), ipvs.IpvsIOError),
    ],
    ids=repr,
)
def test_faults_have_their_classes(
    kernel: Kernel, client: ipvs.Client, fault: Fault, expected: type[ipvs.IpvsError]
) -> None:
    kernel.inject(When.now(), fault)
    with pytest.raises(expected):
        client.info()
    assert kernel.pending_faults == 0
    client.info()


def test_a_kernel_without_ipvs_says_so() -> None:
    with pytest.raises(ipvs.ModuleMissingError) as caught:
        Kernel(Environment(modules=[])).client()
    assert caught.value.cure is not None
    assert "modprobe ip_vs" in caught.value.cure


def test_an_unknown_scheduler_has_a_class_of_its_own() -> None:
    client = Kernel(Environment(modules=["ip_vs"])).client()
    with pytest.raises(ipvs.UnknownSchedulerError):
        client.add_service("fwmark 1 scheduler mh")
