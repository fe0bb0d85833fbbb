/**
 * Every mistake that the language can report, with what `bootproof explain CODE` says about it. A code never changes its
 * meaning, so that people can search for it and tools can key on it.
 */
export const codes = {
  'absence-without-end':
    'An `expect` with `log: {none: ...}` watches the console for a line that must not come. Such a check only proves something ' +
    'when it is said how long it watches: until another event (`until: {active: next}`) or for a time (`for: 10s`).',
  'always-true':
    'The expectation holds whatever the device does, so it proves nothing: its pattern matches every text, or its expression reads ' +
    'neither a result nor an input.',
  'area-misaligned':
    'Flash is erased sector by sector, so every area begins where a sector begins and ends where a sector ends. The hint names the ' +
    'boundaries around.',
  'area-outside': 'The area reaches beyond the end of its chip. The chip is as large as its sectors together.',
  'area-overlap': 'Two areas share bytes of one chip, so work on one of them would destroy the other.',
  'axis-unknown':
    'An axis of the matrix sets the input of the same name in each cell. The axes `board` and `transport` choose from the bench ' +
    'instead. An axis of any other name sets nothing.',
  'axis-value':
    'The values of an axis must suit the input that it sets: names of other image inputs or files for an image, values of the ' +
    'type of the input otherwise.',
  'board-cannot':
    'The pipeline needs something that boards of the bench do not have, such as a console, a way to provision, or a fault that only ' +
    'simulated boards can do. It will be "not applicable" there, and prove nothing.',
  'board-unknown': 'Plans name boards of the bench, by name or as `label:NAME`. The bench that is used has neither.',
  'capture-twice': 'A value is saved once in a pipeline, under a name of its own, so that it cannot change while other steps rely on it.',
  'chip-unknown': 'Areas name the chip that they lie on, and some knobs the one that they are about. The chips are the keys of `flash`.',
  'client-cannot':
    'The client that `upgrade` imitates does not offer this: not every client has every mode, and some cannot erase the settings storage.',
  'default-mismatch': 'The default of an input, and the value that a call gives it, must be of the type that the input declares.',
  'device-missing':
    'A pipeline with several devices acts on none by accident: each step that works on a board says with `device` which one, itself or ' +
    'through the step or branch around it.',
  'duplicate-id': 'Expressions read results as `steps.ID`, and reports name steps by their id. Two steps cannot share one.',
  'duplicate-item': 'The items of this list must differ from each other; one of them appears twice.',
  'error-unknown':
    'SMP errors are written by the name that Zephyr gives them, with the group that defines them: `{group: image, code: ' +
    'NO_FREE_SLOT}`. Errors of SMP itself, such as `EINVAL`, have no group. A code without a name is written as a number.',
  'excuses-everything':
    'A known issue excuses a failure that somebody knows, so that others are seen. One that fits all pipelines, all cells and all failures ' +
    'would let a release pass whatever breaks.',
  'expression-cost':
    'Expressions always end, and end soon. They are limited in length, nesting and loops, and regular expressions whose run time ' +
    'can explode (a repetition of a group that holds a repetition or an alternative) are refused.',
  'expression-failed':
    'An expression could not be evaluated while the pipeline ran, or its value has no place where it stands. The message names ' +
    'the values that it read.',
  'expression-not-here':
    'Expressions are evaluated when a step runs. They work in the arguments of steps, in `when`, and in their times. Whatever is ' +
    'read before anything runs (ids, names, inputs, the matrix) cannot hold one.',
  'expression-syntax': 'The text between `${{` and `}}` is no expression. Expressions are written in CEL, the Common Expression Language.',
  'expression-type':
    'The types in an expression do not fit together, such as a number compared with a text. `quantity("2 KiB/s")` turns a text ' +
    'with a unit into a number: seconds, bytes, bytes per second, or a fraction.',
  'expression-unmarked':
    'Expressions are written `${{ ... }}`. Two braces without the dollar are plain text, which programs with templates of their own may ' +
    'want; here they hold a name, so the dollar was probably forgotten.',
  'fault-not-possible': 'Each fault disturbs certain actions. It is refused on others, because it would never happen there.',
  'file-empty': 'A document is a map of keys and begins with `version` and `kind`. This file holds something else, or nothing.',
  'file-missing': 'A file that the document names is not there. Paths are relative to the folder of the document that names them.',
  'file-too-large': 'A document may have up to 4 MiB. Larger ones are refused before they are read.',
  'file-unusable': 'The file is not there, is no file, or its permissions keep it from being read.',
  'fragment-circle': 'A fragment calls itself, directly or through others, and would never end. `repeat` does something again.',
  'input-not-image': 'An image is needed here, and the input of this name is declared with another type.',
  'input-not-package': 'An update package is needed here, and the input of this name is declared with another type.',
  'input-unknown':
    'Parameters that take an image or a package name an input of the pipeline, or give a slot number or a whole hash in quotes where an ' +
    'image only has to be recognised.',
  'input-unused': 'An input that nothing uses is often a misspelt one. Remove it, or use it.',
  'input-value': 'The value that a plan gives to an input must be of the type that the pipeline declares for it.',
  'key-needs': 'This key only has a meaning together with another one, which is not there.',
  'keys-exclude': 'These keys contradict each other, or say the same thing twice. Keep one of them.',
  'kind-missing': 'Every document says what it is with `kind`, so that it is checked for what it is meant to be.',
  'kind-unknown': 'There is no such kind of document.',
  'link-gone':
    'After `disconnect` there is no link until `connect`, and after `power: {off: true}` nobody answers until the power is back. A step ' +
    'that asks the board for something in between can only fail.',
  malformed: 'The text does not have the form that is needed here.',
  'many-nouns':
    'An `expect` checks exactly one thing, named by its noun (`active`, `image`, `slots`, `log`, ...). Each further check is a step ' +
    'of its own, so that reports can say which one failed.',
  'many-sweeps':
    'A sweep (`at: {flash-op: all}`) runs the pipeline once for each flash operation of its step. Two of them would need a run for ' +
    'each pair of operations, so each sweep has a pipeline of its own.',
  'many-verbs': 'A step does exactly one thing, named by its verb. Each further action is a step of its own.',
  'matrix-empty': 'A plan in which nothing is left to run would pass without having proven anything.',
  'matrix-no-match':
    'An entry of `set` or `drop` that matches no combination does nothing, and is most likely misspelt. The keys of a matrix are applied in ' +
    'this order: axes, add, set, drop.',
  'matrix-twice': 'Each combination runs once. One that is there already, or that `set` makes equal to another, is a mistake.',
  'may-not-be-set':
    'Steps of `on-failure` and `teardown` run after failures, when earlier steps may not have run. What those would have set can be ' +
    'missing; guard the step with `when: has(...)`.',
  'misplaced-key':
    'The key exists, but not here: `within` and `stays` go with `expect`, `retry` and `expect-error` with actions, and each noun ' +
    'and fault has parameters of its own.',
  'misnamed-file':
    'In folders, documents are found by their names. This one has another name, so that nobody would run or check it, and nobody would miss it.',
  'missing-key': 'A key that is needed here is not there.',
  'name-unknown':
    'Expressions read `inputs.NAME`, `steps.ID` (the result of an earlier step), `saved.NAME`, `cell` and `facts`. There is ' +
    'nothing of the name that was written. A fact of `requires` that no board has leaves the pipeline out everywhere.',
  'no-noun': 'An `expect` names what it checks with exactly one noun, such as `active`, `image`, `state`, `log` or `value`.',
  'no-verb': 'A step says what to do with exactly one verb, such as `upload` or `expect`, beside keys like `id` and `timeout`.',
  'not-text': 'Documents are UTF-8 text. This file holds bytes that text does not have; it may be a binary file.',
  'nothing-to-check': 'No document was found. In folders, files are found by their suffix, such as `.pipeline.yaml`.',
  'out-of-range': 'The value, or the number of items, is too small or too large.',
  'placeholder-unknown':
    'Commands of a bench name what is only known when they run: `{image}`, `{image-hex}`, `{script}`, `{board}`. Images are there for ' +
    '`provision` alone, and a script where the command has one.',
  'port-shared':
    'A port belongs to one board, and to one purpose. Two readers of one port take bytes from each other, and two boards on one port ' +
    'would each answer for the other.',
  'power-left-off':
    'The pipeline switches the power of the board off, and never on again, or not when a step between fails. The next pipeline on that ' +
    'board finds it dead, and the runner has to bring it back. A `teardown` gives the power back whatever happens.',
  'recipe-use': 'Each recipe is good for certain things: most can write an image, some can reset or recover a chip as well.',
  'result-unknown': 'The step has no result of this name. The reference lists what each verb gives.',
  'sectors-unsuitable':
    'MCUboot cannot work with these sectors: it knows no more than `max-sectors` of each slot, and the modes `move` and `offset` ' +
    'need equal sectors in both slots. Depending on its release it says so on the console, refuses updates, or starts no image.',
  'transport-unknown': 'The console names a transport that the board does not have.',
  'trial-undecided':
    'A pending image boots once, on trial. It stays when it is confirmed, and goes at the next reset otherwise. A pipeline that ends ' +
    'before that leaves the board in a state that the next one does not expect.',
  'unit-missing':
    'Durations, sizes, rates and percentages carry their unit (`90s`, `64 KiB`, `3 KiB/s`, `40%`), so that nobody has to guess ' +
    'whether a number meant seconds or milliseconds.',
  'unknown-key': 'The key does not exist here. Unknown keys are never ignored: a misspelt check that is skipped would look like a pass.',
  'unquoted-scalar':
    'YAML reads scalars without quotes as numbers or truth values where it can: 1.10 becomes 1.1, and the hash 12e45678 becomes ' +
    'infinity. Versions, hashes, ids and serial numbers are written in quotes.',
  'use-before-set': 'The expression reads the result of a step that has not run yet when the expression is evaluated.',
  'value-constant': '`value` checks what earlier steps measured, so it holds an expression such as `${{ steps.up.rate }}`.',
  'wait-without-limit':
    'A wait for something that never comes ends at its `timeout`. It is 60 s when it is not stated; a pipeline that says it tells its ' +
    'reader how long the board may take.',
  'wrong-type': 'The value is of another type than the one that is needed here.',
  'wrong-value': 'Only certain values are possible here.',
  'yaml-alias':
    'An alias (`*name`) stands for the value of an anchor (`&name`) above it. It cannot contain itself, or multiply without end.',
  'yaml-duplicate-key': 'A key appears twice in one map. YAML would keep one of the values and drop the other in silence.',
  'yaml-many-documents': 'Several documents, separated by `---`, stand in one file. Each document needs a file of its own.',
  'yaml-merge': 'The key `<<` brings the keys of another map into this one. Its value is a map, an alias of a map, or a list of these.',
  'yaml-syntax': 'The text is no valid YAML. What follows the first such mistake is not checked.',
  'yaml-tab': 'YAML is indented with spaces; tabs are not allowed.',
  'yaml-tag': 'Tags (`!name`) have no meaning in these documents. A text that begins with an exclamation mark needs quotes.',
  'yaml-too-complex': 'The document is nested deeper, or has more parts, than any document that people write.',
} as const satisfies Readonly<Record<string, string>>;

export type DiagnosticCode = keyof typeof codes;
