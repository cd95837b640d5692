//! The kernel's table, which may be out of reach for a while.

use ipvs_core::{Client, Error, ErrorKind, Options};

/// A client that is opened when it is needed, and anew after it was of no use.
pub struct Kernel {
    open: Option<Opener>,
    client: Option<Client>,
}

type Opener = Box<dyn Fn() -> Result<Client, Error> + Send>;

impl Kernel {
    /// The kernel of this network namespace.
    #[must_use]
    pub fn system() -> Self {
        Kernel::new(|| Client::open(&Options::new()))
    }

    /// One that is opened so.
    pub fn new(open: impl Fn() -> Result<Client, Error> + Send + 'static) -> Self {
        Kernel {
            open: Some(Box::new(open)),
            client: None,
        }
    }

    /// One that has nothing, and takes everything without a word.
    #[must_use]
    pub fn none() -> Self {
        Kernel {
            open: None,
            client: None,
        }
    }

    /// Does something with it; with none, nothing.
    ///
    /// # Errors
    /// Those of opening it, and of what is done.
    pub fn with<T: Default>(
        &mut self,
        act: impl FnOnce(&Client) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let client = match (self.client.take(), &self.open) {
            (Some(client), _) => client,
            (None, Some(open)) => open()?,
            (None, None) => return Ok(T::default()),
        };
        let result = act(&client);
        if result.as_ref().err().is_none_or(is_missing) {
            self.client = Some(client);
        }
        result
    }
}

/// Whether the table says that there is no such thing.
#[must_use]
pub fn is_missing(error: &Error) -> bool {
    [ErrorKind::DestNotFound, ErrorKind::ServiceNotFound].contains(&error.kind())
}
