use std::{collections::BTreeMap, sync::Arc};

use alloy_json_abi::JsonAbi;
use covenant_compile::{
    Build, Code, Contract, ContractId, ContractKind, EnumDef, SolType, StructDef, TypeDefs,
};
use serde_json::{Value as Json, json};

use crate::{
    expr::{
        ActorId, BoundId, InstanceId, LetId, Name, Scope, TokenId, Type, check::expression, parse,
    },
    source::{Diagnostic, FileId, Span, Text},
};

/// A parameter: name, ABI type, internal type.
fn param(name: &str, ty: &str, internal: &str) -> Json {
    let mut param = json!({ "name": name, "type": ty, "internalType": internal });
    if ty.starts_with("tuple") {
        param["components"] = match internal.trim_end_matches("[]") {
            "struct Lease.Terms" => json!([
                plain("landlord", "address"),
                plain("tenant", "address"),
                plain("rent", "uint128"),
                plain("start", "uint40"),
                param_of_enum("status"),
            ]),
            "struct Point" => json!([plain("x", "int256"), plain("y", "int256")]),
            other => panic!("no struct {other}"),
        };
    }
    param
}

fn plain(name: &str, ty: &str) -> Json {
    param(name, ty, ty)
}

fn terms(name: &str) -> Json {
    param(name, "tuple", "struct Lease.Terms")
}

fn param_of_enum(name: &str) -> Json {
    param(name, "uint8", "enum Lease.Status")
}

fn function(name: &str, mutability: &str, inputs: &[Json], outputs: &[Json]) -> Json {
    json!({ "type": "function", "name": name, "stateMutability": mutability, "inputs": inputs, "outputs": outputs })
}

fn event(name: &str, inputs: &[(&str, &str, &str, bool)]) -> Json {
    let inputs: Vec<Json> = inputs
        .iter()
        .map(|(name, ty, internal, indexed)| {
            json!({ "name": name, "type": ty, "internalType": internal, "indexed": indexed })
        })
        .collect();
    json!({ "type": "event", "name": name, "inputs": inputs, "anonymous": false })
}

fn error(name: &str, inputs: &[Json]) -> Json {
    json!({ "type": "error", "name": name, "inputs": inputs })
}

fn abi(items: Vec<Json>) -> JsonAbi {
    serde_json::from_value(Json::Array(items)).unwrap()
}

fn contract(
    file: &str,
    name: &str,
    kind: ContractKind,
    items: Vec<Json>,
    types: TypeDefs,
) -> Arc<Contract> {
    Arc::new(Contract {
        id: ContractId { file: file.to_owned(), name: name.to_owned() },
        kind,
        bases: if name == "Lease" {
            vec![ContractId { file: "src/Base.sol".to_owned(), name: "Base".to_owned() }]
        } else {
            Vec::new()
        },
        abi: abi(items),
        creation: Code::default(),
        runtime: Code::default(),
        types,
        types_known: true,
        storage: None,
        notice: None,
    })
}

fn status() -> (String, EnumDef) {
    let members = ["None", "Open", "Closed"].map(str::to_owned).to_vec();
    ("Lease.Status".to_owned(), EnumDef { members })
}

fn lease_types() -> TypeDefs {
    let field = |name: &str, ty| (name.to_owned(), ty);
    let terms = StructDef {
        fields: vec![
            field("landlord", SolType::Address),
            field("tenant", SolType::Address),
            field("rent", SolType::Uint(128)),
            field("start", SolType::Uint(40)),
            field("status", SolType::Enum("Lease.Status".to_owned())),
        ],
    };
    let offer = StructDef {
        fields: vec![
            field("terms", SolType::Struct("Lease.Terms".to_owned())),
            field("points", SolType::Array(Box::new(SolType::Struct("Point".to_owned())), None)),
        ],
    };
    let base = StructDef { fields: vec![field("nonce", SolType::Uint(256))] };
    TypeDefs {
        structs: BTreeMap::from([
            ("Lease.Terms".to_owned(), terms),
            ("Lease.Offer".to_owned(), offer),
            ("Base.Ticket".to_owned(), base.clone()),
            ("Lib.Note".to_owned(), base),
        ]),
        enums: BTreeMap::from([status()]),
        values: BTreeMap::from([("Lease.Id".to_owned(), SolType::FixedBytes(32))]),
    }
}

