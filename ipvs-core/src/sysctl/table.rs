//! Every sysctl of IPVS, one row each.

use super::{Row, SysctlForm, SysctlNeed, SysctlValue};

/// The highest `int`.
const INT: i128 = i32::MAX as i128;
/// The most seconds that every kernel turns into ticks of an `int`: 2^31 at 1000 Hz.
const SECONDS: i128 = 2_147_483;

macro_rules! sysctls {
    ($($(#[$doc:meta])* $variant:ident $path:literal $since:expr, $row:expr;)*) => {
        /// A sysctl of IPVS: `net.ipv4.vs.*`, of which each network namespace has its own.
        ///
        /// The words of each begin with what it does; what the kernel takes beside the
        /// [range](Self::range) follows, where it takes more.
        /// [`Checks::Kernel`](crate::Checks::Kernel) sends that too.
        ///
        /// Before Linux 6.10, a network namespace that belongs to another user namespace than
        /// the first has none of them; since then its root may write them, those apart that say
        /// otherwise.
        ///
        /// ```no_run
        /// use ipvs_core::{Client, Options, Sysctl};
        ///
        /// let client = Client::open(&Options::new())?;
        /// client.set_sysctl(Sysctl::ExpireNodestConn, &true.into())?;
        /// assert_eq!(client.sysctl(Sysctl::ExpireNodestConn)?.as_bool(), Some(true));
        /// # Ok::<(), ipvs_core::Error>(())
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Sysctl {
            $($(#[$doc])* #[doc(alias = $path)] $variant,)*
        }

        impl Sysctl {
            /// Every sysctl, by name.
            pub const ALL: &'static [Sysctl] = &[$(Sysctl::$variant,)*];

            pub(super) fn row(self) -> Row {
                match self {
                    $(Sysctl::$variant => Row { path: $path, since: $since, ..$row },)*
                }
            }
        }
    };
}

/// A row but for its path and release, which the table fills in.
fn row(form: SysctlForm) -> Row {
    Row {
        path: "",
        form,
        unit: None,
        default: None,
        since: (0, 0, 0),
        needs: None,
    }
}

fn switch(default: bool) -> Row {
    row(SysctlForm::Switch).default(default)
}

fn number(min: i128, max: i128) -> Row {
    row(SysctlForm::Number { min, max })
}

impl Row {
    fn default(mut self, value: impl Into<SysctlValue>) -> Row {
        self.default = Some(value.into());
        self
    }

    fn unit(mut self, unit: &'static str) -> Row {
        self.unit = Some(unit);
        self
    }

    fn needs(mut self, need: SysctlNeed) -> Row {
        self.needs = Some(need);
        self
    }
}

const ON: bool = true;
const OFF: bool = false;

sysctls! {
    /// While [`DropPacket`](Sysctl::DropPacket) is 3, every so manyth packet of a new connection
    /// is dropped; 0 for none.
    AmDroprate "net.ipv4.vs.am_droprate" (2, 6, 0),
        number(0, INT).unit("packets").default(10);
    /// Memory counts as short when fewer pages than this are free: what
    /// [`DropEntry`](Sysctl::DropEntry), [`DropPacket`](Sysctl::DropPacket) and
    /// [`SecureTcp`](Sysctl::SecureTcp) wait for. The kernel takes a negative number for 0.
    Amemthresh "net.ipv4.vs.amemthresh" (2, 6, 0),
        number(0, INT).unit("pages").default(1024);
    /// A backup, in whose namespace that sync daemon runs, does not balance: what arrives for a
    /// service goes to this host itself. For hosts that are each other's backup and real server.
    BackupOnly "net.ipv4.vs.backup_only" (3, 9, 0),
        switch(OFF);
    /// Packets for a transparent cache whose service has no dest left go to where they were
    /// addressed.
    CacheBypass "net.ipv4.vs.cache_bypass" (2, 6, 0),
        switch(OFF);
    /// How many entries of the connection table there are for each of its buckets, as a power of
    /// two: what the table grows and shrinks by. The lower, the larger and faster it is; a
    /// masqueraded connection has two entries. In the first network namespace the default is -4.
    /// Only the first user namespace's root may write it.
    ConnLfactor "net.ipv4.vs.conn_lfactor" (7, 1, 0),
        number(-8, 8).unit("power of two").default(-2);
    /// The most connections. What the first user namespace's root sets is also the most that
    /// the root of a rootless container may set there. A new namespace begins with that of the
    /// first one, where it is 2^30 (32-bit kernels: 2^24, and no more can be set).
    ConnMax "net.ipv4.vs.conn_max" (7, 2, 0),
        number(0, 1 << 30).unit("connections");
    /// What becomes of a new connection from a port whose former connection IPVS still knows: 0
    /// sends it to the same real server; 1 schedules it anew where the former one has ended (TCP
    /// in TIME_WAIT or CLOSE) or its real server has weight 0; 2 and 3 also where it is about to
    /// end (FIN_WAIT), for methods that show IPVS one direction only. The kernel takes any
    /// number.
    ConnReuseMode "net.ipv4.vs.conn_reuse_mode" (4, 1, 0),
        number(0, 3).default(1);
    /// Keeps connections in the firewall's connection tracking, for rules that look at their
    /// state. It costs speed.
    Conntrack "net.ipv4.vs.conntrack" (2, 6, 37),
        switch(OFF).needs(SysctlNeed::Build("CONFIG_IP_VS_NFCT"));
    /// How much IPVS tells in the kernel's log. One for all namespaces; only the first may write
    /// it. The kernel takes any number.
    DebugLevel "net.ipv4.vs.debug_level" (2, 6, 0),
        number(0, INT).default(0).needs(SysctlNeed::Build("CONFIG_IP_VS_DEBUG"));
    /// Drops random connections of the table: 0 never, 1 while memory is short, 3 always. The
    /// kernel turns 1 into 2 when memory gets short, and back.
    DropEntry "net.ipv4.vs.drop_entry" (2, 6, 0),
        number(0, 3).default(0);
    /// Drops some packets of new connections: 0 none, 1 while memory is short, the more the
    /// shorter, 3 one in [`AmDroprate`](Sysctl::AmDroprate). The kernel turns 1 into 2 when
    /// memory gets short, and back.
    DropPacket "net.ipv4.vs.drop_packet" (2, 6, 0),
        number(0, 3).default(0);
    /// Which processors do what [`RunEstimation`](Sysctl::RunEstimation) says; empty for none,
    /// which stops it. The default is what the kernel keeps for its own housekeeping. The kernel
    /// refuses the number of a processor that cannot be. Only the first user namespace's root
    /// may write it.
    EstCpulist "net.ipv4.vs.est_cpulist" (6, 2, 0),
        row(SysctlForm::CpuList);
    /// How nice the threads are that do what [`RunEstimation`](Sysctl::RunEstimation) says. Only
    /// the first user namespace's root may write it.
    EstNice "net.ipv4.vs.est_nice" (6, 2, 0),
        number(-20, 19).unit("nice value").default(0);
    /// Ends connections whose real server was removed with their next packet, so that clients
    /// connect anew at once. Off, their packets are dropped until they time out.
    ExpireNodestConn "net.ipv4.vs.expire_nodest_conn" (2, 6, 0),
        switch(OFF);
    /// Forgets which real server a client persisted on when that has weight 0 now. Off, new
    /// connections of such a client keep arriving there.
    ExpireQuiescentTemplate "net.ipv4.vs.expire_quiescent_template" (2, 6, 0),
        switch(OFF);
    /// Leaves packets of protocols that it does not balance alone, those of tunnels first of all:
    /// a director that is a real server too would balance again what a tunnel brought it.
    IgnoreTunneled "net.ipv4.vs.ignore_tunneled" (4, 4, 0),
        switch(OFF);
    /// How long the scheduler `lblc` remembers which real server a client's address went to. The
    /// kernel takes a negative number too. Network namespaces of rootless containers haven't got
    /// it.
    LblcExpiration "net.ipv4.vs.lblc_expiration" (2, 6, 0),
        number(0, SECONDS).unit("seconds").default(86_400).needs(SysctlNeed::Module("ip_vs_lblc"));
    /// The same of the scheduler `lblcr`.
    LblcrExpiration "net.ipv4.vs.lblcr_expiration" (2, 6, 0),
        number(0, SECONDS).unit("seconds").default(86_400).needs(SysctlNeed::Module("ip_vs_lblcr"));
    /// Tells a masquerading real server by ICMP when its packet has no connection any more.
    NatIcmpSend "net.ipv4.vs.nat_icmp_send" (2, 6, 0),
        switch(OFF);
    /// Answers packets that are too long for the way to a real server behind a tunnel with ICMP,
    /// so that the client sends shorter ones. Off, they are cut in two.
    PmtuDisc "net.ipv4.vs.pmtu_disc" (3, 7, 0),
        switch(ON);
    /// Samples the counters of services and dests every two seconds and computes rates. Off, what
    /// the kernel tells of them stands still. Only the first user namespace's root may write it.
    RunEstimation "net.ipv4.vs.run_estimation" (5, 16, 0),
        switch(ON);
    /// Sends an ICMP error about a connection that this director does not know to the real server
    /// that it would choose for the connection: for directors that share one address.
    ScheduleIcmp "net.ipv4.vs.schedule_icmp" (4, 4, 0),
        switch(OFF);
    /// Follows the states of TCP more strictly and with shorter time-outs, against floods of
    /// half-open connections: 0 never, 1 while memory is short, 3 always. The kernel turns 1 into
    /// 2 when memory gets short, and back.
    SecureTcp "net.ipv4.vs.secure_tcp" (2, 6, 0),
        number(0, 3).default(0);
    /// Makes a connection of any SCTP packet, not only of the first of an association: for
    /// a director that takes over without being told the connections.
    SloppySctp "net.ipv4.vs.sloppy_sctp" (3, 11, 0),
        switch(OFF);
    /// The same for TCP, whose connections begin with SYN otherwise.
    SloppyTcp "net.ipv4.vs.sloppy_tcp" (3, 11, 0),
        switch(OFF);
    /// Looks up the route of a masquerading real server's answer anew, by the virtual address
    /// that it comes from now.
    SnatReroute "net.ipv4.vs.snat_reroute" (2, 6, 37),
        switch(ON);
    /// The same as [`ConnLfactor`](Sysctl::ConnLfactor), of the table of services. In the first
    /// network namespace the default is -3. Only the first user namespace's root may write it.
    SvcLfactor "net.ipv4.vs.svc_lfactor" (7, 1, 0),
        number(-8, 8).unit("power of two").default(-2);
    /// The sync daemon tells the backup of the templates of persistent services only, and not of
    /// their connections. The kernel takes any number, for on.
    SyncPersistMode "net.ipv4.vs.sync_persist_mode" (3, 11, 0),
        switch(OFF);
    /// How many threads and UDP ports a sync daemon takes; read when it starts. The kernel takes
    /// more than 64 for 64.
    SyncPorts "net.ipv4.vs.sync_ports" (3, 5, 0),
        row(SysctlForm::PowerOfTwo { max: 64 }).unit("ports").default(1);
    /// How many messages wait for the master daemon to send them before new ones are lost. The
    /// default is a part of the memory. Only the first user namespace's root may write it
    /// (32-bit kernels: up to 2^32-1).
    SyncQlenMax "net.ipv4.vs.sync_qlen_max" (3, 5, 0),
        number(0, u64::MAX as i128).unit("messages");
    /// While a connection's state stays as it is, the backup is told again only when this much
    /// time has gone, or half the connection's time-out if that is less; 0 for whenever
    /// [`SyncThreshold`](Sysctl::SyncThreshold) says so. The kernel takes a negative number too.
    SyncRefreshPeriod "net.ipv4.vs.sync_refresh_period" (3, 5, 0),
        number(0, SECONDS).unit("seconds").default(0);
    /// How often the backup is told again, an eighth of
    /// [`SyncRefreshPeriod`](Sysctl::SyncRefreshPeriod) apart, in case a message is lost.
    SyncRetries "net.ipv4.vs.sync_retries" (3, 5, 0),
        number(0, 3).unit("messages").default(0);
    /// The size of a sync daemon's socket buffer; 0 for the system's default. Read when a daemon
    /// starts. The kernel takes a negative number for 0. Only the first user namespace's root may
    /// write it.
    SyncSockSize "net.ipv4.vs.sync_sock_size" (3, 5, 0),
        number(0, INT).unit("bytes").default(0);
    /// At which packets of a connection the backup is told of it. Kernels take a single number
    /// too, for the threshold alone; this library sends both.
    SyncThreshold "net.ipv4.vs.sync_threshold" (2, 6, 0),
        row(SysctlForm::Threshold).unit("packets").default(SysctlValue::Threshold { threshold: 3, period: 50 });
    /// Which sync protocol the master daemon speaks: 1, or 0 for backups whose kernel is older
    /// than this sysctl. Every kernel that has it understands both.
    SyncVersion "net.ipv4.vs.sync_version" (2, 6, 38),
        number(0, 1).default(1);
}
