//! Why a contract is not verified.

use crate::rpc::RpcError;

/// Why a contract is not verified.
#[derive(Clone, Debug, thiserror::Error)]
pub enum VerifyError {
    /// The address of the service is not one.
    #[error("the address of the service cannot be used: {0}")]
    Address(#[source] RpcError),
    /// The service gave no answer.
    #[error("{service} does not answer: {reason}")]
    Silent {
        /// The service, by scheme, host and port.
        service: String,
        /// What happened.
        reason: String,
    },
    /// The answer is none that the published interface knows.
    #[error("{service} answered with status {status} and something that makes no sense: {excerpt}")]
    Garbled {
        /// The service.
        service: String,
        /// The status.
        status: u16,
        /// The beginning of it.
        excerpt: String,
    },
    /// The service would not take the request.
    #[error("{service} refused the request: {message}")]
    Refused {
        /// The service.
        service: String,
        /// Its words.
        message: String,
    },
    /// What the service compiled is not what is on the chain.
    #[error("{service} compiled `{contract}` and found other code on the chain: {message}")]
    Differs {
        /// The service.
        service: String,
        /// The contract.
        contract: String,
        /// Its words.
        message: String,
    },
    /// The service has not decided yet.
    #[error("{service} has not decided yet; its ticket is {ticket}, and asking again is harmless")]
    Undecided {
        /// The service.
        service: String,
        /// The number of the request.
        ticket: String,
    },
}
