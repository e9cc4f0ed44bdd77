//! Words and sentences of a language, read from its text file.
//!
//! A file has lists of words and rules:
//!
//! ```text
//! [list noun]
//! قرار مشروع رئيس_الوزراء
//!
//! [rule fact]
//! و[قال|أكد] {P1.s} إن <clause1> / «<clause1>»، بحسب {P1.s}
//! ```
//!
//! Words stand between white space, `_` is a space inside one. Each line of a rule is something
//! that can be said, ` / ` parts the ways to say it. In it, `{n1.d:n2}` is a slot: kind, number,
//! form, and whom it agrees with; a capital (`{P1}`) is the story's, a small letter belongs to
//! this sentence. `{n1?كان|كانت}` chooses by gender, `[a|b]` is the writer's free choice, and
//! `<clause1>` is something said by another rule. What is said depends on the place (see `draw`),
//! how it is said on the writer: so two articles tell one fact in two ways.
//!
//! The files are part of the crate and tested; a mistake in one is a message for whoever edits
//! it. Some milliseconds a language, once.

use rustc_hash::FxHashMap;

/// A way to say something.
pub(super) type Line = Vec<Piece>;

/// A part of a line.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Piece {
    /// As it stands.
    Text(Box<str>),
    /// The writer's choice.
    Either(Vec<Line>),
    /// A word or name.
    Slot(Slot),
    /// The first for masculine, the second for feminine.
    Gender(Slot, Line, Line),
    /// What another rule says.
    Rule(Said),
}

/// Another rule, by name until all rules are known.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Said {
    name: String,
    /// Its place among the rules.
    pub(super) rule: usize,
    /// Tells several of one rule in a line apart.
    pub(super) number: u8,
}

/// A word or name to be put in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slot {
    /// A small letter; see [`super::tell`].
    pub(super) kind: u8,
    pub(super) number: u8,
    /// Whether it is the story's.
    pub(super) of_story: bool,
    /// How it is inflected: `d` definite and others that the language knows; 0 as it is.
    pub(super) form: u8,
    pub(super) agrees: Agrees,
}

/// Whom an adjective or verb follows in gender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Agrees {
    Masculine,
    Feminine,
    With { kind: u8, number: u8, of_story: bool },
}

/// What can be said under one name: lines, each with its ways.
#[derive(Debug, Clone, Default)]
pub(super) struct Rule {
    pub(super) sayings: Vec<Vec<Line>>,
}

/// All of a language.
#[derive(Debug, Default)]
pub(super) struct Lexicon {
    lists: FxHashMap<String, Vec<Box<str>>>,
    names: FxHashMap<String, usize>,
    pub(super) rules: Vec<Rule>,
}

impl Lexicon {
    /// Reads a file; what is wrong is told with its line.
    pub(super) fn parse(file: &str) -> Result<Self, String> {
        enum At {
            Nowhere,
            List(String),
            Rule(usize),
        }
        let mut lexicon = Self::default();
        let mut at = At::Nowhere;
        for (i, line) in file.lines().enumerate() {
            let wrong = |what: &str| format!("line {}: {what}: {line}", i + 1);
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Some(name) = section(line, "[list ") {
                lexicon.lists.entry(name.to_owned()).or_default();
                at = At::List(name.to_owned());
                continue;
            }
            if let Some(name) = section(line, "[rule ") {
                let next = lexicon.rules.len();
                if lexicon.names.insert(name.to_owned(), next).is_some() {
                    return Err(wrong("a rule twice"));
                }
                lexicon.rules.push(Rule::default());
                at = At::Rule(next);
                continue;
            }
            match &at {
                At::Nowhere => return Err(wrong("outside of a section")),
                At::List(name) => {
                    let words = line.split_whitespace().map(|w| w.replace('_', " ").into());
                    lexicon.lists.entry(name.clone()).or_default().extend(words);
                }
                At::Rule(rule) => {
                    let ways: Result<Vec<Line>, String> =
                        line.split(" / ").map(|way| parse_line(way.trim())).collect();
                    lexicon.rules[*rule].sayings.push(ways.map_err(|e| wrong(&e))?);
                }
            }
        }
        lexicon.link()?;
        Ok(lexicon)
    }

    /// Finds the rules that lines name.
    fn link(&mut self) -> Result<(), String> {
        let names = &self.names;
        let mut missing = None;
        let mut find = |said: &mut Said| match names.get(&said.name) {
            Some(&rule) => said.rule = rule,
            None => missing = Some(said.name.clone()),
        };
        for line in self.rules.iter_mut().flat_map(|r| r.sayings.iter_mut().flatten()) {
            each_said(line, &mut find);
        }
        missing.map_or(Ok(()), |name| Err(format!("no rule {name}")))
    }

    /// The words of a list, none where there is no such list.
    pub(super) fn list(&self, name: &str) -> Vec<Box<str>> {
        self.lists.get(name).cloned().unwrap_or_default()
    }

    /// The place of a rule.
    pub(super) fn rule(&self, name: &str) -> Option<usize> {
        self.names.get(name).copied()
    }
}

fn section<'a>(line: &'a str, begin: &str) -> Option<&'a str> {
    line.strip_prefix(begin)?.strip_suffix(']').map(str::trim)
}

