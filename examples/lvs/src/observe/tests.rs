//! What is seen of a fake kernel, of stand-ins for the daemons, and of a false `/proc`.

use ipvs_core::fake::{Environment, Kernel};
use ipvs_core::{Dest, ForwardMethod, Service};

use super::*;
use crate::config::tests::HAR300;
use crate::control::Socket;
use crate::status::{Health, RealServer, State, VirtualService};

fn document() -> Config {
    let parsed = crate::config::parse(HAR300.as_bytes(), &ipvs_core::rules::NoNames);
    parsed.unwrap().config
}

fn lvsd() -> Lvsd {
    let health = Health {
        state: State::Down,
        since: 1,
        weight: None,
        failure: Some("CONNECT to 10.0.3.150:8080 timed out".into()),
    };
    Lvsd {
        pid: 1,
        config: "/lvs.cf".into(),
        serial_no: 7,
        loaded: 1,
        refused: None,
        services: vec![VirtualService {
            name: "LVS_NAT".into(),
            service: "tcp 10.0.2.100:80".into(),
            sorry: Some(false),
            servers: vec![RealServer {
                name: "serveur2".into(),
                dest: "10.0.3.150:8080".into(),
                nanny: Some(12),
                health,
            }],
        }],
    }
}

#[test]
fn the_table_the_file_and_the_checkers_are_side_by_side() {
    let kernel = Kernel::new();
    let client = kernel.client().unwrap();
    let web = Service::new("tcp 10.0.2.100:80".parse().unwrap());
    let server = Dest::new([10, 0, 3, 100], 8080, ForwardMethod::MASQUERADE);
    let stranger = Dest::new([10, 0, 3, 9], 8080, ForwardMethod::MASQUERADE);
    client.add_service(&web).unwrap();
    client.add_dest(&web.key, &server).unwrap();
    client.add_dest(&web.key, &stranger).unwrap();
    let other = Service::new("fwmark 7".parse().unwrap());
    client.add_service(&other).unwrap();

    let folder = tempfile::tempdir().unwrap();
    let socket = Socket::bind(&folder.path().join("lvsd.sock")).unwrap();
    let observer = Observer::new(move || kernel.client(), folder.path());
    let config = document();
    let picture = std::thread::scope(|scope| {
        let looking = scope.spawn(|| observer.look(&config));
        while !looking.is_finished() {
            socket.answer(|_| serde_json::to_string(&lvsd()).unwrap());
        }
        looking.join().unwrap()
    });

    assert!(picture.is_in_force());
    assert_eq!(picture.pulse, Err(Trouble::Absent));
    let [named, unnamed] = picture.services.as_slice() else {
        panic!("{picture:?}")
    };
    assert_eq!(unnamed.key, other.key);
    assert_eq!(named.name.as_deref(), Some("LVS_NAT"));
    let rows: Vec<_> = (named.servers.iter())
        .map(|row| {
            (
                row.label(),
                row.entry.is_some(),
                row.health.as_ref().map(|health| health.state),
            )
        })
        .collect();
    assert_eq!(
        rows,
        [
            ("serveur1".to_owned(), true, None),
            ("serveur2".to_owned(), false, Some(State::Down)),
            ("10.0.3.9:8080".to_owned(), true, None),
        ]
    );
    assert_eq!(named.servers[1].nanny, Some(12));
}

#[test]
fn without_the_right_to_read_the_table_the_rest_is_seen() {
    let kernel = Kernel::with(Environment::new().unprivileged());
    let folder = tempfile::tempdir().unwrap();
    let observer = Observer::new(move || kernel.client(), folder.path());
    let picture = observer.look(&document());
    assert!(picture.table.unwrap_err().contains("permission"));
    assert_eq!(picture.services.len(), 1);
    assert_eq!(picture.services[0].servers.len(), 2);
}

#[test]
fn a_daemon_that_talks_nonsense_is_not_taken_for_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let socket = Socket::bind(&folder.path().join("pulse.sock")).unwrap();
    let kernel = Kernel::new();
    let observer = Observer::new(move || kernel.client(), folder.path());
    let told = std::thread::scope(|scope| {
        let asked = scope.spawn(|| observer.pulse());
        while !asked.is_finished() {
            socket.answer(|_| "well".into());
        }
        asked.join().unwrap()
    });
    assert!(matches!(told, Err(Trouble::Silent(_))), "{told:?}");
    assert_eq!(observer.reload_lvsd(), Err(Trouble::Absent));
}

#[test]
fn only_lvsd_s_word_for_it_is_a_reload() {
    let folder = tempfile::tempdir().unwrap();
    let socket = Socket::bind(&folder.path().join("lvsd.sock")).unwrap();
    let kernel = Kernel::new();
    let observer = Observer::new(move || kernel.client(), folder.path());
    let silent = |why: &str| Err(Trouble::Silent(why.into()));
    for (answer, told) in [
        ("reloaded", Ok(None)),
        ("lvs.cf: line 3: no", Ok(Some("lvs.cf: line 3: no".into()))),
        ("lvsd is busy", silent("lvsd is busy")),
        ("lvsd is ending", silent("lvsd is ending")),
        ("", silent("lvsd hung up without an answer")),
    ] {
        let reloaded = std::thread::scope(|scope| {
            let asked = scope.spawn(|| observer.reload_lvsd());
            while !asked.is_finished() {
                socket.answer(|_| answer.into());
            }
            asked.join().unwrap()
        });
        assert_eq!(reloaded, told);
    }
}

#[test]
fn processes_are_those_of_the_cluster() {
    let proc = tempfile::tempdir().unwrap();
    for (pid, line, name) in [
        ("30", "/usr/sbin/nanny\0-s\0GET /\r\n\0", "nanny"),
        ("4", "", "ipvs-m:0:0"),
        ("5", "", "kworker"),
        ("6", "vi\0lvs.cf\0", "vi"),
        ("self", "lvs\0", "lvs"),
    ] {
        let folder = proc.path().join(pid);
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("cmdline"), line).unwrap();
        std::fs::write(folder.join("comm"), format!("{name}\n")).unwrap();
    }
    let shown: Vec<_> = processes(proc.path())
        .into_iter()
        .map(|process| (process.pid, process.command))
        .collect();
    let nanny = r"/usr/sbin/nanny -s GET /\r\n".to_owned();
    assert_eq!(shown, [(4, "[ipvs-m:0:0]".to_owned()), (30, nanny)]);
}
