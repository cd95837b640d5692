from __future__ import annotations

import ipvs
import pytest
from ipvs import rules

TEXT = """\
-A -t 192.0.2.1:80 -s wrr
-a -t 192.0.2.1:80 -r 10.0.3.100:8080 -m -w 3 -x 100 -y 80
"""


def test_lines_and_tables() -> None:
    table = rules.parse(TEXT)
    assert table == ipvs.Table(
        [
            ipvs.TableService(
                ipvs.Service("tcp 192.0.2.1:80", scheduler="wrr"),
                [
                    ipvs.Dest(
                        "10.0.3.100",
                        8080,
                        "masquerade",
                        weight=3,
                        upper_threshold=100,
                        lower_threshold=80,
                    )
                ],
            )
        ]
    )
    assert rules.print(table) == TEXT
    assert rules.print(table, original=True) == TEXT.replace(" -x 100 -y 80", "")
    with_extras = table.replace(timeouts=ipvs.Timeouts(tcp=5))
    assert rules.print(with_extras) == TEXT
    assert rules.print(with_extras, extras=True) == TEXT + "--set 5 120 300\n"


def test_a_change_is_a_line() -> None:
    assert rules.line(ipvs.RemoveService("fwmark 7 ipv6")) == "-D -f 7 -6"
    with pytest.raises(ipvs.InvalidInputError) as caught:
        rules.line(ipvs.AddService("300 192.0.2.1:80"))
    assert caught.value.operation is ipvs.Op.PRINT


def test_a_mistake_is_told_with_its_place() -> None:
    with pytest.raises(ipvs.InvalidInputError, match=r"line 1, column 20: .* no weight"):
        rules.parse("-A -t 192.0.2.1:80 -w 3")


def test_reading_goes_on_behind_a_mistake() -> None:
    lines = rules.read("# web\n-A -t 192.0.2.1:80\n-L\n-D -t 192.0.2.1:80\n")
    assert next(lines) == (2, ipvs.AddService("tcp 192.0.2.1:80"))
    with pytest.raises(ipvs.InvalidInputError, match="line 3"):
        next(lines)
    assert list(lines) == [(4, ipvs.RemoveService("tcp 192.0.2.1:80"))]
