//! The JSON Schema of the format, from the same tables as the readers.

use serde_json::{Map, Value, json};

use super::{scenario::RawScenario, shape::Shape};

/// The JSON Schema (draft 2020-12) of a scenario file.
pub fn schema() -> Value {
    let mut schemas = Schemas::default();
    let root = RawScenario::schema(&mut schemas);
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Covenant scenario",
    });
    schema["$ref"] = root["$ref"].clone();
    schemas.definitions.sort_by(|(one, _), (other, _)| one.cmp(other));
    schema["$defs"] = Value::Object(schemas.definitions.into_iter().collect());
    schema
}

/// The definitions that were met so far.
#[derive(Default)]
pub(super) struct Schemas {
    definitions: Vec<(String, Value)>,
}

/// One key of a record.
pub(super) struct Property {
    /// The key.
    pub(super) key: &'static str,
    schema: Value,
    required: bool,
}

impl Property {
    /// A key with its description.
    pub(super) fn of<S: Shape>(key: &'static str, about: &str, schemas: &mut Schemas) -> Self {
        let mut schema = S::schema(schemas);
        schema["description"] = json!(about.trim());
        Self { key, schema, required: S::absent().is_none() }
    }
}

impl Schemas {
    /// A reference to a definition, which is made on first use.
    pub(super) fn define(&mut self, name: &str, make: impl FnOnce(&mut Self) -> Value) -> Value {
        let name = name.strip_prefix("Raw").unwrap_or(name);
        if !self.definitions.iter().any(|(known, _)| known == name) {
            // Steps hold steps: the place is taken before the definition is made.
            self.definitions.push((name.to_owned(), Value::Null));
            let made = make(self);
            if let Some((_, place)) = self.definitions.iter_mut().find(|(known, _)| known == name) {
                *place = made;
            }
        }
        json!({ "$ref": format!("#/$defs/{name}") })
    }

    /// The definition of a record, which has no other keys than these.
    pub(super) fn record(
        &mut self,
        name: &str,
        about: &str,
        properties: fn(&mut Self) -> Vec<Property>,
    ) -> Value {
        self.define(name, |schemas| object(about, properties(schemas), json!(false)))
    }
}

/// The schema of a mapping with these keys; `others` is that of all other keys.
pub(super) fn object(about: &str, properties: Vec<Property>, others: Value) -> Value {
    let required: Vec<_> = properties
        .iter()
        .filter(|property| property.required)
        .map(|property| property.key)
        .collect();
    // What needs no key at all may also be left empty.
    let kind = if required.is_empty() { json!(["object", "null"]) } else { json!("object") };
    let keys: Map<_, _> =
        properties.into_iter().map(|property| (property.key.to_owned(), property.schema)).collect();
    let mut schema = json!({ "description": about.trim(), "type": kind, "properties": keys });
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema["additionalProperties"] = others;
    schema
}
