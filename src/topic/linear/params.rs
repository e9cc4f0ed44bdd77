//! What the linear trainer is told, and the check of it.
//!
//! The objective is scikit-learn's: `1/2 |w|^2 + C * sum of weight[i] * loss(y[i], w . x[i])`,
//! the bias being the weight of one more feature that is 1 everywhere, and punished like the
//! rest (`LinearSVC`, `LogisticRegression(solver="liblinear")`). Plain data, no cost.
//!
//! ```
//! use khabar::topic::linear::{LinearParams, Loss};
//! use linfa::ParamGuard;
//! assert!(LinearParams::new().loss(Loss::Multinomial).c(10.0).check().is_ok());
//! let error = LinearParams::new().c(-1.0).check().unwrap_err().to_string();
//! assert_eq!(error, "--C: -1 is no strength of fit; give a number above 0 (1.0)");
//! ```

use linfa::ParamGuard;
use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// What a wrong score costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Loss {
    /// `max(0, 1 - y z)^2`, one label against the rest; `LinearSVC`'s default.
    #[default]
    SquaredHinge,
    /// `max(0, 1 - y z)`, one label against the rest.
    Hinge,
    /// `ln(1 + e^(-y z))`, one label against the rest.
    Logistic,
    /// `-ln softmax(z)[y]`, all labels at once; rows have one label each.
    Multinomial,
}

impl Loss {
    /// The name in files and options.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::SquaredHinge => "squared_hinge",
            Self::Hinge => "hinge",
            Self::Logistic => "logistic",
            Self::Multinomial => "multinomial",
        }
    }
}

/// How much rows count by their label.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum ClassWeight {
    /// All the same.
    #[default]
    None,
    /// `rows / (labels * rows of the label)`: every label counts as much as the others.
    Balanced,
    /// So much a label.
    Given(Vec<f64>),
}

/// Checked parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct LinearValidParams {
    pub(crate) loss: Loss,
    pub(crate) c: f64,
    pub(crate) class_weight: ClassWeight,
    pub(crate) bias: bool,
    pub(crate) gap: f64,
    pub(crate) max_epochs: u32,
    pub(crate) seed: u64,
}

/// Parameters still to be checked.
#[derive(Debug, Clone, PartialEq)]
pub struct LinearParams(LinearValidParams);

impl Default for LinearParams {
    /// Squared hinge, C 1, no class weights, a bias, gap .001, at most 200 epochs, seed 0.
    fn default() -> Self {
        Self(LinearValidParams {
            loss: Loss::default(),
            c: 1.0,
            class_weight: ClassWeight::None,
            bias: true,
            gap: 1e-3,
            max_epochs: 200,
            seed: 0,
        })
    }
}

impl LinearParams {
    /// The defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What a wrong score costs.
    #[must_use]
    pub fn loss(mut self, loss: Loss) -> Self {
        self.0.loss = loss;
        self
    }

    /// How much fit counts against small weights.
    #[must_use]
    pub fn c(mut self, c: f64) -> Self {
        self.0.c = c;
        self
    }

    /// How much rows count by their label.
    #[must_use]
    pub fn class_weight(mut self, weight: ClassWeight) -> Self {
        self.0.class_weight = weight;
        self
    }

    /// Whether there is a bias.
    #[must_use]
    pub fn bias(mut self, bias: bool) -> Self {
        self.0.bias = bias;
        self
    }

    /// Training of a label ends where its duality gap is at most this share of its objective
    /// at weights of 0; what f32 can tell apart ends near 1e-7.
    #[must_use]
    pub fn gap(mut self, gap: f64) -> Self {
        self.0.gap = gap;
        self
    }

    /// Passes over the rows at most; what has not converged by then is used as it is.
    #[must_use]
    pub fn max_epochs(mut self, epochs: u32) -> Self {
        self.0.max_epochs = epochs;
        self
    }

    /// Seeds the order of rows.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.0.seed = seed;
        self
    }
}

impl ParamGuard for LinearParams {
    type Checked = LinearValidParams;
    type Error = Error;

    fn check_ref(&self) -> Result<&LinearValidParams> {
        let p = &self.0;
        if !(p.c.is_finite() && p.c > 0.0) {
            let what = format!("{} is no strength of fit", p.c);
            return Err(Error::parameter("--C", what, "give a number above 0 (1.0)"));
        }
        if !(p.gap.is_finite() && p.gap > 0.0) || p.max_epochs == 0 {
            let what = format!("gap {} within {} epochs", p.gap, p.max_epochs);
            return Err(Error::parameter("--gap", what, "give a gap above 0 (0.001) and an epoch"));
        }
        if let ClassWeight::Given(weights) = &p.class_weight
            && let Some(w) = weights.iter().find(|w| !(w.is_finite() && **w > 0.0))
        {
            let what = format!("{w} as a label's weight");
            return Err(Error::parameter("--class-weight", what, "give numbers above 0"));
        }
        Ok(p)
    }

    fn check(self) -> Result<LinearValidParams> {
        self.check_ref()?;
        Ok(self.0)
    }
}
