/** Parameters that take an image name an image input, a slot, or a whole hash; those that take a package name a package input. */

import type { DiagnosticCode } from '../codes.ts';
import type { Cursor, Report } from '../cursor.ts';
import { artifactWords, type ArtifactType } from '../origin.ts';
import type { Span } from '../source.ts';
import { isOneExpression } from '../template.ts';
import type { Validation } from '../validate.ts';
import { code, suggestion } from '../words.ts';
import type { Names } from './names.ts';

const hashShape = /^(?:[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})$/i;

interface Context {
  readonly names: Names;
  readonly report: Report;
}

/** Returns the inputs that parameters name. */
export function checkArtifacts(root: Cursor, roles: Validation['roles'], context: Context): string[] {
  return roles.flatMap(({ role, path, value }) => {
    if (role === 'condition' || typeof value !== 'string' || value === '' || isOneExpression(value)) return [];
    if (role === 'image' && hashShape.test(value) && !context.names.inputs.has(value)) return [];
    const type = role === 'package-input' ? 'package' : 'image';
    return checkArtifact(value, { ...context, type, span: root.tree.locate(path) });
  });
}

const otherType: Readonly<Record<ArtifactType, DiagnosticCode>> = { image: 'input-not-image', package: 'input-not-package' };

/** Returns the name when there is an input of it. */
export function checkArtifact(name: string, context: Context & { readonly type: ArtifactType; readonly span: Span }): readonly string[] {
  const { names, report, type, span } = context;
  const declared = names.inputs.get(name);
  if (!names.inputs.has(name)) reportUnknown(name, context);
  else if (declared !== type && declared !== undefined)
    report(otherType[type], span, `the input ${code(name)} is of type ${declared}, and ${artifactWords[type]} is needed here`);
  return names.inputs.has(name) ? [name] : [];
}

function reportUnknown(name: string, { names, report, type, span }: Parameters<typeof checkArtifact>[1]): void {
  const alike = [...names.inputs].filter(([, other]) => other === type).map(([one]) => one);
  const hint = shapeHint(name, type) ?? suggestion(name, alike) ?? `declare it under \`inputs\`, with ${code(type)}`;
  report('input-unknown', span, `there is no ${type} input ${code(name)}`, { hint });
}

/** What a text is that looks like no name. */
function shapeHint(name: string, type: ArtifactType): string | undefined {
  if (/^[0-9a-f]{8,}$/i.test(name)) return 'a hash is written in full: 64, 96 or 128 hexadecimal digits';
  return /[/.]/.test(name)
    ? `declare the file under \`inputs\`, such as ${code(`next: {${type}: {file: ${name}}}`)}, and name the input`
    : undefined;
}
