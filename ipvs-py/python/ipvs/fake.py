"""An IPVS kernel in memory: for tests that need neither root nor a kernel module.

``Kernel()`` makes one, ``Kernel.client`` opens a client on it. That is the client that speaks to
real kernels, with every method it has: the fake takes and gives the same datagrams, so what is
tested is what will run. ::

    from ipvs.fake import Kernel

    client = Kernel().client()
    client.add_service("tcp 192.0.2.1:80")
    client.add_dest("tcp 192.0.2.1:80", "10.0.3.100:8080 masquerade")
    assert len(client.dests("tcp 192.0.2.1:80")) == 1

It moves no packets: what they would do, a test sets (``Namespace.count``). It has neither threads
nor a clock: time is what the test lets go by (``Kernel.advance``). What can go wrong, a ``Fault``
does.
"""

from __future__ import annotations

from ._ipvs import Calls, Environment, Fault, Interface, Release, When
from ._ipvs import FakeKernel as Kernel
from ._ipvs import FakeNamespace as Namespace

__all__ = [
    "Calls",
    "Environment",
    "Fault",
    "Interface",
    "Kernel",
    "Namespace",
    "Release",
    "When",
]