fn lease_abi() -> Vec<Json> {
    let u256 = |name| plain(name, "uint256");
    vec![
        json!({ "type": "constructor", "stateMutability": "nonpayable",
                "inputs": [plain("owner", "address"), plain("grace", "uint40")] }),
        function("sign", "payable", &[terms("terms")], &[plain("id", "bytes32")]),
        function("pay", "payable", &[terms("terms")], &[]),
        function(
            "claim",
            "nonpayable",
            &[terms("terms"), plain("amount", "uint128"), plain("reason", "bytes32")],
            &[],
        ),
        function("close", "nonpayable", &[], &[]),
        function("arrears", "view", &[terms("terms")], &[u256("")]),
        function("statusOf", "view", &[terms("terms")], &[param_of_enum("")]),
        function("idOf", "pure", &[terms("terms")], &[param("", "bytes32", "Lease.Id")]),
        function("termsOf", "view", &[plain("id", "bytes32")], &[terms("")]),
        function("progress", "view", &[u256("plan")], &[u256("reached"), plain("done", "bool")]),
        function("pair", "view", &[], &[u256(""), plain("", "address")]),
        function("count", "view", &[], &[u256("")]),
        function("find", "view", &[plain("index", "uint8")], &[u256("")]),
        function("find", "view", &[plain("index", "uint256")], &[u256("")]),
        function("find", "view", &[plain("who", "address")], &[u256("")]),
        function("find", "view", &[plain("who", "address"), u256("index")], &[plain("", "bool")]),
        function("small", "view", &[plain("value", "uint8")], &[plain("", "uint8")]),
        function("signed", "view", &[plain("value", "int64")], &[plain("", "int64")]),
        function("parties", "view", &[], &[plain("", "address[]")]),
        function(
            "pick",
            "view",
            &[plain("ids", "uint40[]"), plain("two", "bytes4[2]")],
            &[plain("", "bool")],
        ),
        function("tag", "view", &[plain("tag", "bytes4")], &[plain("", "bytes4")]),
        function(
            "note",
            "view",
            &[plain("text", "string"), plain("data", "bytes")],
            &[plain("", "string")],
        ),
        function(
            "shift",
            "view",
            &[param("by", "tuple", "struct Point")],
            &[param("", "tuple[]", "struct Point[]")],
        ),
        function(
            "isLease",
            "view",
            &[param("other", "address", "contract Lease")],
            &[plain("", "bool")],
        ),
        function("partner", "view", &[], &[param("", "address", "contract Lease")]),
        event(
            "Signed",
            &[("id", "bytes32", "bytes32", true), ("tenant", "address", "address", true)],
        ),
        event(
            "Paid",
            &[("id", "bytes32", "bytes32", true), ("amount", "uint256", "uint256", false)],
        ),
        event("Moved", &[("who", "address", "address", false)]),
        event("Moved", &[("amount", "uint256", "uint256", false)]),
        error("Lease_WrongState", &[param_of_enum("actual"), param_of_enum("expected")]),
        error("Lease_NotDue", &[]),
        error("Lease_Short", &[u256("paid"), u256("due")]),
    ]
}

fn token_abi() -> Vec<Json> {
    let u256 = |name| plain(name, "uint256");
    vec![
        function(
            "transfer",
            "nonpayable",
            &[plain("to", "address"), u256("amount")],
            &[plain("", "bool")],
        ),
        function("balanceOf", "view", &[plain("account", "address")], &[u256("")]),
        event(
            "Transfer",
            &[
                ("from", "address", "address", true),
                ("to", "address", "address", true),
                ("value", "uint256", "uint256", false),
            ],
        ),
        error(
            "ERC20InsufficientBalance",
            &[plain("sender", "address"), u256("balance"), u256("needed")],
        ),
    ]
}

fn build_of(contracts: Vec<Arc<Contract>>, types: TypeDefs) -> Arc<Build> {
    let contracts = contracts.into_iter().map(|contract| (contract.id.clone(), contract)).collect();
    Arc::new(Build { contracts, types, ..Build::default() })
}

