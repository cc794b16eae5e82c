//! The interface of Etherscan, version 2, which many explorers share: a form gives a number, and the number is asked for.

use reqwest::Url;
use serde::Deserialize;

use super::{
    Verdict, Waiting,
    error::VerifyError,
    sourcify::{ask, endpoint, read},
    submission::Submission,
};
use crate::{
    clock::Clock,
    rpc::{Endpoint, Http},
};

/// Most libraries that the form has room for.
const MOST_LIBRARIES: usize = 10;

#[derive(Deserialize)]
struct Said {
    status: String,
    result: String,
}

pub(super) fn submit(
    http: &mut Http,
    clock: &dyn Clock,
    waiting: Waiting,
    address: &str,
    key: &str,
    submission: &Submission,
) -> Result<Verdict, VerifyError> {
    let question = |action: &str, more: &[(&str, &str)]| -> Result<Endpoint, VerifyError> {
        let chain_id = submission.chain_id.to_string();
        let fixed = [("chainid", chain_id.as_str()), ("module", "contract"), ("action", action)];
        let all: Vec<(&str, &str)> =
            fixed.iter().chain(more).copied().chain([("apikey", key)]).collect();
        endpoint(&format!("{}?{}", address.trim_end_matches('/'), encoded(&all)))
    };
    let place = question("verifysourcecode", &[])?;
    let service = place.name().to_owned();
    let form = form(submission, &service)?;
    let body = Some(("application/x-www-form-urlencoded", form.as_str()));
    let answer = ask(&place, http.exchange_as(&place, body))?;
    let Said { status, result } = read(&place, &answer)?;
    if is_already(&result) {
        return Ok(Verdict::Already);
    }
    if status != "1" {
        return Err(VerifyError::Refused { service, message: place.scrub(&result) });
    }
    let ticket = result;
    let status = question("checkverifystatus", &[("guid", &ticket)])?;
    for _ in 0..waiting.times {
        let answer = ask(&status, http.exchange_as(&status, None))?;
        let Said { result, .. } = read(&status, &answer)?;
        let words = result.to_ascii_lowercase();
        if is_already(&words) {
            return Ok(Verdict::Already);
        }
        if words.starts_with("pass") {
            return Ok(Verdict::Match);
        }
        if !words.contains("pending") && !words.contains("in progress") {
            let contract = submission.contract.to_string();
            return Err(VerifyError::Differs { service, contract, message: status.scrub(&result) });
        }
        clock.sleep(waiting.pause);
    }
    Err(VerifyError::Undecided { service, ticket })
}

fn is_already(words: &str) -> bool {
    words.to_ascii_lowercase().contains("already verified")
}

/// The form, in the words of the interface, of which one has been misspelt for so long that it has to stay so.
fn form(submission: &Submission, service: &str) -> Result<String, VerifyError> {
    let Submission { address, contract, compiler, input, arguments, libraries, .. } = submission;
    if libraries.len() > MOST_LIBRARIES {
        let message =
            format!("it takes {MOST_LIBRARIES} libraries, and there are {}", libraries.len());
        return Err(VerifyError::Refused { service: service.to_owned(), message });
    }
    let bare = |hex: String| hex.trim_start_matches("0x").to_owned();
    let mut fields = vec![
        ("contractaddress".to_owned(), address.to_string()),
        ("sourceCode".to_owned(), input.to_string()),
        ("codeformat".to_owned(), "solidity-standard-json-input".to_owned()),
        ("contractname".to_owned(), contract.to_string()),
        ("compilerversion".to_owned(), format!("v{compiler}")),
        ("constructorArguements".to_owned(), bare(arguments.to_string())),
    ];
    for (index, (library, at)) in libraries.iter().enumerate() {
        fields.push((format!("libraryname{}", index + 1), library.name.clone()));
        fields.push((format!("libraryaddress{}", index + 1), at.to_string()));
    }
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    Ok(encoded(&fields))
}

/// Fields as forms and questions carry them.
fn encoded(fields: &[(&str, &str)]) -> String {
    let mut url = Url::parse("http://form/").expect("it is an address");
    url.query_pairs_mut().extend_pairs(fields);
    url.query().unwrap_or_default().to_owned()
}
