from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import ipvs
import pytest
from ipvs.fake import Kernel

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture
def kernel() -> Kernel:
    return Kernel()


@pytest.fixture
def client(kernel: Kernel) -> Iterator[ipvs.Client]:
    with kernel.client() as client:
        yield client


@pytest.fixture
def web(client: ipvs.Client) -> ipvs.Service:
    """A service that is there."""
    web = ipvs.Service("tcp 192.0.2.1:80", scheduler="wrr")
    client.add_service(web)
    return web


@pytest.fixture
def server(client: ipvs.Client, web: ipvs.Service) -> ipvs.Dest:
    """A real server of it."""
    server = ipvs.Dest("10.0.3.100", 8080, "masquerade", weight=3)
    client.add_dest(web.key, server)
    return server
