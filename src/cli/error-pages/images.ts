/** Images and keys that cannot be read, trusted or made. */

import type { ErrorPages } from './page.ts';

export const imagePages = {
  'build-slot-too-small': {
    means: 'The image and its trailer do not fit the slot.',
    mend: 'Lower `size`, or give the real size of the slot.',
  },
  'build-spec': { means: 'An image cannot have the values that are asked for.', mend: 'The message names the value and what it may be.' },
  'build-too-large': { means: 'The image would be larger than images are built.', mend: 'Lower `size`.' },
  'image-empty': { means: 'The file holds nothing, or only erased flash.', mend: 'Give the signed image, usually `zephyr.signed.bin`.' },
  'image-encrypted': {
    means: 'The image is encrypted, so its contents cannot be checked.',
    mend: 'Check the image before its encryption.',
  },
  'image-hash': {
    means: 'The bytes of the image do not give the hash that it carries.',
    mend: 'The file is damaged or was changed after signing: copy or sign it again.',
  },
  'image-hash-duplicate': { means: 'The image carries its hash twice, which no tool writes.', mend: 'Sign it again.' },
  'image-hash-missing': { means: 'The image carries no hash, so it cannot be told from others.', mend: 'Sign it with imgtool.' },
  'image-header': {
    means: 'The header of the image has values that MCUboot refuses.',
    mend: 'Sign it with the header size of your bootloader.',
  },
  'image-key-unknown': {
    means: 'The image was signed with another key than the one that was given.',
    mend: 'Give the public key of the one that signed it.',
  },
  'image-magic': {
    means: 'The file does not begin as MCUboot images do: it is unsigned, an ELF or HEX file, or a package.',
    mend: 'Give the signed binary, usually `zephyr.signed.bin`.',
  },
  'image-signature': {
    means: 'The signature does not belong to these bytes and this key.',
    mend: 'Sign the image again, with the key of the bootloader.',
  },
  'image-size': {
    means: 'The sizes in the header of the image contradict the file.',
    mend: 'The file is damaged or was cut: copy or sign it again.',
  },
  'image-tlv': { means: 'The records behind the image cannot be read.', mend: 'The file is damaged or was cut: copy or sign it again.' },
  'image-too-large': {
    means: 'The image is larger than any that is supported.',
    mend: 'Check that it is an image and not a dump of the whole flash.',
  },
  'image-truncated': { means: 'The file ends before the image does.', mend: 'Copy it again, whole.' },
  'image-unsigned': { means: 'The image carries no signature.', mend: 'Sign it with imgtool and the key of the bootloader.' },
  'key-unreadable': {
    means: 'The file is no key in PEM form, or has a passphrase.',
    mend: 'Remove the passphrase: openssl pkey -in KEY -out PLAIN',
  },
  'key-unsupported': { means: 'MCUboot has no signatures with keys of this type.', mend: 'Use RSA, ECDSA P-256 or Ed25519.' },
} as const satisfies ErrorPages;
