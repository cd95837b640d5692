//! What is ours, said a second time.

use std::net::IpAddr;

use ipvs_core::{Family, Scope, ServiceKey};

use crate::small::{KEYS, service_key};
use crate::source::Source;

/// The parts of a scope.
pub(super) struct Ours {
    everything: bool,
    services: Vec<ServiceKey>,
    prefixes: Vec<(IpAddr, u8)>,
    marks: Vec<(u32, u32, Family)>,
    pub(super) timeouts: bool,
    pub(super) daemons: bool,
    scope: Scope,
}

impl Ours {
    pub(super) fn take(source: &mut Source<'_>) -> Self {
        // Mostly all of it: else nearly every wish is refused.
        let all = source.below(4) != 3;
        let mut ours = Ours {
            everything: all || source.below(4) == 3,
            services: source.list(4, |source| source.pick(&KEYS.map(service_key))),
            prefixes: source.list(3, |source| {
                let addresses: [IpAddr; 3] = [
                    [192, 0, 2, 1].into(),
                    [198, 51, 100, 1].into(),
                    [0x2001, 0xdb8, 0, 0, 0, 0, 0, 0].into(),
                ];
                // Around the bits in which the services' addresses differ, and any.
                let near = source.pick(&[0, 24, 25, 32, 111, 112, 127, 128]);
                let length = if source.coin() { near } else { source.any() };
                (source.pick(&addresses), length)
            }),
            marks: source.list(3, |source| {
                (source.below(3).into(), source.any(), source.family())
            }),
            timeouts: all || source.coin(),
            daemons: all || source.coin(),
            scope: Scope::nothing(),
        };
        ours.scope = ours.build();
        ours
    }

    fn build(&self) -> Scope {
        let mut scope = Scope::nothing();
        if self.everything {
            scope = scope.with_every_service();
        }
        if self.timeouts {
            scope = scope.with_timeouts();
        }
        if self.daemons {
            scope = scope.with_daemons();
        }
        for key in &self.services {
            scope = scope.with_service(*key);
        }
        for (network, length) in &self.prefixes {
            scope = scope.with_prefix(*network, *length);
        }
        for (first, last, family) in &self.marks {
            scope = scope.with_marks(*first..=*last, *family);
        }
        scope
    }

    pub(super) fn scope(&self) -> &Scope {
        &self.scope
    }

    pub(super) fn scope_agrees(&self, keys: impl IntoIterator<Item = ServiceKey>) {
        for key in keys {
            assert_eq!(self.scope.contains(&key), self.holds(&key), "{key}");
        }
        assert_eq!(self.scope.contains_timeouts(), self.timeouts);
        assert_eq!(self.scope.contains_daemons(), self.daemons);
    }

    pub(super) fn holds(&self, key: &ServiceKey) -> bool {
        let by_what_it_is = match key {
            ServiceKey::Address { address, .. } => self
                .prefixes
                .iter()
                .any(|(network, length)| begin_alike(*network, *address, *length)),
            ServiceKey::FirewallMark { mark, family } => self
                .marks
                .iter()
                .any(|(first, last, of)| of == family && first <= mark && mark <= last),
        };
        self.everything || self.services.contains(key) || by_what_it_is
    }
}

/// Bit by bit.
fn begin_alike(one: IpAddr, other: IpAddr, length: u8) -> bool {
    let bits = |address: IpAddr| -> Vec<u8> {
        let octets = match address {
            IpAddr::V4(address) => address.octets().to_vec(),
            IpAddr::V6(address) => address.octets().to_vec(),
        };
        octets
            .iter()
            .flat_map(|octet| (0..8).rev().map(move |bit| octet >> bit & 1))
            .collect()
    };
    let (one, other) = (bits(one), bits(other));
    let length = one.len().min(length.into());
    one.len() == other.len() && one[..length] == other[..length]
}
