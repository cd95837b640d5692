//! The border with C: pointers become references and values on the way in, results
//! become a status on the way out, and no panic leaves.
//!
//! Nearly all the unsafe code of the crate is here. What it trusts is what the
//! header's introduction asks of every caller.

use std::ffi::{CStr, c_char};
use std::fmt::Display;
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::os::fd::{BorrowedFd, RawFd};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::NonNull;
use std::slice;
use std::str::FromStr;

use ipvs_core::Error;

use crate::failure::{Failure, Outcome};
use crate::status::{ipvs_error, ipvs_status, ipvs_status_code};

/// Runs the body of an exported function. `ffi!(error, |c| …)` gives a status and, on
/// failure, an error; `ffi!(else value, |c| …)` cannot fail and gives the value.
macro_rules! ffi {
    (else $otherwise:expr, |$caller:pat_param| $body:expr) => {{
        // SAFETY: the contract of each exported function is what the header's introduction asks.
        let border = unsafe { $crate::ffi::Border::trusted() };
        border.value($otherwise, |$caller| $body)
    }};
    ($error:expr, |$caller:pat_param| $body:expr) => {{
        // SAFETY: the contract of each exported function is what the header's introduction asks.
        let border = unsafe { $crate::ffi::Border::trusted() };
        border.status($error, |$caller| $body)
    }};
}
pub(crate) use ffi;

/// An exported function that was entered.
pub(crate) struct Border(());

impl Border {
    /// # Safety
    ///
    /// Until the function returns, every pointer that the [`Caller`] is asked about is NULL or
    /// points to what its type says, and nobody else writes to it, or uses it at all if the
    /// function changes it. A handle is one that this library made and that is not freed.
    pub(crate) unsafe fn trusted() -> Self {
        Border(())
    }

    pub(crate) fn status(
        self,
        error: *mut *mut ipvs_error,
        body: impl for<'c> FnOnce(Caller<'c>) -> Outcome,
    ) -> ipvs_status {
        let caught = catch_unwind(AssertUnwindSafe(|| body(Caller(PhantomData))));
        let failure = match caught {
            Ok(Ok(())) => return ipvs_status_code::IPVS_OK as ipvs_status,
            Ok(Err(failure)) => failure,
            Err(_) => Failure::Panic,
        };
        let status = failure.status();
        if let Some(error) = NonNull::new(error) {
            let told = catch_unwind(AssertUnwindSafe(|| ipvs_error::from(failure)));
            // Where even that panics, the status alone has to do.
            let _ = told.map(|told| Place::new(error).give(told));
        }
        status
    }

    pub(crate) fn value<T>(self, otherwise: T, body: impl for<'c> FnOnce(Caller<'c>) -> T) -> T {
        catch_unwind(AssertUnwindSafe(|| body(Caller(PhantomData)))).unwrap_or(otherwise)
    }
}

/// A struct of the header that holds integers, arrays of them and pointers to what C owns.
///
/// # Safety
///
/// Any bytes are a value of it.
pub(crate) unsafe trait Plain: Copy + 'static {
    /// Its name in C.
    const NAME: &'static str;
    /// Its fields: name, offset and size.
    #[cfg(test)]
    const FIELDS: &'static [(&'static str, usize, usize)];
}

/// A struct that begins with its own size, `size_t size`, and may get more fields at its end.
///
/// # Safety
///
/// It is `repr(C)` and its first field is that one.
pub(crate) unsafe trait Growing: Plain {
    /// How long it was in the first version of this library.
    const FIRST: usize;
}

/// The size of a field, told by a function that gets it.
pub(crate) const fn size_of_field<T, F>(_: fn(&T) -> &F) -> usize {
    size_of::<F>()
}

// SAFETY: any byte is one.
unsafe impl Plain for u8 {
    const NAME: &'static str = "uint8_t";
    #[cfg(test)]
    const FIELDS: &'static [(&'static str, usize, usize)] = &[];
}

