#!/usr/bin/env python3
"""The story of a table. On any machine, with the package installed:

    python examples/python/quickstart.py

plays on a kernel in memory: it needs no root, no kernel module, and touches nothing.

    python examples/python/quickstart.py --kernel

plays the same, as root, on this machine's kernel: with a service of its own on an address
that is nobody's, which it removes in the end.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import ipvs
from ipvs import (
    Connection,
    Dest,
    DestKey,
    Drain,
    DrainRemoved,
    DrainWaiting,
    ForwardMethod,
    Plan,
    Scheduler,
    Scope,
    Service,
    ServiceKey,
)
from ipvs.fake import Fault, Kernel, When

import table
from story import tell

WEB = ServiceKey.tcp("192.0.2.1", 80)


@dataclass(frozen=True)
class Stage:
    """Where the story plays."""

    client: ipvs.Client
    fake: Kernel | None
    """The kernel in memory, unless it is this machine's."""


def quickstart(words: list[str]) -> None:
    match words:
        case []:
            stage = in_memory()
        case ["--kernel"]:
            stage = on_this_machine()
        case _:
            raise ValueError(f"{words[0]!r}? It knows --kernel, and no more")
    create(stage)
    try:
        play(stage)
    finally:
        # Its dests go with it.
        stage.client.remove_service(WEB)


def in_memory() -> Stage:
    print("This plays on a fake kernel, in memory. Nothing of this machine is touched.")
    fake = Kernel()
    return Stage(fake.client(), fake)


def on_this_machine() -> Stage:
    print("This plays on this machine's kernel.")
    return Stage(ipvs.Client(), None)


def play(stage: Stage) -> None:
    show(stage)
    plan_and_apply(stage)
    drain(stage, DestKey.parse("10.0.3.100:8080"))
    lose_a_race(stage, DestKey.parse("10.0.3.150:8080"))
    lose_an_answer(stage, DestKey.parse("10.0.3.200:8080"))


def create(stage: Stage) -> None:
    print("\n-- A web service and its real server.")
    server = Dest("10.0.3.100", 8080, ForwardMethod.MASQUERADE)
    # If somebody has this service already, this is AlreadyExistsError, and theirs stays.
    stage.client.add_service(Service(WEB, scheduler=Scheduler.WRR))
    stage.client.add_dest(WEB, server)


def show(stage: Stage) -> None:
    ours = stage.client.snapshot().service(WEB)
    if ours is None:
        raise ValueError("the service is gone")
    for line in table.block(ours):
        print(f"   {line}")


def plan_and_apply(stage: Stage) -> None:
    print("\n-- Say what it should be, and only what differs is changed:")
    wanted = ipvs.rules.parse("""
        -A -t 192.0.2.1:80 -s wrr
        -a -t 192.0.2.1:80 -r 10.0.3.100:8080 -m -w 1
        -a -t 192.0.2.1:80 -r 10.0.3.150:8080 -m -w 3
        -a -t 192.0.2.1:80 -r 10.0.3.200:8080 -m -w 3
    """)
    plan = Plan(stage.client.snapshot(), wanted, Scope(services=[WEB]))
    for step in plan:
        print(f"   {step}")
    stage.client.apply(plan).into_result()
    show(stage)


def drain(stage: Stage, server: DestKey) -> None:
    print("\n-- A real server leaves when its connections have ended.")
    if stage.fake:
        # No packets flow in it: the connections are what we say.
        connection = Connection("10.0.1.50", 40000, WEB, server, expires=60)
        stage.fake.initial.set_connections([connection])
    leaving = Drain(WEB, server)
    while isinstance(step := leaving.step(stage.client), DrainWaiting):
        print(f"   {server} gets no new connections, and still has {step.left.active}")
        if stage.fake:
            stage.fake.advance(30)
        else:
            time.sleep(1)
    if not isinstance(step, DrainRemoved):
        raise ValueError(f"{server} does not leave: {step}")
    print(f"   {server} is gone")


def lose_a_race(stage: Stage, server: DestKey) -> None:
    """What goes wrong on every kernel: somebody else was faster."""
    print("\n-- Somebody else removes a server that we are about to change.")
    stage.client.remove_dest(WEB, server)
    try:
        stage.client.edit_dest(WEB, server, weight=9)
    except ipvs.DestNotFoundError as error:
        print(f"   {error.kind}: {error}")
    else:
        raise ValueError("nobody noticed")


def lose_an_answer(stage: Stage, server: DestKey) -> None:
    """What goes wrong once a year: on the fake, whenever a test wants it."""
    print("\n-- The kernel's answer gets lost.")
    if stage.fake is None:
        print("   (No kernel does that at our wish: this part is the fake's alone.)")
        return
    stage.fake.inject(When.now(), Fault.drop())
    try:
        stage.client.remove_dest(WEB, server)
    except ipvs.TimedOutError as error:
        print(f"   {error.kind} (applied: {error.applied.capitalize()}): {error}")
    else:
        raise ValueError("nobody noticed")
    print("   It may have happened. Looking again, it has:")
    show(stage)


if __name__ == "__main__":
    tell(quickstart)
