//! The nanny's hand on the kernel's table: it finds one entry, and makes it as it should be.

use ipvs_core::{Dest, DestEdit, Error, ErrorKind, ForwardMethod};

use super::watch::{Entry, Place};
use crate::kernel::{Kernel, is_missing};

impl Kernel {
    /// The weight of an entry, if it is there.
    ///
    /// # Errors
    /// Those of the table, but not that the entry or its service is missing.
    pub(super) fn find(&mut self, place: &Place) -> Result<Option<u32>, Error> {
        let found = self.with(|client| client.dest(&place.service, &place.dest).map(Some));
        match found {
            Ok(entry) => Ok(entry.map(|entry| entry.dest.weight)),
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Gives an entry this weight, or removes it. One that is missing is added whole; of
    /// one that is there, what others set is kept: only the weight, the way that packets
    /// go, thresholds that the file has, and what `moved` says are changed.
    ///
    /// # Errors
    /// Those of the table; nothing to remove is none.
    pub(super) fn settle(
        &mut self,
        entry: &Entry,
        weight: Option<u32>,
        moved: DestEdit,
    ) -> Result<(), Error> {
        let Place { service, dest } = entry.place();
        let Some(weight) = weight else {
            let removed = self.with(|client| client.remove_dest(&service, &dest));
            return removed.or_else(|error| is_missing(&error).then_some(()).ok_or(error));
        };
        let wanted = entry.dest.with_weight(weight);
        self.with(|client| match client.dest(&service, &dest) {
            Ok(found) => {
                let edit = edit(moved, &wanted);
                if edit.apply(found.dest) == found.dest {
                    return Ok(());
                }
                client.edit_dest(&service, &dest, &edit).map(drop)
            }
            Err(error) if error.kind() == ErrorKind::DestNotFound => {
                client.add_dest(&service, &wanted)
            }
            Err(error) => Err(error),
        })
    }
}

/// What is made sure of in an entry that is there.
fn edit(moved: DestEdit, wanted: &Dest) -> DestEdit {
    let mut edit = moved
        .with_weight(wanted.weight)
        .with_forward(wanted.forward);
    if wanted.forward == ForwardMethod::TUNNEL {
        edit = edit.with_tunnel(wanted.tunnel);
    }
    if wanted.upper_threshold != 0 {
        edit = edit.with_upper_threshold(wanted.upper_threshold);
    }
    if wanted.lower_threshold != 0 {
        edit = edit.with_lower_threshold(wanted.lower_threshold);
    }
    edit
}