/// Declares a struct plain, by all of its fields. It has no padding on 64-bit machines.
macro_rules! plain {
    ($type:ident { $($field:ident),+ $(,)? }) => {
        #[cfg(target_pointer_width = "64")]
        const _: () = {
            let fields = 0 $(+ $crate::ffi::size_of_field(|it: &$type| &it.$field))+;
            assert!(fields == size_of::<$type>(), "padding, or a field that is not listed");
        };

        // SAFETY: the fields are integers, arrays of them, structs like this one, and raw pointers.
        unsafe impl $crate::ffi::Plain for $type {
            const NAME: &'static str = stringify!($type);
            #[cfg(test)]
            const FIELDS: &'static [(&'static str, usize, usize)] = &[$((
                stringify!($field),
                std::mem::offset_of!($type, $field),
                $crate::ffi::size_of_field(|it: &$type| &it.$field),
            )),+];
        }
    };
}
pub(crate) use plain;

/// Declares a plain struct growing: its first version ended with the field `$last`.
macro_rules! growing {
    ($type:ident to $last:ident) => {
        const _: () = assert!(std::mem::offset_of!($type, size) == 0);

        // SAFETY: `size` is a `usize` at its beginning.
        unsafe impl $crate::ffi::Growing for $type {
            const FIRST: usize = {
                let _: fn(&$type) -> &usize = |it| &it.size;
                std::mem::offset_of!($type, $last)
                    + $crate::ffi::size_of_field(|it: &$type| &it.$last)
            };
        }
    };
}
pub(crate) use growing;

/// No struct is longer: a size above it is none.
const LONGEST: usize = 4096;

/// What called an exported function, and the pointers that it gave.
#[derive(Clone, Copy)]
pub(crate) struct Caller<'c>(PhantomData<&'c ()>);

impl<'c> Caller<'c> {
    /// What is behind a pointer that must not be NULL.
    pub(crate) fn borrow<T>(self, pointer: *const T, name: &'static str) -> Outcome<&'c T> {
        self.maybe(pointer).ok_or(Failure::null(name))
    }

    /// What is behind a pointer that may be NULL.
    pub(crate) fn maybe<T>(self, pointer: *const T) -> Option<&'c T> {
        // SAFETY: see `Border::trusted`.
        unsafe { pointer.as_ref() }
    }

    /// What is behind a pointer that must not be NULL, to be changed.
    pub(crate) fn change<T>(self, pointer: *mut T, name: &'static str) -> Outcome<&'c mut T> {
        // SAFETY: see `Border::trusted`.
        unsafe { pointer.as_mut() }.ok_or(Failure::null(name))
    }

    /// A copy of a struct that never grows, or of a number.
    pub(crate) fn read<T: Plain>(self, pointer: *const T, name: &'static str) -> Outcome<T> {
        let pointer = present(pointer, name)?;
        // SAFETY: see `Border::trusted`; any bytes are a value of it.
        Ok(unsafe { pointer.read() })
    }

    /// A copy of a struct that begins with its size, as long as this library knows it: what
    /// the caller does not know yet is zero.
    pub(crate) fn input<T: Growing>(self, pointer: *const T, name: &'static str) -> Outcome<T> {
        let pointer = present(pointer, name)?;
        let size = self.size(pointer)?;
        // SAFETY: the caller says that it has so many bytes.
        let bytes = unsafe { slice::from_raw_parts(pointer.as_ptr().cast::<u8>(), size) };
        let known = size.min(size_of::<T>());
        if bytes.iter().skip(known).any(|byte| *byte != 0) {
            return Err(Failure::newer(T::NAME));
        }
        let mut value = MaybeUninit::<T>::zeroed();
        let target = value.as_mut_ptr().cast::<u8>();
        // SAFETY: both are at least that long, and `value` is nobody else's.
        unsafe { target.copy_from_nonoverlapping(bytes.as_ptr(), known) };
        // SAFETY: any bytes are a value of it.
        Ok(unsafe { value.assume_init() })
    }

    /// Copies of `count` structs behind each other, each as long as the first one says.
    pub(crate) fn inputs<T: Growing>(
        self,
        pointer: *const T,
        count: usize,
        name: &'static str,
    ) -> Outcome<Vec<T>> {
        if count == 0 {
            return Ok(Vec::new());
        }
        let size = self.size(present(pointer, name)?)?;
        let at = |place: usize| pointer.wrapping_byte_add(place.wrapping_mul(size));
        (0..count)
            .map(|place| self.input(at(place), name))
            .collect()
    }

    /// `count` numbers, or structs that never grow, behind each other.
    pub(crate) fn array<T: Plain>(
        self,
        pointer: *const T,
        count: usize,
        name: &'static str,
    ) -> Outcome<&'c [T]> {
        if count == 0 {
            return Ok(&[]);
        }
        let pointer = present(pointer, name)?;
        // SAFETY: see `Border::trusted`.
        Ok(unsafe { slice::from_raw_parts(pointer.as_ptr(), count) })
    }

