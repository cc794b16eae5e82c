//! Bytes to names: calls, logs and errors through the ABIs that were registered, addresses through labels.

mod book;
mod item;
mod lexicon;
mod value;

pub use book::Decoder;
pub use item::{DecodedCall, DecodedLog, DecodedRevert, DecodedValue};
pub use lexicon::Lexicon;
pub use value::Numbers;
