/** For knobs that change what the server finds in chunks of uploads. */

import type { FieldReader, Fields } from '../server/fields.ts';

const chunkFields = { image: 'uint32', data: 'bytes', len: 'uint32', off: 'uint32', sha: 'bytes' } as const;

export type Chunk = Fields<typeof chunkFields>;

export function readChunk(fields: FieldReader): Chunk | undefined {
  return fields(chunkFields);
}

/** The same fields, but for some. */
export function withFields(fields: FieldReader, changed: Chunk): FieldReader {
  return (spec) => {
    const found = fields(spec);
    return found === undefined ? undefined : { ...found, ...changed };
  };
}
