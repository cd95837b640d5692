//! The client against a script: what no kernel can be made to answer at will.

mod batches;
mod drains;
mod files;
mod listings;
mod script;
mod unprovoked;

use std::io;
use std::time::Duration;

use ipvs_sys::errno as e;
use ipvs_sys::socket::ReceiveError;
use ipvs_sys::uapi::*;

use super::*;
use crate::{Applied, DaemonRole, Dest, ErrorKind, ForwardMethod, Object, Service, SyncDaemon};
use script::{Answer, FAMILY, Script};

fn web() -> Service {
    Service::new("tcp 192.0.2.1:80".parse().unwrap())
}

fn server() -> Dest {
    Dest::new([10, 0, 3, 100], 8080, ForwardMethod::MASQUERADE)
}

fn daemon(role: DaemonRole) -> SyncDaemon {
    SyncDaemon::new(role, "eth0".parse().unwrap())
}

#[test]
fn a_kernel_without_ipvs_is_module_missing() {
    let error = Script::with_families(|| 0, |_| vec![]).open().unwrap_err();
    assert_eq!(
        (error.kind(), error.op()),
        (ErrorKind::ModuleMissing, Op::Open)
    );
    assert!(error.to_string().contains("modprobe ip_vs"), "{error}");
}

/// The system is not even asked.
#[test]
fn a_path_that_cannot_be_one_is_refused() {
    let options = Options::new().with_namespace(NamespaceSource::Path("blue\0red".into()));
    let error = Client::open(&options).unwrap_err();
    assert_eq!(
        (error.kind(), error.op(), error.errno()),
        (ErrorKind::InvalidInput, Op::Open, None)
    );
    assert!(error.to_string().contains("namespace blue"), "{error}");
}

#[test]
fn a_stopped_daemon_whose_answer_is_missing_is_stopped() {
    let script = Script::new(|asked| match asked.command {
        // Nothing at all, as kernels do when the thread has not run yet.
        IPVS_CMD_DEL_DAEMON => vec![],
        _ => vec![Answer::Daemon(daemon(DaemonRole::Backup)), Answer::Done(0)],
    });
    script
        .open()
        .unwrap()
        .stop_daemon(DaemonRole::Master)
        .unwrap();
}

#[test]
fn a_daemon_that_runs_on_is_not_stopped() {
    let script = Script::new(|asked| match asked.command {
        IPVS_CMD_DEL_DAEMON => vec![],
        _ => vec![Answer::Daemon(daemon(DaemonRole::Master)), Answer::Done(0)],
    });
    let error = script
        .open()
        .unwrap()
        .stop_daemon(DaemonRole::Master)
        .unwrap_err();
    assert_eq!(error.object(), Some(&Object::Daemon(DaemonRole::Master)));
    assert_eq!((error.kind(), error.op()), (ErrorKind::Io, Op::StopDaemon));
}

#[test]
fn stopping_a_daemon_that_does_not_run_says_so() {
    let script = Script::new(|asked| match asked.command {
        IPVS_CMD_DEL_DAEMON => vec![Answer::Errno(e::ESRCH)],
        _ => vec![Answer::Done(0)],
    });
    let error = script
        .open()
        .unwrap()
        .stop_daemon(DaemonRole::Backup)
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::DaemonNotRunning, "{error}");
}

#[test]
fn the_listing_behind_a_stop_may_fail() {
    let script = Script::new(|asked| match asked.command {
        IPVS_CMD_DEL_DAEMON => vec![],
        _ => vec![Answer::Errno(e::ENOMEM)],
    });
    script
        .open()
        .unwrap()
        .stop_daemon(DaemonRole::Backup)
        .unwrap();
}

#[test]
fn a_family_with_a_new_number_is_found_again_and_the_request_repeated() {
    for errno in [e::ENOENT, e::EOPNOTSUPP] {
        let mut families = [FAMILY, FAMILY + 1].into_iter();
        let script = Script::with_families(
            move || families.next().unwrap(),
            move |asked| match asked.family {
                FAMILY => vec![Answer::Errno(errno)],
                _ => vec![Answer::Ack],
            },
        );
        let log = script.log();
        script.open().unwrap().add_service(&web()).unwrap();
        assert_eq!(log.commands(), [IPVS_CMD_NEW_SERVICE, IPVS_CMD_NEW_SERVICE]);
    }
}

