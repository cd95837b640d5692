"""Plans, their steps, and real servers that leave."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone

import ipvs
import pytest
from ground import SERVER, WEB, Ground
from ipvs.fake import Kernel

RULES = """\
-A -t 192.0.2.1:80 -s wrr
-a -t 192.0.2.1:80 -r 10.0.3.100:8080 -m -w 3
-a -t 192.0.2.1:80 -r 10.0.3.150:8080 -m -w 1
"""
SERVICES = ipvs.Scope(every_service=True)


def test_a_plan_makes_the_table(client: ipvs.Client) -> None:
    wanted = ipvs.rules.parse(RULES)
    plan = ipvs.Plan(client.snapshot(), wanted, SERVICES)
    assert len(plan) == len(list(plan)) == len(plan.steps) == 3
    assert [step.reason for step in plan] == [ipvs.Reason.MISSING] * 3
    assert plan.changes == wanted.changes()
    assert plan.to_rules() == RULES
    assert str(plan).count("it is missing") == 3
    assert plan == ipvs.Plan(client.snapshot(), wanted, SERVICES)
    client.apply(plan).into_result()
    assert client.snapshot().table().services == wanted.services
    assert ipvs.Plan(client.snapshot(), wanted, SERVICES).is_empty


def test_a_plan_says_what_differs(client: ipvs.Client) -> None:
    client.add_service("tcp 192.0.2.1:80 scheduler rr")
    plan = ipvs.Plan(client.snapshot(), ipvs.rules.parse(RULES), SERVICES)
    [edit] = [step for step in plan if isinstance(step.change, ipvs.UpdateService)]
    assert edit.reason == ipvs.Differences.SCHEDULER


def test_a_client_plans_from_what_is_there(client: ipvs.Client, server: ipvs.Dest) -> None:
    wanted = ipvs.rules.parse(RULES)
    plan = client.plan(wanted, SERVICES)
    assert plan == ipvs.Plan(client.list(), wanted, SERVICES)
    assert plan.changes == (ipvs.AddDest("tcp 192.0.2.1:80", "10.0.3.150:8080 masquerade"),)
    client.apply(plan).into_result()
    assert client.plan(wanted, SERVICES).is_empty
    with pytest.raises(ipvs.InvalidInputError, match="outside of the scope"):
        client.plan(wanted, ipvs.Scope.nothing())


def test_what_is_outside_of_the_scope_stays(client: ipvs.Client) -> None:
    client.batch(ipvs.AddService(f"fwmark {mark}") for mark in range(1, 6)).into_result()
    scope = ipvs.Scope.nothing().with_marks(range(2, 4)).with_marks(5, "ipv6")
    assert "fwmark 3" in scope
    assert "fwmark 5" not in scope
    assert scope.contains(ipvs.ServiceKey.firewall_mark(5, "ipv6"))
    plan = ipvs.Plan(client.snapshot(), ipvs.Table(), scope)
    assert plan.changes == (ipvs.RemoveService("fwmark 2"), ipvs.RemoveService("fwmark 3"))
    with pytest.raises(ipvs.InvalidInputError, match="outside of the scope"):
        ipvs.Plan(client.snapshot(), ipvs.Table().with_service("fwmark 9"), scope)


def test_what_is_busy_is_drained(ground: Ground) -> None:
    client = ground.client
    with ground.connected(2):
        wanted = ipvs.Table().with_service(client.service(WEB).service)
        plan = ipvs.Plan(client.snapshot(), wanted, SERVICES)
        assert plan.draining == ((WEB, SERVER.key),)
        assert plan.steps == (
            ipvs.PlannedChange(ipvs.UpdateDest(WEB, SERVER.replace(weight=0)), "draining"),
        )
        at_once = ipvs.Plan.at_once(client.snapshot(), wanted, SERVICES)
        assert at_once.changes == (ipvs.RemoveDest(WEB, SERVER.key),)
        client.apply(at_once).into_result()
        assert client.dests(WEB) == []


def test_a_drain_waits_for_connections(ground: Ground) -> None:
    client = ground.client
    with ground.connected(2):
        drain = ipvs.Drain(WEB, SERVER.key)
        assert drain.step(client) == ipvs.DrainWaiting(ipvs.DrainLeft(active=2))
        assert drain.step(client) == ipvs.DrainWaiting(ipvs.DrainLeft(active=2))
        assert client.dest(WEB, SERVER.key).dest.weight == 0
        impatient = ipvs.Drain(WEB, SERVER.key, deadline=time.time() - 1)
        assert impatient.step(client) == ipvs.DrainRemoved(ipvs.DrainLeft(active=2))
        assert drain.step(client) == ipvs.DrainGone()


def test_a_plan_is_carried_out_in_steps(client: ipvs.Client) -> None:
    plan = ipvs.Plan(client.snapshot(), ipvs.rules.parse(RULES), SERVICES)
    apply = ipvs.Apply(plan)
    assert apply.sent == 0
    while apply.step(client):
        pass
    assert apply.sent == 3
    assert apply.into_report().is_success
    for call in (lambda: apply.step(client), lambda: apply.sent, apply.into_report):
        with pytest.raises(ValueError, match="report was taken"):
            call()


def test_a_real_server_leaves(kernel: Kernel, client: ipvs.Client, server: ipvs.Dest) -> None:
    key = "tcp 192.0.2.1:80"
    kernel.initial.set_dest_connections(key, server.key, active=2, inactive=1)
    drain = ipvs.Drain(key, server.key)
    for _ in range(2):
        match drain.step(client):
            case ipvs.DrainWaiting(left):
                assert (left.active, left.inactive) == (2, 1)
            case step:
                pytest.fail(f"it did not wait: {step}")
    assert client.dest(key, server.key).dest.weight == 0
    kernel.initial.set_dest_connections(key, server.key)
    assert drain.step(client) == ipvs.DrainRemoved(ipvs.DrainLeft())
    assert drain.step(client) == ipvs.DrainGone()


def test_a_drain_is_cancelled(client: ipvs.Client, server: ipvs.Dest) -> None:
    drain = ipvs.Drain("tcp 192.0.2.1:80", server.key)
    drain.step(client)
    drain.cancel(client)
    assert client.dest("tcp 192.0.2.1:80", server.key).dest.weight == 3


def test_a_drain_gives_way(client: ipvs.Client, server: ipvs.Dest) -> None:
    drain = ipvs.Drain("tcp 192.0.2.1:80", server.key)
    drain.step(client)
    client.edit_dest("tcp 192.0.2.1:80", server.key, weight=5)
    assert drain.step(client) == ipvs.DrainRestored(5)


@pytest.mark.parametrize(
    "deadline",
    [
        time.time() - 1,
        0,
        datetime.now() - timedelta(seconds=1),
        datetime.now(timezone.utc) - timedelta(seconds=1),
    ],
    ids=["time", "epoch", "naive", "aware"],
)
def test_a_drain_ends_at_its_deadline(
    kernel: Kernel, client: ipvs.Client, server: ipvs.Dest, deadline: datetime | float
) -> None:
    kernel.initial.set_dest_connections("tcp 192.0.2.1:80", server.key, active=2)
    drain = ipvs.Drain("tcp 192.0.2.1:80", server.key, deadline=deadline)
    assert drain.step(client) == ipvs.DrainRemoved(ipvs.DrainLeft(active=2))
