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
        // What is printed, ...
        site.ours.client.add_service(&extra).unwrap();
        cases.equal("-L -n");
        assert_eq!(cases.forgive(), 1);
        // ... complained about, returned, and made of the table, which is set back.
        cases.equal("-A -t 10.0.0.77:80");
        assert_eq!(cases.forgive(), 2);
        cases.equal("-L -n");
        // One of two that complain and return alike.
        let outcomes = ["-L -q", "-L -x"].map(|line| site.original.run(line));
        cases.check(&Typed::from("-L"), outcomes);
        assert_eq!(cases.forgive(), 1);
    });
}
