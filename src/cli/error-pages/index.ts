/** The pages of all errors that are no mistakes in a document; those are in `language/codes.ts`. */

import { bluetoothPages } from './bluetooth.ts';
import { imagePages } from './images.ts';
import { inputPages } from './inputs.ts';
import { labPages } from './lab.ts';
import { linkPages } from './links.ts';
import type { ErrorPages } from './page.ts';
import { productPages } from './product.ts';

export const errorPages: ErrorPages = {
  ...productPages,
  ...labPages,
  ...linkPages,
  ...bluetoothPages,
  ...inputPages,
  ...imagePages,
};
