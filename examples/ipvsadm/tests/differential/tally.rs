//! How many comparisons were made, group by group.

use std::collections::BTreeMap;
use std::sync::Mutex;

use crate::dice::SEED;

static COMPARED: Mutex<BTreeMap<&str, usize>> = Mutex::new(BTreeMap::new());

/// A group is about to compare something: it fails if it never does.
pub fn open(group: &'static str) {
    COMPARED.lock().unwrap().entry(group).or_default();
}

/// One comparison was made.
pub fn count(group: &'static str) {
    *COMPARED.lock().unwrap().entry(group).or_default() += 1;
}

/// Prints the numbers; false when a group compared nothing.
pub fn conclude() -> bool {
    let compared = COMPARED.lock().unwrap();
    for (group, count) in compared.iter() {
        println!("compared {group:<24} {count:>6}");
    }
    println!(
        "compared {:<24} {:>6}",
        "in all",
        compared.values().sum::<usize>()
    );
    println!("random tables of IPVS_SEED={}", *SEED);
    compared.values().all(|count| *count > 0)
}
