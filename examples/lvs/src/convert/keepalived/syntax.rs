//! keepalived.conf's shape: lines of words, and braces around more of them.

use crate::convert::Loss;

/// Blocks inside of blocks; keepalived's own go five deep.
const MAX_DEPTH: usize = 16;

/// One statement, with what stands in its braces.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) line: usize,
    pub(super) words: Vec<String>,
    pub(super) children: Vec<Node>,
}

impl Node {
    pub(super) fn key(&self) -> &str {
        self.word(0).unwrap_or("")
    }

    /// The first word behind the key; an empty one is none.
    pub(super) fn value(&self) -> Option<&str> {
        self.word(1).filter(|word| !word.is_empty())
    }

    pub(super) fn word(&self, index: usize) -> Option<&str> {
        self.words.get(index).map(String::as_str)
    }

    /// The first statement in its braces with a key.
    pub(super) fn child(&self, key: &str) -> Option<&Node> {
        self.children.iter().find(|node| node.key() == key)
    }
}

/// The statements of a key.
pub(super) fn named<'a>(nodes: &'a [Node], key: &str) -> Vec<&'a Node> {
    nodes.iter().filter(|node| node.key() == key).collect()
}

/// The statements of a file. Braces that don't match, or go too deep, are told.
pub(super) fn read(text: &str, losses: &mut Vec<Loss>) -> Vec<Node> {
    let mut open: Vec<Node> = Vec::new();
    let mut here = Node::default();
    for (line, number) in text.lines().zip(1..) {
        let mut statement = Node {
            line: number,
            ..Node::default()
        };
        for word in words(line) {
            match word.as_str() {
                "{" => {
                    // A brace on a line of its own is for the statement before it.
                    if statement.words.is_empty() {
                        statement = here.children.pop().unwrap_or(statement);
                    }
                    let inner = std::mem::take(&mut statement);
                    open.push(std::mem::replace(&mut here, inner));
                    statement.line = number;
                }
                "}" => {
                    let done = std::mem::take(&mut statement);
                    statement.line = number;
                    add(&mut here, done);
                    match open.pop() {
                        Some(outer) => close(&mut here, outer, open.len(), losses),
                        None => losses.push(at(number, "a } without a {")),
                    }
                }
                _ => statement.words.push(word),
            }
        }
        add(&mut here, statement);
    }
    if !open.is_empty() {
        losses.push(at(here.line, "this block is not closed"));
    }
    while let Some(outer) = open.pop() {
        close(&mut here, outer, open.len(), losses);
    }
    here.children
}

fn add(here: &mut Node, statement: Node) {
    if !statement.words.is_empty() {
        here.children.push(statement);
    }
}

fn close(here: &mut Node, outer: Node, depth: usize, losses: &mut Vec<Loss>) {
    let inner = std::mem::replace(here, outer);
    if depth < MAX_DEPTH {
        here.children.push(inner);
    } else {
        losses.push(at(inner.line, "this block is too deep in others"));
    }
}

fn at(line: usize, what: &str) -> Loss {
    Loss {
        line: Some(line),
        what: what.to_owned(),
    }
}

/// A line's words: blanks part them, quotes hold them together, `#` and `!` end them.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for letter in line.chars() {
        match (letter, quote) {
            (_, Some(mark)) if letter == mark => quote = None,
            ('"' | '\'', None) => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            ('#' | '!', None) if word.is_none() => break,
            ('{' | '}', None) => {
                words.extend(word.take());
                words.push(letter.to_string());
            }
            (_, None) if letter.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    words
}
