"""The IPVS table as text, laid out as ``ipvsadm -Ln`` lays it out."""

from __future__ import annotations

from collections.abc import Iterator

from ipvs import (
    DestEntry,
    Family,
    ForwardMethod,
    Scheduler,
    Service,
    ServiceFlags,
    ServiceKey,
    Snapshot,
    SnapshotService,
)

HEADER = (
    "Prot LocalAddress:Port Scheduler Flags",
    "  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn",
)
"""The two lines of column titles."""

FORWARD = {
    ForwardMethod.DIRECT_ROUTE: "Route",
    ForwardMethod.TUNNEL: "Tunnel",
    ForwardMethod.LOCAL: "Local",
}


def banner(snapshot: Snapshot) -> str:
    """The line above the titles: the kernel's IPVS version and table size."""
    info = snapshot.info
    return f"IP Virtual Server version {info.version} (size={info.connection_table_size})"


def body(snapshot: Snapshot) -> Iterator[str]:
    """The services, each with its destinations below it."""
    for seen in snapshot.services:
        yield from block(seen)


def block(seen: SnapshotService) -> Iterator[str]:
    """A service, with its destinations below it."""
    yield service(seen.entry.service)
    yield from map(dest, seen.dests)


def service(service: Service) -> str:
    """The line of a service."""
    line = f"{name(service.key)} {service.scheduler}"
    if flags := ",".join(scheduler_flags(service)):
        line += f" ({flags})"
    if service.is_persistent:
        line += f" persistent {service.persistence_timeout.total_seconds():.0f}"
        if service.persistence_netmask != Service(service.key).persistence_netmask:
            line += f" mask {service.persistence_netmask}"
        if service.persistence_engine is not None:
            line += f" pe {service.persistence_engine}"
    if service.is_one_packet:
        line += " ops"
    return line


def name(key: ServiceKey) -> str:
    """What identifies a service."""
    if key.mark is not None:
        return f"FWM  {key.mark}" + (" IPv6" if key.family is Family.V6 else "")
    protocol, where = str(key).split(" ")
    return f"{protocol.upper():<4} {where}"


def scheduler_flags(service: Service) -> Iterator[str]:
    """The flags that the scheduler gives a meaning, by the names that it gives them."""
    names = ["flag-1", "flag-2", "flag-3"]
    if service.scheduler in (Scheduler.SH, Scheduler.MH):
        names[:2] = f"{service.scheduler}-fallback", f"{service.scheduler}-port"
    flags = ServiceFlags.SCHEDULER_1, ServiceFlags.SCHEDULER_2, ServiceFlags.SCHEDULER_3
    return (name for name, flag in zip(names, flags, strict=True) if flag in service.flags)


def dest(entry: DestEntry) -> str:
    """The line of a destination."""
    dest = entry.dest
    forward = FORWARD.get(ForwardMethod(dest.forward), "Masq")
    return (
        f"  -> {dest.key!s:<28} {forward:<7} {dest.weight:<6} "
        f"{entry.active_connections:<10} {entry.inactive_connections}"
    )
