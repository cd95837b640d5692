//! What is measured.

use ipvs_core::{Change, Table};

use crate::tables::{self, Size};

/// One thing that every contender does in its way.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Workload {
    /// Starting, and no more.
    Nothing,
    Load,
    /// As [`Load`](Self::Load), and the making of the batch is measured, too.
    Compose,
    Services,
    Wide,
    Edit,
    Delete,
    Flush,
    List,
    /// As [`List`](Self::List), over several sockets at once: whether that would help.
    Overlap,
    Fix,
    Reload,
    Stream,
}

impl Workload {
    pub(crate) const ALL: [Workload; 13] = [
        Workload::Nothing,
        Workload::Load,
        Workload::Compose,
        Workload::Services,
        Workload::Wide,
        Workload::Edit,
        Workload::Delete,
        Workload::Flush,
        Workload::List,
        Workload::Overlap,
        Workload::Fix,
        Workload::Reload,
        Workload::Stream,
    ];

    /// What the Python package is compared at.
    pub(crate) const PYTHON: [Workload; 2] = [Workload::Load, Workload::List];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Workload::Nothing => "nothing",
            Workload::Load => "load",
            Workload::Compose => "compose",
            Workload::Services => "services",
            Workload::Wide => "wide",
            Workload::Edit => "edit",
            Workload::Delete => "delete",
            Workload::Flush => "flush",
            Workload::List => "list",
            Workload::Overlap => "overlap",
            Workload::Fix => "fix",
            Workload::Reload => "reload",
            Workload::Stream => "stream",
        }
    }

    /// Its row of the README's table.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Workload::Nothing => "start and end",
            Workload::Load => "create 1,000 services with 10 dests each, per object",
            Workload::Compose => "the same, and the making of the batch, per object",
            Workload::Services => "create 10,000 services, each",
            Workload::Wide => "create one service with 10,000 dests, per dest",
            Workload::Edit => "edit the weight of 10,000 dests, each",
            Workload::Delete => "delete 10,000 dests one by one, each",
            Workload::Flush => "flush 1,000 services with 10 dests each",
            Workload::List => "list them all with statistics, per dest",
            Workload::Overlap => "the same over 8 sockets at once, per dest",
            Workload::Fix => "find and fix 10 of 10,000 dests",
            Workload::Reload => "bring a changed table of 10,000 dests into force",
            Workload::Stream => "stream 10,000 services with 10 dests each, per dest",
        }
    }

    /// How many operations its numbers are divided by; 1: the whole is told.
    pub(crate) fn operations(self, size: Size) -> f64 {
        let Size { services, dests } = self.size(size);
        let (services, dests) = (f64::from(services), f64::from(services * dests));
        match self {
            Workload::Nothing | Workload::Flush | Workload::Fix | Workload::Reload => 1.0,
            Workload::Load | Workload::Compose => services + dests,
            Workload::Services => services,
            Workload::Wide | Workload::Edit | Workload::Delete => dests,
            Workload::List | Workload::Overlap | Workload::Stream => dests,
        }
    }

    /// The table that it starts from.
    pub(crate) fn before(self, size: Size) -> Table {
        let table = tables::whole(self.size(size));
        match self {
            Workload::Nothing
            | Workload::Load
            | Workload::Compose
            | Workload::Services
            | Workload::Wide => Table::new(),
            Workload::Fix => tables::with_mistakes(&table),
            _ => table,
        }
    }

    /// The table that it leaves.
    pub(crate) fn after(self, size: Size) -> Table {
        let table = tables::whole(self.size(size));
        match self {
            Workload::Nothing | Workload::Flush => Table::new(),
            Workload::Edit => tables::with_other_weights(&table),
            Workload::Delete => tables::without_dests(&table),
            Workload::Reload => tables::changed(&table),
            _ => table,
        }
    }

    /// The changes that lead from the one to the other, for who is told what to do.
    pub(crate) fn changes(self, size: Size) -> Vec<Change> {
        match self {
            Workload::Nothing | Workload::List | Workload::Overlap | Workload::Stream => Vec::new(),
            Workload::Load | Workload::Compose | Workload::Services | Workload::Wide => {
                self.after(size).changes().collect()
            }
            Workload::Flush => vec![Change::Flush],
            Workload::Edit | Workload::Delete | Workload::Fix | Workload::Reload => {
                tables::differences(&self.before(size), &self.after(size))
            }
        }
    }

    /// How large its table is, for a contender that does `size` of the usual one.
    fn size(self, size: Size) -> Size {
        let Size { services, dests } = size;
        match self {
            Workload::Services => Size {
                services: services * dests,
                dests: 0,
            },
            Workload::Wide => Size {
                services: 1,
                dests: services * dests,
            },
            Workload::Stream => Size {
                services: services * 10,
                dests,
            },
            _ => size,
        }
    }
}
