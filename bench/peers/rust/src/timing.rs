//! Takes the time of one operation, several times.

use std::time::{Duration, Instant};

const MOST: usize = 101;
const USUAL: Duration = Duration::from_secs(2);
/// Fewer samples than these have no median worth the name.
const FEW: usize = 3;
const LONG: Duration = Duration::from_secs(10);

pub struct Samples {
    taken: Vec<Duration>,
    begun: Instant,
}

impl Samples {
    pub fn new() -> Self {
        Self {
            taken: Vec::new(),
            begun: Instant::now(),
        }
    }

    /// Whether one more is to be taken: as many as fit in two seconds, or three in ten, or one.
    pub fn wanted(&self) -> bool {
        let elapsed = self.begun.elapsed();
        match self.taken.len() {
            0 => true,
            count if count < FEW => elapsed < LONG,
            count => count < MOST && elapsed < USUAL,
        }
    }

    /// Takes one. What the operation yields is dropped by the caller, outside of the time taken.
    pub fn time<T>(&mut self, operation: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let result = operation();
        self.taken.push(start.elapsed());
        result
    }

    pub fn median(mut self) -> Option<Duration> {
        self.taken.sort();
        self.taken.get(self.taken.len() / 2).copied()
    }
}
