//! The sysctls of a namespace: which there are, and what each makes of what is written.

mod cpus;
mod numbers;

use std::collections::BTreeMap;

use ipvs_sys::errno::{EINVAL, ENOENT};

use self::numbers::Numbers;
use crate::fake::{Environment, Release};
use crate::{Sysctl, SysctlNeed};

/// The values of a namespace's sysctls, as their files show them.
#[derive(Clone, Debug)]
pub(in crate::fake) struct Sysctls {
    values: BTreeMap<&'static str, String>,
    release: Release,
    hz: u32,
    processors: u32,
    /// Whether the list of processors was ever written.
    has_chosen: bool,
}

/// What the kernel computes from the memory: that of a machine with 2 GB.
const SYNC_QLEN_MAX: &str = "15227";
/// The most connections that may ever be.
const CONN_MAX: i64 = 1 << 30;

impl Sysctls {
    /// Those of a new namespace.
    pub(in crate::fake) fn new(environment: &Environment, initial: bool) -> Self {
        let Environment {
            release,
            hz,
            processors,
            ..
        } = *environment;
        let mut sysctls = Sysctls {
            values: BTreeMap::new(),
            release,
            hz,
            processors,
            has_chosen: false,
        };
        for &sysctl in Sysctl::ALL {
            let value = match sysctl {
                Sysctl::ConnLfactor if initial => "-4".to_owned(),
                Sysctl::SvcLfactor if initial => "-3".to_owned(),
                Sysctl::EstCpulist => cpus::all(processors),
                Sysctl::SyncQlenMax => SYNC_QLEN_MAX.to_owned(),
                Sysctl::ConnMax => CONN_MAX.to_string(),
                Sysctl::SyncThreshold => "3\t50".to_owned(),
                _ => sysctl
                    .default_value()
                    .map(|value| value.to_string())
                    .unwrap_or_default(),
            };
            sysctls.values.insert(sysctl.name(), value);
        }
        sysctls
    }

    /// Takes over what a new namespace has from the first one.
    pub(in crate::fake) fn inherit(&mut self, initial: &Self) {
        let most = initial.values.get(Sysctl::ConnMax.name()).cloned();
        self.values
            .extend(most.map(|most| (Sysctl::ConnMax.name(), most)));
    }

    /// A value that is a number.
    pub(in crate::fake) fn number(&self, sysctl: Sysctl) -> i64 {
        let value = self.values.get(sysctl.name());
        value.and_then(|text| text.parse().ok()).unwrap_or(0)
    }

    /// Whether counters are sampled.
    pub(in crate::fake) fn estimate(&self) -> bool {
        let somewhere = self.values.get(Sysctl::EstCpulist.name());
        self.number(Sysctl::RunEstimation) != 0 && somewhere != Some(&String::new())
    }

    /// For how many processors there may be threads that sample. The kernel finds out for its
    /// first service, and when it is told which; nothing until then.
    pub(in crate::fake) fn samplers(&self, had_services: bool) -> Option<usize> {
        let chosen = self.values.get(Sysctl::EstCpulist.name());
        let chosen = chosen.filter(|_| had_services || self.has_chosen);
        chosen.map(|list| cpus::count(list))
    }

    /// The text of a file.
    ///
    /// # Errors
    ///
    /// `ENOENT` where there is none.
    pub(super) fn read(&self, name: &str, has: impl Fn(&str) -> bool) -> Result<String, i32> {
        let sysctl = self.find(name, has)?;
        let value = self.values.get(sysctl.name()).ok_or(ENOENT)?;
        Ok(format!("{value}\n"))
    }

