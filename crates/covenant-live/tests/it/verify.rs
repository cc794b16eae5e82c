//! Services that verify sources: stand-ins on loopback that hold requests to the published interfaces.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use alloy_primitives::{Address, B256, bytes};
use covenant_compile::ContractId;
use covenant_live::{
    clock::Clock,
    rpc::{Http, Limits},
    verify::{Key, Service, Submission, Verdict, VerifyError, Waiting, submit},
};
use reqwest::Url;
use serde_json::{Value, json};

const COMPILER: &str = "0.8.37+commit.5b6d1a2c";
const TICKET: &str = "72d12273-0723-448e-a9f6-f7957128efa5";

/// A request, as a service sees it.
#[derive(Clone, Debug)]
struct Request {
    method: String,
    target: String,
    kind: String,
    body: String,
}

impl Request {
    /// The fields of the question after the path.
    fn question(&self) -> BTreeMap<String, String> {
        let url = Url::parse(&format!("http://here{}", self.target)).unwrap();
        url.query_pairs().into_owned().collect()
    }

    /// The fields of a form.
    fn form(&self) -> BTreeMap<String, String> {
        let url = Url::parse(&format!("http://here/?{}", self.body)).unwrap();
        url.query_pairs().into_owned().collect()
    }
}

type Answering = Box<dyn FnMut(usize, &Request) -> (u16, Value) + Send>;

/// Starts a service; each request is answered by number.
fn service(answer: impl FnMut(usize, &Request) -> (u16, Value) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let mut answer: Answering = Box::new(answer);
    thread::spawn(move || {
        for (number, stream) in listener.incoming().map_while(Result::ok).enumerate() {
            let mut stream = stream;
            let Some(request) = receive(&stream) else { continue };
            let (status, value) = answer(number, &request);
            let text = value.to_string();
            let head = format!(
                "HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                text.len()
            );
            // Whoever asked may be gone.
            let _ = stream.write_all(format!("{head}{text}").as_bytes());
        }
    });
    url
}

fn receive(stream: &TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    reader.read_line(&mut first).ok()?;
    let mut words = first.split_whitespace().map(str::to_owned);
    let (method, target) = (words.next()?, words.next()?);
    let (mut length, mut kind) = (0, String::new());
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let line = line.trim().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        if let Some(value) = line.strip_prefix("content-type:") {
            kind = value.trim().to_owned();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Request { method, target, kind, body: String::from_utf8(body).ok()? })
}

fn submission() -> Submission {
    let named = |name: &str| ContractId { file: "src/Lease.sol".to_owned(), name: name.to_owned() };
    Submission {
        chain_id: 11_155_111,
        address: Address::repeat_byte(0xab),
        contract: named("Lease"),
        compiler: COMPILER.to_owned(),
        input: json!({
            "language": "Solidity",
            "sources": { "src/Lease.sol": { "content": "contract Lease { string s = \"a&b=c+d\"; }" } },
            "settings": { "optimizer": { "enabled": true, "runs": 200 } },
        }),
        arguments: bytes!("000102"),
        libraries: [(named("Dates"), Address::repeat_byte(7))].into(),
        transaction: B256::repeat_byte(0xcd),
    }
}

/// A clock on which nobody waits.
#[derive(Debug)]
struct Still;

impl Clock for Still {
    fn now(&self) -> Duration {
        Duration::ZERO
    }

    fn sleep(&self, _: Duration) {}
}

fn ask(service: &Service) -> Result<Verdict, VerifyError> {
    let mut http = Http::new(Limits::default()).unwrap();
    let waiting = Waiting { times: 4, pause: Duration::from_secs(1) };
    submit(&mut http, &Still, waiting, service, &submission())
}

/// Holds a request to Sourcify's description of `POST /v2/verify/{chainId}/{address}`.
fn check_sourcify(request: &Request) {
    assert_eq!(request.method, "POST");
    let Submission { chain_id, address, .. } = submission();
    assert_eq!(request.target, format!("/server/v2/verify/{chain_id}/{address}"));
    assert_eq!(request.kind, "application/json");
    let body: Value = serde_json::from_str(&request.body).unwrap();
    assert_eq!(body["stdJsonInput"], submission().input);
    assert_eq!(body["compilerVersion"], COMPILER);
    assert_eq!(body["contractIdentifier"], "src/Lease.sol:Lease");
    assert_eq!(body["creationTransactionHash"], json!(B256::repeat_byte(0xcd)));
    assert_eq!(body.as_object().unwrap().len(), 4, "a key that is not described");
}

/// A job of Sourcify's, as `GET /v2/verify/{verificationId}` describes it.
fn job(done: bool, found: Option<&str>, error: Option<&str>) -> Value {
    let contract = json!({ "match": found, "creationMatch": found, "runtimeMatch": found, "chainId": "11155111" });
    let mut job = json!({ "isJobCompleted": done, "verificationId": TICKET, "jobStartTime": "2024-07-24T12:00:00Z", "contract": contract });
    if let Some(code) = error {
        job["error"] =
            json!({ "customCode": code, "message": "The bytecodes differ", "errorId": TICKET });
    }
    job
}

