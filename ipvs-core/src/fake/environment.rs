//! What a fake kernel is built and set up with.

use std::collections::BTreeSet;

use super::Release;

/// The machine that a fake kernel runs on, and how it was built.
///
/// ```
/// use ipvs_core::fake::{Environment, Kernel, Release};
/// use ipvs_core::{ErrorKind, Scheduler, Service};
///
/// let old = Environment::new()
///     .with_release(Release::V5_10)
///     .without_module("ip_vs_mh");
/// let client = Kernel::with(old).client()?;
/// let web = Service::new("tcp 192.0.2.1:80".parse()?).with_scheduler(Scheduler::MH);
/// let error = client.add_service(&web).unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::UnknownScheduler);
/// # Ok::<(), ipvs_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Environment {
    /// The kernel's release. Default: the newest that the fake was compared with.
    pub release: Release,
    /// The modules that can be loaded, by name. Those that the release does not know cannot
    /// be loaded even so. Default: `ip_vs`, every scheduler, `ip_vs_ftp`, `ip_vs_pe_sip`.
    pub modules: BTreeSet<String>,
    /// Those that are loaded from the beginning. Default: `ip_vs`.
    pub loaded: BTreeSet<String>,
    /// The kernel's clock ticks a second: 100, 250, 300 or 1000. Default: 250.
    pub hz: u32,
    /// Whether the kernel speaks IPv6. Default: yes.
    pub ipv6: bool,
    /// How many processors there are, from 1 to 8192. Default: 1.
    pub processors: u32,
    /// The module parameter `conn_tab_bits`: the size of the connection table as a power of
    /// two; from Linux 7.1 on that which it may grow to. Default: 12.
    pub connection_table_bits: u32,
    /// Whether who asks has `CAP_NET_ADMIN` in the first user namespace, without which
    /// every command is `EPERM`. Default: yes.
    pub privileged: bool,
    /// What the order of services in a listing depends on: a kernel has another one after
    /// each boot. Default: 0.
    pub seed: u64,
}

/// What a kernel built with everything has.
const MODULES: [&str; 17] = [
    "ip_vs",
    "ip_vs_dh",
    "ip_vs_fo",
    "ip_vs_ftp",
    "ip_vs_lblc",
    "ip_vs_lblcr",
    "ip_vs_lc",
    "ip_vs_mh",
    "ip_vs_nq",
    "ip_vs_ovf",
    "ip_vs_pe_sip",
    "ip_vs_rr",
    "ip_vs_sed",
    "ip_vs_sh",
    "ip_vs_twos",
    "ip_vs_wlc",
    "ip_vs_wrr",
];

impl Environment {
    /// Every default: the newest kernel, with everything, before somebody who may everything.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With another release.
    #[must_use]
    pub fn with_release(mut self, release: Release) -> Self {
        self.release = release;
        self
    }

    /// Without a module: neither can it be loaded nor is it.
    #[must_use]
    pub fn without_module(mut self, name: &str) -> Self {
        self.modules.remove(name);
        self.loaded.remove(name);
        self
    }

    /// With a module loaded from the beginning, and loadable.
    #[must_use]
    pub fn with_loaded(mut self, name: &str) -> Self {
        self.modules.insert(name.to_owned());
        self.loaded.insert(name.to_owned());
        self
    }

    /// With no module loaded from the beginning.
    #[must_use]
    pub fn with_nothing_loaded(mut self) -> Self {
        self.loaded.clear();
        self
    }

    /// With so many clock ticks a second; 0 counts as 1.
    #[must_use]
    pub fn with_hz(mut self, hz: u32) -> Self {
        self.hz = hz.max(1);
        self
    }

    /// Without IPv6.
    #[must_use]
    pub fn without_ipv6(mut self) -> Self {
        self.ipv6 = false;
        self
    }

    /// With so many processors: at least 1, and at most the 8192 that Linux is built for.
    #[must_use]
    pub fn with_processors(mut self, processors: u32) -> Self {
        self.processors = processors.clamp(1, 8192);
        self
    }

    /// With another size of the connection table, as a power of two from 8 to 27.
    #[must_use]
    pub fn with_connection_table_bits(mut self, bits: u32) -> Self {
        self.connection_table_bits = bits.clamp(8, 27);
        self
    }

    /// Before somebody without `CAP_NET_ADMIN`.
    #[must_use]
    pub fn unprivileged(mut self) -> Self {
        self.privileged = false;
        self
    }

    /// With services listed in another order.
    #[must_use]
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// With every number within its bounds, whoever set the field.
    pub(super) fn within_bounds(self) -> Self {
        let (hz, processors, bits) = (self.hz, self.processors, self.connection_table_bits);
        self.with_hz(hz)
            .with_processors(processors)
            .with_connection_table_bits(bits)
    }

    /// Whether a module can be loaded.
    pub(super) fn provides(&self, module: &str) -> bool {
        self.modules.contains(module) && self.release.knows_module(module)
    }
}

impl Default for Environment {
    fn default() -> Self {
        Environment {
            release: Release::V7_2,
            modules: MODULES.map(str::to_owned).into(),
            loaded: ["ip_vs".to_owned()].into(),
            hz: 250,
            ipv6: true,
            processors: 1,
            connection_table_bits: 12,
            privileged: true,
            seed: 0,
        }
    }
}
