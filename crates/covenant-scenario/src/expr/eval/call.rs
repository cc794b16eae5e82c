//! Calls: their data, and what a contract answers.

use alloy_dyn_abi::DynSolValue;
use alloy_primitives::{Address, Bytes, U256};
use covenant_chain::{Call, ChainError, Outcome};

use super::{
    error::{CallSite, EvalErrorKind},
    evaluate::{Evaluator, Result},
};
use crate::{
    expr::{
        abi::{decode_output, to_dyn},
        typed::{FunctionRef, Typed},
        types::Type,
        value::Value,
    },
    world::World,
};

/// Evaluates arguments, each checked against the type it will be encoded as.
///
/// # Errors
/// At the argument that has no value, or does not fit.
pub fn arguments(args: &[Typed], world: &World) -> Result<Vec<Value>> {
    args.iter().map(|arg| super::eval(arg, world)).collect()
}

/// Evaluates the arguments of a function and encodes the call.
///
/// # Errors
/// At the argument that has no value, or does not fit.
pub fn call_data(function: &FunctionRef, args: &[Typed], world: &World) -> Result<Bytes> {
    Evaluator::new(world).call_data(function, args)
}

/// Evaluates the arguments of a constructor, whose types the checker gave them, and encodes what follows the init code.
///
/// # Errors
/// At the argument that has no value, or does not fit.
pub fn constructor_arguments(args: &[Typed], world: &World) -> Result<Bytes> {
    Evaluator::new(world).encoded_arguments(args, args.iter().map(|arg| &arg.ty)).map(Bytes::from)
}

impl<'a> Evaluator<'a> {
    pub(super) fn call_data(&mut self, function: &FunctionRef, args: &'a [Typed]) -> Result<Bytes> {
        let mut data = function.selector.to_vec();
        data.extend(self.encoded_arguments(args, function.inputs.iter())?);
        Ok(data.into())
    }

    fn encoded_arguments<'t>(
        &mut self,
        args: &'a [Typed],
        types: impl Iterator<Item = &'t Type>,
    ) -> Result<Vec<u8>> {
        let mut values = Vec::with_capacity(args.len());
        for (arg, ty) in args.iter().zip(types) {
            let value = self.value(arg)?;
            values
                .push(to_dyn(&value, ty).map_err(|error| EvalErrorKind::from(error).at(arg.span))?);
        }
        Ok(DynSolValue::Tuple(values).abi_encode_params())
    }
}

/// Calls a view and decodes what it returns.
pub(super) fn view(
    world: &World,
    to: Address,
    function: &FunctionRef,
    input: Bytes,
) -> std::result::Result<Value, EvalErrorKind> {
    let site = || CallSite::boxed(to, Some(&function.contract.id.name), &function.function.name);
    let output = read(world, to, input, site)?;
    decode_output(&function.output, &output)
        .map_err(|error| EvalErrorKind::BadReturnData { call: site(), error })
}

/// Calls an address without changing anything and returns what it answers.
pub(crate) fn read(
    world: &World,
    to: Address,
    input: Bytes,
    site: impl Fn() -> Box<CallSite>,
) -> std::result::Result<Bytes, EvalErrorKind> {
    answer(world, to, ask(world, to, input)?, site)
}

/// What an address answered.
pub(super) fn answer(
    world: &World,
    to: Address,
    outcome: Outcome,
    site: impl Fn() -> Box<CallSite>,
) -> std::result::Result<Bytes, EvalErrorKind> {
    match outcome {
        // An address without code answers every call with success and no data.
        Outcome::Success { output, .. }
            if output.is_empty() && world.chain.code(to)?.is_empty() =>
        {
            Err(EvalErrorKind::NoCode { call: site() })
        }
        Outcome::Success { output, .. } => Ok(output),
        Outcome::Revert { data } => Err(EvalErrorKind::Reverted { call: site(), data }),
        Outcome::Halt { reason } => Err(EvalErrorKind::Halted { call: site(), reason }),
    }
}

/// Nobody in particular asks: views are called by the zero address.
pub(super) fn ask(
    world: &World,
    to: Address,
    input: Bytes,
) -> std::result::Result<Outcome, ChainError> {
    world.chain.call(&Call { from: Address::ZERO, to, value: U256::ZERO, input })
}
