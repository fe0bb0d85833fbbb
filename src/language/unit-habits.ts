/** Units as people write them elsewhere. They are not accepted, since some mean different things to different people, but understood by hints. */

/** `KB` is 1000 bytes to some and 1024 to others, so both are offered. */
const habits: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^(?:sec|secs|second|seconds)$/i, ['s']],
  [/^(?:min|mins|minute|minutes)$/i, ['m']],
  [/^(?:hr|hrs|hour|hours)$/i, ['h']],
  [/^(?:msec|msecs|millis|milliseconds?)$/i, ['ms']],
  [/^(?:bytes?)$/i, [' B']],
  [/^(?:k|kb|kib)$/i, [' KiB', ' kB']],
  [/^(?:m|mb|mib)$/i, [' MiB', ' MB']],
  [/^(?:bps|b\/s|bytes?\/s(?:ec)?)$/i, [' B/s']],
  [/^(?:k|kbps|kb\/s|kib\/s|kb\/sec)$/i, [' KiB/s', ' kB/s']],
  [/^(?:mbps|mb\/s|mib\/s|mb\/sec)$/i, [' MiB/s', ' MB/s']],
  [/^(?:percent|pct)$/i, ['%']],
];

/** What `64KB` or `90 sec` can mean, in the units that there are. */
export function unitsByHabit(text: string): readonly string[] {
  const [, amount, unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([a-z/]+)\s*$/i.exec(text) ?? [];
  if (amount === undefined) return [];
  return habits.filter(([pattern]) => pattern.test(unit)).flatMap(([, units]) => units.map((one) => amount + one));
}
