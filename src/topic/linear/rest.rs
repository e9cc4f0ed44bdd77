//! One label against the rest, up to `L` labels at once, by dual coordinate descent.
//!
//! Every label is a problem of its own, but a row is read once for all labels of a lane: its
//! scores are one pass, and what changed is added in another. Rows a label has no more use for
//! are set aside (shrinking, as liblinear does) and looked at again before it is called done.
//! An epoch costs some 2 to 4 ns a stored value for eight labels. Memory: `4 L` bytes a column
//! and `4 L + 16` a row.

use super::coordinate::Point;
use super::order::Order;
use super::params::{LinearValidParams, Loss};
use super::problem::{Lanes, Problem, Visit};
use super::rows::{add, dot};

/// A term of the gap relative to the objective at 0, for labels that cost next to nothing.
const FLOOR: f64 = 1e-4;

/// State of one lane of labels.
struct Solver<'a, const L: usize> {
    problem: &'a Problem<'a>,
    params: &'a LinearValidParams,
    /// Labels of the lane; at most `L`.
    targets: &'a [usize],
    c: f64,
    lanes: Lanes<L>,
    alpha: Vec<[f32; L]>,
    /// Which labels a row has, as bits.
    positive: Vec<u8>,
    /// For which labels a row is still looked at.
    active: Vec<u8>,
    order: Vec<u32>,
}

/// Sums of one pass over the rows.
#[derive(Clone, Copy)]
struct Pass<const L: usize> {
    gap: [f64; L],
    objective: [f64; L],
    /// Largest and smallest slope that may be followed.
    most: [f64; L],
    least: [f64; L],
}

/// Trains the labels `targets` at each of `cs`, ascending, from where the last one ended;
/// `visit` sees the weights of each.
pub(crate) fn solve<const L: usize>(
    problem: &Problem<'_>,
    params: &LinearValidParams,
    targets: &[usize],
    cs: &[f64],
    visit: &mut Visit<'_>,
) {
    let n = problem.train.len();
    let bit = |row: u32| {
        targets.iter().enumerate().fold(0u8, |bits, (lane, &label)| {
            bits | (u8::from(problem.labels.has(row as usize, label)) << lane)
        })
    };
    let mut solver = Solver {
        problem,
        params,
        targets,
        c: 0.0,
        lanes: Lanes::new(problem.rows.n_cols),
        alpha: vec![[0.0; L]; n],
        positive: problem.train.iter().map(|&row| bit(row)).collect(),
        active: Vec::new(),
        order: Vec::new(),
    };
    for (step, &c) in cs.iter().enumerate() {
        solver.c = c;
        solver.run(step as u64);
        visit(step, targets, &solver.lanes);
    }
}

