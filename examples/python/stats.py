#!/usr/bin/env python3
"""As root, with the package installed:

    python examples/python/stats.py            once a second, until Ctrl-C
    python examples/python/stats.py 3          three times

Prints each service's connections and present rates. The kernel samples them every two
seconds.
"""

from __future__ import annotations

import itertools
import time

import ipvs

from story import tell

TITLES = ("conns", "conns/s", "in pk/s", "out pk/s", "in B/s", "out B/s")


def stats(words: list[str]) -> None:
    rounds = range(int(words[0])) if words else itertools.count()
    with ipvs.Client() as client:
        for round_ in rounds:
            if round_ > 0:
                time.sleep(1)
            print(row("service", *TITLES))
            for entry in client.services():
                stats, rates = entry.stats, entry.stats.rates
                line = row(
                    str(entry.service.key),
                    stats.connections,
                    rates.connections,
                    rates.incoming_packets,
                    rates.outgoing_packets,
                    rates.incoming_bytes,
                    rates.outgoing_bytes,
                )
                print(line, flush=True)


def row(name: str, *cells: str | int) -> str:
    widths = (10, 8, 8, 8, 10, 10)
    aligned = (f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True))
    return f"{name:<28} " + " ".join(aligned)


if __name__ == "__main__":
    tell(stats)