fn each_said(line: &mut Line, find: &mut impl FnMut(&mut Said)) {
    for piece in line {
        match piece {
            Piece::Either(ways) => ways.iter_mut().for_each(|way| each_said(way, find)),
            Piece::Gender(_, m, f) => {
                each_said(m, find);
                each_said(f, find);
            }
            Piece::Rule(said) => find(said),
            Piece::Text(_) | Piece::Slot(_) => {}
        }
    }
}

/// Reads one way to say something.
fn parse_line(text: &str) -> Result<Line, String> {
    let mut line = Line::new();
    let mut rest = text;
    while let Some(at) = rest.find(['[', '{', '<']) {
        if at > 0 {
            line.push(Piece::Text(rest[..at].into()));
        }
        let (inside, after) = enclosed(&rest[at..])?;
        line.push(match rest.as_bytes()[at] {
            b'[' => Piece::Either(
                parts(inside, '|').into_iter().map(parse_line).collect::<Result<_, _>>()?,
            ),
            b'<' => {
                let digits = inside.trim_start_matches(|c: char| !c.is_ascii_digit());
                let name = inside[..inside.len() - digits.len()].to_owned();
                Piece::Rule(Said { name, rule: 0, number: digits.parse().unwrap_or(1) })
            }
            _ => match inside.split_once('?') {
                Some((slot, ways)) => {
                    let ways = parts(ways, '|');
                    let [m, f] = ways[..] else { return Err(format!("two ways in {inside}")) };
                    Piece::Gender(parse_slot(slot)?, parse_line(m)?, parse_line(f)?)
                }
                None => Piece::Slot(parse_slot(inside)?),
            },
        });
        rest = after;
    }
    if !rest.is_empty() {
        line.push(Piece::Text(rest.into()));
    }
    Ok(line)
}

/// What stands between the bracket at the start and its counterpart, and what comes after.
fn enclosed(text: &str) -> Result<(&str, &str), String> {
    let mut depth = 0;
    for (i, c) in text.char_indices() {
        match c {
            '[' | '{' | '<' => depth += 1,
            ']' | '}' | '>' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Ok((&text[1..i], &text[i + 1..]));
        }
    }
    Err("a bracket is not closed".to_owned())
}

/// Cut at `mark`, but not inside brackets.
fn parts(text: &str, mark: char) -> Vec<&str> {
    let (mut parts, mut depth, mut from) = (Vec::new(), 0, 0);
    for (i, c) in text.char_indices() {
        match c {
            '[' | '{' | '<' => depth += 1,
            ']' | '}' | '>' => depth -= 1,
            c if c == mark && depth == 0 => {
                parts.push(&text[from..i]);
                from = i + c.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(&text[from..]);
    parts
}

/// Reads `n1`, `n1.d`, `a1.d:n1`, `v1:f`.
fn parse_slot(text: &str) -> Result<Slot, String> {
    let wrong = || format!("not a slot: {text}");
    let (head, agrees) = text.split_once(':').map_or((text, None), |(h, a)| (h, Some(a)));
    let (head, form) = head.split_once('.').unwrap_or((head, ""));
    let name = |text: &str| -> Result<(u8, u8, bool), String> {
        let kind = text.bytes().next().filter(u8::is_ascii_alphabetic).ok_or_else(wrong)?;
        let number = if text.len() > 1 { text[1..].parse().map_err(|_| wrong())? } else { 0 };
        Ok((kind.to_ascii_lowercase(), number, kind.is_ascii_uppercase()))
    };
    let (kind, number, of_story) = name(head)?;
    let agrees = match agrees {
        None | Some("m") => Agrees::Masculine,
        Some("f") => Agrees::Feminine,
        Some(with) => {
            let (kind, number, of_story) = name(with)?;
            Agrees::With { kind, number, of_story }
        }
    };
    Ok(Slot { kind, number, of_story, form: form.bytes().next().unwrap_or(0), agrees })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_text_slots_choices_and_rules() {
        let lexicon = Lexicon::parse(
            "[rule np]\n{n1.d}\n[rule s]\n[قال|أكد [لنا|]] {P1?هو|هي} {a1.d:n1} <np2>.",
        )
        .unwrap_or_default();
        let line = &lexicon.rules[1].sayings[0][0];
        assert_eq!(line.len(), 8);
        assert!(matches!(&line[0], Piece::Either(ways) if ways.len() == 2 && ways[1].len() == 2));
        assert!(matches!(&line[2], Piece::Gender(slot, ..) if slot.of_story && slot.kind == b'p'));
        assert!(matches!(&line[6], Piece::Rule(said) if said.rule == 0 && said.number == 2));
    }

    #[test]
    fn a_mistake_is_told_with_its_line() {
        for (file, want) in [
            ("word", "line 1: outside"),
            ("[rule a]\n{n1", "line 2: a bracket"),
            ("[rule a]\n{1n}", "line 2: not a slot"),
            ("[rule a]\n<b1>", "no rule b"),
            ("[rule a]\n[rule a]", "line 2: a rule twice"),
        ] {
            let told = Lexicon::parse(file).expect_err(file);
            assert!(told.contains(want), "{told}");
        }
    }
}
