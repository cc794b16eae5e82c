//! `covenant verify` hands services the compiler's input of what was deployed; stand-ins on loopback hold what they get to
//! the published interfaces.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex, OnceLock},
    thread,
};

use serde_json::{Value, json};

use super::project::{Project, account, desk, stderr, stdout};
use crate::{
    binary::{root, transcript},
    nodes::RunningNode,
};

const BOX: &str = "// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

contract Box {
    uint256 public immutable size;
    address public owner;

    constructor(uint256 size_, address owner_) {
        size = size_;
        owner = owner_;
    }
}
";

const SCENARIO: &str = "
scenario: a box
actors: [maker]
contracts:
  box: { deploy: Box, args: [41, maker], by: maker }
steps:
  - check: box.size() == 41
";

const JOURNAL: &str = "deployments/31337/box.jsonl";
const TICKET: &str = "72d12273-0723-448e-a9f6-f7957128efa5";
/// What the constructor was given: 41, and the account.
const SIZE: &str = "0000000000000000000000000000000000000000000000000000000000000029";

/// A request, as a service sees it.
#[derive(Clone, Debug)]
struct Request {
    line: String,
    kind: String,
    body: String,
}

/// Starts a service; it answers each request by its number, and keeps all of them.
fn service(
    mut answer: impl FnMut(usize) -> (u16, Value) + Send + 'static,
) -> (String, Arc<Mutex<Vec<Request>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let url = format!("http://{}", listener.local_addr().expect("it listens"));
    let seen = Arc::new(Mutex::new(Vec::new()));
    let list = Arc::clone(&seen);
    thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let Some(request) = receive(&stream) else { continue };
            let number = {
                let mut list = list.lock().expect("nobody panics with it");
                list.push(request);
                list.len() - 1
            };
            let (status, value) = answer(number);
            let text = value.to_string();
            let length = text.len();
            let head = format!(
                "HTTP/1.1 {status} X\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
            );
            // Whoever asked may be gone.
            let _ = stream.write_all(format!("{head}{text}").as_bytes());
        }
    });
    (url, seen)
}

fn receive(stream: &TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    reader.read_line(&mut first).ok()?;
    let (mut length, mut kind) = (0, String::new());
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let line = line.trim();
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(':')?;
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.trim().parse().ok()?,
            "content-type" => kind = value.trim().to_owned(),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let line = first.trim().trim_end_matches(" HTTP/1.1").to_owned();
    Some(Request { line, kind, body: String::from_utf8(body).ok()? })
}

/// A project whose box is on the node.
fn deployed(node: &RunningNode) -> Project {
    let project = Project::new(node.url());
    let text = fs::read_to_string(project.path("covenant.toml")).expect("it was written");
    let own: Vec<&str> = text.lines().filter(|line| !line.starts_with("contracts")).collect();
    project.write("covenant.toml", &own.join("\n"));
    project.write("foundry.toml", "[profile.default]\nsrc = \"src\"\n");
    fs::create_dir_all(project.path("src")).expect("the folder can be used");
    project.write("src/Box.sol", BOX);
    project.write("box.yaml", SCENARIO);
    project.expect(&with_solc(&["deploy", "box.yaml", "--network", "desk"]), 0);
    project
}

/// The command, with the compiler that the bundled contracts have.
fn with_solc<'a>(args: &[&'a str]) -> Vec<&'a str> {
    static SOLC: OnceLock<String> = OnceLock::new();
    let solc = || root().join("contracts/node_modules/solc").display().to_string();
    args.iter().copied().chain(["--solc", SOLC.get_or_init(solc)]).collect()
}

/// Undoes the percent signs of a form.
fn plain(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let digits = [rest.next(), rest.next()].map(|it| it.expect("two digits"));
                let digits = std::str::from_utf8(&digits).expect("two digits");
                bytes.push(u8::from_str_radix(digits, 16).expect("two digits"));
            }
            other => bytes.push(other),
        }
    }
    String::from_utf8(bytes).expect("forms are UTF-8")
}

fn fields(form: &str) -> Vec<(String, String)> {
    let pairs = form.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (plain(name), plain(value))).collect()
}

/// The compiler's input has the source as it is, and settings that decide the bytecode.
fn check_input(input: &Value) {
    assert_eq!(input["language"], "Solidity");
    assert_eq!(input["sources"]["src/Box.sol"]["content"], BOX);
    assert!(input["settings"]["optimizer"].is_object(), "{input}");
}

