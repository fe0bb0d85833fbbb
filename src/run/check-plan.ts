/** A plan against the pipelines that it selects and the boards of the bench: what it names must be there, and fit. */

import type { Board } from '../device/board.ts';
import type { LanguageDiagnostic } from '../language/diagnostics.ts';
import type { AxisValue, InputDeclaration, Pipeline, Plan } from '../language/model.ts';
import { artifactWords, isArtifact } from '../language/origin.ts';
import { code, suggestion } from '../language/words.ts';
import { inputValueProblem } from './inputs.ts';
import { benchAxes } from './plan.ts';

export interface PlanSurroundings {
  /** Those that the plan selects. */
  readonly pipelines: readonly Pipeline[];
  readonly boards: readonly Board[];
  /** Whether there is a file at a path relative to the plan's file. */
  readonly exists: (path: string) => boolean;
}

export function checkPlanFits(plan: Plan, around: PlanSurroundings): readonly LanguageDiagnostic[] {
  const inputs = around.pipelines.flatMap((pipeline) => [...pipeline.inputs.values()]);
  const values = valuesByAxis(plan);
  return [
    ...checkBoards(plan, around.boards),
    ...[...values].flatMap(([axis, given]) => checkAxis(plan, { axis, values: given, inputs, around })),
    ...[...plan.inputs.keys()].flatMap((name) => checkInput(plan, { name, inputs, values })),
  ];
}

function valuesByAxis({ combinations }: Plan): ReadonlyMap<string, ReadonlySet<AxisValue>> {
  const values = new Map<string, Set<AxisValue>>();
  for (const combination of combinations) {
    for (const [axis, value] of Object.entries(combination)) values.set(axis, (values.get(axis) ?? new Set()).add(value));
  }
  return values;
}

function checkBoards(plan: Plan, boards: readonly Board[]): readonly LanguageDiagnostic[] {
  const words = [...new Set(boards.flatMap(({ name, labels }) => [name, ...labels.map((label) => `label:${label}`)]))];
  const unknown = [...(plan.boards ?? []).entries()].filter(([, word]) => !words.includes(word) && !words.includes(`label:${word}`));
  return unknown.map(([index, word]) =>
    mistake(`the bench has no board ${code(word)}`, 'board-unknown', plan.locate(['boards', index]), suggestion(word, words)),
  );
}

interface AxisContext {
  readonly axis: string;
  readonly values: ReadonlySet<AxisValue>;
  readonly inputs: readonly InputDeclaration[];
  readonly around: PlanSurroundings;
}

function checkAxis(plan: Plan, { axis, values, inputs, around }: AxisContext): readonly LanguageDiagnostic[] {
  const at = (value?: AxisValue): LanguageDiagnostic['span'] =>
    plan.locate(['matrix', 'axes', axis, ...(value === undefined ? [] : [indexOf(plan, axis, value)])]);
  if (benchAxes.includes(axis)) {
    const known = [...new Set(around.boards.flatMap(({ name, transports }) => (axis === 'board' ? [name] : transports)))];
    const unknown = [...values].filter((value) => !known.includes(String(value)));
    return unknown.map((value) =>
      mistake(
        `no board ${axis === 'board' ? 'is called' : 'has the transport'} ${code(String(value))}`,
        'axis-value',
        at(value),
        suggestion(String(value), known),
      ),
    );
  }
  const declared = inputs.filter(({ name }) => name === axis);
  if (declared.length === 0) {
    const names = [...benchAxes, ...new Set(inputs.map(({ name }) => name))];
    return [
      mistake(
        `the axis ${code(axis)} sets nothing: no selected pipeline has an input of that name`,
        'axis-unknown',
        at(),
        suggestion(axis, names),
      ),
    ];
  }
  return [...values].flatMap((value) => {
    const problem = declared.map((declaration) => valueProblem(value, declaration, { plan, around })).find((one) => one !== undefined);
    return problem === undefined ? [] : [mistake(`${code(axis)} ${problem.message}`, 'axis-value', at(value), problem.hint)];
  });
}

interface Problem {
  readonly message: string;
  readonly hint: string | undefined;
}

function valueProblem(
  value: AxisValue,
  declaration: InputDeclaration,
  { plan, around }: { plan: Plan; around: PlanSurroundings },
): Problem | undefined {
  const { type } = declaration;
  if (!isArtifact(type)) return inputValueProblem(declaration, value);
  const name = String(value);
  const alike = [...plan.inputs].filter(([, input]) => input.type === type).map(([input]) => input);
  const ofPipelines = around.pipelines.some((pipeline) => pipeline.inputs.get(name)?.type === type);
  if (alike.includes(name) || ofPipelines || around.exists(name)) return undefined;
  return {
    message: `cannot be ${code(name)}: it is neither ${artifactWords[type]} under \`inputs\` nor a file`,
    hint: suggestion(name, alike),
  };
}

interface InputContext {
  readonly name: string;
  readonly inputs: readonly InputDeclaration[];
  readonly values: ReadonlyMap<string, ReadonlySet<AxisValue>>;
}

/** An input of the plan is one of the pipelines, or an image or package that an axis names. */
function checkInput(plan: Plan, { name, inputs, values }: InputContext): readonly LanguageDiagnostic[] {
  const span = plan.locate(['inputs', name]);
  const declared = inputs.filter((input) => input.name === name);
  const given = plan.inputs.get(name);
  if (given?.type === 'value') {
    const problem = declared.map((declaration) => inputValueProblem(declaration, given.value)).find((one) => one !== undefined);
    if (problem !== undefined) return [mistake(`${code(name)} ${problem.message}`, 'input-value', span, problem.hint)];
  }
  const other = given?.type === 'value' ? undefined : declared.find(({ type }) => type !== given?.type);
  if (other !== undefined) {
    const type = other.type === 'quantity' ? other.quantity : other.type;
    return [mistake(`${code(name)} is of type ${type} in a selected pipeline`, 'input-value', span, 'give it what suits that type')];
  }
  const isNamed = [...values.values()].some((axis) => axis.has(name));
  if (declared.length > 0 || (given?.type !== 'value' && isNamed)) return [];
  const known = [...new Set(inputs.map((input) => input.name))];
  return [mistake(`no selected pipeline has an input ${code(name)}, and no axis names it`, 'input-unused', span, suggestion(name, known))];
}

/** Where the value stands in its axis; values that `add` or `set` brought are shown at the axis. */
function indexOf(plan: Plan, axis: string, value: AxisValue): number {
  return plan.axes[axis]?.indexOf(value) ?? -1;
}

function mistake(
  message: string,
  code: LanguageDiagnostic['code'],
  span: LanguageDiagnostic['span'],
  hint: string | undefined,
): LanguageDiagnostic {
  return { code, severity: 'error', message, ...(span === undefined ? {} : { span }), ...(hint === undefined ? {} : { hint }) };
}
