//! The two labs' networks, host by host, as their readers cable them.

use crate::web::WebServer;
use crate::{Host, Network, Result};

const LAB1: &str = "
  client  10.0.2.15 --+                                  +-- server1 10.0.3.100
                    Intnet --------- director -------- Intnet1
  client2 10.0.2.16 --+   10.0.2.50          10.0.3.15   +-- server2 10.0.3.150
";

const STUDENT: &str = "
  client  192.16.193.10 --+                              +-- server1 172.16.193.10
                 192.16.193.0/24 ---- director ---- 172.16.0.0/16
  client2 192.16.193.11 --+       .1       .193.254      +-- server2 172.16.193.20
";

const FLAT: &str = "
  client  10.0.2.15 --+                       +-- server1 10.0.2.101
                    Intnet ---- director -----+
  client2 10.0.2.16 --+         10.0.2.50     +-- server2 10.0.2.151
";

/// What the web servers of every lab answer.
pub const ANSWERS: [&str; 2] = ["Ceci est le serveur 1", "Ceci est le serveur 2"];

/// Which servers answered, in order: `2, 1, 2`.
#[must_use]
pub fn turns(answers: &[String]) -> String {
    let number = |answer: &String| match ANSWERS.iter().position(|known| known == answer) {
        Some(place) => (place + 1).to_string(),
        None => format!("{answer:?}"),
    };
    answers.iter().map(number).collect::<Vec<_>>().join(", ")
}

/// Two clients, a director, and two web servers behind it.
///
/// The director has its own addresses only: the virtual ones, forwarding and
/// the IPVS table are for the lab to set up.
#[derive(Debug)]
pub struct Site {
    /// The first client.
    pub client: Host,
    /// The second client.
    pub client2: Host,
    /// The load balancer.
    pub director: Host,
    /// The real servers.
    pub servers: [Host; 2],
    /// The bridges between them, to plug further hosts into.
    pub network: Network,
    /// The hosts, cables and addresses, drawn.
    pub picture: &'static str,
    web: Vec<WebServer>,
}

impl Site {
    /// LAB #1: clients on Intnet (10.0.2.0/24), servers on Intnet1
    /// (10.0.3.0/24) answering on port 8080, the director on both.
    ///
    /// # Errors
    /// When a namespace, a cable or a server can't be made.
    pub fn lab1() -> Result<Self> {
        let network = Network::new(&["intnet", "intnet1"])?;
        let both = [("eth0", "intnet"), ("eth1", "intnet1")];
        let mut site = Self {
            client: network.host("client", &[("eth0", "intnet")])?,
            client2: network.host("client2", &[("eth0", "intnet")])?,
            director: network.host("director", &both)?,
            servers: [
                network.host("server1", &[("eth0", "intnet1")])?,
                network.host("server2", &[("eth0", "intnet1")])?,
            ],
            network,
            picture: LAB1,
            web: Vec::new(),
        };
        site.client.ip(&["addr add 10.0.2.15/24 brd + dev eth0"])?;
        site.client2.ip(&["addr add 10.0.2.16/24 brd + dev eth0"])?;
        site.director.ip(&[
            "addr add 10.0.2.50/24 brd + dev eth0",
            "addr add 10.0.3.15/24 brd + dev eth1",
        ])?;
        site.servers[0].ip(&["addr add 10.0.3.100/24 brd + dev eth0"])?;
        site.servers[1].ip(&["addr add 10.0.3.150/24 brd + dev eth0"])?;
        site.serve_web(8080)?;
        Ok(site)
    }

    /// The student lab: predictable interface names, servers on a /16 answering
    /// on port 80, and a gateway address of the director's own.
    ///
    /// # Errors
    /// When a namespace, a cable or a server can't be made.
    pub fn student() -> Result<Self> {
        let network = Network::new(&["public", "private"])?;
        let both = [("ens192", "public"), ("ens224", "private")];
        let mut site = Self {
            client: network.host("client", &[("ens192", "public")])?,
            client2: network.host("client2", &[("ens192", "public")])?,
            director: network.host("director", &both)?,
            servers: [
                network.host("server1", &[("ens224", "private")])?,
                network.host("server2", &[("ens224", "private")])?,
            ],
            network,
            picture: STUDENT,
            web: Vec::new(),
        };
        site.client
            .ip(&["addr add 192.16.193.10/24 brd + dev ens192"])?;
        site.client2
            .ip(&["addr add 192.16.193.11/24 brd + dev ens192"])?;
        site.director.ip(&[
            "addr add 192.16.193.1/24 brd + dev ens192",
            "addr add 172.16.193.254/16 brd + dev ens224",
        ])?;
        let gateway = "route add default via 172.16.193.254";
        site.servers[0].ip(&["addr add 172.16.193.10/16 brd + dev ens224", gateway])?;
        site.servers[1].ip(&["addr add 172.16.193.20/16 brd + dev ens224", gateway])?;
        site.serve_web(80)?;
        Ok(site)
    }

