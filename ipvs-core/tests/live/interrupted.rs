//! An apply that is killed at any point, and readers beside writers.

use std::io::{BufRead, BufReader, Write, stdin};
use std::mem;
use std::process::{Child, Command, ExitCode, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use ipvs_sys::socket::Socket;

use ipvs_core::{
    Apply, Client, Dest, DestEdit, DestKey, ErrorKind, ForwardMethod, Options, Plan, Scope,
    Service, ServiceKey, Snapshot, Table,
};

use crate::harness::{Test, tests};
use crate::site::Site;

pub fn tests() -> Vec<Test> {
    tests![
        an_apply_that_is_killed_is_made_up_for,
        every_snapshot_is_of_one_instant
    ]
}

/// Set for the child that applies.
pub const CHILD: &str = "IPVS_LIVE_APPLY";

const KILLS: u32 = 200;
const DESTS: u32 = 24;
/// Each dest gets a weight, one is new, and one goes.
const CHANGES: usize = DESTS as usize + 2;
/// How many steps a child may begin with; the whole apply takes more.
const STEPS: usize = 6;

/// One of many tables: no two give a dest the same weight, and each has one dest that
/// the next one hasn't.
fn table(number: u32) -> Table {
    let own = u8::try_from(DESTS + number % 2).unwrap();
    let dests = (0..).take(DESTS as usize).chain([own]).map(|host| {
        Dest::new([10, 0, 0, host], 80, ForwardMethod::MASQUERADE).with_weight(number + 1)
    });
    let web = Service::new(ServiceKey::tcp([192, 0, 2, 1], 80));
    Table::new().with_service(web, dests.collect())
}

fn plan(client: &Client, number: u32) -> Plan {
    let snapshot = client.snapshot().unwrap();
    Plan::new(
        &snapshot,
        &table(number),
        &Scope::nothing().with_every_service(),
    )
    .unwrap()
}

/// The child: waits for its number, then for leave to take each step, and says when it does.
pub fn child() -> ExitCode {
    let socket = Socket::open().unwrap();
    // So small that a send holds two changes.
    socket.set_receive_buffer_size(1).unwrap();
    let client = Client::from_socket(socket.into()).unwrap();
    let mut told = stdin().lines().map(Result::unwrap);
    let plan = plan(&client, told.next().unwrap().parse().unwrap());
    let mut apply = Apply::new(&plan);
    for _ in told {
        println!("step");
        assert!(apply.step(&client), "it should be killed before its end");
    }
    ExitCode::SUCCESS
}

/// A child that waits.
fn spawn(site: &Site) -> Child {
    let mut command = Command::new("/proc/self/exe");
    command
        .env(CHILD, "")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    site.run(|| command.spawn()).unwrap()
}

/// Lets a child begin with its `steps`th step.
fn begin(child: &mut Child, number: u32, steps: usize) {
    let leave = "step\n".repeat(steps);
    write!(child.stdin.as_mut().unwrap(), "{number}\n{leave}").unwrap();
    let told = BufReader::new(child.stdout.as_mut().unwrap());
    assert_eq!(told.lines().take(steps).count(), steps);
}

fn end(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

fn an_apply_that_is_killed_is_made_up_for(site: &Site) {
    let key = table(0).services[0].service.key;
    site.client
        .apply(&plan(&site.client, 0))
        .into_result()
        .unwrap();
    // The next one starts up, which takes longest, while this one's work is made up for.
    let mut next = spawn(site);
    for number in 1..=KILLS {
        let mut child = mem::replace(&mut next, spawn(site));
        begin(&mut child, number, 2 + number as usize % STEPS);
        // Somewhere within the step, or soon after it.
        thread::sleep(Duration::from_micros(u64::from(number * 7 % 100) * 10));
        end(child);
        let rest = plan(&site.client, number);
        let left = rest.steps().len();
        assert!(
            (1..CHANGES).contains(&left),
            "kill {number} left {left} changes"
        );
        site.client.apply(&rest).into_result().unwrap();
        assert_eq!(
            site.dests(&key),
            table(number).services[0].dests,
            "kill {number}"
        );
    }
    end(next);
    println!("each of {KILLS} kills left a partly changed table");
}

const WRITING: Duration = Duration::from_secs(30);

/// Each writer goes round its dests and gives each the next number as its weight: at
/// any instant those it has been to have one number and the others the one before.
fn every_snapshot_is_of_one_instant(site: &Site) {
    let keys = [80, 81].map(|port| ServiceKey::tcp([192, 0, 2, 1], port));
    let servers: Vec<DestKey> = (0..8).map(|n| DestKey::new([10, 0, 0, n], 80)).collect();
    for key in &keys {
        site.client.add_service(&Service::new(*key)).unwrap();
        for server in &servers {
            let dest = Dest::new(server.address, server.port, ForwardMethod::MASQUERADE);
            site.client.add_dest(key, &dest).unwrap();
        }
    }
    let until = Instant::now() + WRITING;
    let (mut read, mut refused) = (0, 0);
    thread::scope(|scope| {
        for key in &keys {
            let client = site.open(Options::new());
            let servers = &servers;
            scope.spawn(move || {
                let mut number = 2;
                while Instant::now() < until {
                    for server in servers {
                        let edit = DestEdit::new().with_weight(number);
                        client.edit_dest(key, server, &edit).unwrap();
                        // In bursts, so that a reader finds a gap now and then.
                        if number % 4 == 0 {
                            thread::sleep(Duration::from_millis(40));
                        }
                    }
                    number += 1;
                }
            });
        }
        while Instant::now() < until {
            match site.client.snapshot() {
                Ok(snapshot) => {
                    keys.iter()
                        .for_each(|key| assert_is_of_one_instant(&snapshot, key, &servers));
                    read += 1;
                }
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::ChangedWhileReading, "{error}");
                    refused += 1;
                }
            }
        }
    });
    println!("{read} snapshots of one instant, {refused} refused");
    assert!(read >= 10, "{read} snapshots, {refused} refused");
}

fn assert_is_of_one_instant(snapshot: &Snapshot, key: &ServiceKey, servers: &[DestKey]) {
    let dests = &snapshot.service(key).unwrap().dests;
    let weight = |server: &DestKey| {
        let entry = dests.iter().find(|entry| entry.dest.key == *server);
        entry.unwrap().dest.weight
    };
    let weights: Vec<u32> = servers.iter().map(weight).collect();
    let (first, last) = (weights[0], weights[servers.len() - 1]);
    assert!(
        weights.is_sorted_by(|a, b| a >= b) && first - last <= 1,
        "{weights:?}"
    );
}
