"""Every method, on the kernel in memory and on real ones."""

from __future__ import annotations

import functools
import os
import socket
from collections.abc import Callable, Iterator
from datetime import timedelta
from ipaddress import IPv4Address

import garbage
import ipvs
import pytest
from ground import SERVER, WEB, Ground, RealGround, eventually, forked
from ipvs.fake import Environment, Fault, Kernel, When
from signatures import signatures


def test_services_are_added_read_and_removed(client: ipvs.Client) -> None:
    web = ipvs.Service("tcp 192.0.2.1:80", scheduler="rr")
    client.add_service(web)
    client.add_service("udp [2001:db8::1]:53 scheduler sh")
    assert [entry.service.key.port for entry in client.services()] == [80, 53]
    assert client.service(web.key) == ipvs.ServiceEntry(web)
    client.update_service(web.replace(scheduler="wlc"))
    assert client.service("tcp 192.0.2.1:80").service.scheduler is ipvs.Scheduler.WLC
    assert {entry.service.key for entry in client.stream_services()} == {
        entry.service.key for entry in client.services()
    }
    client.remove_service("udp [2001:db8::1]:53")
    client.flush()
    assert client.services() == []


def test_an_edit_keeps_what_it_does_not_name(client: ipvs.Client, server: ipvs.Dest) -> None:
    key = "tcp 192.0.2.1:80"
    edited = client.edit_service(
        key, set_flags="persistent", persistence_timeout=timedelta(minutes=10)
    )
    assert (edited.scheduler, edited.is_persistent) == ("wrr", True)
    edited = client.edit_service(key, scheduler="rr", clear_flags=ipvs.ServiceFlags.PERSISTENT)
    assert (edited.scheduler, edited.is_persistent) == ("rr", False)
    assert edited.persistence_timeout == timedelta(minutes=10)
    assert client.service(key).service == edited

    edited_dest = client.edit_dest(key, server.key, upper_threshold=100, tunnel="gre:csum")
    assert edited_dest == server.replace(upper_threshold=100, tunnel="gre:csum")
    assert client.edit_dest(key, "10.0.3.100:8080") == edited_dest
    assert client.dest(key, server.key).dest == edited_dest


def test_a_persistence_engine_is_taken_away_by_none(client: ipvs.Client) -> None:
    sip = ipvs.Service("udp 192.0.2.1:5060", persistence_engine="sip").with_persistence(60)
    client.add_service(sip)
    assert client.edit_service(sip.key, persistence_timeout=61).persistence_engine == "sip"
    assert client.edit_service(sip.key, persistence_engine=None).persistence_engine is None


def test_dests_are_added_read_and_removed(client: ipvs.Client, web: ipvs.Service) -> None:
    client.add_dest(web.key, "10.0.3.101:80 direct-route")
    client.add_dest(web.key, ipvs.Dest("10.0.3.100", 80, "masquerade"))
    assert [str(entry.dest.key) for entry in client.dests(web.key)] == [
        "10.0.3.100:80",
        "10.0.3.101:80",
    ]
    assert len(list(client.stream_dests(web.key))) == 2
    client.update_dest(web.key, "10.0.3.100:80 masquerade weight 7")
    assert client.dest(web.key, "10.0.3.100:80").dest.weight == 7
    client.remove_dest(web.key, ipvs.DestKey(IPv4Address("10.0.3.100"), 80))
    with pytest.raises(ipvs.DestNotFoundError):
        client.remove_dest(web.key, "10.0.3.100:80")


def test_timeouts_and_info(client: ipvs.Client) -> None:
    client.set_timeouts(udp=30)
    assert client.timeouts() == ipvs.Timeouts(udp=30)
    assert client.timeouts().tcp == timedelta(minutes=15)
    assert client.info().version == ipvs.IpvsVersion(1, 2, 1)


