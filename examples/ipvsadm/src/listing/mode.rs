//! Which columns the table has.

use std::io::{self, Write};

use ipvs_core::rules::List;

/// One of the six looks of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Plain,
    Stats,
    Rate,
    Thresholds,
    PersistentConnections,
    Tunnels,
}

impl Mode {
    /// Modifiers may be combined, and the first of these counts.
    pub(super) fn of(list: &List) -> Self {
        let asked = [
            (list.stats, Mode::Stats),
            (list.rate, Mode::Rate),
            (list.thresholds, Mode::Thresholds),
            (list.persistent_connections, Mode::PersistentConnections),
            (list.tunnels, Mode::Tunnels),
        ];
        let first = asked.into_iter().find(|(asked, _)| *asked);
        first.map_or(Mode::Plain, |(_, mode)| mode)
    }

    /// The two lines of column heads.
    pub(super) fn print_title(self, out: &mut dyn Write) -> io::Result<()> {
        let services = "Prot LocalAddress:Port";
        let dests = "  -> RemoteAddress:Port";
        match self {
            Mode::Stats => writeln!(
                out,
                "{services:<33} {:>8} {:>8} {:>8} {:>8} {:>8}\n{dests}",
                "Conns", "InPkts", "OutPkts", "InBytes", "OutBytes"
            ),
            Mode::Rate => writeln!(
                out,
                "{services:<33} {:>8} {:>8} {:>8} {:>8} {:>8}\n{dests}",
                "CPS", "InPPS", "OutPPS", "InBPS", "OutBPS"
            ),
            Mode::Thresholds => writeln!(
                out,
                "{services:<33} {:<10} {:<10} {:<10} {:<10}\n{dests}",
                "Uthreshold", "Lthreshold", "ActiveConn", "InActConn"
            ),
            Mode::PersistentConnections => writeln!(
                out,
                "{services:<33} {:<9} {:<11} {:<10} {:<10}\n{dests}",
                "Weight", "PersistConn", "ActiveConn", "InActConn"
            ),
            Mode::Tunnels => writeln!(
                out,
                "{services} Scheduler Flags\n{dests:<33} {:<7} {:<13} {:<6} {:<10} InActConn",
                "Forward", "TunnelInfo", "Weight", "ActiveConn"
            ),
            Mode::Plain => writeln!(
                out,
                "{services} Scheduler Flags\n{dests:<33} {:<7} {:<6} {:<10} InActConn",
                "Forward", "Weight", "ActiveConn"
            ),
        }
    }
}
