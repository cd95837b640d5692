//! Where one test happens: a network namespace of its own and its client.

mod common;

use std::fs;
use std::net::UdpSocket;
use std::os::fd::OwnedFd;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use ipvs_core::{Client, Namespace, NamespaceSource, Options, Sysctl, SysctlValue};

pub use ipvs_sys::socket::Socket;

pub use self::common::{address, masquerade};
use crate::kernel::{Kernel, modprobe};
use crate::loading::{Loader, unload};

/// A new network namespace in which `lo` is up, and a client of it.
pub struct Site {
    pub kernel: Kernel,
    pub client: Client,
    pub namespace: Namespace,
}

impl Site {
    pub fn new(kernel: Kernel) -> Self {
        let site = Self::untouched(kernel);
        site.raise_lo();
        site
    }

    /// One in which `lo` was never up.
    pub fn untouched(kernel: Kernel) -> Self {
        let client = Client::open(&Options::new().with_namespace(NamespaceSource::New)).unwrap();
        let namespace = client.namespace().unwrap();
        Site {
            kernel,
            client,
            namespace,
        }
    }

    pub fn raise_lo(&self) {
        // Busybox starts a few times as fast as iproute2 behind a shell.
        let up = ["ip", "link", "set", "lo", "up"];
        let done = self.run(|| {
            // A connection that is cut off would hold the namespace, and with it IPVS's
            // modules, for minutes after the test.
            fs::write("/proc/sys/net/ipv4/tcp_orphan_retries", "1").unwrap();
            Command::new("busybox").args(up).status()
        });
        assert!(done.unwrap().success());
    }

    /// An end of a wire, `wire` or `other`, as it is to be: its addresses, as in `10.0.3.1/24`,
    /// and none beside them.
    pub fn set_interface(&self, name: &str, up: bool, addresses: &[&str]) {
        let wire = "ip link show wire >/dev/null 2>&1 || {
            ip link add wire type veth peer name other
            ip link set wire addrgenmode none; ip link set other addrgenmode none; }";
        let state = if up { "up" } else { "down" };
        let mut script = format!("{wire}; ip addr flush dev {name}; ip link set {name} {state}");
        for address in addresses {
            let nodad = if address.contains(':') { "nodad" } else { "" };
            script += &format!("; ip addr add {address} dev {name} {nodad}");
        }
        self.sh(&script);
    }

    /// A UDP port that is somebody else's, until what is returned is dropped.
    pub fn take_port(&self, port: u16) -> impl Drop + use<> {
        let socket = self.run(|| UdpSocket::bind(("0.0.0.0", port))).unwrap();
        OwnedFd::from(socket)
    }

    /// A file of `/proc/net`.
    pub fn file(&self, name: &str) -> String {
        std::io::read_to_string(self.namespace.file(name).unwrap()).unwrap()
    }

    /// Waits until the table of services has the size that it needs: since Linux 7.1 it grows
    /// by itself, some time after services were added, and a listing meanwhile may miss some.
    pub fn settle(&self) {
        let until = Instant::now() + Duration::from_secs(30);
        while self.is_growing() {
            assert!(Instant::now() < until, "the table never has its size");
            thread::sleep(Duration::from_millis(20));
        }
    }

    fn is_growing(&self) -> bool {
        if !self.kernel.at_least(7, 1) {
            return false;
        }
        let status = self.client.status().unwrap();
        let (entries, table) = (u64::from(status.services), status.service_table);
        let factor = table.load_factor.unsigned_abs();
        let room_for = match table.load_factor {
            ..0 => entries << factor,
            _ => entries >> factor,
        };
        u64::from(table.buckets) < room_for.next_power_of_two()
    }

    /// Has the table of services keep the size that it gets, for tests that list it again and
    /// again while they change it: see [`settle`](Self::settle).
    pub fn keep_table_size(&self) {
        if self.kernel.at_least(7, 1) {
            let most = SysctlValue::Number(8);
            self.client.set_sysctl(Sysctl::SvcLfactor, &most).unwrap();
        }
    }

    /// Whether the kernel speaks IPv6.
    pub fn has_ipv6(&self) -> bool {
        let off = fs::read_to_string("/sys/module/ipv6/parameters/disable").unwrap();
        off.trim_end() != "1"
    }

    /// What comes of it while the kernel can load no such module; afterwards it is there.
    pub fn without_module<T>(&self, module: &str, body: impl FnOnce(&Client) -> T) -> T {
        unload(module);
        let none = Loader::replace("/bin/false");
        let outcome = body(&self.client);
        drop(none);
        modprobe(&[module]);
        outcome
    }

    /// Runs a line of shell in the namespace; it must succeed.
    pub fn sh(&self, line: &str) -> String {
        let output = self
            .run(|| Command::new("dash").args(["-ec", line]).output())
            .unwrap();
        let (stdout, stderr) = (output.stdout.escape_ascii(), output.stderr.escape_ascii());
        assert!(
            output.status.success(),
            "`{line}` failed: {stdout} {stderr}"
        );
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs code on a thread in the namespace.
    pub fn run<T: Send>(&self, body: impl FnOnce() -> T + Send) -> T {
        self.namespace.run(body).unwrap()
    }

    /// A second client of the namespace.
    pub fn open(&self, options: Options) -> Client {
        let home = self.namespace.try_clone().unwrap();
        Client::open(&options.with_namespace(NamespaceSource::Fd(home.into()))).unwrap()
    }

    /// A raw socket.
    pub fn socket(&self) -> Socket {
        self.namespace.socket().unwrap()
    }
}

/// Leaves nothing behind: services go some time after their namespace, and until then a kernel
/// before Linux 7.1 counts them where it lists those of others.
impl Drop for Site {
    fn drop(&mut self) {
        let _ = self.client.flush();
    }
}