/// The project: a lease, what cannot be deployed, two contracts of one name, types at file level.
pub(super) fn project() -> Arc<Build> {
    let none = TypeDefs::default;
    let point = StructDef {
        fields: vec![("x".to_owned(), SolType::Int(256)), ("y".to_owned(), SolType::Int(256))],
    };
    let types = TypeDefs {
        structs: BTreeMap::from([("Point".to_owned(), point)]),
        enums: BTreeMap::from([(
            "Mode".to_owned(),
            EnumDef { members: vec!["Slow".to_owned(), "Fast".to_owned()] },
        )]),
        values: BTreeMap::from([("Money".to_owned(), SolType::Uint(128))]),
    };
    let payable = json!({ "type": "constructor", "stateMutability": "payable", "inputs": [] });
    let foreign = Contract {
        types_known: false,
        ..(*contract(
            "src/Foreign.sol",
            "Foreign",
            ContractKind::Contract,
            vec![
                function("state", "view", &[], &[param("", "uint8", "enum Foreign.State")]),
                function("look", "view", &[terms("terms")], &[]),
            ],
            none(),
        ))
        .clone()
    };
    build_of(
        vec![
            contract("src/Lease.sol", "Lease", ContractKind::Contract, lease_abi(), lease_types()),
            contract("src/Base.sol", "Base", ContractKind::Abstract, vec![], none()),
            contract("src/ILease.sol", "ILease", ContractKind::Interface, vec![], none()),
            contract(
                "src/Lib.sol",
                "Lib",
                ContractKind::Library,
                vec![error("Lib_Failed", &[plain("who", "address")])],
                none(),
            ),
            contract("src/a/Twin.sol", "Twin", ContractKind::Contract, vec![], none()),
            contract("src/b/Twin.sol", "Twin", ContractKind::Contract, vec![], none()),
            contract("src/Vault.sol", "Vault", ContractKind::Contract, vec![payable], none()),
            Arc::new(foreign),
        ],
        types,
    )
}

/// The bundled contracts: a token.
pub(super) fn bundled() -> Arc<Build> {
    let token = contract(
        "src/Token.sol",
        "Token",
        ContractKind::Contract,
        token_abi(),
        TypeDefs::default(),
    );
    build_of(vec![token], TypeDefs::default())
}

pub(super) fn text(source: &str) -> Text {
    let end = u32::try_from(source.len()).unwrap();
    Text::plain(source, Span { file: FileId(0), start: 0, end })
}

/// Actors `landlord` and `tenant`, contracts `lease` and `foreign`, token `usd`, lets `terms`, `id`, `amount`, `flag`,
/// `point`; bound `receipt`; `last` is what `lease.progress` returns.
pub(super) fn scope() -> Scope {
    let (project, bundled) = (project(), bundled());
    let find = |name: &str| Arc::clone(project.find(name).unwrap());
    let lease = find("Lease");
    let output = |scope: &Scope, name: &str| {
        let function = &lease.abi.functions[name][0];
        scope.output_type(&lease, &function.outputs)
    };
    let mut scope = Scope::new(Arc::clone(&project), Arc::clone(&bundled));
    let (terms, points, progress) =
        (output(&scope, "termsOf"), output(&scope, "shift"), output(&scope, "progress"));
    let Type::Array(point, _) = points else { panic!("an array") };
    let names = [
        ("landlord", Name::Actor(ActorId(0))),
        ("tenant", Name::Actor(ActorId(1))),
        ("usd", Name::Token(TokenId(0), Arc::clone(bundled.find("Token").unwrap()))),
        ("lease", Name::Instance(InstanceId(0), Arc::clone(&lease))),
        ("foreign", Name::Instance(InstanceId(1), find("Foreign"))),
        ("terms", Name::Let(LetId(0), terms)),
        ("id", Name::Let(LetId(1), Type::FixedBytes(32))),
        ("amount", Name::Let(LetId(2), Type::NUMBER)),
        ("flag", Name::Let(LetId(3), Type::Bool)),
        ("point", Name::Let(LetId(4), *point)),
        ("receipt", Name::Bound(BoundId(0), Type::UINT256)),
    ];
    for (name, meaning) in names {
        scope.declare(&text(name), meaning).unwrap();
    }
    scope.set_last_type(Some(progress));
    scope
}

/// The type and the printed form of a checked expression, or what is wrong with it.
pub(super) fn check(
    source: &str,
    want: Option<&Type>,
) -> Result<crate::expr::Typed, Vec<Diagnostic>> {
    let ast = parse(&text(source)).map_err(|error| vec![error])?;
    let mut diagnostics = Vec::new();
    let checked = expression(&ast, &scope(), want, &mut diagnostics);
    match checked {
        Some(checked) if diagnostics.is_empty() => Ok(checked),
        Some(_) => panic!("{source}: a value in spite of {diagnostics:?}"),
        None => {
            assert!(!diagnostics.is_empty(), "{source}: no value and no reason");
            Err(diagnostics)
        }
    }
}

/// What a mistake looks like: message, underlined text, hint.
pub(super) type Mistake<'a> = (&'a str, &'a str, Option<&'a str>);

pub(super) fn shown<'a>(source: &'a str, diagnostics: &'a [Diagnostic]) -> Vec<Mistake<'a>> {
    diagnostics
        .iter()
        .map(|found| {
            (found.message.as_str(), &source[found.span.unwrap().range()], found.hint.as_deref())
        })
        .collect()
}
