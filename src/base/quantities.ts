/**
 * Quantities with a unit as users write them: durations (`90s`, `1m 30s`), sizes (`64 KiB`), rates (`3 KiB/s`), percentages (`40%`).
 * Parsing gives milliseconds, bytes, bytes per second and a fraction; undefined when the text is not such a quantity.
 */

const durationUnitsMs: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const sizeUnits: Readonly<Record<string, number>> = { B: 1, kB: 1000, KiB: 1024, MB: 1_000_000, MiB: 1_048_576 };

/** Largest duration that is accepted: 30 days. Longer values are typing mistakes and overflow timers. */
export const durationMsMax = 30 * 24 * 3_600_000;

export function parseDuration(text: string): number | undefined {
  const parts = [...text.trim().matchAll(/\s*(\d+(?:\.\d+)?)\s*(us|ms|s|m|h)/gy)];
  if (parts.length === 0 || parts.map((part) => part[0]).join('') !== text.trim()) return undefined;
  const total = parts.reduce((sum, part) => sum + Number(part[1]) * (durationUnitsMs[part[2] ?? ''] ?? 0), 0);
  return total <= durationMsMax ? total : undefined;
}

export function parseSize(text: string): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(B|kB|KiB|MB|MiB)\s*$/.exec(text);
  const unit = sizeUnits[match?.[2] ?? ''];
  if (match === null || unit === undefined) return undefined;
  const bytes = Number(match[1]) * unit;
  return Number.isInteger(bytes) && bytes <= Number.MAX_SAFE_INTEGER ? bytes : undefined;
}

export function parseRate(text: string): number | undefined {
  const match = /^\s*(.+?)\s*\/\s*s\s*$/.exec(text);
  return match?.[1] === undefined ? undefined : parseSize(match[1]);
}

export function parsePercentage(text: string): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*%\s*$/.exec(text);
  if (match === null) return undefined;
  const fraction = Number(match[1]) / 100;
  return fraction <= 1 ? fraction : undefined;
}

/** A duration for people: `250 ms`, `1.5 s`, `2 m 05 s`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${trimNumber(ms, ms < 10 ? 1 : 0)} ms`;
  if (ms < 60_000) return `${trimNumber(ms / 1000, 2)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} m ${String(seconds % 60).padStart(2, '0')} s`;
}

/** A size for people: `512 B`, `64 KiB`, `1.5 MiB`. */
export function formatSize(bytes: number): string {
  if (bytes < 1024) return `${trimNumber(bytes, 0)} B`;
  if (bytes < 1_048_576) return `${trimNumber(bytes / 1024, 1)} KiB`;
  return `${trimNumber(bytes / 1_048_576, 2)} MiB`;
}

export function formatRate(bytesPerSecond: number): string {
  return `${formatSize(bytesPerSecond)}/s`;
}

function trimNumber(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)));
}
