//! A long table, beside what ipvsadm makes of it.

use std::collections::BTreeMap;
use std::net::{SocketAddr, UdpSocket};
use std::process::Command;

use ipvs_core::procfs::Connection;
use ipvs_core::{ForwardMethod, ServiceKey};

use super::{SILENT, SILENT_6, VIP, VIP_6, addresses, balance, plain, socket, sticky};
use crate::site::Site;
use crate::traffic::until;

/// Of each family.
const CONNECTIONS: u16 = 5000;

/// The rows of a table by all that doesn't change, with the seconds that they have left.
type Rows = BTreeMap<String, u64>;

pub fn as_many_as_ipvsadm_lists(site: &Site) {
    addresses(site);
    let masquerade = ForwardMethod::MASQUERADE;
    balance(
        site,
        sticky("udp 192.0.2.1:53"),
        &socket(SILENT, 53).to_string(),
        masquerade,
    );
    balance(
        site,
        plain("udp [2001:db8::1]:53"),
        &socket(SILENT_6, 53).to_string(),
        masquerade,
    );
    site.run(|| {
        for port in 20_000..20_000 + CONNECTIONS {
            for vip in [VIP, VIP_6] {
                let client = UdpSocket::bind(socket(vip, port)).unwrap();
                client.send_to(b"hello", socket(vip, 53)).unwrap();
            }
        }
    });

    let expected = usize::from(2 * CONNECTIONS + 1);
    let [before, ours, after] = until("the table rests", || {
        let three = [theirs(site), ours(site), theirs(site)];
        // Since Linux 7.1 the table grows by itself, and rows may be missed meanwhile.
        let rests = three.iter().all(|rows| rows.len() == expected);
        (rests || !site.kernel.at_least(7, 1)).then_some(three)
    });
    assert_eq!(ours.len(), expected);
    for (row, seconds) in &ours {
        let (before, after) = (before.get(row), after.get(row));
        assert!(
            before.is_some_and(|before| seconds <= before),
            "{row}: {seconds}, {before:?}"
        );
        assert!(
            after.is_some_and(|after| after <= seconds),
            "{row}: {seconds}, {after:?}"
        );
    }
    assert!(before.keys().eq(ours.keys()) && after.keys().eq(ours.keys()));
}

fn ours(site: &Site) -> Rows {
    let rows = site.client.connections().unwrap().map(Result::unwrap);
    let rows: Vec<_> = rows
        .map(|row| (words(&row), row.expires.as_secs()))
        .collect();
    let listed = rows.len();
    let rows = Rows::from_iter(rows);
    assert_eq!(rows.len(), listed, "no row comes twice");
    rows
}

/// The words of ipvsadm's row, without the time.
fn words(row: &Connection) -> String {
    let ServiceKey::Address {
        protocol,
        address,
        port,
    } = row.service
    else {
        panic!("no marks here: {row:?}");
    };
    let client = SocketAddr::new(row.client, row.client_port);
    let service = SocketAddr::new(address, port);
    let protocol = protocol.to_string().to_uppercase();
    format!("{protocol} {} {client} {service} {}", row.state, row.dest)
}

fn theirs(site: &Site) -> Rows {
    let output = site
        .run(|| Command::new("ipvsadm").arg("-Lnc").output())
        .unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    // A title and the names of the columns.
    let rows = text.lines().skip(2).map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [protocol, time, rest @ ..] = words.as_slice() else {
            panic!("{line:?}");
        };
        let (minutes, seconds) = time.split_once(':').unwrap();
        let seconds = minutes.parse::<u64>().unwrap() * 60 + seconds.parse::<u64>().unwrap();
        (format!("{protocol} {}", rest.join(" ")), seconds)
    });
    rows.collect()
}
