/** `npm run check`: the one command before a commit. Generated files without a difference, types, lint, layers, dead code, tests. */

import { ensurePackages, run } from './setup.js';

ensurePackages();
const node = process.execPath;
const steps = [
  ['generated files', [node, ['scripts/generate.js', '--check']]],
  ['types', [node, ['node_modules/typescript/bin/tsc', '-p', '.']]],
  ['format', [node, ['node_modules/prettier/bin/prettier.cjs', '--check', '.', '--log-level', 'warn']]],
  ['lint', [node, ['node_modules/eslint/bin/eslint.js', '.']]],
  ['layers', [node, ['node_modules/dependency-cruiser/bin/dependency-cruise.mjs', 'src', '--config', '.dependency-cruiser.js']]],
  ['dead code', [node, ['node_modules/knip/bin/knip.js']]],
  ['tests', [node, ['scripts/test.js']]],
];
for (const [name, [command, args]] of steps) {
  console.error(`== ${name}`);
  run(command, args);
}
