"""Threads, forks and signals."""

from __future__ import annotations

import signal
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import ipvs
import pytest
from ground import SERVER, WEB, Ground, forked

THREADS = 8


def test_eight_threads_share_a_client(ground: Ground) -> None:
    """Each has a service of its own, and each answer is that of its own question."""
    calls = 400 if ground.is_real else 10_000
    client = ground.client
    start = threading.Barrier(THREADS)

    def work(mark: int) -> Counter[str]:
        key = ipvs.ServiceKey.firewall_mark(mark)
        done: Counter[str] = Counter()
        client.add_service(ipvs.Service(key, scheduler="rr"))
        client.add_dest(key, SERVER)
        start.wait()
        for turn in range(calls // 5):
            assert client.edit_dest(key, SERVER.key, weight=turn).weight == turn
            entry = client.service(key)
            assert entry.service.key == key
            [dest] = client.dests(key)
            assert dest.dest.weight == turn
            with pytest.raises(ipvs.ServiceNotFoundError) as caught:
                client.remove_service(f"fwmark {1000 + mark}")
            assert caught.value.object == ipvs.ServiceKey.firewall_mark(1000 + mark)
            assert client.info().version.major == 1
            done["calls"] += 5
        return done

    with ThreadPoolExecutor(THREADS) as pool:
        done = sum(pool.map(work, range(1, THREADS + 1)), Counter())
    assert done["calls"] == THREADS * calls
    assert len(client.services()) == THREADS


def test_threads_share_what_has_a_state(ground: Ground) -> None:
    client = ground.client
    keys = [f"fwmark {mark}" for mark in range(1, 101)]
    wanted = ipvs.Table([ipvs.TableService(key) for key in keys])
    apply = ipvs.Apply(client.plan(wanted, ipvs.Scope(every_service=True)))
    drain = ipvs.Drain(WEB, SERVER.key)
    ground.add_web()

    def carry_out(_: int) -> None:
        while apply.step(client):
            assert apply.sent <= 100
        drain.step(client)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(carry_out, range(THREADS)))
    assert apply.into_report().is_success
    assert client.dests(WEB) == []

    stream = client.stream_services()
    with ThreadPoolExecutor(THREADS) as pool:
        parts = list(pool.map(lambda _: [str(entry.service.key) for entry in stream], range(8)))
    assert sorted(key for part in parts for key in part) == sorted([*keys, str(WEB)])


def test_one_thread_closes_what_others_use(ground: Ground) -> None:
    client = ground.open()
    using = threading.Barrier(THREADS + 1)

    def use(_: int) -> None:
        using.wait()
        while True:
            client.services()

    with ThreadPoolExecutor(THREADS) as pool:
        users = [pool.submit(use, place) for place in range(THREADS)]
        using.wait()
        client.close()
        for user in users:
            with pytest.raises(ValueError, match="the client is closed"):
                user.result()
    assert ground.client.services() == []


def test_a_child_is_told_to_open_its_own(ground: Ground) -> None:
    client = ground.client
    ground.add_web()
    apply = ipvs.Apply(client.plan(ipvs.Table(), ipvs.Scope(every_service=True)))
    stream = client.stream_services()

    def in_the_child() -> None:
        for call in (client.services, client.flush, stream.__next__):
            with pytest.raises(ipvs.ForkedError) as caught:
                call()
            assert caught.value.kind is ipvs.ErrorKind.FORKED
            assert caught.value.applied is ipvs.Applied.NO
            assert caught.value.cure is not None
        while apply.step(client):
            pass
        assert [type(error) for _, error in apply.into_report().failures] == [ipvs.ForkedError]
        if ground.is_real:
            with ipvs.Client(client.namespace()) as own:
                assert len(own.services()) == 1
        client.close()

    assert forked(in_the_child) == 0
    assert [entry.service.key for entry in stream] == [WEB]
    assert len(client.services()) == 1
    client.flush()


def test_ctrl_c_ends_an_apply_between_its_steps(ground: Ground) -> None:
    """What was sent by then stays, and the next plan goes on."""
    client, count = ground.client, 3_000 if ground.is_real else 20_000
    services = [ipvs.Service(f"fwmark {mark}", scheduler="rr") for mark in range(1, count + 1)]
    wanted = ipvs.Table([ipvs.TableService(service) for service in services])
    every_service = ipvs.Scope(every_service=True)
    plan = client.plan(wanted, every_service)
    watcher = ground.open()

    # A clock of this process's own work: it runs while the apply works, on however busy a machine.
    def look_a_little_later() -> None:
        signal.setitimer(signal.ITIMER_PROF, 0.001)

    def press_when_it_has_begun(*_: object) -> None:
        if next(watcher.stream_services(), None) is None:
            look_a_little_later()
        else:
            signal.raise_signal(signal.SIGINT)

    handler = signal.signal(signal.SIGPROF, press_when_it_has_begun)
    try:
        look_a_little_later()
        with pytest.raises(KeyboardInterrupt):
            client.apply(plan)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, handler)
    assert 0 < len(client.services()) < count
    client.apply(client.plan(wanted, every_service)).into_result()
    assert {entry.service for entry in client.services()} == set(services)
