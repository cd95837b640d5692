//! Two directors and a wire between them: network namespaces, whose cables can be pulled.

use std::net::IpAddr;
use std::process::{Command, Output, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use ipvs_core::{Client, DaemonRole, Namespace, NamespaceSource, Options};
use lvs::net::Net;
use lvs::{control, status};
use tempfile::TempDir;

use crate::program::Program;

/// A director: a namespace with `eth0` towards the clients and `eth1` towards the servers.
pub struct Node {
    name: String,
    /// Where the other ends of its cables are.
    wire: String,
    net: Mutex<Net>,
    /// `LVS_RUN_DIR` of what runs here; for files too.
    pub run: TempDir,
}

/// Both directors, and the two networks that they share.
pub struct Lab {
    wire: String,
    pub master: Node,
    pub backup: Node,
}

static LABS: AtomicUsize = AtomicUsize::new(0);

impl Lab {
    pub fn new() -> Lab {
        let lab = format!(
            "{}-{}",
            std::process::id(),
            LABS.fetch_add(1, Ordering::Relaxed)
        );
        let wire = format!("wire-{lab}");
        ip(&format!("netns add {wire}"));
        for bridge in ["public", "private"] {
            inside(
                &wire,
                &format!("ip link add {bridge} type bridge && ip link set {bridge} up"),
            );
        }
        Lab {
            master: Node::new(&lab, &wire, "m", ["10.0.2.50", "10.0.3.15"]),
            backup: Node::new(&lab, &wire, "b", ["10.0.2.51", "10.0.3.16"]),
            wire,
        }
    }

    /// The namespace of the networks: every frame can be heard there.
    pub fn wire(&self) -> Namespace {
        namespace(&self.wire)
    }

    /// lvs.cf of the lab, with more lines in front.
    pub fn config(&self, more: &str) -> String {
        format!(
            "{more}primary = 10.0.2.50
primary_private = 10.0.3.15
backup_active = 1
backup = 10.0.2.51
backup_private = 10.0.3.16
heartbeat = 1
keepalive = 1
deadtime = 4
network = nat
nat_router = 10.0.3.200 eth1:0
nat_nmask = 255.255.255.0
virtual LVS_NAT {{
    active = 1
    address = 10.0.2.100 eth0:0
    vip_nmask = 255.255.255.0
    port = 80
    scheduler = rr
}}
"
        )
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        ip(&format!("netns delete {}", self.wire));
    }
}

impl Node {
    fn new(lab: &str, wire: &str, letter: &str, addresses: [&'static str; 2]) -> Node {
        let name = format!("{letter}-{lab}");
        ip(&format!("netns add {name}"));
        let net = namespace(&name).run(Net::open).unwrap().unwrap();
        let node = Node {
            name,
            wire: wire.to_owned(),
            net: Mutex::new(net),
            run: tempfile::tempdir().unwrap(),
        };
        // Link-local addresses without waiting for whoever else might have them.
        node.sh("echo 0 > /proc/sys/net/ipv6/conf/default/accept_dad; ip link set lo up");
        for (network, (eth, address)) in ["public", "private"]
            .iter()
            .zip([("eth0", addresses[0]), ("eth1", addresses[1])])
        {
            let (peer, name) = (node.peer(eth), &node.name);
            inside(
                wire,
                &format!("ip link add {peer} type veth peer name {eth} netns {name}"),
            );
            inside(wire, &format!("ip link set {peer} master {network} up"));
            node.sh(&format!(
                "ip addr add {address}/24 brd + dev {eth}; ip link set {eth} up"
            ));
        }
        node
    }

    /// The other end of the cable of `eth0` or `eth1`.
    fn peer(&self, eth: &str) -> String {
        let letter = self.name.get(..1).unwrap();
        format!("{letter}-{eth}")
    }

    /// Runs a line of shell here; it must succeed.
    pub fn sh(&self, line: &str) -> String {
        inside(&self.name, line)
    }

    /// Takes both cables from the switches, or puts them back; the node does not see it.
    pub fn isolate(&self, away: bool) {
        for (eth, network) in [("eth0", "public"), ("eth1", "private")] {
            let peer = self.peer(eth);
            let to = if away {
                "nomaster".to_owned()
            } else {
                format!("master {network}")
            };
            inside(&self.wire, &format!("ip link set {peer} {to}"));
        }
    }

    /// Pulls the cable of `eth0` or `eth1`, or puts it in: the node loses its carrier.
    pub fn cable(&self, eth: &str, state: &str) {
        inside(
            &self.wire,
            &format!("ip link set {} {state}", self.peer(eth)),
        );
    }

    /// Writes a file, and gives its path.
    pub fn file(&self, name: &str, text: &str) -> String {
        let path = self.run.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// Starts a program here.
    pub fn start(&self, program: &str, words: &[&str]) -> Program {
        let mut command = self.command(program, words);
        Program::watch(command.spawn().unwrap())
    }

    /// Starts pulse in the foreground with a configuration, and something that does nothing
    /// for lvsd.
    pub fn pulse(&self, config: &str) -> Program {
        let config = self.file("lvs.cf", config);
        let lvsd = self.stub();
        self.start(LVS, &["pulse", "-n", "-c", &config, "--lvsd", &lvsd])
    }

    /// Runs `lvs` to its end.
    pub fn lvs(&self, words: &[&str]) -> Output {
        let output = self.command(LVS, words).stdout(Stdio::piped()).output();
        output.unwrap()
    }

    fn command(&self, program: &str, words: &[&str]) -> Command {
        let mut command = Command::new("ip");
        command
            .args(["netns", "exec", &self.name, program])
            .args(words)
            .env("LVS_RUN_DIR", self.run.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        command
    }

    /// A program that says how it is called, and waits for its end.
    pub fn stub(&self) -> String {
        let script = "#!/bin/sh\necho \"lvsd: $*\" >&2
trap 'echo lvsd: ends >&2; exit 0' TERM
trap 'echo lvsd: reads again >&2' HUP
while :; do sleep 0.1; done\n";
        let path = self.file("lvsd-stub", script);
        assert!(
            Command::new("chmod")
                .args(["+x", &path])
                .status()
                .unwrap()
                .success()
        );
        path
    }

    /// Whether it has an address, such as `10.0.2.100`.
    pub fn has(&self, address: &str) -> bool {
        let addresses = self.net.lock().unwrap().addresses().unwrap();
        let wanted: IpAddr = address.parse().unwrap();
        addresses.iter().any(|there| there.address == wanted)
    }

    /// The role and id of each of its sync daemons.
    pub fn daemons(&self) -> Vec<(DaemonRole, u32)> {
        let daemons = client(&self.name).daemons().unwrap().into_iter();
        daemons
            .map(|daemon| (daemon.role, daemon.sync_id))
            .collect()
    }

    /// How many virtual services the kernel has here.
    pub fn services(&self) -> usize {
        client(&self.name).services().unwrap().len()
    }

    /// The hardware address of `eth0`.
    pub fn mac(&self) -> [u8; 6] {
        let links = self.net.lock().unwrap().links().unwrap();
        let eth0 = links.iter().find(|link| link.name == "eth0").unwrap();
        eth0.mac.unwrap()
    }

    /// Whether pulse runs here, and serves.
    pub fn is_active(&self) -> bool {
        self.status().active
    }

    /// Why its pulse refused the last reload, if it did.
    pub fn refused(&self) -> Option<String> {
        self.status().refused
    }

    /// Runs code on a thread here.
    pub fn inside<T: Send>(&self, body: impl FnOnce() -> T + Send) -> T {
        namespace(&self.name).run(body).unwrap()
    }

    /// The process of lvsd, as pulse tells.
    pub fn lvsd(&self) -> Option<u32> {
        self.status().lvsd
    }

    /// The process of lvsd, as it tells itself once it can be spoken to.
    pub fn lvsd_itself(&self) -> Option<u32> {
        let answer = control::ask(&self.run.path().join("lvsd.sock"), "status").ok();
        // One that ends may hang up without a word.
        let answer = answer.filter(|answer| !answer.is_empty())?;
        let status: status::Lvsd = serde_json::from_str(&answer).unwrap();
        Some(status.pid)
    }

    fn status(&self) -> status::Pulse {
        let answer = control::ask(&self.run.path().join("pulse.sock"), "status").unwrap();
        serde_json::from_str(&answer).unwrap()
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // What pulse left running, it left on purpose.
        let pids = format!("ip netns pids {} | xargs -r kill -9 2>/dev/null", self.name);
        let _ = Command::new("dash").args(["-c", &pids]).status();
        ip(&format!("netns delete {}", self.name));
    }
}

/// Waits until the master is up: a backup that comes long before it takes over.
pub fn begins(master: &Program) {
    master.says("STARTING PULSE AS MASTER");
}

/// The binary under test.
pub const LVS: &str = env!("CARGO_BIN_EXE_lvs");

fn ip(words: &str) {
    let status = Command::new("ip").args(words.split(' ')).status().unwrap();
    assert!(status.success(), "ip {words}");
}

fn inside(namespace: &str, line: &str) -> String {
    let output = Command::new("ip")
        .args(["netns", "exec", namespace, "dash", "-ec", line])
        .output()
        .unwrap();
    let stderr = output.stderr.escape_ascii();
    assert!(output.status.success(), "`{line}` failed: {stderr}");
    String::from_utf8(output.stdout).unwrap()
}

fn namespace(name: &str) -> Namespace {
    client(name).namespace().unwrap()
}

fn client(name: &str) -> Client {
    let source = NamespaceSource::Path(format!("/run/netns/{name}").into());
    Client::open(&Options::new().with_namespace(source)).unwrap()
}
