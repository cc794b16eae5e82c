//! The interface of Sourcify, version 2: a request gives a ticket, and the ticket is asked for until it is done.

use serde::Deserialize;
use serde_json::json;

use super::{Verdict, Waiting, error::VerifyError, submission::Submission};
use crate::{
    clock::Clock,
    rpc::{Answer, Endpoint, Http},
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Ticket {
    verification_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Complaint {
    custom_code: String,
    message: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Job {
    is_job_completed: bool,
    error: Option<Complaint>,
    contract: Option<Compared>,
}

#[derive(Deserialize)]
struct Compared {
    #[serde(rename = "match")]
    whole: Option<String>,
}

pub(super) fn submit(
    http: &mut Http,
    clock: &dyn Clock,
    waiting: Waiting,
    address: &str,
    submission: &Submission,
) -> Result<Verdict, VerifyError> {
    let base = address.trim_end_matches('/');
    let Submission { chain_id, address, contract, compiler, input, transaction, .. } = submission;
    let endpoint = endpoint(&format!("{base}/v2/verify/{chain_id}/{address}"))?;
    let request = json!({
        "stdJsonInput": input,
        "compilerVersion": compiler,
        "contractIdentifier": contract.to_string(),
        "creationTransactionHash": transaction,
    });
    let answer = ask(
        &endpoint,
        http.exchange_as(&endpoint, Some(("application/json", &request.to_string()))),
    )?;
    let service = || endpoint.name().to_owned();
    if answer.status != 202 {
        let complaint: Complaint = read(&endpoint, &answer)?;
        return match complaint.custom_code.as_str() {
            "already_verified" => Ok(Verdict::Already),
            code => {
                let message = format!("{} ({code})", complaint.message);
                Err(VerifyError::Refused { service: service(), message })
            }
        };
    }
    let Ticket { verification_id: ticket } = read(&endpoint, &answer)?;
    let status = self::endpoint(&format!("{base}/v2/verify/{ticket}"))?;
    for _ in 0..waiting.times {
        let answer = ask(&status, http.exchange_as(&status, None))?;
        let job: Job = read(&status, &answer)?;
        if let Some(verdict) = verdict(&job, submission, endpoint.name())? {
            return Ok(verdict);
        }
        clock.sleep(waiting.pause);
    }
    Err(VerifyError::Undecided { service: service(), ticket })
}

/// What a job says; nothing while it goes on.
fn verdict(
    job: &Job,
    submission: &Submission,
    service: &str,
) -> Result<Option<Verdict>, VerifyError> {
    if !job.is_job_completed {
        return Ok(None);
    }
    let found = job.contract.as_ref().and_then(|contract| contract.whole.as_deref());
    match (found, &job.error) {
        (Some("exact_match"), None) => Ok(Some(Verdict::Exact)),
        (Some("match"), None) => Ok(Some(Verdict::Match)),
        (_, error) => {
            let words = error.as_ref().map(|it| format!("{} ({})", it.message, it.custom_code));
            Err(VerifyError::Differs {
                service: service.to_owned(),
                contract: submission.contract.to_string(),
                message: words.unwrap_or_else(|| "it does not say why".to_owned()),
            })
        }
    }
}

pub(super) fn endpoint(address: &str) -> Result<Endpoint, VerifyError> {
    Endpoint::parse(address).map_err(VerifyError::Address)
}

/// An answer of some status that is not the service's own trouble.
pub(super) fn ask(
    endpoint: &Endpoint,
    answer: Result<Answer, crate::rpc::Failure>,
) -> Result<Answer, VerifyError> {
    let service = endpoint.name().to_owned();
    match answer {
        Ok(Answer { status, .. }) if status == 429 || status >= 500 => Err(VerifyError::Silent {
            service,
            reason: format!("status {status}; try again later"),
        }),
        Ok(answer) => Ok(answer),
        Err(failure) => Err(VerifyError::Silent { service, reason: endpoint.scrub(&failure.0) }),
    }
}

pub(super) fn read<'a, T: Deserialize<'a>>(
    endpoint: &Endpoint,
    answer: &'a Answer,
) -> Result<T, VerifyError> {
    serde_json::from_slice(&answer.body).map_err(|_| {
        let text: String = String::from_utf8_lossy(&answer.body).chars().take(200).collect();
        let (service, excerpt) = (endpoint.name().to_owned(), endpoint.scrub(&text));
        VerifyError::Garbled { service, status: answer.status, excerpt }
    })
}
