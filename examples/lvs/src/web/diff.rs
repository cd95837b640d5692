//! The lines in which two texts differ. Pure.

/// A line of two texts beside each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line<'a> {
    /// In both.
    Same(&'a str),
    /// In the first alone.
    Gone(&'a str),
    /// In the second alone.
    New(&'a str),
    /// This many lines that both have, and that are far from any that differ.
    Skipped(usize),
}

/// How many lines are shown around those that differ.
const AROUND: usize = 3;

/// The most lines that are compared one by one; beyond, all that is between the first and the
/// last difference counts as changed.
const MOST: usize = 3000;

/// Every line of both texts, the common ones but once.
pub(super) fn lines<'a>(before: &'a str, after: &'a str) -> Vec<Line<'a>> {
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let head = common(old.iter(), new.iter());
    let (old_rest, new_rest) = (old.get(head..), new.get(head..));
    let (old_rest, new_rest) = (old_rest.unwrap_or_default(), new_rest.unwrap_or_default());
    let tail = common(old_rest.iter().rev(), new_rest.iter().rev());
    let middle = |rest: &[&'a str]| -> Vec<&'a str> {
        let end = rest.len().saturating_sub(tail);
        rest.get(..end).unwrap_or_default().to_vec()
    };
    let mut all: Vec<Line<'a>> = old.iter().take(head).map(|line| Line::Same(line)).collect();
    all.extend(changes(&middle(old_rest), &middle(new_rest)));
    let end = old_rest.iter().skip(old_rest.len() - tail);
    all.extend(end.map(|line| Line::Same(line)));
    all
}

fn common<'a, 'b>(
    one: impl Iterator<Item = &'a &'b str>,
    other: impl Iterator<Item = &'a &'b str>,
) -> usize
where
    'b: 'a,
{
    one.zip(other)
        .take_while(|(one, other)| one == other)
        .count()
}

/// By the longest common subsequence of the lines.
fn changes<'a>(old: &[&'a str], new: &[&'a str]) -> Vec<Line<'a>> {
    let gone = old.iter().map(|line| Line::Gone(line));
    let fresh = new.iter().map(|line| Line::New(line));
    if old.len().max(new.len()) > MOST {
        return gone.chain(fresh).collect();
    }
    let width = new.len() + 1;
    // For each pair of places, how many lines the texts from there on have in common.
    let mut table = vec![0_u16; (old.len() + 1) * width];
    let at = |table: &[u16], row: usize, column: usize| {
        table.get(row * width + column).copied().unwrap_or(0)
    };
    for (row, one) in old.iter().enumerate().rev() {
        for (column, other) in new.iter().enumerate().rev() {
            let longest = if one == other {
                at(&table, row + 1, column + 1).saturating_add(1)
            } else {
                at(&table, row + 1, column).max(at(&table, row, column + 1))
            };
            if let Some(cell) = table.get_mut(row * width + column) {
                *cell = longest;
            }
        }
    }
    let (mut row, mut column) = (0, 0);
    let mut all = Vec::with_capacity(old.len().max(new.len()));
    loop {
        match (old.get(row), new.get(column)) {
            (Some(one), Some(other)) if one == other => {
                all.push(Line::Same(one));
                (row, column) = (row + 1, column + 1);
            }
            (Some(one), other)
                if other.is_none()
                    || at(&table, row + 1, column) >= at(&table, row, column + 1) =>
            {
                all.push(Line::Gone(one));
                row += 1;
            }
            (_, Some(other)) => {
                all.push(Line::New(other));
                column += 1;
            }
            (_, None) => return all,
        }
    }
}

/// The same with what is far from a difference left out.
pub(super) fn excerpt<'a>(all: &[Line<'a>]) -> Vec<Line<'a>> {
    let changed: Vec<usize> = (all.iter().enumerate())
        .filter(|(_, line)| !matches!(line, Line::Same(_)))
        .map(|(index, _)| index)
        .collect();
    let mut shown = Vec::new();
    let mut skipped = 0;
    let mut near = changed.iter().copied().peekable();
    for (index, line) in all.iter().enumerate() {
        while near.peek().is_some_and(|place| place + AROUND < index) {
            near.next();
        }
        if near
            .peek()
            .is_some_and(|place| place.abs_diff(index) <= AROUND)
        {
            if skipped > 0 {
                shown.push(Line::Skipped(std::mem::take(&mut skipped)));
            }
            shown.push(*line);
        } else {
            skipped += 1;
        }
    }
    if skipped > 0 && !shown.is_empty() {
        shown.push(Line::Skipped(skipped));
    }
    shown
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn both_texts_are_in_it(before in "[abc\n]{0,40}", after in "[abc\n]{0,40}") {
            let all = lines(&before, &after);
            let of = |other: fn(&Line<'_>) -> bool| -> Vec<&str> {
                let lines = all.iter().filter(|line| !other(line));
                lines.map(|line| match line {
                    Line::Same(line) | Line::Gone(line) | Line::New(line) => *line,
                    Line::Skipped(_) => "",
                }).collect()
            };
            let old = of(|line| matches!(line, Line::New(_)));
            let new = of(|line| matches!(line, Line::Gone(_)));
            prop_assert_eq!(old, before.lines().collect::<Vec<_>>());
            prop_assert_eq!(new, after.lines().collect::<Vec<_>>());
        }

        #[test]
        fn an_excerpt_leaves_out_no_difference(before in "[abc\n]{0,60}", after in "[abc\n]{0,60}") {
            let all = lines(&before, &after);
            let shown = excerpt(&all);
            let differ = |lines: &[Line<'_>]| -> usize {
                lines.iter().filter(|line| matches!(line, Line::Gone(_) | Line::New(_))).count()
            };
            prop_assert_eq!(differ(&shown), differ(&all));
            let counted: usize = shown.iter().map(|line| match line {
                Line::Skipped(count) => *count,
                _ => 1,
            }).sum();
            prop_assert!(counted == all.len() || (differ(&all) == 0 && shown.is_empty()));
        }
    }

    #[test]
    fn a_changed_line_is_shown_with_three_around_it() {
        let before: String = (0..20).map(|line| format!("{line}\n")).collect();
        let after = before.replace("10\n", "ten\n");
        assert_eq!(
            excerpt(&lines(&before, &after)),
            [
                Line::Skipped(7),
                Line::Same("7"),
                Line::Same("8"),
                Line::Same("9"),
                Line::Gone("10"),
                Line::New("ten"),
                Line::Same("11"),
                Line::Same("12"),
                Line::Same("13"),
                Line::Skipped(6),
            ]
        );
        assert_eq!(excerpt(&lines(&before, &before)), []);
    }
}
