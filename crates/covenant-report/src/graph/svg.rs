//! Drawn, without the help of another program.

use super::{
    layers::{HEIGHT, LETTER, LINE, Places, places},
    sketch::{Arrow, Sketch},
};

/// Colours of states, one for each way in which something is owed; where nothing is, the first.
const COLOURS: [&str; 9] = [
    "#e6e6e6", "#cfe8ff", "#ffe3c2", "#d8f3d0", "#f7d6e6", "#fff3b8", "#ddd6f7", "#c9f0ee",
    "#f3d2cc",
];

/// The graph as a picture.
pub fn svg(sketch: &Sketch) -> String {
    let at = places(sketch);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{w}\" height=\"{h}\" viewBox=\"0 0 {w} {h}\" \
         font-family=\"Menlo, Consolas, 'DejaVu Sans Mono', monospace\" font-size=\"11\">\n\
         <defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" \
         orient=\"auto\"><path d=\"M0 0 L8 4 L0 8 z\" fill=\"#666\"/></marker></defs>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n\
         <text x=\"20\" y=\"28\" font-size=\"14\" font-weight=\"bold\">{title}</text>\n",
        w = at.width,
        h = at.height,
        title = escaped(&sketch.title),
    );
    for arrow in &sketch.arrows {
        out.push_str(&line(arrow, &at));
    }
    for (id, state) in sketch.states.iter().enumerate() {
        let (x, y, width) = at.states[id];
        let settled = state.is_settled;
        let colour =
            if settled { COLOURS[0] } else { COLOURS[1 + state.group % (COLOURS.len() - 1)] };
        let border = if state.is_end { "2.5" } else { "1" };
        out.extend([format!(
            "<rect x=\"{}\" y=\"{y}\" width=\"{width}\" height=\"{HEIGHT}\" rx=\"6\" fill=\"{colour}\" \
             stroke=\"#333\" stroke-width=\"{border}\"/>\n\
             <text x=\"{x}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n\
             <text x=\"{x}\" y=\"{}\" text-anchor=\"middle\" fill=\"#555\">{id}, from {}</text>\n",
            x - width / 2,
            y + LINE + 2,
            escaped(&sketch.groups[state.group]),
            y + 2 * LINE + 4,
            state.since,
        )]);
    }
    for (index, arrow) in sketch.arrows.iter().enumerate() {
        out.push_str(&labels(arrow, at.labels[index], &at));
    }
    out + "</svg>\n"
}

/// From the bottom of a state to the top of another; round the side where that is not below.
fn line(arrow: &Arrow, at: &Places) -> String {
    let ((fx, fy, fw), (tx, ty, tw)) = (at.states[arrow.from], at.states[arrow.to]);
    let path = if ty > fy {
        format!("M{fx} {} L{tx} {ty}", fy + HEIGHT)
    } else {
        let (from, to) = (fx + fw / 2, tx + tw / 2);
        let out = from.max(to) + 36;
        let (start, end) = (fy + HEIGHT * 2 / 3, ty + HEIGHT / 3);
        format!("M{from} {start} C{out} {start} {out} {end} {to} {end}")
    };
    format!("<path d=\"{path}\" fill=\"none\" stroke=\"#666\" marker-end=\"url(#tip)\"/>\n")
}

/// What is done, on the line that stands for it, where that crosses the height that the words have for themselves.
fn labels(arrow: &Arrow, y: usize, at: &Places) -> String {
    let ((fx, fy, fw), (tx, ty, _)) = (at.states[arrow.from], at.states[arrow.to]);
    let longest = arrow.labels.iter().map(|label| label.chars().count()).max().unwrap_or(0);
    let width = longest * LETTER + 8;
    let x = if ty > fy {
        let (down, all) = (y.saturating_sub(fy + HEIGHT), ty - fy - HEIGHT);
        let share = |from: usize, to: usize| (from * all.saturating_sub(down) + to * down) / all;
        share(fx, tx)
    } else {
        fx + fw / 2
    };
    let left = x.saturating_sub(width / 2).clamp(4, at.width.saturating_sub(width + 4).max(4));
    let mut out = format!(
        "<rect x=\"{left}\" y=\"{}\" width=\"{width}\" height=\"{}\" fill=\"white\" fill-opacity=\"0.9\"/>\n",
        y - LINE + 4,
        LINE * arrow.labels.len(),
    );
    for (index, label) in arrow.labels.iter().enumerate() {
        out.extend([format!(
            "<text x=\"{}\" y=\"{}\">{}</text>\n",
            left + 4,
            y + index * LINE,
            escaped(label)
        )]);
    }
    out
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn what_a_browser_would_read_is_escaped() {
        assert_eq!(escaped("<b a=\"1\">&"), "&lt;b a=&quot;1&quot;&gt;&amp;");
    }
}