impl<const L: usize> Solver<'_, L> {
    fn run(&mut self, step: u64) {
        let n = self.problem.train.len();
        let all = ((1u32 << self.targets.len()) - 1) as u8;
        self.active = vec![all; n];
        self.order = (0..n as u32).collect();
        let mut order = Order::new(self.params.seed ^ (step << 32) ^ self.targets[0] as u64);
        let mut asleep = 0u8;
        let mut done = 0u8;
        let mut wanted = [self.params.gap; L];
        let (mut most, mut least) = ([f64::INFINITY; L], [f64::NEG_INFINITY; L]);
        let floor = FLOOR * self.at_zero();
        for _ in 0..self.params.max_epochs {
            let active = &self.active;
            self.order.retain(|&i| active[i as usize] & !asleep != 0);
            order.shuffle(&mut self.order);
            let pass = self.epoch(asleep, &most, &least);
            for lane in 0..self.targets.len() {
                let open = |v: f64, end: f64| if v * end > 0.0 { v } else { end };
                most[lane] = open(pass.most[lane], f64::INFINITY);
                least[lane] = open(pass.least[lane], f64::NEG_INFINITY);
                if pass.gap[lane] <= wanted[lane] * (pass.objective[lane] + floor) {
                    asleep |= 1 << lane;
                }
            }
            if asleep != all {
                continue;
            }
            // All seem done: look at every row, also those set aside.
            let pass = self.check();
            for lane in 0..self.targets.len() {
                if pass.gap[lane] <= self.params.gap * (pass.objective[lane] + floor) {
                    done |= 1 << lane;
                } else if done & (1 << lane) == 0 {
                    wanted[lane] *= 0.5;
                    (most[lane], least[lane]) = (f64::INFINITY, f64::NEG_INFINITY);
                }
            }
            if done == all {
                return;
            }
            asleep = done;
            self.active.fill(all);
            self.order = (0..n as u32).collect();
        }
    }

    /// C times the weight of row `i` for a lane.
    #[inline]
    fn c_of(&self, i: usize, lane: usize) -> f64 {
        let (rest, own) = self.problem.weights[self.targets[lane]];
        self.c * if self.positive[i] >> lane & 1 == 1 { own } else { rest }
    }

    fn point(&self, i: usize, lane: usize, z: f32, square: f64) -> Point {
        let y = if self.positive[i] >> lane & 1 == 1 { 1.0 } else { -1.0 };
        let margin = y * f64::from(z);
        let c = self.c_of(i, lane);
        Point { margin, alpha: f64::from(self.alpha[i][lane]), c, square }
    }

    /// The objective with all weights 0, of one label.
    fn at_zero(&self) -> f64 {
        self.c * self.problem.train.len() as f64
    }

    /// One pass over the rows in `order`.
    fn epoch(&mut self, asleep: u8, most: &[f64; L], least: &[f64; L]) -> Pass<L> {
        let loss = self.params.loss;
        let bias = f64::from(u8::from(self.params.bias));
        let mut pass =
            Pass { gap: [0.0; L], objective: [0.0; L], most: [f64::MIN; L], least: [f64::MAX; L] };
        let order = std::mem::take(&mut self.order);
        for &i in &order {
            let i = i as usize;
            let row_number = self.problem.train[i] as usize;
            let row = self.problem.rows.row(row_number);
            let z = self.lanes.scores(row);
            let square = self.problem.squares[row_number] + bias;
            let mut delta = [0.0f32; L];
            let mut moved = false;
            let looked_at = self.active[i] & !asleep;
            for lane in 0..self.targets.len() {
                if looked_at >> lane & 1 == 0 {
                    continue;
                }
                let point = self.point(i, lane, z[lane], square);
                let step = point.step(loss);
                if loss != Loss::Logistic && step.projected == 0.0 {
                    let aside = if point.alpha <= 0.0 {
                        step.slope > most[lane]
                    } else {
                        step.slope < least[lane]
                    };
                    if aside {
                        self.active[i] &= !(1 << lane);
                        continue;
                    }
                }
                pass.gap[lane] += point.gap(loss);
                pass.objective[lane] += point.loss(loss) + 0.5 * point.alpha * point.margin;
                pass.most[lane] = pass.most[lane].max(step.projected);
                pass.least[lane] = pass.least[lane].min(step.projected);
                let new = step.alpha as f32;
                let change = new - self.alpha[i][lane];
                if change != 0.0 {
                    self.alpha[i][lane] = new;
                    delta[lane] = if self.positive[i] >> lane & 1 == 1 { change } else { -change };
                    moved = true;
                }
            }
            if moved {
                add(&mut self.lanes.weights, row, delta);
                if self.params.bias {
                    for (b, d) in self.lanes.bias.iter_mut().zip(delta) {
                        *b += d;
                    }
                }
            }
        }
        self.order = order;
        pass
    }

    /// The duality gap as it is: weights stand still.
    fn check(&self) -> Pass<L> {
        let loss = self.params.loss;
        let mut pass = Pass { gap: [0.0; L], objective: [0.0; L], most: [0.0; L], least: [0.0; L] };
        for (i, &row) in self.problem.train.iter().enumerate() {
            let z = self.lanes.scores(self.problem.rows.row(row as usize));
            for (lane, &z) in z[..self.targets.len()].iter().enumerate() {
                let point = self.point(i, lane, z, 0.0);
                pass.gap[lane] += point.gap(loss);
                pass.objective[lane] += point.loss(loss) + 0.5 * point.alpha * point.margin;
            }
        }
        pass
    }
}

impl<const L: usize> Lanes<L> {
    #[inline]
    pub(crate) fn scores(&self, row: (&[u32], &[f32])) -> [f32; L] {
        let z = dot(&self.weights, row);
        std::array::from_fn(|l| z[l] + self.bias[l])
    }
}
