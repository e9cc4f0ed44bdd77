//! Models of topics as files: what is written comes back, what is damaged is an error.

#![allow(clippy::unwrap_used, reason = "tests may panic")]

use khabar::model_file::{Data, ModelFile};
use khabar::topic::linear::{LinearParams, Loss};
use khabar::topic::{CompressOptions, Labels, Tagged, TopicModel, TrainOptions, train};
use khabar::vectorize::{Lead, Tf};
use proptest::prelude::*;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};
use rayon::prelude::*;

const TEXTS: [[&str; 4]; 3] = [
    [
        "فاز فريق الساحل بالمباراة النهائية أمام جمهوره",
        "خسر فريق الجبل المباراة في الدقيقة الأخيرة",
        "سجل اللاعب الشاب هدف المباراة الوحيد",
        "المدرب يعلن تشكيلة الفريق قبل المباراة",
    ],
    [
        "ارتفع سعر النفط في ختام التعاملات اليوم",
        "انخفض سعر الذهب مع صعود الدولار",
        "البنك يرفع سعر الفائدة ربع نقطة",
        "تراجع سعر سهم الشركة في السوق",
    ],
    [
        "The ministry opened a clinic near the harbour",
        "Doctors warn of a new wave of fever",
        "The hospital has vaccines for every child",
        "Nurses ask for more beds and medicine",
    ],
];
const NAMES: [&str; 3] = ["رياضة", "اقتصاد", "health"];

/// What kind of model to train.
#[derive(Clone, Copy, Debug)]
struct Kind {
    labels: usize,
    multi: bool,
    loss: Loss,
    calibrate: bool,
    bits: u32,
}

const KINDS: [Kind; 5] = [
    Kind { labels: 3, multi: false, loss: Loss::SquaredHinge, calibrate: true, bits: 8 },
    Kind { labels: 2, multi: false, loss: Loss::Logistic, calibrate: true, bits: 8 },
    Kind { labels: 3, multi: true, loss: Loss::SquaredHinge, calibrate: true, bits: 9 },
    Kind { labels: 3, multi: false, loss: Loss::Multinomial, calibrate: false, bits: 12 },
    Kind { labels: 3, multi: false, loss: Loss::Hinge, calibrate: false, bits: 14 },
];

fn trained(kind: Kind) -> TopicModel {
    let n = 60 * kind.labels;
    let texts: Vec<String> =
        (0..n).map(|i| format!("{} {i}", TEXTS[i % kind.labels][i / kind.labels % 4])).collect();
    let texts: Vec<(&str, &str)> = texts.iter().map(|t| ("", t.as_str())).collect();
    let ids = (0..n as u32).map(|i| i % kind.labels as u32);
    let labels = if kind.multi {
        Labels::lists(ids.map(|i| if i == 1 { vec![0, 1] } else { vec![i] }), kind.labels)
    } else {
        Labels::single(ids.collect(), kind.labels)
    };
    let names: Vec<String> = NAMES[..kind.labels].iter().map(|&n| n.into()).collect();
    let folds: Vec<u32> = (0..n).map(|i| (i / kind.labels % 4) as u32).collect();
    let mut options = TrainOptions {
        cs: vec![0.7],
        calibrate: kind.calibrate,
        linear: LinearParams::new().loss(kind.loss),
        ..TrainOptions::default()
    };
    options.features.n_buckets = 1 << kind.bits;
    options.features.idf_power = 1.3;
    options.features.tf = Tf::Bm25;
    options.features.lead = Some(Lead { characters: 20, times: 2 });
    let languages = vec!["ar"; n];
    let trained =
        train(&texts, &languages, &labels.unwrap(), &names, &folds, &options, &|_| {}).unwrap();
    let mut model = trained.0;
    model.ids[1] = "medtop:04000000".into();
    model
}

fn tagged(model: &TopicModel) -> Vec<Tagged> {
    let texts: Vec<(&str, &str)> =
        TEXTS.iter().flatten().map(|t| (*t, "في اليوم the day")).collect();
    model.predict(&texts, &[])
}

fn error(bytes: &[u8]) -> String {
    TopicModel::from_bytes("m.khabar", bytes).unwrap_err().to_string()
}

#[test]
fn what_is_written_comes_back_to_the_bit() {
    for kind in KINDS {
        let model = trained(kind);
        for model in [model.compress(&CompressOptions::default()).unwrap(), model] {
            let bytes = model.to_bytes("m").unwrap();
            let back = TopicModel::from_bytes("m", &bytes).unwrap();
            assert_eq!(back.to_bytes("m").unwrap(), bytes, "{kind:?}");
            assert_eq!(tagged(&back), tagged(&model), "{kind:?}");
            assert_eq!((&back.labels, &back.ids), (&model.labels, &model.ids));
            assert_eq!((&back.bars, &back.thresholds), (&model.bars, &model.thresholds));
            assert_eq!((&back.calibration, back.c), (&model.calibration, model.c));
            assert_eq!((back.multi, back.loss), (model.multi, model.loss));
            assert_eq!((&back.scripts, &back.languages), (&model.scripts, &model.languages));
            assert_eq!(back.features.options(), model.features.options());
            assert_eq!(back.is_compressed(), model.is_compressed());
        }
    }
}

