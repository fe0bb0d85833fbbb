/** A fragment as its callers see it: what it takes and what it gives. */

import { child, has, keysOf, type Cursor } from '../cursor.ts';
import type { LanguageDiagnostic } from '../diagnostics.ts';
import type { Fragment } from '../model.ts';
import { artifactTypes } from '../origin.ts';
import { inputTypes, type InputType } from './check-inputs.ts';

export interface FragmentView {
  /** Its own mistakes, and those of the fragments that it calls. */
  readonly diagnostics: readonly LanguageDiagnostic[];
  /** Present exactly when it has no mistakes. */
  readonly document: Fragment | undefined;
  readonly inputs: ReadonlyMap<string, FragmentInput>;
  /** CEL types by name. */
  readonly outputs: Readonly<Record<string, string>>;
}

export interface FragmentInput {
  /** Undefined for a declaration that is not legible. */
  readonly type: InputType | undefined;
  readonly required: boolean;
}

/** A fragment cannot be had: `circle` are the files that call each other, the first one twice. */
export type OpenedFragment =
  | { readonly found: true; readonly view: FragmentView }
  | { readonly found: false; readonly why: 'missing' }
  | { readonly found: false; readonly why: 'circle'; readonly circle: readonly string[] }
  | { readonly found: false; readonly why: 'other-kind'; readonly kind: string | undefined };

/** Opens the fragment of a path that is relative to the folder of the document. */
export type OpenFragment = (path: string) => OpenedFragment;

export function fragmentInputs(root: Cursor): FragmentView['inputs'] {
  const inputs = child(root, 'inputs');
  return new Map([...inputTypes(root)].map(([name, type]) => [name, { type, required: isRequired(child(inputs, name)) }]));
}

function isRequired(input: Cursor): boolean {
  const artifact = artifactTypes.find((type) => has(input, type));
  return artifact === undefined ? !has(input, 'default') : keysOf(child(input, artifact)).length === 0;
}
