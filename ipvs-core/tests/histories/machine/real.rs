//! The kernel that runs.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io::{self, Read as _};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use ipvs_core::fake::{Environment, Release};
use ipvs_core::{Checks, Client, NamespaceSource, Options, Service};
use ipvs_sys::netns::Namespace;
use ipvs_sys::socket;

use super::{Machine, Place, Received, Socket};
use crate::history::Interface;
use crate::kernel::{Kernel, modprobe};
use crate::lockstep::PATIENCE;

pub struct Running;

struct Home {
    namespace: Namespace,
    client: Client,
    interfaces: RefCell<BTreeSet<String>>,
}

impl Machine for Running {
    fn places(&self, count: usize) -> Vec<Box<dyn Place>> {
        let place = |_| -> Box<dyn Place> { Box::new(Home::new()) };
        (0..count).map(place).collect()
    }
}

impl Home {
    fn new() -> Self {
        let namespace = Namespace::create().unwrap();
        let home = NamespaceSource::Fd(namespace.try_clone().unwrap().into());
        let options = Options::new()
            .with_namespace(home)
            .with_checks(Checks::Kernel);
        let home = Home {
            namespace,
            client: Client::open(&options).unwrap(),
            interfaces: RefCell::default(),
        };
        home.sh("ip link set lo up");
        home
    }

    /// Waits until every IPv6 address is valid: the kernel makes it so some time after it was
    /// added, and busybox knows no `nodad`.
    fn await_addresses(&self) {
        let until = Instant::now() + PATIENCE;
        while self.has_tentative_address() {
            assert!(Instant::now() < until, "an address never gets valid");
            thread::sleep(Duration::from_millis(1));
        }
    }

    fn has_tentative_address(&self) -> bool {
        const TENTATIVE: u8 = 0x40;
        let Ok(file) = self.namespace.file("if_inet6") else {
            return false; // No IPv6.
        };
        let text = io::read_to_string(file).unwrap();
        text.lines().any(|line| {
            let flags = line.split_whitespace().nth(4).expect("flags");
            u8::from_str_radix(flags, 16).unwrap() & TENTATIVE != 0
        })
    }

    /// Runs a script of busybox's, which starts a few times as fast as iproute2.
    fn sh(&self, script: &str) {
        let run = || Command::new("busybox").args(["sh", "-ec", script]).status();
        let status = self.namespace.run(run).unwrap().unwrap();
        assert!(status.success(), "{script}");
    }
}

impl Place for Home {
    fn client(&self) -> &Client {
        &self.client
    }

    fn socket(&self) -> Box<dyn Socket> {
        Box::new(self.namespace.socket().unwrap())
    }

    fn file(&self, name: &str) -> io::Result<Vec<u8>> {
        // The kernel gives as much as is asked for, and of some files loses its place in between.
        let mut text = Vec::with_capacity(64 * 1024);
        self.namespace.file(name)?.read_to_end(&mut text)?;
        Ok(text)
    }

    fn sysctl(&self, name: &str) -> io::Result<Vec<u8>> {
        self.namespace.read_sysctl(&format!("ipv4/vs/{name}"))
    }

    fn set_sysctl(&self, name: &str, text: &[u8]) -> io::Result<()> {
        self.namespace
            .write_sysctl(&format!("ipv4/vs/{name}"), text)
    }

    fn set_interface(&self, interface: &Interface) {
        let Interface {
            name,
            up,
            mtu,
            addresses,
        } = interface;
        let mut script = String::new();
        if self.interfaces.borrow_mut().insert(name.clone()) {
            // No address that nobody asked for, and none that is not valid at once.
            for (sysctl, value) in [("addr_gen_mode", "1"), ("accept_dad", "0")] {
                let path = format!("ipv6/conf/default/{sysctl}");
                self.namespace
                    .write_sysctl(&path, value.as_bytes())
                    .unwrap();
            }
            // The other end is `veth0`.
            script += &format!("ip link add {name} type veth; ip link set veth0 up; ");
        }
        let state = if *up { "up" } else { "down" };
        script += &format!("ip addr flush dev {name}; ip link set {name} mtu {mtu} {state}");
        for address in addresses {
            script += &format!("; ip addr add {address} dev {name}");
        }
        self.sh(&script);
        self.await_addresses();
    }
}

impl Socket for socket::Socket {
    fn port(&self) -> u32 {
        socket::Socket::port(self)
    }

    fn send(&self, bytes: &[u8]) -> io::Result<()> {
        socket::Socket::send(self, bytes)
    }

    fn receive(&self, buffer: &mut [u8]) -> Received {
        Received::from(socket::Socket::receive(self, buffer, Duration::ZERO))
    }

    fn set_receive_buffer_size(&self, bytes: usize) -> io::Result<usize> {
        socket::Socket::set_receive_buffer_size(self, bytes)
    }
}

/// Loads what may be needed, and tells what runs. Later nothing is loaded on demand, which takes
/// long and, before Linux 7.1, can lock up.
pub fn prepare() -> Environment {
    let kernel = Kernel::running();
    let mut environment = Environment::new();
    for module in environment.modules.clone() {
        // It would change what the others do.
        let wanted = module != "ip_vs_ftp" && kernel.has_module(&module);
        environment = if wanted {
            modprobe(&[&module]);
            environment.with_loaded(&module)
        } else {
            environment.without_module(&module)
        };
    }
    modprobe(&["veth"]);
    std::fs::write("/proc/sys/kernel/modprobe", "\n").unwrap();
    let (major, minor, patch) = kernel.release;
    let number = |number: u32| u16::try_from(number).unwrap();
    let release = Release::new(number(major), number(minor), number(patch));
    environment
        .with_release(release)
        .with_hz(hz())
        .with_processors(processors())
}

/// Clock ticks a second: the kernel shows a timeout in seconds here and in ticks there.
fn hz() -> u32 {
    let home = Home::new();
    let service: Service = "tcp 192.0.2.1:80 scheduler wlc flags persistent timeout 1"
        .parse()
        .unwrap();
    home.client.add_service(&service).unwrap();
    let text = String::from_utf8(home.file("ip_vs").unwrap()).unwrap();
    let (_, ticks) = text
        .split_once("persistent ")
        .expect("a persistent service");
    let ticks = ticks.split(' ').next().and_then(|ticks| ticks.parse().ok());
    home.client.flush().unwrap();
    ticks.expect("a number of ticks")
}

fn processors() -> u32 {
    let possible = std::fs::read_to_string("/sys/devices/system/cpu/possible").unwrap();
    let last = possible
        .trim()
        .rsplit('-')
        .next()
        .and_then(|last| last.parse::<u32>().ok());
    last.expect("a range of processors") + 1
}
