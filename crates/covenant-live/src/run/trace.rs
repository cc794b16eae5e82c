//! What a transaction returned: no receipt says it, but a trace does.

use alloy_primitives::{B256, Bytes};
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::LiveError;
use crate::rpc::{Client, RpcError};

/// What a trace says of a transaction's end.
#[derive(Debug, Deserialize)]
struct Called {
    #[serde(default)]
    output: Bytes,
}

/// The same of nodes that know no tracers by name.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Logged {
    return_value: Bytes,
}

/// Whether the node can trace transactions, by its words about one that does not exist.
pub(super) fn can_trace(client: &mut Client) -> Result<bool, LiveError> {
    match client
        .ask::<Value>("debug_traceTransaction", json!([B256::repeat_byte(1), call_tracer()]))
    {
        Ok(_) => Ok(true),
        Err(RpcError::Refused { refusal, .. }) => {
            let words = refusal.message.to_ascii_lowercase();
            let unknown = refusal.code == -32601
                || [
                    "method",
                    "namespace",
                    "module",
                    "not available",
                    "unsupported",
                    "not supported",
                ]
                .iter()
                .any(|word| words.contains(word));
            Ok(!unknown)
        }
        Err(error) => Err(error.into()),
    }
}

/// What a transaction returned, or the data of its revert; `None` if the node does not say.
pub(super) fn output(client: &mut Client, hash: B256) -> Result<Option<Bytes>, LiveError> {
    let called = client.ask::<Called>("debug_traceTransaction", json!([hash, call_tracer()]));
    match called {
        Ok(called) => return Ok(Some(called.output)),
        Err(RpcError::Refused { .. } | RpcError::Exhausted { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    let quiet = json!({ "disableStorage": true, "disableMemory": true, "disableStack": true });
    match client.ask::<Logged>("debug_traceTransaction", json!([hash, quiet])) {
        Ok(logged) => Ok(Some(logged.return_value)),
        Err(RpcError::Refused { .. } | RpcError::Exhausted { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn call_tracer() -> Value {
    json!({ "tracer": "callTracer", "tracerConfig": { "onlyTopCall": true } })
}
