//! `khabar group --boilerplate` on the real binary: the switch, the summary, what is shown.

mod cli_common;

use cli_common::Desk;
use serde_json::Value;

#[test]
fn what_an_outlet_repeats_is_cut_unless_it_shall_count() {
    let desk = Desk::new();
    let towns = ["المرفأ", "القلعة", "الواحة", "السهل", "الجسر", "المنارة"];
    let lines: Vec<String> = (0..)
        .zip(towns)
        .map(|(i, town)| {
            let text = format!(
                "افتتح محافظ {town} أمس المدرسة رقم {i} التي تتسع لتلاميذ {town} القديمة كلهم.\n\
                 حمّلوا تطبيق البيرق ليصلكم كل جديد"
            );
            serde_json::json!({"id": town, "text": text, "source": "البيرق"}).to_string()
        })
        .collect();
    desk.write("a.jsonl", lines.join("\n"));
    let cut = desk.done("group a.jsonl --edges cut.jsonl");
    let n = 6 * "حمّلوا تطبيق البيرق ليصلكم كل جديد".chars().count();
    let said = format!("boilerplate not counted: 1 line of 1 source, {n} characters in 6 articles");
    assert!(cut.stderr.contains(&said), "{}", cut.stderr);
    let keep = desk.done("group a.jsonl --boilerplate keep --edges keep.jsonl");
    assert!(!keep.stderr.contains("boilerplate"), "{}", keep.stderr);
    let nearest = |ran: &cli_common::Ran| ran.rows()[0]["nearest_score"].as_f64().unwrap_or(0.0);
    assert!(nearest(&cut) < nearest(&keep));
    for (file, mode) in [("cut.jsonl", "cut"), ("keep.jsonl", "keep")] {
        let saved = String::from_utf8(desk.read(file)).unwrap();
        let header: Value = serde_json::from_str(saved.lines().next().unwrap()).unwrap();
        assert_eq!(header["settings"]["boilerplate"], mode);
    }
    let json = desk.done("group a.jsonl -o g.jsonl --json").stderr;
    let summary: Value = serde_json::from_str(json.lines().last().unwrap()).unwrap();
    let cut = &summary["graph"]["boilerplate"];
    assert_eq!(
        (&cut["sources"], &cut["segments"], &cut["articles"]),
        (&1.into(), &1.into(), &6.into())
    );
    // What is shown is the original.
    desk.done("group a.jsonl -o g.jsonl --report page.html");
    assert!(String::from_utf8(desk.read("page.html")).unwrap().contains("حمّلوا تطبيق البيرق"));
    assert_eq!(desk.run("group a.jsonl --boilerplate perhaps").code, 2);
}
