//! What is in ipvs.h. The header is made by a machine, so this knows its form.

use std::iter::Peekable;
use std::str::Lines;

pub(crate) struct Header {
    /// What the header begins with, line by line.
    pub(crate) introduction: Vec<String>,
    pub(crate) sections: Vec<Section>,
}

pub(crate) struct Section {
    pub(crate) title: String,
    /// Its comment, line by line.
    pub(crate) prose: Vec<String>,
    pub(crate) items: Vec<Item>,
}

/// What is declared, with its comment, line by line.
pub(crate) enum Item {
    Constant {
        name: String,
        comment: Vec<String>,
    },
    Type {
        name: String,
        comment: Vec<String>,
        fields: Vec<Field>,
    },
    Function {
        returns: String,
        name: String,
        /// Each with its type.
        arguments: Vec<String>,
        comment: Vec<String>,
    },
}

pub(crate) struct Field {
    /// As it is declared; an enum's constant alone.
    pub(crate) declaration: String,
    pub(crate) comment: Vec<String>,
}

impl Header {
    pub(crate) fn parse(text: &str) -> Self {
        let mut lines = text.lines().peekable();
        lines.find(|line| *line == "/*");
        let introduction = comment(&mut lines);
        let mut sections: Vec<Section> = Vec::new();
        while let Some(line) = lines.next() {
            if line.starts_with("/* ----") {
                let mut prose = comment(&mut lines);
                prose.retain(|line| !line.starts_with("----"));
                let title = prose.remove(0);
                let items = Vec::new();
                sections.push(Section {
                    title,
                    prose,
                    items,
                });
            } else if line.trim_start().starts_with("/**")
                && let Some(section) = sections.last_mut()
            {
                let comment = documentation(line, &mut lines);
                section.items.push(item(comment, &mut lines));
            }
        }
        Header {
            introduction,
            sections,
        }
    }
}

/// What a comment says whose beginning is read.
fn comment(lines: &mut Peekable<Lines>) -> Vec<String> {
    let mut said = Vec::new();
    for line in lines {
        let Some(text) = line.trim_start().strip_prefix('*') else {
            panic!("not in a comment: {line}");
        };
        if text.ends_with('/') {
            break;
        }
        said.push(text.strip_prefix(' ').unwrap_or(text).to_owned());
    }
    said
}

/// What a comment says that begins with `line`, on one line or many.
fn documentation(line: &str, lines: &mut Peekable<Lines>) -> Vec<String> {
    let text = line.trim_start().trim_start_matches("/**");
    match text.strip_suffix("*/") {
        Some(text) => vec![text.trim().to_owned()],
        None => comment(lines),
    }
}

fn item(comment: Vec<String>, lines: &mut Peekable<Lines>) -> Item {
    let first = lines.next().unwrap();
    if let Some(constant) = first.strip_prefix("#define ") {
        let name = constant.split(' ').next().unwrap().to_owned();
        return Item::Constant { name, comment };
    }
    if first.ends_with('{') {
        let name = first.split(' ').nth(2).unwrap().to_owned();
        let fields = fields(lines);
        return Item::Type {
            name,
            comment,
            fields,
        };
    }
    if first.starts_with("typedef ") {
        let name = first
            .trim_end_matches(';')
            .split(' ')
            .next_back()
            .unwrap()
            .to_owned();
        let fields = Vec::new();
        return Item::Type {
            name,
            comment,
            fields,
        };
    }
    let mut declaration = first.to_owned();
    while !declaration.ends_with(';') {
        declaration = declaration + " " + lines.next().unwrap().trim();
    }
    function(&declaration, comment)
}

fn fields(lines: &mut Peekable<Lines>) -> Vec<Field> {
    let mut fields = Vec::new();
    loop {
        let line = lines.next().unwrap();
        if line.starts_with('}') {
            return fields;
        }
        let comment = documentation(line, lines);
        let declaration = lines.next().unwrap().trim().trim_end_matches([';', ',']);
        let declaration = declaration.split(" = ").next().unwrap().to_owned();
        fields.push(Field {
            declaration,
            comment,
        });
    }
}

fn function(declaration: &str, comment: Vec<String>) -> Item {
    let (before, arguments) = declaration.trim_end_matches(");").split_once('(').unwrap();
    let start = before.rfind([' ', '*']).unwrap() + 1;
    let (returns, name) = before.split_at(start);
    let arguments = arguments.split(", ").filter(|argument| *argument != "void");
    Item::Function {
        returns: returns.trim().to_owned(),
        name: name.to_owned(),
        arguments: arguments.map(str::to_owned).collect(),
        comment,
    }
}
