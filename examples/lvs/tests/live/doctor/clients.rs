//! Clients that stay with a server that does not serve them, or are in its way.

use std::time::Duration;

use ipvs_core::{DestEdit, DestEntry, DestKey, ServiceEdit};
use lvs::doctor::Code;

use super::nat::{SERVERS, lab};
use super::patient::wait_in_vain;
use crate::harness::{Test, tests};
use crate::site::{self, until};

pub fn tests() -> Vec<Test> {
    tests![
        a_client_in_the_servers_own_net,
        a_server_full_of_closed_connections,
        persistent_clients_of_a_quiesced_server,
        connections_to_a_removed_server
    ]
}

fn a_client_in_the_servers_own_net(_: &site::Site) {
    let lab = lab();
    let near = [("eth0", "intnet1")];
    let client = lab.site.network.host("client3", &near).unwrap();
    let lines = [
        "addr add 10.0.3.20/24 brd + dev eth0",
        "route add default via 10.0.3.200",
    ];
    client.ip(&lines).unwrap();
    assert!(lab.starves(&client));
    // The connection table gives it away, and who knows of it may say so.
    wait_in_vain();
    let codes = [Code::ClientInServersNet];
    lab.director(&[]).assert(&codes);
    let director = &lab.site.director;
    lab.treat_host(director, &["--client", "10.0.3.20"], &codes, || {
        assert!(lab.serves(&client));
    });
    assert!(lab.serves(&lab.site.client));
    lab.director(&[]).assert(&[]);
}

fn a_server_full_of_closed_connections(_: &site::Site) {
    let lab = lab();
    for (address, port) in SERVERS {
        let edit = DestEdit::new().with_upper_threshold(2);
        let server = DestKey::new(address, port);
        lab.ipvs().edit_dest(&lab.key(), &server, &edit).unwrap();
    }
    // A closed connection whose last packet came twice is forgotten after ten seconds, and
    // makes room for another one.
    until("both are full of closed connections", || {
        let _ = lab.site.client.get(lab.vip());
        let entries = lab.ipvs().dests(&lab.key()).unwrap();
        let full =
            |entry: &DestEntry| (entry.active_connections, entry.inactive_connections) == (0, 2);
        entries.iter().all(full)
    });
    lab.treat_traffic(&[], &[Code::ThresholdFull, Code::ThresholdFull]);
}

fn persistent_clients_of_a_quiesced_server(_: &site::Site) {
    let lab = lab();
    let persistent = ServiceEdit::new().with_persistence(Duration::from_secs(600));
    lab.ipvs().edit_service(&lab.key(), &persistent).unwrap();
    let ask = || lab.site.client.get(lab.vip()).unwrap();
    let before = ask();
    for (number, (address, port)) in SERVERS.into_iter().enumerate() {
        if before.ends_with(&(number + 1).to_string()) {
            let quiesced = DestEdit::new().with_weight(0);
            let server = DestKey::new(address, port);
            lab.ipvs()
                .edit_dest(&lab.key(), &server, &quiesced)
                .unwrap();
        }
    }
    assert_eq!(ask(), before, "the client stays with the quiesced server");
    let director = &lab.site.director;
    lab.treat_host(director, &[], &[Code::QuiescentTemplates], || {
        assert_ne!(ask(), before);
    });
}

fn connections_to_a_removed_server(_: &site::Site) {
    let lab = lab();
    let mut held = [(); 2].map(|()| lab.site.client.hold(lab.vip()).unwrap());
    let (address, port) = SERVERS[0];
    let removed = DestKey::new(address, port);
    lab.ipvs().remove_dest(&lab.key(), &removed).unwrap();
    let hanging = held.iter_mut().find(|held| held.server.ends_with('1'));
    hanging.unwrap().ask_again().unwrap_err();
    lab.treat(&[], &[Code::DeadConnections]);
    let left = || lab.ipvs().connections().unwrap().flatten();
    let hanging = held.iter_mut().find(|held| held.server.ends_with('1'));
    let _ = hanging.unwrap().ask_again();
    until("the kernel lets go of it", || {
        left().all(|connection| connection.dest != removed)
    });
    let other = held.iter_mut().find(|held| held.server.ends_with('2'));
    other.unwrap().ask_again().unwrap();
}
