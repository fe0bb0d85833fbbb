/** An SMP error as a pipeline names it, compared with one that came back. */

export interface NamedError {
  /** Undefined for codes of the SMP core, which all errors of SMP v1 are. */
  readonly group?: string | undefined;
  readonly code: string | number;
}

interface ReturnedError {
  readonly group?: string | undefined;
  readonly code: number;
  readonly name: string | undefined;
}

export function isExpectedError(found: ReturnedError, wanted: NamedError): boolean {
  return found.group === wanted.group && (found.code === wanted.code || found.name === wanted.code);
}

/** As in `image: NO_FREE_SLOT`. */
export function describeExpectedError({ group, code, ...rest }: NamedError & { readonly name?: string | undefined }): string {
  return `${group ?? 'SMP'}: ${rest.name ?? code}`;
}