#[test]
fn an_enoent_of_a_family_with_the_same_number_is_what_it_is() {
    let script = Script::new(|_| vec![Answer::Errno(e::ENOENT)]);
    let log = script.log();
    let error = script.open().unwrap().add_service(&web()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnknownScheduler);
    assert_eq!(
        error.to_string(),
        "add service tcp 192.0.2.1:80: scheduler: the kernel has no scheduler wlc (ENOENT); \
         load its module as root: modprobe ip_vs_wlc"
    );
    assert_eq!(log.commands(), [IPVS_CMD_NEW_SERVICE]);
}

#[test]
fn a_family_that_is_gone_is_module_missing() {
    let mut families = [FAMILY, 0].into_iter();
    let script = Script::with_families(
        move || families.next().unwrap(),
        |_| vec![Answer::Errno(e::ENOENT)],
    );
    let error = script.open().unwrap().flush().unwrap_err();
    assert_eq!(
        (error.kind(), error.op()),
        (ErrorKind::ModuleMissing, Op::Flush)
    );
}

#[test]
fn silence_is_a_time_out_and_a_write_may_have_happened() {
    let script = Script::new(|_| vec![]);
    let client = script.open().unwrap();
    let error = client.add_service(&web()).unwrap_err();
    assert_eq!(
        (error.kind(), error.applied()),
        (ErrorKind::TimedOut, Applied::Unknown)
    );
    let error = client.services().unwrap_err();
    assert_eq!(
        (error.kind(), error.applied()),
        (ErrorKind::TimedOut, Applied::No)
    );
}

#[test]
fn answers_that_come_too_late_do_not_meet_the_next_request() {
    let mut late = true;
    let script = Script::new(move |_| match std::mem::take(&mut late) {
        true => vec![
            Answer::Fails(ReceiveError::TimedOut),
            Answer::Errno(e::EEXIST),
        ],
        false => vec![
            Answer::Stale(Box::new(Answer::Errno(e::EINVAL))),
            Answer::Ack,
        ],
    });
    let client = script.open().unwrap();
    assert_eq!(
        client.add_service(&web()).unwrap_err().kind(),
        ErrorKind::TimedOut
    );
    client.add_service(&web()).unwrap();
}

#[test]
fn lost_answers_are_an_overrun_and_the_client_goes_on() {
    for lost in [|| Answer::Fails(ReceiveError::Overrun), || Answer::Overrun] {
        let mut first = true;
        let script = Script::new(move |_| match std::mem::take(&mut first) {
            true => vec![lost()],
            false => vec![Answer::Ack],
        });
        let client = script.open().unwrap();
        let error = client.flush().unwrap_err();
        assert_eq!(
            (error.kind(), error.applied()),
            (ErrorKind::Overrun, Applied::Unknown)
        );
        client.flush().unwrap();
    }
}

#[test]
fn an_answer_that_does_not_fit_is_a_protocol_error() {
    let (length, buffer) = (70_000, 32_768);
    let fails = move || Answer::Fails(ReceiveError::Truncated { length, buffer });
    let error = Script::new(move |_| vec![fails()])
        .open()
        .unwrap()
        .services()
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Protocol);
    assert!(error.to_string().contains("70000 bytes"), "{error}");
}

#[test]
fn an_answer_that_cannot_be_read_names_the_attribute() {
    let script = Script::new(|_| vec![Answer::Attributes(IPVS_CMD_SET_INFO, Vec::new())]);
    let error = script.open().unwrap().info().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Protocol);
    assert_eq!(
        error.to_string(),
        "get info: IPVS_INFO_ATTR_VERSION is missing"
    );
}

#[test]
fn a_reply_that_is_none_is_a_protocol_error() {
    let error = Script::new(|_| vec![Answer::Ack])
        .open()
        .unwrap()
        .timeouts()
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Protocol);
}

