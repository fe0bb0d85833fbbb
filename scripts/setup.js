/** What `npm start` and `npm test` do before their work: packages from npm, the build, and system packages for tests. Needs nothing but Node. */

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Runs a program in the project's root with its output shown; ends this process when it fails. */
export function run(command, args, options = {}) {
  const done = spawnSync(command, args, { cwd: root, stdio: options.stdio ?? 'inherit', env: { ...process.env, ...options.env } });
  if (done.error) fail(`${command} could not be started: ${done.error.message}`);
  if (done.status !== 0 && !options.mayFail) process.exit(done.status ?? 1);
  return done.status ?? 1;
}

export function fail(message) {
  console.error(message);
  process.exit(1);
}

/** Installs the npm packages when they are missing or the lock file changed since. */
export function ensurePackages() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) fail(`bootproof needs Node 20.19 or newer; this is ${process.versions.node}`);
  const marker = join(root, 'node_modules', '.bootproof-lock');
  const lock = readFileSync(join(root, 'package-lock.json'), 'utf8');
  if (existsSync(marker) && readFileSync(marker, 'utf8') === lock) return;
  console.error('Installing npm packages ...');
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel', 'error'], { stdio: ['ignore', 2, 2] });
  writeFileSync(marker, lock);
}

/** Compiles when a source is newer than the last build. */
export function build() {
  // A type check alone touches the compiler's own notes, so the stamp is ours.
  const stamp = join(root, 'build', '.built');
  const sources = ['src', 'test', 'benchmarks', 'schemas', 'tsconfig.json', 'package.json'].map((name) => join(root, name));
  if (existsSync(stamp) && sources.every((path) => newestIn(path) <= statSync(stamp).mtimeMs)) return;
  console.error('Building ...');
  run(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', '.']);
  writeFileSync(stamp, '');
}

function newestIn(path) {
  if (!existsSync(path)) return 0;
  const found = spawnSync('find', [path, '-type', 'f', '-newer', join(root, 'build', '.built'), '-print', '-quit'], {
    encoding: 'utf8',
  });
  return found.status === 0 && found.stdout === '' ? 0 : Number.POSITIVE_INFINITY;
}

/** Programs that suites drive for real: name of the program, Debian package that has it. */
const systemPrograms = [
  ['socat', 'socat'],
  ['prove', 'perl'],
  ['xmllint', 'libxml2-utils'],
];

/** Installs missing system packages where this user may; otherwise says which suites will be skipped. */
export function ensureSystemPackages() {
  const missing = systemPrograms.filter(([program]) => !onPath(program));
  if (missing.length === 0) return;
  const packages = missing.map(([, name]) => name);
  if (process.getuid?.() === 0 && onPath('apt-get')) {
    console.error(`Installing ${packages.join(', ')} ...`);
    const install = ['install', '-y', '--no-install-recommends', ...packages];
    const env = { DEBIAN_FRONTEND: 'noninteractive' };
    const quiet = { stdio: ['ignore', 'ignore', 'inherit'], mayFail: true, env };
    if (run('apt-get', install, quiet) !== 0) {
      run('apt-get', ['update'], quiet);
      run('apt-get', install, quiet);
    }
  }
  const still = missing.filter(([program]) => !onPath(program));
  for (const [program, name] of still)
    console.error(`${program} is missing: suites that need it are skipped (install it with: apt-get install ${name})`);
}

function onPath(program) {
  return (process.env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, program)));
}
