//! The sysctls of IPVS: which of them a kernel has, what they are in a new network
//! namespace, and what they take.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::MetadataExt;

use ipvs_core::{
    Applied, Client, Error, ErrorKind, Object, Op, Options, Sysctl, SysctlForm, SysctlNeed,
    SysctlValue,
};
use ipvs_sys::errno::*;
use ipvs_sys::faults::{self, Call};

use crate::harness::{Need, Test, tests};
use crate::kernel::{Kernel, modprobe};
use crate::site::Site;

pub fn tests() -> Vec<Test> {
    tests![
        each_is_there_on_the_kernels_that_the_table_says,
        each_has_its_default_in_a_new_namespace,
        each_takes_its_whole_range,
        each_refuses_what_the_kernel_refuses,
        some_turn_what_is_out_of_range_into_something_else,
        a_list_of_processors_is_kept,
        the_first_namespace_has_other_load_factors,
        a_scheduler_brings_its_sysctl_along: Need::Guest,
        failures_of_each_call_are_told
    ]
}

const FOLDER: &str = "/proc/sys/net/ipv4/vs";

impl Site {
    fn get(&self, sysctl: Sysctl) -> SysctlValue {
        self.client.sysctl(sysctl).unwrap()
    }

    fn set(&self, sysctl: Sysctl, value: impl Into<SysctlValue>) {
        self.client.set_sysctl(sysctl, &value.into()).unwrap();
    }

    /// Those that this kernel has, as the table tells it.
    fn sysctls(&self) -> Vec<Sysctl> {
        let all = Sysctl::ALL.iter().copied();
        all.filter(|sysctl| has(&self.kernel, *sysctl)).collect()
    }
}

/// Whether a kernel has it, by the table. The suite loads the modules of both schedulers, and
/// Debian builds all of its kernels with firewall connections and without debugging.
fn has(kernel: &Kernel, sysctl: Sysctl) -> bool {
    let (major, minor, patch) = sysctl.since();
    let built = sysctl.needs() != Some(SysctlNeed::Build("CONFIG_IP_VS_DEBUG"));
    kernel.release >= (major.into(), minor.into(), patch.into()) && built
}

#[track_caller]
fn number(value: &SysctlValue) -> i128 {
    value.as_number().unwrap()
}

fn text(list: &str) -> SysctlValue {
    SysctlValue::CpuList(list.to_owned())
}

fn threshold(threshold: i32, period: i32) -> SysctlValue {
    SysctlValue::Threshold { threshold, period }
}

fn each_is_there_on_the_kernels_that_the_table_says(site: &Site) {
    let listed = site.run(|| fs::read_dir(FOLDER)).unwrap();
    let found: BTreeSet<String> = listed
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let expected = site.sysctls();
    let names = expected.iter().map(|sysctl| sysctl.name().to_owned());
    assert_eq!(found, names.collect());
    for &sysctl in Sysctl::ALL {
        let outcome = site.client.sysctl(sysctl);
        if expected.contains(&sysctl) {
            outcome.unwrap();
            continue;
        }
        let error = outcome.unwrap_err();
        assert_eq!(error.object(), Some(&Object::Sysctl(sysctl)));
        let told = (error.kind(), error.op(), error.errno());
        assert_eq!(
            told,
            (ErrorKind::Unsupported, Op::Sysctl, Some(ENOENT)),
            "{error}"
        );
        let (major, minor, _) = sysctl.since();
        let since = format!("no such sysctl: Linux {major}.{minor} and later have it");
        assert!(error.cause().contains(&since), "{error}");
        let some = sysctl.default_value().unwrap_or(SysctlValue::Number(1));
        let some = match sysctl.form() {
            SysctlForm::CpuList => text("0"),
            _ => some,
        };
        let error = site.client.set_sysctl(sysctl, &some).unwrap_err();
        let told = (error.kind(), error.op(), error.applied());
        assert_eq!(
            told,
            (ErrorKind::Unsupported, Op::SetSysctl, Applied::No),
            "{error}"
        );
    }
}

fn each_has_its_default_in_a_new_namespace(site: &Site) {
    let first = Client::open(&Options::new()).unwrap();
    for sysctl in site.sysctls() {
        let value = site.get(sysctl);
        match (sysctl, sysctl.default_value()) {
            (_, Some(default)) => assert_eq!(value, default, "{sysctl}"),
            // A 32nd of the memory's pages, of those that are free for buffers.
            (Sysctl::SyncQlenMax, None) => assert!(number(&value) > 1000, "{value}"),
            (Sysctl::ConnMax, None) => {
                assert_eq!(value, first.sysctl(sysctl).unwrap());
                assert_eq!(number(&value), 1 << 30);
            }
            (Sysctl::EstCpulist, None) => {
                let all = fs::read_to_string("/sys/devices/system/cpu/online").unwrap();
                assert_eq!(value, text(all.trim_end()));
            }
            (_, None) => panic!("{sysctl} has no default: what is {value}?"),
        }
    }
}

