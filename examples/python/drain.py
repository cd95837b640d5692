#!/usr/bin/env python3
"""As root, with the package installed:

    python examples/python/drain.py 'tcp 192.0.2.1:80' 10.0.3.100:8080 60

Lets a real server leave: new connections go elsewhere at once; it is removed when those it
has are gone, or after so many seconds. Killed and run again, it goes on where it was.
"""

from __future__ import annotations

import time

import ipvs
from ipvs import Drain, DrainRemoved, DrainWaiting

from story import tell


def drain(words: list[str]) -> None:
    if len(words) != 3:
        raise ValueError("which service, which real server, how many seconds?")
    service, dest, seconds = words
    with ipvs.Client() as client:
        leaving = Drain(service, dest, deadline=time.time() + float(seconds))
        while isinstance(step := leaving.step(client), DrainWaiting):
            connections = step.left.active + step.left.inactive
            print(f"{dest} has {connections} connections, and gets no new ones", flush=True)
            time.sleep(1)
    if not isinstance(step, DrainRemoved):
        raise ValueError(f"{dest} does not leave: {step}")
    print(f"{dest} is gone")


if __name__ == "__main__":
    tell(drain)
