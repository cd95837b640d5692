//! What an lvs.cf says, typed: every key with its default.

use std::net::{IpAddr, Ipv4Addr};

use ipvs_core::{
    ForwardMethod, InterfaceName, Netmask, PersistenceEngine, Protocol, Scheduler, ServiceFlags,
    Tunnel,
};

/// A whole lvs.cf. Times are in seconds, but for [`vrrp_interval`](Config::vrrp_interval).
///
/// Fields have the names of the file's keys. Those marked *(ours)* are additions: the
/// original programs refuse a file that has them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Counts the file's versions: one more each time that a program writes it.
    pub serial_no: u32,
    /// The public address of the primary node; `0.0.0.0` in the file is none.
    pub primary: Option<IpAddr>,
    /// Its private address. Without it there is one heartbeat path.
    pub primary_private: Option<IpAddr>,
    /// The primary's address on a shared SCSI bus; only failover services use it.
    pub primary_shared: Option<IpAddr>,
    /// Which set of blocks runs.
    pub service: RunsService,
    /// Whether there is a backup node at all. Without it no heartbeat is sent, and a backup refuses
    /// to run.
    pub backup_active: bool,
    /// The public address of the backup node.
    pub backup: Option<IpAddr>,
    /// Its private address.
    pub backup_private: Option<IpAddr>,
    /// The backup's address on a shared SCSI bus.
    pub backup_shared: Option<IpAddr>,
    /// What a conflict of reservations on a shared SCSI bus leads to.
    pub reservation_conflict_action: Option<Conflict>,
    /// Whether heartbeats are sent; in practice always.
    pub heartbeat: bool,
    /// The UDP port of the heartbeat.
    pub heartbeat_port: u16,
    /// The time between two heartbeats.
    pub keepalive: u32,
    /// The silence after which the partner is dead.
    pub deadtime: u32,
    /// How packets reach the real servers, all of them.
    pub network: Forward,
    /// The floating gateway of the real servers and the device that carries it.
    pub nat_router: Option<Alias>,
    /// Its netmask.
    pub nat_nmask: Option<Netmask>,
    /// The command that is run on becoming active.
    pub active_cmd: Option<String>,
    /// The command that is run on becoming inactive.
    pub inactive_cmd: Option<String>,
    /// Whether losing a link makes the node inactive.
    pub monitor_links: bool,
    /// Whether connections are synchronised.
    pub syncdaemon: bool,
    /// The interface that they are sent over.
    pub syncd_iface: InterfaceName,
    /// The number that tells one cluster's messages from another's.
    pub syncd_id: u8,
    /// The idle time of TCP connections; 0 leaves the kernel's.
    pub tcp_timeout: u32,
    /// The idle time of TCP connections after a FIN; 0 leaves the kernel's.
    pub tcpfin_timeout: u32,
    /// The idle time of UDP; 0 leaves the kernel's.
    pub udp_timeout: u32,
    /// Whether a checker that dies again and again (five times in a minute) takes lvsd down, so
    /// that the partner takes over; otherwise the log asks for manual action. One that died is
    /// started again in any case. (The original gave up at the first.)
    pub hard_shutdown: bool,
    /// Which blocks of messages are logged.
    pub debug_level: String,
    /// The path of ipvsadm. Nothing here runs it; it is kept for the originals.
    pub ipvsadm: String,
    /// How to ask a real server for its load: `<rsh_command> host uptime`.
    pub rsh_command: String,
    /// Unused by the originals too.
    pub sync: bool,
    /// *(ours)* Whether services stay in the kernel when lvsd ends.
    pub keep_services: bool,
    /// *(ours)* Whether lvsd and its checkers run on the inactive node, too: taking over then takes
    /// the addresses alone.
    pub hot_standby: bool,
    /// *(ours)* The virtual router's number, 1 to 255: with it pulse speaks VRRP instead of the
    /// original heartbeat.
    pub vrrp_id: Option<u8>,
    /// *(ours)* The interface of VRRP; without it that of the node's public address.
    pub vrrp_interface: Option<InterfaceName>,
    /// *(ours)* This node's priority, 1 to 255; without it 150 on the primary, 100 on the backup.
    pub vrrp_priority: Option<u8>,
    /// *(ours)* The time between advertisements in centiseconds, 1 to 4095.
    pub vrrp_interval: u16,
    /// *(ours)* Whether a node of a higher priority takes over from a living one.
    pub vrrp_preempt: bool,
    /// The virtual services, in the file's order.
    pub virtuals: Vec<Virtual>,
    /// The failover services, for `service = fos`.
    pub failovers: Vec<Virtual>,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            serial_no: 0,
            primary: None,
            primary_private: None,
            primary_shared: None,
            service: RunsService::Lvs,
            backup_active: false,
            backup: None,
            backup_private: None,
            backup_shared: None,
            reservation_conflict_action: None,
            heartbeat: false,
            heartbeat_port: 539,
            keepalive: 2,
            deadtime: 5,
            network: Forward::Nat,
            nat_router: None,
            nat_nmask: None,
            active_cmd: None,
            inactive_cmd: None,
            monitor_links: false,
            syncdaemon: false,
            syncd_iface: eth0(),
            syncd_id: 0,
            tcp_timeout: 0,
            tcpfin_timeout: 0,
            udp_timeout: 0,
            hard_shutdown: true,
            debug_level: "NONE".into(),
            ipvsadm: "/sbin/ipvsadm".into(),
            rsh_command: "rsh".into(),
            sync: false,
            keep_services: false,
            hot_standby: false,
            vrrp_id: None,
            vrrp_interface: None,
            vrrp_priority: None,
            vrrp_interval: 100,
            vrrp_preempt: true,
            virtuals: Vec::new(),
            failovers: Vec::new(),
        }
    }
}

