"""Every value class, with all defaults and with none."""

from __future__ import annotations

import ipvs
from ipvs import fake

KEY = ipvs.ServiceKey.tcp("192.0.2.1", 80)
MARK = ipvs.ServiceKey.firewall_mark(7, "ipv6")
DEST_KEY = ipvs.DestKey("10.0.3.100", 8080)
TUNNEL = ipvs.Tunnel(kind="gue", port=6080, flags="csum+remcsum")
RATES = ipvs.Rates(
    connections=1, incoming_packets=2, outgoing_packets=3, incoming_bytes=4, outgoing_bytes=5
)
STATS = ipvs.Stats(
    connections=2**64 - 1,
    incoming_packets=2,
    outgoing_packets=3,
    incoming_bytes=4,
    outgoing_bytes=5,
    rates=RATES,
    width=32,
)
SERVICE = ipvs.Service(
    MARK,
    scheduler="sh",
    flags=ipvs.ServiceFlags.PERSISTENT | ipvs.ServiceFlags(0x8000_0000),
    persistence_timeout=600,
    persistence_netmask=64,
    persistence_engine="sip",
)
DEST = ipvs.Dest(
    "2001:db8::2",
    80,
    ipvs.ForwardMethod.TUNNEL,
    weight=2**31 - 1,
    upper_threshold=10,
    lower_threshold=5,
    tunnel=TUNNEL,
)
DAEMON = ipvs.SyncDaemon(
    "master", "eth0", sync_id=7, max_length=1400, group="224.0.0.81", port=8848, ttl=1
)
TIMEOUTS = ipvs.Timeouts(tcp=1, tcp_fin=2, udp=3)
INFO = ipvs.Info("1.2.1", 4096)
SERVICE_ENTRY = ipvs.ServiceEntry(SERVICE, stats=STATS)
DEST_ENTRY = ipvs.DestEntry(
    DEST, active_connections=1, inactive_connections=2, persistent_connections=3, stats=STATS
)
LEFT = ipvs.DrainLeft(active=1, inactive=2, persistent=3)
HASH_TABLE = ipvs.HashTable(buckets=256, load_factor=-4, lengths=[255, 1])
KERNEL_DEST = ipvs.KernelDest(
    DEST_KEY, "masquerade", weight=3, active_connections=1, inactive_connections=2
)

