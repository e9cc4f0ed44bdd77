//! The page of `khabar group --report` in a real browser: it works, and hostile texts do not.
//!
//! Chromium is asked over its debugging pipe (JSON messages that end in a zero byte), so the
//! page needs no back door for tests. Where there is no Chromium, the tests say so and pass.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod cli_common;

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use cli_common::{Desk, rows};
use serde_json::{Value, json};

const DEMO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/corpora/demo");
/// Longest wait for an answer.
const PATIENCE: Duration = Duration::from_secs(60);

fn chromium() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).map(|folder| folder.join("chromium"));
    std::iter::once(PathBuf::from("/usr/bin/chromium")).chain(on_path).find(|p| p.is_file())
}

struct Browser {
    child: Child,
    to: ChildStdin,
    from: Receiver<Value>,
    events: Vec<Value>,
    session: Option<String>,
    n_sent: u64,
    _profile: tempfile::TempDir,
}

impl Browser {
    /// A browser with one empty tab; none where there is none or it does not start.
    fn start() -> Option<Self> {
        let Some(path) = chromium() else {
            eprintln!("skipped: there is no chromium here");
            return None;
        };
        let profile = tempfile::tempdir().unwrap();
        let mut child = Command::new("sh")
            // The browser reads commands on 3 and answers on 4.
            .args(["-c", "exec \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>&1", "sh"])
            .arg(path)
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
            ])
            .args([
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ])
            .args(["--disable-dev-shm-usage", "--window-size=1280,900", "--remote-debugging-pipe"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (to, out) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let (send, from) = channel();
        std::thread::spawn(move || {
            for message in BufReader::new(out).split(0) {
                let Ok(message) = message else { break };
                if send.send(serde_json::from_slice(&message).unwrap()).is_err() {
                    break;
                }
            }
        });
        let (events, session) = (Vec::new(), None);
        let mut this = Self { child, to, from, events, session, n_sent: 0, _profile: profile };
        let Some(target) = this.call("Target.createTarget", &json!({"url": "about:blank"})) else {
            eprintln!("skipped: chromium does not start here");
            return None;
        };
        let attach = json!({"targetId": target["targetId"], "flatten": true});
        let attached = this.call("Target.attachToTarget", &attach).unwrap();
        this.session = Some(attached["sessionId"].as_str().unwrap().to_owned());
        for domain in ["Page.enable", "Runtime.enable", "Log.enable"] {
            this.call(domain, &json!({})).unwrap();
        }
        Some(this)
    }

    /// The answer to a command; none where the browser has gone.
    fn call(&mut self, method: &str, parameters: &Value) -> Option<Value> {
        self.n_sent += 1;
        let id = self.n_sent;
        let mut message = json!({"id": id, "method": method, "params": parameters});
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        self.to.write_all(format!("{message}\0").as_bytes()).ok()?;
        self.until(|m| m["id"] == id).map(|answer| {
            assert!(answer["error"].is_null(), "{method}: {answer}");
            answer["result"].clone()
        })
    }

    /// Waits for a message; others are kept.
    fn until(&mut self, wanted: impl Fn(&Value) -> bool) -> Option<Value> {
        let end = Instant::now() + PATIENCE;
        loop {
            let message =
                self.from.recv_timeout(end.saturating_duration_since(Instant::now())).ok()?;
            if wanted(&message) {
                return Some(message);
            }
            self.events.push(message);
        }
    }

    /// Opens a page afresh, also where only its fragment is another.
    fn open(&mut self, page: &Path, fragment: &str) {
        self.go("about:blank");
        self.go(&format!("file://{}{fragment}", page.display()));
    }

    fn go(&mut self, url: &str) {
        self.call("Page.navigate", &json!({"url": url})).unwrap();
        self.until(|m| m["method"] == "Page.loadEventFired").unwrap();
    }

    /// What an expression is worth on the page; promises are waited for.
    fn value(&mut self, expression: &str) -> Value {
        let parameters =
            json!({"expression": expression, "returnByValue": true, "awaitPromise": true});
        let answer = self.call("Runtime.evaluate", &parameters).unwrap();
        assert!(answer["exceptionDetails"].is_null(), "{expression}: {answer}");
        answer["result"]["value"].clone()
    }

    /// Errors, refusals of the content policy, dialogs, and requests beyond the page itself.
    fn complaints(&self) -> Vec<&Value> {
        let complaint = |m: &&Value| {
            let level = m["params"]["entry"]["level"].as_str();
            match m["method"].as_str() {
                Some("Log.entryAdded") => matches!(level, Some("error" | "warning")),
                Some("Runtime.exceptionThrown" | "Page.javascriptDialogOpening") => true,
                Some("Runtime.consoleAPICalled") => true,
                _ => false,
            }
        };
        self.events.iter().filter(complaint).collect()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        self.session = None;
        let _ = self.to.write_all(b"{\"id\":0,\"method\":\"Browser.close\"}\0");
        let end = Instant::now() + Duration::from_secs(5);
        while Instant::now() < end {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const SHOWN: &str = "document.querySelectorAll('#list article').length";
const COUNT: &str = "document.getElementById('count').textContent";

#[test]
fn stories_are_shown_searched_and_filtered() {
    let Some(mut browser) = Browser::start() else { return };
    let desk = Desk::new();
    desk.done(&format!("group {DEMO} -o g.jsonl --stories s.jsonl --report r.html"));
    let page = desk.path("r.html").canonicalize().unwrap();
    let stories = rows(&String::from_utf8(desk.read("s.jsonl")).unwrap());
    let many: Vec<_> = stories.iter().filter(|s| s["size"].as_u64() > Some(1)).collect();

    browser.open(&page, "");
    assert_eq!(browser.value(SHOWN), 25);
    assert_eq!(browser.value(COUNT), format!("{} stories: 1 to 25", many.len()));
    assert_eq!(browser.value("document.getElementById('filters').hidden"), false);
    // The last page has the rest.
    browser.open(&page, "#page=99");
    assert_eq!(browser.value(SHOWN), many.len() - 50);

    let large = many.iter().filter(|s| s["size"].as_u64() >= Some(5)).count();
    browser.open(&page, "#size=5");
    assert_eq!(browser.value(SHOWN), large);
    assert_eq!(browser.value(COUNT), format!("{large} of {} stories", many.len()));

    // A search finds every spelling; a language keeps its own stories only.
    for (fragment, least) in [("#q=زِلـزال&lang=ar", 1), ("#lang=en", 5), ("#lang=fa", 1)] {
        browser.open(&page, fragment);
        let n = browser.value(SHOWN).as_u64().unwrap();
        assert!(n >= least && n < many.len() as u64, "{fragment}: {n}");
        let lang = &fragment[fragment.len() - 2..];
        let others = format!(
            "[...document.querySelectorAll('#list article')].filter(a => \
             ![...a.querySelectorAll('.lang')].some(l => l.textContent === '{lang}')).length"
        );
        assert_eq!(browser.value(&others), 0, "{fragment}");
    }
    browser.open(&page, "#q=زلزال&lang=en");
    assert_eq!(browser.value(SHOWN), 0);

    // A day, and a source.
    browser.open(&page, "#from=2026-03-03&to=2026-03-03&source=thebeacon.example");
    assert!(browser.value(SHOWN).as_u64().unwrap() >= 1);
    let first = many[0]["story_id"].as_str().unwrap();
    assert_eq!(browser.value(&format!("document.getElementById('{first}') !== null")), true);

    // Typing does the same, and stands in the address.
    browser.open(&page, "");
    let typed = "const q = document.querySelector('#filters [name=q]'); q.value = 'Lagos ferry'; \
        q.dispatchEvent(new Event('input', { bubbles: true })); \
        new Promise(done => setTimeout(() => done(location.hash), 600))";
    assert_eq!(browser.value(typed), "#q=Lagos+ferry");
    assert!(browser.value(SHOWN).as_u64().unwrap() < 5);

    // One story, open, with highlighted words on both sides.
    browser.open(&page, &format!("#{first}"));
    assert_eq!(browser.value(SHOWN), 1);
    let sides =
        "[...document.querySelectorAll('.side')].filter(s => s.querySelector('mark')).length";
    assert!(browser.value(sides).as_u64().unwrap() >= 8);

    // Singles, once they are asked for.
    browser.open(&page, "#lang=ar");
    let singles = "document.getElementById('single-list').open = true; \
        new Promise(done => setTimeout(() => \
        done(document.querySelectorAll('#single-list li').length), 100))";
    assert!(browser.value(singles).as_u64().unwrap() > 3);
    assert_eq!(browser.complaints(), Vec::<&Value>::new());
}

#[test]
fn arabic_lines_begin_on_the_right_and_others_on_the_left() {
    let Some(mut browser) = Browser::start() else { return };
    let desk = Desk::new();
    let mixed = |id: u32, title: &str| {
        json!({"id": id, "title": title, "text": "OPEC+ وافقت على خطة Aramco للربع الثاني في فيينا"})
            .to_string()
    };
    let mixed =
        [mixed(1, "Aramco: وافقت OPEC+ على الخطة"), mixed(2, "خطة Aramco: موافقة OPEC+ في فيينا")];
    desk.write("mixed.jsonl", mixed.join("\n"));
    desk.done(&format!("group {DEMO} mixed.jsonl -o g.jsonl --report r.html"));
    browser.open(&desk.path("r.html").canonicalize().unwrap(), "#open=1");
    // Where the text of an element touches the sides of its box.
    let touching = |selector: &str| {
        format!(
            "[...document.querySelectorAll('{selector}')].map(e => {{ \
             const range = document.createRange(); range.selectNodeContents(e); \
             const text = range.getBoundingClientRect(), box = e.getBoundingClientRect(); \
             const letters = e.textContent.match(/\\p{{L}}/gu); \
             const rtl = 2 * letters.filter(l => /\\p{{Script=Arabic}}/u.test(l)).length > letters.length; \
             const right = box.right - text.right < 2, left = text.left - box.left < 2; \
             return [rtl, e.textContent, getComputedStyle(e).direction === (rtl ? 'rtl' : 'ltr') && (rtl ? right : left)]; }})"
        )
    };
    for selector in ["#list h3", "#list .lead", "#list .title", "#list .side h4"] {
        let found = browser.value(&touching(selector));
        let found = found.as_array().unwrap();
        let n_rtl = found.iter().filter(|e| e[0] == true).count();
        assert!(n_rtl > 5 && n_rtl < found.len(), "{selector}: {n_rtl} of {}", found.len());
        let wrong: Vec<_> = found.iter().filter(|e| e[2] != true).collect();
        assert!(wrong.is_empty(), "{selector}: {wrong:?}");
    }
}

#[test]
fn the_page_shows_the_same_without_scripts() {
    let Some(mut browser) = Browser::start() else { return };
    let desk = Desk::new();
    desk.done(&format!("group {DEMO} -o g.jsonl --report r.html"));
    let page = desk.path("r.html").canonicalize().unwrap();
    let cards = "[...document.querySelectorAll('#list article')].slice(0, 25).map(a => { \
        a.querySelectorAll('details').forEach(d => { d.open = false; }); return a.outerHTML; })";
    browser.open(&page, "#open=1");
    let with = browser.value(cards);
    browser.call("Emulation.setScriptExecutionDisabled", &json!({"value": true})).unwrap();
    browser.open(&page, "");
    assert_eq!(browser.value("document.getElementById('filters').hidden"), true);
    let without = browser.value(cards);
    assert_eq!(without.as_array().unwrap().len(), 25);
    for (with, without) in with.as_array().unwrap().iter().zip(without.as_array().unwrap()) {
        assert_eq!(with, without);
    }
    assert!(browser.value(SHOWN).as_u64().unwrap() > 60);
}

#[test]
fn hostile_articles_do_nothing() {
    let Some(mut browser) = Browser::start() else { return };
    let desk = Desk::new();
    let bad = "<img src=x onerror=\"window.bad=1\"> </script><script>window.bad=2</script> \
        \u{202e}reversed\u{2066} \u{2028} عاجل";
    let article = |id: &str, n: usize| {
        let (title, text) =
            (format!("{bad} {n}"), format!("{bad} نص {n} <svg onload=window.bad=3>"));
        json!({"id": id, "title": title, "text": text, "source": bad, "lang": "\"><script>",
            "published": format!("2026-03-0{n}")})
        .to_string()
    };
    let lines = [article("javascript:window.bad=4", 1), article("https://x/\"onclick=\"bad", 2)];
    desk.write("h.jsonl", lines.join("\n"));
    desk.done("group h.jsonl --html keep -o g.jsonl --report r.html");
    let page = desk.path("r.html").canonicalize().unwrap();
    for (scripts, fragment) in [(true, "#open=1"), (true, "#q=<img src=x </script>"), (false, "")] {
        let off = json!({"value": !scripts});
        browser.call("Emulation.setScriptExecutionDisabled", &off).unwrap();
        browser.open(&page, fragment);
        assert_eq!(browser.value(SHOWN), 1, "{fragment}");
        let made =
            "document.querySelectorAll('img, main script, [onclick], [onload], [onerror]').length";
        assert_eq!(browser.value(made), 0);
        assert_eq!(browser.value("typeof window.bad"), "undefined");
        assert_eq!(browser.value("document.scripts.length"), 2);
        let title = browser.value("document.querySelector('h3').textContent");
        assert!(title.as_str().unwrap().contains("<img src=x onerror=\"window.bad=1\"> </script>"));
        let controls =
            "/[\\u202a-\\u202e\\u2066-\\u2069\\u0000-\\u0008]/.test(document.body.textContent)";
        assert_eq!(browser.value(controls), false);
        let links =
            "[...document.querySelectorAll('a')].filter(a => a.protocol === 'javascript:').length";
        assert_eq!(browser.value(links), 0);
    }
    // And had one got through, the policy would stop it.
    browser.call("Emulation.setScriptExecutionDisabled", &json!({"value": false})).unwrap();
    browser.open(&page, "");
    assert_eq!(browser.complaints(), Vec::<&Value>::new());
    let inserted = "const i = document.createElement('img'); i.src = 'data:,x'; \
        document.body.append(i); let refused = 0; \
        for (const [name, value] of [['onerror', 'window.bad=6'], ['onclick', 'window.bad=7']]) \
        try { i.setAttribute(name, value); } catch { refused += 1; } \
        try { document.body.innerHTML = '<b>'; } catch { refused += 1; } \
        i.click(); new Promise(done => setTimeout(() => done([typeof window.bad, refused]), 200))";
    assert_eq!(browser.value(inserted), json!(["undefined", 3]));
    assert!(!browser.complaints().is_empty());
}
