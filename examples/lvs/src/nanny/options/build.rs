//! From the words of a command line to what they mean.

use std::net::SocketAddr;
use std::time::Duration;

use ipvs_core::{Dest, Family, ForwardMethod, Protocol, ServiceKey, Tunnel};

use super::{CheckWord, LoadWord, Words};
use crate::check::{Answer, Probe};
use crate::nanny::watch::{Entry, Load, Watch};

impl Default for Words {
    fn default() -> Self {
        Words {
            server: None,
            rport: None,
            virtaddress: None,
            port: 80,
            fwmark: None,
            protocol: Protocol::TCP,
            method: ForwardMethod::MASQUERADE,
            tunnel: Tunnel::ipip(),
            weight: 1,
            thresholds: (0, 0),
            interval: Duration::from_secs(10),
            timeout: None,
            reentry: Duration::from_secs(180),
            rise: None,
            fall: 1,
            quiesce: false,
            load: LoadWord::Unasked,
            rsh_command: None,
            scale: 10,
            check: None,
            send: None,
            program: None,
            expect: None,
            regex: false,
            suppress: false,
            http_host: String::new(),
            http_path: None,
            http_status: String::new(),
            lvs: false,
        }
    }
}

impl Words {
    pub(super) fn watch(self) -> Result<Watch, String> {
        if !self.lvs {
            return Err("--lvs is missing".into());
        }
        let server = self.server.ok_or("-h, the server, is missing")?;
        let service = self.service(Family::of(server))?;
        let dest = Dest::new(server, self.dest_port(&service), self.method)
            .with_weight(self.weight)
            .with_thresholds(self.thresholds.0, self.thresholds.1);
        let dest = match self.method {
            ForwardMethod::TUNNEL => dest.with_tunnel(self.tunnel),
            _ => dest,
        };
        let port = match dest.key.port {
            0 => self.rport.unwrap_or(self.port),
            port => port,
        };
        let watch = Watch {
            target: SocketAddr::new(server, port),
            probe: self.probe()?,
            interval: self.interval,
            timeout: self.timeout.unwrap_or(self.interval),
            load: self.load(),
            entries: vec![Entry {
                service,
                dest,
                reentry: self.reentry,
                rise: self.rise,
                fall: self.fall,
                quiesce: self.quiesce,
                scale: self.scale,
                known_down: false,
                glasses: None,
            }],
        };
        let check = watch.probe.of(watch.target, watch.timeout);
        check.map_err(|error| error.to_string())?;
        Ok(watch)
    }

    fn service(&self, of_server: Family) -> Result<ServiceKey, String> {
        match (self.fwmark, self.virtaddress) {
            (Some(mark), address) => {
                let family = address.map_or(of_server, Family::of);
                Ok(ServiceKey::firewall_mark(mark, family))
            }
            (None, Some(address)) => Ok(ServiceKey::address(self.protocol, address, self.port)),
            (None, None) => {
                Err("one of -V, the virtual address, and -f, the mark, is missing".into())
            }
        }
    }

    /// Only masquerading changes ports; of a mark, packets keep theirs.
    fn dest_port(&self, service: &ServiceKey) -> u16 {
        match service {
            ServiceKey::FirewallMark { .. } => self.rport.unwrap_or(0),
            _ if self.method == ForwardMethod::MASQUERADE => self.rport.unwrap_or(self.port),
            _ => self.port,
        }
    }

    fn probe(&self) -> Result<Probe, String> {
        let usual = match (&self.program, self.protocol) {
            (Some(_), _) => CheckWord::Program,
            (None, Protocol::UDP) => CheckWord::Udp,
            (None, Protocol::SCTP) => CheckWord::Ping,
            _ => CheckWord::Tcp,
        };
        let expect = self.expect.as_deref().map(|text| self.text(text));
        let expect = Answer::new(expect.as_deref(), self.regex);
        let send = self.send.as_deref().map(|text| self.text(text));
        Ok(match self.check.unwrap_or(usual) {
            CheckWord::Tcp if self.is_front_page() => Probe::front_page(),
            check @ (CheckWord::Tcp | CheckWord::Udp) => Probe::Exchange {
                udp: check == CheckWord::Udp,
                send: send.unwrap_or_default(),
                expect,
            },
            check @ (CheckWord::Http | CheckWord::Https) => Probe::Http {
                tls: check == CheckWord::Https,
                host: self.http_host.clone(),
                path: self.http_path.clone().unwrap_or_else(|| "/".into()),
                status: self.http_status.clone(),
                body: expect,
            },
            CheckWord::Program => Probe::Program {
                line: self.program.clone().ok_or("-e, the program, is missing")?,
                expect,
            },
            CheckWord::Ping => Probe::Ping,
        })
    }

    /// Whether nothing is said about the check of a web server.
    fn is_front_page(&self) -> bool {
        self.check.is_none() && self.send.is_none() && self.expect.is_none() && self.port == 80
    }

    fn load(&self) -> Load {
        let command = |usual: &str| {
            let command = self.rsh_command.clone();
            Load::Uptime(command.unwrap_or_else(|| usual.into()))
        };
        match self.load {
            LoadWord::Unasked => Load::Unasked,
            LoadWord::Rup => Load::Rup,
            LoadWord::Ruptime => Load::Ruptime,
            LoadWord::Rsh => command("rsh"),
            LoadWord::Ssh => command("ssh"),
        }
    }
}
