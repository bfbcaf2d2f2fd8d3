//! Flattens the steps of an operation into instructions. Knows what a step is, not who calls whom.

use std::collections::BTreeMap;

use crate::id::{OperationId, SiteId};
use crate::model::parts::{Condition, Instruction, needed};
use crate::random::Stream;
use crate::scenario::{self, Per, Step};

/// What the flattening of steps needs from the model under construction.
pub(crate) trait Context {
    /// The place from which `from` calls `to`, the `nth` such call of the operation.
    fn call_site(&mut self, from: OperationId, to: &str, nth: u64) -> SiteId;
    /// The name of an operation, hashed.
    fn operation_stream(&self, operation: OperationId) -> Stream;
    /// Position of a cache among those of the service that offers the operation.
    fn cache(&self, operation: OperationId, name: &str) -> u32;
    /// A condition with its names resolved.
    fn condition(&self, written: &scenario::Condition, stream: Stream) -> Condition;
}

/// Flattens the steps of one operation.
pub(crate) struct ProgramBuilder<'a, C> {
    context: &'a mut C,
    operation: OperationId,
    /// Address of the first instruction.
    start: u32,
    program: Vec<Instruction>,
    /// How many things of a name there were so far: equal things are told apart by their order, and only they.
    seen: BTreeMap<String, u64>,
}

impl<'a, C: Context> ProgramBuilder<'a, C> {
    pub(crate) fn new(context: &'a mut C, operation: OperationId, start: u32) -> Self {
        Self { context, operation, start, program: Vec::new(), seen: BTreeMap::new() }
    }

    /// All instructions of the operation.
    pub(crate) fn build(mut self, steps: &[Step]) -> Vec<Instruction> {
        self.steps(steps);
        self.program.push(Instruction::Done);
        self.program
    }

    fn steps(&mut self, steps: &[Step]) {
        for step in steps {
            match step {
                Step::Work { time, per } => {
                    let stream = self.stream("work");
                    let per_request = *per == Per::Request;
                    self.program.push(Instruction::Work { time: *time, stream, per_request });
                }
                Step::Call { to } => self.calls(std::slice::from_ref(to), 1),
                Step::Parallel { calls, join } => self.calls(calls, needed(join, calls.len() as u32)),
                Step::Branch { when, then, otherwise } => self.branch(when, then, otherwise),
                Step::Lookup { cache, hit, miss } => self.lookup(cache, hit, miss),
                Step::Fail => self.program.push(Instruction::Fail),
            }
        }
    }

    fn calls(&mut self, to: &[scenario::Name], needed: u32) {
        let mut first = None;
        for name in to {
            let nth = self.nth(name);
            let site = self.context.call_site(self.operation, name, nth);
            first.get_or_insert(site);
        }
        if let Some(first) = first {
            self.program.push(Instruction::Call { first, count: to.len() as u32, needed });
        }
    }

    fn branch(&mut self, when: &scenario::Condition, then: &[Step], otherwise: &[Step]) {
        let stream = self.stream("branch");
        let condition = self.context.condition(when, stream);
        self.fork(then, otherwise, None, |target| Instruction::Unless {
            condition: condition.clone(),
            target,
        });
    }

    fn lookup(&mut self, cache: &str, hit: &[Step], miss: &[Step]) {
        let stream = self.stream(&format!("lookup {cache}"));
        let cache = self.context.cache(self.operation, cache);
        self.fork(hit, miss, Some(Instruction::Fill(cache)), |miss| Instruction::Lookup {
            cache,
            stream,
            miss,
        });
    }

    /// One of two ways: an instruction that goes on, or jumps to where it is told, and the steps of both, with what
    /// follows those of the second.
    fn fork(
        &mut self,
        on: &[Step],
        jumped: &[Step],
        last: Option<Instruction>,
        instruction: impl Fn(u32) -> Instruction,
    ) {
        let fork = self.program.len();
        self.program.push(instruction(0));
        self.steps(on);
        if jumped.is_empty() && last.is_none() {
            self.program[fork] = instruction(self.here());
            return;
        }
        let jump = self.program.len();
        self.program.push(Instruction::Jump(0));
        self.program[fork] = instruction(self.here());
        self.steps(jumped);
        self.program.extend(last);
        self.program[jump] = Instruction::Jump(self.here());
    }

    /// Address of the next instruction.
    fn here(&self) -> u32 {
        self.start + self.program.len() as u32
    }

    /// The purpose of a draw of this operation.
    fn stream(&mut self, kind: &str) -> Stream {
        let nth = self.nth(kind);
        let operation = self.context.operation_stream(self.operation);
        Stream(crate::random::mix(operation.0, Stream::named(kind).0)).nth(nth)
    }

    /// How many of this name came before, in this operation.
    fn nth(&mut self, name: &str) -> u64 {
        let count = self.seen.entry(name.to_owned()).or_default();
        *count += 1;
        *count - 1
    }
}
