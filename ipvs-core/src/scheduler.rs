//! Schedulers and persistence engines, by name.

use crate::name::{Name, name_type};
use crate::{Error, ServiceFlags};

name_type! {
    /// How a virtual service chooses among its real servers.
    ///
    /// Schedulers are kernel modules (`ip_vs_rr` is [`RR`](Self::RR)) which the
    /// kernel loads on first use, so any name is a value here; the constants
    /// are those of the kernel's own tree. A name that is sent must be lower-case
    /// letters, digits, `_` and `-`.
    ///
    /// ```
    /// use ipvs_core::Scheduler;
    /// assert_eq!("wrr".parse::<Scheduler>()?, Scheduler::WRR);
    /// # Ok::<(), ipvs_core::Error>(())
    /// ```
    #[doc(alias = "IPVS_SVC_ATTR_SCHED_NAME")]
    #[doc(alias = "ipvsadm -s")]
    Scheduler, 15, "scheduler"
}

macro_rules! schedulers {
    ($($(#[$doc:meta])* $constant:ident $name:literal,)*) => {
        impl Scheduler {
            $($(#[$doc])* pub const $constant: Scheduler = Scheduler(Name::literal($name));)*

            /// The schedulers of the kernel's own tree, up to Linux 7.3.
            pub const KNOWN: &'static [Scheduler] = &[$(Scheduler::$constant,)*];
        }
    };
}

schedulers! {
    /// Round robin.
    RR "rr",
    /// Weighted round robin.
    WRR "wrr",
    /// Least connections.
    LC "lc",
    /// Weighted least connections: the default.
    WLC "wlc",
    /// Locality-based least connections, by destination address.
    LBLC "lblc",
    /// Locality-based least connections with replication.
    LBLCR "lblcr",
    /// Destination hashing.
    DH "dh",
    /// Source hashing.
    SH "sh",
    /// Shortest expected delay.
    SED "sed",
    /// Never queue: an idle server first, else shortest expected delay.
    NQ "nq",
    /// Weighted fail-over: the available server of the highest weight. Since Linux 3.18.
    FO "fo",
    /// Weighted overflow: the highest weight until it is full, then the next. Since Linux 4.3.
    OVF "ovf",
    /// Maglev hashing. Since Linux 4.18.
    MH "mh",
    /// The less loaded of two random picks, by weight. Since Linux 5.12, where it is built.
    TWOS "twos",
    /// No scheduler: every new connection is refused.
    NONE "none",
}

/// `wlc`, as ipvsadm has it.
impl Default for Scheduler {
    fn default() -> Self {
        Scheduler::WLC
    }
}

impl Scheduler {
    /// The names of the three scheduler flags under this scheduler.
    ///
    /// `sh` and `mh` give a meaning to the first two: `fallback` (use another
    /// server when the chosen one is down, full or has weight 0) and `port`
    /// (hash the source port too). Other schedulers ignore them: `flag-1` to `flag-3`.
    #[must_use]
    pub fn flag_names(&self) -> [(&'static str, ServiceFlags); 3] {
        let names = match *self {
            Scheduler::SH => ["sh-fallback", "sh-port", "flag-3"],
            Scheduler::MH => ["mh-fallback", "mh-port", "flag-3"],
            _ => ["flag-1", "flag-2", "flag-3"],
        };
        let [first, second, third] = names;
        [
            (first, ServiceFlags::SCHEDULER_1),
            (second, ServiceFlags::SCHEDULER_2),
            (third, ServiceFlags::SCHEDULER_3),
        ]
    }

    /// The scheduler flags in `flags` by their names under this scheduler,
    /// joined by commas: `sh-fallback,sh-port`. Empty when there are none.
    #[must_use]
    pub fn format_flags(&self, flags: ServiceFlags) -> String {
        let set = self.flag_names().into_iter();
        let names = set.filter_map(|(name, flag)| flags.contains(flag).then_some(name));
        names.collect::<Vec<_>>().join(",")
    }

    /// Reads a comma list of flag names: this scheduler's own, or `flag-1` to
    /// `flag-3`. No names are no flags.
    ///
    /// # Errors
    ///
    /// `InvalidInput` for a name that is none of them; another scheduler's
    /// names are not this one's.
    #[doc(alias = "ipvsadm -b")]
    pub fn parse_flags(&self, text: &str) -> Result<ServiceFlags, Error> {
        let own = self.flag_names();
        let general = Scheduler::NONE.flag_names();
        let mut words = text.split(',').filter(|_| !text.is_empty());
        words.try_fold(ServiceFlags::empty(), |flags, word| {
            let known = own.iter().chain(&general).find(|(name, _)| *name == word);
            known.map(|(_, flag)| flags | *flag).ok_or_else(|| {
                let names = own.map(|(name, _)| name).join(", ");
                Error::parse("scheduler flag", word, &names)
            })
        })
    }
}

name_type! {
    /// What recognises a client of a persistent service, beyond its address.
    ///
    /// Engines are kernel modules (`ip_vs_pe_sip`); any name is a value here.
    #[doc(alias = "IPVS_SVC_ATTR_PE_NAME")]
    #[doc(alias = "ipvsadm --pe")]
    PersistenceEngine, 16, "persistence engine"
}

impl PersistenceEngine {
    /// SIP's Call-ID, for UDP services: the only engine of the kernel's own tree.
    pub const SIP: PersistenceEngine = PersistenceEngine(Name::literal("sip"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_have_their_names_under_each_scheduler() {
        let both = ServiceFlags::SCHEDULER_1 | ServiceFlags::SCHEDULER_2;
        assert_eq!(Scheduler::SH.format_flags(both), "sh-fallback,sh-port");
        assert_eq!(Scheduler::MH.format_flags(both), "mh-fallback,mh-port");
        assert_eq!(Scheduler::RR.format_flags(both), "flag-1,flag-2");
        assert_eq!(Scheduler::RR.format_flags(ServiceFlags::PERSISTENT), "");
        assert_eq!(Scheduler::SH.parse_flags("sh-port,flag-1").unwrap(), both);
        let error = Scheduler::SH.parse_flags("mh-port").unwrap_err();
        assert_eq!(
            error.to_string(),
            "parse: scheduler flag: \"mh-port\" is not one: expected sh-fallback, sh-port, flag-3"
        );
    }

    #[test]
    fn names_are_bounded() {
        assert!("".parse::<Scheduler>().is_err());
        assert!("abcdefghijklmnop".parse::<Scheduler>().is_err());
        assert_eq!(
            "abcdefghijklmno"
                .parse::<Scheduler>()
                .unwrap()
                .as_bytes()
                .len(),
            15
        );
        assert_eq!(Scheduler::default(), Scheduler::WLC);
        assert_eq!(Scheduler::KNOWN.len(), 15);
    }
}
