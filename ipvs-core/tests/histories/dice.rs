//! Chance that repeats: the same seed throws the same.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

/// SplitMix64.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// That of one history of a run.
    pub fn new(seed: u64, history: u64) -> Self {
        let mut dice = Dice(seed ^ history.wrapping_mul(0xd6e8_feb8_6659_fd93));
        dice.0 = dice.next();
        dice
    }

    /// IPVS_SEED: a number, or `new`. Without it always the same, so that who changes
    /// nothing has no new failure; a soak looks for those.
    pub fn seed() -> u64 {
        match std::env::var("IPVS_SEED") {
            Ok(seed) if seed == "new" => RandomState::new().hash_one(()) >> 32,
            Ok(seed) => seed.parse().expect("IPVS_SEED is a number, or `new`"),
            Err(_) => 1,
        }
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to `sides` - 1.
    pub fn throw(&mut self, sides: usize) -> usize {
        let sides = u64::try_from(sides).unwrap();
        usize::try_from(((self.next() >> 32) * sides) >> 32).unwrap()
    }

    /// Once in so many times.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.throw(times) == 0
    }

    pub fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.throw(of.len())]
    }

    /// One of `of`, each as often as the number beside it says.
    pub fn weigh<T: Copy>(&mut self, of: &[(usize, T)]) -> T {
        let mut left = self.throw(of.iter().map(|(weight, _)| weight).sum());
        for (weight, item) in of {
            match left.checked_sub(*weight) {
                Some(rest) => left = rest,
                None => return *item,
            }
        }
        unreachable!("the weights were summed")
    }

    /// Bytes of this length.
    pub fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.next().to_le_bytes()[7]).collect()
    }
}
