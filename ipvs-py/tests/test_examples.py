"""The programs of examples/python, on a fake kernel: .ci/stories plays them on a real one."""

from __future__ import annotations

import io
import json
import re
import runpy
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from typing import Any

import ipvs
import pytest
from conftest import REPOSITORY
from ipvs.fake import Interface, Kernel
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

EXAMPLES = REPOSITORY / "examples" / "python"

Play = Callable[..., str]


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Play:
    """Runs a program, and returns what it prints."""
    monkeypatch.syspath_prepend(str(EXAMPLES))
    monkeypatch.setenv("COLUMNS", "120")

    def play(name: str, *words: str) -> str:
        monkeypatch.setattr(sys, "argv", [name, *words])
        runpy.run_path(str(EXAMPLES / f"{name}.py"), run_name="__main__")
        return capsys.readouterr().out

    return play


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, kernel: Kernel) -> Kernel:
    """This machine's kernel is a fake one, and its time flies."""
    monkeypatch.setattr(ipvs, "Client", kernel.open)
    monkeypatch.setattr(time, "sleep", kernel.advance)
    return kernel


def load(kernel: Kernel, rules: str) -> ipvs.Client:
    client = kernel.client()
    client.batch(ipvs.rules.parse(rules).changes()).into_result()
    return client


TABLE = """
-A -u 192.0.2.1:9000 -s sh -b sh-port
-a -u 192.0.2.1:9000 -r 192.0.2.1:9000 -g -w 1
-A -t [2001:db8::1]:443 -s wlc -p 600 -M 64
-a -t [2001:db8::1]:443 -r [2001:db8::2]:443 -i -w 3
-A -f 7 -6 -s wlc -p 600
-A -u 192.0.2.1:53 -s rr -o
"""


def test_quickstart_tells_what_the_rust_one_does(play: Play) -> None:
    readme = (REPOSITORY / "README.md").read_text()
    [told] = re.findall(
        r"^cargo run --example quickstart$.*?^```text$\n(.*?)^```$",
        readme,
        re.DOTALL | re.MULTILINE,
    )
    assert play("quickstart") == told


def test_quickstart_on_this_machine(play: Play, machine: Kernel) -> None:
    told = play("quickstart", "--kernel")
    assert "this part is the fake's alone" in told
    assert machine.client().services() == []


def test_list_prints_the_table(play: Play, machine: Kernel) -> None:
    size = load(machine, TABLE).info().connection_table_size
    assert play("list") == (
        f"IP Virtual Server version 1.2.1 (size={size})\n"
        "Prot LocalAddress:Port Scheduler Flags\n"
        "  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn\n"
        "TCP  [2001:db8::1]:443 wlc persistent 600 mask 64\n"
        "  -> [2001:db8::2]:443            Tunnel  3      0          0\n"
        "UDP  192.0.2.1:53 rr ops\n"
        "UDP  192.0.2.1:9000 sh (sh-port)\n"
        "  -> 192.0.2.1:9000               Route   1      0          0\n"
        "FWM  7 IPv6 wlc persistent 600\n"
    )


def test_list_of_another_namespace(play: Play, machine: Kernel) -> None:
    blue = machine.namespace("blue").client()
    blue.add_service("tcp 192.0.2.9:80")
    assert "192.0.2.9:80" in play("list", "/run/netns/blue")
    assert "192.0.2.9:80" not in play("list")


def test_balance_leaves_nothing(play: Play, machine: Kernel) -> None:
    told = play("balance").splitlines()
    assert told == [
        "Three of four connections go to the first server:",
        "TCP  192.0.2.1:80 wrr",
        "  -> 198.51.100.1:8080            Masq    3      0          0",
        "  -> 198.51.100.2:8080            Masq    1      0          0",
        "The first takes no new ones; those it has go on:",
        "TCP  192.0.2.1:80 wrr",
        "  -> 198.51.100.1:8080            Masq    0      0          0",
        "  -> 198.51.100.2:8080            Masq    1      0          0",
    ]
    assert machine.client().services() == []


def test_drain_waits_and_removes(play: Play, machine: Kernel) -> None:
    client = load(machine, TABLE)
    key, dest = ipvs.ServiceKey.udp("192.0.2.1", 9000), ipvs.DestKey("192.0.2.1", 9000)
    row = ipvs.Connection("10.0.1.50", 40000, key, dest, state="UDP", expires=3)
    machine.initial.set_connections([row])
    told = play("drain", str(key), str(dest), "60").splitlines()
    assert told[0] == "192.0.2.1:9000 has 1 connections, and gets no new ones"
    assert told[-1] == "192.0.2.1:9000 is gone"
    assert client.dests(key) == []


