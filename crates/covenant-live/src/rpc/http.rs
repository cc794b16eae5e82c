//! The wire: one request, one answer, and never more time or memory than allowed.

use std::{error::Error, fmt, thread, time::Duration};

use reqwest::{header::CONTENT_TYPE, redirect::Policy};
use tokio::runtime::{Builder, Handle, Runtime};

use super::endpoint::Endpoint;

/// What one request may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// To connect.
    pub connect: Duration,
    /// From beginning to end, however many bytes trickle in.
    pub request: Duration,
    /// The longest answer, in bytes.
    pub body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { connect: seconds(5), request: seconds(20), body: 32 << 20 }
    }
}

/// What carries a request to an endpoint and its answer back.
pub trait Transport: fmt::Debug + Send {
    /// Posts `body`, and returns what comes back, whatever its status.
    ///
    /// # Errors
    ///
    /// [`Failure`] if nothing whole came back; whether the request arrived is not known.
    fn post(&mut self, endpoint: &Endpoint, body: &str) -> Result<Answer, Failure>;
}

/// An answer over HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// How long to wait before asking again, if the header says so in seconds.
    pub retry_after: Option<Duration>,
    /// The body.
    pub body: Vec<u8>,
}

/// Why nothing whole came back, in words without secrets of the address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure(pub String);

/// HTTP over TCP and TLS.
pub struct Http {
    client: reqwest::Client,
    limits: Limits,
    /// Always there; taken only to be shut down.
    runtime: Option<Runtime>,
}

impl Http {
    /// Prepares to connect.
    ///
    /// # Errors
    ///
    /// [`Failure`] if the operating system has no certificates to trust, or no means to wait.
    pub fn new(limits: Limits) -> Result<Self, Failure> {
        let failure = |error: &dyn Error| Failure(innermost(error));
        let client = reqwest::Client::builder()
            .connect_timeout(limits.connect)
            .timeout(limits.request)
            .redirect(Policy::none())
            .build()
            .map_err(|error| failure(&error))?;
        let runtime =
            Builder::new_current_thread().enable_all().build().map_err(|error| failure(&error))?;
        Ok(Self { client, limits, runtime: Some(runtime) })
    }

    /// Gets what is at `endpoint`, or posts a body of some type to it, and returns what comes back, whatever its status.
    ///
    /// # Errors
    ///
    /// As [`post`](Transport::post).
    pub fn exchange_as(
        &mut self,
        endpoint: &Endpoint,
        body: Option<(&str, &str)>,
    ) -> Result<Answer, Failure> {
        let runtime = self.runtime.as_ref().expect("only a drop takes the runtime");
        let ask = || runtime.block_on(self.exchange(endpoint, body));
        if Handle::try_current().is_err() {
            return ask();
        }
        // Another runtime runs around this one: it may not wait here, but another thread may.
        thread::scope(|scope| scope.spawn(ask).join().expect("asking a node does not panic"))
    }

    async fn exchange(
        &self,
        endpoint: &Endpoint,
        body: Option<(&str, &str)>,
    ) -> Result<Answer, Failure> {
        let failure = |error: reqwest::Error| self.failure(endpoint, error);
        let url = endpoint.url().clone();
        let request = match body {
            None => self.client.get(url),
            Some((kind, body)) => {
                self.client.post(url).header(CONTENT_TYPE, kind).body(body.to_owned())
            }
        };
        let mut response = request.send().await.map_err(failure)?;
        let status = response.status().as_u16();
        let header = response.headers().get("retry-after").and_then(|value| value.to_str().ok());
        let retry_after =
            header.and_then(|value| value.trim().parse().ok()).map(Duration::from_secs);
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(failure)? {
            if body.len() + chunk.len() > self.limits.body {
                let most = self.limits.body;
                return Err(Failure(format!("the answer is longer than {most} bytes")));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status, retry_after, body })
    }

    fn failure(&self, endpoint: &Endpoint, error: reqwest::Error) -> Failure {
        if error.is_timeout() {
            let Limits { connect, request, .. } = self.limits;
            return Failure(if error.is_connect() {
                format!("no connection within {connect:?}")
            } else {
                format!("no whole answer within {request:?}")
            });
        }
        Failure(endpoint.scrub(&innermost(&error.without_url())))
    }
}

impl Transport for Http {
    fn post(&mut self, endpoint: &Endpoint, body: &str) -> Result<Answer, Failure> {
        self.exchange_as(endpoint, Some(("application/json", body)))
    }
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Http").field("limits", &self.limits).finish_non_exhaustive()
    }
}

impl Drop for Http {
    fn drop(&mut self) {
        // A runtime that is dropped may not wait if another one is running around it.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// What happened at the bottom of it; outer errors repeat addresses.
fn innermost(error: &dyn Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