#[test]
fn files_are_whole_and_read_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("مواضيع.khabar");
    let model = trained(KINDS[0]);
    model.write(&path).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), model.to_bytes("m").unwrap());
    assert_eq!(tagged(&TopicModel::read(&path).unwrap()), tagged(&model));
    let none = TopicModel::read(folder.path().join("none.khabar")).unwrap_err().to_string();
    assert!(none.contains("check the name and the folder"), "{none}");
}

#[test]
fn every_flipped_bit_and_every_truncation_of_a_trained_model_is_an_error() {
    for model in
        [trained(KINDS[0]), trained(KINDS[2]).compress(&CompressOptions::default()).unwrap()]
    {
        let bytes = model.to_bytes("m").unwrap();
        assert!(bytes.len() < 20_000 && bytes.len() > 1000, "{} bytes", bytes.len());
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(TopicModel::from_bytes("m", &flipped).is_err(), "bit {bit}");
        }
        for length in 0..bytes.len() {
            assert!(TopicModel::from_bytes("m", &bytes[..length]).is_err(), "{length} bytes");
        }
    }
}

#[test]
fn compressing_keeps_tags_and_sheds_columns() {
    let model = trained(KINDS[4]);
    let small = model.compress(&CompressOptions::default()).unwrap();
    assert!(small.features.len() < model.features.len());
    assert_eq!(small.features.in_use().0.len(), model.features.in_use().0.len());
    for (a, b) in tagged(&small).iter().zip(tagged(&model)) {
        assert_eq!(a.topics[0].label, b.topics[0].label);
        assert!((a.topics[0].probability - b.topics[0].probability).abs() < 0.02, "{a:?} {b:?}");
    }
    // A compressed model compressed again with nothing to leave out stays as it is, nearly.
    let full = (1 << 14) / 8 * 5;
    let limit = full + 4000;
    let tight = model.compress(&CompressOptions { max_bytes: limit, share: 0.0 }).unwrap();
    let bytes = tight.to_bytes("m").unwrap().len() as u64;
    assert!(bytes <= limit && bytes > limit - 64, "{bytes} of {limit}");
    let none = model.compress(&CompressOptions { max_bytes: full, share: 0.0 }).unwrap_err();
    assert!(none.to_string().starts_with("--compress: 10240 bytes hold no weights"), "{none}");
    let share = CompressOptions { share: 1.5, ..CompressOptions::default() };
    assert!(model.compress(&share).unwrap_err().to_string().contains("1.5 is no share"));
}

/// The file with something changed, its checksum right again.
fn forged(change: impl Fn(&mut ModelFile)) -> Vec<u8> {
    let mut file = trained(KINDS[0]).to_model_file().unwrap();
    change(&mut file);
    file.to_bytes("m").unwrap()
}

