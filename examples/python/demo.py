"""A fake kernel with something on it, for the stories to be tried without root."""

from __future__ import annotations

import random

import ipvs
from ipvs import Rates, Stats
from ipvs.fake import Kernel

RULES = """
-A -t 192.0.2.1:80 -s wrr
-a -t 192.0.2.1:80 -r 10.0.3.100:8080 -m -w 3
-a -t 192.0.2.1:80 -r 10.0.3.150:8080 -m -w 1
-A -t [2001:db8::1]:443 -s wlc -p 600
-a -t [2001:db8::1]:443 -r [2001:db8:3::100]:443 -g -w 1
-A -u 192.0.2.1:53 -s rr -o
-a -u 192.0.2.1:53 -r 10.0.3.100:53 -g -w 1
-A --sctp-service 192.0.2.1:3868 -s lc
-a --sctp-service 192.0.2.1:3868 -r 10.0.3.100:3868 -m -w 1
-A -f 7 -s sh
-a -f 7 -r 10.0.3.100:0 -g -w 2
"""


def client(netns: str | None, fake: bool) -> ipvs.Client:
    """The client of a story: on this machine's kernel, or on one that is made up."""
    return kernel().client() if fake else ipvs.Client(netns)


def kernel() -> Kernel:
    """The same each time: a table and what went through it."""
    kernel = Kernel()
    chance = random.Random(7)
    with kernel.client() as client:
        table = ipvs.rules.parse(RULES)
        client.batch(table.changes()).into_result()
        for seen in client.snapshot().services:
            put_traffic(kernel, seen, chance)
    return kernel


def put_traffic(kernel: Kernel, seen: ipvs.SnapshotService, chance: random.Random) -> None:
    """Lets packets have gone through a service."""
    key, sum_ = seen.entry.service.key, 0
    for entry in seen.dests:
        dest, number = entry.dest.key, chance.randint(10, 99)
        kernel.initial.set_dest_connections(key, dest, active=number, inactive=3 * number)
        kernel.initial.count(key, dest, traffic(1000 * number))
        kernel.advance(2)
        kernel.initial.set_dest_stats(key, dest, traffic(1000 * number))
        sum_ += 1000 * number
    kernel.initial.set_service_stats(key, traffic(sum_))


def traffic(connections: int) -> Stats:
    """That of so many connections, some of them in this moment."""
    return Stats(
        connections=connections,
        incoming_packets=6 * connections,
        outgoing_packets=5 * connections,
        incoming_bytes=600 * connections,
        outgoing_bytes=9000 * connections,
        rates=Rates(
            connections=connections // 500,
            incoming_packets=6 * connections // 500,
            outgoing_packets=5 * connections // 500,
            incoming_bytes=600 * connections // 500,
            outgoing_bytes=9000 * connections // 500,
        ),
    )
