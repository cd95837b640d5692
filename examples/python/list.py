#!/usr/bin/env python3
"""As root, with the package installed:

    python examples/python/list.py                      this network namespace's table
    python examples/python/list.py /run/netns/blue      another one's

Prints the IPVS table as ``ipvsadm -Ln`` does; ``table`` lays it out.
"""

from __future__ import annotations

import ipvs

import table
from story import tell


def show(words: list[str]) -> None:
    with ipvs.Client(words[0] if words else None) as client:
        # Read until two readings agree: services and dests sorted, timeouts, daemons.
        snapshot = client.snapshot()
    print(table.banner(snapshot))
    for line in table.HEADER:
        print(line)
    for line in table.body(snapshot):
        print(line)


if __name__ == "__main__":
    tell(show)
