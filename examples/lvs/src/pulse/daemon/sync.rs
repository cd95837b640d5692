//! The kernel's sync daemons: the active node sends its connections, the other takes
//! them in.

use ipvs_core::{Client, DaemonRole, Error, InterfaceName, Options, SyncDaemon};

/// Runs a daemon in one role on an interface, and none in the other.
pub(super) fn settle(role: DaemonRole, interface: InterfaceName, id: u8) -> Result<(), Error> {
    let client = Client::open(&Options::default())?;
    let wanted = SyncDaemon::new(role, interface).with_sync_id(id.into());
    let fits = |running: &SyncDaemon| {
        (running.role, running.interface, running.sync_id)
            == (wanted.role, wanted.interface, wanted.sync_id)
    };
    let running = client.daemons()?;
    for other in running.iter().filter(|running| !fits(running)) {
        client.stop_daemon(other.role)?;
    }
    if running.iter().any(fits) {
        return Ok(());
    }
    client.start_daemon(&wanted)
}

/// Runs none.
pub(super) fn stop() -> Result<(), Error> {
    let client = Client::open(&Options::default())?;
    for running in client.daemons()? {
        client.stop_daemon(running.role)?;
    }
    Ok(())
}
