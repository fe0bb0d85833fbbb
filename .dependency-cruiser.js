/**
 * The layers of ARCHITECTURE.md as rules: imports point down only. Each entry lists the rooms that a room may import;
 * a room may always import itself. Changing a line here means changing ARCHITECTURE.md in the same commit.
 */
const rooms = {
  base: [],
  smp: ['base'],
  mcuboot: ['base'],
  events: ['base'],
  language: ['base', 'smp', 'mcuboot'],
  transport: ['base', 'smp'],
  client: ['base', 'smp', 'transport'],
  sim: ['base', 'smp', 'mcuboot', 'transport'],
  report: ['base', 'events'],
  device: ['base', 'smp', 'mcuboot', 'events', 'language', 'transport', 'client', 'sim'],
  expectations: ['base', 'smp', 'mcuboot', 'events', 'language', 'transport', 'client', 'device'],
  steps: ['base', 'smp', 'mcuboot', 'events', 'language', 'transport', 'client', 'device', 'expectations'],
  run: ['base', 'mcuboot', 'events', 'language', 'transport', 'client', 'device', 'expectations', 'steps'],
  cli: ['base', 'smp', 'mcuboot', 'events', 'language', 'transport', 'client', 'sim', 'report', 'device', 'run'],
};

const pure = '^src/(base|smp|mcuboot|events|language|report)/';
const layer = ([room, below]) => ({
  name: `layer-${room}`,
  severity: 'error',
  comment: `src/${room} may import: ${below.join(', ') || 'nothing'}`,
  from: { path: `^src/${room}/` },
  to: { path: '^src/', pathNot: `^src/(${[room, ...below].join('|')})/` },
});
const onlyIn = (name, module, allowed) => ({
  name,
  severity: 'error',
  comment: `${module} is wrapped in one place: ${allowed}`,
  from: { path: '^src/', pathNot: allowed },
  to: { path: module },
});

export default {
  forbidden: [
    { name: 'no-cycles', severity: 'error', comment: 'types of each other count, too', from: {}, to: { circular: true } },
    {
      name: 'every-room-is-listed',
      severity: 'error',
      from: { path: '^src/', pathNot: `^src/((${Object.keys(rooms).join('|')})/|index\\.ts$)` },
      to: {},
    },
    ...Object.entries(rooms).map(layer),
    {
      name: 'pure-rooms',
      severity: 'error',
      comment: 'bytes to values and back: no I/O (node:crypto is allowed, it is synchronous and has no state)',
      from: { path: pure },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
    },
    onlyIn('sockets-in-transport', '^(node:)?(net|dgram|tls|http|https)$', '^src/transport/'),
    onlyIn('serialport-in-transport', 'node_modules/(serialport|@serialport)/', '^src/transport/'),
    onlyIn('noble-in-transport', 'node_modules/@abandonware/', '^src/transport/ble/'),
    onlyIn('yaml-in-one-place', 'node_modules/yaml/', '^src/language/yaml\\.ts$'),
    onlyIn('cel-in-one-place', 'node_modules/@marcbachmann/cel-js/', '^src/language/expression(-functions)?\\.ts$'),
    onlyIn('execa-in-two-places', 'node_modules/execa/', '^src/(device/command|transport/.*)\\.ts$'),
    onlyIn('fflate-in-one-place', 'node_modules/fflate/', '^src/mcuboot/update-package\\.ts$'),
    onlyIn('tab-in-one-place', 'node_modules/@bomb\\.sh/', '^src/cli/commands/complete\\.ts$'),
    onlyIn('chokidar-in-one-place', 'node_modules/chokidar/', '^src/cli/watch\\.ts$'),
    onlyIn('commander-in-cli', 'node_modules/commander/', '^src/cli/'),
    onlyIn('files-in-cli', '^(node:)?fs', '^src/(cli|transport)/'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
