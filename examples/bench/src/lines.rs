//! The lines that ipvsadm reads.

use std::fmt::Write as _;
use std::path::PathBuf;

use ipvs_core::{Change, Dest, Service, ServiceKey};

use crate::Outcome;
use crate::contender::Contender;
use crate::workload::Workload;

/// Where a workload's lines are.
pub(crate) fn path(workload: Workload) -> PathBuf {
    std::env::temp_dir().join(format!("{}.ipvsadm", workload.name()))
}

/// Writes every workload's lines.
pub(crate) fn write_all() -> Outcome {
    for workload in Workload::ALL {
        let size = Contender::Ipvsadm.size();
        let changes: Vec<Change> = match workload {
            // It begins anew, behind its -C.
            Workload::Reload => workload.after(size).changes().collect(),
            _ => workload.changes(size),
        };
        let mut text = String::new();
        for change in &changes {
            writeln!(text, "{}", line(change)?)?;
        }
        std::fs::write(path(workload), text)?;
    }
    Ok(())
}

fn line(change: &Change) -> Outcome<String> {
    Ok(match change {
        Change::AddService(service) => format!("-A {}", of_service(service)),
        Change::RemoveService(key) => format!("-D {}", of_key(key)),
        Change::AddDest(key, dest) => format!("-a {} {}", of_key(key), of_dest(dest)),
        Change::UpdateDest(key, dest) => format!("-e {} {}", of_key(key), of_dest(dest)),
        Change::RemoveDest(key, dest) => format!("-d {} -r {dest}", of_key(key)),
        Change::Flush => "-C".to_owned(),
        other => return Err(format!("no workload does this: {other}").into()),
    })
}

fn of_key(key: &ServiceKey) -> String {
    format!("-t {}", key.to_string().trim_start_matches("tcp "))
}

fn of_service(service: &Service) -> String {
    format!("{} -s {}", of_key(&service.key), service.scheduler)
}

fn of_dest(dest: &Dest) -> String {
    format!("-r {} -m -w {}", dest.key, dest.weight)
}