/// The ends of the range, and what lies between where that is more than numbers.
fn bounds(sysctl: Sysctl) -> Vec<SysctlValue> {
    match sysctl.form() {
        SysctlForm::Threshold => [
            (0, 0),
            (0, 1),
            (49, 50),
            (i32::MAX - 1, i32::MAX),
            (7, 0),
            (3, 50),
        ]
        .map(|(t, period)| threshold(t, period))
        .into(),
        SysctlForm::CpuList => ["", "0"].map(text).into(),
        SysctlForm::PowerOfTwo { max } => (0..)
            .map(|bit| 1 << bit)
            .take_while(|n| *n <= max)
            .map(SysctlValue::Number)
            .collect(),
        _ => {
            let (min, max) = sysctl.range().unwrap().into_inner();
            [min, max].map(SysctlValue::Number).into()
        }
    }
}

fn each_takes_its_whole_range(site: &Site) {
    for sysctl in site.sysctls() {
        for value in bounds(sysctl) {
            site.set(sysctl, value.clone());
            assert_eq!(site.get(sysctl), value, "{sysctl}");
        }
        if let Some(default) = sysctl.default_value() {
            site.set(sysctl, default);
        }
    }
    // These also have a value of their own for "now", which they leave by themselves.
    for sysctl in [Sysctl::DropEntry, Sysctl::DropPacket, Sysctl::SecureTcp] {
        for value in [1, 2] {
            site.set(sysctl, value);
            let found = number(&site.get(sysctl));
            assert!((1..=2).contains(&found), "{sysctl}: {found}");
        }
        site.set(sysctl, 0);
    }
}

/// What every kernel that has the sysctl refuses.
const REFUSED: &[(Sysctl, &[&str])] = &[
    (Sysctl::DropEntry, &["-1", "4", "2147483648"]),
    (Sysctl::DropPacket, &["-1", "4"]),
    (Sysctl::SecureTcp, &["-1", "4"]),
    (Sysctl::SyncPorts, &["0", "-1", "3", "65"]),
    (Sysctl::SyncRetries, &["-1", "4"]),
    (Sysctl::SyncVersion, &["-1", "2"]),
    (Sysctl::SyncThreshold, &["-1 50", "50 50", "51 50", "0 -1"]),
    (Sysctl::EstNice, &["-21", "20"]),
    (Sysctl::ConnLfactor, &["-9", "9"]),
    (Sysctl::SvcLfactor, &["-9", "9"]),
    (Sysctl::ConnMax, &["-1", "1073741825", "2147483647"]),
    (Sysctl::AmDroprate, &["2147483648", "-2147483649"]),
    (Sysctl::Conntrack, &["2147483648"]),
    (Sysctl::SyncQlenMax, &["18446744073709551616"]),
    (Sysctl::LblcExpiration, &["2147483647"]),
    (Sysctl::LblcrExpiration, &["2147483647"]),
    (Sysctl::SyncRefreshPeriod, &["2147483647"]),
];

fn each_refuses_what_the_kernel_refuses(site: &Site) {
    let unchecked = site.unchecked();
    for (sysctl, values) in REFUSED {
        if !has(&site.kernel, *sysctl) {
            continue;
        }
        let before = site.get(*sysctl);
        for value in *values {
            let value = sysctl.parse(value).unwrap();
            let error = site.client.set_sysctl(*sysctl, &value).unwrap_err();
            assert_eq!(
                (error.kind(), error.errno()),
                (ErrorKind::InvalidInput, None),
                "{error}"
            );
            let error = unchecked.set_sysctl(*sysctl, &value).unwrap_err();
            let told = (error.kind(), error.errno(), error.applied());
            assert_eq!(
                told,
                (ErrorKind::InvalidInput, Some(EINVAL), Applied::No),
                "{error}"
            );
            let begin =
                format!("set sysctl {sysctl}: the kernel refuses the value (EINVAL); it takes ");
            assert!(error.to_string().starts_with(&begin), "{error}");
            assert_eq!(site.get(*sysctl), before, "{sysctl} = {value}");
        }
    }
}

/// What the library's own checks are for.
fn some_turn_what_is_out_of_range_into_something_else(site: &Site) {
    let unchecked = site.unchecked();
    let lowest = i64::from(i32::MIN);
    for (sysctl, sent, kept) in [
        (Sysctl::Conntrack, 5.into(), 5.into()),
        (Sysctl::ConnReuseMode, (-1).into(), (-1).into()),
        (Sysctl::AmDroprate, lowest.into(), lowest.into()),
        (Sysctl::SyncPorts, 128.into(), 128.into()),
        (Sysctl::SyncRefreshPeriod, (-8).into(), (-8).into()),
        // The period stays.
        (Sysctl::SyncThreshold, 7.into(), threshold(7, 50)),
    ] {
        site.client.set_sysctl(sysctl, &sent).unwrap_err();
        unchecked.set_sysctl(sysctl, &sent).unwrap();
        assert_eq!(site.get(sysctl), kept, "{sysctl}");
    }
    // Two words for one.
    let error = unchecked.set_sysctl(Sysctl::BackupOnly, &threshold(1, 2));
    let error = error.unwrap_err();
    let told = (error.kind(), error.errno(), error.applied());
    assert_eq!(
        told,
        (ErrorKind::InvalidInput, None, Applied::Unknown),
        "{error}"
    );
    assert_eq!(error.cause(), "the kernel took 2 of 4 bytes");
    assert_eq!(site.get(Sysctl::BackupOnly), 1.into());
}

