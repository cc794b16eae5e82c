//! For Graphviz.

use super::sketch::Sketch;

/// The graph in the language of Graphviz, with a cluster for each way in which something is owed.
pub fn dot(sketch: &Sketch) -> String {
    let mut out = String::from(
        "digraph covenant {\n  node [shape=box, fontname=\"sans-serif\"];\n  edge [fontname=\"sans-serif\", fontsize=10];\n",
    );
    out.extend([format!("  label={};\n", quoted(&sketch.title))]);
    for (group, name) in sketch.groups.iter().enumerate() {
        out.extend([format!("  subgraph cluster_{group} {{\n    label={};\n", quoted(name))]);
        let members = sketch.states.iter().enumerate().filter(|(_, state)| state.group == group);
        for (id, state) in members {
            let label = quoted(&format!("{id}\nfrom {}", state.since));
            let ends = if state.is_end { ", peripheries=2" } else { "" };
            out.extend([format!("    s{id} [label={label}{ends}];\n")]);
        }
        out.push_str("  }\n");
    }
    for arrow in &sketch.arrows {
        let label = quoted(&arrow.labels.join("\n"));
        out.extend([format!("  s{} -> s{} [label={label}];\n", arrow.from, arrow.to)]);
    }
    out + "}\n"
}

fn quoted(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    format!("\"{text}\"")
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn what_graphviz_would_read_is_escaped() {
        assert_eq!(quoted("a \"b\"\nc\\"), "\"a \\\"b\\\"\\nc\\\\\"");
    }
}
