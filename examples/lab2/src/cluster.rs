//! The document's network: who is where, and what serves there.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use lab::site::ANSWERS;
use lab::web::WebServer;
use lab::{Host, Network, Result, Story};

use crate::director::Director;

const PICTURE: &str = "
  client  10.0.2.15  --+
  client2 10.0.2.16  --+        +-- directeur --+
                     Intnet --- | .2.50   .3.15 | --- Intnet1 --+-- serveur1 10.0.3.100:8080
  excuses 10.0.2.200 --+        +--  secours  --+               +-- serveur2 10.0.3.150:8080
                                  .2.51   .3.16
";

/// The virtual address of the document, and its port.
pub(crate) const WEB: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(10, 0, 2, 100)), 80);

/// What the sorry server answers.
pub(crate) const EXCUSE: &str = "Veuillez nous excuser";

/// The interfaces of a director.
const CABLES: [&str; 2] = ["eth0", "eth1"];

/// All hosts of LAB #2.
pub(crate) struct Cluster {
    /// The document's client.
    pub(crate) client: Arc<Host>,
    /// Another one, which makes the load.
    pub(crate) client2: Arc<Host>,
    /// The director.
    pub(crate) directeur: Director,
    /// Its backup.
    pub(crate) secours: Director,
    /// The real servers.
    pub(crate) servers: [Server; 2],
    /// Who answers when no real server does.
    _excuses: Server,
    network: Network,
}

impl Cluster {
    /// Cables the hosts; the servers serve, and the directors run nothing yet.
    ///
    /// # Errors
    /// When a namespace, a cable or a server can't be made.
    pub(crate) fn new(story: &mut Story) -> Result<Self> {
        let network = Network::new(&["intnet", "intnet1"])?;
        let outside = |name, address: &str| -> Result<Host> {
            let host = network.host(name, &[("eth0", "intnet")])?;
            host.ip(&[&format!("addr add {address}/24 brd + dev eth0")])?;
            Ok(host)
        };
        let director = |name, public, private| -> Result<Director> {
            let host = network.host(name, &[("eth0", "intnet"), ("eth1", "intnet1")])?;
            host.ip(&[
                &format!("addr add {public}/24 brd + dev eth0"),
                &format!("addr add {private}/24 brd + dev eth1"),
            ])?;
            host.forward()?;
            // Or they would tell the sorry server of the shorter way to its clients.
            for interface in ["all", "eth0"] {
                host.sysctl(&format!("net.ipv4.conf.{interface}.send_redirects"), 0)?;
            }
            Director::new(host)
        };
        let server = |name, address, answer| -> Result<Server> {
            let host = network.host(name, &[("eth0", "intnet1")])?;
            host.ip(&[
                &format!("addr add {address}/24 brd + dev eth0"),
                "route add default via 10.0.3.200",
            ])?;
            Server::new(host, 8080, answer)
        };
        let excuses = outside("excuses", "10.0.2.200")?;
        // It is in its clients' own network, and its answers must pass the director.
        let detour =
            ["10.0.2.15", "10.0.2.16"].map(|client| format!("route add {client} via 10.0.2.100"));
        excuses.ip(&detour.each_ref().map(String::as_str))?;
        let cluster = Self {
            client: Arc::new(outside("client", "10.0.2.15")?),
            client2: Arc::new(outside("client2", "10.0.2.16")?),
            directeur: director("directeur", "10.0.2.50", "10.0.3.15")?,
            secours: director("secours", "10.0.2.51", "10.0.3.16")?,
            servers: [
                server("serveur1", "10.0.3.100", ANSWERS[0])?,
                server("serveur2", "10.0.3.150", ANSWERS[1])?,
            ],
            _excuses: Server::new(excuses, 80, EXCUSE)?,
            network,
        };
        story.show(PICTURE.trim_matches('\n').lines());
        Ok(cluster)
    }

    /// Pulls both cables of directeur.
    ///
    /// # Errors
    /// When there are none.
    pub(crate) fn unplug(&self) -> Result<()> {
        self.network.unplug(&self.directeur.host, &CABLES)
    }

    /// Puts them back.
    ///
    /// # Errors
    /// When there are none.
    pub(crate) fn plug(&self) -> Result<()> {
        self.network.plug(&self.directeur.host, &CABLES)
    }
}

/// A web server that can fail and come back.
pub(crate) struct Server {
    host: Host,
    port: u16,
    answer: &'static str,
    web: Option<WebServer>,
}

impl Server {
    fn new(host: Host, port: u16, answer: &'static str) -> Result<Self> {
        let mut server = Self {
            host,
            port,
            answer,
            web: None,
        };
        server.rise()?;
        Ok(server)
    }

    /// Ends its web server: connections are refused.
    pub(crate) fn fall(&mut self) {
        self.web = None;
    }

    /// Starts it again.
    ///
    /// # Errors
    /// When the port is taken.
    pub(crate) fn rise(&mut self) -> Result<()> {
        self.web = Some(self.host.serve_web(self.port, self.answer)?);
        Ok(())
    }
}