#[allow(clippy::expect_used, reason = "a literal")]
fn eth0() -> InterfaceName {
    InterfaceName::from_bytes(b"eth0").expect("four bytes fit")
}

/// A `virtual` or `failover` block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Virtual {
    /// The name behind `virtual`.
    pub name: String,
    /// Whether it is configured at all.
    pub active: bool,
    /// The virtual address and the device that carries it.
    pub address: Option<Alias>,
    /// Its netmask.
    pub vip_nmask: Option<Netmask>,
    /// The mark that stands for it instead of address and port; 0 in the file is none.
    pub fwmark: Option<u32>,
    /// The server that answers while no other is up, at the virtual port, and is reached as the
    /// others are; `0.0.0.0` in the file is none.
    pub sorry_server: Option<IpAddr>,
    /// The virtual port.
    pub port: u16,
    /// How long a client stays with its server; 0 is not at all.
    pub persistent: u32,
    /// Clients of one network of this mask stay together; a mask of one address is none.
    pub pmask: Option<Netmask>,
    /// What the checker sends.
    pub send: Option<String>,
    /// What it expects then; `*` is anything.
    pub expect: Option<String>,
    /// Whether `expect` is a POSIX extended regular expression.
    pub use_regex: bool,
    /// The program that checks instead, with `%h` and `%p` for the server and its port.
    pub send_program: Option<String>,
    /// Written by the original's web page and refused by its parser.
    pub expect_program: Option<String>,
    /// The checker. `/usr/sbin/nanny` is this very program, wherever it is; another one gets
    /// the original's command line, edits the table by itself, is started anew for each
    /// change, and gets a SIGTERM at the latest when lvsd ends.
    pub client_monitor: String,
    /// How a server's load is asked for.
    pub load_monitor: LoadMonitor,
    /// The scheduler, one that the library knows.
    pub scheduler: Scheduler,
    /// The protocol: TCP, UDP or SCTP.
    pub protocol: Protocol,
    /// The checker's interval and its deadline.
    pub timeout: u32,
    /// How long a failed server must answer before it comes back.
    pub reentry: u32,
    /// Whether a failed server stays with weight 0 instead of being removed.
    pub quiesce_server: bool,
    /// The command that starts it; failover blocks only.
    pub start_cmd: Option<String>,
    /// The command that stops it; failover blocks only.
    pub stop_cmd: Option<String>,
    /// Unused by the originals too.
    pub master: Option<String>,
    /// Unused by the originals too.
    pub dirs: Vec<String>,
    /// *(ours)* How servers are checked; without it by what `send`, `expect` and
    /// `send_program` say.
    pub check: Option<Check>,
    /// *(ours)* The time between two checks; without it `timeout`.
    pub interval: Option<u32>,
    /// *(ours)* Failures in a row that take a server down.
    pub fall: u32,
    /// *(ours)* Successes in a row that bring it back; without it `reentry` / `interval`.
    pub rise: Option<u32>,
    /// *(ours)* The host name that an HTTP check asks for.
    pub http_host: Option<String>,
    /// *(ours)* The path that an HTTP check asks for; without it `/`.
    pub http_path: Option<String>,
    /// *(ours)* The status codes that are well, such as `200-299,404`; without it 200 to 299.
    pub http_status: Option<String>,
    /// *(ours)* The flags of the service but `persistent`, such as `one-packet`.
    pub flags: ServiceFlags,
    /// *(ours)* The persistence engine, such as `sip`.
    pub persistence_engine: Option<PersistenceEngine>,
    /// The real servers, in the file's order.
    pub servers: Vec<Server>,
}

