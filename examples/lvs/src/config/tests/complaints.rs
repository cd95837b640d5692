//! What can't work is told, and what is not active may be half done.

use super::*;

fn complaints(text: &str) -> Vec<String> {
    let config = parse(text.as_bytes(), &Lab).unwrap().config;
    config
        .complaints()
        .iter()
        .map(Complaint::to_string)
        .collect()
}

#[test]
fn the_documents_file_makes_sense() {
    assert!(accept(HAR300).complaints().is_empty());
}

#[test]
fn what_cannot_work_in_the_file_is_told() {
    let partner = "a partner needs the addresses of both nodes: primary and backup";
    let private = "a private path needs primary_private and backup_private";
    for (text, wanted) in [
        ("backup_active = 1\n", partner),
        ("backup_active = 1\nprimary = 10.0.0.1\n", partner),
        (
            "primary = 10.0.0.1\nbackup = 10.0.0.1\n",
            "primary and backup are the same node",
        ),
        (
            "backup_active = 1\nprimary = 10.0.0.1\nbackup = 10.0.0.2\nbackup_private = 10.1.0.2\n",
            private,
        ),
        ("keepalive = 0\n", "keepalive is 0"),
        (
            "keepalive = 5\n",
            "deadtime must be longer than keepalive, or a living partner is dead",
        ),
    ] {
        assert_eq!(complaints(text), [wanted], "{text}");
    }
}

#[test]
fn what_cannot_work_in_a_service_is_told() {
    for (lines, wanted) in [
        (
            "address = 0.0.0.0 eth0:1",
            "it has neither an address nor a firewall mark",
        ),
        ("port = 0", "all ports (port 0) need persistence"),
        ("flags = one-packet", "one-packet is for UDP"),
        ("check = program", "the check program needs a send_program"),
        ("timeout = 0", "timeout is 0"),
        ("interval = 0", "interval is 0"),
        (
            "sorry_server = fd00::1",
            "the sorry server fd00::1 is of another family than its service, and only a tunnel takes packets there",
        ),
        ("fall = 0", "fall and rise count from 1"),
        ("rise = 0", "fall and rise count from 1"),
    ] {
        let block = |active: u8| {
            format!("virtual web {{\naddress = 10.0.0.1 eth0\nactive = {active}\n{lines}\n}}\n")
        };
        assert_eq!(
            complaints(&block(1)),
            [format!("virtual web: {wanted}")],
            "{lines}"
        );
        assert!(complaints(&block(0)).is_empty(), "{lines}");
    }
    let tunnel = "virtual web {\naddress = 10.0.0.1 eth0\nactive = 1\nsorry_server = fd00::1\n\
        server one {\naddress = 10.0.1.1\nforward = tunnel\n}\n}\n";
    assert!(complaints(tunnel).is_empty());
    let twice = "virtual web {\nactive = 1\naddress = 10.0.0.1 eth0\n}\n".repeat(2);
    assert_eq!(
        complaints(&twice),
        ["virtual web: tcp 10.0.0.1:80 is another service's too"]
    );
}

#[test]
fn what_cannot_work_in_a_server_is_told() {
    let text = |server: &str| {
        format!(
            "virtual web {{\nactive = 1\naddress = 10.0.0.1 eth0\n\
             server one {{\naddress = 10.0.1.1\nactive = 1\n}}\n\
             server two {{\nactive = 1\n{server}\n}}\n}}\n"
        )
    };
    let crossed =
        "fd00::1 is of another family than its service, and only a tunnel takes packets there";
    for (server, wanted) in [
        ("", "it has no address"),
        (
            "address = 10.0.1.1\nport = 80",
            "10.0.1.1 is another server's too",
        ),
        ("address = fd00::1", crossed),
        (
            "address = 10.0.1.2\nlower_threshold = 2",
            "its lower threshold is above its upper one",
        ),
    ] {
        let wanted = format!("virtual web: server two: {wanted}");
        assert_eq!(complaints(&text(server)), [wanted], "{server}");
    }
    assert!(complaints(&text("address = 10.0.1.1\nport = 81")).is_empty());
    assert!(complaints(&text("address = fd00::1\nforward = tunnel")).is_empty());
}
