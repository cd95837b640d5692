//! Chance that repeats: the same seed throws the same.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::LazyLock;

/// Of all random tables: IPVS_SEED, a number, or `new`. Without it always the same, so that
/// who changes nothing has no new failure.
pub static SEED: LazyLock<u32> = LazyLock::new(|| match std::env::var("IPVS_SEED") {
    Ok(seed) if seed == "new" => RandomState::new().hash_one(()) as u32,
    Ok(seed) => seed.parse().expect("IPVS_SEED is a number, or `new`"),
    Err(_) => 1,
});

/// SplitMix64.
pub struct Dice(u64);

impl Dice {
    /// A test's own, whichever tests run beside it.
    pub fn thrown_for(test: &str) -> Self {
        let name = test.bytes().fold(0, |name: u64, byte| {
            name.wrapping_mul(31).wrapping_add(byte.into())
        });
        Dice(name ^ u64::from(*SEED))
    }

    /// From 0 to `sides` - 1.
    pub fn throw(&mut self, sides: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let high = (mixed ^ (mixed >> 31)) >> 32;
        u32::try_from((high * u64::from(sides)) >> 32).unwrap()
    }

    /// Once in so many times.
    pub fn once_in(&mut self, times: u32) -> bool {
        self.throw(times) == 0
    }

    pub fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.throw(of.len().try_into().unwrap()) as usize]
    }
}