#[test]
fn a_child_process_must_open_its_own() {
    let mut client = Script::new(|_| vec![Answer::Ack]).open().unwrap();
    client.flush().unwrap();
    client.owner = crate::door::Owner::another_process();
    let error = client.flush().unwrap_err();
    assert_eq!(
        (error.kind(), error.applied()),
        (ErrorKind::Forked, Applied::No)
    );
    assert_eq!(
        client.stream_services().unwrap_err().kind(),
        ErrorKind::Forked
    );
}

#[test]
fn a_request_that_cannot_be_sent_changed_nothing() {
    let script = Script::new(|_| vec![Answer::Ack]).failing_to_send(e::ENOBUFS);
    let error = script.open().unwrap().flush().unwrap_err();
    assert_eq!(
        (error.kind(), error.applied()),
        (ErrorKind::Io, Applied::No)
    );
    assert_eq!(error.errno(), Some(e::ENOBUFS));
    let script = Script::new(|_| vec![Answer::Ack]).failing_to_send(e::EMSGSIZE);
    assert_eq!(
        script.open().unwrap().flush().unwrap_err().kind(),
        ErrorKind::Internal
    );
}

#[test]
fn what_we_refuse_is_never_sent_unless_the_kernel_is_to_judge() {
    let odd = Service::new("300 192.0.2.1:80".parse().unwrap());
    let script = Script::new(|_| vec![Answer::Ack]);
    let log = script.log();
    let mut client = script.open().unwrap();
    let error = client.add_service(&odd).unwrap_err();
    assert_eq!(
        (error.kind(), error.field()),
        (ErrorKind::InvalidInput, Some("protocol"))
    );
    assert!(log.commands().is_empty());
    client.checks = Checks::Kernel;
    client.add_service(&odd).unwrap();
    assert_eq!(log.commands(), [IPVS_CMD_NEW_SERVICE]);
    // What no request can hold is refused all the same.
    let half = web().with_persistence(Duration::from_millis(500));
    let error = client.add_service(&half).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert_eq!(log.commands().len(), 1);
}

#[test]
fn a_dest_of_another_family_gets_its_own_explanation() {
    let client = Script::new(|_| vec![Answer::Errno(e::EINVAL)])
        .open()
        .unwrap();
    let error = client.add_dest(&web().key, &server()).unwrap_err();
    assert!(
        error.cure().unwrap().contains("ip link set lo up"),
        "{error}"
    );
    let v6 = Dest::new([0x2001, 0xdb8, 0, 0, 0, 0, 0, 1], 80, ForwardMethod::TUNNEL);
    let error = client.add_dest(&web().key, &v6).unwrap_err();
    assert!(error.cure().unwrap().contains("no sync daemon"), "{error}");
}

#[test]
fn the_kernels_own_words_are_passed_on() {
    let words = "Attribute failed policy validation";
    let client = Script::new(move |_| vec![Answer::Words(e::EINVAL, words)])
        .open()
        .unwrap();
    let error = client
        .start_daemon(&daemon(DaemonRole::Master))
        .unwrap_err();
    assert!(error.to_string().contains(words), "{error}");
}

#[test]
fn the_readme_shows_sentences_that_are_said() {
    let readme = include_str!("../../../README.md");
    let lab = Service::new("tcp 10.0.2.100:80".parse().unwrap());
    let client = Script::new(|_| vec![Answer::Errno(e::EEXIST)])
        .open()
        .unwrap();
    let heavy = server().with_weight(4_000_000_000);
    for error in [
        client.add_service(&lab).unwrap_err(),
        client.add_dest(&lab.key, &heavy).unwrap_err(),
        Script::with_families(|| 0, |_| vec![]).open().unwrap_err(),
    ] {
        assert!(readme.contains(&format!("\n{error}\n")), "{error}");
    }
}

#[test]
fn a_stop_that_was_acknowledged_is_one_whatever_the_listing_says() {
    for listing in [
        || vec![Answer::Daemon(daemon(DaemonRole::Master)), Answer::Done(0)],
        || vec![Answer::Fails(ReceiveError::TimedOut)],
        || vec![Answer::Done(e::ENOMEM)],
    ] {
        let script = Script::new(move |asked| match asked.command {
            IPVS_CMD_DEL_DAEMON => vec![Answer::Ack],
            _ => listing(),
        });
        let client = script.open().unwrap();
        client.stop_daemon(DaemonRole::Master).unwrap();
    }
}