#[test]
fn errors_say_what_is_wrong_and_what_to_do() {
    let meta = |key: &'static str, value: serde_json::Value| {
        forged(move |file| {
            file.meta[key] = value.clone();
        })
    };
    let tensor = |name: &'static str, data: Data| {
        forged(move |file| {
            let tensor = file.tensors.iter_mut().find(|t| t.name == name).unwrap();
            tensor.shape = vec![data.len()];
            tensor.data = data.clone();
        })
    };
    let nan = [0, f64::NAN.to_bits() as u32, 0, (f64::NAN.to_bits() >> 32) as u32];
    for (bytes, said) in [
        (
            forged(|file| file.kind = "stories".into()),
            "a model of \"stories\", not of topics; name a file",
        ),
        (forged(|file| file.hash_version = 9), "made with n-gram hash 9, this khabar has 1; train"),
        (
            meta("version", 3.into()),
            "a topic model of version 3, this khabar reads 2; install a newer khabar",
        ),
        (
            meta("version", 1.into()),
            "a topic model of version 1, this khabar reads 2; train the model anew",
        ),
        (
            meta("labels", serde_json::json!(["a"])),
            "the model is damaged: it has fewer than two labels",
        ),
        (meta("labels", serde_json::json!(["a", "b", "c", "d"])), "the model is damaged"),
        (meta("ids", serde_json::json!([])), "its parts do not fit together"),
        (meta("n_buckets", 1000.into()), "1000 buckets"),
        (meta("n_buckets", (1u64 << 60).into()), "buckets"),
        (meta("ngram_range", serde_json::json!([0, 99])), "is not a range"),
        (meta("lead", serde_json::json!([10, u64::MAX])), "its lead counts too often"),
        (meta("words", "all".into()), "its description cannot be read"),
        (meta("surprise", 1.into()), "its description cannot be read"),
        (meta("compressed", true.into()), "a tensor is missing"),
        (meta("multi_label", true.into()), "its parts do not fit together"),
        (meta("calibration", serde_json::Value::Null), "numbers of no calibration"),
        (
            meta("calibration", serde_json::json!({"sigmoid": {"sum_to_one": true}})),
            "the model is damaged",
        ),
        (
            meta(
                "calibration",
                serde_json::json!({"isotonic": {"sum_to_one": true, "points": [u64::MAX, 2, 1]}}),
            ),
            "the model is damaged",
        ),
        (forged(|file| file.tensors.retain(|t| t.name != "weights")), "a tensor is missing"),
        (tensor("weights", Data::U8(vec![1; 9])), "of another kind"),
        (tensor("weights", Data::F32(vec![1.0; 7])), "linear model"),
        (tensor("bias", Data::F32(vec![])), "linear model"),
        (tensor("bars", Data::F32(vec![0.5; 2])), "its parts do not fit together"),
        (tensor("bars", Data::F32(vec![-1.0; 3])), "a bar or threshold is out of range"),
        (tensor("buckets", Data::U32(vec![5; 300])), "the model is damaged"),
        (tensor("idf", Data::F32(vec![])), "the model is damaged"),
        (tensor("exact", Data::U32(vec![1, 2])), "numbers are missing"),
        (tensor("exact", Data::U32([nan, nan].concat())), "a number is not finite"),
    ] {
        let got = error(&bytes);
        assert!(got.starts_with("m.khabar: ") && got.contains(said), "{said}: {got}");
    }
    assert!(error(b"").contains("this is no khabar model"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whoever knows how to sign a file can put anything into it: an error, or a model that
    /// tags, but no panic.
    #[test]
    fn any_contents_are_an_error_or_a_model_that_tags(seed: u64, compressed: bool) {
        let model = trained(KINDS[1]);
        let model = if compressed { model.compress(&CompressOptions::default()).unwrap() } else { model };
        let mut file = model.to_model_file().unwrap();
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
        let tensors = file.tensors.len() as u64;
        let tensor = &mut file.tensors[(random.next_u64() % tensors) as usize];
        let at = |n: usize, random: &mut Xoshiro256PlusPlus| (random.next_u64() % n.max(1) as u64) as usize;
        match &mut tensor.data {
            Data::F32(v) if !v.is_empty() => {
                let i = at(v.len(), &mut random);
                v[i] = f32::from_bits(random.next_u32());
            }
            Data::U32(v) if !v.is_empty() => {
                let i = at(v.len(), &mut random);
                v[i] = random.next_u32();
            }
            Data::U8(v) if !v.is_empty() => {
                let i = at(v.len(), &mut random);
                v[i] = random.next_u32() as u8;
            }
            _ => {}
        }
        if let Ok(bytes) = file.to_bytes("m")
            && let Ok(model) = TopicModel::from_bytes("m", &bytes)
        {
            prop_assert_eq!(tagged(&model).len(), 12);
        }
    }
}

/// Every try hashes 5 MB: a minute or so on one core, and the tries run on all.
#[test]
fn the_shipped_model_is_sound_and_any_damage_to_it_is_an_error() {
    let bytes = TopicModel::shipped_bytes();
    assert!(bytes.len() <= 6_000_000);
    let model = TopicModel::shipped().unwrap();
    assert_eq!(
        model.labels,
        ["business", "culture", "health", "politics", "religion", "sport", "technology"]
    );
    assert_eq!(model.ids[5], "medtop:15000000");
    assert_eq!(model.to_bytes("m").unwrap(), bytes);
    let text = "أحرز المنتخب كأس البطولة بعد فوزه في المباراة النهائية بهدفين دون رد";
    let tag = model.predict(&[("", text)], &["ar"]).remove(0);
    assert_eq!(tag.topics[0].label, 5, "{tag:?}");

    // Its header ends where its tensors begin: all before is tried bit by bit.
    let header = 56 + u64::from_le_bytes(bytes[48..56].try_into().unwrap()) as usize;
    let mut random = Xoshiro256PlusPlus::seed_from_u64(0);
    let mut below = |n: usize| (random.next_u64() % n as u64) as usize;
    let bits = (0..header * 8).chain((0..10_000).map(|_| below(bytes.len() * 8)));
    let bits: Vec<usize> = bits.collect();
    // A piece of bits shares a copy.
    bits.par_chunks(500).for_each(|bits| {
        let mut copy = bytes.to_vec();
        for bit in bits {
            copy[bit / 8] ^= 1 << (bit % 8);
            assert!(TopicModel::from_bytes("m", &copy).is_err(), "bit {bit}");
            copy[bit / 8] ^= 1 << (bit % 8);
        }
    });
    for _ in 0..1000 {
        let length = below(bytes.len());
        assert!(TopicModel::from_bytes("m", &bytes[..length]).is_err(), "{length} bytes");
    }
}
