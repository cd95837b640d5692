//! Lines that describe a whole table.

use std::collections::{HashMap, HashSet};
use std::io::BufRead;

use super::reader::on_line;
use super::{Names, NoNames, Reader, Rule};
use crate::{
    Change, DestKey, Error, ServiceKey, SyncDaemon, Table, TableService, Timeouts, TimeoutsEdit,
};

/// Makes a table of lines: `-A` for each service and `-a` for its dests, as
/// `ipvsadm -S` writes them; and, once each, `--set` for its time-outs and
/// `--start-daemon` for its daemons. Names are mistakes, see [`parse_table`].
///
/// ```
/// let table = ipvs_core::rules::parse(
///     "-A -t 192.0.2.1:80 -s rr\n\
///      -a -t 192.0.2.1:80 -r 10.0.3.100:8080 -m -w 3\n",
/// )?;
/// assert_eq!(table.services.len(), 1);
/// assert_eq!(table.services[0].dests[0].weight, 3);
/// assert_eq!(ipvs_core::rules::parse(&ipvs_core::rules::print(&table)?)?, table);
/// # Ok::<(), ipvs_core::Error>(())
/// ```
///
/// # Errors
///
/// `InvalidInput` with the line's number, at the first line that is no rule,
/// another command, a service or dest that is there already, or a dest whose
/// service is not there yet.
#[doc(alias = "ipvsadm -R")]
pub fn parse(text: &str) -> Result<Table, Error> {
    parse_table(text.as_bytes(), NoNames)
}

/// Makes a table of the lines of any reader, with names looked up in `names`; as [`parse`].
///
/// # Errors
///
/// Those of [`parse`], and `Io` when the reader fails.
#[doc(alias = "ipvsadm -R")]
pub fn parse_table(reader: impl BufRead, names: impl Names) -> Result<Table, Error> {
    let mut growing = Growing::default();
    for rule in Reader::with_names(reader, names) {
        let Rule { line, change } = rule?;
        growing.take(change).map_err(|cause| on_line(line, cause))?;
    }
    Ok(growing.table)
}

/// A table with an index to what is in it.
#[derive(Default)]
struct Growing {
    table: Table,
    services: HashMap<ServiceKey, usize>,
    dests: HashSet<(ServiceKey, DestKey)>,
}

impl Growing {
    fn take(&mut self, change: Change) -> Result<(), String> {
        match change {
            Change::AddService(service) => {
                let index = self.table.services.len();
                if self.services.insert(service.key, index).is_some() {
                    return Err(format!("service {} is there already", service.key));
                }
                let held = TableService::new(service, Vec::new());
                self.table.services.push(held);
            }
            Change::AddDest(key, dest) => {
                let index = self.services.get(&key).copied();
                let held = index.and_then(|index| self.table.services.get_mut(index));
                let held = held.ok_or_else(|| format!("service {key} is not there yet"))?;
                if !self.dests.insert((key, dest.key)) {
                    return Err(format!("dest {} of {key} is there already", dest.key));
                }
                held.dests.push(dest);
            }
            Change::SetTimeouts(edit) => self.set(edit)?,
            Change::StartDaemon(daemon) => self.start(daemon)?,
            other => return Err(format!("a table has no command to {}", other.op())),
        }
        Ok(())
    }

    fn set(&mut self, edit: TimeoutsEdit) -> Result<(), String> {
        let TimeoutsEdit {
            tcp: Some(tcp),
            tcp_fin: Some(tcp_fin),
            udp: Some(udp),
        } = edit
        else {
            return Err("a table needs all three time-outs, from 1 second".to_owned());
        };
        match self
            .table
            .timeouts
            .replace(Timeouts::new(tcp, tcp_fin, udp))
        {
            None => Ok(()),
            Some(_) => Err("the time-outs are there already".to_owned()),
        }
    }

    fn start(&mut self, daemon: SyncDaemon) -> Result<(), String> {
        let daemons = self.table.daemons.get_or_insert_default();
        if daemons.iter().any(|other| other.role == daemon.role) {
            return Err(format!("the {} daemon is there already", daemon.role));
        }
        daemons.push(daemon);
        Ok(())
    }
}
