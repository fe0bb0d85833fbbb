/**
 * Who works when. A lane is a board (or all boards in virtual time) with its work; it takes everything that it needs at once or
 * not at all, so that no two lanes wait for each other, and nobody overtakes a lane that waits for something.
 */

export interface Lane {
  /** What no two lanes use at the same time. */
  readonly resources: readonly string[];
  /** May become true again while other lanes work. */
  hasWork(): boolean;
  /** Does one piece of the work. Its resources are free for others after each piece. */
  work(): Promise<void>;
}

export interface Admission {
  /** How many lanes may work at the same time. */
  readonly jobs: number;
  /** Asked before one more lane begins beside others; each waits for the one before. */
  readonly ready: () => Promise<void>;
}

/** Resolves when no lane has work any more. */
export function runLanes(lanes: readonly Lane[], { jobs, ready }: Admission): Promise<void> {
  const waiting = new Set<Lane>();
  const held = new Set<string>();
  let active = 0;
  let outside = lanes.length;
  return new Promise((resolve, reject) => {
    const start = (lane: Lane): void => {
      waiting.delete(lane);
      for (const resource of lane.resources) held.add(resource);
      active += 1;
      lane.work().then(() => {
        for (const resource of lane.resources) held.delete(resource);
        active -= 1;
        waiting.add(lane);
        startAll();
      }, reject);
    };
    const startAll = (): void => {
      const wanted = new Set(held);
      for (const lane of [...waiting]) {
        if (active >= Math.max(1, jobs)) return;
        if (!lane.hasWork()) continue;
        const free = !lane.resources.some((resource) => wanted.has(resource));
        for (const resource of lane.resources) wanted.add(resource);
        if (free) start(lane);
      }
      if (active + outside === 0) resolve();
    };
    const admitAll = async (): Promise<void> => {
      for (const lane of lanes) {
        if (active > 0) await ready();
        waiting.add(lane);
        outside -= 1;
        startAll();
      }
    };
    if (lanes.length === 0) resolve();
    admitAll().catch(reject);
  });
}
