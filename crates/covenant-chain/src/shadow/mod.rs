//! Values that come from a clock, followed through a computation.
//!
//! A word of the EVM has a [`Shadow`] where some of its bits hold an instant, a difference of two instants, or either
//! plus a constant: a [`Term`]. Contracts pack times beside other data, so the shadow says which bits. Whatever the
//! computation then asks about such a value is a [`Constraint`] on the instants: as long as other times satisfy all
//! constraints, the same computation takes the same way, and its terms have the values that they say.
//!
//! What cannot be followed is *opaque*: the result depends on time in a way that is not known.

mod bits;
mod follow;
mod followed;
mod frame;
mod ops;
mod term;
#[cfg(test)]
mod tests;
mod word;

pub(crate) use follow::Follower;
pub use followed::{Followed, Place, Read, ReadAccount, StorageShadows};
pub use ops::{Asked, Opaque};
pub use term::{Clock, Constraint, InstantId, Sum, Term};
pub use word::{Field, Shadow};
