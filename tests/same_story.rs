//! The same-story score: what it does on the demo corpus, and what must not change it.

#![allow(clippy::unwrap_used)]

use std::path::PathBuf;

use khabar::corpus::{ReadOptions, parse_date, read};
use khabar::group::train_pairs::{Gold, TrainOptions, TrainingSet, train_pairs};
use khabar::group::{GroupOptions, Grouping, RecutOptions, Score, ScoreKind, group, recut};
use khabar::metrics::{GoldPair, Judgement, Prf, compare_groups};
use khabar::same_story::{Evidence, Views};
use khabar::text::{NormalizeOptions, Normalizer};
use khabar::vectorize::{Background, Hashing, Norm, Tf, blended_idf};
use khabar::{Article, Published};

fn demo() -> Vec<Article> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpora/demo");
    read(&[path], &ReadOptions::default(), &mut |_| {}).unwrap().articles
}

fn by_story() -> GroupOptions {
    let options = GroupOptions::default();
    assert_eq!((&options.score, options.threshold), (&Score::story().unwrap(), 0.5));
    options
}

fn grouped(articles: &[Article], options: &GroupOptions) -> Grouping {
    group(articles, options, &|_| {}).unwrap()
}

fn stories(articles: &[Article], found: &Grouping) -> Vec<(String, String)> {
    let mut rows: Vec<_> = articles
        .iter()
        .zip(&found.placements)
        .map(|(a, p)| (a.id.clone(), p.story_id.to_string()))
        .collect();
    rows.sort();
    rows
}

fn bcubed(articles: &[Article], found: &Grouping) -> Prf {
    let gold: Vec<(String, String)> =
        articles.iter().map(|a| (a.id.clone(), a.story.clone())).collect();
    compare_groups(&gold, &stories(articles, found)).unwrap().bcubed
}

#[test]
fn the_demo_corpus_has_fewer_strangers_in_a_story_than_by_cosine() {
    let articles = demo();
    let found = grouped(&articles, &by_story());
    let story = bcubed(&articles, &found);
    let cosine = bcubed(&articles, &grouped(&articles, &GroupOptions::by_cosine()));
    assert!(story.precision > cosine.precision, "{story:?}, by cosine {cosine:?}");
    assert!(story.f1 >= 0.88, "{story:?}");
    assert!(found.graph.edges.iter().all(|e| (0.02..=1.0).contains(&e.score)));
}

#[test]
fn neither_order_nor_threads_change_stories_or_probabilities() {
    let articles = demo();
    let options = by_story();
    let first = grouped(&articles, &options);
    let wanted = stories(&articles, &first);
    for shift in [1, 57, 130] {
        let mut turned = articles.clone();
        turned.rotate_left(shift);
        turned.swap(0, 40);
        let found = grouped(&turned, &options);
        assert_eq!(stories(&turned, &found), wanted);
        assert_eq!(found.graph, first.graph);
    }
    for threads in [1, 2, 8] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        assert_eq!(pool.install(|| grouped(&articles, &options)), first);
    }
}

#[test]
fn a_saved_graph_is_cut_again_as_it_was() {
    let articles = demo();
    let mut options = by_story();
    let saved = grouped(&articles, &options).graph;
    assert_eq!(saved.kind, ScoreKind::Story);
    let sorted: Vec<Article> =
        saved.ids.iter().map(|id| articles.iter().find(|a| a.id == *id).unwrap().clone()).collect();
    let sorted: Vec<&Article> = sorted.iter().collect();
    for threshold in [0.3, 0.5, 0.8] {
        options.threshold = threshold;
        let whole = grouped(&articles, &options);
        let again =
            recut(&saved, &sorted, &RecutOptions { threshold, ..RecutOptions::default() }).unwrap();
        let mut rows: Vec<(String, String)> = saved
            .ids
            .iter()
            .zip(&again.placements)
            .map(|(id, p)| (id.clone(), p.story_id.to_string()))
            .collect();
        rows.sort();
        assert_eq!(rows, stories(&articles, &whole), "{threshold}");
    }
}

/// The evidence of two articles alone.
fn evidence(pair: &[Article; 2]) -> [Evidence; 2] {
    let options = GroupOptions::default();
    let normalizer = Normalizer::new(NormalizeOptions::default());
    let hashing = Hashing::default();
    let parts: Vec<(&str, &str)> = pair.iter().map(|a| (&*a.title, &*a.text)).collect();
    let counts = hashing.count(&normalizer, &parts);
    let idf = blended_idf(2, &counts.document_frequency(), Background::of("Arab")).idf;
    let rows = counts.into_rows(Tf::Log, &idf, Norm::L2);
    let texts: Vec<&str> = pair.iter().map(|a| a.text.as_str()).collect();
    let articles: Vec<&Article> = pair.iter().collect();
    let views = Views::new(&articles, &texts, &normalizer, options.hashing, &idf, |_| true);
    [views.evidence_of(&rows, 0, 1), views.evidence_of(&rows, 1, 0)]
}

