//! `-L --daemon`.

use std::io::{self, Write};

use ipvs_core::SyncDaemon;

pub(super) fn print(daemons: &[SyncDaemon], out: &mut dyn Write) -> io::Result<()> {
    for daemon in daemons {
        let (role, interface, sync_id) = (daemon.role, daemon.interface, daemon.sync_id);
        write!(
            out,
            "{role} sync daemon (mcast={interface}, syncid={sync_id}"
        )?;
        if let Some(bytes) = daemon.max_length.filter(|bytes| *bytes != 0) {
            write!(out, ", maxlen={bytes}")?;
        }
        if let Some(group) = daemon.group {
            write!(out, ", group={group}")?;
        }
        if let Some(port) = daemon.port.filter(|port| *port != 0) {
            write!(out, ", port={port}")?;
        }
        if let Some(ttl) = daemon.ttl.filter(|ttl| *ttl != 0) {
            write!(out, ", ttl={ttl}")?;
        }
        writeln!(out, ")")?;
    }
    Ok(())
}
