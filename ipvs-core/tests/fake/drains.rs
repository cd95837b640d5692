//! A real server leaves: what its drain waits for.

use std::time::{Duration, SystemTime};

use ipvs_core::{Drain, DrainStep, Sysctl};

use crate::site::{Site, dest};

impl Site {
    fn drain(&self) -> Drain {
        Drain::new(self.service, self.dests[0])
    }

    /// Established connections, others, and persistence templates of the first dest.
    fn busy(&self, [active, inactive, persistent]: [u32; 3]) {
        let home = self.kernel.initial();
        home.set_dest_connections(&self.service, &self.dests[0], active, inactive, persistent)
            .unwrap();
    }

    #[track_caller]
    fn waits(&self, drain: &mut Drain) {
        let step = drain.step(&self.client).unwrap();
        assert!(matches!(step, DrainStep::Waiting(_)), "{step:?}");
        assert_eq!(self.first().dest.weight, 0);
    }

    #[track_caller]
    fn removes(&self, drain: &mut Drain) {
        let step = drain.step(&self.client).unwrap();
        assert!(matches!(step, DrainStep::Removed(_)), "{step:?}");
        assert_eq!(self.client.dests(&self.service).unwrap().len(), 1);
    }
}

#[test]
fn tcp_waits_for_what_is_established() {
    let site = Site::new();
    let mut drain = site.drain();
    site.busy([1, 1, 0]);
    site.waits(&mut drain);
    site.waits(&mut drain);
    // What is closing needs no server.
    site.busy([0, 1, 0]);
    site.removes(&mut drain);
}

#[test]
fn until_empty_waits_for_what_is_closing_too() {
    let site = Site::new();
    let mut drain = site.drain().until_empty();
    site.busy([0, 1, 0]);
    site.waits(&mut drain);
    site.waits(&mut drain);
    site.busy([0, 0, 0]);
    site.removes(&mut drain);
}

#[test]
fn templates_are_waited_for_unless_the_kernel_lets_them_expire() {
    let site = Site::new();
    let mut drain = site.drain();
    site.busy([0, 0, 1]);
    site.waits(&mut drain);
    site.waits(&mut drain);
    let expire = Sysctl::ExpireQuiescentTemplate;
    site.client.set_sysctl(expire, &true.into()).unwrap();
    site.removes(&mut drain);
}

#[test]
fn a_deadline_that_is_past_waits_for_nothing() {
    let site = Site::new();
    site.busy([3, 2, 1]);
    let mut late = site.drain().with_deadline(SystemTime::UNIX_EPOCH);
    let DrainStep::Removed(left) = late.step(&site.client).unwrap() else {
        panic!("it waits");
    };
    assert_eq!((left.active, left.inactive, left.persistent), (3, 2, 1));

    let site = Site::new();
    site.busy([1, 0, 0]);
    let soon = SystemTime::now() + Duration::from_secs(3600);
    let mut early = site.drain().with_deadline(soon);
    site.waits(&mut early);
    site.waits(&mut early);
}

#[test]
fn what_somebody_else_does_with_it_is_told() {
    let site = Site::new();
    let mut drain = site.drain();
    site.waits(&mut drain);
    let back = dest(site.dests[0]).with_weight(7);
    site.client.update_dest(&site.service, &back).unwrap();
    let step = drain.step(&site.client).unwrap();
    assert_eq!(step, DrainStep::Restored { weight: 7 });
    site.client
        .remove_dest(&site.service, &site.dests[0])
        .unwrap();
    assert_eq!(drain.step(&site.client).unwrap(), DrainStep::Gone);
    site.client.remove_service(&site.service).unwrap();
    assert_eq!(drain.step(&site.client).unwrap(), DrainStep::Gone);
}
