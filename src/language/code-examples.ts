/** For each code of `codes.ts` a text with the mistake and the same text without it, as `bootproof explain` shows them. */

import type { DiagnosticCode } from './codes.ts';
import { benchExamples } from './examples/bench.ts';
import type { CodeExample } from './examples/example.ts';
import { nameExamples } from './examples/names.ts';
import { shapeExamples } from './examples/shape.ts';
import { stepExamples } from './examples/steps.ts';
import { textExamples } from './examples/text.ts';

export const codeExamples: Readonly<Partial<Record<DiagnosticCode, CodeExample>>> = {
  ...textExamples,
  ...shapeExamples,
  ...nameExamples,
  ...stepExamples,
  ...benchExamples,
};
