//! What an lvs.cf asks for: services, and whom to watch for them.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::time::Duration;

use ipvs_core::{Dest, Protocol, Service, TimeoutsEdit};

use super::programs;
use crate::check::{Answer, NoProbe, Probe};
use crate::config::{Check, Complaint, Config, LoadMonitor, Server, Virtual};
use crate::convert;
use crate::nanny::options::words;
use crate::nanny::watch::{Entry, Load, Place, Watch};
use crate::own;

/// What is to be there while this node serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// The active services, in the file's order.
    pub services: Vec<VirtualService>,
    /// The checks of all of them. Services that name the same server, and ask it the same,
    /// share one.
    pub watches: Vec<Supervised>,
    /// The timeouts to set.
    pub timeouts: TimeoutsEdit,
}

/// One active virtual service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VirtualService {
    /// Its name in the file.
    pub name: String,
    /// Its virtual port.
    pub port: u16,
    /// The service.
    pub service: Service,
    /// The server that answers while no other does.
    pub sorry: Option<Dest>,
    /// Its active servers, in the file's order, each with its name.
    pub servers: Vec<(String, Dest)>,
}

/// A check, and the program that makes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Supervised {
    /// What is checked, and for whom.
    pub watch: Watch,
    /// `SERVICE/SERVER` of each entry, as the log calls it.
    pub names: Vec<String>,
    /// The program, `client_monitor` of the file.
    pub program: String,
}

impl Layout {
    /// What a file asks for.
    ///
    /// # Errors
    /// What can't work: the [complaints](Config::complaints) about the file, and checks that
    /// are none.
    pub fn of(config: &Config) -> Result<Layout, Vec<Complaint>> {
        let mut complaints = config.complaints();
        let mut layout = Layout {
            services: Vec::new(),
            watches: Vec::new(),
            timeouts: convert::timeouts(config),
        };
        for wanted in config.virtuals.iter().filter(|wanted| wanted.active) {
            layout.add(config, wanted, &mut complaints);
        }
        if complaints.is_empty() {
            Ok(layout)
        } else {
            Err(complaints)
        }
    }

    /// The entries that nannies are to keep.
    #[must_use]
    pub fn places(&self) -> HashSet<Place> {
        let entries = self.watches.iter().flat_map(|watch| &watch.watch.entries);
        entries.map(Entry::place).collect()
    }

    fn add(&mut self, config: &Config, wanted: &Virtual, complaints: &mut Vec<Complaint>) {
        let mut complain = |server: Option<&Server>, what: String| {
            complaints.push(Complaint {
                service: Some(wanted.name.clone()),
                server: server.map(|server| server.name.clone()),
                what,
            });
        };
        // Without a key there is a complaint already.
        let Some(service) = convert::service(wanted) else {
            return;
        };
        let monitor = &wanted.client_monitor;
        if !is_nanny(monitor) {
            if let Err(error) = programs::find(monitor) {
                complain(None, format!("client_monitor {monitor}: {error}"));
            }
        }
        let sorry = convert::sorry_dest(config, wanted);
        let mut servers = Vec::new();
        for server in wanted.servers.iter().filter(|server| server.active) {
            let dest = convert::dest(config, wanted, &service.key, server);
            if sorry.is_some_and(|sorry| sorry.key == dest.key) {
                complain(Some(server), "it is the sorry server too".into());
            }
            servers.push((server.name.clone(), dest));
            match watch(config, wanted, server, dest) {
                // Its process could not be started.
                Ok(watch)
                    if words(&watch, &config.ipvsadm)
                        .iter()
                        .any(|word| word.contains('\0')) =>
                {
                    complain(Some(server), "no checker can be told of a NUL byte".into());
                }
                Ok(watch) => self.share(wanted, server, watch),
                Err(error) => complain(Some(server), error.to_string()),
            }
        }
        self.services.push(VirtualService {
            name: wanted.name.clone(),
            port: wanted.port,
            service,
            sorry,
            servers,
        });
    }

