//! What the tests of the command share: the binary, a folder, articles made up on the spot.

// Each test file uses its part; a helper that fails ends the test.
#![allow(dead_code, clippy::unwrap_used)]

use std::path::PathBuf;
use std::process::Output;

use assert_cmd::Command;
use serde_json::{Map, Value};

/// A folder of its own, gone at the end, in which the command runs.
pub(crate) struct Desk(tempfile::TempDir);

impl Desk {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }

    /// Everything in the folder, hidden files too.
    pub(crate) fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.0.path()).unwrap();
        let mut names: Vec<String> =
            entries.map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_khabar"));
        command.current_dir(self.0.path()).env_remove("NO_COLOR");
        command
    }

    /// Runs the command with arguments split at white space.
    pub(crate) fn run(&self, arguments: &str) -> Ran {
        Ran::of(&self.command().args(arguments.split_whitespace()).output().unwrap())
    }

    /// Runs it and expects that all was done.
    pub(crate) fn done(&self, arguments: &str) -> Ran {
        let ran = self.run(arguments);
        assert_eq!(ran.code, 0, "{arguments}: {}", ran.stderr);
        ran
    }
}

pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    pub(crate) fn of(output: &Output) -> Self {
        Self {
            code: output.status.code().expect("ended by itself"),
            stdout: String::from_utf8(output.stdout.clone()).unwrap(),
            stderr: String::from_utf8(output.stderr.clone()).unwrap(),
        }
    }

    pub(crate) fn rows(&self) -> Vec<Map<String, Value>> {
        rows(&self.stdout)
    }
}

pub(crate) fn rows(lines: &str) -> Vec<Map<String, Value>> {
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A small random generator: the same numbers everywhere.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, n: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % n
    }

    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.below(i + 1));
        }
    }
}

/// JSON Lines of 61 articles: twelve stories of one to ten, each of its own made-up words,
/// half of them Arabic; the second article of a story copies the first.
pub(crate) fn articles() -> Vec<String> {
    let mut random = Random(7);
    let mut lines = Vec::new();
    for story in 0..12 {
        let letters: Vec<char> = if story % 2 == 0 {
            "ابتثجحخدذرزسشصضطعغفقكلمنهوي"
        } else {
            "abcdefghijklmnoprstuvwz"
        }
        .chars()
        .collect();
        let mut words = |n: usize| -> Vec<String> {
            let mut word = || (0..5).map(|_| letters[random.below(letters.len())]).collect();
            (0..n).map(|_| word()).collect()
        };
        let of_story = words(18);
        let mut first = String::new();
        for member in 0..1 + story * 9 / 11 {
            // The story's words, and a word of the article's own after every third.
            let own = words(6);
            let text: Vec<&str> = of_story
                .chunks(3)
                .zip(&own)
                .flat_map(|(of_story, own)| of_story.iter().chain([own]).map(String::as_str))
                .collect();
            let text = if member == 1 { first.clone() } else { text.join(" ") };
            if member == 0 {
                first = text.clone();
            }
            let (title, day) =
                (text.split(' ').take(4).collect::<Vec<_>>().join(" "), member % 3 + 1);
            lines.push(
                serde_json::json!({
                    "id": format!("خ{story}-{member}"),
                    "title": title,
                    "text": text,
                    "published": format!("2015-07-{day:02}T{member:02}:00:00Z"),
                    "source": format!("صحيفة{}", member % 4),
                    "story": format!("gold{story}"),
                })
                .to_string(),
            );
        }
    }
    lines
}

/// The articles as a file.
pub(crate) fn corpus(desk: &Desk) {
    desk.write("a.jsonl", articles().join("\n") + "\n");
}
