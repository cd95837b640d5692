//! The values of sysctls, as the kernel writes and reads them.

use std::fmt;

use super::SysctlForm;
use crate::number::decimal;

/// The value of a [`Sysctl`](crate::Sysctl), in or out of its range.
///
/// ```
/// # use ipvs_core::{Sysctl, SysctlValue};
/// assert_eq!(SysctlValue::from(true), Sysctl::Conntrack.parse("1")?);
/// assert_eq!(SysctlValue::from(-2).to_string(), "-2");
/// # Ok::<(), ipvs_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SysctlValue {
    /// A number, or a switch: 0 is off, any other number on. (Most are an `int` in the kernel,
    /// one is an `unsigned long`: this type holds both.)
    Number(i128),
    /// When a connection is synchronized: at the packet of number `threshold`, and again every
    /// `period` packets, or never again if that is 0.
    Threshold {
        /// The number of the packet.
        threshold: i32,
        /// In packets.
        period: i32,
    },
    /// Processors as text, such as `0-3,8`; empty for none.
    CpuList(String),
}

impl SysctlValue {
    /// The number, if it is one.
    #[must_use]
    pub fn as_number(&self) -> Option<i128> {
        match self {
            SysctlValue::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// A number as a switch: whether it is on.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        self.as_number().map(|number| number != 0)
    }
}

impl From<bool> for SysctlValue {
    fn from(on: bool) -> Self {
        SysctlValue::Number(on.into())
    }
}

macro_rules! from_number {
    ($($number:ty)*) => {$(
        impl From<$number> for SysctlValue {
            fn from(number: $number) -> Self {
                SysctlValue::Number(number.into())
            }
        }
    )*};
}

from_number!(i32 i64 u64 i128);

/// What is written to the file: `1`, `3 50`, `0-3,8`.
impl fmt::Display for SysctlValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SysctlValue::Number(number) => number.fmt(f),
            SysctlValue::Threshold { threshold, period } => f.pad(&format!("{threshold} {period}")),
            SysctlValue::CpuList(list) => f.pad(list),
        }
    }
}

/// Reads a value of a form.
pub(super) fn parse(form: SysctlForm, text: &str) -> Option<SysctlValue> {
    let text = text.trim_ascii();
    match form {
        SysctlForm::Threshold => {
            let mut words = text.split_ascii_whitespace();
            let (threshold, period) = (words.next()?, words.next()?);
            let value = SysctlValue::Threshold {
                threshold: number(threshold)?.try_into().ok()?,
                period: number(period)?.try_into().ok()?,
            };
            words.next().is_none().then_some(value)
        }
        SysctlForm::CpuList => is_cpu_list(text).then(|| SysctlValue::CpuList(text.to_owned())),
        _ => number(text).map(SysctlValue::Number),
    }
}

/// Whether a value is of a form and in its range.
pub(super) fn fits(form: SysctlForm, value: &SysctlValue) -> bool {
    match (form, value) {
        (SysctlForm::Switch, SysctlValue::Number(number)) => (0..=1).contains(number),
        (SysctlForm::Number { min, max }, SysctlValue::Number(number)) => {
            (min..=max).contains(number)
        }
        (SysctlForm::PowerOfTwo { max }, SysctlValue::Number(number)) => {
            (1..=max).contains(number) && number.count_ones() == 1
        }
        (SysctlForm::Threshold, &SysctlValue::Threshold { threshold, period }) => {
            threshold >= 0 && (period == 0 || threshold < period)
        }
        (SysctlForm::CpuList, SysctlValue::CpuList(list)) => is_cpu_list(list),
        _ => false,
    }
}

fn number(text: &str) -> Option<i128> {
    match text.strip_prefix('-') {
        Some(digits) => decimal::<i128>(digits).map(|number| -number),
        None => decimal(text),
    }
}

/// What the kernel takes for one: `0-3,8`, `0-31:2/4`, `N` for the last one, `all`.
fn is_cpu_list(text: &str) -> bool {
    text.is_empty() || text.split(',').all(is_range)
}

fn is_range(part: &str) -> bool {
    let is_cpu = |text: &str| text == "N" || decimal::<u32>(text).is_some();
    let (range, group) = part.split_once(':').unwrap_or((part, "1/1"));
    let (first, last) = range.split_once('-').unwrap_or((range, range));
    let groups = group.split_once('/').is_some_and(|(used, size)| {
        let (used, size) = (decimal::<u32>(used), decimal::<u32>(size));
        used.is_some() && size.is_some()
    });
    groups && (range == "all" || is_cpu(first) && is_cpu(last))
}
