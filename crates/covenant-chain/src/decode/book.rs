//! What data says, of the contracts that are known, with the names of addresses.

use std::{collections::BTreeMap, sync::Arc};

use alloy_dyn_abi::{DynSolValue, EventExt, FunctionExt, JsonAbiExt};
use alloy_json_abi::{Error, InternalType, Param};
use alloy_primitives::{Address, Bytes, U256};

use super::{
    item::{DecodedCall, DecodedLog, DecodedRevert, DecodedValue, joined},
    lexicon::{Entry, Lexicon},
    value::{Numbers, written},
};
use crate::Log;

/// The selector of `Error(string)`.
const ERROR: [u8; 4] = [0x08, 0xc3, 0x79, 0xa0];
/// The selector of `Panic(uint256)`.
const PANIC: [u8; 4] = [0x4e, 0x48, 0x7b, 0x71];

/// Decodes calls, logs and errors of the contracts it was told about, and names addresses.
///
/// Selectors are short and events are often alike, so what an address was [attached](Self::attach) to is tried first,
/// then the others in the order in which they were registered.
#[derive(Clone, Debug, Default)]
pub struct Decoder {
    lexicons: Vec<Arc<Lexicon>>,
    labels: BTreeMap<Address, String>,
    contracts: BTreeMap<Address, Arc<str>>,
    numbers: Numbers,
}

impl Decoder {
    /// A decoder that knows only `Error(string)` and `Panic(uint256)`.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with integers written another way.
    #[must_use]
    pub fn with_numbers(self, numbers: Numbers) -> Self {
        Self { numbers, ..self }
    }

    /// The same with the contracts of a lexicon, after those that it knows. Of enums of the same name, the last one counts.
    #[must_use]
    pub fn with_lexicon(mut self, lexicon: Arc<Lexicon>) -> Self {
        self.lexicons.push(lexicon);
        self
    }

    /// Gives an address a name.
    pub fn label(&mut self, address: Address, name: impl Into<String>) {
        self.labels.insert(address, name.into());
    }

    /// Says which registered contract is at an address.
    pub fn attach(&mut self, address: Address, contract: &str) {
        self.contracts.insert(address, contract.into());
    }

    /// The label of an address, else the address with its checksum.
    pub fn name(&self, address: Address) -> String {
        self.labels.get(&address).cloned().unwrap_or_else(|| address.to_string())
    }

    /// The label of an address, if it has one.
    pub fn label_of(&self, address: Address) -> Option<&str> {
        self.labels.get(&address).map(String::as_str)
    }

    /// The contract that an address was attached to.
    pub fn contract(&self, address: Address) -> Option<&str> {
        self.contracts.get(&address).map(|name| &**name)
    }

    /// A value as a Solidity developer writes it.
    pub fn value(&self, value: &DynSolValue) -> String {
        written(value, self.numbers, &|address| self.name(address))
    }

    /// Decodes what a revert says.
    pub fn decode_revert(&self, data: &[u8]) -> DecodedRevert {
        self.decode_revert_of(None, data)
    }

    /// Decodes what a revert says, with errors of the contract at `address` first.
    pub fn decode_revert_at(&self, address: Address, data: &[u8]) -> DecodedRevert {
        self.decode_revert_of(Some(address), data)
    }

    /// Decodes a log; `None` if no registered event fits.
    pub fn decode_log(&self, log: &Log) -> Option<DecodedLog> {
        let topic = log.topics.first()?;
        let entries = self.entries(|lexicon| lexicon.events.get(topic));
        self.ordered(entries, Some(log.address)).find_map(|Entry { contract, item }| {
            let decoded = item.decode_log_parts(log.topics.iter().copied(), &log.data).ok()?;
            let (mut indexed, mut body) = (decoded.indexed.into_iter(), decoded.body.into_iter());
            let fields = item.inputs.iter().map(|input| {
                let value = if input.indexed { indexed.next() } else { body.next() };
                value.map(|value| self.decoded(&input.name, input.internal_type.as_ref(), value))
            });
            let fields = fields.collect::<Option<Vec<_>>>()?;
            Some(DecodedLog { contract: contract.to_string(), name: item.name.clone(), fields })
        })
    }

    /// Decodes the input of a call to `to`; `None` if no registered function fits.
    pub fn decode_call(&self, to: Address, input: &[u8]) -> Option<DecodedCall> {
        let (selector, data) = input.split_first_chunk::<4>()?;
        let entries = self.entries(|lexicon| lexicon.functions.get(selector));
        self.ordered(entries, Some(to)).find_map(|Entry { contract, item }| {
            let values = item.abi_decode_input(data).ok()?;
            let args = self.all(&item.inputs, values);
            Some(DecodedCall { contract: contract.to_string(), name: item.name.clone(), args })
        })
    }

    /// Decodes what a call of `to` with this input returned; `None` if no registered function fits.
    pub fn decode_output(
        &self,
        to: Address,
        input: &[u8],
        output: &[u8],
    ) -> Option<Vec<DecodedValue>> {
        let selector = input.first_chunk::<4>()?;
        let entries = self.entries(|lexicon| lexicon.functions.get(selector));
        self.ordered(entries, Some(to)).find_map(|Entry { item, .. }| {
            let values = item.abi_decode_output(output).ok()?;
            Some(self.all(&item.outputs, values))
        })
    }

