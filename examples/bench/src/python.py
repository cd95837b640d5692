"""The contender that this package is: what a user of the Python package ipvs writes.

    python.py WORKLOAD CLOCK SERVICES DESTS

IPVS_BENCH_IPVS names the folder that the package is installed in.
"""

import os
import sys
import time
from ipaddress import IPv4Address

sys.path[0] = os.environ["IPVS_BENCH_IPVS"]

from ipvs import (  # noqa: E402
    Client,
    Dest,
    ForwardMethod,
    Scheduler,
    Service,
    ServiceKey,
    Table,
    TableService,
)


def run(client, workload, texts):
    """Does a workload, and returns what it listed: services, each with its dests as a tuple."""
    if workload == "load":
        client.batch(table(texts).changes()).into_result()
        return []
    return [(seen, seen.dests) for seen in client.list().services]


def table(texts):
    """What is wanted, of the addresses that somebody has."""
    return Table([
        TableService(
            Service(ServiceKey.tcp(address, 80), scheduler=Scheduler.RR),
            [
                Dest(server, 8080, ForwardMethod.MASQUERADE, weight=weight)
                for server, weight in servers
            ],
        )
        for address, servers in texts
    ])


def texts(services, dests):
    """Addresses of services, each with the addresses and weights of its dests."""
    address, server = IPv4Address("10.1.0.0"), IPv4Address("172.16.0.0")
    return [
        (
            str(address + place),
            [(str(server + n), 1 + n % 100) for n in range(place * dests, (place + 1) * dests)],
        )
        for place in range(services)
    ]


def main(workload, clock, services, dests):
    now = time.process_time_ns if clock == "instructions" else time.monotonic_ns
    known = texts(int(services), int(dests)) if workload == "load" else []
    with Client() as client:
        began = now()
        listed = run(client, workload, known)
        print("inside", now() - began)
        print("objects", sum(1 + len(dests) for _, dests in listed))


main(*sys.argv[1:])
