//! Where one test happens: two network namespaces alike, one for each program.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::time::Duration;

use ipvs_core::{
    Checks, Client, Dest, DestKey, ForwardMethod, Namespace, NamespaceSource, Options, Service,
    Table,
};

use crate::kernel::Kernel;
use crate::program::{Outcome, Typed};

/// The two programs, each in its room.
pub struct Site {
    pub kernel: Kernel,
    pub original: Room,
    pub ours: Room,
}

impl Site {
    pub fn new(kernel: Kernel) -> Self {
        assert!(
            !kernel.is_host(),
            "this suite rewrites /etc/hosts and the like: it runs in guests only"
        );
        let [original, ours] = PROGRAMS.clone().map(Room::new);
        Site {
            kernel,
            original,
            ours,
        }
    }

    /// Both rooms.
    pub fn rooms(&self) -> [&Room; 2] {
        [&self.original, &self.ours]
    }

    /// Runs a line of shell in both rooms; it must succeed.
    pub fn sh(&self, line: &str) {
        self.rooms().iter().for_each(|room| drop(room.sh(line)));
    }

    /// Gives both rooms an interface for daemons, `eth0`.
    pub fn add_interface(&self) {
        self.sh("ip link add eth0 type dummy && ip link set eth0 up && \
             ip addr add 10.9.9.1/24 dev eth0 && ip addr add 2001:db8:9::1/64 dev eth0 nodad");
    }

    /// Has both kernels hold this table and no other.
    pub fn set(&self, table: &Table) {
        self.rooms().iter().for_each(|room| room.set(table));
    }
}

/// The original, and ours, in a guest that runs them fast.
///
/// They run from folders that everybody may enter. With IPVS_OURS another program
/// takes the place of ours: the original, say, to see that the suite finds it equal
/// to itself.
static PROGRAMS: LazyLock<[PathBuf; 2]> = LazyLock::new(|| {
    let ours = std::env::var("IPVS_OURS");
    let ours = ours.unwrap_or_else(|_| env!("CARGO_BIN_EXE_ipvsadm").to_owned());
    for (name, program) in [
        ("ipvsadm-save", env!("CARGO_BIN_EXE_ipvsadm-save")),
        ("ipvsadm-restore", env!("CARGO_BIN_EXE_ipvsadm-restore")),
    ] {
        copy(program, OURS, name);
    }
    let programs = [
        copy("/usr/sbin/ipvsadm", "/run/differential/original", "ipvsadm"),
        copy(&ours, OURS, "ipvsadm"),
    ];
    // An emulated processor runs a program at twice the speed that it finds where it
    // was before, ...
    std::fs::write("/proc/sys/kernel/randomize_va_space", "0").unwrap();
    // ... and opening a file of the host's takes as long as all else. One that is
    // touched is the guest's own.
    let libraries = "touch /etc/ld.so.cache $(ldd \"$@\" | grep -o '/[^ :]*' | sort -u)";
    let mut touch = Command::new("bash");
    touch.args(["-c", libraries, "bash"]).args(&programs);
    assert!(touch.status().unwrap().success());
    programs
});

/// Where our programs are, while the suite runs.
pub const OURS: &str = "/run/differential/ours";

fn copy(program: &str, folder: &str, name: &str) -> PathBuf {
    std::fs::create_dir_all(folder).unwrap();
    let copy = Path::new(folder).join(name);
    std::fs::copy(program, &copy).unwrap();
    std::fs::set_permissions(&copy, PermissionsExt::from_mode(0o755)).unwrap();
    copy
}

/// A network namespace with a program to run in it.
pub struct Room {
    pub program: PathBuf,
    pub client: Client,
    namespace: Namespace,
}

impl Room {
    fn new(program: PathBuf) -> Self {
        let options = Options::new().with_checks(Checks::Kernel);
        let client = Client::open(&options.with_namespace(NamespaceSource::New)).unwrap();
        let namespace = client.namespace().unwrap();
        let room = Room {
            program,
            client,
            namespace,
        };
        room.ip("link set lo up");
        room
    }

