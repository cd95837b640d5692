//! The lines that ipvsadm reads.

use std::fmt::Write as _;
use std::path::PathBuf;

use ipvs_core::Change;
use ipvs_core::rules::Format;

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
        let (format, mut text) = (Format::new(), String::new());
        for change in &changes {
            writeln!(text, "{}", format.line(change)?)?;
        }
        std::fs::write(path(workload), text)?;
    }
    Ok(())
}
