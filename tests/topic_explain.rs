//! Explanations of tags: what the words add up to, and where they stand.

#![allow(clippy::unwrap_used, reason = "tests may panic")]

use khabar::text::Part;
use khabar::topic::{Labels, TopicModel, TrainOptions, train};
use khabar::vectorize::{Analyzer, Words};

const TEXTS: [(&str, &str); 9] = [
    ("فوز الساحل", "فاز فريق الساحل بالمباراة النهائية أمام جمهوره"),
    ("", "خسر فريق الجبل المباراة في الدقيقة الأخيرة"),
    ("هدف وحيد", "سجل اللاعب الشاب هدف المباراة الوحيد في مرمى الجبل"),
    ("النفط", "ارتفع سعر النفط في ختام التعاملات اليوم"),
    ("", "انخفض سعر الذهب مع صعود الدولار"),
    ("الفائدة", "البنك المركزي يرفع سعر الفائدة ربع نقطة"),
    ("لقاح جديد", "وزارة الصحة توزع لقاح الإنفلونزا على المستشفيات"),
    ("", "أطباء: المشي يقي من أمراض القلب"),
    ("مستشفى", "افتتاح مستشفى للأطفال يضم مئة سرير"),
];

fn model(multi: bool, options: &TrainOptions) -> TopicModel {
    let names = ["رياضة".to_owned(), "اقتصاد".to_owned(), "صحة".to_owned()];
    let ids = (0..9).map(|i| i / 3);
    let labels = if multi {
        Labels::lists(ids.map(|i| vec![i]), 3)
    } else {
        Labels::single(ids.collect(), 3)
    };
    train(&TEXTS, &[], &labels.unwrap(), &names, &[], options, &|_| {}).unwrap().0
}

fn plain() -> TrainOptions {
    TrainOptions { cs: vec![1.0], calibrate: false, ..TrainOptions::default() }
}

const ARTICLE: (&str, &str) = (
    "سعر الذهب اليوم!",
    "قال البنك: «سعر الفائدة» لا يرتفع — فاز فريق الساحل، ولقاح-الإنفلونزا 3.5%",
);

#[test]
fn contributions_add_up_to_the_margin() {
    for multi in [false, true] {
        for words in [Words::None, Words::Single, Words::Pairs] {
            let mut options = plain();
            options.features.words = words;
            options.features.min_df = 1;
            let model = model(multi, &options);
            let why = model.explain(ARTICLE, None, usize::MAX);
            let sum: f64 = why.words.iter().map(|w| w.contribution).sum();
            assert!((sum + why.rest + why.bias - why.margin).abs() < 1e-9, "{why:?}");
            // N-grams inside words, words and pairs all stand in words: nothing is left over.
            assert!(why.rest.abs() < 1e-6, "{words:?}: {}", why.rest);
            assert_eq!(why.against.is_none(), multi);
            assert!(why.margin.abs() > 0.01);
            let few = model.explain(ARTICLE, Some(why.label), 3);
            assert_eq!(few.words, why.words[..3]);
            assert!((few.margin - why.margin).abs() < 1e-12);
        }
    }
}

#[test]
fn the_margin_is_the_difference_of_the_two_scores() {
    let model = model(false, &plain());
    let why = model.explain(ARTICLE, None, 5);
    let tagged = model.predict(&[ARTICLE], &[]).remove(0);
    assert_eq!(why.label, tagged.topics[0].label);
    assert_eq!(why.against, Some(tagged.topics[1].label));
    // Without calibration probabilities are a softmax of the scores.
    let ratio = f64::from(tagged.topics[0].probability) / f64::from(tagged.topics[1].probability);
    assert!((libm::exp(why.margin) / ratio - 1.0).abs() < 1e-4);
}

#[test]
fn of_two_labels_the_second_has_the_opposite_of_the_first() {
    let names = ["رياضة".to_owned(), "اقتصاد".to_owned()];
    let labels = Labels::single(vec![0, 0, 0, 1, 1, 1], 2).unwrap();
    let model = train(&TEXTS[..6], &[], &labels, &names, &[], &plain(), &|_| {}).unwrap().0;
    let [a, b] = [0, 1].map(|label| model.explain(ARTICLE, Some(label), 5));
    assert!((a.margin + b.margin).abs() < 1e-9 && (a.bias + b.bias).abs() < 1e-9);
    assert!((a.words[0].contribution + b.words[0].contribution).abs() < 1e-9);
}

#[test]
fn words_are_shown_as_written_and_found_where_they_stand() {
    let model = model(false, &plain());
    let why = model.explain(ARTICLE, Some(1), 50);
    let price = why.words.iter().find(|w| w.word == "سعر").unwrap();
    assert!(price.contribution > 0.0);
    let parts: Vec<Part> = price.places.iter().map(|p| p.part).collect();
    assert_eq!(parts, [Part::Title, Part::Text]);
    for word in &why.words {
        let place = word.places[0];
        let field = if place.part == Part::Title { ARTICLE.0 } else { ARTICLE.1 };
        assert_eq!(&field[place.start..place.end], word.word);
    }
    assert!(why.words.iter().any(|w| w.word == "فريق" && w.contribution < 0.0));
}

#[test]
fn what_crosses_words_is_told_as_the_rest() {
    let mut options = plain();
    options.features.analyzer = Analyzer::Char;
    options.features.min_df = 1;
    let model = model(false, &options);
    let why = model.explain(ARTICLE, None, usize::MAX);
    let sum: f64 = why.words.iter().map(|w| w.contribution).sum();
    assert!((sum + why.rest + why.bias - why.margin).abs() < 1e-9);
    assert!(why.rest != 0.0);
    let empty = model.explain(("", ""), None, 5);
    assert!(empty.words.is_empty() && empty.margin == empty.bias);
}
