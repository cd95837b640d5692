use proptest::prelude::*;

use super::*;

fn threshold(threshold: i32, period: i32) -> SysctlValue {
    SysctlValue::Threshold { threshold, period }
}

/// Values of every form, in range or not.
fn value() -> impl Strategy<Value = (Sysctl, SysctlValue)> {
    proptest::sample::select(Sysctl::ALL).prop_flat_map(|sysctl| {
        let value = match sysctl.form() {
            SysctlForm::Threshold => any::<(i32, i32)>()
                .prop_map(|(t, period)| threshold(t, period))
                .boxed(),
            SysctlForm::CpuList => proptest::sample::select(&["", "0", "0-3,8", "0-31:2/4"][..])
                .prop_map(|list| SysctlValue::CpuList(list.to_owned()))
                .boxed(),
            _ => prop_oneof![-9..300_i128, i128::from(i64::MIN)..=u64::MAX.into()]
                .prop_map(SysctlValue::Number)
                .boxed(),
        };
        (Just(sysctl), value)
    })
}

proptest! {
    #[test]
    fn a_value_reads_as_it_prints((sysctl, value) in value()) {
        let text = format!("{value}\n");
        prop_assert_eq!(sysctl.parse(&text).unwrap(), value, "{} {}", sysctl, text);
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in "\\PC{0,40}") {
        let _ = text.parse::<Sysctl>();
        for sysctl in Sysctl::ALL {
            let _ = sysctl.parse(&text);
        }
    }

    #[test]
    fn a_number_is_checked_against_its_range((sysctl, value) in value()) {
        if let (Some(range), Some(number)) = (sysctl.range(), value.as_number()) {
            let whole = matches!(sysctl.form(), SysctlForm::PowerOfTwo { .. });
            let fits = range.contains(&number) && (!whole || number.count_ones() == 1);
            prop_assert_eq!(sysctl.check(&value).is_ok(), fits, "{} {}", sysctl, value);
        }
    }
}

#[test]
fn each_is_found_by_both_of_its_names() {
    let mut names: Vec<_> = Sysctl::ALL.iter().map(|sysctl| sysctl.name()).collect();
    assert!(names.iter().all(|name| !name.is_empty()));
    assert!(names.is_sorted(), "{names:?}");
    names.dedup();
    assert_eq!(names.len(), Sysctl::ALL.len());
    for &sysctl in Sysctl::ALL {
        assert_eq!(sysctl.to_string().parse::<Sysctl>().unwrap(), sysctl);
        assert_eq!(sysctl.name().parse::<Sysctl>().unwrap(), sysctl);
    }
    for text in [
        "",
        "net.ipv4.vs.",
        "vs.conntrack",
        "Conntrack",
        "net.ipv4.vs.net.ipv4.vs.conntrack",
    ] {
        text.parse::<Sysctl>().unwrap_err();
    }
}

#[test]
fn each_default_is_in_its_range() {
    for sysctl in Sysctl::ALL {
        if let Some(default) = sysctl.default_value() {
            sysctl.check(&default).unwrap();
            assert_eq!(sysctl.parse(&default.to_string()).unwrap(), default);
        }
    }
}

#[test]
fn what_is_no_value_is_refused_with_the_range() {
    for (sysctl, text, expected) in [
        (Sysctl::DropEntry, "x", "a number from 0 to 3"),
        (Sysctl::DropEntry, "", "a number from 0 to 3"),
        (Sysctl::DropEntry, "+1", "a number from 0 to 3"),
        (Sysctl::DropEntry, "1 2", "a number from 0 to 3"),
        (Sysctl::DropEntry, "- 1", "a number from 0 to 3"),
        (Sysctl::Conntrack, "on", "0 or 1"),
        (Sysctl::SyncThreshold, "3", "a threshold and a period"),
        (Sysctl::SyncThreshold, "3 50 7", "a threshold and a period"),
        (
            Sysctl::SyncThreshold,
            "3 2147483648",
            "a threshold and a period",
        ),
        (Sysctl::EstCpulist, "0-", "0-3,8"),
        (Sysctl::EstCpulist, "0,,1", "0-3,8"),
        (Sysctl::EstCpulist, "0 1", "0-3,8"),
        (Sysctl::EstCpulist, "0-3:2", "0-3,8"),
        (Sysctl::EstCpulist, "0-3:2/x", "0-3,8"),
        (Sysctl::EstCpulist, "none", "0-3,8"),
    ] {
        let error = sysctl.parse(text).unwrap_err();
        assert_eq!(
            (error.kind(), error.op()),
            (ErrorKind::InvalidInput, Op::Parse)
        );
        let begin = format!("parse {sysctl}: {text:?} is not {expected}");
        let said = error.to_string();
        assert!(
            said.starts_with(&begin) || said.ends_with(expected),
            "{said}"
        );
    }
    for list in ["", "0", "0-3,8", "0-N", "all", "all:1/2", "0-31:2/4,40"] {
        Sysctl::EstCpulist.parse(list).unwrap();
    }
}

#[test]
fn what_is_out_of_range_is_refused_with_the_range() {
    let text = |list: &str| SysctlValue::CpuList(list.to_owned());
    for (sysctl, value, cause) in [
        (
            Sysctl::DropEntry,
            4.into(),
            "\"4\" is not a number from 0 to 3",
        ),
        (
            Sysctl::EstNice,
            (-21).into(),
            "\"-21\" is not a number from -20 to 19 (nice value)",
        ),
        (Sysctl::Conntrack, 2.into(), "\"2\" is not 0 or 1"),
        (
            Sysctl::SyncPorts,
            3.into(),
            "\"3\" is not a power of two from 1 to 64 (ports)",
        ),
        (
            Sysctl::SyncPorts,
            128.into(),
            "\"128\" is not a power of two from 1 to 64 (ports)",
        ),
        (
            Sysctl::SyncPorts,
            0.into(),
            "\"0\" is not a power of two from 1 to 64 (ports)",
        ),
        (Sysctl::Conntrack, text("0"), "\"0\" is not 0 or 1"),
        (
            Sysctl::EstCpulist,
            true.into(),
            "\"1\" is not a list of processors such as 0-3,8",
        ),
        (
            Sysctl::EstCpulist,
            text("0\n1"),
            "\"0\\n1\" is not a list of processors such as 0-3,8",
        ),
    ] {
        let error = sysctl.check(&value).unwrap_err();
        assert_eq!(error.object(), Some(&Object::Sysctl(sysctl)));
        assert_eq!(error.to_string(), format!("set sysctl {sysctl}: {cause}"));
    }
    let long = Sysctl::EstCpulist.check(&text(&"0,,".repeat(1000)));
    assert!(long.unwrap_err().to_string().len() < 200);
    for (value, fits) in [
        (threshold(3, 50), true),
        (threshold(0, 1), true),
        (threshold(50, 50), false),
        (threshold(50, 0), true),
        (threshold(-1, 50), false),
        (threshold(0, -1), false),
    ] {
        assert_eq!(Sysctl::SyncThreshold.check(&value).is_ok(), fits, "{value}");
    }
}

#[test]
fn a_switch_is_on_for_any_other_number() {
    assert_eq!(SysctlValue::from(5).as_bool(), Some(true));
    assert_eq!(SysctlValue::from(0_u64).as_bool(), Some(false));
    assert_eq!(threshold(3, 50).as_bool(), None);
    assert_eq!(Sysctl::Conntrack.range(), Some(0..=1));
    assert_eq!(Sysctl::EstCpulist.range(), None);
}
