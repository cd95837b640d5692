//! The weight that a server's load asks for.

/// The weight after `last`, for a server of the configured `weight` and the load average
/// of its last minute.
///
/// A load below 1 raises the weight by half the configured one times the cube root of the
/// distance to 1, up to `scale` times the configured one; a load above 1 lowers it in the
/// same way, down to the configured one. A move of less than a quarter of the configured
/// weight is none, and neither is one after a load that is no number.
pub(super) fn follow(last: u32, weight: u32, scale: u32, average: f64) -> u32 {
    if !average.is_finite() || average < 0.0 {
        return last;
    }
    let step = f64::from(weight) / 2.0 * (1.0 - average).cbrt();
    let most = weight.saturating_mul(scale.max(1));
    let next = whole(f64::from(last) + step).clamp(weight, most);
    if next.abs_diff(last) < weight.div_ceil(4) {
        last
    } else {
        next
    }
}

/// The number without its fraction.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "`as` saturates, and makes 0 of what is no number"
)]
fn whole(number: f64) -> u32 {
    number as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn idle_servers_climb_to_the_scale_and_loaded_ones_sink_to_their_weight() {
        assert_eq!(follow(40, 40, 10, 0.0), 60);
        assert_eq!(follow(390, 40, 10, 0.0), 400);
        assert_eq!(follow(100, 40, 10, 2.0), 80);
        assert_eq!(follow(50, 40, 10, 9.0), 40);
        // 20 times the cube root of 1/8 is 10, a quarter.
        assert_eq!(follow(40, 40, 10, 0.875), 50);
        assert_eq!(follow(40, 40, 10, 0.9), 40);
        assert_eq!(follow(60, 40, 10, 1.0), 60);
    }

    #[test]
    fn a_load_that_is_none_moves_nothing() {
        for average in [f64::NAN, f64::INFINITY, -1.0] {
            assert_eq!(follow(57, 40, 10, average), 57);
        }
    }

    #[test]
    fn weight_0_stays() {
        assert_eq!(follow(0, 0, 10, 0.0), 0);
    }

    proptest! {
        #[test]
        fn it_stays_in_bounds_and_moves_the_right_way(
            weight in 1..=65_535_u32,
            scale in 1..20_u32,
            place in 0.0..=1.0_f64,
            average in 0.0..100.0_f64,
        ) {
            let last = weight + whole(place * f64::from(weight * (scale - 1)));
            let next = follow(last, weight, scale, average);
            prop_assert!((weight..=weight * scale).contains(&next));
            let (low, high) = if average < 1.0 { (last, next) } else { (next, last) };
            prop_assert!(low <= high);
            prop_assert!(next == last || next.abs_diff(last) * 4 >= weight);
        }
    }
}
