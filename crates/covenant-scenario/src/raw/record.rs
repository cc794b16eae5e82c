//! One table for each record of the format.

/// Defines a record: a mapping with a fixed set of keys.
///
/// A row is `"key" => field: Type`, with `as Shape` where the type alone does not say how it is written.
macro_rules! record {
    (
        $(#[doc = $about:literal])+
        pub struct $name:ident {
            $(
                $(#[doc = $doc:literal])+
                $key:literal => $field:ident: $type:ty $(as $shape:ty)?
            ),+ $(,)?
        }
    ) => {
        $(#[doc = $about])+
        #[derive(Clone, Debug)]
        pub struct $name {
            $(
                $(#[doc = $doc])+
                pub $field: $type,
            )+
            /// Where the record stands.
            pub span: $crate::source::Span,
        }
    };
}

pub(super) use record;
