/** A short fuzz of the language, and the texts that are made to cost time; `npm run fuzz:pipelines` is the long one, which also holds the times. */

import t from 'tap';
import { bombs } from './bombs.ts';
import { fuzzDocuments, readText } from './fuzz.ts';

t.test('mutated documents end in documents or diagnostics', (t) => {
  const { documents, refused, codes } = fuzzDocuments(600, 3);
  t.ok(documents > 20 && refused > 200, `${documents} documents, ${refused} refused`);
  t.ok(codes > 20, `${codes} different codes`);
  t.end();
});

t.test('bombs are refused by limit', (t) => {
  for (const [name, [text, code]] of Object.entries(bombs)) t.ok(readText(text).codes.includes(code), name);
  t.end();
});