    /// What a call of `to` with this input returned, as text.
    pub(crate) fn output_text(&self, to: Address, input: &[u8], output: &[u8]) -> Option<String> {
        self.decode_output(to, input, output).map(|values| joined(&values))
    }

    fn decode_revert_of(&self, address: Option<Address>, data: &[u8]) -> DecodedRevert {
        let Some((selector, arguments)) = data.split_first_chunk::<4>() else {
            let data = Bytes::copy_from_slice(data);
            return if data.is_empty() {
                DecodedRevert::Empty
            } else {
                DecodedRevert::Unknown { data }
            };
        };
        let known = match *selector {
            ERROR => message(arguments).map(DecodedRevert::Message),
            PANIC => (arguments.len() == 32)
                .then(|| DecodedRevert::Panic { code: U256::from_be_slice(arguments) }),
            _ => {
                let entries = self.entries(|lexicon| lexicon.errors.get(selector));
                self.ordered(entries, address).find_map(|entry| self.custom(entry, arguments))
            }
        };
        known.unwrap_or_else(|| DecodedRevert::Unknown { data: Bytes::copy_from_slice(data) })
    }

    fn custom(&self, entry: &Entry<Error>, arguments: &[u8]) -> Option<DecodedRevert> {
        let Entry { contract, item } = entry;
        let values = item.abi_decode_input(arguments).ok()?;
        let args = self.all(&item.inputs, values);
        Some(DecodedRevert::Custom {
            contract: contract.to_string(),
            name: item.name.clone(),
            args,
        })
    }

    /// What all lexicons have.
    fn entries<'a, T: 'a>(
        &'a self,
        find: impl Fn(&'a Lexicon) -> Option<&'a Vec<Entry<T>>> + Clone,
    ) -> impl Iterator<Item = &'a Entry<T>> + Clone {
        self.lexicons.iter().filter_map(move |lexicon| find(lexicon)).flatten()
    }

    /// The entries of the contract at `address`, then the others.
    fn ordered<'a, T: 'a>(
        &'a self,
        entries: impl Iterator<Item = &'a Entry<T>> + Clone,
        address: Option<Address>,
    ) -> impl Iterator<Item = &'a Entry<T>> {
        let own = address.and_then(|address| self.contracts.get(&address));
        let own_first = entries.clone().filter(move |entry| own == Some(&entry.contract));
        own_first.chain(entries.filter(move |entry| own != Some(&entry.contract)))
    }

    fn all(&self, params: &[Param], values: Vec<DynSolValue>) -> Vec<DecodedValue> {
        let decoded = |(param, value): (&Param, DynSolValue)| {
            self.decoded(&param.name, param.internal_type.as_ref(), value)
        };
        params.iter().zip(values).map(decoded).collect()
    }

    fn decoded(&self, name: &str, ty: Option<&InternalType>, value: DynSolValue) -> DecodedValue {
        let text = ty.and_then(|ty| self.member(ty, &value)).unwrap_or_else(|| self.value(&value));
        DecodedValue { name: name.to_owned(), value, text }
    }

    /// The member of a known enum that a value is.
    fn member(&self, ty: &InternalType, value: &DynSolValue) -> Option<String> {
        let (InternalType::Enum { contract, ty }, DynSolValue::Uint(number, _)) = (ty, value)
        else {
            return None;
        };
        let name = match contract {
            Some(contract) => format!("{contract}.{ty}"),
            None => ty.clone(),
        };
        let members = self.lexicons.iter().rev().find_map(|lexicon| lexicon.enums.get(&name))?;
        let member = members.get(usize::try_from(*number).ok()?)?;
        Some(format!("{ty}.{member}"))
    }
}

fn message(arguments: &[u8]) -> Option<String> {
    let decoded = alloy_dyn_abi::DynSolType::String.abi_decode_params(arguments).ok()?;
    match decoded {
        DynSolValue::String(text) => Some(text),
        _ => None,
    }
}

#[cfg(test)]
mod enum_tests {
    use alloy_json_abi::JsonAbi;

    use super::*;

    #[test]
    fn values_of_a_known_enum_are_written_by_name() {
        let abi: JsonAbi = serde_json::from_str(
            r#"[{"type": "error", "name": "WrongState", "inputs": [
                {"name": "actual", "type": "uint8", "internalType": "enum ILease.Status"}]}]"#,
        )
        .unwrap();
        let mut lexicon = Lexicon::new();
        lexicon.register("Lease", &abi);
        let decoder = Decoder::new().with_lexicon(Arc::new(lexicon.clone()));
        let error = abi.errors().next().unwrap();
        let data =
            |state: u8| [&error.selector()[..], &U256::from(state).to_be_bytes::<32>()].concat();
        assert_eq!(decoder.decode_revert(&data(1)).to_string(), "WrongState(1)");
        lexicon.register_enum("ILease.Status", vec!["None".to_owned(), "Active".to_owned()]);
        let decoder = Decoder::new().with_lexicon(Arc::new(lexicon));
        assert_eq!(decoder.decode_revert(&data(1)).to_string(), "WrongState(Status.Active)");
        assert_eq!(decoder.decode_revert(&data(7)).to_string(), "WrongState(7)");
    }
}
