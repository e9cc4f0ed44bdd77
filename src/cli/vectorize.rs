//! `khabar vectorize`: articles as TF-IDF rows for SciPy.
//!
//! Rows come in the order of the articles kept; `--ids` says which those are. Memory is that
//! of the rows (8 bytes a value, as much again while they are learned) and of the texts.
//!
//! ```text
//! khabar vectorize أخبار.jsonl -o vectors.npz --features features.txt --min-df 2
//! ```

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::bail;
use clap::{Args, ValueEnum};
use khabar::Error;
use khabar::output::{AtomicFile, thousands};
use khabar::vectorize::{
    DfLimit, Features, Norm, Texts, TfidfParams, TfidfVectorizer, write_features, write_npz,
};
use serde::Serialize;

use super::args::input::{InputArgs, skipped};
use super::args::normalize::NormalizeArgs;
use super::args::output::{check_distinct, check_file};
use super::args::run::RunArgs;
use super::args::vector::VectorArgs;
use super::talk::counted;
use super::{HELP, Outcome};

const EXAMPLES: &str = "\
Examples:
  khabar vectorize articles.jsonl -o vectors.npz         scipy.sparse.load_npz reads it
  khabar vectorize أخبار/ -o v.npz --features f.txt      with the n-grams of the columns
  khabar vectorize a.csv -o v.npz --hashed 1048576       no vocabulary, any size of input
  khabar vectorize a.csv -o v.npz --profile none --lowercase --sublinear-tf
                                                         the rows of scikit-learn";

/// Turn articles into character n-gram TF-IDF rows for SciPy.
///
/// Without --hashed every n-gram of the input is a column, in code-point order. A text is the
/// title, a newline, the text.
#[derive(Args)]
#[command(help_template = HELP, before_help = EXAMPLES)]
pub(crate) struct VectorizeArgs {
    /// Files and folders of articles (.txt, .jsonl, .ndjson, .csv, .tsv, .parquet; also .gz,
    /// .zst), or - for stdin
    #[arg(value_name = "INPUT", required = true)]
    inputs: Vec<PathBuf>,
    /// Where the rows go: a SciPy CSR .npz, or - for stdout
    #[arg(long, short, value_name = "FILE", help_heading = "Output")]
    output: PathBuf,
    /// Write the n-grams of the columns, a JSON string a line
    #[arg(long, value_name = "FILE", conflicts_with = "hashed", help_heading = "Output")]
    features: Option<PathBuf>,
    /// Write the ids of the rows, a JSON string a line
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    ids: Option<PathBuf>,
    #[command(flatten)]
    vectors: VectorArgs,
    #[command(flatten)]
    weights: WeightArgs,
    #[command(flatten)]
    normalize: NormalizeArgs,
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    run: RunArgs,
}

/// What only rows for others to use can have: a cap, and another length than 1.
#[derive(Args)]
#[command(next_help_heading = "Columns and weights")]
struct WeightArgs {
    /// Keep only the N n-grams that occur most
    #[arg(long, value_name = "N", conflicts_with = "hashed")]
    max_features: Option<usize>,
    /// What a row is scaled to
    #[arg(long, value_enum, default_value_t = NormName::L2)]
    norm: NormName,
}

#[derive(Clone, Copy, ValueEnum)]
enum NormName {
    L2,
    L1,
    None,
}

impl VectorizeArgs {
    fn params(&self) -> anyhow::Result<TfidfParams> {
        let (vectors, weights) = (&self.vectors, &self.weights);
        let features = match vectors.hashed {
            Some(_) if vectors.min_df.is_some() || vectors.max_df.is_some() => {
                bail!(
                    "--hashed: it cannot be used with --min-df and --max-df, which leave columns out"
                );
            }
            Some(n_features) => Features::Hashed { n_features },
            None => Features::Learned {
                min_df: vectors.min_df.unwrap_or(DfLimit::Count(1)),
                max_df: vectors.max_df.unwrap_or(DfLimit::Share(1.0)),
                max_features: weights.max_features,
            },
        };
        let params = TfidfParams::new()
            .analyzer(vectors.analyzer())
            .ngram_range(vectors.ngram_range)
            .tf(vectors.tf())
            .idf_power(vectors.idf_power)
            .norm(match weights.norm {
                NormName::L2 => Norm::L2,
                NormName::L1 => Norm::L1,
                NormName::None => Norm::None,
            })
            .features(features)
            .normalize(self.normalize.options());
        Ok(params)
    }

    fn check_outputs(&self) -> anyhow::Result<()> {
        let mut outputs: Vec<&Path> = vec![&self.output];
        outputs.extend(self.features.iter().chain(&self.ids).map(PathBuf::as_path));
        for path in outputs.iter().filter(|path| path.as_os_str() != "-") {
            check_file(path, &self.inputs)?;
        }
        check_distinct(&outputs)?;
        let npz = self.output.extension().is_some_and(|e| e.eq_ignore_ascii_case("npz"));
        if self.output.as_os_str() != "-" && !npz {
            bail!("-o: {}: end the name in .npz", self.output.display());
        }
        Ok(())
    }
}

#[derive(Serialize)]
struct Summary {
    articles: usize,
    features: usize,
    values: usize,
    skipped: usize,
    bytes: u64,
    seconds: f64,
    megabytes_per_second: f64,
}

pub(crate) fn run(args: &VectorizeArgs) -> anyhow::Result<Outcome> {
    let started = Instant::now();
    args.check_outputs()?;
    let params = args.params()?;
    // What is wrong with them is said before the input is read.
    linfa::ParamGuard::check_ref(&params)?;
    let talk = args.run.start()?;
    let corpus = args.input.read(&args.inputs, &talk)?;
    let texts = Texts::from(corpus.articles.as_slice());
    let (fitted, rows) = TfidfVectorizer::fit_transform(&params, &texts)?;
    talk.end();
    if let (Some(path), Some(names)) = (&args.features, fitted.feature_names()) {
        whole(path, |file| write_features(names, file))?;
    }
    if let Some(path) = &args.ids {
        whole(path, |file| write_features(corpus.articles.iter().map(|a| &a.id), file))?;
    }
    whole(&args.output, |file| write_npz(&rows, file))?;
    let report = &corpus.report;
    let seconds = started.elapsed().as_secs_f64();
    let summary = Summary {
        articles: rows.n_rows(),
        features: rows.n_cols(),
        values: rows.nnz(),
        skipped: report.skipped,
        bytes: report.bytes,
        seconds,
        megabytes_per_second: report.bytes as f64 / 1e6 / seconds.max(1e-9),
    };
    if args.run.json {
        talk.warn(&serde_json::to_string(&summary)?);
    } else {
        talk.note(&format!(
            "{}, {} features, {} values{}; {seconds:.1} s, {:.1} MB/s",
            counted(summary.articles, "article", "articles"),
            thousands(summary.features),
            thousands(summary.values),
            skipped(report),
            summary.megabytes_per_second
        ));
    }
    Ok(args.input.outcome(report))
}

/// Writes a file that appears whole or not at all.
fn whole(
    path: &Path,
    write: impl FnOnce(&mut AtomicFile) -> std::io::Result<()>,
) -> khabar::Result<()> {
    let mut file = AtomicFile::create(path)?;
    write(&mut file).map_err(|e| Error::io(path, e))?;
    file.commit()
}
