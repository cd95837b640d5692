//! The fields of a form as HTML.

use maud::{Markup, html};

use crate::web::forms::{Field, Form, Group, Kind, Typed, Wrong, fields};

/// The fields that something is wrong with, each a link to its input.
pub(super) fn mistakes(form: &Form, wrong: &Wrong) -> Markup {
    html! {
        @if !wrong.is_empty() {
            ul { @for field in fields(form) {
                @let name = field.name();
                @if let Some(why) = wrong.get(&name) { li { a href={ "#" (name) } { (field.label) } ": " (why) } }
            } }
        }
    }
}

/// Every group, with what was typed and what is wrong with it. A group that unfolds is unfolded
/// where something is wrong, and the first wrong input is where one goes on typing.
pub(super) fn groups(form: &Form, typed: &Typed, wrong: &Wrong) -> Markup {
    let first = fields(form)
        .map(Field::name)
        .find(|name| wrong.contains_key(name));
    html! { @for group in form { (one(group, typed, wrong, first.as_deref())) } }
}

fn one(group: &Group, typed: &Typed, wrong: &Wrong, first: Option<&str>) -> Markup {
    let fields = html! {
        div.fields {
            @for field in group.fields { (input(field, typed, wrong, first)) }
        }
    };
    let shown = group
        .fields
        .iter()
        .any(|field| wrong.contains_key(&field.name()));
    html! {
        @if group.open {
            fieldset { legend { (group.legend) } (fields) }
        } @else {
            details open[shown] { summary { (group.legend) } (fields) }
        }
    }
}

fn input(field: &Field, typed: &Typed, wrong: &Wrong, first: Option<&str>) -> Markup {
    let name = field.name();
    let focused = first == Some(name.as_str());
    let value = typed.get(&name).map_or("", String::as_str);
    let wrong = wrong.get(&name);
    let (hint_id, wrong_id) = (format!("{name}-hint"), format!("{name}-wrong"));
    let ids = [
        (!field.hint.is_empty()).then_some(hint_id.as_str()),
        wrong.map(|_| wrong_id.as_str()),
    ];
    let ids: Vec<&str> = ids.into_iter().flatten().collect();
    let described = (!ids.is_empty()).then(|| ids.join(" "));
    let invalid = wrong.map(|_| "true");
    let list = format!("{name}-list");
    html! {
        div.field.flag[matches!(field.kind, Kind::Flag)].wrong[wrong.is_some()] {
            @match field.kind {
                Kind::Flag => {
                    input id=(name) type="checkbox" name=(name) value="1" checked[!value.is_empty()]
                        aria-describedby=[described] aria-invalid=[invalid] autofocus[focused];
                    label for=(name) { (field.label) }
                }
                Kind::Choice(words) => {
                    label for=(name) { (field.label) }
                    select id=(name) name=(name) aria-describedby=[described] aria-invalid=[invalid] autofocus[focused] {
                        @for (word, label) in words {
                            option value=(word) selected[*word == value] { (label) }
                        }
                    }
                }
                Kind::Word | Kind::Proposed(_) | Kind::Text | Kind::Name => {
                    label for=(name) { (field.label) }
                    input id=(name) type="text" name=(name) value=(value) autocomplete="off" spellcheck="false"
                        list=[matches!(field.kind, Kind::Proposed(_)).then_some(&list)]
                        aria-describedby=[described] aria-invalid=[invalid] autofocus[focused];
                    @if let Kind::Proposed(words) = field.kind {
                        datalist id=(list) { @for word in words { option value=(word) {} } }
                    }
                }
            }
            @if let Some(wrong) = wrong { p.mistake id=(wrong_id) { (wrong) } }
            @if !field.hint.is_empty() { p.hint id=(hint_id) { (field.hint) } }
        }
    }
}
