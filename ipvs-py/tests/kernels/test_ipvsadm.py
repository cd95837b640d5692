"""What this package wrote, as the original ipvsadm lists it, and the other way round."""

from __future__ import annotations

import ipvs
from ground import RealGround

LINES = """\
-A -t 192.0.2.1:80 -s wrr
-a -t 192.0.2.1:80 -r 10.0.3.100:8080 -m -w 3
-a -t 192.0.2.1:80 -r 10.0.3.150:8080 -m -w 0
-A -t 192.0.2.1:443 -s sh -b sh-port
-A -u 192.0.2.1:53 -s rr -o
-a -u 192.0.2.1:53 -r 10.0.3.100:53 -g -w 1
-A -t [2001:db8::1]:80 -s wlc -p 600
-a -t [2001:db8::1]:80 -r [2001:db8:3::100]:80 -g -w 1
-A -f 7 -s rr -p 60 -M 255.255.255.0
-a -f 7 -r 10.0.3.100:0 -i -w 1
"""
TIMEOUTS = ipvs.Timeouts(tcp=901, tcp_fin=121, udp=301)


def saved(real: RealGround) -> set[str]:
    return {line.rstrip() for line in real.sh("ipvsadm -Sn").splitlines()}


def test_ipvsadm_lists_what_was_written(real: RealGround) -> None:
    table = ipvs.rules.parse(LINES)
    real.client.apply(real.client.plan(table, ipvs.Scope(every_service=True))).into_result()
    assert saved(real) == set(ipvs.rules.print(table, original=True).splitlines())


def test_what_ipvsadm_wrote_is_read(real: RealGround) -> None:
    real.sh(f"ipvsadm -R <<'END'\n{LINES}END\nipvsadm --set 901 121 301")
    found = real.client.snapshot().table()
    assert found.timeouts == real.client.timeouts() == TIMEOUTS
    assert {held.service.key: held for held in found.services} == {
        held.service.key: held for held in ipvs.rules.parse(LINES).services
    }
    lines = ipvs.rules.print(found, original=True).splitlines()
    assert saved(real) == set(lines)


def test_timeouts_and_daemons_are_ipvsadms(real: RealGround) -> None:
    real.add_interface("sync0", "10.9.9.1/24")
    real.client.set_timeouts(tcp=901, tcp_fin=121, udp=301)
    real.client.start_daemon("master sync0 sync-id 7")
    assert real.sh("ipvsadm -L --timeout").split(":")[1].split() == ["901", "121", "301"]
    daemon = real.sh("ipvsadm -L --daemon")
    assert "master sync daemon" in daemon
    assert "mcast=sync0, syncid=7" in daemon
    real.sh("ipvsadm --stop-daemon master")
    assert real.client.daemons() == []


def test_counters_are_ipvsadms(real: RealGround) -> None:
    with real.connected(2):
        rows = real.sh("ipvsadm -Lcn").splitlines()[2:]
        ours = {f"{row.client}:{row.client_port}" for row in real.client.connections()}
        assert {row.split()[3] for row in rows} == ours
        [row] = [line for line in real.sh("ipvsadm -Ln").splitlines() if "10.0.3.100" in line]
        assert row.split()[-2:] == ["2", "0"]
