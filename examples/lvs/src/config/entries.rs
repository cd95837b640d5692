//! One row for each key of a block: its name, and how its field is read and written.

use super::codec::Reading;
use super::findings::Mistake;
use super::lines::Word;

/// When a key is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    /// Always, as the original's web page does.
    Always,
    /// When its value is not its default.
    Changed,
    /// The same, and the originals refuse a file that has it.
    Ours,
}

/// A key of the block `B`.
pub(super) struct Entry<B: 'static> {
    pub(super) name: &'static str,
    pub(super) shown: Shown,
    pub(super) read: fn(&mut B, &mut Reading<'_>) -> Result<(), Mistake>,
    /// What stands behind the `=`; `None` when nothing can or need be said.
    pub(super) write: fn(&B) -> Option<String>,
    /// The letters that a word behind the `=` stands for.
    pub(super) letters: fn(&Word) -> String,
    /// Makes it its default.
    pub(super) reset: fn(&mut B),
    /// Whether two blocks have the same value.
    pub(super) same: fn(&B, &B) -> bool,
}

/// Rows such as `port: Port, Always;` for a block's fields, which have their keys' names.
macro_rules! entries {
    ($block:ty { $($field:ident: $codec:ty, $shown:ident;)* }) => {
        &[$(Entry {
            name: stringify!($field),
            shown: Shown::$shown,
            read: |block: &mut $block, reading| {
                block.$field = <$codec as Codec>::read(reading)?;
                Ok(())
            },
            write: |block: &$block| <$codec as Codec>::write(&block.$field),
            letters: <$codec as Codec>::letters,
            reset: |block: &mut $block| block.$field = <$block>::default().$field,
            same: |block: &$block, other: &$block| block.$field == other.$field,
        },)*]
    };
}
pub(super) use entries;

/// The text of a block's keys, in the order of its rows.
pub(super) fn write<B: Default>(entries: &[Entry<B>], block: &B, indent: &str, out: &mut String) {
    let default = B::default();
    for entry in entries {
        let shown = entry.shown == Shown::Always || !(entry.same)(block, &default);
        if let Some(value) = (entry.write)(block).filter(|_| shown) {
            *out += &format!("{indent}{} = {value}\n", entry.name);
        }
    }
}
