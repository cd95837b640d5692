//! Where one test happens: a network namespace of its own and its client.

use std::fs;
use std::net::IpAddr;
use std::process::Command;

use ipvs_core::{
    Checks, Client, Dest, DestEntry, ForwardMethod, Namespace, NamespaceSource, Options, Service,
    ServiceKey,
};

use crate::kernel::Kernel;
use crate::raw::Raw;

/// A new network namespace in which `lo` is up, and a client of it.
pub struct Site {
    pub kernel: Kernel,
    pub client: Client,
    pub namespace: Namespace,
}

impl Site {
    pub fn new(kernel: Kernel) -> Self {
        let client = Client::open(&Options::new().with_namespace(NamespaceSource::New)).unwrap();
        let namespace = client.namespace().unwrap();
        let site = Site {
            kernel,
            client,
            namespace,
        };
        // Busybox starts a few times as fast as iproute2 behind a shell.
        let up = ["ip", "link", "set", "lo", "up"];
        let done = site.run(|| {
            // A connection that is cut off would hold the namespace, and with it IPVS's
            // modules, for minutes after the test.
            fs::write("/proc/sys/net/ipv4/tcp_orphan_retries", "1").unwrap();
            Command::new("busybox").args(up).status()
        });
        assert!(done.unwrap().success());
        site
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

    /// A client of the namespace that leaves every judgement to the kernel.
    pub fn unchecked(&self) -> Client {
        self.open(Options::new().with_checks(Checks::Kernel))
    }

    /// Requests that no typed API can express.
    pub fn raw(&self) -> Raw {
        Raw::new(self.namespace.socket().unwrap())
    }

    /// Adds the service of a key and reads it back.
    pub fn add(&self, key: &str) -> ServiceKey {
        let key: ServiceKey = key.parse().unwrap();
        self.client.add_service(&Service::new(key)).unwrap();
        key
    }

    /// The configuration of every service, sorted.
    pub fn services(&self) -> Vec<Service> {
        let entries = self.client.services().unwrap();
        entries.iter().map(|entry| entry.service).collect()
    }

    /// The configuration of every dest of a service, sorted.
    pub fn dests(&self, service: &ServiceKey) -> Vec<Dest> {
        let entries = self.client.dests(service).unwrap();
        entries.iter().map(|entry| entry.dest).collect()
    }

    /// The only dest of a service.
    pub fn only_dest(&self, service: &ServiceKey) -> DestEntry {
        let dests = self.client.dests(service).unwrap();
        assert_eq!(dests.len(), 1, "{dests:?}");
        dests[0]
    }
}

/// A masquerading dest, from text such as `10.0.3.100:80`.
pub fn masquerade(key: &str) -> Dest {
    let key: ipvs_core::DestKey = key.parse().unwrap();
    Dest::new(key.address, key.port, ForwardMethod::MASQUERADE)
}

/// An address from text.
pub fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}
