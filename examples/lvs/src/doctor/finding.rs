//! What is wrong, what that breaks, and what cures it.

use std::fmt;
use std::net::IpAddr;

use serde::{Serialize, Serializer};

/// One mistake of a set-up.
///
/// ```
/// use lvs::doctor::{Code, Finding};
///
/// let finding = Finding::new(Code::ForwardingOff, "net.ipv4.ip_forward is 0")
///     .breaking("answers of real servers go no further than this director")
///     .cured_by("sysctl -w net.ipv4.ip_forward=1");
/// assert_eq!(
///     finding.to_string(),
///     "forwarding-off: net.ipv4.ip_forward is 0\n  \
///      it breaks: answers of real servers go no further than this director\n  \
///      cure: sysctl -w net.ipv4.ip_forward=1\n"
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Which mistake.
    pub code: Code,
    /// What is wrong, in a sentence without its full stop.
    pub what: String,
    /// What does not work for it.
    pub breaks: String,
    /// The real server that the cure is typed on; `None` is this host.
    pub on: Option<IpAddr>,
    /// Lines for a shell, as root, in this order.
    pub cure: Vec<String>,
}

impl Finding {
    /// A mistake without a cure yet.
    #[must_use]
    pub fn new(code: Code, what: impl Into<String>) -> Self {
        Finding {
            code,
            what: what.into(),
            breaks: String::new(),
            on: None,
            cure: Vec::new(),
        }
    }

    /// What does not work for it.
    #[must_use]
    pub fn breaking(mut self, what: impl Into<String>) -> Self {
        self.breaks = what.into();
        self
    }

    /// One more line of the cure.
    #[must_use]
    pub fn cured_by(mut self, line: impl Into<String>) -> Self {
        self.cure.push(line.into());
        self
    }

    /// More lines of the cure.
    #[must_use]
    pub fn cured_by_all(mut self, lines: impl IntoIterator<Item = String>) -> Self {
        self.cure.extend(lines);
        self
    }

    /// The cure is typed on that host.
    #[must_use]
    pub fn on(mut self, server: IpAddr) -> Self {
        self.on = Some(server);
        self
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}", self.code, self.what)?;
        writeln!(f, "  it breaks: {}", self.breaks)?;
        let place = match self.on {
            Some(server) => format!("cure on {server}"),
            None => "cure".to_owned(),
        };
        self.cure
            .iter()
            .try_for_each(|line| writeln!(f, "  {place}: {line}"))
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $code:ident $name:literal,)*) => {
        /// The name of a mistake. Names stay what they are; there may come more.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $($(#[$doc])* $code,)*
        }

        impl Code {
            /// Every one, in the order of looking.
            pub const ALL: &'static [Code] = &[$(Code::$code,)*];

            /// The name that is printed.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Code::$code => $name,)*
                }
            }
        }
    };
}

codes! {
    /// The kernel has no IPVS, or has not loaded it.
    IpvsMissing "ipvs-missing",
    /// This kernel's build lacks the scheduler that lvs.cf names.
    SchedulerMissing "scheduler-missing",
    /// The scheduler is not loaded, and the kernel may not load it by itself.
    SchedulerNotLoaded "scheduler-not-loaded",
    /// One of two directors has no virtual address, and no pulse that would bring it up.
    PulseNotRunning "pulse-not-running",
    /// A virtual service of lvs.cf is not in the kernel's table.
    ServiceMissing "service-missing",
    /// A service chooses no server at all.
    SchedulerNone "scheduler-none",
    /// A service has no real server.
    ServiceWithoutServers "service-without-servers",
    /// No packet gets the mark that a service is for.
    MarkMissing "mark-missing",
    /// Every real server of a service has weight 0.
    ServersQuiesced "servers-quiesced",
    /// A real server is reached by another method than the mode's.
    ForwardDiffers "forward-differs",
    /// A real server's port is another than the service's, where no packet's port is changed.
    PortChanged "port-changed",
    /// A real server is full of connections that are over.
    ThresholdFull "threshold-full",
    /// Persistent clients stay with a server of weight 0.
    QuiescentTemplates "quiescent-templates",
    /// Connections to servers that are no longer in the table hang.
    DeadConnections "dead-connections",
    /// The virtual address is not this director's.
    VipNotLocal "vip-not-local",
    /// The interface towards the real servers is down.
    LinkDown "link-down",
    /// No route leads to a real server.
    ServerUnreachable "server-unreachable",
    /// The director forwards nothing.
    ForwardingOff "forwarding-off",
    /// The real servers' gateway is not this director's address.
    GatewayNotLocal "gateway-not-local",
    /// A real server's answers do not come through the director.
    AnswersElsewhere "answers-elsewhere",
    /// A client is in the real servers' own network.
    ClientInServersNet "client-in-servers-net",
    /// The director drops the answers that carry its own virtual address.
    MartianAnswers "martian-answers",
    /// A real server is behind a router, where frames can't be handed to it.
    ServerBehindRouter "server-behind-router",
    /// The firewall drops the word that a packet is too long for the tunnel.
    IcmpFiltered "icmp-filtered",
    /// Connections are synchronised with nobody.
    SyncWithoutPartner "sync-without-partner",
    /// The interface of the sync daemon is down, or there is none of the name.
    SyncInterface "sync-interface",
    /// The sync daemon does not run, or does as another than lvs.cf wants.
    SyncDaemon "sync-daemon",
    /// The default route of a real server does not lead to the director.
    DefaultRoute "default-route",
    /// A real server answers ARP requests for the virtual address.
    ArpAnswered "arp-answered",
    /// A real server asks by ARP in the virtual address's name.
    ArpAnnounced "arp-announced",
    /// The virtual address is on a real server's card.
    VipOnCard "vip-on-card",
    /// The virtual address takes its whole network along onto `lo`, or the tunnel's end.
    VipPrefix "vip-prefix",
    /// A real server has no end of the tunnel.
    TunnelMissing "tunnel-missing",
    /// The end of the tunnel is down.
    TunnelDown "tunnel-down",
    /// Nobody takes the tunnel's packets at their UDP port.
    TunnelPort "tunnel-port",
    /// A real server does not take the virtual address for its own.
    VipMissing "vip-missing",
    /// What comes out of the tunnel is dropped for its way back.
    TunnelRpFilter "tunnel-rp-filter",
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}
