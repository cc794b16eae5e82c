//! Signatures of actors over typed data.

use std::sync::{Arc, LazyLock};

use alloy_primitives::{Address, B256, Bytes, keccak256};
use covenant_chain::Outcome;

use super::{
    call::{ask, read},
    error::{CallSite, EvalErrorKind},
    evaluate::{Evaluator, Result},
    operators::mismatch,
};
use crate::{
    expr::{
        abi::{decode_output, encode_params},
        eip712::{Domain, digest},
        typed::{ActorId, Kind, Typed},
        types::{IntSize, StructType, Type},
        value::Value,
    },
    world::World,
};

/// ERC-2612: what the owner of tokens signs to let a spender take some.
static PERMIT: LazyLock<Arc<StructType>> = LazyLock::new(|| {
    let field = |name: &str, ty: Type| (name.to_owned(), ty);
    Arc::new(StructType {
        name: "Permit".into(),
        fields: vec![
            field("owner", Type::Address(None)),
            field("spender", Type::Address(None)),
            field("value", UINT256),
            field("nonce", UINT256),
            field("deadline", UINT256),
        ],
    })
});

const UINT256: Type = Type::Int(Some(IntSize { signed: false, bits: 256 }));

type Kinded<T> = std::result::Result<T, EvalErrorKind>;

/// The value of `sign(…)` or `permit(…)`: 65 bytes.
pub(super) fn signature<'a>(evaluator: &mut Evaluator<'a>, typed: &'a Typed) -> Result<Value> {
    let world = evaluator.world;
    let (signer, separator, message) = match &typed.kind {
        Kind::Sign { actor, message, contract } => {
            let message = evaluator.value(message)?.into_owned();
            let contract_address = evaluator.address(contract)?;
            let domain = domain(world, contract_address).map_err(|kind| kind.at(contract.span))?;
            (*actor, domain.separator(), message)
        }
        Kind::Permit { actor, token, spender, amount, deadline } => {
            let address = evaluator.address(token)?;
            let owner = world.actor(*actor).address;
            let spender = evaluator.value(spender)?.into_owned();
            let amount = evaluator.value(amount)?.into_owned();
            let deadline = evaluator.value(deadline)?.into_owned();
            let nonce = nonce(world, address, owner).map_err(|kind| kind.at(token.span))?;
            let separator = permit_separator(world, address).map_err(|kind| kind.at(token.span))?;
            let fields = vec![owner.into(), spender, amount, nonce, deadline];
            (*actor, separator, Value::Struct(PERMIT.clone(), fields))
        }
        _ => {
            return Err(EvalErrorKind::Mismatch {
                value: format!("{:?}", typed.ty),
                wanted: "a signature",
            }
            .at(typed.span));
        }
    };
    signed(world, signer, separator, &message).map_err(|kind| kind.at(typed.span))
}

fn signed(world: &World, signer: ActorId, separator: B256, message: &Value) -> Kinded<Value> {
    let Value::Struct(ty, _) = message else {
        return Err(mismatch(message, "a struct"));
    };
    let actor = world.actor(signer);
    let key =
        actor.key.as_ref().ok_or_else(|| EvalErrorKind::NoKey { actor: actor.name.clone() })?;
    let digest = digest(separator, message, ty)?;
    Ok(Value::Bytes(key.sign_hash(digest).to_vec()))
}

/// What a contract says about its domain (ERC-5267).
fn domain(world: &World, contract: Address) -> Kinded<Domain> {
    let unknown = |reason: String| EvalErrorKind::NoDomain {
        contract: world.names().label(contract),
        reason,
    };
    match ask(world, contract, selector("eip712Domain()"))? {
        Outcome::Success { output, .. }
            if output.is_empty() && world.chain.code(contract)?.is_empty() =>
        {
            Err(EvalErrorKind::NoCode { call: site(contract, "eip712Domain") })
        }
        Outcome::Success { output, .. } => Domain::decode(&output).map_err(unknown),
        Outcome::Revert { .. } | Outcome::Halt { .. } => {
            Err(unknown("it has no `eip712Domain()` (ERC-5267)".into()))
        }
    }
}

/// The domain separator of a token: from ERC-5267, or, for tokens older than that, as ERC-2612 asks for it.
fn permit_separator(world: &World, token: Address) -> Kinded<B256> {
    match domain(world, token) {
        Err(EvalErrorKind::NoDomain { .. }) => {
            let call = site(token, "DOMAIN_SEPARATOR");
            match ask_word(
                world,
                token,
                selector("DOMAIN_SEPARATOR()"),
                &call,
                &Type::FixedBytes(32),
            )? {
                Value::FixedBytes(word, _) => Ok(word),
                other => Err(mismatch(&other, "a domain separator")),
            }
        }
        found => found.map(|domain| domain.separator()),
    }
}

fn nonce(world: &World, token: Address, owner: Address) -> Kinded<Value> {
    let mut input = selector("nonces(address)").to_vec();
    input.extend(encode_params([(&owner.into(), &Type::Address(None))])?);
    ask_word(world, token, input.into(), &site(token, "nonces"), &UINT256)
}

fn ask_word(world: &World, to: Address, input: Bytes, call: &CallSite, ty: &Type) -> Kinded<Value> {
    let output = read(world, to, input, || Box::new(call.clone()))?;
    decode_output(ty, &output)
        .map_err(|error| EvalErrorKind::BadReturnData { call: Box::new(call.clone()), error })
}

fn site(target: Address, function: &str) -> Box<CallSite> {
    CallSite::boxed(target, None, function)
}

fn selector(signature: &str) -> Bytes {
    Bytes::copy_from_slice(&keccak256(signature)[..4])
}
