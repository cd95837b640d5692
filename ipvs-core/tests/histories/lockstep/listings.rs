//! What a listing of services may show while they change.

use std::collections::BTreeSet;

use ipvs_sys::netlink::{NLM_F_DUMP, NLM_F_REQUEST};
use ipvs_sys::uapi::IPVS_CMD_GET_SERVICE;

use super::compare::{Outcome, equal, nothing};
use super::{BUFFER, Crosstalk, Run, patiently};
use crate::history::{At, Line};
use crate::listing::Listing;
use crate::message::Message;

/// A listing of services while it is read.
pub(super) struct Watch {
    pub(super) line: Line,
    pub(super) seen: Seen,
}

/// What it may list.
pub(super) enum Seen {
    /// What is there: nothing changes meanwhile.
    OneState,
    /// Services as they were at one time or another.
    States(BTreeSet<Vec<u8>>),
    /// Whatever it likes.
    Anything,
}

impl Seen {
    fn add(&mut self, services: &BTreeSet<Vec<u8>>) {
        match self {
            Seen::OneState => *self = Seen::States(services.clone()),
            Seen::States(states) => states.extend(services.iter().cloned()),
            Seen::Anything => {}
        }
    }
}

/// The socket that asks what is there; no step knows it.
const PROBE: usize = 9;

impl Run {
    /// What is being listed there may show the services as they are now.
    pub(super) fn census(&mut self, at: At) -> Outcome {
        let services = self.services(at)?;
        for watch in self.watches.values_mut() {
            if watch.line.at == at {
                watch.seen.add(&services);
            }
        }
        Ok(())
    }

    /// The services as they are now, for both sides.
    fn services(&mut self, at: At) -> Outcome<BTreeSet<Vec<u8>>> {
        if !self.services_move() {
            return self.list_now(at);
        }
        let mut services = BTreeSet::new();
        patiently(self.patience, || {
            self.list_now(at).map(|listed| services = listed)
        })?;
        Ok(services)
    }

    fn list_now(&mut self, at: At) -> Outcome<BTreeSet<Vec<u8>>> {
        let probe = Line { at, number: PROBE };
        let request = Message::new(IPVS_CMD_GET_SERVICE, NLM_F_REQUEST | NLM_F_DUMP, Vec::new());
        let sequence = self.sequence;
        self.sequence += 1;
        let [left, right] = [&mut self.left, &mut self.right].map(|side| {
            let request = std::slice::from_ref(&request);
            side.line(probe).send(request, sequence);
            side.drain(probe, BUFFER);
            let listing = side.line(probe).listings.remove(&sequence);
            let listing = listing.expect("what nothing else uses is not busy");
            let services: BTreeSet<_> = listing.services().map(<[u8]>::to_vec).collect();
            services
        });
        equal("the services", &left, &right)?;
        Ok(left)
    }

    /// Whether services are being listed there.
    pub(super) fn is_listing(&mut self, at: At) -> bool {
        let (left, right) = (&self.left, &self.right);
        self.watches.retain(|sequence, watch| {
            left.is_reading(watch.line, *sequence) || right.is_reading(watch.line, *sequence)
        });
        let mut watches = self.watches.values();
        watches.any(|watch| watch.line.at == at && !matches!(watch.seen, Seen::Anything))
    }

    /// Several changes at once leave states between them that nobody saw.
    pub(super) fn lose_track(&mut self, at: At) {
        for watch in self
            .watches
            .values_mut()
            .filter(|watch| watch.line.at == at)
        {
            watch.seen = Seen::Anything;
        }
    }

    /// What changes there may disturb what is being listed elsewhere.
    pub(super) fn disturb(&mut self, at: At) {
        for watch in self.watches.values() {
            let disturbed = match self.crosstalk {
                Crosstalk::None => false,
                Crosstalk::Namespaces => watch.line.at != at,
                Crosstalk::Machines => true,
            };
            if disturbed {
                self.left.line(watch.line).tear();
                self.right.line(watch.line).tear();
            }
        }
    }

    /// Compares the listings that both have read to their ends.
    pub(super) fn compare_listings(&mut self, line: Line) -> Outcome {
        let begun = self.left.line(line).listings.keys();
        for sequence in begun.copied().collect::<Vec<_>>() {
            if !self.left.is_reading(line, sequence) && !self.right.is_reading(line, sequence) {
                self.compare_listing(line, sequence)?;
            }
        }
        Ok(())
    }

    fn compare_listing(&mut self, line: Line, sequence: u32) -> Outcome {
        if let Some(Seen::States(_)) = self.watches.get(&sequence).map(|watch| &watch.seen) {
            self.census(line.at)?;
        }
        let left = self.left.line(line).listings.remove(&sequence);
        let right = self.right.line(line).listings.remove(&sequence);
        let (Some(left), Some(right)) = (left, right) else {
            return Ok(());
        };
        equal("the end of a listing", &left.end(), &right.end())?;
        match self.watches.remove(&sequence).map(|watch| watch.seen) {
            Some(Seen::OneState) => {
                fits(&left, &right)?;
                let outcome = equal("a listing", &left.sorted(), &right.sorted());
                if outcome.is_ok() || !self.services_move() || left.is_whole() && right.is_whole() {
                    return outcome;
                }
                // Between two parts they may have moved: some come twice, or never. Who lists
                // them at once lists them all.
                let states = self.services(line.at)?;
                for listing in [&left, &right].into_iter().filter(|it| it.is_whole()) {
                    let listed = listing.services().count();
                    equal("how many are listed at once", &listed, &states.len())?;
                }
                let (left, right) = (strangers(&left, &states), strangers(&right, &states));
                nothing("what is not there is listed", left, right)
            }
            Some(Seen::States(states)) => {
                let (left, right) = (strangers(&left, &states), strangers(&right, &states));
                nothing("what was never there is listed", left, right)
            }
            Some(Seen::Anything) | None => Ok(()),
        }
    }
}

/// Neither side's parts are longer or shorter than they have to be.
fn fits(left: &Listing, right: &Listing) -> Outcome {
    let text = |misfit: Option<String>| misfit.unwrap_or_default();
    let (left, right) = (text(left.misfit()), text(right.misfit()));
    nothing("the parts of a listing", left, right)
}

/// What a listing says of services that were in none of these states.
fn strangers(listing: &Listing, states: &BTreeSet<Vec<u8>>) -> String {
    let strange = listing
        .services()
        .filter(|service| !states.contains(*service));
    strange.map(|service| format!("{service:02x?}\n")).collect()
}
