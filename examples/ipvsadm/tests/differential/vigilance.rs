//! The suite itself: it notices what differs.

use crate::cases::compare;
use crate::harness::{Test, tests};
use crate::program::Typed;
use crate::site::{Site, service, small_table};

pub fn tests() -> Vec<Test> {
    tests![differences_are_noticed]
}

fn differences_are_noticed(site: &Site) {
    compare(site, "the suite itself", &small_table(), |cases| {
        let extra = service("tcp 10.0.0.77:80");
        site.ours.client.add_service(&extra).unwrap();
        // What is printed, ...
        cases.equal("-L -n");
        assert_eq!(cases.forgive(), 1);
        // ... what is in the table, which is set back, ...
        cases.equal("-A -t 10.0.0.78:80");
        assert_eq!(cases.forgive(), 1);
        // ... the status with what is said of it, ...
        site.ours.client.add_service(&extra).unwrap();
        cases.equal("-A -t 10.0.0.77:80");
        assert_eq!(cases.forgive(), 1);
        cases.equal("-L -n");
        assert_eq!(cases.forgive(), 0);
        // ... and what is said alone.
        let outcomes = ["-L -q", "-L -x"].map(|line| site.original.run(line));
        cases.check(&Typed::from("-L"), outcomes);
        assert_eq!(cases.forgive(), 1);
    });
}
