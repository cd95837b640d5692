//! Every key of each block, in the order in which they are written.

use ipvs_core::{PersistenceEngine, ServiceFlags, Tunnel};

use super::codec::{
    Address, Choice, Codec, Command, Flag, Floating, Given, GroupMask, Interface, Library, List,
    Mark, Mask, Maybe, Node, Number, Path, Port, Protocols, Schedulers, ServerPort, SyncId, Text,
    Within,
};
use super::entries::{Entry, Shown, entries};
use super::model::{Check, Config, Conflict, Forward, LoadMonitor, RunsService, Server, Virtual};

pub(super) const GLOBAL: &[Entry<Config>] = entries!(Config {
    serial_no: Number<u32>, Always;
    primary: Node, Always;
    primary_private: Node, Changed;
    primary_shared: Node, Changed;
    service: Choice<RunsService>, Always;
    backup_active: Flag, Always;
    backup: Node, Always;
    backup_private: Node, Changed;
    backup_shared: Node, Changed;
    reservation_conflict_action: Maybe<Choice<Conflict>>, Changed;
    heartbeat: Flag, Always;
    heartbeat_port: Port, Changed;
    keepalive: Number<u32>, Changed;
    deadtime: Number<u32>, Changed;
    network: Choice<Forward>, Always;
    nat_router: Floating, Changed;
    nat_nmask: Mask, Changed;
    active_cmd: Command, Changed;
    inactive_cmd: Command, Changed;
    monitor_links: Flag, Changed;
    syncdaemon: Flag, Changed;
    syncd_iface: Interface, Changed;
    syncd_id: SyncId, Changed;
    tcp_timeout: Number<u32>, Changed;
    tcpfin_timeout: Number<u32>, Changed;
    udp_timeout: Number<u32>, Changed;
    hard_shutdown: Flag, Changed;
    debug_level: Path, Always;
    ipvsadm: Path, Changed;
    rsh_command: Path, Changed;
    sync: Flag, Changed;
    keep_services: Flag, Ours;
    hot_standby: Flag, Ours;
    vrrp_id: Maybe<Within<1, 255, u8>>, Ours;
    vrrp_interface: Maybe<Interface>, Ours;
    vrrp_priority: Maybe<Within<1, 255, u8>>, Ours;
    vrrp_interval: Within<1, 4095, u16>, Ours;
    vrrp_preempt: Flag, Ours;
});

pub(super) const VIRTUAL: &[Entry<Virtual>] = entries!(Virtual {
    active: Flag, Always;
    address: Floating, Changed;
    vip_nmask: Mask, Changed;
    fwmark: Mark, Changed;
    sorry_server: Given, Changed;
    port: Port, Always;
    persistent: Number<u32>, Changed;
    pmask: GroupMask, Changed;
    send: Text, Changed;
    expect: Text, Changed;
    use_regex: Flag, Always;
    send_program: Command, Changed;
    expect_program: Command, Ours;
    client_monitor: Path, Always;
    load_monitor: Choice<LoadMonitor>, Always;
    scheduler: Schedulers, Always;
    protocol: Protocols, Always;
    timeout: Number<u32>, Always;
    reentry: Number<u32>, Always;
    quiesce_server: Flag, Always;
    start_cmd: Command, Changed;
    stop_cmd: Command, Changed;
    master: Command, Changed;
    dirs: List, Changed;
    check: Maybe<Choice<Check>>, Ours;
    interval: Maybe<Number<u32>>, Ours;
    fall: Number<u32>, Ours;
    rise: Maybe<Number<u32>>, Ours;
    http_host: Command, Ours;
    http_path: Command, Ours;
    http_status: Command, Ours;
    flags: Library<ServiceFlags>, Ours;
    persistence_engine: Maybe<Library<PersistenceEngine>>, Ours;
});

pub(super) const SERVER: &[Entry<Server>] = entries!(Server {
    address: Address, Always;
    active: Flag, Always;
    port: ServerPort, Changed;
    weight: Number<u32>, Always;
    forward: Maybe<Choice<Forward>>, Ours;
    tunnel: Library<Tunnel>, Ours;
    upper_threshold: Number<u32>, Ours;
    lower_threshold: Number<u32>, Ours;
});

/// Other names that a key goes by: the manual calls `debug_level` so.
pub(super) const ALIASES: &[(&str, &str)] = &[("debug", "debug_level")];