impl Default for Virtual {
    fn default() -> Self {
        Virtual {
            name: "[server_name]".into(),
            active: false,
            address: None,
            vip_nmask: None,
            fwmark: None,
            sorry_server: None,
            port: 80,
            persistent: 0,
            pmask: None,
            send: None,
            expect: None,
            use_regex: false,
            send_program: None,
            expect_program: None,
            client_monitor: "/usr/sbin/nanny".into(),
            load_monitor: LoadMonitor::None,
            scheduler: Scheduler::WLC,
            protocol: Protocol::TCP,
            timeout: 10,
            reentry: 180,
            quiesce_server: false,
            start_cmd: None,
            stop_cmd: None,
            master: None,
            dirs: Vec::new(),
            check: None,
            interval: None,
            fall: 1,
            rise: None,
            http_host: None,
            http_path: None,
            http_status: None,
            flags: ServiceFlags::empty(),
            persistence_engine: None,
            servers: Vec::new(),
        }
    }
}

/// A `server` block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// The name behind `server`.
    pub name: String,
    /// Its address.
    pub address: IpAddr,
    /// Whether it takes part.
    pub active: bool,
    /// Its port; without it the virtual one.
    pub port: Option<u16>,
    /// Its weight.
    pub weight: u32,
    /// *(ours)* How packets reach it; without it as [`Config::network`] says.
    pub forward: Option<Forward>,
    /// *(ours)* What kind of tunnel reaches it, such as `gue:6080`.
    pub tunnel: Tunnel,
    /// *(ours)* It gets no connections above this many; 0 is no limit.
    pub upper_threshold: u32,
    /// *(ours)* It gets connections again below this many; 0 is three quarters of the upper one.
    pub lower_threshold: u32,
}

impl Default for Server {
    fn default() -> Self {
        Server {
            name: "[unnamed]".into(),
            address: Ipv4Addr::UNSPECIFIED.into(),
            active: false,
            port: None,
            weight: 1,
            forward: None,
            tunnel: Tunnel::ipip(),
            upper_threshold: 0,
            lower_threshold: 0,
        }
    }
}

/// A floating address and the device that carries it: `10.0.2.100 eth0:0`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alias {
    /// The address.
    pub address: IpAddr,
    /// The device, with the label of an alias; without one nobody brings the address up.
    pub device: Option<InterfaceName>,
}

/// Values of a few words, each with its word in the file.
pub(crate) trait Word: Copy + Eq + 'static {
    /// Every value and its word.
    const WORDS: &'static [(&'static str, Self)];
}

macro_rules! words {
    ($(#[$doc:meta])* $type:ident { $($(#[$about:meta])* $value:ident $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $type {
            $($(#[$about])* $value,)*
        }

        impl Word for $type {
            const WORDS: &'static [(&'static str, Self)] = &[$(($word, $type::$value),)*];
        }
    };
}

words! {
    /// Which set of blocks runs.
    RunsService {
        /// `lvs`: the virtual services.
        Lvs "lvs",
        /// `fos`: the failover services.
        Fos "fos",
    }
}

words! {
    /// How packets reach real servers.
    Forward {
        /// `nat`: masquerading.
        Nat "nat",
        /// `direct`: direct routing.
        Direct "direct",
        /// `tunnel`: a tunnel.
        Tunnel "tunnel",
    }
}

impl Forward {
    /// The kernel's word for it.
    #[must_use]
    pub const fn method(self) -> ForwardMethod {
        match self {
            Forward::Nat => ForwardMethod::MASQUERADE,
            Forward::Direct => ForwardMethod::DIRECT_ROUTE,
            Forward::Tunnel => ForwardMethod::TUNNEL,
        }
    }
}

words! {
    /// What a conflict of reservations leads to.
    Conflict {
        /// `nothing`.
        Nothing "nothing",
        /// `preempt`: this node takes the reservation.
        Preempt "preempt",
    }
}

words! {
    /// How a server's load is asked for.
    LoadMonitor {
        /// `none`: it isn't.
        None "none",
        /// `uptime`: by running `uptime` there.
        Uptime "uptime",
        /// `rup`.
        Rup "rup",
        /// `ruptime`.
        Ruptime "ruptime",
    }
}

words! {
    /// How a server is checked.
    Check {
        /// `tcp`: connect, send, expect.
        Tcp "tcp",
        /// `udp`: send, expect.
        Udp "udp",
        /// `http`: a status code and what the body holds.
        Http "http",
        /// `https`: the same over TLS.
        Https "https",
        /// `program`: what `send_program` says.
        Program "program",
        /// `ping`: an answer to an ICMP echo.
        Ping "ping",
    }
}
