#!/usr/bin/env python3
"""Which real server gets how many connections, under each scheduler: a real run, and its plot.

    python examples/python/schedulers.py measure FILE.json [SCHEDULER...]
    python examples/python/schedulers.py draw FILE.json FILE.svg

The first takes root, a kernel with IPVS, ``ip`` and ``nft``. It builds a network of namespaces
(a client with many addresses, this director, three servers), balances TCP connections with
each scheduler, and asks each server's answer who it is. The second takes matplotlib.

``make plot`` does both, in a virtual machine. ``schedulers.md`` shows and explains it.
"""

from __future__ import annotations

import json
import platform
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import ipvs
from ipvs import Dest, ForwardMethod, Scheduler, Service, ServiceKey

from story import tell

SCHEDULERS = [str(it) for it in Scheduler if it is not Scheduler.NONE]

SERVERS = {"10.0.3.1": 20, "10.0.3.2": 40, "10.0.3.3": 60}
"""The real servers and their weights."""
CLIENTS = [f"10.0.1.{n}" for n in range(1, 13)]
VIRTUAL = [f"10.0.2.{n}" for n in range(1, 11)]
"""The addresses that clients connect to: what schedulers by destination tell apart."""
PORT = 8080

# One service for all virtual addresses: a firewall mark, which is the port's last digits. (Each
# scheduler has one of its own: removed dests would come back with their connections.)
RULES = """
table ip schedulers {{
    chain marks {{
        type filter hook prerouting priority mangle
        ip daddr 10.0.2.0/24 meta mark set tcp dport map {{ {map} }}
    }}
}}
"""


def measure(path: Path, schedulers: list[str]) -> None:
    counts = {}
    with network(), servers(), ipvs.Client("/run/netns/director") as client:
        for mark, scheduler in enumerate(SCHEDULERS, start=1):
            if scheduler in schedulers:
                counts[scheduler] = balance(client, scheduler, mark)
                print(f"{scheduler:<6} {counts[scheduler]}", flush=True)
    release = ".".join(platform.release().split(".")[:2])
    found = {"linux": release, "weights": list(SERVERS.values()), "counts": counts}
    path.write_text(json.dumps(found, indent=1) + "\n")


def balance(client: ipvs.Client, scheduler: str, mark: int) -> list[int]:
    """Every client connects to every virtual address; how many the servers have got."""
    service = Service(ServiceKey.firewall_mark(mark), scheduler=scheduler)
    client.add_service(service)
    for address, weight in SERVERS.items():
        dest = Dest(address, PORT, ForwardMethod.MASQUERADE, weight=weight)
        client.add_dest(service.key, dest)
    command = [*inside("client"), sys.executable, __file__, "connect", str(8000 + mark)]
    answers = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    counter = Counter(answers.split())
    client.remove_service(service.key)
    return [counter[address] for address in SERVERS]


def connect(port: int) -> None:
    """The client: its connections stay open until it has made them all."""
    with ExitStack() as opened:
        for address in CLIENTS:
            for virtual in VIRTUAL:
                source = (address, 0)
                connection = socket.create_connection((virtual, port), 60, source)
                opened.enter_context(connection)
                print(connection.recv(100).decode())


def serve(address: str) -> None:
    """A server: it says who it is."""
    connections = []
    with socket.create_server((address, PORT), backlog=256) as listening:
        print("ready", flush=True)
        while True:
            connection, _ = listening.accept()
            connection.send(address.encode())
            connections.append(connection)


@contextmanager
def servers() -> Iterator[None]:
    with ExitStack() as running:
        for address in SERVERS:
            command = [*inside(address), sys.executable, __file__, "serve", address]
            server = running.enter_context(
                subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
            )
            running.callback(server.kill)
            if server.stdout is None or server.stdout.readline() != "ready\n":
                raise ValueError(f"the server {address} did not start")
        yield


@contextmanager
def network() -> Iterator[None]:
    """Namespaces: the director, and around it the client and the servers."""
    names = ["director", "client", *SERVERS]
    try:
        for name in names:
            run("ip", "netns", "add", name)
            run(*inside(name), "ip", "link", "set", "lo", "up")
        plug("client", "10.0.1.254/24", [f"{address}/24" for address in CLIENTS])
        for number, address in enumerate(SERVERS, start=1):
            plug(address, f"10.0.3.{250 + number}/32", [f"{address}/24"])
            run(*inside("director"), "ip", "route", "add", address, "dev", f"to-{address}")
        # Every virtual address is the director's own.
        director = inside("director")
        run(*director, "ip", "route", "add", "local", "10.0.2.0/24", "dev", "lo")
        run(*director, "sh", "-c", "echo 1 >/proc/sys/net/ipv4/ip_forward")
        marks = ", ".join(f"{8000 + mark} : {mark}" for mark in range(1, len(SCHEDULERS) + 1))
        run(*director, "nft", RULES.format(map=marks))
        yield
    finally:
        for name in names:
            subprocess.run(["ip", "netns", "del", name], stderr=subprocess.DEVNULL, check=False)


def plug(name: str, gateway: str, addresses: list[str]) -> None:
    """Joins a host to the director, which is its way to everywhere."""
    here, there = f"to-{name}", "eth0"
    run("ip", "-n", "director", "link", "add", here, "type", "veth", "peer", there, "netns", name)
    run("ip", "-n", "director", "address", "add", gateway, "dev", here)
    for address in addresses:
        run("ip", "-n", name, "address", "add", address, "dev", there)
    run("ip", "-n", "director", "link", "set", here, "up")
    run("ip", "-n", name, "link", "set", there, "up")
    run("ip", "-n", name, "route", "add", "default", "via", gateway.split("/")[0])


def inside(name: str) -> list[str]:
    return ["ip", "netns", "exec", name]


def run(*command: str) -> None:
    subprocess.run(command, check=True)


def draw(data: Path, picture: Path) -> None:
    import matplotlib as mpl

    mpl.use("svg")
    # Text stays text, and the same run gives the same file.
    mpl.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "ipvs", "font.size": 9})
    from matplotlib import pyplot

    found = json.loads(data.read_text())
    names = list(reversed(found["counts"]))
    figure, axes = pyplot.subplots(figsize=(7, 4.4), layout="constrained")
    begins = [0] * len(names)
    colors = ("#4477aa", "#ddaa33", "#bb5566")
    for place, (weight, color) in enumerate(zip(found["weights"], colors, strict=True)):
        counts = [found["counts"][name][place] for name in names]
        bars = axes.barh(names, counts, left=begins, color=color, label=f"weight {weight}")
        axes.bar_label(bars, [n or "" for n in counts], label_type="center", color="white")
        begins = [begin + count for begin, count in zip(begins, counts, strict=True)]
    axes.set_xlabel(f"connections per real server, of {max(begins)} (Linux {found['linux']})")
    axes.set_xlim(0, max(begins))
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(left=False)
    figure.legend(loc="outside upper center", ncols=3, frameon=False)
    figure.savefig(picture, metadata={"Date": None, "Creator": None})


def play(words: list[str]) -> None:
    match words:
        case ["measure", path, *schedulers]:
            measure(Path(path), schedulers or SCHEDULERS)
        case ["draw", data, picture]:
            draw(Path(data), Path(picture))
        case ["connect", port]:
            connect(int(port))
        case ["serve", address]:
            serve(address)
        case _:
            raise ValueError("measure FILE.json [SCHEDULER...], or draw FILE.json FILE.svg")


if __name__ == "__main__":
    tell(play)
