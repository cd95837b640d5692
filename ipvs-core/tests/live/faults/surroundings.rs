//! What happens around a client: its receive buffer is small or full, its process forks, the
//! calling thread moves to another namespace, the module is loaded anew.

use std::collections::BTreeSet;
use std::panic;
use std::process::Command;
use std::thread;

use ipvs_core::{Applied, Client, Error, ErrorKind, Namespace, Options, Service, ServiceKey};
use ipvs_sys::hostile::{forge, in_a_fork, move_to};

use super::operations::{self, operations};
use super::stage::{PATIENCE, Stage, Verdict, clear};
use crate::kernel::modprobe;
use crate::modules::{loads_itself, unload};
use crate::site::Site;

/// The smallest that there is.
const SMALL: usize = 1;

/// A client of a socket with a small receive buffer.
fn small(site: &Site) -> (Client, u32) {
    let socket = site.namespace.socket().unwrap();
    socket.set_receive_buffer_size(SMALL).unwrap();
    let port = socket.port();
    (Client::from_socket(socket.into()).unwrap(), port)
}

/// Answers fit however small the buffer is; where it is full they are lost, which is told.
pub fn every_operation_survives_an_overrun(site: &Site) {
    operations::connect(site);
    let stranger = site.namespace.socket().unwrap();
    let overrun = |error: &Error| error.kind() == ErrorKind::Overrun;
    let mut overruns = 0;
    for operation in operations(site).iter().filter(|operation| !operation.slow) {
        let stage = Stage::new(site, operation);
        let (client, port) = small(site);
        let undisturbed = stage.run(&client, PATIENCE, |client, call| call(client), |_| false);
        assert_eq!(undisturbed, Ok(Verdict::Right), "{}", operation.name);
        let call = stage.ready(&client, PATIENCE);
        while forge(&stranger, port, b"garbage").is_ok() {}
        let verdict = stage.judge(call(&client), overrun);
        let verdict = verdict.unwrap_or_else(|what| panic!("{}: {what}", operation.name));
        // The others ask nothing on the client's own socket, and leave it full.
        if verdict == Verdict::Error {
            stage.goes_on(&client).unwrap();
            overruns += 1;
        }
    }
    println!("{overruns} operations were told that answers were lost");
    assert!(overruns > 25, "{overruns}");
}

/// Each method of the parent's client is refused in the child, but for the one that helps it
/// to a client of its own; the parent's goes on.
pub fn every_operation_is_refused_in_a_child(site: &Site) {
    operations::connect(site);
    let client = site.open(Options::new());
    let mut stream = client.stream_services().unwrap();
    let operations = operations(site);
    let ours = |method: &str| !["open", "from_socket", "namespace"].contains(&method);
    for operation in operations
        .iter()
        .filter(|one| ours(one.method) && !one.slow)
    {
        let stage = Stage::new(site, operation);
        let call = stage.ready(&client, PATIENCE);
        let child = || {
            for result in call(&client) {
                let Err(error) = result else { return 1 };
                let told = (error.kind(), error.applied());
                assert_eq!(told, (ErrorKind::Forked, Applied::No), "{error}");
            }
            0
        };
        assert_eq!(in_a_fork(child).unwrap(), 0, "{}", operation.name);
        let call = stage.ready(&client, PATIENCE);
        let verdict = stage.judge(call(&client), |_| false);
        assert_eq!(verdict, Ok(Verdict::Right), "{}", operation.name);
    }
    let child = || {
        let kind = stream.next().unwrap().unwrap_err().kind();
        client.namespace().unwrap();
        u8::from(kind != ErrorKind::Forked)
    };
    assert_eq!(in_a_fork(child).unwrap(), 0);
}

/// The thread that opened a client moves on: the client does not.
pub fn no_operation_follows_the_caller(site: &Site) {
    operations::connect(site);
    let elsewhere = Namespace::create().unwrap();
    let wander = || {
        for operation in &operations(site) {
            if operation.slow || operation.follows_the_caller {
                continue;
            }
            let stage = Stage::new(site, operation);
            move_to(&site.namespace).unwrap();
            let client = Client::open(&Options::new()).unwrap();
            move_to(&elsewhere).unwrap();
            let verdict = stage.run(&client, PATIENCE, |client, call| call(client), |_| false);
            assert_eq!(verdict, Ok(Verdict::Right), "{}", operation.name);
        }
    };
    // On a thread that no other test is run by.
    thread::scope(|scope| {
        let wandering = scope.spawn(wander).join();
        wandering.unwrap_or_else(|panic| panic::resume_unwind(panic));
    });
}

/// The family gets another number, and each method finds it.
pub fn every_operation_outlives_the_module(site: &Site) {
    operations::connect(site);
    let client = site.open(Options::new());
    let mut methods = BTreeSet::new();
    let operations = operations(site);
    let anew = operations.iter().filter(|operation| !operation.slow);
    for operation in anew.filter(|operation| methods.insert(operation.method)) {
        let stage = Stage::new(site, operation);
        clear(&site.client);
        unload();
        if !loads_itself(site) {
            modprobe(&["ip_vs"]);
        }
        operations::connect(site);
        stage.upset();
        let verdict = stage.run(&client, PATIENCE, |client, call| call(client), |_| false);
        assert_eq!(verdict, Ok(Verdict::Right), "{}", operation.name);
    }
}

/// A stream that is read midway holds the module, and no longer than that.
pub fn a_stream_holds_the_module(site: &Site) {
    for port in 1..=200 {
        let key = ServiceKey::tcp([192, 0, 2, 1], port);
        site.client.add_service(&Service::new(key)).unwrap();
    }
    let mut stream = site.client.stream_services().unwrap();
    stream.next().unwrap().unwrap();
    let rmmod = Command::new("rmmod").arg("ip_vs").output().unwrap();
    assert!(!rmmod.status.success());
    assert!(stream.map(Result::unwrap).count() > 0);
    clear(&site.client);
    unload();
    modprobe(&["ip_vs"]);
    assert_eq!(site.client.services().unwrap(), []);
}
