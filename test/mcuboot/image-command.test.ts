import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import t from 'tap';
import { equalBytes, toHex } from '../../src/base/bytes.ts';
import { registerImageCommand } from '../../src/cli/commands/image.ts';
import type { ImageReport } from '../../src/cli/commands/image-inspect.ts';
import { hash } from '../../src/mcuboot/hash.ts';
import { brokenEntries, soundEntries, vectorFile, vectorKeyPath } from './vector-images.ts';

interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | undefined;
  readonly written: ReadonlyMap<string, Uint8Array>;
}

const demoPem = readFileSync(vectorKeyPath('keys/ed25519.pub.pem'));

/** Runs one command over the given files, in a program that, like the real one, has a --version of its own. */
function run(args: readonly string[], files: Readonly<Record<string, Uint8Array>> = {}): Outcome {
  const written = new Map<string, Uint8Array>();
  const outcome = { stdout: '', stderr: '', code: undefined as number | undefined, written };
  const io = {
    terminal: false,
    stdout: (text: string) => void (outcome.stdout += text),
    stderr: (text: string) => void (outcome.stderr += text),
    readFile: (path: string) => files[path] ?? written.get(path) ?? new Uint8Array(readFileSync(path)),
    writeFile: (path: string, bytes: Uint8Array) => void written.set(path, bytes),
    exit: (code: number) => void (outcome.code = code),
  };
  const program = new Command('bootproof').version('9.9.9').exitOverride();
  program.configureOutput({ writeOut: io.stdout, writeErr: io.stderr });
  registerImageCommand(program, io);
  try {
    program.parse(['image', ...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    outcome.code = error.exitCode === 0 ? 0 : 2;
  }
  return outcome;
}

t.test('verify: every vector with its key', async (t) => {
  for (const entry of [...soundEntries, ...brokenEntries]) {
    const keys = entry.verify_with === null ? [] : ['--key', vectorKeyPath(entry.verify_with)];
    const { code, stdout, stderr } = run(['verify', 'app.bin', ...keys], { 'app.bin': vectorFile(entry.file) });
    t.equal(code, entry.valid ? 0 : 1, entry.file);
    if (entry.valid) t.match(stdout, `app.bin is valid: version ${entry.version}, `);
    else t.match(stderr, /^error: app.bin is not valid: .+ \[image-[a-z-]+\]( \(.+\))?\n$/);
  }
});

t.test('verify: keys', async (t) => {
  const files = { 'app.bin': vectorFile('rsa2048.bin'), 'other.pem': new Uint8Array(demoPem), 'text.pem': vectorFile('bad-no-tlv.bin') };
  const rsa = vectorKeyPath('keys/rsa-2048.pub.pem');
  t.match(run(['verify', 'app.bin'], files), { code: 0, stdout: /its signature was not checked/ });
  t.match(run(['verify', 'app.bin', '--key', 'other.pem'], files), { code: 1, stderr: /image-key-unknown/ });
  t.match(run(['verify', '--key', 'other.pem', '--key', rsa, 'app.bin'], files), { code: 0, stdout: /rsa-2048 key 110f182b/ });
  t.match(run(['verify', 'app.bin', '--key', 'text.pem'], files), { code: 2, stderr: /^error: text.pem: this is not a public key/ });
  t.match(run(['verify', 'app.bin', '--key', 'no.pem'], files), { code: 2, stderr: /^error: cannot read no.pem: no such file/ });
  t.match(run(['verify', 'no.bin', '--key', 'other.pem'], files), { code: 2, stderr: /^error: cannot read no.bin: no such file/ });
});

t.test('inspect: JSON agrees with the manifest', async (t) => {
  for (const entry of soundEntries) {
    const { code, stdout } = run(['inspect', entry.file, '--json'], { [entry.file]: vectorFile(entry.file) });
    const report = JSON.parse(stdout) as ImageReport;
    t.equal(code, 0);
    t.match(report, {
      file: entry.file,
      size: entry.size,
      fileSha256: entry.file_sha256,
      version: entry.version,
      end: entry.end,
      imageHash: { matches: true, hex: entry.areas.at(-1)?.tlvs[0]?.hex },
      header: { size: entry.header_size, bodySize: entry.image_size, loadAddress: entry.load_addr },
      areas: entry.areas.map(({ kind, offset, total, tlvs }) => ({ kind, offset, size: total, tlvs })),
    });
  }
});

t.test('inspect: the table', async (t) => {
  const inspect = (file: string) => run(['inspect', file], { [file]: vectorFile(file) });
  const { stdout } = inspect('dependency.bin');
  t.match(stdout, /image hash +2f56fe85.*\(sha256, matches the bytes\)\n +what SMP lists/);
  t.match(stdout, /file SHA-256 +4b2a68a4.*\n +what the upload's sha field carries/);
  t.match(stdout, /depends on +image 1, version 1\.2\.3 or newer/);
  t.match(stdout, /0x0040 DEPENDENCY +12 bytes at 30516 {2}010000000102030000000000/);
  t.match(stdout, /signature +ED25519 by key 7385fe0f/);
  t.match(inspect('padded-confirm.bin').stdout, /magic good, image_ok set, copy_done unset, swap type none/);
  t.match(inspect('rom-fixed.bin').stdout, /load address 0x00084000, flags romFixed/);
  t.match(inspect('ed25519-pure.bin').stdout, /signature +pure ED25519/);
  t.match(inspect('plain-sha256.bin').stdout, /signature +none/);
  t.match(inspect('bad-body-bit.bin'), { code: 1, stdout: /DOES NOT MATCH/ });
  t.match(inspect('bad-truncated.bin'), { code: 1, stdout: '', stderr: /^error: bad-truncated.bin: .+ \(.+\)\n$/ });
  t.match(run(['inspect', 'no.bin']), { code: 2, stderr: /cannot read no.bin: no such file/ });
});

t.test('build: what it writes verifies, and it says what it is called by', async (t) => {
  const args = ['build', '--version', '1.2.3+4', '--size', '5000', '--demo-key', 'ed25519', '--out', 'a.bin'];
  const { code, stdout, stderr, written } = run(args);
  t.equal(code, 0);
  const file = written.get('a.bin')!;
  t.match(stderr, /demo key; it must never ship/);
  t.match(stdout, `file SHA-256  ${toHex(hash('sha256', file))}`);
  const verified = run(['verify', 'a.bin', '--demo-key', 'ed25519'], { 'a.bin': file });
  t.match(verified, { code: 0, stdout: /version 1\.2\.3\+4, signed by ed25519 key/ });
  t.ok(equalBytes(run(args).written.get('a.bin')!, file), 'reproducible');
  t.notOk(equalBytes(run([...args, '--seed', '2']).written.get('a.bin')!, file));
});

t.test('build: options', async (t) => {
  const build = (...args: string[]): ImageReport => {
    const { code, stderr, written } = run(['build', '--version', '1.2.3+4', ...args], { 'body.bin': new Uint8Array(777) });
    t.equal(code, 0, stderr);
    const [path, file] = [...written][0]!;
    t.equal(path, 'image-1.2.3+4.bin');
    return JSON.parse(run(['inspect', path, '--json'], { [path]: file }).stdout) as ImageReport;
  };
  t.match(build('--body', 'body.bin'), { header: { size: 512, bodySize: 777 }, signatures: [], remainder: { kind: 'nothing' } });
  t.match(build('--size', '2 KiB', '--header-size', '0x20'), { header: { size: 32, bodySize: 2048, flags: [] } });
  const placed = build('--size', '64', '--rom-fixed', '0x84000', '--non-bootable');
  t.match(placed, { header: { loadAddress: 0x84000, flags: ['nonBootable', 'romFixed'] } });
  t.match(build('--size', '64', '--load-addr', '0x20000000'), { header: { loadAddress: 0x2000_0000, flags: ['ramLoad'] } });
  const claims = build('--size', '64', '--security-counter', 'auto', '--dependency', '1:1.0.0', '--dependency', '(2, 2.0.0+7)');
  t.match(claims, {
    securityCounter: 0x0102_0003,
    dependencies: [
      { image: 1, minimum: '1.0.0' },
      { image: 2, minimum: '2.0.0+7' },
    ],
  });
  t.match(build('--size', '64', '--security-counter', '7'), { securityCounter: 7 });
  t.match(build('--size', '64', '--pure', '--demo-key', 'ed25519'), { signatures: [{ pure: true }], imageHash: { algorithm: 'sha512' } });
  t.match(build('--size', '64', '--hash', 'sha512'), { imageHash: { algorithm: 'sha512' } });
  const padded = build('--size', '64', '--slot-size', '64 KiB', '--align', '8', '--pad');
  t.match(padded, { size: 65536, remainder: { kind: 'trailer', maxAlign: 8, trailer: { magic: 'good', imageOk: 'unset' } } });
  const confirmed = build('--size', '64', '--slot-size', '0x10000', '--max-align', '32', '--confirm');
  t.match(confirmed, { remainder: { kind: 'trailer', maxAlign: 32, trailer: { imageOk: 'set' } } });
});

t.test('mistakes end in one line and exit code 2', async (t) => {
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [['build', '--size', '64'], /required option '--version <version>' not specified/],
    [['build', '--version', '1.x', '--size', '64'], /argument '1.x' is invalid\. Give a version/],
    [['build', '--version', '1.2.3'], /neither --size nor --body/],
    [['build', '--version', '1.2.3', '--size', '-5'], /Give a number/],
    [['build', '--version', '1.2.3', '--size', '1 MiB', '--body', 'x'], /cannot be used with/],
    [['build', '--version', '1.2.3', '--size', '17 MiB'], /too large \(at most 16777216 bytes\)/],
    [['build', '--version', '1.2.3', '--body', 'no.bin'], /cannot read no\.bin/],
    [['build', '--version', '1.2.3', '--size', '64', '--key', 'key.pem'], /^error: key\.pem: this is not a private key/],
    [['build', '--version', '1.2.3', '--size', '64', '--demo-key', 'dsa'], /Allowed choices are/],
    [['build', '--version', '1.2.3', '--size', '64', '--pad'], /need --slot-size/],
    [['build', '--version', '1.2.3', '--size', '64', '--slot-size', '100'], /but the slot has 100/],
    [['build', '--version', '1.2.3', '--size', '64', '--align', '3', '--slot-size', '65536'], /write size of 3/],
    [['build', '--version', '1.2.3', '--size', '64', '--header-size', '16'], /header size cannot be 16/],
    [['build', '--version', '1.2.3', '--size', '64', '--dependency', '1'], /image number and a version/],
    [['build', '--version', '1.2.3', '--size', '64', '--pure'], /need an Ed25519 key/],
    [['inspect'], /missing required argument 'file'/],
    [['verify', 'a', 'b'], /too many arguments/],
    [['inspekt', 'a'], /unknown command 'inspekt'/],
  ];
  for (const [args, message] of cases) {
    const { code, stdout, stderr, written } = run(args, { 'key.pem': new Uint8Array(demoPem) });
    t.match({ code, stdout, stderr, files: written.size }, { code: 2, stdout: '', stderr: message, files: 0 }, args.join(' '));
    t.notMatch(stderr, /\n {4}at /);
  }
  for (const command of ['inspect', 'build', 'verify']) {
    t.match(run([command, '--help']), { code: 0, stdout: /Examples:\n {2}bootproof image / }, `${command} --help`);
  }
});
