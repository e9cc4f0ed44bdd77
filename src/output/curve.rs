//! Scores over a threshold as a drawing: SVG, or an HTML page around it.
//!
//! Everything is in the file: no font, script or style comes from elsewhere, and the page says
//! so to the browser (Content-Security-Policy). Words are escaped. Lines have colours that
//! people who see few colours can tell apart (Okabe and Ito), and their names at their ends;
//! the legend has the same names. A few KB; time linear in the points.
//!
//! ```
//! use khabar::output::{Chart, Line, Scale};
//! let line = |name: &str, values: &[f64]| Line {
//!     name: name.into(), strong: true, dashed: false, values: values.to_vec(),
//! };
//! let chart = Chart {
//!     title: "أخبار <2015>".into(),
//!     x_label: "threshold".into(),
//!     y_label: "score".into(),
//!     scale: Scale::Share,
//!     at: vec![0.1, 0.2, 0.3],
//!     lines: vec![line("F1", &[0.2, 0.8, 0.5])],
//!     marks: vec![],
//! };
//! let svg = chart.svg();
//! assert!(svg.starts_with("<svg ") && svg.contains("أخبار &lt;2015&gt;"));
//! ```

use std::fmt::Write as _;

pub use super::curve_scale::Scale;
use super::safe::safe;

const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 560.0;
/// The room for the lines: names stand right of it, the title and the legend above.
pub(super) const LEFT: f64 = 72.0;
pub(super) const RIGHT: f64 = 790.0;
pub(super) const TOP: f64 = 92.0;
pub(super) const BOTTOM: f64 = 492.0;
/// Between two names at the ends of lines.
const SPACING: f64 = 17.0;
const COLOURS: [&str; 6] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8a6d00", "#444444"];
/// About how wide a character of 13 pixels is.
const CHARACTER: f64 = 7.0;

/// Lines over one axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// Above the drawing.
    pub title: String,
    /// Below it.
    pub x_label: String,
    /// At its side.
    pub y_label: String,
    /// How numbers become places.
    pub scale: Scale,
    /// Where the values are, ascending; at least one.
    pub at: Vec<f64>,
    /// The lines, in the order of the legend.
    pub lines: Vec<Line>,
    /// Upright lines with a word each.
    pub marks: Vec<Mark>,
}

/// One line of a [`Chart`].
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// What it shows.
    pub name: String,
    /// Whether it is the one to look at.
    pub strong: bool,
    /// Whether it is broken: one look for each group of lines.
    pub dashed: bool,
    /// A value for each of [`Chart::at`]; as shares what lies outside 0 to 1 is cut.
    pub values: Vec<f64>,
}

/// A place on the axis worth a word.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// Where on the axis.
    pub at: f64,
    /// What is there.
    pub name: String,
    /// The value of a dot on it, where there is one.
    pub dot: Option<f64>,
}

impl Chart {
    /// The drawing as an SVG file.
    #[must_use]
    pub fn svg(&self) -> String {
        let mut out = String::new();
        // Writing to a string does not fail.
        let _ = self.draw(&mut out);
        out
    }

