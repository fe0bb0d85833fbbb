/** Image-valued parameters: each names an image input, a slot, or a whole hash. */

import type { Cursor, Report } from '../cursor.ts';
import type { Span } from '../source.ts';
import { isOneExpression } from '../template.ts';
import type { Validation } from '../validate.ts';
import { code, suggestion } from '../words.ts';
import type { Names } from './names.ts';

const hashShape = /^(?:[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})$/i;

/** Returns the inputs that image-valued parameters name. */
export function checkImages(
  root: Cursor,
  roles: Validation['roles'],
  { names, report }: { readonly names: Names; readonly report: Report },
): string[] {
  const used: string[] = [];
  for (const { role, path, value } of roles) {
    if (role === 'condition' || typeof value !== 'string' || value === '' || isOneExpression(value)) continue;
    const span = root.tree.locate(path);
    const type = names.inputs.get(value);
    if (names.inputs.has(value)) {
      used.push(value);
      if (type !== 'image' && type !== undefined)
        report('input-not-image', span, `the input ${code(value)} is of type ${type}, and an image is needed here`);
    } else if (role === 'image-input' || !hashShape.test(value)) {
      reportUnknownImage(value, { report, span, names });
    }
  }
  return used;
}

export function reportUnknownImage(
  name: string,
  { report, span, names }: { readonly report: Report; readonly span: Span; readonly names: Names },
): void {
  const images = [...names.inputs].filter(([, type]) => type === 'image').map(([one]) => one);
  const hashLike = /^[0-9a-f]{8,}$/i.test(name);
  const hint = hashLike
    ? 'a hash is written in full: 64, 96 or 128 hexadecimal digits'
    : (suggestion(name, images) ?? 'declare it under `inputs`, with `image`');
  report('input-unknown', span, `there is no image input ${code(name)}`, { hint });
}
