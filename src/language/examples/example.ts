/** The form of the examples on the pages of diagnostic codes: they show only what matters, and can be completed to whole documents. */

/** One text with a mistake, and the same text without it. */
export interface CodeExample {
  readonly wrong: ExampleText;
  readonly mended: ExampleText;
}

export interface ExampleText {
  /** What people are shown. */
  readonly shown: string;
  /** The document that it is a part of. */
  readonly document: string;
}

type Complete = (shown: string) => string;

/** Steps of a pipeline whose inputs are the images `base` and `next`. */
export function ofSteps(wrong: string, mended: string): CodeExample {
  return pair({ wrong, mended }, (shown) => pipelineOf(`steps:\n${shown.replace(/^(?=.)/gm, '  ')}`));
}

/** Keys of a pipeline; those that are not shown are added. */
export function ofPipeline(wrong: string, mended: string): CodeExample {
  return pair({ wrong, mended }, pipelineOf);
}

/** Keys of a profile; those that are not shown are added. */
export function ofProfile(wrong: string, mended: string): CodeExample {
  return pair({ wrong, mended }, (shown) => withDefaults(shown, profileDefaults));
}

/** The keys of one board of a bench. */
export function ofBoard(wrong: string, mended: string): CodeExample {
  return pair({ wrong, mended }, (shown) => `version: 1\nkind: bench\nboards:\n  dk-7:\n${shown.replace(/^(?=.)/gm, '    ')}`);
}

/** Whole files. */
export function ofFile(wrong: string, mended: string): CodeExample {
  return pair({ wrong, mended }, (shown) => shown);
}

function pair({ wrong, mended }: { readonly wrong: string; readonly mended: string }, complete: Complete): CodeExample {
  const text = (raw: string): ExampleText => {
    const shown = raw.replace(/^\n/, '');
    return { shown, document: complete(shown) };
  };
  return { wrong: text(wrong), mended: text(mended) };
}

function pipelineOf(shown: string): string {
  const images = ['base', 'next'].filter((name) => new RegExp(`\\b${name}\\b`).test(shown));
  const declared = images.map((name, index) => `  ${name}: {image: {build: {version: "1.${index}.0", size: 64 KiB}}}\n`);
  return withDefaults(shown, {
    version: '1',
    kind: 'pipeline',
    id: 'example.one',
    title: 'An example',
    ...(images.length === 0 ? {} : { inputs: `\n${declared.join('').trimEnd()}` }),
    steps: '[{reset: {}}]',
  });
}

const profileDefaults = {
  version: '1',
  kind: 'profile',
  name: 'example',
  flash: `
  internal:
    sectors: [{size: 4 KiB, count: 256}]
    write-size: 4
    times: {erase-sector: 85ms, program-unit: 41us, read-byte: 0.03us}
  spi-nor:
    sectors: [{size: 4 KiB, count: 256}]
    write-size: 1
    times: {erase-sector: 40ms, program-unit: 4.3us, read-byte: 1us}`,
  images: `
  - primary: {flash: internal, offset: 0xc000, size: 200 KiB}
    secondary: {flash: internal, offset: 0x40000, size: 200 KiB}`,
  bootloader: '{release: v2.2.0, mode: move}',
  server: '{profile: z4.4}',
};

/** The keys that are shown, and of the others those that it needs. */
function withDefaults(shown: string, defaults: Readonly<Record<string, string>>): string {
  const missing = Object.entries(defaults).filter(([key]) => !new RegExp(`^${key}:`, 'm').test(shown));
  return `${missing.map(([key, value]) => `${key}: ${value}\n`).join('')}${shown}`;
}
