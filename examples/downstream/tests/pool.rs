//! The pool on a kernel in memory: no root, no module, no waiting.

use std::time::Duration;

use ipvs_core::fake::{Environment, Fault, Kernel, Release, When};
use ipvs_core::procfs::Connection;
use ipvs_core::{Change, Client, DestKey, ErrorKind, Service, ServiceKey};
use pool::{BadLine, Pool, Progress};

/// Two servers, of which the second takes more.
const TWO: &str = "\
# the web
10.0.3.100:8080 1
10.0.3.150:8080 3
";

/// A machine, a client on it, and a pool of these servers that nobody has looked after yet.
struct Site {
    kernel: Kernel,
    ipvs: Client,
    pool: Pool,
}

impl Site {
    fn new(servers: &str) -> Self {
        Self::on(Kernel::new(), servers)
    }

    fn on(kernel: Kernel, servers: &str) -> Self {
        let ipvs = kernel.client().unwrap();
        let mut pool = Pool::new(web());
        pool.set_servers(servers).unwrap();
        Site { kernel, ipvs, pool }
    }

    #[track_caller]
    fn sync(&self) -> Progress {
        self.pool.sync(&self.ipvs).unwrap()
    }

    /// The servers that the kernel has, and their weights.
    #[track_caller]
    fn servers(&self) -> Vec<(String, u32)> {
        let dests = self.ipvs.dests(&web()).unwrap();
        let shown = dests
            .iter()
            .map(|entry| (entry.dest.key.to_string(), entry.dest.weight));
        shown.collect()
    }
}

fn web() -> ServiceKey {
    ServiceKey::tcp([192, 0, 2, 1], 80)
}

fn both() -> Vec<(String, u32)> {
    vec![("10.0.3.100:8080".into(), 1), ("10.0.3.150:8080".into(), 3)]
}

#[test]
fn a_pool_is_filled_and_then_left_alone() {
    let site = Site::new(TWO);
    assert_eq!(
        site.sync().changes,
        [
            "add service tcp 192.0.2.1:80 scheduler wlc (it is missing)",
            "add dest 10.0.3.100:8080 masquerade weight 1 of tcp 192.0.2.1:80 (it is missing)",
            "add dest 10.0.3.150:8080 masquerade weight 3 of tcp 192.0.2.1:80 (it is missing)",
        ]
    );
    assert_eq!(site.servers(), both());
    assert_eq!(site.sync().changes, [] as [String; 0]);
}

#[test]
fn it_works_on_every_kernel() {
    for release in [Release::V5_10, Release::V6_1, Release::V6_12, Release::V7_2] {
        let kernel = Kernel::with(Environment::new().with_release(release));
        let site = Site::on(kernel, TWO);
        site.sync();
        assert_eq!(site.servers(), both(), "{release}");
    }
}

#[test]
fn a_server_leaves_when_its_connections_have_ended() {
    let mut site = Site::new(TWO);
    site.sync();
    let leaving: DestKey = "10.0.3.150:8080".parse().unwrap();
    let mut connection = Connection::new("10.0.1.50:40000".parse().unwrap(), web(), leaving);
    connection.expires = Duration::from_secs(600);
    site.kernel
        .initial()
        .set_connections(vec![connection])
        .unwrap();

    site.pool.set_servers("10.0.3.100:8080 1").unwrap();
    assert_eq!(site.sync().leaving, [leaving]);
    assert_eq!(site.servers()[1], ("10.0.3.150:8080".into(), 0));
    assert_eq!(site.sync().changes, [] as [String; 0]);

    // Ten minutes, which take no time.
    site.kernel.advance(Duration::from_secs(600));
    assert_eq!(site.sync().leaving, []);
    assert_eq!(site.servers().len(), 1);
}

#[test]
fn what_others_have_is_left_alone() {
    let site = Site::new(TWO);
    let theirs = Service::new(ServiceKey::udp([192, 0, 2, 1], 53));
    site.ipvs.add_service(&theirs).unwrap();
    site.sync();
    assert_eq!(site.ipvs.services().unwrap().len(), 2);
}

/// At each of the receives that filling a pool takes, once the answer is lost, and once the
/// receive buffer overruns.
#[test]
fn no_lost_answer_leaves_the_pool_wrong() {
    let undisturbed = Site::new(TWO);
    let before = undisturbed.kernel.calls().receives;
    undisturbed.sync();
    let receives = undisturbed.kernel.calls().receives - before;
    assert!(receives > 3, "{receives}");
    for index in 0..receives {
        for fault in [Fault::Drop, Fault::Overrun, Fault::Truncate(20)] {
            let site = Site::new(TWO);
            site.kernel.inject(When::Receive(index), fault.clone());
            site.sync();
            assert_eq!(site.servers(), both(), "{fault:?} at receive {index}");
            assert_eq!(site.kernel.pending_faults(), 0);
        }
    }
}

#[test]
fn a_kernel_that_never_answers_is_given_up() {
    let site = Site::new(TWO);
    for _ in 0..1000 {
        site.kernel.inject(When::Now, Fault::Drop);
    }
    let error = site.pool.sync(&site.ipvs).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    // It had its patience: five times the five seconds of a client's deadline, at least.
    assert!(site.kernel.now() >= Duration::from_secs(25));
    site.kernel.clear_faults();
    site.sync();
    assert_eq!(site.servers(), both());
}

/// Somebody removes the service while the pool is being changed, at each of the requests that
/// this takes.
#[test]
fn somebody_else_is_made_up_for() {
    let changed = |site: &mut Site| {
        site.sync();
        site.pool
            .set_servers("10.0.3.100:8080 5\n10.0.3.200:8080 1")
            .unwrap();
        site.sync()
    };
    let mut undisturbed = Site::new(TWO);
    changed(&mut undisturbed);
    let sends = undisturbed.kernel.calls().sends;
    let expected = undisturbed.servers();
    for index in 0..sends {
        let mut site = Site::new(TWO);
        let theft = Fault::Change(vec![Change::RemoveService(web())]);
        site.kernel.inject(When::Send(index), theft);
        changed(&mut site);
        // Who steals after the last look is found out at the next.
        site.kernel.clear_faults();
        site.sync();
        assert_eq!(site.servers(), expected, "stolen at send {index}");
    }
}

#[test]
fn what_it_cannot_help_is_told() {
    let kernel = Kernel::with(Environment::new().unprivileged());
    let site = Site::on(kernel, TWO);
    let error = site.pool.sync(&site.ipvs).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PermissionDenied);

    let poor = Kernel::with(Environment::new().without_module("ip_vs_wlc"));
    let site = Site::on(poor, TWO);
    let error = site.pool.sync(&site.ipvs).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnknownScheduler);
    assert_eq!(
        error.to_string(),
        "add service tcp 192.0.2.1:80: scheduler: the kernel has no scheduler wlc (ENOENT); \
         load its module as root: modprobe ip_vs_wlc"
    );
}

#[test]
fn a_bad_line_is_named_and_changes_nothing() {
    let mut site = Site::new(TWO);
    for (list, reason) in [
        (
            "10.0.3.100:8080",
            "line 1: a server and its weight are expected",
        ),
        (
            "\n# none\n10.0.3.100:8080 much",
            "line 3: \"much\" is no weight",
        ),
    ] {
        let bad: BadLine = site.pool.set_servers(list).unwrap_err();
        assert_eq!(bad.to_string(), reason);
    }
    assert!(site.pool.set_servers("10.0.3.100 1\nserver 2").is_err());
    site.sync();
    assert_eq!(site.servers(), both());
}
