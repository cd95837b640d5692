//! Where a file says what it says: for who changes one line of it.

use std::collections::BTreeMap;

use super::blocks::Block;

/// The lines of a block, or of the file itself. Lines count from 1.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lines {
    /// The line of its head; `None` for the file itself.
    pub head: Option<usize>,
    /// The line of each key that it has; of one that it has twice the last, which counts.
    pub keys: BTreeMap<String, usize>,
    /// Those of the blocks in it that are not `failover`, in the file's order.
    pub blocks: Vec<Lines>,
}

impl Lines {
    pub(super) fn of(block: &Block) -> Self {
        let keys = block.settings.iter().map(|setting| {
            let key = &setting.key;
            (key.text.clone(), key.place.line)
        });
        let regular = block.blocks.iter().filter(|block| !block.is_failover());
        Lines {
            head: block.head.as_ref().map(|(kind, _)| kind.place.line),
            keys: keys.collect(),
            blocks: regular.map(Lines::of).collect(),
        }
    }
}
