"""Every kind of error, as the kernels tell them that it can come from."""

from __future__ import annotations

import ctypes
import errno
import gc
import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import ground as grounds
import ipvs
import pytest
import test_client
import test_errors
import test_processes
from ground import SERVER, WEB, Ground, RealGround
from ipvs import ErrorKind, Op

NOWHERE = ipvs.Dest("10.0.3.150", 8080, "masquerade")
SIP = ipvs.Service("udp 192.0.2.1:5060", persistence_engine="nosuch").with_persistence(60)

Row = tuple[ErrorKind, Op, int | None, str | None, Callable[[ipvs.Client], object]]

# Of a namespace with WEB and its SERVER: the kind, the operation, the errno, the field to blame.
ROWS: list[Row] = [
    (
        ErrorKind.SERVICE_NOT_FOUND,
        op,
        errno.ESRCH,
        None,
        lambda client, call=call: call(client, "fwmark 9"),
    )
    for op, call in [
        (Op.SERVICE, ipvs.Client.service),
        (Op.DESTS, ipvs.Client.dests),
        (Op.REMOVE_SERVICE, ipvs.Client.remove_service),
        (Op.ZERO_SERVICE, ipvs.Client.zero_service),
        (Op.EDIT_SERVICE, ipvs.Client.edit_service),
        (Op.UPDATE_SERVICE, ipvs.Client.update_service),
        (Op.DEST, lambda client, key: client.dest(key, NOWHERE.key)),
        (Op.ADD_DEST, lambda client, key: client.add_dest(key, NOWHERE)),
        (Op.UPDATE_DEST, lambda client, key: client.update_dest(key, NOWHERE)),
        (Op.EDIT_DEST, lambda client, key: client.edit_dest(key, NOWHERE.key)),
        (Op.REMOVE_DEST, lambda client, key: client.remove_dest(key, NOWHERE.key)),
    ]
] + [
    (
        ErrorKind.DEST_NOT_FOUND,
        Op.DEST,
        None,
        None,
        lambda client: client.dest(WEB, NOWHERE.key),
    ),
    (
        ErrorKind.DEST_NOT_FOUND,
        Op.UPDATE_DEST,
        errno.ENOENT,
        None,
        lambda client: client.update_dest(WEB, NOWHERE),
    ),
    (
        ErrorKind.DEST_NOT_FOUND,
        Op.EDIT_DEST,
        None,
        None,
        lambda client: client.edit_dest(WEB, NOWHERE.key, weight=1),
    ),
    (
        ErrorKind.DEST_NOT_FOUND,
        Op.REMOVE_DEST,
        errno.ENOENT,
        None,
        lambda client: client.remove_dest(WEB, NOWHERE.key),
    ),
    (
        ErrorKind.DAEMON_NOT_RUNNING,
        Op.STOP_DAEMON,
        errno.ESRCH,
        None,
        lambda client: client.stop_daemon("backup"),
    ),
    (
        ErrorKind.ALREADY_EXISTS,
        Op.ADD_SERVICE,
        errno.EEXIST,
        None,
        lambda client: client.add_service(ipvs.Service(WEB)),
    ),
    (
        ErrorKind.ALREADY_EXISTS,
        Op.ADD_DEST,
        errno.EEXIST,
        None,
        lambda client: client.add_dest(WEB, SERVER),
    ),
    (
        ErrorKind.UNKNOWN_SCHEDULER,
        Op.ADD_SERVICE,
        errno.ENOENT,
        "scheduler",
        lambda client: client.add_service("fwmark 9 scheduler nosuch"),
    ),
    (
        ErrorKind.UNKNOWN_SCHEDULER,
        Op.ADD_SERVICE,
        errno.ENOENT,
        None,
        lambda client: client.add_service(SIP),
    ),
    (
        ErrorKind.UNKNOWN_SCHEDULER,
        Op.EDIT_SERVICE,
        errno.ENOENT,
        "scheduler",
        lambda client: client.edit_service(WEB, scheduler="nosuch"),
    ),
    (
        ErrorKind.INVALID_INPUT,
        Op.ADD_DEST,
        None,
        "address",
        lambda client: client.add_dest(WEB, NOWHERE.replace(address="224.0.0.1")),
    ),
    (
        ErrorKind.INVALID_INPUT,
        Op.ADD_DEST,
        None,
        "weight",
        lambda client: client.add_dest(WEB, NOWHERE.replace(weight=2**31)),
    ),
    (
        ErrorKind.INVALID_INPUT,
        Op.SET_TIMEOUTS,
        None,
        "tcp",
        lambda client: client.set_timeouts(tcp=2_147_484),
    ),
    (
        ErrorKind.INVALID_INPUT,
        Op.START_DAEMON,
        errno.ENODEV,
        "interface",
        lambda client: client.start_daemon(ipvs.SyncDaemon("master", "nosuch0")),
    ),
    (
        ErrorKind.INVALID_INPUT,
        Op.SET_SYSCTL,
        None,
        None,
        lambda client: client.set_sysctl("conntrack", 2),
    ),
]


