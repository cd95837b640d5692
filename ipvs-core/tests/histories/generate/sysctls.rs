//! Random values for the sysctls.

use ipvs_core::Sysctl;

use crate::dice::Dice;

const VALUES: &[&str] = &[
    "0",
    "1",
    "2",
    "3",
    "4",
    "-1",
    "8",
    "9",
    "-8",
    "-9",
    "16",
    "63",
    "64",
    "128",
    "1000",
    "2147483647",
    "2147483648",
    "-2147483648",
    "4294967295",
    "4294967296",
    "99999999999999999999",
    "",
    "x",
    "1x",
    "0x10",
    "010",
    "3 50",
    "50 3",
    "3 0",
    "0 0",
    "-1 5",
    "5",
    "1 2 3",
    "0-1",
    "0,1",
    "0-",
    "9999",
    " 1 ",
];

/// A sysctl's name and a value for it.
pub fn setting(dice: &mut Dice) -> (String, String) {
    let name = match dice.once_in(30) {
        true => "nosuch",
        false => dice.pick(Sysctl::ALL).name(),
    };
    (name.to_owned(), dice.pick(VALUES).to_owned())
}
