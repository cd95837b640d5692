//! Numbers and times, as people read them at a glance. Pure.

/// A number in three digits and a unit's prefix: `0`, `999`, `1.2k`, `45M`.
pub(crate) fn short(number: u64) -> String {
    let mut rest = number as f64;
    for prefix in ["", "k", "M", "G", "T", "P"] {
        if rest < 999.5 {
            let whole = prefix.is_empty() || rest >= 9.95;
            return if whole {
                format!("{rest:.0}{prefix}")
            } else {
                format!("{rest:.1}{prefix}")
            };
        }
        rest /= 1000.0;
    }
    format!("{rest:.0}E")
}

/// A while: `12 s`, `3 min`, `5 h`, `2 d`.
pub(crate) fn span(seconds: u64) -> String {
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7200 => format!("{} min", seconds / 60),
        7200..172_800 => format!("{} h", seconds / 3600),
        _ => format!("{} d", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_three_digits_at_most() {
        for (number, shown) in [
            (0, "0"),
            (999, "999"),
            (1000, "1.0k"),
            (9949, "9.9k"),
            (9950, "10k"),
            (999_499, "999k"),
            (999_500, "1.0M"),
            (u64::MAX, "18E"),
        ] {
            assert_eq!(short(number), shown, "{number}");
        }
    }

    #[test]
    fn times_are_in_their_unit() {
        for (seconds, shown) in [
            (0, "0 s"),
            (119, "119 s"),
            (120, "2 min"),
            (7200, "2 h"),
            (172_800, "2 d"),
        ] {
            assert_eq!(span(seconds), shown);
        }
    }
}
