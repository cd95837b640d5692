//! What a nanny has to say, before somebody says it.

use super::talk::Said;

/// One thing to say.
#[derive(Clone, Debug, PartialEq)]
pub enum Report {
    /// A line for the log.
    Info(String),
    /// One about something that is not as it should be.
    Warning(String),
    /// Something for lvsd.
    Said(Said),
}

/// Things to say, in their order; a line once in a row of happenings.
#[derive(Clone, Debug, Default)]
pub(super) struct Reports(Vec<Report>);

impl Reports {
    pub(super) fn info(&mut self, line: String) {
        self.once(Report::Info(line));
    }

    pub(super) fn warning(&mut self, line: String) {
        self.once(Report::Warning(line));
    }

    pub(super) fn said(&mut self, said: Said) {
        self.0.push(Report::Said(said));
    }

    pub(super) fn take(&mut self) -> Vec<Report> {
        std::mem::take(&mut self.0)
    }

    /// Services that share a check have the same to say.
    fn once(&mut self, report: Report) {
        if !self.0.contains(&report) {
            self.0.push(report);
        }
    }
}