    /// One check is enough for all who want the same.
    fn share(&mut self, wanted: &Virtual, server: &Server, watch: Watch) {
        let name = format!("{}/{}", wanted.name, server.name);
        // Another program knows of one service.
        let alike = |other: &&mut Supervised| {
            other.watch.asks_the_same(&watch)
                && other.program == wanted.client_monitor
                && is_nanny(&other.program)
        };
        if let Some(other) = self.watches.iter_mut().find(alike) {
            other.watch.entries.extend(watch.entries);
            other.names.push(name);
        } else {
            self.watches.push(Supervised {
                watch,
                names: vec![name],
                program: wanted.client_monitor.clone(),
            });
        }
    }
}

/// Whether a `client_monitor` is this very program.
#[must_use]
pub fn is_nanny(program: &str) -> bool {
    let here = own::program().and_then(std::fs::canonicalize);
    let there = std::fs::canonicalize(program);
    program == Virtual::default().client_monitor
        || matches!((here, there), (Ok(here), Ok(there)) if here == there)
}

fn watch(config: &Config, wanted: &Virtual, server: &Server, dest: Dest) -> Result<Watch, NoProbe> {
    let port = match dest.key.port {
        0 => server.port.unwrap_or(wanted.port),
        port => port,
    };
    let interval = wanted.interval.unwrap_or(wanted.timeout);
    let service = convert::service(wanted).map(|service| service.key);
    let entry = service.map(|service| Entry {
        service,
        dest,
        reentry: seconds(wanted.reentry),
        rise: wanted.rise,
        fall: wanted.fall,
        quiesce: wanted.quiesce_server,
        scale: 10,
        known_down: false,
        glasses: None,
    });
    let watch = Watch {
        target: SocketAddr::new(server.address, port),
        probe: probe(wanted, port),
        interval: seconds(interval),
        timeout: seconds(wanted.timeout),
        load: load(config, wanted),
        entries: entry.into_iter().collect(),
    };
    watch.probe.of(watch.target, watch.timeout)?;
    Ok(watch)
}

fn probe(wanted: &Virtual, port: u16) -> Probe {
    let check = wanted.check.unwrap_or(match wanted.protocol {
        _ if wanted.send_program.is_some() => Check::Program,
        // There is nothing to connect to.
        _ if port == 0 => Check::Ping,
        Protocol::UDP => Check::Udp,
        Protocol::SCTP => Check::Ping,
        _ => Check::Tcp,
    });
    let expect = Answer::new(wanted.expect.as_deref(), wanted.use_regex);
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    match check {
        Check::Tcp | Check::Udp => exchange(wanted, check == Check::Udp, expect),
        Check::Http | Check::Https => Probe::Http {
            tls: check == Check::Https,
            host: text(&wanted.http_host),
            path: wanted.http_path.clone().unwrap_or_else(|| "/".into()),
            status: text(&wanted.http_status),
            body: expect,
        },
        Check::Program => Probe::Program {
            line: text(&wanted.send_program),
            expect,
        },
        Check::Ping => Probe::Ping,
    }
}

/// A web server of which nothing is said is asked for its front page, as by the original.
fn exchange(wanted: &Virtual, udp: bool, expect: Answer) -> Probe {
    let says_nothing = wanted.check.is_none() && wanted.send.is_none() && wanted.expect.is_none();
    if says_nothing && !udp && wanted.port == 80 {
        return Probe::front_page();
    }
    Probe::Exchange {
        udp,
        send: wanted.send.clone().unwrap_or_default(),
        expect,
    }
}

fn load(config: &Config, wanted: &Virtual) -> Load {
    match wanted.load_monitor {
        LoadMonitor::None => Load::Unasked,
        LoadMonitor::Rup => Load::Rup,
        LoadMonitor::Ruptime => Load::Ruptime,
        LoadMonitor::Uptime => Load::Uptime(config.rsh_command.clone()),
    }
}

fn seconds(seconds: u32) -> Duration {
    Duration::from_secs(seconds.into())
}

#[cfg(test)]
mod tests;
