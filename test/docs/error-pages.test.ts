/** Whatever code a run or a command can end with has a page, and no page is of a code that nothing raises. */

import t from 'tap';
import { errorPages } from '../../src/cli/error-pages/index.ts';
import { codes } from '../../src/language/codes.ts';
import { raisedCodes } from './raised-codes.ts';

t.test('every code that the sources raise is explained, once', (t) => {
  const raised = raisedCodes();
  t.ok(raised.length > 150, `${raised.length} codes`);
  const explained = [...Object.keys(codes), ...Object.keys(errorPages)];
  t.same(
    raised.filter((code) => !explained.includes(code)),
    [],
    'each has a page in src/cli/error-pages/',
  );
  t.same(
    Object.keys(errorPages).filter((code) => !raised.includes(code)),
    [],
    'each page is of a code that is raised',
  );
  t.equal(new Set(explained).size, explained.length, 'none is explained twice');
  t.end();
});

t.test('a page says what has happened and what to do', (t) => {
  for (const [code, { means, mend }] of Object.entries(errorPages)) {
    t.match(means, /^[A-Z`].{25,}\.$/, code);
    t.match(mend, /^\S.{7,}/, code);
    t.not(means, mend);
  }
  t.end();
});
