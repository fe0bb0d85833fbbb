/** Image versions: four numbers, of which the last one (the build) usually takes no part in comparisons. */

/** Ranges as in the image header: 8, 8, 16 and 32 bits. */
export interface ImageVersion {
  readonly major: number;
  readonly minor: number;
  readonly revision: number;
  readonly build: number;
}

/**
 * Reads `1`, `1.2`, `1.2.3` and `1.2.3+4` as imgtool does, and `1.2.3.4`, the form in which SMP servers report a version with a
 * build number. Undefined when the text is none of these or a number leaves its range.
 */
export function parseVersion(text: string): ImageVersion | undefined {
  const match = /^(\d+)(?:\.(\d+)(?:\.(\d+)(?:[+.](\d+))?)?)?$/.exec(text);
  if (match === null || /(^|[.+])0\d/.test(text)) return undefined;
  const [, major = '', minor = '0', revision = '0', build = '0'] = match;
  const version = { major: Number(major), minor: Number(minor), revision: Number(revision), build: Number(build) };
  return versionInRange(version) ? version : undefined;
}

/** `1.2.3`, or `1.2.3+4` when the build is not 0. */
export function formatVersion(version: ImageVersion): string {
  const text = `${version.major}.${version.minor}.${version.revision}`;
  return version.build === 0 ? text : `${text}+${version.build}`;
}

/** `1.2.3`, or `1.2.3.4` when the build is not 0: as SMP servers list it (Zephyr `img_mgmt_ver_str`). */
export function formatListedVersion(version: ImageVersion): string {
  return formatVersion(version).replace('+', '.');
}

/**
 * Negative, zero or positive, as `a` is older than, equal to or newer than `b`. The build number counts only on request, as with
 * MCUboot's `BOOT_VERSION_CMP_USE_BUILD_NUMBER`.
 */
export function compareVersions(a: ImageVersion, b: ImageVersion, options: { readonly build?: boolean } = {}): number {
  const order = a.major - b.major || a.minor - b.minor || a.revision - b.revision;
  return order !== 0 || options.build !== true ? order : a.build - b.build;
}

/** Whether each number fits its field of the header. */
export function versionInRange({ major, minor, revision, build }: ImageVersion): boolean {
  const fits = (value: number, max: number): boolean => Number.isInteger(value) && value >= 0 && value <= max;
  return fits(major, 0xff) && fits(minor, 0xff) && fits(revision, 0xffff) && fits(build, 0xffff_ffff);
}

/** Length of the header's version field. */
export const versionSize = 8;

/** The version stored at `at`, in the form that the image header and dependency TLVs share. */
export function readVersion(view: DataView, at: number): ImageVersion {
  return {
    major: view.getUint8(at),
    minor: view.getUint8(at + 1),
    revision: view.getUint16(at + 2, true),
    build: view.getUint32(at + 4, true),
  };
}

/** The inverse of `readVersion`. */
export function writeVersion(view: DataView, at: number, version: ImageVersion): void {
  view.setUint8(at, version.major);
  view.setUint8(at + 1, version.minor);
  view.setUint16(at + 2, version.revision, true);
  view.setUint32(at + 4, version.build, true);
}
