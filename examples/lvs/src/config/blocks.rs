//! A file's lines as a tree of blocks.

use super::findings::{Fault, Findings, Place};
use super::lines::{self, Statement, Word};

/// One `key = value`.
pub(super) struct Setting {
    pub(super) key: Word,
    pub(super) values: Vec<Word>,
}

/// The file itself, or a block in it.
#[derive(Default)]
pub(super) struct Block {
    /// Its kind and name; the file has none.
    pub(super) head: Option<(Word, Word)>,
    pub(super) settings: Vec<Setting>,
    pub(super) blocks: Vec<Block>,
    /// It can't stand where it does. Such a block is read and dropped, so that no file makes a
    /// deep tree.
    misplaced: bool,
}

impl Block {
    pub(super) fn is_failover(&self) -> bool {
        self.kind() == Some("failover")
    }

    fn kind(&self) -> Option<&str> {
        self.head.as_ref().map(|(kind, _)| kind.text.as_str())
    }
}

/// The tree of a file.
pub(super) fn read(text: &str, findings: &mut Findings) -> Block {
    // The blocks that are open, each in the one before it.
    let mut open: Vec<Block> = Vec::new();
    let mut here = Block::default();
    for (line, number) in text.split('\n').zip(1..) {
        match lines::read(number, line, findings) {
            None => {}
            Some(Statement::Set { key, values }) => here.settings.push(Setting { key, values }),
            Some(Statement::Open { kind, name }) => {
                let inner = Block {
                    misplaced: !check_place(&kind, here.kind(), findings),
                    head: Some((kind, name)),
                    ..Block::default()
                };
                open.push(std::mem::replace(&mut here, inner));
            }
            Some(Statement::Close(brace)) => match open.pop() {
                Some(outer) => close(&mut here, outer),
                None => findings.mistake(
                    brace
                        .mistake(Fault::UnknownCommand)
                        .hint("no block is open here"),
                ),
            },
        }
    }
    let line = text.lines().count().max(1);
    if let Some((kind, name)) = &here.head {
        let (kind, name, head) = (&kind.text, &name.text, kind.place.line);
        let mistake = Place { line, column: 1 }.mistake(Fault::UnexpectedEnd);
        findings.mistake(mistake.hint(format!(
            "the block {kind} {name} of line {head} is not closed"
        )));
    }
    while let Some(outer) = open.pop() {
        close(&mut here, outer);
    }
    here
}

/// Puts the block that ends here into the one around it, which goes on.
fn close(here: &mut Block, outer: Block) {
    let inner = std::mem::replace(here, outer);
    if !inner.misplaced {
        here.blocks.push(inner);
    }
}

/// Whether a block may stand here: only a server may be in a block, and it in a virtual one.
fn check_place(kind: &Word, around: Option<&str>, findings: &mut Findings) -> bool {
    let fits = match kind.text.as_str() {
        "server" => around == Some("virtual"),
        _ => around.is_none(),
    };
    if !fits {
        let hint = match kind.text.as_str() {
            "server" => "a server stands in a virtual block",
            _ => "it stands in no other block",
        };
        findings.mistake(kind.mistake(Fault::UnknownCommand).hint(hint));
    }
    fits
}
