//! A service of the routing table, with its servers.

use ipvs_core::Rates;
use maud::{Markup, html};

use crate::numbers::{short, span};
use crate::observe::{ServerRow, ServiceRow};
use crate::status::State;

/// What a service is called.
pub(super) fn name(service: &ServiceRow) -> String {
    match &service.name {
        Some(name) => name.clone(),
        None => service.key.to_string(),
    }
}

/// The service as it is at the moment `at`.
pub(super) fn service(service: &ServiceRow, at: u64) -> Markup {
    html! {
        div.head {
            h3 { (name(service)) }
            p {
                code { (service.key) }
                @match &service.entry {
                    Some(entry) => {
                        " " (entry.service.scheduler)
                        @if entry.service.is_persistent() {
                            ", persistent " (span(entry.service.persistence_timeout.as_secs()))
                        }
                        " · " (short(entry.stats.rates.connections)) " conn/s"
                    }
                    None => { " " span.state.down { "not in the kernel" } }
                }
                @if service.name.is_none() { " " span.state.off { "not in the file" } }
                @if service.sorry == Some(true) { " " span.state.down { "the sorry server answers" } }
            }
        }
        div.scroll tabindex="0" role="region" aria-label={ "Table of " (name(service)) } { table.cards.live {
            thead { tr {
                th scope="col" { "Check" } th scope="col" { "Server" } th scope="col" { "Address" }
                th scope="col" { "Forward" } th.number scope="col" { "Weight" } th.number scope="col" { "Limits" }
                th.number scope="col" { "Active" } th.number scope="col" { "Inactive" }
                th.number scope="col" { "Conn/s" } th.number scope="col" { "In B/s" } th.number scope="col" { "Out B/s" }
            } }
            tbody { @for row in &service.servers { (server(row, at)) } }
        } }
    }
}

fn server(row: &ServerRow, at: u64) -> Markup {
    html! {
        tr {
            td data-label="Check" { (check(row, at)) }
            th scope="row" data-label="Server" { (row.label()) }
            td data-label="Address" { code { (row.key) } }
            @match &row.entry {
                Some(entry) => {
                    @let dest = &entry.dest;
                    @let Rates { connections, incoming_bytes, outgoing_bytes, .. } = entry.stats.rates;
                    td data-label="Forward" { (dest.forward) }
                    td.number data-label="Weight" { (dest.weight) }
                    td.number data-label="Limits" {
                        @if dest.upper_threshold == 0 { "–" } @else { (dest.lower_threshold) "–" (dest.upper_threshold) }
                    }
                    td.number data-label="Active" { (short(entry.active_connections.into())) }
                    td.number data-label="Inactive" { (short(entry.inactive_connections.into())) }
                    td.number data-label="Conn/s" { (short(connections)) }
                    td.number data-label="In B/s" { (short(incoming_bytes)) }
                    td.number data-label="Out B/s" { (short(outgoing_bytes)) }
                }
                None => td.absent colspan="8" { "not in the kernel’s table" },
            }
        }
    }
}

/// What the checker says, as a word and a colour, and what the last check failed for.
fn check(row: &ServerRow, at: u64) -> Markup {
    html! {
        @match &row.health {
            Some(health) => {
                @let (class, word) = match health.state {
                    State::Up => ("up", "up"),
                    State::Down => ("down", "down"),
                    State::Unknown => ("off", "not checked yet"),
                    State::ForcedUp => ("up", "forced up"),
                    State::ForcedDown => ("down", "forced down"),
                };
                span class={ "state " (class) } { (word) }
                " " small { (span(at.saturating_sub(health.since))) }
                @if let Some(failure) = &health.failure { br; small.mistake { (failure) } }
            }
            None => span.state.off { "no checker" },
        }
    }
}
