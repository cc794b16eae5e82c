//! revm's errors and halts, in our words.

use revm::{
    context::result::{EVMError, HaltReason, InvalidTransaction, OutOfGasError},
    context_interface::Cfg,
};

use super::options::Settings;
use crate::{ChainError, Rejection, Transaction, engine::EvmError};

/// What the cheapest transaction costs.
pub(super) const LEAST_GAS: u64 = 21_000;

/// Why a transaction has no outcome.
pub(super) fn error(error: EvmError, transaction: &Transaction, settings: &Settings) -> ChainError {
    match error {
        EVMError::Transaction(invalid) => rejection(invalid, transaction, settings).into(),
        EVMError::Database(fork) => fork.into(),
        EVMError::Header(header) => ChainError::Engine(header.to_string()),
        EVMError::Custom(message) => ChainError::Engine(message),
        EVMError::CustomAny(any) => ChainError::Engine(any.to_string()),
    }
}

fn rejection(
    invalid: InvalidTransaction,
    transaction: &Transaction,
    settings: &Settings,
) -> Rejection {
    match invalid {
        InvalidTransaction::LackOfFundForMaxFee { fee, balance } => {
            Rejection::InsufficientFunds { sender: transaction.from, have: *balance, want: *fee }
        }
        InvalidTransaction::CallGasCostMoreThanGasLimit {
            initial_gas: needed,
            gas_limit: limit,
        }
        | InvalidTransaction::GasFloorMoreThanGasLimit { gas_floor: needed, gas_limit: limit } => {
            Rejection::GasTooLow { limit, needed }
        }
        InvalidTransaction::TxGasLimitGreaterThanCap { gas_limit: limit, cap } => {
            Rejection::GasTooHigh {
                limit,
                cap,
                which: "the hard fork's cap for one transaction (EIP-7825)",
            }
        }
        InvalidTransaction::GasPriceLessThanBasefee => Rejection::FeeTooLow {
            offered: transaction.max_fee.unwrap_or_default(),
            base: u128::from(settings.base_fee),
        },
        InvalidTransaction::PriorityFeeGreaterThanMaxFee => Rejection::PriorityOverMax {
            priority: transaction.priority_fee.unwrap_or_default(),
            max: transaction.max_fee.unwrap_or_default(),
        },
        InvalidTransaction::CreateInitCodeSizeLimit => Rejection::InitCodeTooLarge {
            size: transaction.input.len(),
            limit: settings.rules.max_initcode_size(),
        },
        other => Rejection::Other(other.to_string()),
    }
}

/// Why the EVM stopped, as a sentence fragment.
pub(crate) fn halt(reason: &HaltReason) -> String {
    let words = match reason {
        HaltReason::OutOfGas(OutOfGasError::Basic) => "out of gas",
        HaltReason::OutOfGas(OutOfGasError::Memory | OutOfGasError::MemoryLimit) => {
            "out of gas while growing memory"
        }
        HaltReason::OutOfGas(OutOfGasError::Precompile) => "out of gas in a precompile",
        HaltReason::OutOfGas(OutOfGasError::InvalidOperand) => {
            "out of gas: an operand is absurdly large"
        }
        HaltReason::OutOfGas(OutOfGasError::ReentrancySentry) => {
            "out of gas: 2300 or less left for SSTORE"
        }
        HaltReason::OpcodeNotFound => "unknown opcode",
        HaltReason::InvalidFEOpcode => "INVALID opcode",
        HaltReason::InvalidJump => "jump to what is not a JUMPDEST",
        HaltReason::NotActivated => "an opcode that this hard fork does not have",
        HaltReason::StackUnderflow => "stack underflow",
        HaltReason::StackOverflow => "stack overflow",
        HaltReason::OutOfOffset => "RETURNDATACOPY beyond the returned data",
        HaltReason::CreateCollision => {
            "an account with code or a nonce is already at the new contract's address"
        }
        HaltReason::PrecompileError => "a precompile refused its input",
        HaltReason::PrecompileErrorWithContext(context) => {
            return format!("a precompile refused its input: {context}");
        }
        HaltReason::NonceOverflow => "nonce overflow",
        HaltReason::CreateContractSizeLimit => {
            "the new contract's code is over the size limit (EIP-170)"
        }
        HaltReason::CreateContractStartingWithEF => {
            "the new contract's code starts with 0xEF (EIP-3541)"
        }
        HaltReason::CreateInitCodeSizeLimit => "init code is over the size limit (EIP-3860)",
        HaltReason::OverflowPayment => "balance overflow",
        HaltReason::StateChangeDuringStaticCall => "state change in a static call",
        HaltReason::CallNotAllowedInsideStatic => "call with value in a static call",
        HaltReason::OutOfFunds => "not enough wei for the call",
        HaltReason::CallTooDeep => "call depth over 1024",
    };
    words.to_owned()
}
