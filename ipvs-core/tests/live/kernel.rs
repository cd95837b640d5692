//! The running kernel, as a value.

use std::process::Command;

/// The running kernel and what it lacks.
#[derive(Clone, Debug, Default)]
pub struct Kernel {
    /// `(6, 1, 187)`.
    pub release: (u32, u32, u32),
    /// The modules that the table of kernels says this build is without.
    pub lacks: Vec<String>,
}

impl Kernel {
    /// The one that runs; it must be the one that was asked for.
    pub fn running() -> Self {
        let asked = std::env::var("IPVS_KERNEL").ok();
        assert!(
            asked.is_some() || std::env::var("IPVS_ON_HOST").is_ok_and(|value| value == "1"),
            "the live suite changes the kernel it runs on: `make test` boots others for it; \
             set IPVS_ON_HOST=1 to run it on this one, as root"
        );
        let text = full_release();
        let release = parse(&text);
        if let Some(name) = asked.filter(|name| name != "newest") {
            let (major, minor, _) = release;
            assert_eq!(
                name,
                format!("{major}.{minor}"),
                "another kernel than promised runs: {text}"
            );
        }
        println!("kernel {text}");
        // Kernels before 5.16 do not load IPVS when somebody asks for it. And those
        // before 7.1 can lock up when they load these two schedulers on demand: the
        // request holds IPVS's mutex and waits for modprobe, which waits for the
        // namespaces that are just being removed, which wait for the mutex.
        modprobe(&["-a", "ip_vs", "ip_vs_lblc", "ip_vs_lblcr"]);
        let lacks = std::env::var("IPVS_KERNEL_LACKS").unwrap_or_default();
        Kernel {
            release,
            lacks: lacks.split_whitespace().map(str::to_owned).collect(),
        }
    }

    /// Whether it is the host's own kernel and not a guest's.
    pub fn is_host(&self) -> bool {
        std::env::var_os("IPVS_KERNEL").is_none()
    }

    pub fn at_least(&self, major: u32, minor: u32) -> bool {
        self.release >= (major, minor, 0)
    }

    /// Whether this build has the module, loaded or not.
    pub fn has_module(&self, module: &str) -> bool {
        let modprobe = Command::new("modprobe")
            .args(["-n", "-q", module])
            .status()
            .unwrap();
        modprobe.success()
    }
}

/// Loads or, with `-r`, unloads modules.
pub fn modprobe(arguments: &[&str]) {
    let status = Command::new("modprobe").args(arguments).status().unwrap();
    assert!(status.success(), "modprobe {}", arguments.join(" "));
}

/// The release down to its third number. Debian calls all of its 6.1 kernels
/// `6.1.0-NUMBER` and says in the version which stable release each one is.
fn full_release() -> String {
    let read = |name| std::fs::read_to_string(format!("/proc/sys/kernel/{name}")).unwrap();
    let version = read("version");
    let stable = version
        .split_once("Debian ")
        .and_then(|(_, rest)| rest.split(' ').next());
    stable.map_or_else(|| read("osrelease").trim_end().to_owned(), str::to_owned)
}

/// The numbers at the beginning of `6.12.107+deb13-amd64`; a release such as
/// `7.2` has 0 as its third.
fn parse(release: &str) -> (u32, u32, u32) {
    let version = release
        .split(|c: char| !c.is_ascii_digit() && c != '.')
        .next()
        .unwrap_or("");
    let mut numbers = version.split('.').map(|number| number.parse().unwrap_or(0));
    let mut next = || numbers.next().unwrap_or(0);
    (next(), next(), next())
}
