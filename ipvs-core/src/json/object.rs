//! JSON objects: fields by name, read in any order, each at most once.

use std::fmt;
use std::marker::PhantomData;

use serde::Serialize;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::ser::{Error as _, SerializeMap};

/// A value that is an object's fields, or some of them.
pub(super) trait Object: Sized {
    /// The fields that were read so far.
    type Draft: Default;

    fn write<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error>;

    /// Takes the value of the field of this name; false if it has none such.
    fn read<'de, M: MapAccess<'de>>(
        draft: &mut Self::Draft,
        name: &str,
        map: &mut M,
    ) -> Result<bool, M::Error>;

    fn build<E: serde::de::Error>(draft: Self::Draft) -> Result<Self, E>;
}

/// What reads an object and refuses what it has no name for.
pub(super) struct Reader<T>(PhantomData<T>);

impl<T> Reader<T> {
    pub(super) fn new() -> Self {
        Reader(PhantomData)
    }
}

impl<'de, T: Object> Visitor<'de> for Reader<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<T, M::Error> {
        let mut draft = T::Draft::default();
        while let Some(name) = map.next_key::<String>()? {
            if !T::read(&mut draft, &name, &mut map)? {
                return Err(M::Error::custom(format_args!("{name}: unknown field")));
            }
        }
        T::build(draft)
    }
}

/// Reads the value of a field into its place; an error names the field.
pub(super) fn take<'de, T, M>(
    place: &mut Option<T>,
    name: &str,
    map: &mut M,
) -> Result<(), M::Error>
where
    T: serde::Deserialize<'de>,
    M: MapAccess<'de>,
{
    let value = map
        .next_value()
        .map_err(|error| M::Error::custom(format_args!("{name}: {error}")))?;
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(M::Error::custom(format_args!("{name}: given twice"))),
    }
}

/// Writes a field; an error names it.
pub(super) fn put<M: SerializeMap>(
    map: &mut M,
    name: &'static str,
    value: &impl Serialize,
) -> Result<(), M::Error> {
    map.serialize_entry(name, value)
        .map_err(|error| M::Error::custom(format_args!("{name}: {error}")))
}

/// What becomes of a field that has no default.
pub(super) fn required<T, E: serde::de::Error>(field: Option<T>, name: &str) -> Result<T, E> {
    field.ok_or_else(|| E::custom(format_args!("{name}: missing")))
}

/// Makes an [`Object`] of a type. `parts` are objects whose fields stand among its own; `fields`
/// are required unless a default is given. `build` makes the value of what they are all called.
macro_rules! object {
    (
        $type:ident as $it:ident
        $(parts { $($part:ident: $part_type:ty = $part_get:expr,)* })?
        fields { $($field:ident: $field_type:ty = $get:expr $(, or $default:expr)?;)* }
        build $build:expr
    ) => {
        const _: () = {
            #[derive(Default)]
            pub(super) struct Draft {
                $($($part: <$part_type as Object>::Draft,)*)?
                $($field: Option<$field_type>,)*
            }

            impl Object for $type {
                type Draft = Draft;

                fn write<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
                    let $it = self;
                    $($($part_get.write(map)?;)*)?
                    $(put(map, stringify!($field), &$get)?;)*
                    Ok(())
                }

                fn read<'de, M: MapAccess<'de>>(
                    draft: &mut Draft,
                    name: &str,
                    map: &mut M,
                ) -> Result<bool, M::Error> {
                    match name {
                        $(stringify!($field) => take(&mut draft.$field, name, map)?,)*
                        _ => {
                            $($(
                                if <$part_type>::read(&mut draft.$part, name, map)? {
                                    return Ok(true);
                                }
                            )*)?
                            return Ok(false);
                        }
                    }
                    Ok(true)
                }

                fn build<E: serde::de::Error>(draft: Draft) -> Result<Self, E> {
                    $($(let $part = <$part_type>::build(draft.$part)?;)*)?
                    $(
                        let $field = draft.$field;
                        $(let $field = $field.or_else(|| Some($default));)?
                        let $field = required($field, stringify!($field))?;
                    )*
                    Ok($build)
                }
            }
        };
        as_object!($type);
    };
}
pub(super) use object;

/// Lets serde see an [`Object`].
macro_rules! as_object {
    ($type:ident) => {
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut map = serializer.serialize_map(None)?;
                self.write(&mut map)?;
                map.end()
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
                reader.deserialize_map(Reader::new())
            }
        }
    };
}
pub(super) use as_object;