#[test]
fn a_stop_that_was_refused_is_none_whatever_becomes_of_the_listing() {
    for failure in [
        || ReceiveError::TimedOut,
        || ReceiveError::Overrun,
        || ReceiveError::Os(io::Error::from_raw_os_error(e::ENOMEM)),
    ] {
        let script = Script::new(move |asked| match asked.command {
            IPVS_CMD_DEL_DAEMON => vec![Answer::Errno(e::ESRCH)],
            _ => vec![Answer::Fails(failure())],
        });
        let client = script.open().unwrap();
        let error = client.stop_daemon(DaemonRole::Master).unwrap_err();
        let told = (error.kind(), error.applied());
        assert_eq!(told, (ErrorKind::DaemonNotRunning, Applied::No), "{error}");
    }
}

#[test]
fn an_edit_that_could_not_read_changed_nothing() {
    let client = Script::new(|_| vec![]).open().unwrap();
    let edit = crate::ServiceEdit::new().with_scheduler(crate::Scheduler::RR);
    let error = client.edit_service(&web().key, &edit).unwrap_err();
    assert_eq!(
        (error.kind(), error.applied()),
        (ErrorKind::TimedOut, Applied::No)
    );
    let edit = crate::DestEdit::new().with_weight(3);
    let error = client
        .edit_dest(&web().key, &server().key, &edit)
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.applied()),
        (ErrorKind::TimedOut, Applied::No)
    );
}

#[test]
fn an_edit_whose_write_is_not_answered_may_have_happened() {
    let script = Script::new(|asked| match asked.command {
        IPVS_CMD_GET_SERVICE => vec![Answer::Service(web())],
        _ => vec![],
    });
    let edit = crate::ServiceEdit::new().with_scheduler(crate::Scheduler::RR);
    let client = script.open().unwrap();
    let error = client.edit_service(&web().key, &edit).unwrap_err();
    assert_eq!(error.applied(), Applied::Unknown);
}

#[test]
fn an_edit_may_not_make_what_an_addition_may_not() {
    let every_port = Service::new("tcp 192.0.2.1:0".parse().unwrap());
    let every_port = every_port.with_persistence(Duration::from_secs(600));
    let script = Script::new(move |_| vec![Answer::Service(every_port)]);
    let log = script.log();
    let edit = crate::ServiceEdit::new().without_persistence();
    let client = script.open().unwrap();
    let error = client.edit_service(&every_port.key, &edit).unwrap_err();
    assert_eq!(error.field(), Some("port"), "{error}");
    assert_eq!(log.commands(), [IPVS_CMD_GET_SERVICE]);
}

#[test]
fn what_the_last_owner_of_a_socket_left_unread_is_thrown_away() {
    let script = Script::new(|_| vec![Answer::Ack]).left_unread();
    script.open().unwrap().flush().unwrap();
}

#[test]
fn no_operation_takes_a_vanished_module_for_success() {
    let open = || {
        let mut families = [FAMILY, 0].into_iter();
        let script = Script::with_families(
            move || families.next().unwrap_or(0),
            |_| vec![Answer::Errno(e::ENOENT)],
        );
        script.open().unwrap()
    };
    for outcome in [
        open().stop_daemon(DaemonRole::Master),
        open().start_daemon(&daemon(DaemonRole::Master)),
        open().add_service(&web()),
        open().remove_service(&web().key),
        open().remove_dest(&web().key, &server().key),
        open().set_timeouts(&crate::Timeouts::default().into()),
        open().zero(),
        open().info().map(|_| ()),
        open().services().map(|_| ()),
        open().dests(&web().key).map(|_| ()),
        open().snapshot().map(|_| ()),
    ] {
        let error = outcome.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ModuleMissing, "{error}");
        assert_eq!(error.applied(), Applied::No, "{error}");
    }
}
