//! Changes and tables as lines.

use std::borrow::Cow;
use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};

use super::reader::failed;
use super::sayable;
use crate::{
    Change, Dest, DestKey, Error, ErrorKind, Family, ForwardMethod, Netmask, Op, Protocol,
    Scheduler, Service, ServiceFlags, ServiceKey, SyncDaemon, Table, TimeoutsEdit, Tunnel,
    TunnelFlags, TunnelKind,
};

/// Prints a table as lines, each with a line end: [`Format`]'s defaults.
///
/// # Errors
///
/// `InvalidInput` with the field that no line can say.
#[doc(alias = "ipvsadm -S")]
pub fn print(table: &Table) -> Result<String, Error> {
    let format = Format::new();
    format.lines(table).map(|line| Ok(line? + "\n")).collect()
}

/// How lines are written. By default with numbers, and such that everything
/// survives: what no line can say is an error that names the field.
///
/// ```
/// use ipvs_core::rules::Format;
/// use ipvs_core::{Dest, ForwardMethod, Service, ServiceKey, Table};
///
/// let web = Service::new(ServiceKey::tcp([192, 0, 2, 1], 80));
/// let full = Dest::new([10, 0, 3, 100], 8080, ForwardMethod::MASQUERADE).with_thresholds(100, 80);
/// let mut out = Vec::new();
/// Format::new().write(&Table::new().with_service(web, vec![full]), &mut out)?;
/// assert_eq!(
///     String::from_utf8_lossy(&out),
///     "-A -t 192.0.2.1:80 -s wlc\n\
///      -a -t 192.0.2.1:80 -r 10.0.3.100:8080 -m -w 1 -x 100 -y 80\n"
/// );
/// # Ok::<(), ipvs_core::Error>(())
/// ```
#[derive(Clone, Copy, Default)]
#[doc(alias = "ipvsadm -S")]
pub struct Format<'a> {
    extras: bool,
    original: bool,
    endpoints: Option<&'a Endpoints<'a>>,
}

/// Writes an address and a port of a protocol as one word, such as `web:http`.
pub type Endpoints<'a> = dyn Fn(IpAddr, u16, Protocol) -> String + 'a;

impl fmt::Debug for Format<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Format")
            .field("extras", &self.extras)
            .field("original", &self.original)
            .field("endpoints", &self.endpoints.is_some())
            .finish()
    }
}

impl<'a> Format<'a> {
    /// With every default.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With a table's time-outs and daemons too, as `--set` and `--start-daemon`.
    /// (`ipvsadm -S` never writes them; `ipvsadm -R` takes them.) No line can say that no
    /// daemon is to run: an empty list of daemons prints as none at all.
    #[must_use]
    pub fn with_extras(mut self) -> Self {
        self.extras = true;
        self
    }

    /// As `ipvsadm -S` writes a table: what that leaves out (thresholds, a netmask
    /// without persistence, the third flag of `sh` and `mh`) is left out, and what no
    /// line can say becomes what it makes of it (`-g` of the method local). Where it
    /// writes what nobody can read, this does not: firewall marks are unsigned, no `-b`
    /// is without a flag, and other protocols or methods are errors, as are names of
    /// more than a word and fractions of a second.
    #[must_use]
    pub fn as_original(mut self) -> Self {
        self.original = true;
        self
    }

    /// With the addresses and ports as this function writes them. A dest of a
    /// firewall mark has its port written as TCP's.
    #[must_use]
    pub fn with_endpoints(mut self, endpoints: &'a Endpoints<'a>) -> Self {
        self.endpoints = Some(endpoints);
        self
    }

    /// The line of a change, without a line end.
    ///
    /// # Errors
    ///
    /// `InvalidInput` of [`Op::Print`], with the field that no line can say.
    pub fn line(&self, change: &Change) -> Result<String, Error> {
        let said = if self.original {
            sayable::roughly(change)
        } else {
            sayable::check(change)
        };
        said.map_err(|refusal| {
            Error::new(ErrorKind::InvalidInput, Op::Print, refusal.cause)
                .with_object(change.object())
                .with_field(refusal.field)
        })?;
        Ok(self.words(change))
    }

