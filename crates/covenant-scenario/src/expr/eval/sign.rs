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
        eip712::{Domain, TypedMessage, digest},
        typed::{Kind, Typed},
        types::{IntSize, StructType, Type},
        value::Value,
    },
    world::{ActorState, Unsigned, World},
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
    let (signer, bond, message) = match &typed.kind {
        Kind::Sign { actor, message, contract } => {
            let message = evaluator.value(message)?.into_owned();
            let address = evaluator.address(contract)?;
            let domain = domain(world, address).map_err(|kind| kind.at(contract.span))?;
            (*actor, Bond { contract: address, scope: Scope::Domain(domain) }, message)
        }
        Kind::Permit { actor, token, spender, amount, deadline } => {
            let address = evaluator.address(token)?;
            let owner = world.actor(*actor).address;
            let spender = evaluator.value(spender)?.into_owned();
            let amount = evaluator.value(amount)?.into_owned();
            let deadline = evaluator.value(deadline)?.into_owned();
            let nonce = nonce(world, address, owner).map_err(|kind| kind.at(token.span))?;
            let scope = permit_scope(world, address).map_err(|kind| kind.at(token.span))?;
            let fields = vec![owner.into(), spender, amount, nonce, deadline];
            let bond = Bond { contract: address, scope };
            (*actor, bond, Value::Struct(PERMIT.clone(), fields))
        }
        _ => {
            return Err(EvalErrorKind::Mismatch {
                value: format!("{:?}", typed.ty),
                wanted: "a signature",
            }
            .at(typed.span));
        }
    };
    signed(world, world.actor(signer), bond, &message).map_err(|kind| kind.at(typed.span))
}

/// What a signature is bound to.
struct Bond {
    /// Who was asked.
    contract: Address,
    scope: Scope,
}

/// What it is good for.
enum Scope {
    Domain(Domain),
    /// An older token's own word for it. What is in it cannot be read, only guessed and compared.
    Separator(B256),
}

fn signed(world: &World, actor: &ActorState, bond: Bond, message: &Value) -> Kinded<Value> {
    let Value::Struct(ty, _) = message else {
        return Err(mismatch(message, "a struct"));
    };
    let Some(key) = &actor.key else { return signed_elsewhere(world, actor, bond, message, ty) };
    let separator = match bond.scope {
        Scope::Domain(domain) => domain.separator(),
        Scope::Separator(separator) => separator,
    };
    Ok(Value::Bytes(key.sign_hash(digest(separator, message, ty)?).to_vec()))
}

/// The signature of an actor whose key is not of the scenario.
fn signed_elsewhere(
    world: &World,
    actor: &ActorState,
    bond: Bond,
    message: &Value,
    ty: &StructType,
) -> Kinded<Value> {
    let no_key = || EvalErrorKind::NoKey { actor: actor.name.clone() };
    let signatory = world.signatory().ok_or_else(no_key)?;
    let Bond { contract, scope } = bond;
    let domain = match scope {
        Scope::Domain(domain) => domain,
        Scope::Separator(separator) => recognised(world, contract, separator)?,
    };
    let message = TypedMessage::new(contract, domain, message, ty)?;
    match signatory.sign(actor.address, &message) {
        Ok(signature) => Ok(Value::Bytes(signature.to_vec())),
        Err(Unsigned::NoKey) => Err(no_key()),
        Err(Unsigned::Refused(reason)) => {
            Err(EvalErrorKind::Unsigned { actor: actor.name.clone(), reason })
        }
    }
}

/// The domain that an older token's separator stands for: of its name, on this chain, of itself. A separator that cannot
/// be recognised may be that of any contract, where the signature would be good.
fn recognised(world: &World, token: Address, separator: B256) -> Kinded<Domain> {
    let text = |function: &str| {
        let call = site(token, function);
        match ask_word(world, token, selector(&format!("{function}()")), &call, &Type::String) {
            Ok(Value::String(text)) => Ok(Some(text)),
            Err(error) if error.is_engine() => Err(error),
            Ok(_) | Err(_) => Ok(None),
        }
    };
    let name = text("name")?.unwrap_or_default();
    let versions = [text("version")?, Some("1".to_owned()), None];
    let chain_id = world.chain.chain_id();
    let domains = versions
        .into_iter()
        .map(|version| Domain::of_contract(name.clone(), version, chain_id, token));
    let known = domains.into_iter().find(|domain| domain.separator() == separator);
    known.ok_or_else(|| EvalErrorKind::NoDomain {
        contract: world.names().label(token),
        reason: "its `DOMAIN_SEPARATOR()` is not that of its name, its version, this chain and itself, so it may be that \
                 of another contract, and a kept key does not sign for it"
            .into(),
    })
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

/// What a token's permits are good for: from ERC-5267, or, for tokens older than that, as ERC-2612 asks for it.
fn permit_scope(world: &World, token: Address) -> Kinded<Scope> {
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
                Value::FixedBytes(word, _) => Ok(Scope::Separator(word)),
                other => Err(mismatch(&other, "a domain separator")),
            }
        }
        found => found.map(Scope::Domain),
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
