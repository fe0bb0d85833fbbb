/** Examples of steps that cannot mean what they say. */

import { ofPipeline, ofSteps } from './example.ts';

export const stepExamples = {
  'absence-without-end': ofSteps(
    '- expect: {log: {none: "ZEPHYR FATAL ERROR"}}\n',
    '- expect: {log: {none: "ZEPHYR FATAL ERROR"}, for: 10s}\n',
  ),
  'always-true': ofSteps(
    '- expect: {log: {match: "/.*/"}}\n  within: 10s\n',
    '- expect: {log: {match: "Booting Zephyr OS"}}\n  within: 10s\n',
  ),
  'capture-twice': ofSteps(
    '- upload: {image: next}\n  save: {speed: rate}\n- upload: {image: next}\n  save: {speed: rate}\n',
    '- upload: {image: next}\n  save: {first-speed: rate}\n- upload: {image: next}\n  save: {second-speed: rate}\n',
  ),
  'duplicate-id': ofSteps(
    '- {id: up, upload: {image: next}}\n- {id: up, upload: {image: next}}\n',
    '- {id: first, upload: {image: next}}\n- {id: again, upload: {image: next}}\n',
  ),
  'client-cannot': ofSteps('- upgrade: {as: smpmgr, image: next}\n', '- upgrade: {as: smpmgr, mode: confirm-only, image: next}\n'),
  'error-unknown': ofSteps(
    '- upload: {image: next}\n  expect-error: {group: image, code: NO_FREE_SLOTS}\n',
    '- upload: {image: next}\n  expect-error: {group: image, code: NO_FREE_SLOT}\n',
  ),
  'fault-not-possible': ofSteps(
    '- upload: {image: next}\n- reset: {}\n  fault: {at: {offset: 20 KiB}, do: corrupt}\n',
    '- upload: {image: next}\n  fault: {at: {offset: 20 KiB}, do: corrupt}\n- reset: {}\n',
  ),
  'link-gone': ofSteps(
    '- disconnect: {}\n- echo: {d: "anybody there"}\n',
    '- disconnect: {}\n- connect: {}\n- echo: {d: "anybody there"}\n',
  ),
  'many-nouns': ofSteps('- expect: {active: next, image: base}\n', '- expect: {active: next}\n- expect: {image: base, slot: 1}\n'),
  'many-sweeps': ofSteps(
    `
- upload: {image: next}
  fault: {at: {flash-op: all}, do: power-cut}
- reset: {}
  fault: {at: {flash-op: all}, do: power-cut}
`,
    `
- upload: {image: next}
- reset: {}
  fault: {at: {flash-op: all}, do: power-cut}
`,
  ),
  'many-verbs': ofSteps('- upload: {image: next}\n  reset: {}\n', '- upload: {image: next}\n- reset: {}\n'),
  'may-not-be-set': ofPipeline(
    `
steps:
  - {id: up, upload: {image: next}}
teardown:
  - echo: {d: "\${{ string(steps.up.bytes) }} bytes"}
`,
    `
steps:
  - {id: up, upload: {image: next}}
teardown:
  - echo: {d: "\${{ string(steps.up.bytes) }} bytes"}
    when: has(steps.up)
`,
  ),
  'misplaced-key': ofSteps(
    '- reset: {}\n  within: 60s\n- expect: {active: base}\n',
    '- reset: {}\n- expect: {active: base}\n  within: 60s\n',
  ),
  'no-noun': ofSteps('- expect: {slot: 1, pending: true}\n', '- expect: {image: next, slot: 1, pending: true}\n'),
  'no-verb': ofSteps('- id: up\n  timeout: 90s\n', '- id: up\n  upload: {image: next}\n  timeout: 90s\n'),
  'power-left-off': ofPipeline(
    'steps:\n  - power: {off: true}\n  - wait: {for: 2s}\n',
    'steps:\n  - power: {off: true}\n  - wait: {for: 2s}\nteardown:\n  - power: {on: true}\n',
  ),
  'result-unknown': ofSteps('- upload: {image: next}\n  save: {speed: rte}\n', '- upload: {image: next}\n  save: {speed: rate}\n'),
  'trial-undecided': ofSteps(
    '- upload: {image: next}\n- mark-pending: {image: next}\n- reset: {}\n- expect: {active: next}\n  within: 60s\n',
    '- upload: {image: next}\n- mark-pending: {image: next}\n- reset: {}\n- expect: {active: next}\n  within: 60s\n- confirm: {}\n',
  ),
  'wait-without-limit': ofSteps('- wait: {until: {log: "ready"}}\n', '- wait: {until: {log: "ready"}, timeout: 30s}\n'),
  'value-constant': ofSteps(
    '- {id: up, upload: {image: next}}\n- expect: {value: steps.up.rate, at-least: 2 KiB/s}\n',
    '- {id: up, upload: {image: next}}\n- expect: {value: "${{ steps.up.rate }}", at-least: 2 KiB/s}\n',
  ),
};
