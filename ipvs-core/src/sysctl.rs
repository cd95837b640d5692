//! The sysctls of IPVS: their names, values, ranges, defaults, and which kernels have them.

mod table;
mod value;

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use crate::error::Shown;
use crate::{Error, ErrorKind, Object, Op};

pub use table::Sysctl;
pub use value::SysctlValue;

/// What every sysctl of IPVS is called behind: its files are in `/proc/sys/net/ipv4/vs`.
const PREFIX: &str = "net.ipv4.vs.";

/// What kind of value a sysctl has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SysctlForm {
    /// Off (0) or on (1). Most kernels take any other number too, for on.
    Switch,
    /// A number.
    Number {
        /// The lowest.
        min: i128,
        /// The highest.
        max: i128,
    },
    /// 1, 2, 4, 8, ….
    PowerOfTwo {
        /// The highest.
        max: i128,
    },
    /// A threshold and a period: [`SysctlValue::Threshold`].
    Threshold,
    /// A list of processors: [`SysctlValue::CpuList`].
    CpuList,
}

/// What a kernel needs beside its release to have a sysctl.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SysctlNeed {
    /// The module of this name, loaded.
    Module(&'static str),
    /// This option when the kernel was built.
    Build(&'static str),
}

/// One row of the table.
struct Row {
    path: &'static str,
    form: SysctlForm,
    unit: Option<&'static str>,
    default: Option<SysctlValue>,
    since: (u8, u8, u8),
    needs: Option<SysctlNeed>,
}

impl Sysctl {
    /// The full name, such as `net.ipv4.vs.conntrack`.
    #[must_use]
    pub fn path(self) -> &'static str {
        self.row().path
    }

    /// The kernel's name, such as `conntrack`: the file's in `/proc/sys/net/ipv4/vs`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.path().strip_prefix(PREFIX).unwrap_or_default()
    }

    /// What kind of value it has.
    #[must_use]
    pub fn form(self) -> SysctlForm {
        self.row().form
    }

    /// What its number counts, such as `seconds`, where it counts something.
    #[must_use]
    pub fn unit(self) -> Option<&'static str> {
        self.row().unit
    }

    /// The numbers that have a meaning, and that every kernel takes which has the sysctl; `None`
    /// where the value is no single number.
    #[must_use]
    pub fn range(self) -> Option<RangeInclusive<i128>> {
        match self.form() {
            SysctlForm::Switch => Some(0..=1),
            SysctlForm::Number { min, max } => Some(min..=max),
            SysctlForm::PowerOfTwo { max } => Some(1..=max),
            SysctlForm::Threshold | SysctlForm::CpuList => None,
        }
    }

    /// The value in a new network namespace; `None` where the kernel computes it when it starts.
    ///
    /// A namespace's values are its own: it inherits none from the one that made it, except
    /// where the sysctl says so. The two `_lfactor` have other defaults in the first namespace.
    #[must_use]
    pub fn default_value(self) -> Option<SysctlValue> {
        self.row().default
    }

    /// The first kernel release that has it, such as `(6, 2, 0)`.
    #[must_use]
    pub fn since(self) -> (u8, u8, u8) {
        self.row().since
    }

    /// What such a kernel needs beside.
    #[must_use]
    pub fn needs(self) -> Option<SysctlNeed> {
        self.row().needs
    }

    /// Reads a value as its file holds it, and as people write it: `1`, `3 50`, `0-3,8`.
    /// Blanks around it don't count. Whether it is in the range is [`check`](Self::check)'s
    /// business.
    ///
    /// # Errors
    ///
    /// `InvalidInput` for what is no value of its form.
    pub fn parse(self, text: &str) -> Result<SysctlValue, Error> {
        value::parse(self.form(), text).ok_or_else(|| {
            let cause = format!("{} is not {}", Shown(text), self.expected());
            self.refusal(Op::Parse, cause)
        })
    }

    /// Whether a value has the right form and is in the range: what
    /// [`Client::set_sysctl`](crate::Client::set_sysctl) checks before it writes.
    ///
    /// # Errors
    ///
    /// `InvalidInput`, which names the sysctl and its range.
    pub fn check(self, value: &SysctlValue) -> Result<(), Error> {
        if value::fits(self.form(), value) {
            return Ok(());
        }
        let text = value.to_string();
        let cause = format!("{} is not {}", Shown(&text), self.expected());
        Err(self.refusal(Op::SetSysctl, cause))
    }

    fn refusal(self, op: Op, cause: String) -> Error {
        Error::new(ErrorKind::InvalidInput, op, cause).with_object(Some(Object::Sysctl(self)))
    }

    /// What a value has to be, for people.
    pub(crate) fn expected(self) -> String {
        let unit = self.unit().map(|unit| format!(" ({unit})"));
        let unit = unit.unwrap_or_default();
        match self.form() {
            SysctlForm::Switch => "0 or 1".to_owned(),
            SysctlForm::Number { min, max } => format!("a number from {min} to {max}{unit}"),
            SysctlForm::PowerOfTwo { max } => format!("a power of two from 1 to {max}{unit}"),
            SysctlForm::Threshold => {
                "a threshold and a period, from 0, the threshold below the period if that is not 0"
                    .to_owned()
            }
            SysctlForm::CpuList => "a list of processors such as 0-3,8".to_owned(),
        }
    }
}

/// The full name: `net.ipv4.vs.conntrack`.
impl fmt::Display for Sysctl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.path())
    }
}

/// The full name or the kernel's: `net.ipv4.vs.conntrack` or `conntrack`.
impl FromStr for Sysctl {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let name = text.strip_prefix(PREFIX).unwrap_or(text);
        Sysctl::ALL
            .iter()
            .find(|sysctl| sysctl.name() == name)
            .copied()
            .ok_or_else(|| Error::parse("sysctl", text, "such as net.ipv4.vs.conntrack"))
    }
}

#[cfg(test)]
mod tests;
