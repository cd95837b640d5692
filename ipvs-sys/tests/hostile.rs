//! The hostile acts do what they say.

use std::io::ErrorKind;
use std::process;
use std::time::Duration;

use ipvs_sys::hostile::{forge, in_a_fork, move_to};
use ipvs_sys::netns::Namespace;
use ipvs_sys::socket::Socket;

#[test]
fn a_fork_runs_in_another_process() {
    let parent = process::id();
    let elsewhere = || u8::from(process::id() != parent);
    assert_eq!(in_a_fork(elsewhere).unwrap(), 1);
    assert_eq!(process::id(), parent);
    assert_eq!(in_a_fork(|| 42).unwrap(), 42);
}

#[test]
fn a_forks_panic_and_death_are_told() {
    assert_eq!(in_a_fork(|| panic!("as it should")).unwrap(), 101);
    assert_eq!(in_a_fork(|| process::abort()).unwrap(), 128 + 6);
}

#[test]
fn a_forged_datagram_reaches_the_socket_and_is_dropped() {
    let [from, to] = [Socket::open().unwrap(), Socket::open().unwrap()];
    match forge(&from, to.port(), b"forged") {
        // Netlink lets nobody else than root write to others.
        Err(error) if error.kind() == ErrorKind::PermissionDenied => return,
        outcome => outcome.unwrap(),
    }
    let mut buffer = [0; Socket::RECEIVE_BUFFER];
    let received = to.receive(&mut buffer, Duration::ZERO);
    assert!(received.is_err(), "{received:?}");
    assert_eq!(to.foreign(), 1);
}

#[test]
fn a_thread_moves_to_another_namespace() {
    let there = match Namespace::create() {
        Err(error) if error.kind() == ErrorKind::PermissionDenied => return,
        outcome => outcome.unwrap(),
    };
    let mover = std::thread::spawn(move || {
        assert!(!there.is_current().unwrap());
        move_to(&there).unwrap();
        assert!(there.is_current().unwrap());
    });
    mover.join().unwrap();
}