#[test]
fn sourcify_gets_what_it_describes_and_its_ticket_is_asked_for() {
    let cases = [
        (job(true, Some("exact_match"), None), Ok(Verdict::Exact)),
        (job(true, Some("match"), None), Ok(Verdict::Match)),
        (job(true, None, Some("no_match")), Err("The bytecodes differ (no_match)")),
        (job(false, None, None), Err(TICKET)),
    ];
    for (last, expected) in cases {
        let address = service(move |number, request| match number {
            0 => {
                check_sourcify(request);
                (202, json!({ "verificationId": TICKET }))
            }
            _ => {
                assert_eq!((request.method.as_str(), request.body.as_str()), ("GET", ""));
                assert_eq!(request.target, format!("/server/v2/verify/{TICKET}"));
                (200, if number == 1 { job(false, None, None) } else { last.clone() })
            }
        });
        let found = ask(&Service::Sourcify { address: format!("{address}/server/") });
        match (found, expected) {
            (Ok(verdict), Ok(expected)) => assert_eq!(verdict, expected),
            (Err(error), Err(words)) => assert!(error.to_string().contains(words), "{error}"),
            (found, expected) => panic!("{found:?}, not {expected:?}"),
        }
    }
}

#[test]
fn what_sourcify_refuses_is_said_in_its_words() {
    let complaint =
        |code: &str| json!({ "customCode": code, "message": "no such thing", "errorId": TICKET });
    let cases = [
        (409, complaint("already_verified"), "Already"),
        (404, complaint("unsupported_chain"), "Refused"),
        (429, complaint("too_many"), "Silent"),
        (500, json!({}), "Silent"),
        (200, json!("<html>"), "Garbled"),
        (202, json!({}), "Garbled"),
    ];
    for (status, body, expected) in cases {
        let address = service(move |_, _| (status, body.clone()));
        let found = ask(&Service::Sourcify { address: format!("{address}/server") });
        let shown = format!("{found:?}");
        assert!(shown.contains(expected), "{shown}, not {expected}");
    }
}

/// Holds a request to Etherscan's description of `verifysourcecode`.
fn check_etherscan(request: &Request) {
    assert_eq!(request.method, "POST");
    assert!(request.target.starts_with("/v2/api?"));
    let expected = [
        ("action", "verifysourcecode"),
        ("apikey", "very-secret-key"),
        ("chainid", "11155111"),
        ("module", "contract"),
    ];
    assert_eq!(
        request.question(),
        expected.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
    );
    assert_eq!(request.kind, "application/x-www-form-urlencoded");
    let form = request.form();
    let input: Value = serde_json::from_str(&form["sourceCode"]).unwrap();
    assert_eq!(input, submission().input);
    let rest = [
        ("codeformat", "solidity-standard-json-input".to_owned()),
        ("compilerversion", format!("v{COMPILER}")),
        ("constructorArguements", "000102".to_owned()),
        ("contractaddress", Address::repeat_byte(0xab).to_string()),
        ("contractname", "src/Lease.sol:Lease".to_owned()),
        ("libraryaddress1", Address::repeat_byte(7).to_string()),
        ("libraryname1", "Dates".to_owned()),
    ];
    for (name, value) in &rest {
        assert_eq!(form.get(*name), Some(value), "{name}");
    }
    assert_eq!(form.len(), rest.len() + 1, "a field that is not described");
}

#[test]
fn etherscan_gets_what_it_describes_and_its_number_is_asked_for() {
    let said = |result: &str| json!({ "status": "1", "message": "OK", "result": result });
    let cases = [
        ("Pass - Verified", "Ok(Match)"),
        ("Already Verified", "Ok(Already)"),
        ("Fail - Unable to verify very-secret-key", "Differs"),
        ("Pending in queue", "Undecided"),
    ];
    for (last, expected) in cases {
        let asked = Arc::new(Mutex::new(0));
        let counter = Arc::clone(&asked);
        let address = service(move |number, request| {
            *counter.lock().unwrap() = number;
            if number == 0 {
                check_etherscan(request);
                return (200, said("the-guid"));
            }
            let question = request.question();
            assert_eq!(
                (request.method.as_str(), question["action"].as_str()),
                ("GET", "checkverifystatus")
            );
            assert_eq!(
                (question["guid"].as_str(), question["chainid"].as_str()),
                ("the-guid", "11155111")
            );
            (200, said(if number == 1 { "Pending in queue" } else { last }))
        });
        let key = Key::new("very-secret-key".to_owned());
        let found = ask(&Service::Etherscan { address: format!("{address}/v2/api"), key });
        let shown = format!("{found:?}");
        assert!(shown.contains(expected), "{shown}, not {expected}");
        assert!(!shown.contains("very-secret"), "{shown}");
        assert!(*asked.lock().unwrap() >= 2);
    }
}

#[test]
fn what_etherscan_refuses_is_said_without_the_key() {
    for (result, expected) in [
        ("Invalid API Key very-secret-key", "Refused"),
        ("Contract source code already verified", "Already"),
    ] {
        let address = service(move |_, _| {
            (200, json!({ "status": "0", "message": "NOTOK", "result": result }))
        });
        let key = Key::new("very-secret-key".to_owned());
        let service = Service::Etherscan { address, key };
        let found = ask(&service);
        let shown = format!("{found:?} {service:?}");
        assert!(shown.contains(expected), "{shown}, not {expected}");
        assert!(!shown.contains("very-secret"), "{shown}");
    }
}

#[test]
fn a_service_that_is_not_there_is_named() {
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let error = ask(&Service::Sourcify { address: format!("http://{gone}") }).unwrap_err();
    assert!(matches!(error, VerifyError::Silent { .. }), "{error}");
    let error = ask(&Service::Sourcify { address: "sourcify".to_owned() }).unwrap_err();
    assert!(matches!(error, VerifyError::Address(_)), "{error}");
}
