//! A lab with something wrong in it, and how it is treated.

use std::collections::BTreeSet;
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Mutex;
use std::time::Duration;

use ipvs_core::{Client, Dest, ForwardMethod, Scheduler, Service, ServiceKey};
use lab::{Host, Site};
use lvs::doctor::Code;
use serde_json::Value;
use tempfile::TempDir;

use crate::harness::{Test, tests};
use crate::site;

/// The virtual address of every lab.
pub const VIP: [u8; 4] = [10, 0, 2, 100];

/// What was found so far, and was gone after its cure.
static CURED: Mutex<BTreeSet<&str>> = Mutex::new(BTreeSet::new());

/// Runs behind all others.
pub fn tests() -> Vec<Test> {
    tests![every_mistake_that_it_knows_was_made_and_cured]
}

fn every_mistake_that_it_knows_was_made_and_cured(_: &site::Site) {
    let cured = CURED.lock().unwrap();
    let never: Vec<_> = Code::ALL
        .iter()
        .map(|code| code.name())
        .filter(|name| !cured.contains(name))
        .collect();
    // Who asks for some tests by name wants no more than those.
    let words: Vec<String> = std::env::args().skip(1).collect();
    let all = words.iter().all(|word| word == "doctor");
    assert!(never.is_empty() || !all, "never made: {never:?}");
}

/// A lab's network in one of the modes.
pub struct Lab {
    pub site: Site,
    pub mode: &'static str,
    /// For files, and for control sockets that nobody answers at.
    pub folder: TempDir,
    port: u16,
}

