#!/usr/bin/env python3
"""As root, with the package installed:

    python examples/python/balance.py

Makes a web service with two real servers, shifts the load from one to the other, shows
the table each time, and takes it all away again.
"""

from __future__ import annotations

import ipvs
from ipvs import Dest, ForwardMethod, Scheduler, Service, ServiceKey

import table
from story import tell


def balance(words: list[str]) -> None:
    web = Service(ServiceKey.tcp("192.0.2.1", 80), scheduler=Scheduler.WRR)
    with ipvs.Client() as client:
        # If somebody has this service already, this is AlreadyExistsError, and theirs stays.
        client.add_service(web)
        try:
            shift(client, web.key)
        finally:
            # Its dests go with it.
            client.remove_service(web.key)


def shift(client: ipvs.Client, web: ServiceKey) -> None:
    first = Dest("198.51.100.1", 8080, ForwardMethod.MASQUERADE, weight=3)
    second = Dest("198.51.100.2", 8080, ForwardMethod.MASQUERADE)
    client.add_dest(web, first)
    client.add_dest(web, second)
    show("Three of four connections go to the first server:", client)

    # An edit changes the given fields and keeps all others.
    client.edit_dest(web, first.key, weight=0)
    show("The first takes no new ones; those it has go on:", client)


def show(caption: str, client: ipvs.Client) -> None:
    print(caption)
    for line in table.body(client.snapshot()):
        print(line)


if __name__ == "__main__":
    tell(balance)
