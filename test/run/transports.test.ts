/** The same pipeline over every link of the simulated board, in virtual time. */

import { readFileSync } from 'node:fs';
import t from 'tap';
import { loadPipelines } from '../../src/cli/documents.ts';
import { projectPath } from '../helpers/vectors.ts';
import { pipelineText, runPipelines, runText, stepEnds } from '../helpers/run.ts';

t.test('the normative example of the design runs as it is written', async (t) => {
  const path = projectPath('test/normative.pipeline.yaml');
  t.match(readFileSync(path, 'utf8'), 'axes: {transport: [serial, udp, ble]}');
  const { pipelines, diagnostics } = loadPipelines([path]);
  t.same(
    diagnostics.filter(({ severity }) => severity === 'error'),
    [],
  );
  const ran = await runPipelines(pipelines);
  const ends = ran.events.flatMap((event) => (event.kind === 'cell-end' ? [`${event.cell} ${event.outcome}`] : []));
  t.same(
    ends.sort(),
    ['ble', 'serial', 'udp'].map((transport) => `ota.test-then-confirm@sim[transport=${transport}] passed`),
  );
});

const overBle = 'matrix: { axes: { transport: [ble] } }\n';

/** What an upload of 16 KiB and more over BLE came to. */
async function uploadOverBle(): Promise<{ readonly bytes: number; readonly seconds: number }> {
  const ran = await runText(pipelineText('  - id: up\n    upload: { image: next }\n', overBle));
  return stepEnds(ran).get('steps[0]')?.result as { bytes: number; seconds: number };
}

/** Of 244 bytes in a write at 1 Mbit/s, in bytes per second: what the link layer carries at the most (Core Specification, volume 6 part B). */
const airBytesPerSecond = 98_900;

t.test('BLE takes the time that the air takes, and not much more', async (t) => {
  const { bytes, seconds } = await uploadOverBle();
  const share = bytes / seconds / airBytesPerSecond;
  t.ok(share > 0.4 && share < 1, `${share}`);
});

t.test('faults of links act on it as on any other', async (t) => {
  const cases = [
    ['link-drop', 'fault: { do: link-drop, at: { progress: 40% }, for: 3s }'],
    ['stall', 'fault: { do: stall, at: { progress: 40% }, for: 2s }'],
    ['low-mtu', 'fault: { do: low-mtu, at: { progress: 10% }, bytes-max: 120 }'],
    ['loss', 'fault: { do: loss, at: { progress: 10% }, share: 5% }'],
  ] as const;
  for (const [name, fault] of cases) {
    const ran = await runText(pipelineText(`  - upload: { image: next }\n    ${fault}\n  - expect: { image: next, slot: 1 }`, overBle));
    t.same(ran.outcomes, ['passed'], name);
  }
});