impl Lab {
    pub fn new(site: Site, mode: &'static str, port: u16) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Lab {
            site,
            mode,
            folder,
            port,
        }
    }

    pub fn key(&self) -> ServiceKey {
        ServiceKey::tcp(VIP, self.port)
    }

    pub fn ipvs(&self) -> Client {
        self.site.director.ipvs().unwrap()
    }

    /// A service in turns on real servers, of weight 1.
    pub fn balance(&self, method: ForwardMethod, servers: &[([u8; 4], u16)]) {
        let service = Service::new(self.key()).with_scheduler(Scheduler::RR);
        self.ipvs().add_service(&service).unwrap();
        for (address, port) in servers {
            let dest = Dest::new(*address, *port, method);
            self.ipvs().add_dest(&self.key(), &dest).unwrap();
        }
    }

    /// The address that clients ask.
    pub fn vip(&self) -> SocketAddr {
        (VIP, self.port).into()
    }

    /// Whether a client is answered, each time it asks. Who asked before may know that nobody
    /// had the address, and hold to that for a second.
    pub fn serves(&self, client: &Host) -> bool {
        client.ip(&["neigh flush all"]).unwrap();
        client.get_times(self.vip(), 4).is_ok()
    }

    /// Whether a client, asking for a while, is not answered. It is a short while: that of
    /// those who do get an answer is longer.
    pub fn starves(&self, client: &Host) -> bool {
        let connect = || {
            // From no port that the lab's browsers had: IPVS may still know its connection.
            std::fs::write("/proc/sys/net/ipv4/ip_local_port_range", "20000 30000")?;
            TcpStream::connect_timeout(&self.vip(), Duration::from_secs(2))
        };
        client.run(connect).unwrap().is_err()
    }

    /// What doctor says of the director; `words` behind the mode.
    pub fn director(&self, words: &[&str]) -> Diagnosis {
        self.examine(&self.site.director, words)
    }

    /// What doctor says of a host.
    pub fn examine(&self, host: &Host, words: &[&str]) -> Diagnosis {
        let output = self.doctor(host, &[words, &["--json"]].concat());
        let (text, errors) = (output.stdout.escape_ascii(), output.stderr.escape_ascii());
        let told: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {text} {errors}"));
        let findings = told["findings"].as_array().unwrap().clone();
        assert_eq!(told["healthy"], findings.is_empty());
        assert_eq!(output.status.code(), Some(i32::from(!findings.is_empty())));
        Diagnosis { findings }
    }

    /// Runs doctor on a host.
    pub fn doctor(&self, host: &Host, words: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lvs"));
        command.arg("doctor").arg(self.mode).args(words);
        command.env("LVS_RUN_DIR", self.folder.path());
        host.run(|| command.output()).unwrap().unwrap()
    }

    /// The host that holds an address of a real server.
    fn server(&self, address: &str) -> &Host {
        let servers = self.site.servers.iter();
        let mut holders = servers.filter(|server| {
            let addresses = server.command("ip", &["-4", "addr", "show"]).unwrap();
            addresses.contains(&format!("inet {address}/"))
        });
        holders.next().unwrap()
    }

    /// The director has just these mistakes, whose cures leave none.
    pub fn treat(&self, words: &[&str], codes: &[Code]) {
        self.treat_host(&self.site.director, words, codes, || {});
    }

    /// The same; no client is served before, and some are after.
    pub fn treat_traffic(&self, words: &[&str], codes: &[Code]) {
        let client = &self.site.client;
        assert!(self.starves(client), "clients are served as it is");
        self.treat_host(&self.site.director, words, codes, || {
            assert!(self.serves(client), "the cure was none");
        });
    }

    /// The same for any host, with what must be so between cure and new diagnosis.
    pub fn treat_host(&self, host: &Host, words: &[&str], codes: &[Code], then: impl Fn()) {
        let found = self.examine(host, words);
        found.assert(codes);
        self.cure(host, &found);
        then();
        self.cured(host, words, codes, &[]);
    }

    /// The same, where what is cured had hidden what is `left`.
    pub fn treat_into(&self, host: &Host, words: &[&str], codes: &[Code], left: &[Code]) {
        let found = self.examine(host, words);
        found.assert(codes);
        self.cure(host, &found);
        self.cured(host, words, codes, left);
    }

    fn cured(&self, host: &Host, words: &[&str], codes: &[Code], left: &[Code]) {
        self.examine(host, words).assert(left);
        let names = codes.iter().filter(|code| !left.contains(code));
        CURED.lock().unwrap().extend(names.map(|code| code.name()));
    }

    /// Types the cures where they belong.
    fn cure(&self, host: &Host, found: &Diagnosis) {
        for finding in &found.findings {
            let host = finding["on"].as_str().map_or(host, |on| self.server(on));
            for line in finding["cure"].as_array().unwrap() {
                let line = line.as_str().unwrap();
                println!("{}# {line}", host.name());
                let typed = format!("{}\n{line}", self.environment());
                host.command("dash", &["-ec", &typed]).unwrap();
            }
        }
    }

    /// What makes `lvs` this build's, with a folder of its own for its sockets.
    fn environment(&self) -> String {
        let lvs = Path::new(env!("CARGO_BIN_EXE_lvs")).parent().unwrap();
        let (folder, lvs) = (self.folder.path().display(), lvs.display());
        format!("export LVS_RUN_DIR={folder} PATH={lvs}:$PATH")
    }

    /// Writes the lab's lvs.cf, changed by `edit`, and gives its path.
    pub fn file(&self, text: &str) -> String {
        let path = self.folder.path().join("lvs.cf");
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

/// What doctor found.
pub struct Diagnosis {
    pub findings: Vec<Value>,
}

impl Diagnosis {
    /// It found just these, in this order.
    #[track_caller]
    pub fn assert(&self, codes: &[Code]) {
        let found = self.findings.iter().map(|finding| &finding["code"]);
        let found: Vec<_> = found.map(|code| code.as_str().unwrap()).collect();
        let wanted: Vec<_> = codes.iter().map(|code| code.name()).collect();
        assert_eq!(found, wanted, "{:#?}", self.findings);
    }
}

/// Long enough for a client that asked in vain to be known as such.
pub fn wait_in_vain() {
    std::thread::sleep(Duration::from_secs(4));
}
