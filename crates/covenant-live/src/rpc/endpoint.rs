//! Addresses of nodes, which hold secrets as often as not.

use std::fmt;

use reqwest::Url;

use super::error::RpcError;

/// Shorter parts of an address are words like `v3` and `rpc`, which also occur in what a node answers.
const SHORTEST_SECRET: usize = 6;

/// The address of a node. What is shown of it is its scheme, host and port.
#[derive(Clone)]
pub struct Endpoint {
    url: Url,
    name: String,
    secrets: Vec<String>,
}

impl Endpoint {
    /// Reads an address.
    ///
    /// # Errors
    ///
    /// [`RpcError::Address`] if it is not an http(s) address; it does not repeat the address.
    pub fn parse(address: &str) -> Result<Self, RpcError> {
        let url = Url::parse(address).map_err(|error| RpcError::Address {
            reason: format!("{error}; it should begin with http:// or https://"),
        })?;
        let (scheme, host) = (url.scheme().to_owned(), url.host_str().unwrap_or_default());
        if !matches!(scheme.as_str(), "http" | "https") {
            let reason = "it does not begin with http:// or https://".to_owned();
            return Err(RpcError::Address { reason });
        }
        let port = url.port().map_or_else(String::new, |port| format!(":{port}"));
        let name = format!("{scheme}://{host}{port}");
        let secrets = secrets(&url, address);
        Ok(Self { url, name, secrets })
    }

    /// Scheme, host and port.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole address, to be used and never shown.
    pub(super) const fn url(&self) -> &Url {
        &self.url
    }

    /// The text without what may be a secret of the address: nodes and libraries like to repeat it.
    pub fn scrub(&self, text: &str) -> String {
        let mut scrubbed = text.to_owned();
        for secret in &self.secrets {
            scrubbed = scrubbed.replace(secret, "…");
        }
        scrubbed
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Endpoint").field(&self.name).finish()
    }
}

/// Every part of an address that may be a secret, longest first, so that none is left because a part of it went before.
fn secrets(url: &Url, address: &str) -> Vec<String> {
    let path = url.path().split('/').filter(|segment| segment.len() >= SHORTEST_SECRET);
    let query = url.query().into_iter().flat_map(|query| query.split(['&', '=']));
    let decoded: Vec<String> = url.query_pairs().map(|(_, value)| value.into_owned()).collect();
    let mut secrets: Vec<String> = path
        .chain(query.filter(|part| part.len() >= SHORTEST_SECRET))
        .chain(decoded.iter().map(String::as_str))
        .chain([url.username(), url.password().unwrap_or_default()])
        .chain(url.fragment())
        .chain([&address[address.find("://").map_or(0, |at| at + 3)..]])
        .filter(|part| !part.is_empty() && Some(*part) != url.host_str())
        .map(str::to_owned)
        .collect();
    if url.path().len() <= 1 && url.query().is_none() && url.username().is_empty() {
        // An address without secrets is its name.
        secrets.clear();
    }
    secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    secrets.dedup();
    secrets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_shown() {
        let address = "https://user:pass%21word@node.example:8545/v3/0123456789abcdef?token=se%2Bcret&x=1#frag";
        let endpoint = Endpoint::parse(address).unwrap();
        assert_eq!(endpoint.name(), "https://node.example:8545");
        assert_eq!(format!("{endpoint:?}"), "Endpoint(\"https://node.example:8545\")");
        let said = format!(
            "no {address}, project 0123456789abcdef of user with pass%21word has no se%2Bcret or se+cret in frag"
        );
        let shown = endpoint.scrub(&said);
        for secret in ["user", "pass", "0123", "cret", "frag"] {
            assert!(!shown.contains(secret), "{shown}");
        }
        assert!(shown.starts_with("no https://…, project … of … with … has no"), "{shown}");
    }

    #[test]
    fn an_address_without_secrets_is_shown_whole() {
        let endpoint = Endpoint::parse("http://127.0.0.1:8545").unwrap();
        assert_eq!(
            endpoint.scrub("refused by http://127.0.0.1:8545"),
            "refused by http://127.0.0.1:8545"
        );
    }

    #[test]
    fn what_is_no_address_is_not_repeated() {
        for address in ["secret", "ftp://secret", "wss://secret.example/x", "http://", ""] {
            let error = Endpoint::parse(address).unwrap_err().to_string();
            assert!(!error.contains("secret"), "{error}");
            assert!(error.contains("http"), "{error}");
        }
    }
}
