/** How a cell, an attempt or a step can end. */

/** All outcomes of a cell, in the order in which reports count them. */
export const cellOutcomes = [
  /** Everything that the pipeline demands was so. */
  'passed',
  /** The product did not do what the pipeline demands. */
  'failed',
  /** The lab failed: link, adapter, power or host. */
  'infra',
  /** The pipeline or its inputs are wrong. */
  'broken',
  /** Nothing was judged: `when` or a loop left out every expectation. */
  'skipped',
  /** The board cannot do what the pipeline requires. */
  'not-applicable',
  /** Failed as a known issue predicts. */
  'xfailed',
  /** Passed although a strict known issue predicts a failure. Without `strict` such a cell is `passed`. */
  'xpassed',
  /** The product failed and passed when tried again. */
  'flaky',
  /** Should have run and was never started: the run ended before, or its board was lost. */
  'not-run',
  /** Was started and not ended: cancelled or killed. */
  'aborted',
] as const;

export type CellOutcome = (typeof cellOutcomes)[number];

/** How one attempt or one step can end; the other outcomes need more than one execution, or none. */
export const executionOutcomes = [
  'passed',
  'failed',
  'infra',
  'broken',
  'skipped',
  'not-applicable',
  'aborted',
] as const satisfies readonly CellOutcome[];

export type ExecutionOutcome = (typeof executionOutcomes)[number];
