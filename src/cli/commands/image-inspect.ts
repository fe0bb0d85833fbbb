/** `bootproof image inspect`: everything an image says, as a table for people or as JSON. */

import { equalBytes, toHex } from '../../base/bytes.ts';
import { hash } from '../../mcuboot/hash.ts';
import { flagNames, isEncrypted } from '../../mcuboot/header.ts';
import { parseImage } from '../../mcuboot/image.ts';
import type { McubootImage } from '../../mcuboot/image.ts';
import { tlvName } from '../../mcuboot/tlv.ts';
import { swapTypeCode } from '../../mcuboot/trailer.ts';
import type { Trailer } from '../../mcuboot/trailer.ts';
import { formatVersion } from '../../mcuboot/version.ts';
import type { CliIo } from '../io.ts';
import { withFile } from './image-run.ts';

/** The form of `--json`. Bytes are hex text, sizes and offsets are bytes. */
export interface ImageReport {
  readonly file: string;
  readonly size: number;
  /** What the `sha` field of an SMP upload carries. */
  readonly fileSha256: string;
  /** What SMP lists, and what images are marked pending and confirmed by. `matches: null`: unknown, since the image is encrypted. */
  readonly imageHash: { readonly algorithm: string; readonly hex: string; readonly matches: boolean | null } | null;
  readonly version: string;
  readonly header: {
    readonly size: number;
    readonly bodySize: number;
    readonly protectedTlvSize: number;
    readonly loadAddress: number;
    readonly flags: readonly string[];
  };
  readonly areas: readonly {
    readonly kind: string;
    readonly offset: number;
    readonly size: number;
    readonly tlvs: readonly { readonly type: number; readonly name: string; readonly offset: number; readonly hex: string }[];
  }[];
  readonly securityCounter: number | null;
  readonly dependencies: readonly { readonly image: number; readonly minimum: string }[];
  readonly signatures: readonly { readonly type: string; readonly pure: boolean; readonly signer: string | null }[];
  readonly end: number;
  readonly remainder: McubootImage['remainder'];
}

/** Prints the report; exit code 1 when the image hash does not match. */
export function inspectImage(io: CliIo, path: string, options: { readonly json?: boolean }): number {
  const report = withFile(io, path, (file) => describeImage(path, parseImage(file)));
  io.stdout(options.json === true ? `${JSON.stringify(report, undefined, 2)}\n` : formatReport(report));
  return report.imageHash?.matches === false ? 1 : 0;
}

function describeImage(path: string, image: McubootImage): ImageReport {
  const { header, claims } = image;
  return {
    file: path,
    size: image.file.length,
    fileSha256: toHex(hash('sha256', image.file)),
    imageHash: describeHash(image),
    version: formatVersion(header.version),
    header: {
      size: header.headerSize,
      bodySize: header.imageSize,
      protectedTlvSize: header.protectedTlvSize,
      loadAddress: header.loadAddress,
      flags: flagNames(header.flags),
    },
    areas: image.areas.map(({ tlvs, ...area }) => ({
      ...area,
      tlvs: tlvs.map(({ type, offset, value }) => ({ type, name: tlvName(type), offset, hex: toHex(value) })),
    })),
    securityCounter: claims.securityCounter ?? null,
    dependencies: claims.dependencies.map((dependency) => ({ image: dependency.image, minimum: formatVersion(dependency.minimum) })),
    signatures: image.signatures.map(({ tlvType, signer }) => ({
      type: tlvName(tlvType),
      pure: image.pure,
      signer: signer === undefined ? null : toHex(signer.value),
    })),
    end: image.end,
    remainder: image.remainder,
  };
}

function describeHash({ hash: stored, covered, header }: McubootImage): ImageReport['imageHash'] {
  if (stored === undefined) return null;
  const equal = equalBytes(hash(stored.algorithm, covered), stored.digest);
  return { algorithm: stored.algorithm, hex: toHex(stored.digest), matches: equal || (isEncrypted(header) ? null : false) };
}

function formatReport(report: ImageReport): string {
  const { header, imageHash } = report;
  const rows: (readonly [string, string])[] = [
    ['file', `${report.file} (${report.size} bytes)`],
    ['version', report.version],
    ['image hash', imageHash === null ? 'none' : `${imageHash.hex} (${imageHash.algorithm}, ${matchText(imageHash.matches)})`],
    ['', 'what SMP lists and what images are marked pending and confirmed by'],
    ['file SHA-256', report.fileSha256],
    ['', "what the upload's sha field carries; never the same as the image hash"],
    ['header', `${header.size} bytes, load address 0x${hexOf(header.loadAddress, 8)}, flags ${header.flags.join(' ') || 'none'}`],
    ['body', `${header.bodySize} bytes at ${header.size}`],
    ...report.areas.flatMap(areaRows),
    ...report.dependencies.map(({ image, minimum }) => ['depends on', `image ${image}, version ${minimum} or newer`] as const),
    ...(report.securityCounter === null ? [] : [['security counter', String(report.securityCounter)] as const]),
    ...signatureRows(report),
    ['image end', String(report.end)],
    ['behind it', remainderText(report.remainder)],
  ];
  const width = Math.max(...rows.map(([label]) => label.length)) + 2;
  return rows.map(([label, text]) => `${label.padEnd(width)}${text}\n`).join('');
}

function matchText(matches: boolean | null): string {
  if (matches === null) return 'not checked: the image is encrypted';
  return matches ? 'matches the bytes' : 'DOES NOT MATCH the bytes';
}

/** The table shows digests in full, and the beginning of longer values. */
function shorten(hexText: string): string {
  const shown = 128;
  return hexText.length > shown ? `${hexText.slice(0, shown)}...` : hexText;
}

function areaRows({ kind, offset, size, tlvs }: ImageReport['areas'][number]): (readonly [string, string])[] {
  const width = Math.max(...tlvs.map((tlv) => tlv.name.length));
  const rows = tlvs.map(({ type, name, offset, hex }) => {
    const size = String(hex.length / 2).padStart(4);
    return ['', `0x${hexOf(type, 4)} ${name.padEnd(width)} ${size} bytes at ${offset}  ${shorten(hex)}`] as const;
  });
  return [[`${kind} TLVs`, `${size} bytes at ${offset}`], ...rows];
}

function signatureRows({ signatures }: ImageReport): (readonly [string, string])[] {
  if (signatures.length === 0) return [['signature', 'none']];
  return signatures.map(({ type, pure, signer }) => {
    const by = signer === null ? 'by an unnamed key' : `by key ${shorten(signer)}`;
    return ['signature', `${pure ? 'pure ' : ''}${type} ${by}; not checked (bootproof image verify --key PEM)`];
  });
}

function remainderText(remainder: ImageReport['remainder']): string {
  switch (remainder.kind) {
    case 'nothing':
      return 'nothing';
    case 'padding':
      return `${remainder.size} bytes of padding`;
    case 'data':
      return `${remainder.size} bytes that are no part of the image`;
    case 'trailer':
      return `${remainder.size} bytes of padding with a trailer (alignment ${remainder.maxAlign}): ${trailerText(remainder.trailer)}`;
  }
}

function trailerText({ magic, imageOk, copyDone, swapType }: Trailer): string {
  const swap = Object.entries(swapTypeCode).find(([, code]) => code === swapType)?.[0] ?? String(swapType);
  return `magic ${magic}, image_ok ${imageOk}, copy_done ${copyDone}, swap type ${swap}`;
}

function hexOf(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