    /// As [`input`](Self::input), of a pointer that may be NULL.
    pub(crate) fn optional<T: Growing>(self, pointer: *const T) -> Outcome<Option<T>> {
        if pointer.is_null() {
            return Ok(None);
        }
        self.input(pointer, T::NAME).map(Some)
    }

    /// Where a result is to be written that never grows.
    pub(crate) fn place<T>(self, pointer: *mut T, name: &'static str) -> Outcome<Place<T>> {
        present(pointer, name).map(Place::new)
    }

    /// Where a struct is to be written that begins with its size.
    pub(crate) fn output<T: Growing>(
        self,
        pointer: *mut T,
        name: &'static str,
    ) -> Outcome<Slot<T>> {
        let pointer = present(pointer, name)?;
        let size = self.size(pointer)?;
        Ok(Slot { pointer, size })
    }

    /// As [`output`](Self::output), of a pointer that may be NULL.
    pub(crate) fn maybe_output<T: Growing>(self, pointer: *mut T) -> Outcome<Option<Slot<T>>> {
        if pointer.is_null() {
            return Ok(None);
        }
        self.output(pointer, T::NAME).map(Some)
    }

    /// Text that ends with a NUL.
    pub(crate) fn bytes(self, text: *const c_char, name: &'static str) -> Outcome<&'c [u8]> {
        let text = present(text, name)?;
        // SAFETY: see `Border::trusted`.
        Ok(unsafe { CStr::from_ptr(text.as_ptr()) }.to_bytes())
    }

    /// Text in UTF-8 that ends with a NUL.
    pub(crate) fn text(self, text: *const c_char, name: &'static str) -> Outcome<&'c str> {
        let bytes = self.bytes(text, name)?;
        std::str::from_utf8(bytes).map_err(|_| Failure::argument(name, "it is not UTF-8"))
    }

    /// An open file of the caller's.
    pub(crate) fn descriptor(self, fd: RawFd, name: &'static str) -> Outcome<BorrowedFd<'c>> {
        if fd < 0 {
            return Err(Failure::argument(name, "it is negative"));
        }
        // SAFETY: the caller keeps it open until the function returns; where it never was, the
        // system calls that are made with it say so.
        Ok(unsafe { BorrowedFd::borrow_raw(fd) })
    }

    /// A value that is given as text.
    pub(crate) fn parse<T: FromStr<Err = Error>>(self, text: *const c_char) -> Outcome<T> {
        Ok(self.text(text, "text")?.parse()?)
    }

    /// Writes text as `snprintf` does: what fits into `length` bytes with a NUL behind it.
    /// Gives the length of the whole.
    pub(crate) fn format(self, buffer: *mut c_char, length: usize, text: &dyn Display) -> usize {
        let text = text.to_string();
        if let (Some(buffer), Some(room)) = (NonNull::new(buffer), length.checked_sub(1)) {
            let mut fits = text.len().min(room);
            while !text.is_char_boundary(fits) {
                fits -= 1;
            }
            let buffer = buffer.as_ptr().cast::<u8>();
            // SAFETY: the caller says that there are `length` bytes, which is more.
            unsafe { buffer.copy_from_nonoverlapping(text.as_ptr(), fits) };
            // SAFETY: as above; at most the last of them.
            let end = unsafe { buffer.add(fits) };
            // SAFETY: as above.
            unsafe { end.write(0) };
        }
        text.len()
    }

    /// As [`format`](Self::format), of a value that may be none: then the empty text.
    pub(crate) fn format_valid<T: Display>(
        self,
        buffer: *mut c_char,
        length: usize,
        value: Outcome<T>,
    ) -> usize {
        match value {
            Ok(value) => self.format(buffer, length, &value),
            Err(_) => self.format(buffer, length, &""),
        }
    }

    /// Takes back what [`Place::give`] or [`own`] gave; nothing for NULL.
    pub(crate) fn free<T>(self, handle: *mut T) {
        if let Some(handle) = NonNull::new(handle) {
            // SAFETY: the caller has it from this library, and frees it once.
            drop(unsafe { Box::from_raw(handle.as_ptr()) });
        }
    }

    /// The size that a struct begins with.
    fn size<T: Growing>(self, pointer: NonNull<T>) -> Outcome<usize> {
        // SAFETY: see `Border::trusted`; every version of it begins with its size.
        let size = unsafe { pointer.cast::<usize>().read() };
        if (T::FIRST..=LONGEST).contains(&size) {
            return Ok(size);
        }
        Err(Failure::size(T::NAME, size))
    }
}

/// Gives a value to the caller, who frees it.
pub(crate) fn own<T>(value: T) -> *mut T {
    Box::into_raw(Box::new(value))
}

fn present<T>(pointer: *const T, name: &'static str) -> Outcome<NonNull<T>> {
    NonNull::new(pointer.cast_mut()).ok_or(Failure::null(name))
}

/// Where a result goes, once there is one.
pub(crate) struct Place<T>(NonNull<T>);

impl<T> Place<T> {
    fn new(pointer: NonNull<T>) -> Self {
        Place(pointer)
    }

    pub(crate) fn write(self, value: T) {
        // SAFETY: see `Border::trusted`.
        unsafe { self.0.write(value) }
    }
}

impl<T> Place<*mut T> {
    /// Gives a value to the caller, who frees it.
    pub(crate) fn give(self, value: T) {
        self.write(own(value));
    }
}

/// Where a struct goes whose length the caller knows.
pub(crate) struct Slot<T> {
    pointer: NonNull<T>,
    size: usize,
}

impl<T: Growing> Slot<T> {
    /// How long the part of it is that begins at `offset`, as far as both sides know it.
    pub(crate) fn known_from(&self, offset: usize) -> usize {
        self.size.min(size_of::<T>()).saturating_sub(offset)
    }

    /// Writes what the caller knows of it, and zeros for what this library does not; the
    /// size stays the caller's.
    pub(crate) fn write(self, value: T) {
        let begin = size_of::<usize>();
        let known = self.known_from(begin);
        let unknown = self.size.saturating_sub(begin + known);
        let target = self.pointer.as_ptr().cast::<u8>();
        // SAFETY: the caller's struct is that long.
        let target = unsafe { target.add(begin) };
        // SAFETY: so is ours.
        let source = unsafe { (&raw const value).cast::<u8>().add(begin) };
        // SAFETY: see `known_from`; `value` is nobody else's.
        unsafe { target.copy_from_nonoverlapping(source, known) };
        // SAFETY: the rest of the caller's struct begins there.
        let rest = unsafe { target.add(known) };
        // SAFETY: and is that long.
        unsafe { rest.write_bytes(0, unknown) };
    }
}
