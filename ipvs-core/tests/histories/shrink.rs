//! Makes a history that fails as short as it can be and still fail.

use crate::history::{History, Step};
use crate::message::{Attribute, Message};

/// How many shorter ones are tried.
const MOST_TRIES: usize = 600;

/// The shortest that was found to fail.
pub fn shrink(history: History, mut fails: impl FnMut(&History) -> bool) -> History {
    let mut shortest = history;
    let mut tries = 0;
    let mut try_one = |candidate: &History| {
        tries += 1;
        (tries <= MOST_TRIES).then(|| fails(candidate))
    };
    // Steps by halves, quarters, …; then what is within the steps that are left.
    let mut size = shortest.steps.len().div_ceil(2);
    while size > 0 {
        let mut start = 0;
        while start < shortest.steps.len() {
            let mut candidate = shortest.clone();
            candidate
                .steps
                .drain(start..(start + size).min(candidate.steps.len()));
            match try_one(&candidate) {
                Some(true) => shortest = candidate,
                Some(false) => start += size,
                None => return shortest,
            }
        }
        size /= 2;
    }
    let mut index = 0;
    while index < shortest.steps.len() {
        let simpler = simpler(&shortest.steps[index]).into_iter().map(|step| {
            let mut candidate = shortest.clone();
            candidate.steps[index] = step;
            candidate
        });
        let mut found = None;
        for candidate in simpler {
            match try_one(&candidate) {
                Some(true) => {
                    found = Some(candidate);
                    break;
                }
                Some(false) => {}
                None => return shortest,
            }
        }
        match found {
            Some(candidate) => shortest = candidate,
            None => index += 1,
        }
    }
    shortest
}

/// Steps that do a little less.
fn simpler(step: &Step) -> Vec<Step> {
    match step {
        Step::Batch(at, changes) => without_one(changes)
            .map(|some| Step::Batch(*at, some))
            .collect(),
        Step::Fill(line, fill) => {
            let counts = [fill.count / 2, fill.count - 1];
            let smaller = counts
                .into_iter()
                .filter(|count| *count > 0 && *count < fill.count);
            smaller
                .map(|count| Step::Fill(*line, crate::history::Fill { count, ..*fill }))
                .collect()
        }
        Step::Send(line, messages) => {
            let fewer = without_one(messages);
            let plainer = messages.iter().enumerate().flat_map(|(index, message)| {
                plainer(message).into_iter().map(move |message| {
                    let mut messages = messages.clone();
                    messages[index] = message;
                    messages
                })
            });
            fewer
                .chain(plainer)
                .map(|messages| Step::Send(*line, messages))
                .collect()
        }
        _ => Vec::new(),
    }
}

fn without_one<T: Clone>(all: &[T]) -> impl Iterator<Item = Vec<T>> {
    let few = if all.len() > 1 { all.len() } else { 0 };
    (0..few).map(|index| {
        let mut some = all.to_vec();
        some.remove(index);
        some
    })
}

/// The message with less in it.
fn plainer(message: &Message) -> Vec<Message> {
    let fewer = fewer(&message.attributes);
    fewer
        .into_iter()
        .map(|attributes| Message {
            attributes,
            ..message.clone()
        })
        .collect()
}

/// All the ways of leaving out one attribute, at any depth.
fn fewer(attributes: &[Attribute]) -> Vec<Vec<Attribute>> {
    let mut ways = Vec::new();
    for (index, attribute) in attributes.iter().enumerate() {
        let mut without = attributes.to_vec();
        without.remove(index);
        ways.push(without);
        if let Attribute::Nest(kind, inside) = attribute {
            for inside in fewer(inside) {
                let mut with = attributes.to_vec();
                with[index] = Attribute::Nest(*kind, inside);
                ways.push(with);
            }
        }
    }
    ways
}
