use super::*;
use crate::text::Profile;

/// Different news, each long enough to be evidence.
fn news(i: usize) -> String {
    format!(
        "Council member number {i} opened bridge {} over the river Elm in town {}, and the crowd of \
         {} people applauded.",
        i * 7,
        i * 31,
        i * 13 + 400
    )
}

fn article(source: &str, text: String) -> Article {
    Article { source: source.into(), text, ..Article::default() }
}

fn cut_of(articles: &[Article]) -> (Vec<String>, BoilerplateReport) {
    let refs: Vec<&Article> = articles.iter().collect();
    let (texts, report) = cut(&refs, &Normalizer::from(Profile::Standard));
    (texts.into_iter().map(Cow::into_owned).collect(), report)
}

#[test]
fn footers_and_captions_go_and_the_news_stays() {
    let page = |i| {
        let lines =
            ["Photo: archive of the Herald", &news(i), "Read also", "Sign up for our letter!"];
        article("Herald", lines.join("\n"))
    };
    let articles: Vec<Article> = (0..12).map(page).collect();
    let (texts, report) = cut_of(&articles);
    for (i, text) in texts.iter().enumerate() {
        assert_eq!(text.trim(), news(i));
    }
    assert_eq!((report.sources, report.segments, report.articles), (1, 3, 12));
    let gone: usize = articles.iter().map(|a| a.text.chars().count()).sum::<usize>()
        - texts.iter().map(|t| t.chars().count()).sum::<usize>();
    assert_eq!(report.characters, gone);
}

#[test]
fn arabic_without_lines_has_its_footer_cut_too() {
    let towns = ["المرفأ", "القلعة", "الواحة", "السهل", "الجسر", "المنارة"];
    let articles: Vec<Article> = towns
        .iter()
        .map(|town| {
            let text = format!(
                "افتتح محافظ {town} أمس المدرسة الجديدة التي تتسع لتسعمئة تلميذ في {town} القديمة. \
                 تابِعوا أخبارنا على تويتر"
            );
            article("البيرق", text)
        })
        .collect();
    let (texts, report) = cut_of(&articles);
    assert!(texts.iter().all(|t| t.contains("المدرسة") && !t.contains("تويتر")), "{texts:?}");
    assert_eq!(report.segments, 1);
}

#[test]
fn four_articles_or_five_sources_are_not_enough() {
    let footer = "Follow the paper on every network";
    let four: Vec<Article> =
        (0..4).map(|i| article("Herald", format!("{}\n{footer}", news(i)))).collect();
    assert_eq!(cut_of(&four).1, BoilerplateReport::default());
    // An official's words in five papers are news.
    let five: Vec<Article> =
        (0..5).map(|i| article(&format!("Paper {i}"), format!("{}\n{footer}", news(i)))).collect();
    assert_eq!(cut_of(&five).1, BoilerplateReport::default());
}

#[test]
fn a_line_of_the_whole_input_is_cut_whatever_the_source() {
    let with_line = |n: usize, of: usize| -> Vec<Article> {
        let text = |i: usize| match i < n {
            true => format!("{}\nAll rights reserved by the agency", news(i)),
            false => news(i),
        };
        (0..of).map(|i| article(&format!("Paper {}", i % 40), text(i))).collect()
    };
    assert_eq!(cut_of(&with_line(12, 100)).1.segments, 12, "one a source");
    assert_eq!(cut_of(&with_line(9, 30)).1.articles, 0, "fewer than ten");
    assert_eq!(cut_of(&with_line(12, 200)).1.articles, 0, "less than one in ten");
    let no_source: Vec<Article> =
        with_line(12, 60).into_iter().map(|a| Article { source: String::new(), ..a }).collect();
    assert_eq!(
        cut_of(&no_source).1,
        BoilerplateReport {
            sources: 1,
            segments: 1,
            articles: 12,
            characters: 12 * "All rights reserved by the agency".chars().count(),
        }
    );
}

#[test]
fn a_text_printed_many_times_is_no_boilerplate() {
    let flood: Vec<Article> =
        (0..20_000).map(|_| article("Herald", format!("{}\n{}", news(1), news(2)))).collect();
    assert_eq!(cut_of(&flood).1, BoilerplateReport::default());
    // With a counter in each, it still is one text.
    let counted: Vec<Article> = (0..500)
        .map(|i| article("Herald", format!("{}\n{}\nTicket number {i}", news(1), news(2))))
        .collect();
    assert_eq!(cut_of(&counted).1, BoilerplateReport::default());
    // The same under a real footer: the footer goes, by the evidence of other articles.
    let footer = "Follow the paper on every network";
    let mut mixed: Vec<Article> =
        (0..50).map(|i| article("Herald", format!("{}\n{footer}", news(i)))).collect();
    mixed.extend((0..100).map(|_| article("Herald", format!("{}\n{footer}", news(99)))));
    let (texts, report) = cut_of(&mixed);
    assert_eq!((report.segments, report.articles), (1, 150));
    assert_eq!(texts[149].trim(), news(99));
}

#[test]
fn the_updates_of_a_running_story_keep_what_they_repeat() {
    let story = format!("{} {} {}", news(1), news(2), news(3));
    let updates: Vec<Article> =
        (0..8).map(|i| article("Herald", format!("Update: {}\n{story}", news(100 + i)))).collect();
    assert_eq!(cut_of(&updates).1, BoilerplateReport::default());
}

#[test]
fn what_stands_amid_the_text_takes_more_articles() {
    // 6 of 300: enough near the end, too few in the middle.
    let line = "The ministry did not answer questions";
    let of = |at_end: bool| -> Vec<Article> {
        let text = |i: usize| match (i < 6, at_end) {
            (true, true) => format!("{}\n{}\n{line}", news(i), news(i + 1000)),
            (true, false) => format!("{}\n{line}\n{}", news(i), news(i + 1000)),
            (false, _) => news(i),
        };
        (0..300).map(|i| article("Herald", text(i))).collect()
    };
    assert_eq!(cut_of(&of(true)).1.articles, 6);
    assert_eq!(cut_of(&of(false)).1.articles, 0);
}

#[test]
fn an_article_that_is_nothing_else_keeps_its_text() {
    let footer = "Follow the paper on every network";
    let mut articles: Vec<Article> =
        (0..9).map(|i| article("Herald", format!("{}\n{footer}", news(i)))).collect();
    articles.push(article("Herald", footer.into()));
    let (texts, report) = cut_of(&articles);
    assert_eq!((texts[9].as_str(), report.articles), (footer, 9));
}

#[test]
fn neither_order_nor_threads_matter() {
    let mut articles: Vec<Article> = (0..60)
        .map(|i| {
            let footer = if i % 3 == 0 { "Sign up for our letter!" } else { "Read also: weather" };
            article(["Herald", "Post", ""][i % 5 % 3], format!("{}\n{footer}", news(i)))
        })
        .collect();
    let mut want: Vec<String> = cut_of(&articles).0;
    articles.reverse();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let (texts, report) = pool.install(|| cut_of(&articles));
    want.reverse();
    assert_eq!(texts, want);
    assert!(report.articles > 0);
}