def test_stats_prints_rates(play: Play, machine: Kernel) -> None:
    load(machine, TABLE)
    key = ipvs.ServiceKey.udp("192.0.2.1", 9000)
    stats = ipvs.Stats(connections=5, rates=ipvs.Rates(incoming_bytes=12))
    machine.initial.set_service_stats(key, stats)
    told = play("stats", "2").splitlines()
    assert len(told) == 2 * (1 + 4)
    [row, _] = [line.split() for line in told if "9000" in line]
    assert row == ["udp", "192.0.2.1:9000", "5", "0", "0", "0", "12", "0"]
    assert len({len(line) for line in told}) == 1


def test_restore_plans_and_does(play: Play, machine: Kernel, tmp_path: Any) -> None:
    client = load(machine, TABLE)
    rules = tmp_path / "rules"
    rules.write_text(TABLE)
    assert play("restore", str(rules)) == ""

    client.edit_dest("udp 192.0.2.1:9000", "192.0.2.1:9000", weight=7)
    client.remove_service("udp 192.0.2.1:53")
    planned = [
        "ipvsadm -A -u 192.0.2.1:53 -s rr -o # it is missing",
        "ipvsadm -e -u 192.0.2.1:9000 -r 192.0.2.1:9000 -g -w 1 # it differs in weight",
    ]
    assert play("restore", str(rules), "--dry-run").splitlines() == planned
    assert play("restore", str(rules)).splitlines() == planned
    assert play("restore", str(rules)) == ""


def test_sync_starts_and_stops(
    play: Play, machine: Kernel, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.initial.set_interface(Interface("eth1", addresses=[("10.0.9.1", 24)]))
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    assert play("sync", "master", "eth1", "7").splitlines() == [
        "master on eth1, sync id 7",
        "    to 224.0.0.81 port 8848",
        "    up to 1472 bytes a message, time to live 1",
        "Enter stops it.",
        "stopped; 0 running",
    ]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["drain", "tcp 192.0.2.1:80"], "which service, which real server, how many seconds?"),
        (["quickstart", "--wrong"], "'--wrong'? It knows --kernel, and no more"),
        (["restore", "/nowhere"], "[Errno 2] No such file or directory: '/nowhere'"),
        (["exporter", "--fake", "--backend-labels", "host"], "no such label: host"),
        (["reconcile", "--fake", "/dev/null"], 'it does not say what is "ours"'),
    ],
)
def test_a_mistake_is_one_line(play: Play, words: list[str], message: str) -> None:
    with pytest.raises(SystemExit) as ended:
        play(*words)
    assert str(ended.value) == message


def metrics(text: str) -> dict[str, Metric]:
    """What Prometheus would read."""
    return {family.name: family for family in text_string_to_metric_families(text)}


LABELS = {"local_address", "local_port", "remote_address", "remote_port", "proto", "local_mark"}


def test_the_exporter_has_the_names_of_node_exporter(play: Play) -> None:
    told = metrics(play("exporter", "--fake", "--once"))
    counters = {"connections", "incoming_packets", "outgoing_packets"}
    counters |= {"incoming_bytes", "outgoing_bytes"}
    gauges = {"connections_active", "connections_inactive", "weight"}
    assert set(told) == {f"node_ipvs_{name}" for name in counters} | {
        f"node_ipvs_backend_{name}" for name in gauges
    }
    for name in counters:
        family = told[f"node_ipvs_{name}"]
        [sample] = family.samples
        assert (family.type, sample.name) == ("counter", f"node_ipvs_{name}_total")
        assert sample.value > 0
        assert sample.labels == {}
    for name in gauges:
        family = told[f"node_ipvs_backend_{name}"]
        assert family.type == "gauge"
        assert len(family.samples) == 6
        assert all(set(sample.labels) == LABELS for sample in family.samples)


def test_the_exporter_labels_sctp_and_marks_rightly(play: Play) -> None:
    weights = metrics(play("exporter", "--fake", "--once"))["node_ipvs_backend_weight"]
    found = {
        (labels["proto"], labels["local_mark"], labels["local_address"], labels["local_port"]): (
            labels["remote_address"],
            labels["remote_port"],
            sample.value,
        )
        for sample in weights.samples
        for labels in [sample.labels]
    }
    assert found["SCTP", "", "192.0.2.1", "3868"] == ("10.0.3.100", "3868", 1)
    assert found["FWM", "00000007", "", "0"] == ("10.0.3.100", "0", 2)
    assert found["TCP", "", "2001:db8::1", "443"] == ("2001:db8:3::100", "443", 1)
    assert found["UDP", "", "192.0.2.1", "53"] == ("10.0.3.100", "53", 1)


