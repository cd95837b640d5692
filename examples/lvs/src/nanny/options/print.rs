//! The command line that means a watch, in the original's order.

use ipvs_core::{Family, ForwardMethod, Protocol, ServiceKey, Tunnel};

use crate::check::{Answer, Probe};
use crate::config::text::escape;
use crate::nanny::watch::{Entry, Load, Watch};

/// The command line that asks for a watch and the first of its entries. `ipvsadm` is the
/// path that it shows.
#[must_use]
pub fn words(watch: &Watch, ipvsadm: &str) -> Vec<String> {
    let mut line = Line(vec!["-c".into()]);
    line.value("-h", watch.target.ip());
    if let Some(entry) = watch.entries.first() {
        line.ports(watch, entry);
    }
    line.probe(watch);
    if let Some(entry) = watch.entries.first() {
        line.value("-a", entry.reentry.as_secs());
        line.value("-I", ipvsadm);
        line.value("-t", watch.interval.as_secs());
        line.entry(entry);
    }
    line.load(watch);
    line.ours(watch);
    line.flag("--nodaemon");
    line.flag("--lvs");
    line.0
}

struct Line(Vec<String>);

impl Line {
    fn flag(&mut self, flag: &str) {
        self.0.push(flag.into());
    }

    fn value(&mut self, option: &str, value: impl ToString) {
        self.0.extend([option.into(), value.to_string()]);
    }

    fn ports(&mut self, watch: &Watch, entry: &Entry) {
        match entry.service {
            ServiceKey::Address { port, .. } => {
                self.value("-p", port);
                self.value("-r", watch.target.port());
            }
            ServiceKey::FirewallMark { .. } => {
                self.value("-p", watch.target.port());
                if entry.dest.key.port != 0 {
                    self.value("-r", entry.dest.key.port);
                }
            }
        }
    }

    fn probe(&mut self, watch: &Watch) {
        match &watch.probe {
            Probe::Exchange { send, expect, .. } => {
                if !send.is_empty() {
                    self.value("-s", escape(send));
                }
                self.expect(expect);
            }
            Probe::Program { line, expect } => {
                self.value("-e", line);
                self.expect(expect);
            }
            Probe::Http { body, .. } => self.expect(body),
            Probe::Ping => {}
        }
    }

    fn expect(&mut self, answer: &Answer) {
        match answer {
            Answer::Nothing => {}
            Answer::Anything => self.value("-x", "*"),
            Answer::Text(text) => self.value("-x", escape(text)),
            Answer::Pattern(pattern) => {
                self.value("-x", escape(pattern));
                self.flag("--regex");
            }
        }
    }

    fn entry(&mut self, entry: &Entry) {
        self.value("-w", entry.dest.weight);
        match entry.service {
            ServiceKey::Address {
                protocol, address, ..
            } => {
                self.value("-V", address);
                match protocol {
                    Protocol::UDP => self.flag("-u"),
                    Protocol::SCTP => self.value("--protocol", "sctp"),
                    _ => {}
                }
            }
            ServiceKey::FirewallMark { mark, family } => {
                self.value("-f", mark);
                if family != Family::of(entry.dest.key.address) {
                    self.value(
                        "-V",
                        if family == Family::V6 {
                            "::"
                        } else {
                            "0.0.0.0"
                        },
                    );
                }
            }
        }
        let method = match entry.dest.forward {
            ForwardMethod::DIRECT_ROUTE => "g",
            ForwardMethod::TUNNEL => "i",
            _ => "m",
        };
        self.value("-M", method);
        if entry.quiesce {
            self.flag("-q");
        }
    }

    fn load(&mut self, watch: &Watch) {
        let word = match &watch.load {
            Load::Unasked => "none",
            Load::Rup => "rup",
            Load::Ruptime => "ruptime",
            Load::Uptime(command) if command == "ssh" => "ssh",
            Load::Uptime(_) => "rsh",
        };
        self.value("-U", word);
    }

    /// What the original has no words for.
    fn ours(&mut self, watch: &Watch) {
        if watch.timeout != watch.interval {
            self.value("--timeout", watch.timeout.as_secs());
        }
        if let Load::Uptime(command) = &watch.load {
            if command != "rsh" && command != "ssh" {
                self.value("--rsh-command", command);
            }
        }
        self.check(watch);
        let Some(entry) = watch.entries.first() else {
            return;
        };
        if let Some(rise) = entry.rise {
            self.value("--rise", rise);
        }
        if entry.fall != 1 {
            self.value("--fall", entry.fall);
        }
        if entry.scale != 10 {
            self.value("-S", entry.scale);
        }
        if entry.dest.tunnel != Tunnel::ipip() {
            self.value("--tunnel", entry.dest.tunnel);
        }
        if entry.dest.upper_threshold != 0 {
            self.value("--upper-threshold", entry.dest.upper_threshold);
        }
        if entry.dest.lower_threshold != 0 {
            self.value("--lower-threshold", entry.dest.lower_threshold);
        }
    }

    /// The kind of check, where nothing else says it.
    fn check(&mut self, watch: &Watch) {
        let service = watch.entries.first().map(|entry| entry.service);
        let protocol = match service {
            Some(ServiceKey::Address { protocol, .. }) => protocol,
            _ => Protocol::TCP,
        };
        match &watch.probe {
            Probe::Exchange { udp, send, expect } => {
                let says_nothing = send.is_empty() && *expect == Answer::Nothing;
                let told = match protocol {
                    Protocol::UDP => *udp,
                    Protocol::SCTP => false,
                    _ => !udp && !says_nothing,
                };
                if !told {
                    self.value("--check", if *udp { "udp" } else { "tcp" });
                }
            }
            Probe::Http {
                tls,
                host,
                path,
                status,
                ..
            } => {
                self.value("--check", if *tls { "https" } else { "http" });
                if !host.is_empty() {
                    self.value("--http-host", host);
                }
                if path != "/" {
                    self.value("--http-path", path);
                }
                if !status.is_empty() {
                    self.value("--http-status", status);
                }
            }
            Probe::Program { .. } => {}
            Probe::Ping if protocol == Protocol::SCTP => {}
            Probe::Ping => self.value("--check", "ping"),
        }
    }
}
