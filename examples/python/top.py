#!/usr/bin/env python3
"""A live table of what IPVS is doing. As root, with the packages ipvs and rich:

    python examples/python/top.py                  every second, until Ctrl-C
    python examples/python/top.py --fake           of a kernel that is made up, without root

The kernel samples its counters every two seconds.
"""

from __future__ import annotations

import argparse
import itertools
import time

import ipvs
from ipvs import DestEntry, Rates, SnapshotService
from rich.console import Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

import demo
import table
from story import tell

RATES = ("conn/s", "in p/s", "out p/s", "in B/s", "out B/s")


def picture(snapshot: ipvs.Snapshot) -> Group:
    """The table, below the sums."""
    grid = Table(box=None, header_style="bold reverse", expand=True, padding=(0, 1, 0, 0))
    grid.add_column("service / real server", no_wrap=True, ratio=1, min_width=24)
    for title in ("weight", "active", "inact", *RATES):
        grid.add_column(title, justify="right", no_wrap=True)
    for seen in snapshot.services:
        grid.add_row(*service(seen), style="bold")
        for entry in seen.dests:
            grid.add_row(*dest(entry), style="dim" if entry.dest.weight == 0 else "")
    return Group(Text(headline(snapshot)), grid)


def headline(snapshot: ipvs.Snapshot) -> str:
    dests = [entry for seen in snapshot.services for entry in seen.dests]
    active = sum(entry.active_connections for entry in dests)
    return (
        f"IPVS {snapshot.info.version}: {len(snapshot.services)} services, "
        f"{len(dests)} real servers, {active} active connections"
    )


def service(seen: SnapshotService) -> list[str]:
    active = sum(entry.active_connections for entry in seen.dests)
    inactive = sum(entry.inactive_connections for entry in seen.dests)
    counts = ["", f"{active:,}", f"{inactive:,}"]
    return [table.service(seen.entry.service), *counts, *rates(seen.entry.stats.rates)]


def dest(entry: DestEntry) -> list[str]:
    counts = (entry.dest.weight, entry.active_connections, entry.inactive_connections)
    name = f"  -> {entry.dest.key}"
    return [name, *(f"{count:,}" for count in counts), *rates(entry.stats.rates)]


def rates(rates: Rates) -> list[str]:
    packets = (rates.connections, rates.incoming_packets, rates.outgoing_packets)
    return [
        *(f"{number:,}" for number in packets),
        *(size(number) for number in (rates.incoming_bytes, rates.outgoing_bytes)),
    ]


def size(number: float) -> str:
    """Three digits and a unit: 12.3M."""
    for unit in ("", "k", "M", "G"):
        if number < 1000:
            return f"{number:.3g}{unit}"
        number /= 1000
    return f"{number:.3g}T"


def watch(words: list[str]) -> None:
    told = parser().parse_args(words)
    rounds = itertools.count() if told.count is None else range(told.count)
    with demo.client(told.netns, told.fake) as client, Live(auto_refresh=False) as live:
        for round_ in rounds:
            if round_ > 0:
                time.sleep(told.interval)
            live.update(picture(client.list()), refresh=True)


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="a live table of what IPVS is doing")
    parser.add_argument("--interval", type=float, default=1, help="in seconds")
    parser.add_argument("--count", type=int, help="how often; else until Ctrl-C")
    parser.add_argument("--netns", help="a network namespace, such as /run/netns/blue")
    parser.add_argument("--fake", action="store_true", help="a kernel that is made up")
    return parser


if __name__ == "__main__":
    tell(watch)