    /// Writes a file; how many bytes the kernel took of the text.
    ///
    /// # Errors
    ///
    /// `ENOENT` where there is none; `EINVAL`, for a list of processors also `ERANGE` and
    /// `EOVERFLOW`, for what is no value of it.
    pub(super) fn write(
        &mut self,
        name: &str,
        text: &str,
        has: impl Fn(&str) -> bool,
    ) -> Result<usize, i32> {
        let sysctl = self.find(name, has)?;
        let mut numbers = Numbers::new(text);
        let value = match sysctl {
            Sysctl::SyncThreshold => self.threshold(&mut numbers)?,
            Sysctl::EstCpulist => cpus::parse(text, self.processors)?,
            Sysctl::SyncQlenMax => match numbers.unsigned()? {
                Some(length) => length.to_string(),
                None if self.release.refuses_negative_lengths() => return Err(EINVAL),
                // It is taken, and nothing done.
                None => self.number(sysctl).to_string(),
            },
            // Which stands for nothing in the kernel: it is taken, and nothing done.
            Sysctl::ConnMax => match numbers
                .signed(&|number| number == i64::from(i32::MIN) || self.accepted(sysctl)(number))?
            {
                number if number < 0 => self.number(sysctl).to_string(),
                number => number.to_string(),
            },
            Sysctl::SyncPorts => numbers.signed(&powers_of_two())?.to_string(),
            _ => numbers.signed(&self.accepted(sysctl))?.to_string(),
        };
        self.values.insert(sysctl.name(), value);
        self.has_chosen |= sysctl == Sysctl::EstCpulist;
        Ok(match sysctl {
            Sysctl::EstCpulist => text.len(),
            _ => numbers.taken(),
        })
    }

    /// The sysctl of a name, if this kernel has it.
    fn find(&self, name: &str, has: impl Fn(&str) -> bool) -> Result<Sysctl, i32> {
        let mut all = Sysctl::ALL.iter().copied();
        let sysctl = all.find(|sysctl| sysctl.name() == name).ok_or(ENOENT)?;
        let there = match sysctl.needs() {
            Some(SysctlNeed::Module(module)) => has(module),
            Some(SysctlNeed::Build(option)) => option == "CONFIG_IP_VS_NFCT",
            None => true,
        };
        let there = there && self.release.has(sysctl.since());
        there.then_some(sysctl).ok_or(ENOENT)
    }

    /// A threshold and a period. One number alone keeps the period.
    fn threshold(&self, numbers: &mut Numbers<'_>) -> Result<String, i32> {
        let any = |_: i64| true;
        let threshold = numbers.signed(&any)?;
        let period = match numbers.is_at_end() {
            false => numbers.signed(&any)?,
            true => {
                let kept = self.values.get(Sysctl::SyncThreshold.name());
                let period = kept.and_then(|kept| kept.split('\t').nth(1));
                period.and_then(|text| text.parse().ok()).unwrap_or(0)
            }
        };
        let meant = threshold >= 0 && period >= 0 && (threshold < period || period == 0);
        meant
            .then(|| format!("{threshold}\t{period}"))
            .ok_or(EINVAL)
    }

    /// Which numbers are taken.
    fn accepted(&self, sysctl: Sysctl) -> impl Fn(i64) -> bool + use<> {
        let (least, most) = match sysctl {
            Sysctl::DropEntry | Sysctl::DropPacket | Sysctl::SecureTcp | Sysctl::SyncRetries => {
                (0, 3)
            }
            Sysctl::SyncVersion => (0, 1),
            Sysctl::EstNice => (-20, 19),
            Sysctl::ConnLfactor | Sysctl::SvcLfactor => (-8, 8),
            Sysctl::ConnMax => (0, CONN_MAX),
            Sysctl::LblcExpiration | Sysctl::LblcrExpiration | Sysctl::SyncRefreshPeriod => {
                let seconds = i64::from(i32::MAX) / i64::from(self.hz.max(1));
                (-seconds, seconds)
            }
            _ => (i32::MIN.into(), i32::MAX.into()),
        };
        move |number| (least..=most).contains(&number)
    }
}

fn powers_of_two() -> impl Fn(i64) -> bool {
    |number| u64::try_from(number).is_ok_and(u64::is_power_of_two)
}

#[cfg(test)]
mod tests;