@pytest.mark.parametrize(
    ("kind", "operation", "number", "field", "call"),
    ROWS,
    ids=[f"{row[1].value}-{row[0].name.lower()}-{row[3]}" for row in ROWS],
)
def test_a_mistake_has_its_kind(
    ground: Ground,
    kind: ErrorKind,
    operation: Op,
    number: int | None,
    field: str | None,
    call: Callable[[ipvs.Client], object],
) -> None:
    ground.add_web()
    before = ground.client.snapshot()
    with pytest.raises(ipvs.IpvsError) as caught:
        call(ground.client)
    error = caught.value
    assert (error.kind, error.operation, error.errno) == (kind, operation, number)
    assert (error.field, error.applied) == (field, ipvs.Applied.NO)
    assert type(error) is ipvs._errors.CLASSES[kind]
    assert ground.client.snapshot() == before


def test_the_kernels_answer_is_told_where_it_alone_judges(ground: Ground) -> None:
    client = ground.open(checks=ipvs.Checks.KERNEL)
    client.add_service(ipvs.Service(WEB))
    with pytest.raises(ipvs.InvalidInputError) as caught:
        client.add_dest(WEB, SERVER.replace(upper_threshold=1, lower_threshold=2))
    assert (caught.value.errno, caught.value.applied) == (errno.ERANGE, ipvs.Applied.NO)


def test_a_file_of_another_kernel_is_unsupported(ground: Ground) -> None:
    if ground.at_least(7, 1):
        assert ground.client.status().connections == 0
    else:
        with pytest.raises(ipvs.UnsupportedError):
            ground.client.status()


def test_who_may_not_is_told_so(real: RealGround) -> None:
    add = ipvs.AddService("fwmark 1")

    def without_capabilities() -> list[ipvs.IpvsError]:
        drop_capabilities()
        errors: list[ipvs.IpvsError] = []
        for call in (real.client.services, real.client.flush, lambda: real.client.change(add)):
            with pytest.raises(ipvs.PermissionDeniedError) as caught:
                call()
            errors.append(caught.value)
        return errors

    for error in real.within(without_capabilities):
        assert (error.errno, error.applied) == (errno.EPERM, ipvs.Applied.NO)
        assert isinstance(error, PermissionError)
        assert error.cure is not None
        assert "CAP_NET_ADMIN" in error.cure
    assert real.client.services() == []


def drop_capabilities() -> None:
    """Takes every capability from the calling thread."""
    version_3 = (ctypes.c_uint32 * 2)(0x20080522, 0)
    assert ctypes.CDLL(None).capset(version_3, (ctypes.c_uint32 * 6)()) == 0


def test_a_namespace_that_is_not_there(real: RealGround) -> None:
    with pytest.raises(ipvs.IpvsIOError, match="/run/netns/nosuch") as caught:
        ipvs.Client("/run/netns/nosuch")
    assert (caught.value.operation, caught.value.errno) == (Op.OPEN, errno.ENOENT)
    for other in ("/proc/self/ns/mnt", "/dev/null", "/"):
        with pytest.raises(ipvs.InvalidInputError):
            ipvs.Client(other)


@pytest.mark.skipif("IPVS_KERNEL" not in os.environ, reason="it would disturb the host")
def test_a_kernel_without_the_module(real: RealGround) -> None:
    real.close()
    loader = Path("/proc/sys/kernel/modprobe")
    before = loader.read_text()
    unload()
    try:
        loader.write_text("/bin/false")
        with pytest.raises(ipvs.ModuleMissingError) as caught:
            ipvs.Client()
        assert caught.value.cure is not None
        assert "modprobe ip_vs" in caught.value.cure
    finally:
        loader.write_text(before)
        grounds.prepare()
    assert ipvs.Client().info().version >= ipvs.IpvsVersion(1, 2, 1)


def unload() -> None:
    """Unloads IPVS; namespaces that are just being removed hold it for a while."""
    gc.collect()  # an exception's frames may hold a client
    for _ in range(60):
        loaded = Path("/proc/modules").read_text().split("\n")
        modules = [line.split()[0] for line in loaded if line.startswith("ip_vs")]
        if not modules:
            return
        subprocess.run(["modprobe", "-r", "-q", "-a", *modules], check=False)
        time.sleep(0.5)
    raise AssertionError(f"in use: {modules}")


def test_every_kind_has_a_test() -> None:
    """``INTERNAL`` is a bug: nothing brings it about."""
    elsewhere = {
        ErrorKind.UNSUPPORTED: test_a_file_of_another_kernel_is_unsupported,
        ErrorKind.PERMISSION_DENIED: test_who_may_not_is_told_so,
        ErrorKind.IO: test_a_namespace_that_is_not_there,
        ErrorKind.MODULE_MISSING: test_a_kernel_without_the_module,
        ErrorKind.FORKED: test_processes.test_a_child_is_told_to_open_its_own,
        # A kernel does it only when a test makes it so: the fake one.
        ErrorKind.TIMED_OUT: test_errors.test_a_timeout_may_have_happened,
        ErrorKind.OVERRUN: test_errors.test_faults_have_their_classes,
        ErrorKind.PROTOCOL: test_errors.test_faults_have_their_classes,
        ErrorKind.CHANGED_WHILE_READING: test_client.test_a_table_that_never_stands_still,
    }
    assert {row[0] for row in ROWS} | set(elsewhere) == set(ErrorKind) - {ErrorKind.INTERNAL}
