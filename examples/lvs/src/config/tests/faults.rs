//! Each documented error, with its line.

use super::super::Fault::*;
use super::*;

fn refuse(text: &str) -> Vec<(usize, usize, Fault)> {
    let refused = parse(text.as_bytes(), &Lab).unwrap_err();
    let mistakes = refused.mistakes.iter();
    mistakes
        .map(|mistake| (mistake.line, mistake.column, mistake.fault))
        .collect()
}

#[test]
fn each_mistake_has_its_line_and_column() {
    for (text, wanted) in [
        ("send = \"GET /\n", (1, 8, QuotationMismatch)),
        ("\nactive_cmd = 'a \\' b\n", (2, 14, QuotationMismatch)),
        ("virtual web {\n\n port = 80\n", (3, 1, UnexpectedEnd)),
        ("virtual web {\n server one {\n }\n", (3, 1, UnexpectedEnd)),
        ("keepalive = 2 3\n", (1, 15, UnexpectedArguments)),
        (
            "nat_router = 10.0.0.1 eth0 eth1\n",
            (1, 28, UnexpectedArguments),
        ),
        ("virtual web {\n} }\n", (2, 3, UnexpectedArguments)),
        ("virtual web { {\n}\n", (1, 15, UnexpectedArguments)),
        ("virtual web page {\n}\n", (1, 13, UnexpectedArguments)),
        ("# a\nkeepalive 2\n", (2, 1, EqualExpected)),
        ("keepalive\n", (1, 1, EqualExpected)),
        ("keepalive =\n", (1, 1, MissingArguments)),
        ("virtual web\n}\n", (1, 1, MissingArguments)),
        ("virtual\n", (1, 1, MissingArguments)),
        ("primary = nobody\n", (1, 11, InvalidAddress)),
        (
            "virtual web {\n address = 10.0.0.256 eth0\n}\n",
            (2, 12, InvalidAddress),
        ),
        ("network = bridge\n", (1, 11, InvalidArgument)),
        ("service = web\n", (1, 11, InvalidArgument)),
        ("heartbeat_port = 70000\n", (1, 18, InvalidArgument)),
        ("keepalive = -1\n", (1, 13, InvalidArgument)),
        ("vrrp_id = 0\n", (1, 11, InvalidArgument)),
        (
            "virtual web {\n scheduler = wcl\n}\n",
            (2, 14, InvalidArgument),
        ),
        (
            "virtual web {\n protocol = icmp\n}\n",
            (2, 13, InvalidArgument),
        ),
        (
            "virtual web {\n load_monitor = ssh\n}\n",
            (2, 17, InvalidArgument),
        ),
        (
            "virtual web {\n port = gopher\n}\n",
            (2, 9, InvalidArgument),
        ),
        (
            "syncd_iface = an-interface-too-long\n",
            (1, 15, InvalidArgument),
        ),
        ("deadtime = ten\n", (1, 12, IntegerExpected)),
        ("deadtime = ''\n", (1, 12, IntegerExpected)),
        ("heartbeat = yes\n", (1, 13, BooleanExpected)),
        (
            "virtual web {\n quiesce_server = 2\n}\n",
            (2, 19, BooleanExpected),
        ),
        ("keepalife = 2\n", (1, 1, UnknownCommand)),
        ("virtual web {\n weight = 2\n}\n", (2, 2, UnknownCommand)),
        ("server one {\n}\n", (1, 1, UnknownCommand)),
        ("virtual a {\n virtual b {\n }\n}\n", (2, 2, UnknownCommand)),
        ("keepalive = 2\n}\n", (2, 1, UnknownCommand)),
        ("virtual = 2\n", (1, 1, UnknownCommand)),
        ("virtual web {\n dirs = /srv\n}\n", (2, 9, ListExpected)),
        ("nat_nmask = 255.0.255.0\n", (1, 13, BadSubnetMask)),
        (
            "virtual web {\n vip_nmask = 24\n pmask = /24\n}\n",
            (3, 10, BadSubnetMask),
        ),
        ("", (1, 1, EmptyConfiguration)),
        ("# nothing\n\n", (1, 1, EmptyConfiguration)),
    ] {
        assert_eq!(refuse(text), [wanted], "{text}");
    }
}

#[test]
fn every_mistake_is_told_in_the_order_of_the_lines() {
    let text = "keepalive = x\nvirtual web {\n port = 80 81\n server one {\n  wait = 3\n }\n}\nbackup_activ = 1\n";
    let lines: Vec<_> = refuse(text).iter().map(|(line, ..)| *line).collect();
    assert_eq!(lines, [1, 3, 5, 8]);
}

#[test]
fn a_mistake_in_the_head_of_a_block_leaves_its_keys_alone() {
    let text = "virtual web page {\n port = 80\n server one\n  weight = 2\n }\n}\n";
    let lines: Vec<_> = refuse(text).iter().map(|(line, ..)| *line).collect();
    assert_eq!(lines, [1, 3]);
}

#[test]
fn the_words_are_the_originals_with_what_would_be_right() {
    for (text, wanted) in [
        (
            "deadtime = ten\n",
            "line 1, column 12: integer expected: \"ten\"",
        ),
        (
            "virtual web {\n protcol = tcp\n}\n",
            "line 2, column 2: unknown command: \"protcol\"; did you mean protocol?",
        ),
        (
            "network = routed\n",
            "line 1, column 11: invalid argument: \"routed\"; it is one of nat, direct, tunnel",
        ),
        (
            "virtual web {\n",
            "line 1, column 1: unexpected end of file; the block virtual web of line 1 is not closed",
        ),
        ("zzz = 1\n", "line 1, column 1: unknown command: \"zzz\""),
        ("", "line 1, column 1: Empty configuration"),
    ] {
        let refused = parse(text.as_bytes(), &Lab).unwrap_err();
        assert_eq!(refused.to_string(), wanted);
    }
}
