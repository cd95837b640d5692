"""Where a test happens: a network namespace of its own, of the fake kernel or of the running one.

What a test expects follows from the kernel's release, never from which of the two it is.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import shlex
import socket
import struct
import subprocess
import sys
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, TypeVar

import ipvs
from ipvs import fake

T = TypeVar("T")

RELEASES = [fake.Release.V5_10, fake.Release.V6_1, fake.Release.V6_12, fake.Release.V7_2]
# The service and the real server of traffic.
WEB = ipvs.ServiceKey.tcp("192.0.2.1", 80)
SERVER = ipvs.Dest("10.0.3.100", 8080, "masquerade", weight=3)


class Ground(ABC):
    """A network namespace in which ``lo`` is up, and a client of it."""

    client: ipvs.Client
    is_real: bool

    def __init__(self, release: fake.Release) -> None:
        self.release = release

    def at_least(self, major: int, minor: int) -> bool:
        return self.release >= fake.Release(major, minor, 0)

    @abstractmethod
    def open(self, **options: Any) -> ipvs.Client:
        """Another client of the namespace."""

    @abstractmethod
    def add_interface(self, name: str, address: str) -> None:
        """Adds an interface that is up, with an address such as ``192.0.2.7/24``."""

    @abstractmethod
    def close(self) -> None:
        """Lets go of it."""

    @abstractmethod
    def connected(self, count: int) -> AbstractContextManager[None]:
        """Adds ``WEB`` with ``SERVER``, which have this many connections meanwhile."""

    def add_web(self) -> None:
        self.client.add_service(ipvs.Service(WEB, scheduler="rr"))
        self.client.add_dest(WEB, SERVER)


class FakeGround(Ground):
    is_real = False

    def __init__(self, release: fake.Release) -> None:
        super().__init__(release)
        self.kernel = fake.Kernel(fake.Environment(release=release))
        self.namespace = self.kernel.initial
        self.client = self.namespace.client()

    def close(self) -> None:
        self.client.close()

    def open(self, **options: Any) -> ipvs.Client:
        return self.namespace.open(**options)

    def add_interface(self, name: str, address: str) -> None:
        [host, length] = address.split("/")
        self.namespace.set_interface(fake.Interface(name, addresses=[(host, int(length))]))

    @contextlib.contextmanager
    def connected(self, count: int) -> Iterator[None]:
        self.add_web()
        self.namespace.set_connections(
            ipvs.Connection("192.0.2.1", 40000 + place, WEB, SERVER.key, expires=900)
            for place in range(count)
        )
        traffic = ipvs.Stats(connections=count, incoming_packets=2 * count)
        self.namespace.count(WEB, SERVER.key, traffic)
        self.kernel.advance(4)
        yield
        self.namespace.set_connections([])


class RealGround(Ground):
    is_real = True

    def __init__(self) -> None:
        super().__init__(running())
        self.client = ipvs.Client(ipvs.NamespaceSource.NEW)
        self.namespace = self.client.namespace()
        # A connection that is cut off would hold the namespace, and with it IPVS's modules, for
        # minutes after the test.
        self.within(lambda: Path("/proc/sys/net/ipv4/tcp_orphan_retries").write_text("1"))
        self.within(raise_lo)

    def close(self) -> None:
        self.client.close()
        self.namespace.close()

    def open(self, **options: Any) -> ipvs.Client:
        return ipvs.Client(self.namespace, **options)

    def add_interface(self, name: str, address: str) -> None:
        self.sh(f"ip link add {name} type veth peer name {name}-peer")
        self.sh(f"ip addr add {address} dev {name}; ip link set {name} up")

    @contextlib.contextmanager
    def connected(self, count: int) -> Iterator[None]:
        self.sh(f"ip addr add {WEB.address} dev lo; ip addr add {SERVER.address} dev lo")
        self.add_web()
        listening = (str(SERVER.address), SERVER.port)
        with contextlib.ExitStack() as open_ones:
            server = self.within(lambda: socket.create_server(listening, backlog=count))
            open_ones.enter_context(server)
            for _ in range(count):
                open_ones.enter_context(self.within(connect))
                open_ones.enter_context(server.accept()[0])
            yield

    def sh(self, line: str) -> str:
        """Runs a line of shell in the namespace; it must succeed."""
        path = f"/proc/{os.getpid()}/fd/{self.namespace.fileno()}"
        command = ["nsenter", f"--net={path}", "sh", "-ec", line]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{shlex.join(command)}: {done.stderr}"
        return done.stdout

    def within(self, call: Callable[[], T]) -> T:
        """Calls on a thread of its own in the namespace."""
        results: list[T] = []
        libc = ctypes.CDLL(None, use_errno=True)

        def enter_and_call() -> None:
            clone_newnet = 0x40000000
            assert libc.setns(self.namespace.fileno(), clone_newnet) == 0, ctypes.get_errno()
            results.append(call())

        thread = threading.Thread(target=enter_and_call)
        thread.start()
        thread.join()
        [result] = results
        return result


def raise_lo() -> None:
    set_flags, up_and_running = 0x8914, 0x41
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, set_flags, struct.pack("16sh14x", b"lo", up_and_running))


def connect() -> socket.socket:
    return socket.create_connection(("192.0.2.1", 80), timeout=30)


def forked(body: Callable[[], None]) -> int:
    """The exit status of a child that does this."""
    sys.stdout.flush()
    sys.stderr.flush()
    # Python warns of threads, and those that have ended stay for a moment.
    eventually(lambda: len(os.listdir("/proc/self/task")) == 1)
    child = os.fork()
    if child == 0:
        status = 1
        try:
            body()
            status = 0
        except BaseException as error:
            os.write(2, f"in the child: {error!r}\n".encode())
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def eventually(is_so: Callable[[], bool]) -> None:
    """Waits until something is so; on a slow machine for long."""
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline, "it never came to be"
        time.sleep(0.2)


def prepare() -> None:
    """Loads what kernels before 5.16 do not when somebody asks for IPVS, and two schedulers
    that kernels before 7.1 can lock up over when they load them on demand.
    """
    lblc = ["ip_vs_lblc", "ip_vs_lblcr"]
    subprocess.run(["modprobe", "-a", "ip_vs", *lblc, "ip_vs_ftp"], check=True)


def running() -> fake.Release:
    """The release of the running kernel, as far as a test asks for it."""
    major, minor = os.uname().release.split("-")[0].split("+")[0].split(".")[:2]
    return fake.Release(int(major), int(minor), 0)
