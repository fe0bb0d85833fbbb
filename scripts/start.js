/** `npm start`: installs what is missing, builds, and runs the stock pipelines on the simulated board. Arguments go to `bootproof run`. */

import { build, ensurePackages, run } from './setup.js';

ensurePackages();
build();
process.exit(
  run(process.execPath, ['build/src/cli/main.js', 'run', '--not-tag', 'must-fail', '--not-tag', 'slow', ...process.argv.slice(2)], {
    mayFail: true,
  }),
);
