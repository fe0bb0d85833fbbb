/**
 * The rules of the design (sections 3.1 to 4), each with the tests that would fail without it. A proof is `file > name of the test`
 * below `test/`, or a mistake of `test/failing/` with its code.
 */

export type Proof = string;

export const rules: Readonly<Record<string, Readonly<Record<string, readonly Proof[]>>>> = {
  '3: six kinds of files': {
    'every file carries version and kind': [
      'failing/kind-missing kind-missing',
      'failing/kind-unknown kind-unknown',
      'failing/version-unsupported wrong-value',
    ],
    'each kind has its suffix': ['cli/lint.test.ts > folders are searched, and every mistake of every file is told'],
    'one schema for each kind, the source of types': ['language/schemas.test.ts > bundles and types are what the sources say'],
    'the schemas make editors complete and explain': [
      'editors/yaml-language-server.test.ts > completes verbs, nouns, types of inputs and values',
      'editors/yaml-language-server.test.ts > explains every key of pipelines with an example',
    ],
    'the schemas make the reference': ['docs/reference.test.ts > the pages are what `npm run docs` writes'],
  },
  '3.1: the example': {
    'every key shown works': ['language/design/examples.test.ts > the pipeline passes on the simulated board'],
    'the id is unique in a run': [
      'cli/lint.test.ts > good files, warnings and equal ids',
      'language/design/rules.test.ts > an axis `board` chooses from the bench, and an id stands once in a run',
    ],
    'what a board does not meet is not applicable, with the reason': ['run/run.test.ts > what is decided without running'],
    'inputs are typed': [
      'failing/input-declarations default-mismatch',
      'failing/call-inputs default-mismatch',
      'run/inputs.test.ts > --set goes before an axis, an axis before the plan, and the plan before the default',
    ],
    '--set gives an input another value': ['run/run.test.ts > wrong inputs break the cell, not the run'],
    'forbid-log watches the whole cell': [
      'run/run.test.ts > forbid-log',
      'run/devices.test.ts > a forbidden line on any board fails the cell',
    ],
    'the time limit of the pipeline': [
      'language/design/rules.test.ts > the time limit is the one that the pipeline states, and evidence is for failures',
    ],
    'severity warn fails nothing': ['run/run.test.ts > a warning'],
  },
  '3.1: steps': {
    'one object with the listed keys; the schema is flat': ['language/design/tables.test.ts > a step is a flat object'],
    'exactly one verb': ['failing/many-verbs many-verbs', 'failing/no-verb no-verb'],
    'the verbs and their parameters': [
      'language/design/tables.test.ts > ${folder} and their parameters',
      'run/verbs.test.ts > upload: where the image must end up',
      'run/verbs.test.ts > upload: what a server may refuse',
      'run/verbs.test.ts > upload: how much goes in one request, and how many wait',
      'run/verbs.test.ts > upload: where it stops, and whether it goes on there',
      'run/verbs.test.ts > erase and reset',
      'run/verbs.test.ts > exec: its environment, and the code that it must end with',
    ],
    'retry: what the lab did': ['run/verbs.test.ts > retry: what the lab did is tried again, as often and with the pause that is said'],
    'the nouns and their parameters': [
      'language/design/tables.test.ts > ${folder} and their parameters',
      'run/nouns.test.ts > an image on its way: pending, and not for good',
      'run/nouns.test.ts > values',
    ],
    'provision: the state that is named': ['run/provision.test.ts > the states of an update, as'],
    'an expect has one noun': ['failing/many-nouns many-nouns', 'failing/no-noun no-noun'],
    'an image is an input, a slot or a quoted hash': [
      'run/verbs.test.ts > images by slot number and by hash',
      'failing/image-unknown input-unknown',
      'failing/unquoted-hash unquoted-scalar',
    ],
  },
  '3.1: polling': {
    'within: eventually true': ['language/design/rules.test.ts > within waits until it is true'],
    'stays: must hold that long': [
      'language/design/rules.test.ts > stays fails at the moment at which it no longer holds',
      'language/design/rules.test.ts > within and stays: true in the end, and then for that long',
    ],
    'silence is the product, a broken link the lab': [
      'language/design/rules.test.ts > silence on a good link for all of `within` is the failure of the product',
    ],
    'neither: once, now': ['language/design/rules.test.ts > neither looks once'],
    'no retry on an expect': ['failing/retry-on-expect misplaced-key'],
  },
  '3.1: log windows': {
    'since boot is the default': ['language/design/rules.test.ts > a window begins with the boot'],
    'since step, start and mark': [
      'language/design/rules.test.ts > a window begins where `since` says',
      'failing/since-unknown-mark name-unknown',
    ],
    'an absence needs an end': [
      'failing/absence-without-end absence-without-end',
      'language/design/rules.test.ts > an absence is watched to its end, and an order has one limit',
    ],
    'a reset opens the next epoch before it is sent': [
      'language/design/rules.test.ts > a window begins with the boot',
      'language/design/rules.test.ts > no line of the boot before counts, although the boot after has not said anything yet',
      'device/console.test.ts > a boot is one epoch',
    ],
  },
  '3.1: negative paths': {
    'exactly that failure is the pass': [
      'run/run.test.ts > another error than expected',
      'run/run.test.ts > an expected error that does not come',
      'run/run.test.ts > an expected error',
      'run/verbs.test.ts > expect-error: only a refusal is one',
      'run/nouns.test.ts > an error, which is of its group',
    ],
  },
  '3.1: values': {
    'substituted into nodes, never into text': ['language/design/rules.test.ts > a value is no YAML'],
    typed: [
      'failing/expression-types expression-type',
      'language/expressions.test.ts > types are checked against what the scope will hold',
    ],
    'total, bounded': [
      'failing/expression-cost expression-cost',
      'language/expressions.test.ts > property: any text is parsed, checked and evaluated without an exception',
    ],
    'a failed expression prints its operands': ['language/design/rules.test.ts > a failed expression says what it read'],
    'a save happens once': ['failing/captures capture-twice'],
    'use before set': ['failing/use-before-set use-before-set'],
  },
  '3.1: scalars': {
    'version, hash, id and serial are quoted': [
      'failing/unquoted-version unquoted-scalar',
      'failing/unquoted-hash unquoted-scalar',
      'failing/unquoted-id unquoted-scalar',
      'failing/bench-commands unquoted-scalar',
    ],
    'amounts carry their unit': [
      'failing/yaml-numbers unit-missing',
      'failing/unit-unknown malformed',
      'failing/progress-without-unit unit-missing',
    ],
    'duplicate and unknown keys': ['failing/yaml-duplicate-key yaml-duplicate-key', 'failing/unknown-step-key unknown-key'],
  },
  '3.1: teardown': {
    'after a failure': ['run/run.test.ts > the teardown runs whatever happened, and never changes the outcome'],
    'after a timeout, and when only setup started': ['language/design/rules.test.ts > the teardown runs when setup started'],
    'after a cancel': [
      'run/run.test.ts > a cancelled run tears down, and each cell has its outcome',
      "cli/run-command.test.ts > ${signals.join(' and ')} tears down and writes the reports",
    ],
    'each step is attempted': [
      'run/inner-steps.test.ts > in a teardown each inner step is attempted, too',
      'run/run.test.ts > the teardown runs whatever happened',
    ],
    'a failed one marks the board dirty': ['run/run.test.ts > the teardown runs whatever happened, and never changes the outcome'],
  },
  '3.1: faults': {
    'moments and effects': ['language/design/tables.test.ts > faults, their moments and what they do'],
    'each does what it says': [
      'run/faults.test.ts > the power goes when the console says so, when a part of the boot begins, and when a step does',
    ],
    'a sweep expands into cells': ['run/sweep.test.ts > a sweep has one cell for each flash operation, and the stock ones pass'],
    seeded: ['run/faults.test.ts > lost packets are seen by the client, and repeat with the seed'],
    'never skipped in silence': [
      'run/faults.test.ts > a fault that the board cannot have makes the cell not applicable, with the reason',
      'run/faults.test.ts > a moment that never comes is a failure',
    ],
  },
  '3.1: axes and calls': {
    'board and transport choose from the bench': [
      'language/design/rules.test.ts > an axis `board` chooses from the bench, and an id stands once in a run',
      'run/plan.test.ts > a pipeline takes the axes that mean something to it, and its own beside them',
    ],
    'every other axis sets the input of its name': [
      'language/design/rules.test.ts > an axis sets the input of its name',
      'failing/matrix-axes axis-unknown',
    ],
    'the first transport without a choice': [
      'language/design/rules.test.ts > without a bench there is one board, and without a choice its first transport is used',
    ],
    'a fragment has inputs and outputs': [
      'run/call.test.ts > a fragment gets its inputs, and its outputs are the result of the call',
      'run/call.test.ts > what `--set` says is for the inputs of the pipeline, not for those of the fragments that it calls',
    ],
    'the same meaning on every board': ['cli/faces.test.ts > every pipeline passes over a pty, TCP and UDP as it does in memory'],
    'what depends on the bench is told by lint': ['cli/lint.test.ts > what the boards of a bench cannot do'],
  },
  '3.2: bench': {
    'the example': ['language/load.test.ts > a bench as its model', 'language/design/examples.test.ts > they have no mistakes'],
    'labels choose boards': ['run/devices.test.ts > roles are given to boards by labels and by --on, and each to a board of its own'],
    'transports by address': ['failing/bench-addresses malformed'],
    'a console of its own, or a shared one': ['failing/bench-addresses transport-unknown', 'failing/bench-ports port-shared'],
    'commands are argument lists; a shell is declared': [
      'device/bench-commands.test.ts > recipes become the command lines of their programs',
      'failing/bench-malformed wrong-type',
    ],
    'recover brings a board back': ['cli/lab.test.ts > a rung that helps brings the board back'],
    'locks are for one at a time': [
      'run/schedule.test.ts > lanes share what they need, use no more jobs than allowed, and all come to their end',
      'cli/host-claims.test.ts > all or none, and free again',
    ],
    'without a bench there is one board, sim': ['language/design/rules.test.ts > without a bench there is one board'],
  },
  '3.3: plan': {
    'select by paths, tags and ids': ['language/design/rules.test.ts > a plan selects by paths, tags and ids'],
    'boards by name or label': ['run/plan.test.ts > what a plan names must be there: each mistake has its place and its mend'],
    'axes, add, set, drop in this order': ['run/plan.test.ts > the keys of a matrix are applied in this order: axes, add, set, drop'],
    'then capabilities, then reduce': [
      'language/design/rules.test.ts > what a board cannot do is left out before the plan is reduced',
      'run/plan.test.ts > what a bench declares of a board goes before what is known of it',
    ],
    'pairwise and sample': [
      'run/plan.test.ts > pairwise keeps every pair of values that any cell has, with the same cells for the same seed',
      'run/plan.test.ts > a sample has the size that is asked for',
      'run/plan.test.ts > each pipeline is reduced by itself, whatever else is in the plan',
    ],
    'what matches nothing is an error': ['failing/plan-axes matrix-no-match'],
    'ids do not depend on order': ['run/plan.test.ts > an id does not depend on the order of the axes'],
    'retry: how often, on what, where': [
      'run/schedule.test.ts > what several attempts amount to',
      'cli/lab.test.ts > a board that is given up hands its cells to another of its kind, or they are not run',
    ],
    'every planned cell is in every report once': [
      'report/hostile.test.ts > a run that is killed anywhere still reports each planned cell once',
      'report/hostile.test.ts > what comes late changes no outcome',
    ],
  },
  '3.4: known issues and policy': {
    'the keys': ['failing/known-issues missing-key'],
    'it still runs, and is expected': ['run/known-issues.test.ts > a failure that is described'],
    'a different failure is not excused': ['run/known-issues.test.ts > a different failure'],
    'expired is red': ['run/known-issues.test.ts > a failure after the day'],
    'an unexpected pass under strict is red': [
      'run/known-issues.test.ts > an unexpected pass',
      'run/known-issues.test.ts > a pass that is not strict',
    ],
    'quarantine excuses flaky cells, too': [
      'run/known-issues.test.ts > a cell that passed at the second attempt is excused in quarantine only',
    ],
    'an unknown key of a policy is an error': ['failing/policy unknown-key'],
  },
  '4: outcomes and exit codes': {
    'the outcomes': ['language/design/tables.test.ts > outcomes'],
    'the class is that of the error': [
      'run/run.test.ts > steps and expectations',
      'cli/run-command.test.ts > a board that goes away in the middle is an infra outcome with its address',
    ],
    'only infra is tried again by default': [
      'language/design/rules.test.ts > a failure of the product is not tried again unless somebody says so',
    ],
    'a pass after a failure is flaky': ['run/schedule.test.ts > what several attempts amount to', 'report/golden.test.ts > the verdicts'],
    'exit codes': [
      'language/design/rules.test.ts > exit codes',
      'cli/run-command.test.ts > mistakes get one diagnostic, the right exit code and no stack trace',
    ],
  },
};
