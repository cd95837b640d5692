from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import ground as grounds
import ipvs
import pytest
from ground import FakeGround, Ground, RealGround
from ipvs.fake import Kernel

REPOSITORY = Path(__file__).resolve().parents[2]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--live",
        action="store_true",
        help="run the tests that can on the running kernel, as root, and no others",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Chooses the tests that the kernel at hand is for."""
    live = config.getoption("--live")
    chosen = [item for item in items if has_place(set(getattr(item, "fixturenames", [])), live)]
    config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
    items[:] = chosen


def has_place(fixtures: set[str], live: bool) -> bool:
    """Those that need a ground run everywhere, those that need one of the two kernels there."""
    if live:
        return bool(fixtures & {"ground", "real"}) and "kernel" not in fixtures
    return "real" not in fixtures


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "ground" in metafunc.fixturenames:
        live = metafunc.config.getoption("--live")
        releases = [None] if live else grounds.RELEASES
        ids = ["live"] if live else [str(release) for release in grounds.RELEASES]
        metafunc.parametrize("ground", releases, ids=ids, indirect=True)


def pytest_sessionstart(session: pytest.Session) -> None:
    if session.config.getoption("--live"):
        grounds.prepare()


@pytest.fixture
def ground(request: pytest.FixtureRequest) -> Iterator[Ground]:
    """A namespace of the fake kernel, as each release; with ``--live`` of the running one."""
    place: Ground = RealGround() if request.param is None else FakeGround(request.param)
    with contextlib.closing(place):
        yield place


@pytest.fixture
def real() -> Iterator[RealGround]:
    """A namespace of the running kernel: the test runs with ``--live`` alone."""
    place = RealGround()
    with contextlib.closing(place):
        yield place


@pytest.fixture
def kernel(ground: FakeGround) -> Kernel:
    """The fake kernel: the test never runs on a real one."""
    return ground.kernel


@pytest.fixture
def client(ground: Ground) -> ipvs.Client:
    return ground.client


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
