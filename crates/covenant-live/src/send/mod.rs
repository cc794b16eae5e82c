//! Steps become transactions, each exactly once.
//!
//! A step's transaction is signed, written to the journal, and only then sent; so whatever happens in between, the same
//! bytes can be sent again, and only one transaction of a nonce can ever land. [`Sender::run`] looks at each step that
//! was signed (is it in a block, is that block deep enough and still on the chain, does a node know it, was its nonce
//! used by something else) and signs new ones where it may. It decides from the journal and the chain alone, so a new
//! process goes on where a dead one ended.

mod error;
mod fees;
mod launch;
mod seen;
mod sender;
mod signer;
mod step;
mod tend;
mod unheard;
mod words;

pub use error::SendError;
pub use fees::{FeeQuote, raised};
pub use sender::Sender;
pub(crate) use signer::request_of;
pub use signer::{Signer, SignerError, SigningRequest};
pub use step::{CodeCheck, Expectation, Landed, OnForeign, Options, Order, Step};
