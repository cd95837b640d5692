//! What is alike and what is not.

use std::fmt::Debug;

use super::Difference;

/// What differs, and what each side says.
pub(super) type Outcome<T = ()> = Result<T, (String, String, String)>;

pub(super) fn same(what: &str, left: String, right: String) -> Outcome {
    if left == right {
        Ok(())
    } else {
        Err((what.to_owned(), left, right))
    }
}

pub(super) fn equal<T: PartialEq + Debug>(what: &str, left: &T, right: &T) -> Outcome {
    if left == right {
        return Ok(());
    }
    Err((
        what.to_owned(),
        format!("{left:02x?}"),
        format!("{right:02x?}"),
    ))
}

pub(super) fn nothing(what: &str, left: String, right: String) -> Outcome {
    if left.is_empty() && right.is_empty() {
        return Ok(());
    }
    Err((what.to_owned(), left, right))
}

impl Difference {
    /// What each side said: where that is long, from shortly before they part.
    pub fn excerpts(&self) -> (String, String) {
        let (left, right) = (lines(&self.left), lines(&self.right));
        let both = left.iter().zip(&right);
        let alike = both.take_while(|(one, other)| one == other).count();
        let excerpt = |lines: Vec<&str>| {
            let shown = lines.into_iter().skip(alike.saturating_sub(8)).take(40);
            shown.collect::<Vec<_>>().join("\n")
        };
        (excerpt(left), excerpt(right))
    }
}

/// The lines of a text, or of a value in one line the parts.
fn lines(text: &str) -> Vec<&str> {
    match text.contains('\n') {
        true => text.lines().collect(),
        false => text.split_inclusive(", ").collect(),
    }
}
