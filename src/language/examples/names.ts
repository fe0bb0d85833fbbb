/** Examples about inputs, axes and expressions. */

import { ofFile, ofPipeline, ofSteps } from './example.ts';
import type { CodeExample } from './example.ts';

/** A plan with this matrix. */
function ofMatrix(wrong: string, mended: string): CodeExample {
  const plan = (matrix: string): string => `version: 1\nkind: plan\nid: nightly\nselect: {paths: [firmware/app.bin]}\nmatrix:\n${matrix}`;
  return ofFile(plan(wrong), plan(mended));
}

/** A list of one known issue. */
function knownIssue(rest: string): string {
  return `version: 1\nkind: known-issues\nissues:\n  - id: FW-123\n    ticket: https://tracker.example/FW-123\n    owner: ota-team\n    expires: 2027-03-01\n    ${rest}`;
}

export const nameExamples = {
  'axis-unknown': ofPipeline('matrix: {axes: {transprt: [serial, udp]}}\n', 'matrix: {axes: {transport: [serial, udp]}}\n'),
  'axis-value': ofPipeline(
    `
inputs:
  count: {type: integer, default: 1}
matrix: {axes: {count: [1, two]}}
steps:
  - echo: {d: "\${{ string(inputs.count) }}"}
`,
    `
inputs:
  count: {type: integer, default: 1}
matrix: {axes: {count: [1, 2]}}
steps:
  - echo: {d: "\${{ string(inputs.count) }}"}
`,
  ),
  'default-mismatch': ofPipeline(
    `
inputs:
  app: {image: {build: {version: "1.0.0", size: 64 KiB}}}
  floor: {quantity: rate, default: 3 KiB}
steps:
  - {id: up, upload: {image: app}}
  - expect: {value: "\${{ steps.up.rate }}", at-least: "\${{ inputs.floor }}"}
`,
    `
inputs:
  app: {image: {build: {version: "1.0.0", size: 64 KiB}}}
  floor: {quantity: rate, default: 3 KiB/s}
steps:
  - {id: up, upload: {image: app}}
  - expect: {value: "\${{ steps.up.rate }}", at-least: "\${{ inputs.floor }}"}
`,
  ),
  'device-missing': ofPipeline(
    'devices: {left: {}, right: {}}\nsteps:\n  - {device: left, reset: {}}\n  - echo: {d: hello}\n',
    'devices: {left: {}, right: {}}\nsteps:\n  - {device: left, reset: {}}\n  - {device: right, echo: {d: hello}}\n',
  ),
  'matrix-empty': ofMatrix(
    '  axes: {transport: [serial]}\n  drop: [{transport: serial}]\n',
    '  axes: {transport: [serial, udp]}\n  drop: [{transport: serial}]\n',
  ),
  'matrix-no-match': ofMatrix(
    '  axes: {transport: [serial, udp]}\n  drop: [{transport: ble}]\n',
    '  axes: {transport: [serial, udp, ble]}\n  drop: [{transport: ble}]\n',
  ),
  'matrix-twice': ofMatrix(
    '  axes: {transport: [serial, udp]}\n  add: [{transport: udp}]\n',
    '  axes: {transport: [serial, udp]}\n  add: [{transport: ble}]\n',
  ),
  'expression-cost': ofSteps(
    `- reset: {}\n  when: inputs.next.version.matches('^(1+)+$')\n`,
    `- reset: {}\n  when: inputs.next.version.matches('^1+$')\n`,
  ),
  'expression-not-here': ofPipeline(
    'title: "Update to ${{ inputs.next.version }}"\nsteps:\n  - upload: {image: next}\n',
    'title: Update to the next version\nsteps:\n  - upload: {image: next}\n',
  ),
  'expression-syntax': ofSteps('- echo: {d: "${{ inputs.next. }}"}\n', '- echo: {d: "${{ inputs.next.version }}"}\n'),
  'expression-type': ofSteps('- reset: {}\n  when: inputs.next.size\n', '- reset: {}\n  when: inputs.next.size > 0\n'),
  'file-missing': ofPipeline(
    'inputs:\n  app: {image: {file: firmware/ap.bin}}\nsteps:\n  - upload: {image: app}\n',
    'inputs:\n  app: {image: {file: firmware/app.bin}}\nsteps:\n  - upload: {image: app}\n',
  ),
  'excuses-everything': ofFile(knownIssue('match: {pipeline: "*"}\n'), knownIssue('match: {pipeline: "*"}\n    signature: no free slot\n')),
  'fragment-circle': ofFile(
    '# restart.fragment.yaml\nversion: 1\nkind: fragment\nsteps:\n  - reset: {}\n  - call: {fragment: restart.fragment.yaml}\n',
    '# restart.fragment.yaml\nversion: 1\nkind: fragment\nsteps:\n  - repeat: {count: 3, steps: [{reset: {}}]}\n',
  ),
  'input-not-image': ofPipeline(
    'inputs:\n  app: {type: string, default: app.bin}\nsteps:\n  - upload: {image: app}\n',
    'inputs:\n  app: {image: {file: firmware/app.bin}}\nsteps:\n  - upload: {image: app}\n',
  ),
  'input-not-package': ofPipeline(
    'inputs:\n  update: {image: {file: firmware/app.bin}}\nsteps:\n  - upgrade: {package: update}\n',
    'inputs:\n  update: {package: {file: firmware/dfu_application.zip}}\nsteps:\n  - upgrade: {package: update}\n',
  ),
  'input-unknown': ofSteps('- upload: {image: next}\n- expect: {active: nxt}\n', '- upload: {image: next}\n- expect: {active: next}\n'),
  'input-unused': ofPipeline(
    'inputs:\n  base: {image: {file: firmware/app.bin}}\n  spare: {type: string}\nsteps:\n  - upload: {image: base}\n',
    'inputs:\n  base: {image: {file: firmware/app.bin}}\nsteps:\n  - upload: {image: base}\n',
  ),
  'expression-unmarked': ofSteps('- echo: {d: "{{ cell.board }}"}\n', '- echo: {d: "${{ cell.board }}"}\n'),
  'name-unknown': ofSteps('- echo: {d: "${{ inputs.next.hsh }}"}\n', '- echo: {d: "${{ inputs.next.hash }}"}\n'),
  'use-before-set': ofSteps(
    '- expect: {value: "${{ steps.up.rate }}", at-least: 2 KiB/s}\n- {id: up, upload: {image: next}}\n',
    '- {id: up, upload: {image: next}}\n- expect: {value: "${{ steps.up.rate }}", at-least: 2 KiB/s}\n',
  ),
};
