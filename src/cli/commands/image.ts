/** `bootproof image`: look at, build and verify MCUboot images. Here are the options; the work is done in the files beside. */

import { Option } from 'commander';
import type { Command } from 'commander';
import { demoKeyNames } from '../../mcuboot/demo-keys.ts';
import { hashAlgorithms } from '../../mcuboot/hash.ts';
import { defaultHeaderSize } from '../../mcuboot/image-spec.ts';
import { maxAligns } from '../../mcuboot/remainder.ts';
import type { CliIo } from '../io.ts';
import { buildImageFile } from './image-build.ts';
import type { BuildOptions } from './image-build.ts';
import { inspectImage } from './image-inspect.ts';
import { counterOption, dependencyOption, numberOption, repeated, versionOption } from './image-options.ts';
import { runToExit } from './image-run.ts';
import { verifyImageFile } from './image-verify.ts';
import type { VerifyOptions } from './image-verify.ts';

/** Adds `image` and its subcommands to the program. Their exit codes: 0 good, 1 image not valid, 2 usage or unreadable files. */
export function registerImageCommand(program: Command, io: CliIo): void {
  // Without this, `image build --version 1.2.3` would be taken for the program's own --version.
  program.enablePositionalOptions();
  const image = program
    .command('image')
    .description('look at, build and verify MCUboot images')
    .addHelpText('after', examples(['image inspect app.signed.bin', 'image build --version 1.2.0 --size "64 KiB" --demo-key ed25519']));
  registerInspect(image, io);
  registerBuild(image, io);
  registerVerify(image, io);
}

function registerInspect(image: Command, io: CliIo): void {
  image
    .command('inspect')
    .description('show header, hash, TLVs, signature and trailer of an image')
    .argument('<file>', 'image file')
    .option('--json', 'print JSON')
    .addHelpText('after', examples(['image inspect build/zephyr/zephyr.signed.bin', 'image inspect app.bin --json']))
    .action((file: string, options: { json?: boolean }) => runToExit(io, () => inspectImage(io, file, options)));
}

function registerBuild(image: Command, io: CliIo): void {
  const build = image.command('build').description('build an image as imgtool sign does');
  addContentOptions(build);
  addSlotOptions(build);
  build
    .option('--out <file>', 'where to write the image (default: image-VERSION.bin)')
    .addHelpText(
      'after',
      examples([
        'image build --version 1.2.0 --size "64 KiB" --demo-key ed25519',
        'image build --version 1.2.0 --body app.bin --key root-ec-p256.pem --out app.signed.bin',
        'image build --version 2.0.0 --size 30000 --demo-key rsa-2048 --slot-size 0x10000 --confirm',
      ]),
    )
    .action((options: BuildOptions) => runToExit(io, () => buildImageFile(io, options)));
}

function addContentOptions(build: Command): void {
  build
    .requiredOption('--version <version>', 'version, such as 1.2.3+4', versionOption)
    .addOption(new Option('--size <bytes>', 'generate a body of this size').argParser(numberOption).conflicts('body'))
    .option('--body <file>', 'body: the binary of the application')
    .option('--seed <number>', 'seed of a generated body', numberOption, 1)
    .addOption(new Option('--key <pem>', 'private key to sign with').conflicts('demoKey'))
    .addOption(new Option('--demo-key <name>', 'sign with a built-in key that everybody has').choices(demoKeyNames))
    .addOption(new Option('--hash <algorithm>', 'hash algorithm (default: the usual one for the key)').choices(hashAlgorithms))
    .option('--pure', 'sign the image itself instead of its hash (Ed25519)')
    .option('--header-size <bytes>', 'offset of the body', numberOption, defaultHeaderSize)
    .addOption(new Option('--load-addr <address>', 'RAM address to run from').argParser(numberOption).conflicts('romFixed'))
    .option('--rom-fixed <address>', 'flash address of the slot that the body is linked for', numberOption)
    .option('--non-bootable', 'mark the image as not bootable')
    .option('--security-counter <number>', 'security counter, or auto: from the version', counterOption)
    .addOption(
      new Option('--dependency <image:version>', 'another image that is needed; may be repeated')
        .argParser(dependencyOption)
        .default([], 'none'),
    );
}

function addSlotOptions(build: Command): void {
  build
    .option('--slot-size <bytes>', 'check that the image and its trailer fit a slot of this size', numberOption)
    .option('--align <bytes>', 'write size of the flash', numberOption, 4)
    .addOption(new Option('--max-align <bytes>', `BOOT_MAX_ALIGN: ${maxAligns.join(', ')}`).argParser(numberOption))
    .option('--max-sectors <number>', 'BOOT_MAX_IMG_SECTORS', numberOption, 128)
    .option('--overwrite-only', 'for a bootloader that overwrites instead of swapping')
    .option('--pad', 'fill the slot and request a test')
    .option('--confirm', 'fill the slot, request a permanent update');
}

function registerVerify(image: Command, io: CliIo): void {
  image
    .command('verify')
    .description('check hash and signature of an image; without keys only the hash')
    .argument('<file>', 'image file')
    .addOption(new Option('--key <pem>', 'trusted key, public or private; may be repeated').argParser(repeated).default([], 'none'))
    .addOption(new Option('--demo-key <name>', 'trust a built-in key').choices(demoKeyNames))
    .addHelpText('after', examples(['image verify app.signed.bin --key root-rsa-2048.pub.pem', 'image verify app.bin --demo-key ed25519']))
    .addHelpText('after', '\nExit codes: 0 valid, 1 not valid, 2 a file or key cannot be read.')
    .action((file: string, options: VerifyOptions) => runToExit(io, () => verifyImageFile(io, file, options)));
}

function examples(commands: readonly string[]): string {
  return `\nExamples:\n${commands.map((command) => `  bootproof ${command}`).join('\n')}`;
}