#[test]
fn sourcify_gets_the_exact_input_and_says_that_it_matches() {
    let node = desk();
    let project = deployed(&node);
    let place = account("maker").create(0);
    let (url, seen) = service(|number| match number {
        0 => (202, json!({ "verificationId": TICKET })),
        _ => {
            let contract = json!({ "match": "exact_match", "chainId": "31337" });
            (200, json!({ "isJobCompleted": true, "verificationId": TICKET, "contract": contract }))
        }
    });
    let server = format!("{url}/server");
    let output = project.expect(&with_solc(&["verify", JOURNAL, "--url", &server]), 0);
    assert_eq!(stdout(&output), format!("{place} src/Box.sol:Box verified, an exact match\n"));
    let seen = seen.lock().expect("nobody panics with it").clone();
    assert_eq!(seen[0].line, format!("POST /server/v2/verify/31337/{place}"));
    assert_eq!(seen[1].line, format!("GET /server/v2/verify/{TICKET}"));
    assert_eq!(seen[0].kind, "application/json");
    let body: Value = serde_json::from_str(&seen[0].body).expect("it is JSON");
    check_input(&body["stdJsonInput"]);
    assert_eq!(body["contractIdentifier"], "src/Box.sol:Box");
    assert!(body["compilerVersion"].as_str().is_some_and(|it| it.contains("+commit.")), "{body}");
    let hash = body["creationTransactionHash"].as_str().expect("it is a hash").to_owned();
    let receipt = node.asking().ask("eth_getTransactionReceipt", &json!([hash]));
    assert_eq!(
        receipt["contractAddress"].as_str().map(str::to_lowercase),
        Some(place.to_string().to_lowercase())
    );
    assert_eq!(body.as_object().map(serde_json::Map::len), Some(4), "a key that is not described");
}

#[test]
fn etherscan_gets_the_exact_input_and_no_output_has_the_key() {
    const KEY: &str = "not-to-be-seen-5a5a";
    let node = desk();
    let project = deployed(&node);
    let place = account("maker").create(0);
    let (url, seen) = service(|number| {
        let result = if number == 0 { "the-guid" } else { "Pass - Verified" };
        (200, json!({ "status": "1", "message": "OK", "result": result }))
    });
    let api = format!("{url}/v2/api");
    let args = with_solc(&["verify", JOURNAL, "--service", "etherscan", "--url", &api]);
    let output = project.expect(&args, 2);
    assert!(stderr(&output).contains("ETHERSCAN_API_KEY is not set"), "{}", transcript(&output));
    let output = project.command(&args).env("ETHERSCAN_API_KEY", KEY).output().expect("it starts");
    assert_eq!(output.status.code(), Some(0), "{}", transcript(&output));
    assert_eq!(stdout(&output), format!("{place} src/Box.sol:Box verified\n"));
    assert!(!transcript(&output).contains(KEY));
    let seen = seen.lock().expect("nobody panics with it").clone();
    let (path, question) = seen[0].line.split_once('?').expect("it asks");
    assert_eq!(path, "POST /v2/api");
    let mut question = fields(question);
    question.sort();
    let expected = [
        ("action", "verifysourcecode"),
        ("apikey", KEY),
        ("chainid", "31337"),
        ("module", "contract"),
    ];
    assert_eq!(question, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    assert_eq!(seen[0].kind, "application/x-www-form-urlencoded");
    let form = fields(&seen[0].body);
    let field = |name: &str| form.iter().find(|it| it.0 == name).map(|it| it.1.as_str());
    check_input(&serde_json::from_str(field("sourceCode").expect("it has sources")).expect("JSON"));
    assert_eq!(field("codeformat"), Some("solidity-standard-json-input"));
    assert_eq!(field("contractname"), Some("src/Box.sol:Box"));
    assert_eq!(field("contractaddress"), Some(place.to_string().as_str()));
    assert!(field("compilerversion").is_some_and(|it| it.starts_with("v0.8.")));
    let maker = format!("{:0>64}", format!("{:x}", account("maker")));
    assert_eq!(field("constructorArguements"), Some(format!("{SIZE}{maker}").as_str()));
    assert!(seen[1].line.contains("checkverifystatus") && seen[1].line.contains("guid=the-guid"));
}

#[test]
fn what_a_service_refuses_is_said_with_exit_code_6() {
    let node = desk();
    let project = deployed(&node);
    let complaint =
        json!({ "customCode": "unsupported_chain", "message": "no such chain", "errorId": TICKET });
    let (url, _) = service(move |_| (404, complaint.clone()));
    let output = project.expect(&with_solc(&["verify", JOURNAL, "--url", &url]), 6);
    assert!(stderr(&output).contains("no such chain"), "{}", transcript(&output));
    // Another source than the one that was deployed is no submission at all.
    project.write("src/Box.sol", &BOX.replace("size = size_;", "size = size_ + 1;"));
    let output = project.expect(&with_solc(&["verify", JOURNAL, "--url", &url]), 6);
    let text = stderr(&output);
    assert!(text.contains("none of the project's contracts"), "{text}");
    let output = project.expect(&["verify", "deployments/31337/none.jsonl", "--url", &url], 2);
    assert!(stderr(&output).contains("deployments/31337/none.jsonl"), "{}", transcript(&output));
}
