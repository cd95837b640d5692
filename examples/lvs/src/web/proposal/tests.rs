//! What a change is said to do.

use ipvs_core::fake::Kernel;
use ipvs_core::rules::NoNames;
use ipvs_core::{Client, DestEdit};

use super::*;
use crate::config::tests::HAR300;
use crate::config::{self, Parsed};
use crate::observe::Trouble;
use crate::status::{Lvsd, Pulse};

fn document() -> Config {
    config::parse(HAR300.as_bytes(), &NoNames).unwrap().config
}

/// What is seen where the document's table is in force.
fn in_force() -> (Client, Config) {
    let client = Kernel::new().client().unwrap();
    let config = document();
    for wanted in to_table(&config).value.services {
        client.add_service(&wanted.service).unwrap();
        for dest in wanted.dests {
            client.add_dest(&wanted.service.key, &dest).unwrap();
        }
    }
    (client, config)
}

/// As pulse tells it, with or without an lvsd that runs.
fn seen_with(
    client: &Client,
    config: &Config,
    active: bool,
    lvsd: Result<Lvsd, Trouble>,
) -> Picture {
    let pulse = Pulse {
        pid: 1,
        role: "MASTER".into(),
        active,
        since: 0,
        heard: None,
        lvsd: None,
        refused: None,
    };
    let table = client.snapshot().map_err(|error| error.to_string());
    Picture::new(0, config, table, lvsd, Ok(pulse))
}

fn seen(client: &Client, config: &Config, active: bool) -> Picture {
    seen_with(client, config, active, Err(Trouble::Absent))
}

fn lines(effect: &Effect) -> String {
    match effect {
        Effect::Now(plan) => format!("now\n{plan}"),
        Effect::Later(plan) => format!("later\n{plan}"),
        Effect::Untold(why) => why.clone(),
    }
}

#[test]
fn deactivating_a_server_removes_it() {
    let (client, config) = in_force();
    let mut new = config.clone();
    new.virtuals[0].servers[1].active = false;
    let told = lines(&effect(&config, &new, &seen(&client, &config, true)));
    let wanted = "now\nremove dest 10.0.3.150:8080 of tcp 10.0.2.100:80 (it is not wanted)\n";
    assert_eq!(told, wanted);
    let told = lines(&effect(&config, &new, &seen(&client, &config, false)));
    assert!(
        told.starts_with("later\nremove dest 10.0.3.150:8080"),
        "{told}"
    );
}

#[test]
fn a_hot_standby_changes_its_table_now() {
    let (client, config) = in_force();
    let lvsd = Lvsd {
        pid: 1,
        config: "/lvs.cf".into(),
        serial_no: 7,
        loaded: 0,
        refused: None,
        services: Vec::new(),
    };
    let mut new = config.clone();
    new.virtuals[0].servers[1].active = false;
    let picture = seen_with(&client, &config, false, Ok(lvsd));
    let told = lines(&effect(&config, &new, &picture));
    assert!(told.starts_with("now\nremove dest"), "{told}");
}

#[test]
fn what_the_checkers_did_stays_done() {
    let (client, config) = in_force();
    let key = "tcp 10.0.2.100:80".parse().unwrap();
    let [first, second] = ["10.0.3.100:8080", "10.0.3.150:8080"].map(|key| key.parse().unwrap());
    client.remove_dest(&key, &first).unwrap();
    let slow = DestEdit::new().with_weight(3);
    client.edit_dest(&key, &second, &slow).unwrap();
    let sorry = convert::sorry_dest(&config, &config.virtuals[0]).unwrap();
    client.add_dest(&key, &sorry).unwrap();
    let picture = seen(&client, &config, true);
    assert_eq!(lines(&effect(&config, &config, &picture)), "now\n");
    let mut new = config.clone();
    new.virtuals[0].servers[1].weight = 5;
    let told = lines(&effect(&config, &new, &picture));
    assert!(
        told.contains("10.0.3.150:8080 masquerade weight 5"),
        "{told}"
    );
    assert_eq!(told.lines().count(), 2, "{told}");
}

#[test]
fn only_what_was_well_before_is_complained_of() {
    let config = document();
    let mut new = config.clone();
    new.virtuals.push(new.virtuals[0].clone());
    let fresh = fresh_complaints(&config, &new);
    assert_eq!(fresh.len(), 1);
    assert_eq!(fresh_complaints(&new, &new), []);
}

#[test]
fn a_proposal_is_the_next_version_and_counts_the_comments() {
    let bytes = format!("# ours\n{HAR300}  # indented\n").into_bytes();
    let said = config::parse(&bytes, &NoNames);
    let stored = Stored { bytes, said };
    let Parsed { config, .. } = stored.said.clone().unwrap();
    let proposal = Proposal::new(&stored, &config, String::new(), String::new());
    assert!(
        proposal.text.starts_with("serial_no = 8\n"),
        "{}",
        proposal.text
    );
    let (client, _) = in_force();
    let picture = seen(&client, &config, true);
    let preview = Preview::new(&stored, &config, &config, &picture);
    assert_eq!((preview.comments, preview.complaints), (2, Vec::new()));
}
