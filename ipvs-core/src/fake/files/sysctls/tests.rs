//! What Linux 7.2 with two processors said to each of these.

use ipvs_sys::errno::{EOVERFLOW, ERANGE};

use super::*;

fn new() -> Sysctls {
    let environment = Environment::new().with_processors(2);
    Sysctls::new(&environment, false)
}

/// What the file shows after a write, or the errno.
fn written(sysctls: &mut Sysctls, name: &str, text: &str) -> Result<String, i32> {
    let has = |_: &str| true;
    sysctls.write(name, text, has)?;
    sysctls.read(name, has)
}

#[test]
fn numbers_are_read_as_c_reads_them() {
    for (text, shown) in [
        (" 1", Ok("1")),
        ("1 ", Ok("1")),
        ("1\t", Ok("1")),
        ("0x10", Ok("16")),
        ("010", Ok("8")),
        ("-0", Ok("0")),
        ("+1", Err(EINVAL)),
        ("08", Err(EINVAL)),
        ("0x", Err(EINVAL)),
        ("1x", Err(EINVAL)),
        ("x", Err(EINVAL)),
        ("\n", Err(EINVAL)),
        ("1\n2", Ok("1")),
        ("2147483648", Err(EINVAL)),
        ("-2147483648", Ok("-2147483648")),
        ("99999999999999999999999", Err(EINVAL)),
    ] {
        let shown = shown.map(|shown| format!("{shown}\n"));
        assert_eq!(written(&mut new(), "conntrack", text), shown, "{text:?}");
    }
}

#[test]
fn each_has_its_own_limits() {
    for (name, text, taken) in [
        ("drop_entry", "3", true),
        ("drop_entry", "4", false),
        ("sync_version", "0x10", false),
        ("sync_ports", "128", true),
        ("sync_ports", "3", false),
        ("conn_lfactor", "8", true),
        ("conn_lfactor", "16", false),
        ("est_nice", "16", true),
        ("est_nice", "20", false),
        ("conn_max", "1073741824", true),
        ("conn_max", "1073741825", false),
        ("conn_max", "-2147483648", true),
        ("conn_max", "-2147483647", false),
        ("sync_qlen_max", "18446744073709551615", true),
        ("sync_qlen_max", "18446744073709551616", false),
        ("sync_refresh_period", "-8", true),
        ("lblc_expiration", "8589934", true),
        ("lblc_expiration", "8589935", false),
    ] {
        let outcome = written(&mut new(), name, text);
        assert_eq!(outcome.is_ok(), taken, "{name} {text}: {outcome:?}");
    }
}

#[test]
fn a_threshold_may_come_alone() {
    let mut sysctls = new();
    for (text, shown) in [
        ("5 50", Ok("5\t50\n")),
        ("5 50 7", Ok("5\t50\n")),
        ("5  60", Ok("5\t60\n")),
        ("5,60", Err(EINVAL)),
        ("7", Ok("7\t60\n")),
        ("60", Err(EINVAL)),
        ("-1 50", Err(EINVAL)),
        ("3 0", Ok("3\t0\n")),
        ("9", Ok("9\t0\n")),
    ] {
        let shown = shown.map(str::to_owned);
        assert_eq!(
            written(&mut sysctls, "sync_threshold", text),
            shown,
            "{text:?}"
        );
    }
}

#[test]
fn processors_are_a_list() {
    let mut sysctls = new();
    for (text, shown) in [
        ("0", Ok("0\n")),
        ("0-0", Ok("0\n")),
        (" 0", Ok("0\n")),
        ("0,0", Ok("0\n")),
        ("all", Ok("0-1\n")),
        ("none", Err(EINVAL)),
        ("N", Ok("1\n")),
        ("0-N", Ok("0-1\n")),
        ("0:1/1", Err(EINVAL)),
        ("0-0:1/1", Ok("0\n")),
        ("0-x", Err(EINVAL)),
        ("5", Err(ERANGE)),
        ("100000", Err(ERANGE)),
        ("4294967294", Err(ERANGE)),
        ("4294967295", Err(EINVAL)),
        ("0-4294967295", Err(EINVAL)),
        ("0-4294967295:1/1", Err(ERANGE)),
        ("4294967296", Err(EOVERFLOW)),
        ("0,x", Err(EINVAL)),
        ("\n", Ok("\n")),
    ] {
        let shown = shown.map(str::to_owned);
        assert_eq!(
            written(&mut sysctls, "est_cpulist", text),
            shown,
            "{text:?}"
        );
    }
    assert!(!sysctls.estimate());
}

#[test]
fn threads_are_for_the_processors_of_the_list() {
    let mut sysctls = new();
    assert_eq!(sysctls.samplers(false), None);
    assert_eq!(sysctls.samplers(true), Some(2));
    assert!(written(&mut sysctls, "est_cpulist", "x").is_err());
    assert_eq!(sysctls.samplers(false), None);
    for (list, samplers) in [("0 0", 1), ("0-1", 2), ("", 0)] {
        written(&mut sysctls, "est_cpulist", list).unwrap();
        assert_eq!(sysctls.samplers(false), Some(samplers), "{list:?}");
    }
}

#[test]
fn how_much_was_taken_is_told() {
    let mut sysctls = new();
    let mut taken = |text| sysctls.write("backup_only", text, |_| true).unwrap();
    assert_eq!((taken("1\n"), taken("1 2\n"), taken("1\n2")), (2, 2, 2));
}

#[test]
fn a_kernel_has_those_of_its_release_and_modules() {
    let old = Environment::new().with_release(Release::V5_10);
    let old = Sysctls::new(&old, true);
    let there = |name| old.read(name, |_| false).is_ok();
    assert!(there("conntrack") && there("sync_threshold"));
    for name in [
        "run_estimation",
        "conn_max",
        "lblc_expiration",
        "debug_level",
        "nonsense",
    ] {
        assert!(!there(name), "{name}");
    }
    assert!(
        old.read("lblc_expiration", |module| module == "ip_vs_lblc")
            .is_ok()
    );
}

#[test]
fn the_first_namespace_has_other_load_factors() {
    let environment = Environment::new();
    let first = Sysctls::new(&environment, true);
    let lfactors = |of: &Sysctls| [Sysctl::ConnLfactor, Sysctl::SvcLfactor].map(|it| of.number(it));
    assert_eq!((lfactors(&first), lfactors(&new())), ([-4, -3], [-2, -2]));
}