def test_daemons_are_started_and_stopped(ground: Ground) -> None:
    client = ground.client
    ground.add_interface("sync0", "10.9.9.1/24")
    client.start_daemon(ipvs.SyncDaemon("master", "sync0", sync_id=7))
    client.start_daemon("backup sync0 sync-id 7")
    master, backup = client.daemons()
    assert (master.role, master.sync_id, master.port) == (ipvs.DaemonRole.MASTER, 7, 8848)
    assert (backup.role, backup.interface, backup.ttl) == (ipvs.DaemonRole.BACKUP, "sync0", 1)
    with pytest.raises(ipvs.AlreadyExistsError):
        client.start_daemon(master)
    client.stop_daemon(ipvs.DaemonRole.MASTER)
    client.stop_daemon("backup")
    assert client.daemons() == []


def test_counters(ground: Ground) -> None:
    client = ground.client
    with ground.connected(3):
        # The kernel samples every two seconds.
        eventually(lambda: client.service(WEB).stats.connections == 3)
        eventually(lambda: client.total_stats().connections == 3)
        eventually(lambda: client.dest(WEB, SERVER.key).stats.incoming_packets >= 6)
        counted = client.cpu_stats()
        assert sum(cpu.connections for cpu in counted.cpus) == counted.total.connections == 3
        client.zero_service(WEB)
        assert client.dest(WEB, SERVER.key).stats.connections == 0
        assert client.total_stats().connections == 3
        client.zero()
        assert client.total_stats().connections == 0


def test_connections_are_streamed(ground: Ground) -> None:
    client = ground.client
    with ground.connected(3):
        rows = sorted(client.connections(), key=lambda row: row.client_port)
        assert len({row.client_port for row in rows}) == 3
        assert {(row.service, row.dest, row.state) for row in rows} == {
            (WEB, SERVER.key, ipvs.ConnectionState.ESTABLISHED)
        }
        assert all(timedelta(0) < row.expires <= timedelta(minutes=15) for row in rows)
        assert client.dest(WEB, SERVER.key).active_connections == 3
        synced = [row for row in client.synced_connections() if row.service == WEB]
        assert {row.origin for row in synced} == {ipvs.Origin.LOCAL}
        assert not any(row.is_template for row in synced)


def test_a_stream_is_left_at_any_point(kernel: Kernel, client: ipvs.Client) -> None:
    client.add_service("tcp 192.0.2.1:80")
    client.add_dest(WEB, SERVER)
    kernel.initial.set_connections(
        ipvs.Connection("10.0.1.50", port, WEB, SERVER.key) for port in range(1, 501)
    )
    assert sorted(row.client_port for row in client.connections()) == list(range(1, 501))
    stream = client.connections()
    next(stream)
    client.services()
    stream.close()
    assert list(stream) == []


def test_files_of_the_kernel(ground: Ground, client: ipvs.Client, server: ipvs.Dest) -> None:
    [service] = client.kernel_table().services
    assert service.key == ipvs.KernelServiceKey("tcp", "192.0.2.1", 80)
    assert service.dests[0].key == server.key
    if ground.at_least(7, 1):
        assert client.status().services == 1
    else:
        with pytest.raises(ipvs.UnsupportedError, match=r"Linux 7\.1"):
            client.status()


def test_applications(ground: Ground, client: ipvs.Client) -> None:
    expected = [ipvs.Application("tcp", 21, "ftp")] if ground.is_real else []
    assert list(client.applications()) == expected


def test_sysctls(client: ipvs.Client) -> None:
    assert client.sysctl("conntrack") == 0
    client.set_sysctl("net.ipv4.vs.conntrack", True)
    assert client.sysctl(ipvs.Sysctl("conntrack")) == 1
    client.set_sysctl("sync_threshold", (3, 60))
    assert client.sysctl("sync_threshold") == (3, 60)
    client.set_sysctl("sync_threshold", "4 70")
    assert client.sysctl("sync_threshold") == (4, 70)
    with pytest.raises(ipvs.InvalidInputError, match="0 or 1"):
        client.set_sysctl("conntrack", 2)
    with pytest.raises(TypeError):
        client.set_sysctl("conntrack", None)  # type: ignore[arg-type]