    /// The lines of a table, one after the other, without line ends: each
    /// service and then its dests, in the table's order.
    ///
    /// Each item fails as [`line`](Self::line) does.
    pub fn lines(&self, table: &Table) -> impl Iterator<Item = Result<String, Error>> {
        let changes = table.changes().filter(|change| {
            self.extras || matches!(change, Change::AddService(_) | Change::AddDest(..))
        });
        changes.map(|change| self.line(&change))
    }

    /// Writes the lines of a table.
    ///
    /// # Errors
    ///
    /// As [`line`](Self::line); `Io` when the writer fails. The lines before
    /// are written by then.
    pub fn write(&self, table: &Table, mut out: impl io::Write) -> Result<(), Error> {
        self.lines(table).try_for_each(|line| {
            let line = line? + "\n";
            out.write_all(line.as_bytes())
                .map_err(|error| failed(Op::Print, &error))
        })
    }

    fn words(&self, change: &Change) -> String {
        match change {
            Change::AddService(service) => format!("-A {}", self.service(service)),
            Change::UpdateService(service) => format!("-E {}", self.service(service)),
            Change::RemoveService(key) => format!("-D {}", self.key(key)),
            Change::AddDest(key, dest) => format!("-a {}", self.dest(key, dest)),
            Change::UpdateDest(key, dest) => format!("-e {}", self.dest(key, dest)),
            Change::RemoveDest(key, dest) => format!("-d {}", self.server(key, dest)),
            Change::StartDaemon(daemon) => start_daemon(daemon),
            Change::StopDaemon(role) => format!("--stop-daemon {role}"),
            Change::SetTimeouts(timeouts) => set(timeouts),
            Change::Flush => "-C".to_owned(),
            Change::Zero => "-Z".to_owned(),
            Change::ZeroService(key) => format!("-Z {}", self.key(key)),
        }
    }

    fn key(&self, key: &ServiceKey) -> String {
        match *key {
            ServiceKey::Address {
                protocol,
                address,
                port,
            } => {
                let option = match protocol {
                    Protocol::TCP => "-t",
                    Protocol::UDP => "-u",
                    _ => "--sctp-service",
                };
                format!("{option} {}", self.endpoint(address, port, protocol))
            }
            ServiceKey::FirewallMark { mark, family } => match family {
                Family::V4 => format!("-f {mark}"),
                Family::V6 => format!("-f {mark} -6"),
            },
        }
    }

    fn service(&self, service: &Service) -> String {
        let key = self.key(&service.key);
        let mut line = format!("{key} -s {}", text(service.scheduler.as_bytes()));
        let persistent = service.is_persistent();
        if persistent {
            line += &format!(" -p {}", service.persistence_timeout.as_secs());
        }
        let mask = service.persistence_netmask;
        if mask != Netmask::host(service.key.family()) && (persistent || !self.original) {
            line += &format!(" -M {mask}");
        }
        if let Some(engine) = service.persistence_engine {
            line += &format!(" --pe {}", text(engine.as_bytes()));
        }
        if service.is_one_packet() {
            line += " -o";
        }
        let flags = self.flags(service);
        if flags.intersects(SCHEDULER_FLAGS) {
            line += &format!(" -b {}", service.scheduler.format_flags(flags));
        }
        line
    }

    fn flags(&self, service: &Service) -> ServiceFlags {
        let own = matches!(service.scheduler, Scheduler::SH | Scheduler::MH);
        // The two have no third flag, so that the original writes nothing for it.
        let unseen = ServiceFlags::SCHEDULER_3;
        if self.original && own {
            service.flags.difference(unseen)
        } else {
            service.flags
        }
    }

