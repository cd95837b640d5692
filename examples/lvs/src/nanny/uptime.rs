//! The load average in what `uptime`, `rup` and `ruptime` print.

/// The average of the last minute: the first number behind the word `load`, which the
/// server's name may have in it too. Before a digit, a comma is the point of its language.
pub(super) fn average(output: &[u8]) -> Option<f64> {
    let text = String::from_utf8_lossy(output);
    let (_, behind) = text.rsplit_once("load")?;
    let from = behind.find(|letter: char| letter.is_ascii_digit())?;
    let number = behind.get(from..)?;
    let (whole, behind) = digits(number);
    let fraction = behind
        .strip_prefix(['.', ','])
        .map_or("", |part| digits(part).0);
    format!("{whole}.{fraction}").parse().ok()
}

/// The digits that a text begins with, and what is behind them.
fn digits(text: &str) -> (&str, &str) {
    let end = text.find(|letter: char| !letter.is_ascii_digit());
    text.split_at(end.unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_programs_print() {
        for (text, expected) in [
            (
                " 18:02:57 up 3 days,  2:01,  1 user,  load average: 0.52, 0.58, 0.59\n",
                Some(0.52),
            ),
            (
                "10.0.3.100  up 3 days,  2:01,    load average: 1.05, 0.00, 0.00\n",
                Some(1.05),
            ),
            (
                "serveur1      up   3+02:01,     1 user,  load 12.00, 0.10, 0.00\n",
                Some(12.0),
            ),
            ("up 3 days, load averages: 2 1 0", Some(2.0)),
            (
                " 18:02  up 1 day, load average: 0,52, 0,58, 0,59\n",
                Some(0.52),
            ),
            ("up 1 day, load averages: 3, 1, 0", Some(3.0)),
            (
                "payload1      up   3+02:01,     1 user,  load 1.50, 0.10, 0.00\n",
                Some(1.5),
            ),
            ("serveur1     down   1:20", None),
            ("load unknown", None),
            ("", None),
        ] {
            assert_eq!(average(text.as_bytes()), expected, "{text:?}");
        }
    }
}