VALUES = [
    KEY,
    ipvs.ServiceKey(300, "2001:db8::1", 0),
    MARK,
    DEST_KEY,
    ipvs.DestKey("2001:db8::2", 0),
    ipvs.Service(KEY),
    SERVICE,
    ipvs.Service(KEY, scheduler="a\\x20b\\xff", flags=0x2, persistence_netmask="255.0.255.0"),
    ipvs.ServiceEntry(ipvs.Service(KEY)),
    SERVICE_ENTRY,
    ipvs.Tunnel(),
    TUNNEL,
    ipvs.Tunnel(kind=9, flags=0x8000),
    ipvs.Dest("10.0.3.100", 8080, 7),
    DEST,
    ipvs.DestEntry(ipvs.Dest("10.0.3.100", 8080, 0)),
    DEST_ENTRY,
    ipvs.Stats(),
    STATS,
    ipvs.Rates(),
    RATES,
    ipvs.Timeouts(),
    TIMEOUTS,
    ipvs.TimeoutsEdit(),
    ipvs.TimeoutsEdit(tcp=1, tcp_fin=2, udp=3),
    ipvs.SyncDaemon("backup", "eth1"),
    DAEMON,
    ipvs.IpvsVersion(1, 2, 1),
    INFO,
    ipvs.TableService(SERVICE),
    ipvs.TableService(SERVICE, [DEST]),
    ipvs.Table(),
    ipvs.Table([ipvs.TableService(SERVICE, [DEST])], timeouts=TIMEOUTS, daemons=[DAEMON]),
    ipvs.Table(daemons=[]),
    ipvs.SnapshotService(SERVICE_ENTRY),
    ipvs.SnapshotService(SERVICE_ENTRY, [DEST_ENTRY]),
    ipvs.Snapshot(INFO),
    ipvs.Snapshot(
        INFO,
        [ipvs.SnapshotService(SERVICE_ENTRY, [DEST_ENTRY])],
        timeouts=TIMEOUTS,
        daemons=[DAEMON],
    ),
    ipvs.AddService(SERVICE),
    ipvs.UpdateService(SERVICE),
    ipvs.RemoveService(KEY),
    ipvs.AddDest(KEY, DEST),
    ipvs.UpdateDest(KEY, DEST),
    ipvs.RemoveDest(KEY, DEST_KEY),
    ipvs.StartDaemon(DAEMON),
    ipvs.StopDaemon("backup"),
    ipvs.SetTimeouts(ipvs.TimeoutsEdit(udp=3)),
    ipvs.Flush(),
    ipvs.Zero(),
    ipvs.ZeroService(MARK),
    ipvs.PlannedChange(ipvs.AddService(SERVICE), "missing"),
    ipvs.PlannedChange(
        ipvs.UpdateService(SERVICE), ipvs.Differences.FLAGS | ipvs.Differences.SCHEDULER
    ),
    ipvs.Scope(),
    ipvs.Scope.everything(),
    ipvs.Scope(
        every_service=True,
        services=[KEY, MARK],
        prefixes=["192.0.2.0/24", "2001:db8::/32"],
        marks=[(range(100, 200), "ipv4"), (7, "ipv6"), (2**32 - 1, "ipv4")],
        timeouts=True,
        daemons=True,
    ),
    ipvs.DrainLeft(),
    LEFT,
    ipvs.DrainWaiting(LEFT),
    ipvs.DrainRemoved(LEFT),
    ipvs.DrainGone(),
    ipvs.DrainRestored(3),
    ipvs.Sysctl("sync_threshold"),
    ipvs.Connection("10.0.1.50", 40000, KEY, DEST_KEY),
    ipvs.Connection(
        "2001:db8::50",
        0,
        MARK,
        DEST_KEY,
        state="ASSURED",
        expires=59,
        origin="synced",
        persistence=ipvs.PersistenceData("sip", b"a\\b\x07\xff@host"),
    ),
    ipvs.PersistenceData("sip", b""),
    ipvs.Application("tcp", 21, "ftp"),
    ipvs.Application("tcp", 21, 'f"t\\p\n', connections=3),
    ipvs.CpuCounters(3),
    ipvs.CpuCounters(
        3,
        connections=1,
        incoming_packets=2,
        outgoing_packets=3,
        incoming_bytes=4,
        outgoing_bytes=5,
    ),
    ipvs.CpuStats([ipvs.CpuCounters(0), ipvs.CpuCounters(1)], STATS),
    ipvs.HashTable(),
    HASH_TABLE,
    ipvs.Status(),
    ipvs.Status(
        connections=1,
        connection_table=HASH_TABLE,
        services=2,
        service_table=HASH_TABLE,
        estimator_threads=3,
        estimator_threads_max=4,
        estimator_chain=5,
        estimators_per_thread=6,
        other=[("New line", "7")],
    ),
    ipvs.KernelServiceKey("tcp", "192.0.2.1", 80),
    ipvs.KernelServiceKey(mark=7),
    KERNEL_DEST,
    ipvs.KernelDest(DEST_KEY, "local"),
    ipvs.KernelPersistence(30000, 0xFFFFFF00),
    ipvs.KernelService(KEY, "rr"),
    ipvs.KernelService(
        MARK,
        "rr",
        [KERNEL_DEST],
        one_packet=True,
        persistence=ipvs.KernelPersistence(30000, 0xFFFFFF00),
    ),
    ipvs.KernelTable(INFO),
    ipvs.KernelTable(INFO, [ipvs.KernelService(KEY, "rr")]),
    fake.Environment(),
    fake.Environment(
        release=fake.Release.V5_10,
        modules=["ip_vs"],
        loaded=[],
        hz=1000,
        ipv6=False,
        processors=4,
        connection_table_bits=20,
        privileged=False,
        seed=7,
    ),
    fake.Release(6, 12, 107),
    fake.Interface("eth0"),
    fake.Interface.loopback(),
    fake.Interface("eth1", up=False, mtu=9000, addresses=[("192.0.2.7", 24)]),
    fake.Calls(),
    fake.Calls(sends=1, receives=2, files=3, requests=4),
]
