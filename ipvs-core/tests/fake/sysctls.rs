//! The sysctls, as on real kernels (tests/live/sysctls.rs shows it of those).

use ipvs_core::fake::{Environment, Kernel, Release};
use ipvs_core::{
    Applied, Checks, Client, ErrorKind, Options, Sysctl, SysctlForm, SysctlNeed, SysctlValue,
};
use ipvs_sys::errno::*;

fn client(release: Release) -> Client {
    let kernel = Kernel::with(Environment::new().with_release(release).with_processors(2));
    kernel.load_module("ip_vs_lblc");
    kernel.load_module("ip_vs_lblcr");
    kernel.namespace("blue").client().unwrap()
}

fn unchecked() -> Client {
    let options = Options::new().with_checks(Checks::Kernel);
    Kernel::new().open(&options).unwrap()
}

#[test]
fn each_has_its_default_and_takes_its_range() {
    for release in [Release::V5_10, Release::V6_1, Release::V6_12, Release::V7_2] {
        let client = client(release);
        for &sysctl in Sysctl::ALL {
            let (major, minor, patch) = sysctl.since();
            let since = Release::new(major.into(), minor.into(), patch.into());
            let debug = sysctl.needs() == Some(SysctlNeed::Build("CONFIG_IP_VS_DEBUG"));
            if release < since || debug {
                let error = client.sysctl(sysctl).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
                continue;
            }
            let value = client.sysctl(sysctl).unwrap();
            if let Some(default) = sysctl.default_value() {
                assert_eq!(value, default, "{sysctl}");
            }
            let ends = match sysctl.form() {
                SysctlForm::Threshold => vec![SysctlValue::Threshold {
                    threshold: 49,
                    period: 50,
                }],
                SysctlForm::CpuList => {
                    vec![sysctl.parse("").unwrap(), sysctl.parse("0-1").unwrap()]
                }
                _ => {
                    let (least, most) = sysctl.range().unwrap().into_inner();
                    [least, most].map(SysctlValue::Number).into()
                }
            };
            for value in ends {
                client.set_sysctl(sysctl, &value).unwrap();
                assert_eq!(client.sysctl(sysctl).unwrap(), value, "{sysctl}");
            }
        }
    }
}

#[test]
fn the_kernel_refuses_what_it_refuses() {
    let client = unchecked();
    for (sysctl, text, errno) in [
        (Sysctl::DropEntry, "4", EINVAL),
        (Sysctl::SyncPorts, "3", EINVAL),
        (Sysctl::SyncThreshold, "50 50", EINVAL),
        (Sysctl::ConnMax, "1073741825", EINVAL),
        (Sysctl::EstCpulist, "100000", ERANGE),
    ] {
        let value = sysctl.parse(text).unwrap();
        let error = client.set_sysctl(sysctl, &value).unwrap_err();
        let told = (error.kind(), error.errno(), error.applied());
        assert_eq!(
            told,
            (ErrorKind::InvalidInput, Some(errno), Applied::No),
            "{error}"
        );
    }
    let many = SysctlValue::CpuList("4294967296".to_owned());
    let error = client.set_sysctl(Sysctl::EstCpulist, &many).unwrap_err();
    assert_eq!(error.errno(), Some(EOVERFLOW));
    // Two words for one.
    let two = SysctlValue::Threshold {
        threshold: 1,
        period: 2,
    };
    let error = client.set_sysctl(Sysctl::BackupOnly, &two).unwrap_err();
    assert_eq!(error.cause(), "the kernel took 2 of 4 bytes");
    assert_eq!(error.applied(), Applied::Unknown);
    assert_eq!(client.sysctl(Sysctl::BackupOnly).unwrap(), 1.into());
}

#[test]
fn a_scheduler_brings_its_sysctl_along() {
    let kernel = Kernel::new();
    let client = kernel.client().unwrap();
    let error = client.sysctl(Sysctl::LblcExpiration).unwrap_err();
    assert!(
        error.to_string().ends_with("modprobe ip_vs_lblc"),
        "{error}"
    );
    assert!(kernel.load_module("ip_vs_lblc"));
    assert_eq!(
        client.sysctl(Sysctl::LblcExpiration).unwrap(),
        86_400.into()
    );
}

#[test]
fn who_may_not_may_not_write() {
    let client = Kernel::with(Environment::new().unprivileged())
        .client()
        .unwrap();
    client.sysctl(Sysctl::Conntrack).unwrap();
    let error = client.set_sysctl(Sysctl::Conntrack, &1.into()).unwrap_err();
    assert_eq!(
        (error.kind(), error.errno()),
        (ErrorKind::PermissionDenied, Some(EACCES))
    );
}

#[test]
fn a_new_namespace_begins_with_the_first_ones_limit() {
    let kernel = Kernel::new();
    let (first, before) = (kernel.client().unwrap(), kernel.namespace("before"));
    first.set_sysctl(Sysctl::ConnMax, &1000.into()).unwrap();
    first.set_sysctl(Sysctl::Conntrack, &1.into()).unwrap();
    let after = kernel.namespace("after").client().unwrap();
    assert_eq!(after.sysctl(Sysctl::ConnMax).unwrap(), 1000.into());
    assert_eq!(after.sysctl(Sysctl::Conntrack).unwrap(), 0.into());
    let before = before.client().unwrap();
    assert_eq!(before.sysctl(Sysctl::ConnMax).unwrap(), (1 << 30).into());
}
