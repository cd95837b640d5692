"""Every method, on the kernel in memory."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import IPv4Address

import ipvs
import pytest
from ipvs.fake import Environment, Fault, Interface, Kernel, Release, When


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


def test_daemons_are_started_and_stopped(kernel: Kernel, client: ipvs.Client) -> None:
    kernel.initial.set_interface(Interface("eth0", addresses=[("192.0.2.7", 24)]))
    client.start_daemon(ipvs.SyncDaemon("master", "eth0", sync_id=7))
    [daemon] = client.daemons()
    assert (daemon.role, daemon.sync_id, daemon.port) == (ipvs.DaemonRole.MASTER, 7, 8848)
    client.stop_daemon(ipvs.DaemonRole.MASTER)
    assert client.daemons() == []


def test_counters(kernel: Kernel, client: ipvs.Client, server: ipvs.Dest) -> None:
    key = "tcp 192.0.2.1:80"
    kernel.initial.count(key, server.key, ipvs.Stats(connections=6, incoming_bytes=600))
    kernel.advance(2)
    assert client.service(key).stats.connections == 6
    assert client.total_stats().incoming_bytes == 600
    assert client.cpu_stats().total.connections == 6
    client.zero_service(key)
    assert client.dest(key, server.key).stats.connections == 0
    client.zero()
    assert client.total_stats().connections == 0


def test_connections_are_streamed(kernel: Kernel, client: ipvs.Client, server: ipvs.Dest) -> None:
    key = ipvs.ServiceKey.tcp("192.0.2.1", 80)
    rows = [ipvs.Connection("10.0.1.50", port, key, server.key) for port in range(1, 501)]
    kernel.initial.set_connections(rows)
    assert client.dest(key, server.key).active_connections == 500
    assert sorted(row.client_port for row in client.connections()) == list(range(1, 501))
    synced = next(client.synced_connections())
    assert synced.origin is ipvs.Origin.LOCAL
    assert not synced.is_template

    stream = client.connections()
    next(stream)
    client.services()
    stream.close()
    assert list(stream) == []


def test_files_of_the_kernel(client: ipvs.Client, server: ipvs.Dest) -> None:
    [service] = client.kernel_table().services
    assert service.key == ipvs.KernelServiceKey("tcp", "192.0.2.1", 80)
    assert service.dests[0].key == server.key
    assert client.status().services == 1
    assert list(client.applications()) == []
    with pytest.raises(ipvs.UnsupportedError):
        Kernel(Environment(release=Release.V6_12)).client().status()


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


def test_a_closed_client_says_so(kernel: Kernel) -> None:
    with kernel.client() as client:
        assert not client.closed
        stream = client.stream_services()
    assert client.closed
    assert list(stream) == []
    client.close()
    for call in (client.services, client.connections, client.__enter__):
        with pytest.raises(ValueError, match="the client is closed"):
            call()


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
