//! The preview of a change: the lines of the file, and what follows in the kernel.

use ipvs_core::Plan;
use maud::{Markup, html};

use crate::web::answer::Visit;
use crate::web::diff::{self, Line};
use crate::web::proposal::{Effect, Preview, Proposal};

pub(super) fn body(
    visit: &Visit,
    proposal: &Proposal,
    preview: &Preview,
    notes: &[String],
    name: &str,
) -> Markup {
    html! {
        h1 { (proposal.title) }
        p.lead { "Nothing is changed yet. This is what would be." }
        @if preview.comments > 0 {
            p.warning role="note" {
                "The file is written anew from what it says: "
                @if preview.comments == 1 { "its comment" } @else { "its " (preview.comments) " comments" }
                " would be lost."
            }
        }
        @if !preview.complaints.is_empty() {
            div.warning role="note" {
                p { "Something in the file can’t work as it is:" }
                ul { @for complaint in &preview.complaints { li { (complaint) } } }
            }
        }
        @if !notes.is_empty() {
            div.warning role="note" { ul { @for note in notes { li { (note) } } } }
        }
        h2 { "In the file" }
        (lines(&String::from_utf8_lossy(&proposal.before), &proposal.text))
        h2 { "In the kernel" }
        (effect(&preview.effect))
        div.actions {
            form method="post" action="/apply" {
                (visit.token())
                input type="hidden" name="change" value=(name);
                button.primary { "Apply" }
            }
            a href=(proposal.back) { "Cancel" }
        }
    }
}

fn lines(before: &str, after: &str) -> Markup {
    let shown = diff::lines(before, after);
    html! {
        pre.diff tabindex="0" aria-label="Changed lines" {
            @for line in diff::excerpt(&shown) {
                @match line {
                    Line::Same(text) => span.same { "  " (text) "\n" },
                    Line::Gone(text) => del { "− " (text) "\n" },
                    Line::New(text) => ins { "+ " (text) "\n" },
                    Line::Skipped(count) => span.skipped { "⋯ " (count) " lines\n" },
                }
            }
        }
    }
}

fn effect(effect: &Effect) -> Markup {
    html! {
        @match effect {
            Effect::Now(plan) => {
                (steps(plan))
                @if !plan.is_empty() {
                    p.hint { "A server that is new comes in when its first check succeeds." }
                }
            }
            Effect::Later(plan) => {
                p.warning role="note" {
                    "No lvsd keeps this node’s table by the file now, or the table can’t be read: nothing changes now. The files differ in this:"
                }
                (steps(plan))
            }
            Effect::Untold(why) => p.warning role="note" { "What follows can’t be told: " (why) },
        }
    }
}

fn steps(plan: &Plan) -> Markup {
    html! {
        @if plan.is_empty() && plan.draining().is_empty() {
            p { "Nothing in the kernel’s table changes." }
        } @else {
            ol.plan { @for step in plan.steps() { li { (step) } } }
        }
        @for (service, dest) in plan.draining() {
            p.hint { (dest) " of " (service) " has connections, which may finish." }
        }
    }
}
