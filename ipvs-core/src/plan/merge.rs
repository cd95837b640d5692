//! Two lists side by side, in the order of their keys.

use std::cmp::Ordering;

/// The items in the order of their keys, each key once, and a key that there was twice.
pub(super) fn sorted<T, K: Ord>(items: &[T], key: impl Fn(&T) -> K) -> (Vec<&T>, Option<K>) {
    let mut sorted: Vec<&T> = items.iter().collect();
    // A snapshot is in this order, and a table that was made from one: mostly there
    // is nothing to do but to look.
    if items.is_sorted_by(|one, next| key(one) < key(next)) {
        return (sorted, None);
    }
    sorted.sort_by_key(|item| key(item));
    let mut twice = None;
    sorted.dedup_by(|next, one| {
        let same = key(next) == key(one);
        if same {
            twice = Some(key(one));
        }
        same
    });
    (sorted, twice)
}

/// For each key of two sorted lists what they have under it.
pub(super) fn side_by_side<'t, A, B, K: Ord>(
    left: Vec<&'t A>,
    key_of_left: impl Fn(&A) -> K,
    right: Vec<&'t B>,
    key_of_right: impl Fn(&B) -> K,
) -> impl Iterator<Item = (Option<&'t A>, Option<&'t B>)> {
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    std::iter::from_fn(move || {
        let order = match (left.peek(), right.peek()) {
            (None, None) => return None,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(left), Some(right)) => key_of_left(left).cmp(&key_of_right(right)),
        };
        Some(match order {
            Ordering::Less => (left.next(), None),
            Ordering::Equal => (left.next(), right.next()),
            Ordering::Greater => (None, right.next()),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_out_of_order_is_sorted_and_what_is_there_twice_is_told() {
        assert_eq!(sorted(&[1, 2, 3], |n| *n), (vec![&1, &2, &3], None));
        assert_eq!(sorted(&[3, 1, 2], |n| *n), (vec![&1, &2, &3], None));
        assert_eq!(sorted(&[3, 1, 3, 2], |n| *n), (vec![&1, &2, &3], Some(3)));
        assert_eq!(sorted(&[1, 1], |n| *n), (vec![&1], Some(1)));
    }

    #[test]
    fn every_key_comes_once_and_in_order() {
        let key = |n: &u8| *n;
        let both: Vec<_> = side_by_side(vec![&1, &2, &4], key, vec![&2, &3], key).collect();
        assert_eq!(
            both,
            [
                (Some(&1), None),
                (Some(&2), Some(&2)),
                (None, Some(&3)),
                (Some(&4), None),
            ]
        );
    }
}
