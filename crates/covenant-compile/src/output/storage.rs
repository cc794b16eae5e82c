//! Storage layouts.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::artifact::{SolType, StorageLayout, StorageSlot};

/// Reads solc's `storageLayout`; nothing when it is not one.
pub(super) fn layout(json: &Value) -> Option<StorageLayout> {
    let types = json.get("types")?;
    let slots = slots(json.get("storage")?, types)?;
    let mut structs = BTreeMap::new();
    for described in types.as_object().into_iter().flat_map(|types| types.values()) {
        let Some(members) = described.get("members") else { continue };
        if let Some(SolType::Struct(name)) =
            described.get("label")?.as_str().and_then(SolType::parse)
        {
            structs.insert(name, self::slots(members, types)?);
        }
    }
    Some(StorageLayout { slots, structs })
}

fn slots(list: &Value, types: &Value) -> Option<Vec<StorageSlot>> {
    list.as_array()?.iter().map(|variable| slot(variable, types)).collect()
}

fn slot(variable: &Value, types: &Value) -> Option<StorageSlot> {
    let described = types.get(variable.get("type")?.as_str()?)?;
    Some(StorageSlot {
        label: variable.get("label")?.as_str()?.to_owned(),
        slot: variable.get("slot")?.as_str()?.to_owned(),
        offset: u8::try_from(variable.get("offset")?.as_u64()?).ok()?,
        bytes: described.get("numberOfBytes")?.as_str()?.parse().ok()?,
        ty: SolType::parse(described.get("label")?.as_str()?)?,
    })
}
