//! The files of the client's namespace below `/proc/net`.

use std::io::{BufReader, Read};
use std::iter::FusedIterator;

use super::Client;
use super::report::About;
use crate::procfs::{
    Application, Applications, Connection, Connections, CpuStats, KernelTable, Status,
    SyncedConnections, total_stats,
};
use crate::{Error, Op, Stats};

type File = BufReader<Box<dyn Read + Send>>;

/// The rows of a file of the kernel's, read as they are asked for.
///
/// It holds the file open and one row in memory, and may be dropped at any point.
/// A row that cannot be understood is an error, and the next ones follow; a failure
/// to read is the last item.
pub struct FileStream<T> {
    rows: Box<dyn Iterator<Item = Result<T, Error>> + Send>,
    about: About,
}

impl<T> Iterator for FileStream<T> {
    type Item = Result<T, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let row = self.rows.next()?;
        Some(row.map_err(|error| self.about.unreadable(error)))
    }
}

impl<T> FusedIterator for FileStream<T> {}

impl<T> std::fmt::Debug for FileStream<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FileStream")
            .field("about", &self.about)
            .finish_non_exhaustive()
    }
}

/// Of the client's network namespace, wherever they are called. In the calling thread's own
/// namespace they take no privilege, elsewhere `CAP_SYS_ADMIN`.
///
/// Each may fail with `ModuleMissing` where IPVS is not loaded, `Protocol` for a line that is
/// not what the kernel prints, `PermissionDenied`, `Io` and `Forked`.
impl Client {
    /// Reads the connection table one row after the other, in the kernel's order:
    /// connections, and the templates that keep a client with its real server.
    ///
    /// Memory stays flat however many there are. What comes and goes meanwhile may be missed or
    /// repeated.
    ///
    /// The kernel hands out some 50 rows at a time. Before Linux 7.1 it begins each time at the
    /// table's beginning and walks through the connections of every namespace: the time grows
    /// with the square of their number, minutes of the kernel's time for a million. Since 7.1 it
    /// goes on where it was, and keeps to the namespace.
    ///
    /// # Errors
    ///
    /// `ModuleMissing`, `Protocol`, `PermissionDenied`, `Io`, `Forked`, here or from the stream.
    #[doc(alias = "/proc/net/ip_vs_conn")]
    #[doc(alias = "ipvsadm -Lc")]
    pub fn connections(&self) -> Result<FileStream<Connection>, Error> {
        self.rows(Op::Connections, "ip_vs_conn", Connections::new)
    }

    /// Reads the connection table with the [`Origin`](crate::procfs::Origin) of each row, and
    /// without its persistence data; else as [`connections`](Self::connections).
    ///
    /// # Errors
    ///
    /// As [`connections`](Self::connections).
    #[doc(alias = "/proc/net/ip_vs_conn_sync")]
    pub fn synced_connections(&self) -> Result<FileStream<Connection>, Error> {
        let file = "ip_vs_conn_sync";
        self.rows(Op::SyncedConnections, file, SyncedConnections::new)
    }

    /// Reads which helpers of application protocols listen on which ports; none unless a module
    /// such as `ip_vs_ftp` is loaded.
    ///
    /// # Errors
    ///
    /// As [`connections`](Self::connections).
    #[doc(alias = "/proc/net/ip_vs_app")]
    pub fn applications(&self) -> Result<FileStream<Application>, Error> {
        self.rows(Op::Applications, "ip_vs_app", Applications::new)
    }

    /// The counters and rates of the whole namespace, as the kernel last sampled them.
    ///
    /// # Errors
    ///
    /// `ModuleMissing`, `Protocol`, `PermissionDenied`, `Io`, `Forked`.
    #[doc(alias = "/proc/net/ip_vs_stats")]
    pub fn total_stats(&self) -> Result<Stats, Error> {
        self.whole(Op::TotalStats, "ip_vs_stats", total_stats)
    }

    /// The counters of each processor, as they are now and never zeroed.
    ///
    /// # Errors
    ///
    /// As [`total_stats`](Self::total_stats).
    #[doc(alias = "/proc/net/ip_vs_stats_percpu")]
    pub fn cpu_stats(&self) -> Result<CpuStats, Error> {
        self.whole(Op::CpuStats, "ip_vs_stats_percpu", CpuStats::read)
    }

    /// How full the kernel's tables are. The file is root's: a rootless container's root cannot
    /// read it.
    ///
    /// # Errors
    ///
    /// `Unsupported` before Linux 7.1; else as [`total_stats`](Self::total_stats).
    #[doc(alias = "/proc/net/ip_vs_status")]
    pub fn status(&self) -> Result<Status, Error> {
        self.whole(Op::Status, "ip_vs_status", Status::read)
    }

    /// The services and dests as the kernel prints them, for those who may not ask over netlink:
    /// the file is everybody's to read. It leaves out much that
    /// [`snapshot`](Self::snapshot) has.
    ///
    /// # Errors
    ///
    /// As [`total_stats`](Self::total_stats).
    #[doc(alias = "/proc/net/ip_vs")]
    pub fn kernel_table(&self) -> Result<KernelTable, Error> {
        self.whole(Op::KernelTable, "ip_vs", KernelTable::read)
    }

    fn rows<T, I>(&self, op: Op, name: &str, reader: fn(File) -> I) -> Result<FileStream<T>, Error>
    where
        I: Iterator<Item = Result<T, Error>> + Send + 'static,
    {
        let about = About::new(op);
        let rows = Box::new(reader(self.open_file(&about, name)?));
        Ok(FileStream { rows, about })
    }

    fn whole<T>(&self, op: Op, name: &str, read: fn(File) -> Result<T, Error>) -> Result<T, Error> {
        let about = About::new(op);
        read(self.open_file(&about, name)?).map_err(|error| about.unreadable(error))
    }

    fn open_file(&self, about: &About, name: &str) -> Result<File, Error> {
        let file = self.files(about)?.open(name);
        // The kernel fills a page at each read, however large the buffer is.
        Ok(BufReader::new(file.map_err(|error| about.file(&error))?))
    }
}
