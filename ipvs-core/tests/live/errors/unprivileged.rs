//! Rows of those who lack CAP_NET_ADMIN in the initial user namespace.

use ipvs_core::{
    Applied, Client, DaemonRole, DestEdit, DestKey, Error, ErrorKind, Op, Scheduler, Service,
    ServiceEdit, ServiceKey, SyncDaemon, TimeoutsEdit,
};
use ipvs_sys::errno::{EOPNOTSUPP, EPERM};
use ipvs_sys::uapi::{IPVS_CMD_MAX, IPVS_CMD_NEW_SERVICE};

use super::{Case, Row, assert_says, rows};
use crate::nest::SERVICE;
use crate::raw::Raw;
use crate::site::masquerade;

pub fn rows() -> Vec<Row> {
    rows![
        any EPERM nobody_without_a_capability;
        any EPERM root_without_capabilities;
        any EPERM root_of_a_user_namespace;
        any EPERM root_of_a_rootless_container;
    ]
}

fn nobody_without_a_capability(case: &Case<'_>) {
    let nobody = [
        "--reuid=65534",
        "--regid=65534",
        "--clear-groups",
        "--bounding-set=-all",
    ];
    everything_is_refused_to(case, "setpriv", &nobody);
}

fn root_without_capabilities(case: &Case<'_>) {
    everything_is_refused_to(case, "setpriv", &["--bounding-set=-all", "--inh-caps=-all"]);
}

fn root_of_a_user_namespace(case: &Case<'_>) {
    everything_is_refused_to(case, "unshare", &["--user", "--map-root-user"]);
}

fn root_of_a_rootless_container(case: &Case<'_>) {
    everything_is_refused_to(case, "unshare", &["--user", "--map-root-user", "--net"]);
}

/// Looks at what somebody was told who is made by this program and its arguments.
fn everything_is_refused_to(case: &Case<'_>, wrapper: &str, arguments: &[&str]) {
    let told = case.site.as_somebody(wrapper, arguments);
    // Every operation but those that ask nothing of IPVS, and those that read files.
    let asking = |op: &&Op| !asks_nothing(op) && !is_of_files(op);
    assert_eq!(
        told.lines().count(),
        Op::ALL.iter().filter(asking).count(),
        "{told}"
    );
    for line in told.lines() {
        let (op, errno) = line.split_once(' ').unwrap();
        case.raw(Err::<(), _>(errno.parse().unwrap()), op);
    }
}

fn asks_nothing(op: &Op) -> bool {
    matches!(
        op,
        Op::Parse | Op::Print | Op::Plan | Op::Open | Op::Namespace
    )
}

fn is_of_files(op: &Op) -> bool {
    use Op::*;
    let tables = matches!(
        op,
        Connections | SyncedConnections | Applications | KernelTable
    );
    tables || matches!(op, TotalStats | CpuStats | Status | Sysctl | SetSysctl)
}

/// Tries everything that asks IPVS; each operation and the errno that it is refused with, a line
/// each.
pub fn tell(client: &Client, raw: &mut Raw) -> String {
    let mut told = String::new();
    for (op, error) in everything(client) {
        assert_eq!(error.op(), op, "{error}");
        assert_eq!(error.kind(), ErrorKind::PermissionDenied, "{error}");
        assert_eq!(error.errno(), Some(EPERM), "{error}");
        assert_eq!(error.applied(), Applied::No, "{error}");
        assert_says(
            &error,
            &[
                &op.to_string(),
                "permission denied (EPERM)",
                "CAP_NET_ADMIN in the initial user namespace",
            ],
        );
        told += &format!("{op} {EPERM}\n", op = op.name());
    }
    // Who may not is told so before anything of the request is read, but not
    // before the command is known to exist.
    assert_eq!(raw.send(IPVS_CMD_NEW_SERVICE, &[]), Err(EPERM));
    assert_eq!(raw.send(IPVS_CMD_MAX + 1, &[]), Err(EOPNOTSUPP));
    told
}

fn everything(client: &Client) -> Vec<(Op, Error)> {
    let key: ServiceKey = SERVICE.parse().unwrap();
    let service = Service::new(key);
    let dest = masquerade("10.0.3.100:80");
    let dest_key: DestKey = dest.key;
    let edit = ServiceEdit::new().with_scheduler(Scheduler::RR);
    let dest_edit = DestEdit::new().with_weight(2);
    let daemon = SyncDaemon::new(DaemonRole::Backup, "lo".parse().unwrap());
    vec![
        (Op::Services, client.services().unwrap_err()),
        (Op::Service, client.service(&key).unwrap_err()),
        (Op::AddService, client.add_service(&service).unwrap_err()),
        (
            Op::UpdateService,
            client.update_service(&service).unwrap_err(),
        ),
        (
            Op::EditService,
            client.edit_service(&key, &edit).unwrap_err(),
        ),
        (Op::RemoveService, client.remove_service(&key).unwrap_err()),
        (Op::Dests, client.dests(&key).unwrap_err()),
        (Op::Dest, client.dest(&key, &dest_key).unwrap_err()),
        (Op::AddDest, client.add_dest(&key, &dest).unwrap_err()),
        (Op::UpdateDest, client.update_dest(&key, &dest).unwrap_err()),
        (
            Op::EditDest,
            client.edit_dest(&key, &dest_key, &dest_edit).unwrap_err(),
        ),
        (
            Op::RemoveDest,
            client.remove_dest(&key, &dest_key).unwrap_err(),
        ),
        (Op::Daemons, client.daemons().unwrap_err()),
        (Op::StartDaemon, client.start_daemon(&daemon).unwrap_err()),
        (
            Op::StopDaemon,
            client.stop_daemon(DaemonRole::Backup).unwrap_err(),
        ),
        (Op::Timeouts, client.timeouts().unwrap_err()),
        (
            Op::SetTimeouts,
            client.set_timeouts(&TimeoutsEdit::new()).unwrap_err(),
        ),
        (Op::Info, client.info().unwrap_err()),
        (Op::Flush, client.flush().unwrap_err()),
        (Op::Zero, client.zero().unwrap_err()),
        (Op::ZeroService, client.zero_service(&key).unwrap_err()),
        (Op::Snapshot, client.snapshot().unwrap_err()),
        (Op::List, client.list().unwrap_err()),
    ]
}
