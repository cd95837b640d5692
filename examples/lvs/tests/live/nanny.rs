//! The checker.

use crate::harness::{Test, tests};
use crate::site::Site;

pub fn tests() -> Vec<Test> {
    tests![a_mistake_of_usage_ends_at_once]
}

fn a_mistake_of_usage_ends_at_once(site: &Site) {
    let mut program = site.start("nosuchapplet", &[]);
    assert_eq!(program.end().code(), Some(2));
    assert!(site.client.services().unwrap().is_empty());
}