    fn dest(&self, service: &ServiceKey, dest: &Dest) -> String {
        let mut line = self.server(service, &dest.key);
        line += match dest.forward {
            ForwardMethod::MASQUERADE => " -m",
            ForwardMethod::TUNNEL => " -i",
            _ => " -g",
        };
        line += &format!(" -w {}", dest.weight);
        let thresholds = [("-x", dest.upper_threshold), ("-y", dest.lower_threshold)];
        for (option, connections) in thresholds {
            if connections != 0 && !self.original {
                line += &format!(" {option} {connections}");
            }
        }
        if dest.forward == ForwardMethod::TUNNEL {
            line += &tunnel(&dest.tunnel);
        }
        line
    }

    fn server(&self, service: &ServiceKey, dest: &DestKey) -> String {
        let protocol = match service {
            ServiceKey::Address { protocol, .. } => *protocol,
            ServiceKey::FirewallMark { .. } => Protocol::TCP,
        };
        let server = self.endpoint(dest.address, dest.port, protocol);
        format!("{} -r {server}", self.key(service))
    }

    fn endpoint(&self, address: IpAddr, port: u16, protocol: Protocol) -> String {
        match self.endpoints {
            Some(endpoint) => endpoint(address, port, protocol),
            None => numeric(address, port),
        }
    }
}

const SCHEDULER_FLAGS: ServiceFlags = ServiceFlags::SCHEDULER_1
    .union(ServiceFlags::SCHEDULER_2)
    .union(ServiceFlags::SCHEDULER_3);

/// An address and a port in numbers, as ipvsadm writes them: `192.0.2.1:80`,
/// `[2001:db8::1]:80`, `[::192.0.2.1]:80`.
///
/// (The last is the one form in which C's `inet_ntop` and Rust differ.)
#[must_use]
pub fn numeric(address: IpAddr, port: u16) -> String {
    if let IpAddr::V6(v6) = address {
        if let [0, 0, 0, 0, 0, 0, 1..=0xffff, _] = v6.segments() {
            if let Some(v4) = v6.to_ipv4() {
                return format!("[::{v4}]:{port}");
            }
        }
    }
    SocketAddr::new(address, port).to_string()
}

fn tunnel(tunnel: &Tunnel) -> String {
    if !tunnel.kind.is_known() {
        return String::new();
    }
    let mut words = format!(" --tun-type {}", tunnel.kind);
    if tunnel.kind == TunnelKind::GUE {
        words += &format!(" --tun-port {}", tunnel.port);
    }
    if tunnel.kind != TunnelKind::IPIP {
        words += if tunnel.flags.contains(TunnelFlags::CHECKSUM) {
            " --tun-csum"
        } else if tunnel.flags.contains(TunnelFlags::REMOTE_CHECKSUM) {
            " --tun-remcsum"
        } else {
            " --tun-nocsum"
        };
    }
    words
}

fn start_daemon(daemon: &SyncDaemon) -> String {
    let interface = text(daemon.interface.as_bytes());
    let mut line = format!(
        "--start-daemon {} --mcast-interface {interface}",
        daemon.role
    );
    if daemon.sync_id != 0 {
        line += &format!(" --syncid {}", daemon.sync_id);
    }
    if let Some(group) = daemon.group {
        line += &format!(" --mcast-group {group}");
    }
    if let Some(port) = daemon.port {
        line += &format!(" --mcast-port {port}");
    }
    if let Some(ttl) = daemon.ttl {
        line += &format!(" --mcast-ttl {ttl}");
    }
    if let Some(bytes) = daemon.max_length {
        line += &format!(" --sync-maxlen {bytes}");
    }
    line
}

fn set(timeouts: &TimeoutsEdit) -> String {
    let [tcp, tcp_fin, udp] = [timeouts.tcp, timeouts.tcp_fin, timeouts.udp]
        .map(|timeout| timeout.unwrap_or_default().as_secs());
    format!("--set {tcp} {tcp_fin} {udp}")
}

/// A name as ipvsadm takes it: any bytes but blanks.
fn text(name: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(name)
}