    /// A page with the drawing, and `text` below it as it stands (a table).
    #[must_use]
    pub fn html(&self, text: &str) -> String {
        let lines: Vec<String> = text.lines().map(escaped).collect();
        format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
             style-src 'unsafe-inline'\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <title>{title}</title>\n\
             <style>body{{margin:2rem auto;max-width:62rem;padding:0 1rem;background:#fff;\
             color:#222;font-family:system-ui,sans-serif}}svg{{width:100%;height:auto}}\
             pre{{overflow-x:auto;font-size:.8rem;line-height:1.35}}</style>\n\
             </head>\n<body>\n{svg}\n<pre dir=\"ltr\">{text}</pre>\n</body>\n</html>\n",
            title = escaped(&self.title),
            svg = self.svg(),
            text = lines.join("\n"),
        )
    }

    fn draw(&self, out: &mut String) -> std::fmt::Result {
        writeln!(
            out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
             width=\"{WIDTH}\" height=\"{HEIGHT}\" role=\"img\" font-family=\"system-ui, \
             'Segoe UI', 'Noto Sans', 'Noto Sans Arabic', sans-serif\" font-size=\"13\" \
             fill=\"#333\">"
        )?;
        writeln!(out, "<title>{}</title>", escaped(&self.title))?;
        writeln!(out, "<rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#fff\"/>")?;
        text(out, (LEFT, 34.0), "start", "font-size=\"18\" font-weight=\"600\"", &self.title)?;
        self.legend(out)?;
        self.axes(out)?;
        self.upright(out)?;
        self.curves(out)?;
        writeln!(out, "</svg>")
    }

    /// Each name beside a piece of its line, in as many rows as they need.
    fn legend(&self, out: &mut String) -> std::fmt::Result {
        let (mut x, mut y) = (LEFT, 58.0);
        for (i, line) in self.lines.iter().enumerate() {
            let wide = 34.0 + CHARACTER * line.name.chars().count() as f64 + 16.0;
            if x > LEFT && x + wide > WIDTH - 16.0 {
                (x, y) = (LEFT, y + SPACING);
            }
            let (look, middle) = (look(i, line), y - 4.0);
            writeln!(out, "<path d=\"M{x:.1} {middle:.1}h26\" {look}/>")?;
            text(out, (x + 32.0, y), "start", "", &line.name)?;
            x += wide;
        }
        Ok(())
    }

    fn axes(&self, out: &mut String) -> std::fmt::Result {
        for (value, label) in self.heights() {
            let y = self.y_of(value);
            let colour = if y >= BOTTOM { "#888" } else { "#e4e4e4" };
            writeln!(out, "<path d=\"M{LEFT} {y:.1}H{RIGHT}\" stroke=\"{colour}\"/>")?;
            text(out, (LEFT - 10.0, y + 4.5), "end", "", &label)?;
        }
        for (tick, label) in self.ticks() {
            let x = self.x_of(tick);
            writeln!(out, "<path d=\"M{x:.1} {BOTTOM}v6\" stroke=\"#888\"/>")?;
            text(out, (x, BOTTOM + 22.0), "middle", "", &label)?;
        }
        let middle = f64::midpoint(LEFT, RIGHT);
        text(out, (middle, BOTTOM + 48.0), "middle", "font-size=\"14\"", &self.x_label)?;
        let (x, y) = (18.0, f64::midpoint(TOP, BOTTOM));
        let turned = format!("font-size=\"14\" transform=\"rotate(-90 {x} {y})\"");
        text(out, (x, y), "middle", &turned, &self.y_label)
    }

    /// The marks: their words at the foot of the room, one above the other where they are near.
    fn upright(&self, out: &mut String) -> std::fmt::Result {
        for (i, mark) in self.marks.iter().enumerate() {
            let x = self.x_of(mark.at);
            writeln!(
                out,
                "<path d=\"M{x:.1} {TOP}V{BOTTOM}\" stroke=\"#777\" stroke-dasharray=\"2 4\"/>"
            )?;
            let wide = CHARACTER * mark.name.chars().count() as f64;
            let y = BOTTOM - 10.0 - SPACING * i as f64;
            let (x, anchor) =
                if x + wide + 8.0 > RIGHT { (x - 6.0, "end") } else { (x + 6.0, "start") };
            text(out, (x, y), anchor, HALO, &mark.name)?;
        }
        Ok(())
    }

    fn curves(&self, out: &mut String) -> std::fmt::Result {
        for (i, line) in self.lines.iter().enumerate() {
            let mut path = String::new();
            for (&at, &value) in self.at.iter().zip(&line.values) {
                let letter = if path.is_empty() { 'M' } else { 'L' };
                write!(path, "{letter}{:.1} {:.1}", self.x_of(at), self.y_of(value))?;
            }
            writeln!(out, "<path d=\"{path}\" {}/>", look(i, line))?;
        }
        for mark in &self.marks {
            if let Some(dot) = mark.dot {
                let (x, y) = (self.x_of(mark.at), self.y_of(dot));
                writeln!(
                    out,
                    "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"5\" fill=\"#fff\" stroke=\"#222\" \
                     stroke-width=\"2\"/>"
                )?;
            }
        }
        // Names at the ends, pushed apart where lines end close together.
        let mut ends: Vec<(f64, usize)> = (0..self.lines.len())
            .filter_map(|i| Some((self.y_of(*self.lines[i].values.last()?), i)))
            .collect();
        ends.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let lowest = BOTTOM - SPACING * ends.len().saturating_sub(1) as f64;
        let mut next = TOP;
        for (nth, (end, i)) in ends.into_iter().enumerate() {
            let y = end.clamp(next, lowest.max(TOP) + SPACING * nth as f64);
            next = y + SPACING;
            let colour = COLOURS[i % COLOURS.len()];
            writeln!(
                out,
                "<path d=\"M{RIGHT} {end:.1}L{:.1} {y:.1}\" stroke=\"{colour}\" \
                 stroke-opacity=\".5\"/>",
                RIGHT + 12.0
            )?;
            let fill = format!("fill=\"{colour}\"");
            text(out, (RIGHT + 16.0, y + 4.5), "start", &fill, &self.lines[i].name)?;
        }
        Ok(())
    }
}

/// Words stay readable over lines.
const HALO: &str = "stroke=\"#fff\" stroke-width=\"4\" paint-order=\"stroke\"";

fn look(i: usize, line: &Line) -> String {
    let colour = COLOURS[i % COLOURS.len()];
    let wide = if line.strong { 3.0 } else { 1.5 };
    let dash = if line.dashed { " stroke-dasharray=\"7 4\"" } else { "" };
    format!(
        "fill=\"none\" stroke=\"{colour}\" stroke-width=\"{wide}\" stroke-linejoin=\"round\"{dash}"
    )
}

/// Words at a place; `more` are attributes.
fn text(
    out: &mut String,
    (x, y): (f64, f64),
    anchor: &str,
    more: &str,
    words: &str,
) -> std::fmt::Result {
    let words = escaped(words);
    writeln!(out, "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" {more}>{words}</text>")
}

/// Words as text of XML and HTML; marks that turn the reading order are gone.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in safe(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // No character of XML.
            '\u{fffe}' | '\u{ffff}' => out.push(char::REPLACEMENT_CHARACTER),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(title: &str, ends: &[f64]) -> Chart {
        let line = |&end: &f64| Line {
            name: title.to_owned(),
            strong: false,
            dashed: true,
            values: vec![0.5, f64::NAN, end],
        };
        Chart {
            title: title.to_owned(),
            x_label: title.to_owned(),
            y_label: title.to_owned(),
            scale: Scale::Share,
            at: vec![0.1, 0.2, 1.0],
            lines: ends.iter().map(line).collect(),
            marks: vec![Mark { at: 0.2, name: title.to_owned(), dot: Some(2.0) }],
        }
    }

    #[test]
    fn words_of_strangers_are_words_in_every_place() {
        let hostile = "</text><script>x('&')\u{202e}\u{1b}\"\u{ffff}";
        for file in [chart(hostile, &[0.1]).svg(), chart(hostile, &[0.1]).html(hostile)] {
            assert!(!file.contains("<script") && !file.contains("x('&')"), "{file}");
            assert!(!file.contains(['\u{202e}', '\u{1b}', '\u{ffff}']), "{file}");
            assert!(file.contains("&lt;/text&gt;&lt;script&gt;x(&#39;&amp;&#39;)"), "{file}");
        }
    }

    #[test]
    fn nothing_is_asked_of_any_other_place() {
        let page = chart("أخبار", &[0.1, 0.2]).html("");
        for word in ["src=", "href", "url(", "@import", "<script"] {
            assert!(!page.contains(word), "{word}");
        }
        assert_eq!(page.matches("http").count(), 2, "the name space and the policy");
        assert!(page.contains("default-src 'none'"));
    }

    #[test]
    fn names_at_the_ends_do_not_stand_on_one_another() {
        for ends in [vec![0.0; 6], vec![1.0; 6], vec![0.5, 0.51, 0.49, 0.5], vec![0.0, 1.0]] {
            let svg = chart("F1", &ends).svg();
            let place = format!("<text x=\"{:.1}\" y=\"", RIGHT + 16.0);
            let mut heights: Vec<f64> = svg
                .split(&place)
                .skip(1)
                .map(|rest| rest.split('"').next().unwrap().parse().unwrap())
                .collect();
            heights.sort_by(f64::total_cmp);
            assert_eq!(heights.len(), ends.len());
            assert!(heights.windows(2).all(|h| h[1] - h[0] >= SPACING - 0.11), "{heights:?}");
            assert!(heights.iter().all(|h| (TOP..=BOTTOM + 5.0).contains(h)), "{heights:?}");
            assert!(!svg.contains("NaN"), "{svg}");
        }
    }
}
