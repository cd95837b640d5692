#!/usr/bin/env python3
"""IPVS for Prometheus, under the names that node_exporter has for it: dashboards made for
node_exporter show it as it is. As root, with the packages ipvs and prometheus-client:

    python examples/python/exporter.py                    serves http://localhost:9120/metrics
    python examples/python/exporter.py --once             prints the metrics, and ends
    python examples/python/exporter.py --fake             makes some up, without root

node_exporter counts the real servers of an SCTP service to the service before it. Here each
has the labels of its own service. What shares all of its labels is summed up: with fewer
``--backend-labels`` there are fewer series.
"""

from __future__ import annotations

import argparse
import threading
from collections.abc import Iterator

import ipvs
from ipvs import DestEntry, ServiceKey, Stats
from prometheus_client import CollectorRegistry, generate_latest, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

import demo
from story import tell

LABELS = ("local_address", "local_port", "remote_address", "remote_port", "proto", "local_mark")

TOTALS = {
    "connections": "Connections scheduled.",
    "incoming_packets": "Packets from clients.",
    "outgoing_packets": "Packets to clients, where they come back through here.",
    "incoming_bytes": "Bytes from clients.",
    "outgoing_bytes": "Bytes to clients, where they come back through here.",
}

BACKENDS = {
    "connections_active": "Connections of a real server that are established.",
    "connections_inactive": "Connections of a real server in every other state.",
    "weight": "The weight of a real server.",
}


class IpvsCollector(Collector):
    """Reads the kernel's table at each scrape."""

    def __init__(self, client: ipvs.Client, labels: tuple[str, ...] = LABELS) -> None:
        self.client = client
        self.labels = labels

    def describe(self) -> Iterator[Metric]:
        """Nothing beforehand: whoever registers it needs no root."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        yield from totals(self.client.total_stats())
        yield from self.backends(self.client.list())

    def backends(self, snapshot: ipvs.Snapshot) -> Iterator[Metric]:
        sums: dict[tuple[str, ...], list[int]] = {}
        for seen in snapshot.services:
            for entry in seen.dests:
                all_labels = labels_of(seen.entry.service.key, entry)
                labels = tuple(all_labels[name] for name in self.labels)
                values = sums.setdefault(labels, [0, 0, 0])
                values[0] += entry.active_connections
                values[1] += entry.inactive_connections
                values[2] += entry.dest.weight
        for place, (name, help_) in enumerate(BACKENDS.items()):
            family = GaugeMetricFamily(f"node_ipvs_backend_{name}", help_, labels=self.labels)
            for labels, values in sums.items():
                family.add_metric(labels, values[place])
            yield family


def totals(stats: Stats) -> Iterator[Metric]:
    """The counters of the whole namespace."""
    for name, help_ in TOTALS.items():
        yield CounterMetricFamily(f"node_ipvs_{name}", help_, value=getattr(stats, name))


def labels_of(key: ServiceKey, entry: DestEntry) -> dict[str, str]:
    """As node_exporter writes them: a mark as the kernel prints it, in eight digits."""
    dest = entry.dest.key
    local = {"local_address": "", "local_port": "0", "proto": "FWM", "local_mark": ""}
    if key.mark is None:
        local["proto"] = str(key.protocol).upper()
        local["local_address"], local["local_port"] = str(key.address), str(key.port)
    else:
        local["local_mark"] = f"{key.mark:08X}"
    return {**local, "remote_address": str(dest.address), "remote_port": str(dest.port)}


def serve(registry: CollectorRegistry, address: str, port: int) -> None:
    server, _ = start_http_server(port, address, registry)
    print(f"http://{address}:{server.server_port}/metrics", flush=True)
    threading.Event().wait()


def export(words: list[str]) -> None:
    told = parser().parse_args(words)
    labels = tuple(told.backend_labels.split(","))
    if unknown := set(labels) - set(LABELS):
        raise ValueError(f"no such label: {', '.join(sorted(unknown))}")
    registry = CollectorRegistry()
    with demo.client(told.netns, told.fake) as client:
        registry.register(IpvsCollector(client, labels))
        if told.once:
            print(generate_latest(registry).decode(), end="")
        else:
            serve(registry, told.address, told.port)


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="IPVS for Prometheus")
    parser.add_argument("--address", default="localhost", help="to listen at")
    parser.add_argument("--port", type=int, default=9120, help="to listen at; 0: any")
    parser.add_argument("--backend-labels", default=",".join(LABELS), help="with commas between")
    parser.add_argument("--once", action="store_true", help="print the metrics, and end")
    parser.add_argument("--netns", help="a network namespace, such as /run/netns/blue")
    parser.add_argument("--fake", action="store_true", help="a kernel that is made up")
    return parser


if __name__ == "__main__":
    tell(export)
