//! Faults of a fake kernel
//!
//! An answer that is lost, an overrun, somebody else's change in the middle of a listing: a
//! planned fault does what would otherwise happen once a year.

use ipvs_core::fake::{Calls, Fault, When};

use crate::address::zero;
use crate::batch::ipvs_batch;
use crate::failure::{Failure, Outcome};
use crate::fake::ipvs_fake_kernel;
use crate::ffi::{Caller, ffi, growing, plain};
use crate::status::{ipvs_error, ipvs_status};

/// At once.
pub const IPVS_WHEN_NOW: u32 = 0;
/// At a send, after `after` others: 0 is the next one.
pub const IPVS_WHEN_SEND: u32 = 1;
/// At a receive, after `after` others.
pub const IPVS_WHEN_RECEIVE: u32 = 2;
/// At a request of the IPVS_CMD number `command`, after `after` others of it.
pub const IPVS_WHEN_COMMAND: u32 = 3;
/// At the opening of a file, below /proc/net or a sysctl's, after `after` others.
pub const IPVS_WHEN_FILE: u32 = 4;

/// A datagram to a client gets lost, without a trace.
pub const IPVS_FAULT_DROP: u32 = 1;
/// A datagram comes twice.
pub const IPVS_FAULT_DUPLICATE: u32 = 2;
/// A datagram comes only after `count` more receives.
pub const IPVS_FAULT_DELAY: u32 = 3;
/// A datagram is cut to `count` bytes.
pub const IPVS_FAULT_TRUNCATE: u32 = 4;
/// The byte at `count` of a datagram is `byte` instead.
pub const IPVS_FAULT_CORRUPT: u32 = 5;
/// A system call fails with `error_number` and does nothing.
pub const IPVS_FAULT_ERRNO: u32 = 6;
/// A request is not carried out, and answered with `error_number`.
pub const IPVS_FAULT_REFUSE: u32 = 7;
/// A datagram does not fit the receive buffer: it is lost, and the next receive says so.
pub const IPVS_FAULT_OVERRUN: u32 = 8;
/// Somebody who is not the kernel sends the `count` bytes at `data` before the next datagram.
pub const IPVS_FAULT_FORGE: u32 = 9;
/// Somebody else makes `changes`, before the system call or the request goes on. What the kernel
/// refuses of them changes nothing.
pub const IPVS_FAULT_CHANGE: u32 = 10;

/// What goes wrong, and from when on it lies in wait: it happens to the first thing that it fits
/// from then on. Every client of the kernel counts, and the look-up when one is opened.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ipvs_fake_fault {
    /// sizeof(ipvs_fake_fault), by IPVS_FAKE_FAULT_INIT.
    pub size: usize,
    /// An IPVS_WHEN number, such as IPVS_WHEN_SEND.
    pub when: u32,
    /// An IPVS_FAULT number.
    pub what: u32,
    /// How many others pass before.
    pub after: u64,
    /// A count of receives or bytes, or a place in a datagram.
    pub count: u64,
    /// An errno.
    pub error_number: i32,
    /// An IPVS_CMD number.
    pub command: u8,
    /// A byte.
    pub byte: u8,
    /// Zeros.
    pub reserved: [u8; 2],
    /// The bytes of a forged datagram.
    pub data: *const u8,
    /// What somebody else changes.
    pub changes: *const ipvs_batch,
}

plain!(ipvs_fake_fault {
    size,
    when,
    what,
    after,
    count,
    error_number,
    command,
    byte,
    reserved,
    data,
    changes,
});
growing!(ipvs_fake_fault to changes);

/// How many system calls there were, and requests in them.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ipvs_fake_calls {
    /// sizeof(ipvs_fake_calls), by IPVS_FAKE_CALLS_INIT.
    pub size: usize,
    /// Sends.
    pub sends: u64,
    /// Receives, those included that found nothing.
    pub receives: u64,
    /// Files that were opened.
    pub files: u64,
    /// Requests of IPVS, of which a send may hold many.
    pub requests: u64,
}

