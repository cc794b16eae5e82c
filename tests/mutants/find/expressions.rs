//! The changes of an expression, and of what it is made of.

use serde_json::Value;

use super::{
    finder::{Finder, Use},
    mutant::Kind,
    tree::{is_amount, is_error, kind_of, list, span, text_of, type_of},
};

impl Finder<'_> {
    pub(super) fn expression(&mut self, node: &Value, used: Use) {
        match kind_of(node) {
            "BinaryOperation" => self.binary(node, used),
            "UnaryOperation" => self.unary(node, used),
            "Assignment" => self.assignment(node),
            "Conditional" => self.conditional(node, used),
            "FunctionCall" => self.call(node, used),
            "TupleExpression" => list(node, "components").for_each(|it| self.expression(it, used)),
            "FunctionCallOptions" => {
                self.expression(&node["expression"], Use::Value);
                list(node, "options").for_each(|it| self.expression(it, Use::Moved));
            }
            "IndexAccess" => {
                self.swap(node, used);
                self.expression(&node["indexExpression"], Use::Value);
            }
            "MemberAccess" => {
                self.swap(node, used);
                if kind_of(&node["expression"]) == "FunctionCall" {
                    self.expression(&node["expression"], Use::Value);
                }
            }
            "Identifier" => self.swap(node, used),
            "Literal" => self.literal(node),
            _ => {}
        }
    }

    fn binary(&mut self, node: &Value, used: Use) {
        let (left, right) = (&node["leftExpression"], &node["rightExpression"]);
        let operator = text_of(node, "operator");
        let (whole, one, other) = (span(node), span(left), span(right));
        let between = one.end..other.start;
        let mut swap = |kind, by: &str| {
            let gap = self.text[between.clone()].replacen(operator, by, 1);
            let after =
                [&self.text[whole.start..one.end], &gap, &self.text[other.start..whole.end]]
                    .concat();
            self.add(kind, whole.clone(), after);
        };
        let (kind, by) = match operator {
            "<" => (Kind::Boundary, "<="),
            "<=" => (Kind::Boundary, "<"),
            ">" => (Kind::Boundary, ">="),
            ">=" => (Kind::Boundary, ">"),
            "==" => (Kind::Comparison, "!="),
            "!=" => (Kind::Comparison, "=="),
            "+" => (Kind::Arithmetic, "-"),
            "-" => (Kind::Arithmetic, "+"),
            "*" | "%" => (Kind::Arithmetic, "/"),
            "/" => (Kind::Arithmetic, "*"),
            "<<" => (Kind::Arithmetic, ">>"),
            ">>" => (Kind::Arithmetic, "<<"),
            "&&" => (Kind::Logic, "||"),
            "||" => (Kind::Logic, "&&"),
            "&" => (Kind::Logic, "|"),
            "|" => (Kind::Logic, "&"),
            _ => (Kind::Logic, operator),
        };
        if by != operator {
            swap(kind, by);
        }
        match operator {
            "<" => swap(Kind::Comparison, ">="),
            "<=" => swap(Kind::Comparison, ">"),
            ">" => swap(Kind::Comparison, "<="),
            ">=" => swap(Kind::Comparison, "<"),
            _ => {}
        }
        if operator == "/" {
            self.add(Kind::Rounding, whole.clone(), format!("({} + 1)", &self.text[whole]));
        }
        let is_comparison = matches!(operator, "<" | "<=" | ">" | ">=" | "==" | "!=");
        let inner = match used {
            Use::Told => Use::Told,
            _ if is_comparison => Use::Compared,
            _ => Use::Value,
        };
        self.expression(left, inner);
        self.expression(right, inner);
    }

    fn unary(&mut self, node: &Value, used: Use) {
        let (whole, inner) = (span(node), span(&node["subExpression"]));
        let operand = &self.text[inner];
        match text_of(node, "operator") {
            "!" => self.add(Kind::Negation, whole, operand.to_owned()),
            "++" => self.add(Kind::Arithmetic, whole, format!("{operand}--")),
            "--" => self.add(Kind::Arithmetic, whole, format!("{operand}++")),
            _ => {}
        }
        if text_of(node, "operator") == "!" {
            self.expression(&node["subExpression"], used);
        }
    }

    fn assignment(&mut self, node: &Value) {
        let (left, right) = (&node["leftHandSide"], &node["rightHandSide"]);
        let by = match text_of(node, "operator") {
            "+=" => Some("-="),
            "-=" => Some("+="),
            "*=" => Some("/="),
            "/=" => Some("*="),
            "|=" => Some("&="),
            "&=" => Some("|="),
            _ => None,
        };
        if let Some(by) = by {
            let gap = span(left).end..span(right).start;
            let after = self.text[gap.clone()].replacen(text_of(node, "operator"), by, 1);
            self.add(Kind::Arithmetic, gap, after);
        }
        if kind_of(left) == "IndexAccess" {
            self.expression(&left["indexExpression"], Use::Moved);
        }
        self.expression(right, Use::Moved);
    }

    fn conditional(&mut self, node: &Value, used: Use) {
        let (condition, one, other) =
            (&node["condition"], &node["trueExpression"], &node["falseExpression"]);
        let (first, second) = (span(one), span(other));
        let after = [
            &self.text[second.clone()],
            &self.text[first.end..second.start],
            &self.text[first.clone()],
        ];
        self.add(Kind::Choice, first.start..second.end, after.concat());
        self.expression(condition, if used == Use::Told { used } else { Use::Value });
        self.expression(one, used);
        self.expression(other, used);
    }

    fn call(&mut self, node: &Value, used: Use) {
        let called = &node["expression"];
        let name = text_of(called, "name");
        let inner = match (text_of(node, "kind"), name) {
            _ if used == Use::Told => Use::Told,
            // A cast passes its operand on.
            ("typeConversion", _) => used,
            (_, "require") => Use::Value,
            _ => Use::Moved,
        };
        if text_of(node, "kind") != "typeConversion" {
            self.expression(called, Use::Value);
        }
        let tells = |argument: &Value| type_of(argument).starts_with("error") || is_error(argument);
        for argument in list(node, "arguments") {
            self.expression(argument, if tells(argument) { Use::Told } else { inner });
        }
    }

    fn literal(&mut self, node: &Value) {
        let whole = span(node);
        match text_of(node, "kind") {
            "number" => {
                let text = &self.text[whole.clone()];
                // Addresses and other fixed bytes are not counted with.
                if !text.starts_with("0x") {
                    self.add(Kind::Constant, whole, format!("({text} + 1)"));
                }
            }
            "bool" => {
                let after = if &self.text[whole.clone()] == "true" { "false" } else { "true" };
                self.add(Kind::Negation, whole, after.to_owned());
            }
            _ => {}
        }
    }

    /// Another value of the same type in its place.
    fn swap(&mut self, node: &Value, used: Use) {
        let (ty, whole) = (type_of(node), span(node));
        if let Some(name) = ty.strip_prefix("enum ") {
            self.swap_member(node, name);
        }
        if used == Use::Told {
            return;
        }
        let text = &self.text[whole.clone()];
        let others = self.others(node, text, ty);
        match ty {
            "address" | "address payable" => {
                for other in others.iter().take(2) {
                    self.add(Kind::Recipient, whole.clone(), other.clone());
                }
            }
            _ if is_amount(ty) && used == Use::Moved => {
                self.add(Kind::Amount, whole.clone(), "0".to_owned());
                self.add(Kind::Amount, whole.clone(), format!("({text} + 1)"));
                if let Some(other) = others.first() {
                    self.add(Kind::Amount, whole, other.clone());
                }
            }
            _ if is_amount(ty) => {
                if let Some(other) = others.first() {
                    self.add(Kind::Amount, whole, other.clone());
                }
            }
            _ => {}
        }
    }

    /// Other expressions of a type that stand for something similar: members of the same struct, variables.
    fn others(&self, node: &Value, text: &str, ty: &str) -> Vec<String> {
        let mut others = Vec::new();
        let base = &node["expression"];
        if let Some(members) = type_of(base)
            .strip_prefix("struct ")
            .and_then(|name| self.types.structs.get(name.split(' ').next().unwrap_or_default()))
        {
            let own = text_of(node, "memberName");
            let base = &self.text[span(base)];
            let after = members.iter().skip_while(|(name, _)| name != own).skip(1);
            let before = members.iter().take_while(|(name, _)| name != own);
            let same = after.chain(before).filter(|(_, other)| other == ty);
            others.extend(same.map(|(name, _)| format!("{base}.{name}")));
            return others;
        }
        let variables = self.variables.iter().filter(|(name, other)| other == ty && name != text);
        others.extend(variables.map(|(name, _)| name.clone()));
        if ty == "address" && text != "msg.sender" {
            others.push("msg.sender".to_owned());
        }
        if ty == "address" && text == "msg.sender" {
            for (name, ty) in &self.variables {
                let Some(name_of) = ty.strip_prefix("struct ") else { continue };
                let key = name_of.split(' ').next().unwrap_or_default();
                let members = self.types.structs.get(key).into_iter().flatten();
                let addresses = members.filter(|(_, ty)| ty == "address");
                others.extend(addresses.map(|(member, _)| format!("{name}.{member}")));
            }
        }
        others
    }

    /// The next member of an enumeration.
    fn swap_member(&mut self, node: &Value, name: &str) {
        let own = text_of(node, "memberName");
        let Some(members) = self.types.enums.get(name) else { return };
        // Not a variable, but a member that is written down.
        let Some(index) = members.iter().position(|member| member == own) else { return };
        if !type_of(&node["expression"]).starts_with("type(enum ") || members.len() < 2 {
            return;
        }
        let base = &self.text[span(&node["expression"])];
        let next = format!("{base}.{}", members[(index + 1) % members.len()]);
        self.add(Kind::State, span(node), next);
    }
}