fn article(title: &str, text: &str, published: &str) -> Article {
    Article {
        title: title.into(),
        text: text.into(),
        published: parse_date(published)
            .map(|seconds| Published { seconds, original: published.into() }),
        ..Article::default()
    }
}

#[test]
fn evidence_is_the_same_both_ways_and_what_is_missing_is_missing() {
    let quake = article(
        "زلزال يضرب جنوب تعز",
        "ضرب زلزال بقوة 5.6 درجات محافظة تعز فجر الأحد وخلف 14 جريحا",
        "2024-03-01T08:00:00Z",
    );
    let other = article(
        "هزة أرضية في تعز",
        "سجلت محافظة تعز زلزالا بقوة 5.6 درجات فجر الأحد",
        "2024-03-02T20:00:00Z",
    );
    let [there, back] = evidence(&[quake.clone(), other.clone()]);
    assert_eq!(there, back);
    assert!(there.cosine > 0.1 && there.words > 0.1 && there.lead > 0.1, "{there:?}");
    assert_eq!(there.days, Some(1.5));
    // The smaller side's only number is found.
    assert_eq!(there.numbers_found, Some(1.0));
    assert_eq!(there.titles.unwrap().common, 1);
    // Of two the larger share stands first.
    assert!(there.lead_found[0] >= there.lead_found[1] && there.length[0] <= there.length[1]);

    let undated = Article { published: None, ..other.clone() };
    assert_eq!(evidence(&[quake.clone(), undated])[0].days, None);
    let untitled = Article { title: String::new(), ..other.clone() };
    assert_eq!(evidence(&[quake.clone(), untitled])[0].titles, None);
    let headline = Article { text: String::new(), ..other };
    let alone = evidence(&[quake.clone(), headline])[0];
    assert_eq!((alone.titles, alone.numbers_found), (None, None));

    let same = evidence(&[quake.clone(), quake])[0];
    for one in [same.cosine, same.lead, same.words, same.words_found, same.heavy_found] {
        assert!((one - 1.0).abs() < 1e-3, "{same:?}");
    }
}

#[test]
fn a_model_is_learned_from_stories_and_judged_pairs_and_measured_left_out() {
    let articles = demo();
    let (arabic, english): (Vec<Article>, Vec<Article>) =
        articles.into_iter().partition(|a| a.lang == "ar");
    let judged: Vec<GoldPair> = (0..arabic.len())
        .flat_map(|i| (i + 1..arabic.len()).step_by(3).map(move |j| (i, j)))
        .map(|(i, j)| GoldPair {
            id_a: arabic[i].id.clone(),
            id_b: arabic[j].id.clone(),
            judgement: if arabic[i].story == arabic[j].story {
                Judgement::Same
            } else {
                Judgement::Different
            },
        })
        .collect();
    let set = |name: &str, articles: &[Article], gold| TrainingSet {
        name: name.into(),
        articles: articles.to_vec(),
        gold,
        weight: 1.0,
    };
    let sets = [
        set("english", &english, Gold::Stories),
        set("arabic", &arabic, Gold::Pairs(judged.clone())),
    ];
    let trained = train_pairs(&sets, &TrainOptions::default(), &|_| {}).unwrap();
    assert_eq!(trained.left_out.len(), 2);
    for set in &trained.left_out {
        assert!(set.n_pairs > 100 && set.grouped.f1 > 0.7, "{set:?}");
        let c = set.calibration;
        assert!((0.0..0.2).contains(&c.ece) && (0.0..0.2).contains(&c.ece_same), "{set:?}");
    }
    let validated = &trained.validated[0];
    assert!(validated.grouped.f1 > 0.75 && validated.copies_in_story.is_none(), "{validated:?}");
    let [low, high] = validated.interval;
    assert!(low <= validated.grouped.f1 && validated.grouped.f1 <= high);
    // The order of sets is nothing to the model but rounding; the same input is the same model.
    let again =
        train_pairs(&sets, &TrainOptions { validate: false, ..TrainOptions::default() }, &|_| {});
    assert_eq!(again.unwrap().model.to_json().unwrap(), trained.model.to_json().unwrap());

    let missing = GoldPair { id_b: "nowhere".into(), ..judged[0].clone() };
    let wrong = [set("arabic", &arabic, Gold::Pairs(vec![missing]))];
    let error = train_pairs(&wrong, &TrainOptions::default(), &|_| {}).unwrap_err().to_string();
    assert!(error.starts_with("arabic") && error.contains("nowhere"), "{error}");
}