#[track_caller]
fn is_unsupported(client: &Client, sysctl: Sysctl) {
    let error = client.sysctl(sysctl).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
}

fn a_list_of_processors_is_kept(site: &Site) {
    if !has(&site.kernel, Sysctl::EstCpulist) {
        return is_unsupported(&site.client, Sysctl::EstCpulist);
    }
    let all = site.get(Sysctl::EstCpulist);
    for (sent, kept) in [
        (text("0"), text("0")),
        (text(""), text("")),
        (text("0-0:1/1"), text("0")),
        (text("all"), all),
    ] {
        site.set(Sysctl::EstCpulist, sent);
        assert_eq!(site.get(Sysctl::EstCpulist), kept);
    }
    for (list, errno) in [
        ("0-x", EINVAL),
        ("100000", ERANGE),
        ("4294967296", EOVERFLOW),
    ] {
        let value = text(list);
        let error = site.unchecked().set_sysctl(Sysctl::EstCpulist, &value);
        let error = error.unwrap_err();
        let told = (error.kind(), error.errno());
        assert_eq!(told, (ErrorKind::InvalidInput, Some(errno)), "{error}");
        assert!(
            error.cause().contains("the kernel refuses the value"),
            "{error}"
        );
    }
}

fn the_first_namespace_has_other_load_factors(site: &Site) {
    let first = Client::open(&Options::new()).unwrap();
    for (sysctl, default) in [(Sysctl::ConnLfactor, -4), (Sysctl::SvcLfactor, -3)] {
        if has(&site.kernel, sysctl) {
            assert_eq!(first.sysctl(sysctl).unwrap(), default.into(), "{sysctl}");
        } else {
            is_unsupported(&first, sysctl);
        }
    }
}

fn a_scheduler_brings_its_sysctl_along(site: &Site) {
    for (module, sysctl) in [
        ("ip_vs_lblc", Sysctl::LblcExpiration),
        ("ip_vs_lblcr", Sysctl::LblcrExpiration),
    ] {
        assert_eq!(sysctl.needs(), Some(SysctlNeed::Module(module)));
        modprobe(&["-r", module]);
        let error = site.client.sysctl(sysctl).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
        let sentence = format!(
            "get sysctl {sysctl}: this kernel has no such sysctl without the module {module} \
             (ENOENT); load it as root: modprobe {module}"
        );
        assert_eq!(error.to_string(), sentence);
        modprobe(&[module]);
        assert_eq!(site.get(sysctl), 86_400.into());
    }
}

fn failures_of_each_call_are_told(site: &Site) {
    let errnos = [EPERM, EACCES, EROFS, EINVAL, ERANGE, ENOMEM, EMFILE, EINTR];
    let sysctl = Sysctl::ConnReuseMode;
    let judge = |op: Op| {
        move |met: faults::Site, errno, outcome: Result<(), Error>| {
            if errno == EINTR && matches!(met.call, Call::Read | Call::Write) {
                return outcome.unwrap();
            }
            let error = outcome.unwrap_err();
            assert_eq!(
                (error.op(), error.errno()),
                (op, Some(errno)),
                "{met}: {error}"
            );
            assert_eq!(error.applied(), Applied::No, "{met}: {error}");
            assert_eq!(error.object(), Some(&Object::Sysctl(sysctl)));
        }
    };
    let read = || site.client.sysctl(sysctl).map(|_| ());
    faults::sweep(&errnos, read, judge(Op::Sysctl));
    let write = || site.client.set_sysctl(sysctl, &3.into());
    faults::sweep(&errnos, write, judge(Op::SetSysctl));
}

/// Whoever they are, they read their own namespace's sysctls, and only root writes them.
pub fn try_as_somebody_else(client: &Client) {
    let sysctl = Sysctl::ConnReuseMode;
    let value = match client.sysctl(sysctl) {
        Ok(value) => value,
        Err(error) => {
            // A namespace of a user namespace has none, before Linux 6.10.
            assert_eq!(error.kind(), ErrorKind::ModuleMissing, "{error}");
            assert!(error.to_string().contains("before Linux 6.10"), "{error}");
            let there = fs::read_dir(FOLDER).is_ok_and(|mut files| files.next().is_some());
            assert!(!there, "{error}");
            return;
        }
    };
    let outcome = client.set_sysctl(sysctl, &value);
    if fs::metadata("/proc/self").unwrap().uid() == 0 {
        return outcome.unwrap();
    }
    let error = outcome.unwrap_err();
    let told = (error.kind(), error.errno());
    assert_eq!(told, (ErrorKind::PermissionDenied, Some(EACCES)), "{error}");
}
