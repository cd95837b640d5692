//! The files of a namespace: `/proc/net/ip_vs…` and the sysctls, as the kernel prints them.

mod applications;
mod connections;
mod stats;
mod status;
mod sysctls;
mod table;
mod words;

use std::io;

use ipvs_sys::errno::{EACCES, EINVAL, ENOENT};

use self::status::{Status, Table};
pub(super) use self::sysctls::Sysctls;
use super::ipvs::{Errno, Ipvs};
use super::machine::{Machine, NamespaceId};
use crate::Sysctl;

impl Machine {
    /// The text of a file of `/proc/net`.
    pub(super) fn read_file(&mut self, id: NamespaceId, name: &str) -> io::Result<Vec<u8>> {
        self.open_file(id)?;
        let file = self.file(id, name);
        file.map_err(io::Error::from_raw_os_error)
    }

    fn file(&self, id: NamespaceId, name: &str) -> Result<Vec<u8>, Errno> {
        let ipvs = self.ipvs(id).ok_or(ENOENT)?;
        let processors = self.environment.processors;
        let connections = || ipvs.connections.at(self.now());
        Ok(match name {
            "ip_vs" => table::all(ipvs).into(),
            "ip_vs_app" => applications::all(self.has_module("ip_vs_ftp")).into(),
            "ip_vs_conn" => connections::all(&connections()),
            "ip_vs_conn_sync" => connections::synced(&connections()).into(),
            "ip_vs_stats" => stats::totals(&ipvs.totals).into(),
            "ip_vs_stats_percpu" => stats::per_cpu(&ipvs.totals, processors).into(),
            "ip_vs_status" if self.environment.release.has_growing_tables() => {
                let readable = self.environment.privileged;
                let status = readable.then(|| status(ipvs));
                status.ok_or(EACCES)?.file().into()
            }
            _ => return Err(ENOENT),
        })
    }

    /// The text of a sysctl.
    pub(super) fn read_sysctl(&mut self, id: NamespaceId, name: &str) -> io::Result<Vec<u8>> {
        self.open_file(id)?;
        let sysctls = self.ipvs(id).map(|ipvs| &ipvs.sysctls).ok_or(ENOENT);
        let text = sysctls.and_then(|sysctls| sysctls.read(name, |module| self.has_module(module)));
        text.map(String::into_bytes)
            .map_err(io::Error::from_raw_os_error)
    }

    /// Writes a sysctl; how many bytes of the text were taken.
    pub(super) fn write_sysctl(
        &mut self,
        id: NamespaceId,
        name: &str,
        text: &[u8],
    ) -> io::Result<usize> {
        self.open_file(id)?;
        let taken = self.set_sysctl(id, name, text);
        taken.map_err(io::Error::from_raw_os_error)
    }

    fn set_sysctl(&mut self, id: NamespaceId, name: &str, text: &[u8]) -> Result<usize, Errno> {
        let privileged = self.environment.privileged;
        let (ipvs, host) = self.ipvs_with_host(id).ok_or(ENOENT)?;
        let has = |module: &str| host.modules.has(module);
        ipvs.sysctls.read(name, has)?;
        if !privileged {
            return Err(EACCES);
        }
        let text = std::str::from_utf8(text).map_err(|_| EINVAL)?;
        ipvs.sysctls.write(name, text, has)
    }

    /// What a fault makes of the opening of a file.
    fn open_file(&mut self, id: NamespaceId) -> io::Result<()> {
        let fault = self.faults.on_file();
        for change in self.faults.changes() {
            // What the kernel refuses changes nothing.
            let _ = self.change(id, &change);
        }
        match fault {
            Some(errno) => Err(io::Error::from_raw_os_error(errno)),
            None => Ok(()),
        }
    }
}

fn status(ipvs: &Ipvs) -> Status {
    let load_factor = |sysctl| ipvs.sysctls.number(sysctl);
    Status {
        connections: Table::evenly(
            ipvs.connections.len(),
            ipvs.connection_buckets,
            load_factor(Sysctl::ConnLfactor),
        ),
        services: Table {
            buckets: ipvs.services.buckets(),
            load_factor: load_factor(Sysctl::SvcLfactor),
            chains: ipvs.services.chains(),
        },
        estimates: ipvs.had_services,
        samplers: ipvs.sysctls.samplers(ipvs.had_services),
    }
}