    /// Runs code on a thread in the room.
    pub fn inside<T: Send>(&self, body: impl FnOnce() -> T + Send) -> T {
        self.namespace.run(body).unwrap()
    }

    /// Runs the room's program.
    pub fn run(&self, typed: impl Into<Typed>) -> Outcome {
        self.run_other(&self.program, typed)
    }

    /// Runs another program in this room.
    pub fn run_other(&self, program: &Path, typed: impl Into<Typed>) -> Outcome {
        let typed = typed.into();
        self.inside(|| typed.run(program))
    }

    /// Runs a line of shell in the room; it must succeed.
    pub fn sh(&self, line: &str) -> String {
        self.command("dash", &["-ec", line])
    }

    /// Busybox starts a few times as fast as iproute2 behind a shell.
    fn ip(&self, line: &str) {
        let words: Vec<&str> = std::iter::once("ip").chain(line.split(' ')).collect();
        self.command("busybox", &words);
    }

    fn command(&self, program: &str, words: &[&str]) -> String {
        let output = self.inside(|| Command::new(program).args(words).output());
        let output = output.unwrap();
        let complaint = output.stderr.escape_ascii();
        assert!(output.status.success(), "{program} {words:?}: {complaint}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// The configuration that the kernel has. Nobody else changes it meanwhile.
    pub fn table(&self) -> Table {
        let client = &self.client;
        let services = client.services().unwrap().into_iter();
        let table = services.fold(Table::new(), |table, entry| {
            let dests = client.dests(&entry.service.key).unwrap();
            let dests = dests.iter().map(|entry| entry.dest).collect();
            table.with_service(entry.service, dests)
        });
        table
            .with_timeouts(client.timeouts().unwrap())
            .with_daemons(client.daemons().unwrap())
    }

    /// Has the kernel hold this table and no other: services, timeouts and daemons
    /// (no timeouts are the kernel's own, no daemons are none).
    pub fn set(&self, table: &Table) {
        let client = &self.client;
        for daemon in client.daemons().unwrap() {
            client.stop_daemon(daemon.role).unwrap();
        }
        client.flush().unwrap();
        let timeouts = table.timeouts.unwrap_or_default();
        client.set_timeouts(&timeouts.into()).unwrap();
        for service in &table.services {
            client.add_service(&service.service).unwrap();
            for dest in &service.dests {
                client.add_dest(&service.service.key, dest).unwrap();
            }
        }
        for daemon in table.daemons.iter().flatten() {
            client.start_daemon(daemon).unwrap();
        }
        if table.daemons.iter().flatten().next().is_some() {
            // A daemon that has not run yet is stopped without an answer, which
            // the original waits for.
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

/// A dest, from text such as `10.1.0.1:80`.
pub fn dest(key: &str, forward: ForwardMethod) -> Dest {
    let key: DestKey = key.parse().unwrap();
    Dest::new(key.address, key.port, forward)
}

/// A service, from text such as `tcp 10.0.0.1:80`.
pub fn service(key: &str) -> Service {
    Service::new(key.parse().unwrap())
}

/// A table with a bit of everything, for commands to work on.
pub fn small_table() -> Table {
    let masquerade = |key| dest(key, ForwardMethod::MASQUERADE);
    Table::new()
        .with_service(service("tcp 10.0.0.1:80"), vec![masquerade("10.1.0.1:80")])
        .with_service(service("udp 10.0.0.1:53"), vec![])
        .with_service(service("sctp 10.0.0.1:9"), vec![])
        .with_service(service("tcp [2001:db8::1]:80"), vec![])
        .with_service(service("fwmark 7"), vec![])
        .with_service(service("fwmark 8 ipv6"), vec![])
}
