//! What an ipvsadm line means, in this crate's words: enough for the recordings.

use std::net::IpAddr;
use std::time::Duration;

use ipvs_core::wire::request::Request;
use ipvs_core::{
    DaemonRole, Dest, DestKey, Family, ForwardMethod, Netmask, Protocol, Service, ServiceFlags,
    ServiceKey, SyncDaemon, TimeoutsEdit, Tunnel, TunnelFlags, TunnelKind,
};

/// A line that changes something.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Change {
    Add(Service),
    Set(Service),
    Remove(ServiceKey),
    AddDest(ServiceKey, Dest),
    SetDest(ServiceKey, Dest),
    RemoveDest(ServiceKey, DestKey),
    Start(SyncDaemon),
    Stop(DaemonRole),
    Timeouts(TimeoutsEdit),
    Zero,
    ZeroService(ServiceKey),
    Flush,
}

impl Change {
    pub(crate) fn request(&self) -> Request<'_> {
        match self {
            Change::Add(service) => Request::NewService(service),
            Change::Set(service) => Request::SetService(service),
            Change::Remove(key) => Request::DelService(key),
            Change::AddDest(key, dest) => Request::NewDest(key, dest),
            Change::SetDest(key, dest) => Request::SetDest(key, dest),
            Change::RemoveDest(key, dest) => Request::DelDest(key, dest),
            Change::Start(daemon) => Request::NewDaemon(daemon),
            Change::Stop(role) => Request::DelDaemon(*role),
            Change::Timeouts(edit) => Request::SetConfig(edit),
            Change::Zero => Request::Zero,
            Change::ZeroService(key) => Request::ZeroService(key),
            Change::Flush => Request::Flush,
        }
    }
}

/// The change that a line asks for; `None` for one that lists.
pub(crate) fn change(words: &[String]) -> Option<Change> {
    let (command, rest) = words.split_first().unwrap();
    let line = Line { words: rest };
    Some(match command.as_str() {
        "-A" => Change::Add(line.service()),
        "-E" => Change::Set(line.service()),
        "-D" => Change::Remove(line.key()),
        "-a" => Change::AddDest(line.key(), line.dest()),
        "-e" => Change::SetDest(line.key(), line.dest()),
        "-d" => Change::RemoveDest(line.key(), line.given_dest()),
        "-C" => Change::Flush,
        "-Z" if rest.is_empty() => Change::Zero,
        "-Z" => Change::ZeroService(line.key()),
        "--set" => Change::Timeouts(line.timeouts()),
        "--start-daemon" => Change::Start(line.daemon()),
        "--stop-daemon" => Change::Stop(rest[0].parse().unwrap()),
        _ => return None,
    })
}

struct Line<'a> {
    words: &'a [String],
}

