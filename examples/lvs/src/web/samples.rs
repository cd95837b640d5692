//! The connections of each real server over the last minutes. Pure.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use ipvs_core::{DestKey, ServiceKey, Snapshot};

/// The time between two samples.
pub(super) const EVERY: Duration = Duration::from_secs(5);

/// How many are kept: ten minutes.
pub(super) const MOST: usize = 121;

/// The connections of each server at one moment.
type Sample = BTreeMap<(ServiceKey, DestKey), u32>;

/// The samples, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Samples {
    /// `None` where the table could not be read.
    all: VecDeque<Option<Sample>>,
}

/// One server's connections: a number for each sample that has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Course {
    /// The server.
    pub(super) dest: DestKey,
    /// Active connections, the newest last; `None` while it had no entry.
    pub(super) active: Vec<Option<u32>>,
}

impl Samples {
    /// Takes one more.
    pub(super) fn take(&mut self, seen: Option<&Snapshot>) {
        if self.all.len() >= MOST {
            self.all.pop_front();
        }
        self.all.push_back(seen.map(|seen| {
            let services = seen.services.iter();
            let entries = services.flat_map(|service| {
                let key = service.entry.service.key;
                let dests = service.dests.iter();
                dests.map(move |entry| ((key, entry.dest.key), entry.active_connections))
            });
            entries.collect()
        }));
    }

    /// The courses of a service's servers, by their keys.
    pub(super) fn courses(&self, service: &ServiceKey) -> Vec<Course> {
        let mut dests: Vec<DestKey> = (self.all.iter().flatten())
            .flat_map(|sample| sample.keys())
            .filter(|(of, _)| of == service)
            .map(|(_, dest)| *dest)
            .collect();
        dests.sort_unstable();
        dests.dedup();
        let course = |dest: DestKey| {
            let at = |sample: &Option<Sample>| sample.as_ref()?.get(&(*service, dest)).copied();
            Course {
                dest,
                active: self.all.iter().map(at).collect(),
            }
        };
        dests.into_iter().map(course).collect()
    }
}

#[cfg(test)]
mod tests {
    use ipvs_core::fake::Kernel;
    use ipvs_core::{Dest, ForwardMethod, Service};

    use super::*;

    #[test]
    fn a_course_has_a_number_for_each_sample_that_has_the_server() {
        let client = Kernel::new().client().unwrap();
        let web = Service::new("tcp 10.0.0.1:80".parse().unwrap());
        let server = Dest::new([10, 0, 1, 1], 80, ForwardMethod::MASQUERADE);
        let mut samples = Samples::default();
        samples.take(None);
        client.add_service(&web).unwrap();
        samples.take(client.snapshot().ok().as_ref());
        assert_eq!(samples.courses(&web.key), []);
        client.add_dest(&web.key, &server).unwrap();
        samples.take(client.snapshot().ok().as_ref());
        let course = Course {
            dest: server.key,
            active: vec![None, None, Some(0)],
        };
        assert_eq!(samples.courses(&web.key), [course]);
        for _ in 0..MOST {
            samples.take(None);
        }
        assert_eq!(samples.courses(&web.key), []);
    }
}