def test_sysctls_are_known() -> None:
    every = ipvs.Sysctl.all()
    assert len(every) == len(set(every)) > 30
    for sysctl in every:
        assert ipvs.Sysctl(sysctl.name) == ipvs.Sysctl(sysctl.path) == sysctl
        assert sysctl.form is not None
        assert sysctl.since >= (2, 6, 0)
        if sysctl.default_value is not None:
            sysctl.check(sysctl.default_value)
    conn_max = ipvs.Sysctl("conn_max")
    assert (conn_max.unit, conn_max.range) == ("connections", (0, 2**30))
    assert ipvs.Sysctl("conntrack").needs == ("build", "CONFIG_IP_VS_NFCT")
    assert ipvs.Sysctl("lblc_expiration").needs == ("module", "ip_vs_lblc")
    assert ipvs.Sysctl("est_cpulist").parse("0-3,8\n") == "0-3,8"


def test_a_batch_reports_each_change(client: ipvs.Client, web: ipvs.Service) -> None:
    batch = ipvs.Batch(
        ipvs.AddDest(web.key, ipvs.Dest(f"10.0.{high}.{low}", 80, "masquerade"))
        for high in range(4)
        for low in range(250)
    )
    batch.append(batch[0])
    report = client.batch(batch)
    assert (len(report), report.is_success) == (1001, False)
    [(place, error)] = report.failures
    assert place == 1000
    assert isinstance(error, ipvs.AlreadyExistsError)
    assert report.results[:1000] == [None] * 1000
    assert len(client.dests(web.key)) == 1000
    with pytest.raises(ipvs.AlreadyExistsError):
        report.into_result()
    client.batch(change for change in [ipvs.Flush()]).into_result()
    assert eval(repr(batch[:1]), vars(ipvs)) == batch[:1]


def test_a_change_is_a_method_as_a_value(client: ipvs.Client) -> None:
    client.change(ipvs.AddService("fwmark 1"))
    with pytest.raises(ipvs.ServiceNotFoundError):
        client.change(ipvs.RemoveService("fwmark 2"))
    client.change(ipvs.Zero())
    client.change(ipvs.Flush())
    assert client.services() == []


def test_a_closed_client_says_so(ground: Ground) -> None:
    with ground.open() as client:
        assert not client.closed
        stream = client.stream_services()
    assert client.closed
    assert list(stream) == []
    client.close()
    for call in (client.services, client.connections, client.__enter__, client.namespace):
        with pytest.raises(ValueError, match="the client is closed"):
            call()


def every_method(client: ipvs.Client) -> Iterator[tuple[str, Callable[[], object]]]:
    """Each that asks a kernel, with arguments that work."""
    for signature in signatures():
        if signature.owner == "Client" and not signature.is_static and signature.name != "__new__":
            arguments = [
                garbage.working(one) for one in signature.parameters if not one.is_optional
            ]
            method = getattr(client, signature.name)
            if signature.name != "close":
                yield signature.name, functools.partial(method, *arguments)


def test_every_method_of_a_closed_client_says_so(kernel: Kernel) -> None:
    client = kernel.client()
    client.close()
    methods = list(every_method(client))
    assert len(methods) > 35
    for _, call in methods:
        with pytest.raises(ValueError, match="the client is closed"):
            call()
    for step in (ipvs.Apply(garbage.plan()).step, ipvs.Drain(WEB, SERVER.key).step):
        with pytest.raises(ValueError, match="the client is closed"):
            step(client)


def test_no_method_works_in_a_child(kernel: Kernel) -> None:
    client = kernel.client()

    def in_the_child() -> None:
        told = {}
        for name, call in every_method(client):
            try:
                call()
            except ipvs.IpvsError as error:
                told[name] = error.kind
        others = {name for name, _ in every_method(client)} - set(told)
        # Each change has its error in the report. A fake kernel has no namespace to open.
        assert others == {"batch", "apply"}, others
        assert told.pop("namespace") is ipvs.ErrorKind.UNSUPPORTED
        assert set(told.values()) == {ipvs.ErrorKind.FORKED}, told

    assert forked(in_the_child) == 0
    assert client.services() == []


def test_streams_read_on_their_own(client: ipvs.Client) -> None:
    client.batch(ipvs.AddService(f"fwmark {mark}") for mark in range(1, 301)).into_result()
    stream = client.stream_services()
    first = next(stream)
    client.remove_service(first.service.key)
    client.add_dest("fwmark 300" if first.service.key.mark != 300 else "fwmark 299", SERVER)
    assert len(list(stream)) >= 298
    assert next(stream, None) is None
    stream = client.stream_services()
    next(stream)
    stream.close()
    assert list(stream) == []