def test_the_exporter_sums_up_what_shares_its_labels(play: Play) -> None:
    told = play("exporter", "--fake", "--once", "--backend-labels", "proto,remote_address")
    samples = metrics(told)["node_ipvs_backend_weight"].samples
    weights = {tuple(sorted(sample.labels.values())): sample.value for sample in samples}
    assert weights["10.0.3.100", "TCP"] == 3
    assert weights["10.0.3.100", "FWM"] == 2
    assert len(weights) == len(samples)


def test_the_exporter_serves_http() -> None:
    program = [sys.executable, str(EXAMPLES / "exporter.py"), "--fake", "--port", "0"]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as exporter:
        try:
            assert exporter.stdout is not None
            with urllib.request.urlopen(exporter.stdout.readline().strip(), timeout=30) as answer:
                told = metrics(answer.read().decode())
        finally:
            exporter.terminate()
    assert len(told["node_ipvs_backend_connections_active"].samples) == 6


def test_top_draws_the_table(play: Play) -> None:
    told = play("top", "--fake", "--count", "2", "--interval", "0")
    assert "IPVS 1.2.1: 5 services, 6 real servers, 268 active connections" in told
    [server] = [line.split() for line in told.splitlines() if "10.0.3.150:8080" in line]
    assert server[:5] == ["->", "10.0.3.150:8080", "1", "29", "87"]
    assert all(name in told for name in ("SCTP 192.0.2.1:3868 lc", "FWM  7 sh", "persistent 600"))


def test_reconcile_plans_and_touches_nothing_else(play: Play) -> None:
    file = str(EXAMPLES / "reconcile.yaml")
    planned = play("reconcile", "--fake", "--dry-run", file)
    assert planned.splitlines() == [
        "ipvsadm -a -t 192.0.2.1:80 -r 10.0.3.200:8080 -m -w 2 # it is missing",
        "ipvsadm -E -f 7 -s sh -p 600 # it differs in flags, persistence timeout",
        "ipvsadm -e -t 192.0.2.1:80 -r 10.0.3.150:8080 -m -w 0 "
        "# it is not wanted and has connections",
        "ipvsadm -D -u 192.0.2.1:53 # it is not wanted",
        "# 10.0.3.150:8080 of tcp 192.0.2.1:80 still has connections, "
        "and leaves when they are gone",
    ]
    assert play("reconcile", "--fake", file) == planned


def test_reconcile_converges(play: Play, machine: Kernel) -> None:
    file = str(EXAMPLES / "reconcile.yaml")
    client = load(machine, "-A -t 198.51.100.1:80 -s rr")
    assert len(play("reconcile", file).splitlines()) == 7
    assert play("reconcile", file) == ""
    keys = [str(entry.service.key) for entry in client.services()]
    assert keys == ["tcp 192.0.2.1:80", "tcp 198.51.100.1:80", "sctp 192.0.2.1:3868", "fwmark 7"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("services: []", 'it does not say what is "ours"'),
        ("ours: 7", 'ours: neither "everything" nor a list'),
        ("ours: everything\nservices: [{protocol: tcp, address: 192.0.2.1}]", "port"),
        ("ours: [", "not YAML"),
        ("ours: []\nservices: [{firewall_mark: 7}]", "fwmark 7"),
    ],
)
def test_reconcile_names_the_mistake(play: Play, tmp_path: Any, text: str, message: str) -> None:
    (tmp_path / "table.yaml").write_text(text)
    with pytest.raises(SystemExit) as ended:
        play("reconcile", "--fake", str(tmp_path / "table.yaml"))
    assert message in str(ended.value)


def test_every_rust_story_is_told() -> None:
    stems = {path.stem for path in (REPOSITORY / "examples" / "rust").glob("*.rs")}
    assert len(stems) >= 7
    assert stems <= {path.stem for path in EXAMPLES.glob("*.py")}


def test_the_page_of_the_schedulers_tells_what_was_counted() -> None:
    counts = json.loads((EXAMPLES / "schedulers.json").read_text())["counts"]
    page = (EXAMPLES / "schedulers.md").read_text()
    rows = re.findall(r"^\| (\w+) \| (\d+) \| (\d+) \| (\d+) \|", page, re.MULTILINE)
    assert {name: [int(number) for number in numbers] for name, *numbers in rows} == counts
    assert set(counts) == {str(it) for it in ipvs.Scheduler} - {"none"}
    assert all(sum(numbers) == 120 for numbers in counts.values())


def test_the_picture_of_the_schedulers_shows_them_all() -> None:
    picture = (EXAMPLES / "schedulers.svg").read_text()
    assert len(picture) < 100_000
    for scheduler in set(ipvs.Scheduler) - {ipvs.Scheduler.NONE}:
        assert f">{scheduler}</text>" in picture


def test_the_schedulers_explain_themselves(play: Play) -> None:
    with pytest.raises(SystemExit, match=r"measure FILE\.json"):
        play("schedulers", "wrong")