    /// One flat network, as direct routing needs it: everyone on Intnet,
    /// servers answering on port 80.
    ///
    /// # Errors
    /// When a namespace, a cable or a server can't be made.
    pub fn flat() -> Result<Self> {
        let network = Network::new(&["intnet"])?;
        let host = |name, address| -> Result<Host> {
            let host = network.host(name, &[("eth0", "intnet")])?;
            host.ip(&[&format!("addr add {address}/24 brd + dev eth0")])?;
            Ok(host)
        };
        let mut site = Self {
            client: host("client", "10.0.2.15")?,
            client2: host("client2", "10.0.2.16")?,
            director: host("director", "10.0.2.50")?,
            servers: [
                host("server1", "10.0.2.101")?,
                host("server2", "10.0.2.151")?,
            ],
            network,
            picture: FLAT,
            web: Vec::new(),
        };
        site.serve_web(80)?;
        Ok(site)
    }

    /// What LAB #1 has an administrator type for translation: the director
    /// forwards, takes the virtual address and is the servers' gateway. For
    /// [`Site::lab1`].
    ///
    /// # Errors
    /// When a command fails.
    pub fn set_up_translation(&self) -> Result<()> {
        self.director.forward()?;
        self.director.ip(&[
            "addr add 10.0.2.100/24 brd + dev eth0 label eth0:0",
            "addr add 10.0.3.200/24 brd + dev eth1 label eth1:0",
        ])?;
        for server in &self.servers {
            server.ip(&["route add default via 10.0.3.200"])?;
        }
        Ok(())
    }

    /// Drops what was typed so far, when an earlier chapter has shown it.
    pub fn forget_typed(&self) {
        let [server1, server2] = &self.servers;
        for host in [
            &self.client,
            &self.client2,
            &self.director,
            server1,
            server2,
        ] {
            host.typed();
        }
    }

    /// Has both servers answer on another port too.
    ///
    /// # Errors
    /// When the port is taken.
    pub fn serve_web(&mut self, port: u16) -> Result<()> {
        for (server, answer) in self.servers.iter().zip(ANSWERS) {
            self.web.push(server.serve_web(port, answer)?);
        }
        Ok(())
    }

    /// A router beside the director, 10.0.2.2 and 10.0.3.2, for answers that do
    /// not go back through the director; the servers' default route leads there.
    /// For [`Site::lab1`].
    ///
    /// # Errors
    /// When it can't be made.
    pub fn add_router(&self) -> Result<Host> {
        let both = [("eth0", "intnet"), ("eth1", "intnet1")];
        let router = self.network.host("router", &both)?;
        router.ip(&[
            "addr add 10.0.2.2/24 brd + dev eth0",
            "addr add 10.0.3.2/24 brd + dev eth1",
        ])?;
        router.sysctl("net.ipv4.ip_forward", 1)?;
        // It sees the virtual address come from inside, which looks forged to it.
        for interface in ["all", "eth0", "eth1"] {
            router.sysctl(&format!("net.ipv4.conf.{interface}.rp_filter"), 0)?;
        }
        for server in &self.servers {
            server.ip(&["route replace default via 10.0.3.2"])?;
        }
        Ok(router)
    }
}

impl Host {
    /// What the labs have in their directors' sysctl.conf: packets are forwarded, and the
    /// hardening of the time stays on, since translation must work with it. For a host on
    /// eth0 and eth1.
    ///
    /// # Errors
    /// When the kernel refuses one of them.
    pub fn forward(&self) -> Result<()> {
        self.sysctl("net.ipv4.ip_forward", 1)?;
        for interface in ["all", "eth0", "eth1"] {
            self.sysctl(&format!("net.ipv4.conf.{interface}.rp_filter"), 1)?;
        }
        self.sysctl("net.ipv4.conf.all.accept_source_route", 0)?;
        self.sysctl("net.ipv4.tcp_syncookies", 1)
    }
}
