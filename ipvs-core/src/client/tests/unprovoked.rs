//! The refusals that no kernel in a guest can be made to give: see the table
//! UNPROVOKED of the live suite.

use super::*;
use crate::{DaemonRole, DestEdit, ServiceEdit, TimeoutsEdit};

/// Every method of a client whose kernel answers every request with this errno.
fn everything(errno: i32) -> Vec<(Op, Error)> {
    let client = Script::new(move |asked| match asked.command {
        // The edits read before they write.
        IPVS_CMD_GET_SERVICE => vec![Answer::Service(web()), Answer::Done(0)],
        IPVS_CMD_GET_DEST => vec![Answer::Dest(server()), Answer::Done(0)],
        _ => vec![Answer::Errno(errno)],
    });
    let client = client.open().unwrap();
    let (key, dest) = (web().key, server().key);
    let weight = DestEdit::new().with_weight(2);
    vec![
        (Op::AddService, client.add_service(&web()).unwrap_err()),
        (
            Op::UpdateService,
            client.update_service(&web()).unwrap_err(),
        ),
        (
            Op::EditService,
            client.edit_service(&key, &ServiceEdit::new()).unwrap_err(),
        ),
        (Op::RemoveService, client.remove_service(&key).unwrap_err()),
        (Op::AddDest, client.add_dest(&key, &server()).unwrap_err()),
        (
            Op::UpdateDest,
            client.update_dest(&key, &server()).unwrap_err(),
        ),
        (
            Op::EditDest,
            client.edit_dest(&key, &dest, &weight).unwrap_err(),
        ),
        (Op::RemoveDest, client.remove_dest(&key, &dest).unwrap_err()),
        (
            Op::StartDaemon,
            client
                .start_daemon(&daemon(DaemonRole::Master))
                .unwrap_err(),
        ),
        (
            Op::StopDaemon,
            client.stop_daemon(DaemonRole::Master).unwrap_err(),
        ),
        (
            Op::SetTimeouts,
            client.set_timeouts(&TimeoutsEdit::new()).unwrap_err(),
        ),
        (Op::Timeouts, client.timeouts().unwrap_err()),
        (Op::Info, client.info().unwrap_err()),
        (Op::Daemons, client.daemons().unwrap_err()),
        (Op::Flush, client.flush().unwrap_err()),
        (Op::Zero, client.zero().unwrap_err()),
        (Op::ZeroService, client.zero_service(&key).unwrap_err()),
        (Op::Snapshot, client.snapshot().unwrap_err()),
        (Op::List, client.list().unwrap_err()),
    ]
}

#[test]
fn a_kernel_without_memory_is_the_kernels_failure() {
    for (op, error) in everything(e::ENOMEM) {
        assert_eq!(
            (error.op(), error.errno()),
            (op, Some(e::ENOMEM)),
            "{error}"
        );
        assert_eq!(
            (error.kind(), error.applied()),
            (ErrorKind::Io, Applied::No),
            "{error}"
        );
        assert!(
            error.to_string().contains("out of memory (ENOMEM)"),
            "{error}"
        );
    }
}

#[test]
fn a_module_that_is_being_unloaded_is_missing() {
    for (op, error) in everything(e::ENOPROTOOPT) {
        assert_eq!(
            (error.op(), error.errno()),
            (op, Some(e::ENOPROTOOPT)),
            "{error}"
        );
        assert_eq!(error.kind(), ErrorKind::ModuleMissing, "{error}");
        assert!(error.to_string().ends_with("modprobe ip_vs"), "{error}");
    }
}

#[test]
fn a_dest_can_go_between_an_edits_reading_and_writing() {
    let (_, error) = everything(e::ENOENT)
        .into_iter()
        .find(|(op, _)| *op == Op::EditDest)
        .unwrap();
    assert_eq!(
        (error.kind(), error.errno()),
        (ErrorKind::DestNotFound, Some(e::ENOENT))
    );
    assert_eq!(
        error.to_string(),
        "edit dest 10.0.3.100:8080 of tcp 192.0.2.1:80: no such dest (ENOENT)"
    );
}