impl Line<'_> {
    fn has(&self, option: &str) -> bool {
        self.words.iter().any(|word| word == option)
    }

    fn value(&self, option: &str) -> Option<&str> {
        let place = self.words.iter().position(|word| word == option)?;
        self.words.get(place + 1).map(String::as_str)
    }

    fn number<T: std::str::FromStr<Err: std::fmt::Debug>>(&self, option: &str) -> Option<T> {
        self.value(option).map(|word| word.parse().unwrap())
    }

    fn key(&self) -> ServiceKey {
        if let Some(mark) = self.number("-f") {
            let family = if self.has("-6") {
                Family::V6
            } else {
                Family::V4
            };
            return ServiceKey::firewall_mark(mark, family);
        }
        let kinds = [
            ("-t", Protocol::TCP),
            ("-u", Protocol::UDP),
            ("--sctp-service", Protocol::SCTP),
        ];
        let (text, protocol) = kinds
            .iter()
            .find_map(|(option, it)| Some((self.value(option)?, *it)))
            .unwrap();
        let DestKey { address, port } = text.parse().unwrap();
        ServiceKey::Address {
            protocol,
            address,
            port,
        }
    }

    fn service(&self) -> Service {
        let key = self.key();
        let mut service = Service::new(key);
        if let Some(name) = self.value("-s") {
            service.scheduler = name.parse().unwrap();
        }
        if let Some(flags) = self.value("-b") {
            service.flags |= service.scheduler.parse_flags(flags).unwrap();
        }
        if self.has("-o") {
            service.flags |= ServiceFlags::ONE_PACKET;
        }
        if self.has("-p") {
            // Without a number it is 360 seconds.
            let seconds = self
                .value("-p")
                .and_then(|word| word.parse().ok())
                .unwrap_or(360);
            service = service.with_persistence(Duration::from_secs(seconds));
        }
        if let Some(mask) = self.value("-M") {
            service.persistence_netmask = mask.parse().unwrap();
        }
        service.persistence_engine = self.value("--pe").map(|name| name.parse().unwrap());
        assert_eq!(Netmask::family(&service.persistence_netmask), key.family());
        service
    }

    /// The real server that the line names; without a port it has the service's.
    fn given_dest(&self) -> DestKey {
        let text = self.value("-r").unwrap();
        text.parse().unwrap_or_else(|_| {
            let address: IpAddr = text.trim_matches(['[', ']']).parse().unwrap();
            DestKey::new(address, self.service_port().unwrap_or(0))
        })
    }

    fn service_port(&self) -> Option<u16> {
        match self.key() {
            ServiceKey::Address { port, .. } => Some(port),
            ServiceKey::FirewallMark { .. } => None,
        }
    }

    fn dest(&self) -> Dest {
        let DestKey { address, port } = self.given_dest();
        let forward = match () {
            () if self.has("-m") => ForwardMethod::MASQUERADE,
            () if self.has("-i") => ForwardMethod::TUNNEL,
            () => ForwardMethod::DIRECT_ROUTE,
        };
        // Only address translation can change the port; ipvsadm sees to it.
        let port = match self.service_port() {
            Some(same) if forward != ForwardMethod::MASQUERADE => same,
            _ => port,
        };
        let mut dest = Dest::new(address, port, forward);
        dest.weight = self.number("-w").unwrap_or(1);
        dest.upper_threshold = self.number("-x").unwrap_or(0);
        dest.lower_threshold = self.number("-y").unwrap_or(0);
        dest.tunnel = self.tunnel();
        dest
    }

    fn tunnel(&self) -> Tunnel {
        let kind = self
            .value("--tun-type")
            .map_or(TunnelKind::IPIP, |kind| kind.parse().unwrap());
        let mut tunnel = Tunnel::gue(self.number("--tun-port").unwrap_or(0));
        tunnel.kind = kind;
        if self.has("--tun-csum") {
            tunnel.flags |= TunnelFlags::CHECKSUM;
        }
        if self.has("--tun-remcsum") {
            tunnel.flags |= TunnelFlags::REMOTE_CHECKSUM;
        }
        tunnel
    }

    fn timeouts(&self) -> TimeoutsEdit {
        let seconds = |word: &String| match word.parse().unwrap() {
            0 => None,
            seconds => Some(Duration::from_secs(seconds)),
        };
        let mut edit = TimeoutsEdit::new();
        (edit.tcp, edit.tcp_fin, edit.udp) = (
            seconds(&self.words[0]),
            seconds(&self.words[1]),
            seconds(&self.words[2]),
        );
        edit
    }

    fn daemon(&self) -> SyncDaemon {
        let interface = self.value("--mcast-interface").unwrap_or("eth0");
        let mut daemon =
            SyncDaemon::new(self.words[0].parse().unwrap(), interface.parse().unwrap());
        daemon.sync_id = self.number("--syncid").unwrap_or(0);
        daemon.max_length = self.number("--sync-maxlen");
        daemon.group = self.number("--mcast-group");
        daemon.port = self.number("--mcast-port");
        daemon.ttl = self.number("--mcast-ttl");
        daemon
    }
}