def test_namespaces_and_options(kernel: Kernel) -> None:
    kernel.namespace("blue").client().add_service("fwmark 1")
    assert len(kernel.open("/run/netns/blue", deadline=0.5).services()) == 1
    assert kernel.open().services() == []
    assert kernel.open(ipvs.NamespaceSource.NEW).services() == []
    with pytest.raises(ipvs.IpvsIOError, match="green"):
        kernel.open("/run/netns/green")
    with pytest.raises(ipvs.InvalidInputError, match="port"):
        kernel.open().add_service("tcp 192.0.2.1:0")
    kernel.open(checks=ipvs.Checks.KERNEL).add_service("tcp 192.0.2.1:0")


def test_a_new_namespace_has_no_name(kernel: Kernel) -> None:
    new = kernel.new_namespace()
    new.client().add_service("fwmark 1")
    assert len(new.client().services()) == 1
    assert kernel.new_namespace().client().services() == []
    assert kernel.initial.client().services() == []


def test_an_environments_numbers_are_brought_within_bounds() -> None:
    most = Environment(processors=2**32 - 1, connection_table_bits=2**32 - 1, hz=0)
    client = Kernel(most).client()
    assert len(client.cpu_stats().cpus) == 8192
    client.add_service(ipvs.Service(WEB).with_persistence(60))
    assert client.kernel_table().services[0].persistence is not None


def test_a_namespace_is_an_open_file(real: RealGround) -> None:
    real.client.add_service("fwmark 1")
    with real.client.namespace() as namespace:
        kind = f"net:[{os.fstat(namespace.fileno()).st_ino}]"
        assert kind == real.within(lambda: os.readlink("/proc/thread-self/ns/net"))
        assert kind != os.readlink("/proc/self/ns/net")
        for netns in (namespace, namespace.fileno(), f"/proc/self/fd/{namespace.fileno()}"):
            with ipvs.Client(netns, deadline=30) as client:
                assert len(client.services()) == 1
    with pytest.raises(ValueError, match="the namespace is closed"):
        namespace.fileno()
    assert real.within(lambda: len(ipvs.Client(ipvs.NamespaceSource.CURRENT).services())) == 1
    assert real.within(lambda: len(ipvs.Client().services())) == 1


def test_a_socket_of_somebody_else(real: RealGround) -> None:
    real.client.add_service("fwmark 1")
    generic = 16
    with real.within(lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, generic)) as opened:
        client = ipvs.Client.from_socket(opened)
    assert len(client.services()) == 1
    assert len(list(client.stream_services())) == 1


def test_a_snapshot_and_a_list(client: ipvs.Client, web: ipvs.Service, server: ipvs.Dest) -> None:
    snapshot = client.snapshot()
    assert snapshot == client.list()
    found = snapshot.service(web.key)
    assert found is not None
    assert found.dests == (ipvs.DestEntry(server),)
    assert snapshot.service("fwmark 9") is None
    assert snapshot.table() == ipvs.Table(
        [ipvs.TableService(web, [server])], timeouts=ipvs.Timeouts(), daemons=[]
    )


def test_a_table_that_never_stands_still(kernel: Kernel, client: ipvs.Client) -> None:
    for mark in range(1, 60):
        kernel.inject(When.command(4, mark), Fault.change([ipvs.AddService(f"fwmark {mark}")]))
    with pytest.raises(ipvs.ChangedWhileReadingError):
        client.snapshot()


def test_a_socket_that_is_none_is_refused() -> None:
    with pytest.raises(OSError, match="Bad file descriptor"):
        ipvs.Client.from_socket(2**30)
    with open("/dev/null") as file, pytest.raises(ipvs.InvalidInputError):
        ipvs.Client.from_socket(file)
    with pytest.raises(ipvs.InvalidInputError):
        ipvs.Client("/dev/null")
    with open("/dev/null") as file, pytest.raises(ipvs.InvalidInputError):
        ipvs.Client(file)
