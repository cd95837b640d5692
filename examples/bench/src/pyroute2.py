"""The contender pyroute2: what a user of its IPVS class writes.

    pyroute2.py WORKLOAD CLOCK SERVICES DESTS

IPVS_BENCH_PYROUTE2 names the folder that pyroute2 is installed in.
"""

import ipaddress
import os
import sys
import time
from socket import IPPROTO_TCP

# In place of this file's own folder, where this file has the name of the module.
sys.path[0] = os.environ["IPVS_BENCH_PYROUTE2"]

from pyroute2 import IPVS, IPVSDest, IPVSService  # noqa: E402

def service(place):
    address = ipaddress.ip_address("10.1.0.0") + place
    return IPVSService(addr=str(address), port=80, protocol=IPPROTO_TCP, sched_name="rr")


def dest(number, weight=0):
    address = ipaddress.ip_address("172.16.0.0") + number
    weight += 1 + number % 100
    return IPVSDest(addr=str(address), port=8080, fwd_method=0, weight=weight)


def run(ipvs, workload, services, dests):
    """Does a workload, and returns how many objects it listed."""
    if workload == "services":
        services, dests = services * dests, 0
    elif workload == "wide":
        services, dests = 1, services * dests
    each = [(place, place * dests + i) for place in range(services) for i in range(dests)]
    objects = 0
    if workload in ("load", "services", "wide"):
        for place in range(services):
            ipvs.service("add", service=service(place))
        for place, number in each:
            ipvs.dest("add", service=service(place), dest=dest(number))
    elif workload == "edit":
        for place, number in each:
            ipvs.dest("set", service=service(place), dest=dest(number, 1))
    elif workload == "delete":
        for place, number in each:
            ipvs.dest("del", service=service(place), dest=dest(number))
    elif workload == "list":
        for entry in ipvs.service("dump"):
            found = IPVSService.from_message(entry)
            objects += 1 + sum(1 for _ in ipvs.dest("dump", service=found))
    return objects


def main(workload, clock, services, dests):
    now = time.process_time_ns if clock == "instructions" else time.monotonic_ns
    with IPVS() as ipvs:
        began = now()
        objects = run(ipvs, workload, int(services), int(dests))
        print("inside", now() - began)
        print("objects", objects)


main(*sys.argv[1:])
