/** Zephyr's shell as far as the shell group and the shell transport need it: a small tree of commands and its messages. */

interface ShellCommand {
  readonly name: string;
  readonly help: string;
  readonly commands?: readonly ShellCommand[];
  /** Text of the command's output, lines ended by CR LF; the command returns 0. */
  readonly run?: (environment: ShellEnvironment, args: readonly string[]) => string;
}

export interface ShellEnvironment {
  uptimeMs(): number;
  readonly kernelVersion: string;
  reboot(): void;
  /** Confirms the running image; undefined where MCUboot's commands are not built in (`CONFIG_MCUBOOT_SHELL`). */
  readonly confirm: (() => void) | undefined;
}

/** Runs one line. */
export type Shell = (line: string) => ShellResult;

/** The shell of an application. `logLevel`: the kernel's log level is built in. */
export function createShell(environment: ShellEnvironment, options: { readonly logLevel: boolean }): Shell {
  const commands = shellCommands({ ...options, mcuboot: environment.confirm !== undefined });
  return (line) => runShellLine(line, commands, environment);
}

export interface ShellResult {
  readonly output: string;
  /** What the command returned: 0, or a negative errno, or 1 when help was printed. */
  readonly status: number;
}

const helpPrinted = 1;
const notExecutable = -8;
const red = '\u001b[1;31m';
const plain = '\u001b[m';

const overview = [
  'Please press the <Tab> button to see all available commands.',
  'You can also use the <Tab> button to prompt or auto-complete all commands or its subcommands.',
  'You can try to call commands with <-h> or <--help> parameter for more information.',
  '',
  'Shell supports following meta-keys:',
  '  Ctrl + (a key from: abcdefklnptuw)',
  '  Alt  + (a key from: bf)',
  'Please refer to shell documentation for more details.',
  '',
  'Available commands:',
];

/** The commands of Zephyr's sample, or those without the kernel's log level. */
function shellCommands(options: { readonly logLevel: boolean; readonly mcuboot: boolean }): readonly ShellCommand[] {
  const kernel: readonly ShellCommand[] = [
    { name: 'cycles', help: 'Kernel cycles.' },
    ...(options.logLevel ? [{ name: 'log_level', help: '<module name> <severity (0-4)>' }] : []),
    { name: 'reboot', help: 'Reboot.', run: reboot },
    { name: 'sleep', help: 'ms' },
    { name: 'thread', help: 'Kernel threads.' },
    { name: 'uptime', help: 'Kernel uptime. Can be called with the -p or --pretty options', run: uptime },
    { name: 'version', help: 'Kernel version.', run: version },
  ];
  const mcuboot: readonly ShellCommand[] = [{ name: 'confirm', help: 'confirm image', run: confirm }];
  const top: readonly ShellCommand[] = [
    { name: 'clear', help: 'Clear screen.' },
    { name: 'date', help: 'Date commands' },
    { name: 'device', help: 'Device commands' },
    { name: 'devmem', help: 'Read/write physical memory' },
    { name: 'help', help: 'Prints the help message.', run: () => overview.map(line).join('') + list(top) },
    { name: 'history', help: 'Command history.' },
    { name: 'kernel', help: 'Kernel commands', commands: kernel },
    ...(options.mcuboot ? [{ name: 'mcuboot', help: 'MCUboot commands', commands: mcuboot }] : []),
    { name: 'rem', help: "Ignore lines beginning with 'rem '" },
    { name: 'resize', help: 'Console gets terminal screen size or assumes default in case the readout fails.' },
    { name: 'retval', help: 'Print return value of most recent command' },
    { name: 'shell', help: 'Useful, not Unix-like shell commands.' },
  ];
  return top;
}

/** Runs one line. Unknown commands are told in red; a group of commands without a known one prints its help. */
function runShellLine(text: string, commands: readonly ShellCommand[], environment: ShellEnvironment): ShellResult {
  const [first = '', ...rest] = text.trim().split(/\s+/);
  const command = commands.find((candidate) => candidate.name === first);
  if (command === undefined) return { output: `${red}${line(`${first}: command not found`)}${plain}`, status: notExecutable };
  if (command.commands !== undefined) {
    const inner = command.commands.find((candidate) => candidate.name === rest[0]);
    if (inner === undefined) return { output: groupHelp(command, command.commands), status: helpPrinted };
    return { output: inner.run?.(environment, rest.slice(1)) ?? '', status: 0 };
  }
  return { output: command.run?.(environment, rest) ?? '', status: 0 };
}

function groupHelp(command: ShellCommand, inner: readonly ShellCommand[]): string {
  return line(`${command.name} - ${command.help}`) + line('Subcommands:') + list(inner);
}

function list(commands: readonly ShellCommand[]): string {
  const width = Math.max(...commands.map((command) => command.name.length)) + 2;
  return commands.map((command) => line(`  ${command.name.padEnd(width)}: ${command.help}`)).join('');
}

function uptime(environment: ShellEnvironment): string {
  return line(`Uptime: ${Math.floor(environment.uptimeMs())} ms`);
}

function version(environment: ShellEnvironment): string {
  return line(`Zephyr version ${environment.kernelVersion}`);
}

function reboot(environment: ShellEnvironment): string {
  environment.reboot();
  return '';
}

function confirm(environment: ShellEnvironment): string {
  environment.confirm?.();
  return '';
}

function line(text: string): string {
  return `${text}\r\n`;
}