plain!(ipvs_fake_calls {
    size,
    sends,
    receives,
    files,
    requests
});
growing!(ipvs_fake_calls to requests);

impl From<Calls> for ipvs_fake_calls {
    fn from(calls: Calls) -> Self {
        ipvs_fake_calls {
            size: 0,
            sends: calls.sends,
            receives: calls.receives,
            files: calls.files,
            requests: calls.requests,
        }
    }
}

impl ipvs_fake_fault {
    fn when(&self) -> Outcome<When> {
        Ok(match self.when {
            IPVS_WHEN_NOW => When::Now,
            IPVS_WHEN_SEND => When::Send(self.after),
            IPVS_WHEN_RECEIVE => When::Receive(self.after),
            IPVS_WHEN_COMMAND => When::Command(self.command, self.after),
            IPVS_WHEN_FILE => When::File(self.after),
            _ => return Err(Failure::argument("when", "such as IPVS_WHEN_SEND")),
        })
    }

    fn fault(&self, c: Caller<'_>) -> Outcome<Fault> {
        zero(self.reserved, "reserved")?;
        Ok(match self.what {
            IPVS_FAULT_DROP => Fault::Drop,
            IPVS_FAULT_DUPLICATE => Fault::Duplicate,
            IPVS_FAULT_DELAY => Fault::Delay(self.counted()?),
            IPVS_FAULT_TRUNCATE => Fault::Truncate(self.counted()?),
            IPVS_FAULT_CORRUPT => Fault::Corrupt {
                offset: self.counted()?,
                with: self.byte,
            },
            IPVS_FAULT_ERRNO => Fault::Errno(self.error_number),
            IPVS_FAULT_REFUSE => Fault::Refuse(self.error_number),
            IPVS_FAULT_OVERRUN => Fault::Overrun,
            IPVS_FAULT_FORGE => Fault::Forge(c.array(self.data, self.counted()?, "data")?.to_vec()),
            IPVS_FAULT_CHANGE => {
                let batch = c.borrow(self.changes, "changes")?;
                Fault::Change(batch.0.changes().to_vec())
            }
            _ => return Err(Failure::argument("what", "an IPVS_FAULT number")),
        })
    }

    fn counted<T: TryFrom<u64>>(&self) -> Outcome<T> {
        let large = |_| Failure::argument("count", "it is too large");
        T::try_from(self.count).map_err(large)
    }
}

/// Plans a fault. It happens once. Several are met in the order in which they were planned.
///
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_fake_kernel_inject(
    kernel: *const ipvs_fake_kernel,
    fault: *const ipvs_fake_fault,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let given = c.input(fault, "fault")?;
        let (when, fault) = (given.when()?, given.fault(c)?);
        c.borrow(kernel, "kernel")?.0.inject(when, fault);
        Ok(())
    })
}

/// Forgets the faults that have not happened yet.
///
/// NULL: does nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_fake_kernel_clear_faults(kernel: *const ipvs_fake_kernel) {
    ffi!(else (), |c| {
        if let Some(kernel) = c.maybe(kernel) {
            kernel.0.clear_faults();
        }
    });
}

/// How many faults have not happened yet: a test that planned some wants 0 in the end.
///
/// NULL: 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_fake_kernel_pending_faults(kernel: *const ipvs_fake_kernel) -> usize {
    ffi!(else 0, |c| c.maybe(kernel).map_or(0, |kernel| kernel.0.pending_faults()))
}

/// How many system calls its clients have made so far. What fails at one of them is soon tried at
/// each.
///
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_fake_kernel_calls(
    kernel: *const ipvs_fake_kernel,
    calls: *mut ipvs_fake_calls,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let slot = c.output(calls, "calls")?;
        slot.write(c.borrow(kernel, "kernel")?.0.calls().into());
        Ok(())
    })
}
