#!/usr/bin/env python3
"""As root, with the package installed:

    python examples/python/sync.py master eth1 7      role, interface, sync id

Starts a connection sync daemon, shows what is running with the kernel's defaults filled in,
and stops it on Enter or at the end of stdin.
"""

from __future__ import annotations

import sys

import ipvs
from ipvs import SyncDaemon

from story import tell


def sync(words: list[str]) -> None:
    if len(words) != 3:
        raise ValueError("usage: sync.py master|backup INTERFACE SYNC-ID")
    role, interface, sync_id = words
    daemon = SyncDaemon(role, interface, sync_id=int(sync_id))
    with ipvs.Client() as client:
        client.start_daemon(daemon)
        try:
            show(client)
        finally:
            client.stop_daemon(daemon.role)
        print(f"stopped; {len(client.daemons())} running")


def show(client: ipvs.Client) -> None:
    for it in client.daemons():
        print(f"{it.role} on {it.interface}, sync id {it.sync_id}")
        print(f"    to {it.group} port {it.port}")
        print(f"    up to {it.max_length} bytes a message, time to live {it.ttl}")
    print("Enter stops it.", flush=True)
    sys.stdin.readline()


if __name__ == "__main__":
    tell(sync)