/// Five accounts of one event each: the same facts in other words.
fn accounts(facts: [&str; 4], day: u32, name: &str) -> Vec<Article> {
    let [what, place, who, number] = facts;
    let texts = [
        format!("{what} في {place} فجر اليوم وأصيب {number} شخصا. وقال {who} إن التحقيق بدأ."),
        format!(
            "أعلن {who} أن {number} شخصا أصيبوا في {what} الذي وقع في {place}، وأن السبب مجهول."
        ),
        format!("هرعت سيارات الإسعاف إلى {place} بعد {what}، ونقلت {number} مصابا، بحسب {who}."),
        format!(
            "روى شهود في {place} لحظات {what} الذي خلف {number} مصابا، ووعد {who} بتقرير قريب."
        ),
        format!(
            "{who}: {number} مصابا حصيلة {what} في {place}، والطريق ما زال مغلقا أمام السيارات."
        ),
    ];
    let titled = texts.iter().enumerate().map(|(i, text)| Article {
        id: format!("{name}-{i}"),
        ..article(
            &format!("{number} مصابا في {what} في {place}"),
            text,
            &format!("2024-03-0{day}T0{i}:00:00Z"),
        )
    });
    titled.collect()
}

#[test]
fn a_planted_bridge_does_not_fuse_two_stories() {
    let mill = accounts(["حريق مطحنة الغلال", "حي السكرية", "العميد نادر الصيرفي", "37"], 1, "mill");
    let ferry =
        accounts(["انقلاب عبارة النيلوفر", "مرسى الدبة", "القبطان عصام الرفاعي", "52"], 1, "ferry");
    // One article that holds the whole of an account of either.
    let bridge = Article {
        id: "bridge".into(),
        ..article(
            "37 مصابا في حريق مطحنة الغلال و52 في انقلاب عبارة النيلوفر",
            &format!("{} {} {} {}", mill[0].text, mill[1].text, ferry[0].text, ferry[1].text),
            "2024-03-01T09:00:00Z",
        )
    };
    let mut articles: Vec<Article> = mill.into_iter().chain(ferry).collect();
    let of = |articles: &[Article]| -> Vec<String> {
        let found = grouped(articles, &by_story());
        found.placements.iter().map(|p| p.story_id.to_string()).collect()
    };
    let before = of(&articles);
    articles.push(bridge);
    let after = of(&articles);
    for found in [&before, &after] {
        assert!(found[..5].iter().all(|s| *s == found[0]), "one fire: {found:?}");
        assert!(found[5..10].iter().all(|s| *s == found[5]), "one ferry: {found:?}");
        assert_ne!(found[0], found[5], "two stories");
    }
}

#[test]
fn a_daily_bulletin_is_a_story_a_day() {
    let bulletin = |day: u32, i: usize, high: u32, low: u32, wind: u32, sky: &str| Article {
        id: format!("{day}-{i}"),
        ..article(
            &format!("طقس {sky} والحرارة {high} درجة"),
            &format!(
                "تتوقع الأرصاد أن يكون الطقس {sky} في السهول والجبال، وأن تبلغ الحرارة العظمى \
                 {high} درجة والصغرى {low} درجات، مع رياح سرعتها {wind} كيلومترا في الساعة \
                 ومدى رؤية يزيد على {} أمتار. وتنصح السائقين بالانتباه.",
                high * 40
            ),
            &format!("2024-03-0{day}T0{}:00:00Z", 6 + i),
        )
    };
    let days = [
        (1, 31, 9, 25, "صحو"),
        (2, 24, 7, 48, "غائم"),
        (3, 27, 8, 15, "مغبر"),
        (4, 22, 5, 60, "ممطر"),
    ];
    let articles: Vec<Article> = days
        .iter()
        .flat_map(|&(day, high, low, wind, sky)| {
            (0..2).map(move |i| bulletin(day, i, high, low, wind, sky))
        })
        .collect();
    let found = grouped(&articles, &by_story());
    let story = |i: usize| found.placements[i].story_id;
    for day in 0..4 {
        assert_eq!(story(2 * day), story(2 * day + 1), "two papers of one day");
        assert!((0..day).all(|other| story(2 * other) != story(2 * day)), "day {day}");
    }
}
