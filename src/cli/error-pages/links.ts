/** Errors of links and ports: faults of the lab, but for addresses that nobody can open. */

import type { ErrorPages } from './page.ts';

export const linkPages = {
  'address-denied': {
    means: 'The system does not let this user listen on the port: those below 1024 are reserved.',
    mend: 'Choose a port from 1024 up.',
  },
  'address-in-use': {
    means: 'Another program listens on the address, often a simulator that is still running.',
    mend: 'End it, or choose another port; 0 takes any free one.',
  },
  'address-unavailable': { means: 'No network interface of this host has the address.', mend: 'Listen on 127.0.0.1, ::1 or 0.0.0.0.' },
  'bad-address': {
    means: 'The text is no address of a transport. Addresses begin with their kind, such as `serial:` or `udp:`.',
    mend: 'Write one of the forms that the hint lists.',
  },
  'baud-refused': {
    means: 'The RFC 2217 server runs its port at another speed than the one that was asked for.',
    mend: 'Allow the rate in the configuration of the server, or write the rate it has into the address.',
  },
  'baud-suspect': {
    means: 'The port delivers bytes that are neither text nor SMP, as happens when both ends run at different speeds.',
    mend: 'Set `?baud=` to the speed of the board; 115200 and 1000000 are common.',
  },
  'client-closed': {
    means: 'A request was made after the conversation with the board had ended, because its link was lost or the run was stopping.',
    mend: 'Look for the first error before this one; it names what ended the conversation.',
  },
  'connection-lost': {
    means: 'The far side closed the connection, or the network broke it.',
    mend: 'See whether the serial server or the simulator still runs, and what its log says.',
  },
  'connection-refused': {
    means: 'The host is there, and nothing listens on the port.',
    mend: 'Start the server, or correct the port in the bench.',
  },
  'host-unknown': { means: 'The name of the host is not known to the resolver.', mend: 'Check the spelling, or give the IP address.' },
  'host-unreachable': {
    means: 'No way leads to the host: a cable, a route or a firewall is in between.',
    mend: 'Try `ping` from this machine, and check the firewall.',
  },
  'link-closed': {
    means: 'Something was sent over a link that had been closed.',
    mend: 'Connect again before sending; look for the error that closed it.',
  },
  'link-congested': {
    means: 'More waits to be sent than the link takes: the far side reads slower than the sender writes.',
    mend: 'Send less at a time: a smaller `window`, or a lower `rate`.',
  },
  'link-denied': {
    means: 'The folder in which a simulator shall put its port does not let this user write.',
    mend: 'Choose a path in a folder of your own.',
  },
  'link-down': {
    means: 'A fault of the pipeline has dropped the link, and it stays away for the time that the fault says.',
    mend: 'Wait longer than the fault lasts, or expect the failure.',
  },
  'link-dropped': {
    means: 'A fault of the pipeline has dropped the link while a request was under way.',
    mend: 'Nothing is wrong with the lab. Give the step a `retry`, or end the fault before it.',
  },
  'link-folder-missing': { means: 'The folder in which a simulator shall put its port is not there.', mend: 'Create it first.' },
  'link-stalled': {
    means: 'The far side has stopped to read: flow control holds the line, or the program at the other end hangs.',
    mend: 'Check flow control, and that the other end is alive.',
  },
  'console-lost': {
    means: 'The console of the board vanished and is not back, so that a line that did not come proves nothing.',
    mend: 'Check the cable and the port of the console; a program that forwards it may have ended.',
  },
  'link-taken': {
    means: 'The name for a simulated port belongs to an ordinary file, which is never overwritten.',
    mend: 'Choose another name, or remove the file.',
  },
  'no-console': {
    means: 'The transport carries SMP packets alone, so no console can be read from it.',
    mend: 'Give `console` an address of its own in the bench.',
  },
  'nobody-sent': {
    means: 'An address with `?listen=on` only answers, and no device has sent anything to it.',
    mend: 'Use it with `serve`. To ask the device, give the board a transport with the address of its own server.',
  },
  'open-failed': {
    means: 'The system could not open the link, for the reason that the message gives.',
    mend: 'Check the address, and that this host can use it; `bootproof doctor` proves each line of a bench.',
  },
  'open-timeout': {
    means: 'The link did not open in time. A firewall that drops packets looks like this.',
    mend: 'Check that the far side runs, and that packets reach it.',
  },
  'packet-too-large': {
    means: 'A request does not fit the largest packet that the link carries.',
    mend: 'Send less in one request, such as a smaller `chunk`.',
  },
  'peer-unreachable': {
    means: 'The host answers that nothing listens on the UDP port, and has said so for seconds.',
    mend: 'Check that the firmware or the simulator runs and uses this port.',
  },
  'port-busy': {
    means: 'Another program has the serial port open: a terminal, ModemManager, or another run. Two readers take bytes from each other.',
    mend: 'End the program that the message names; where it names none, `sudo fuser -v PATH` does.',
  },
  'port-denied': {
    means: 'This user may not open the serial port.',
    mend: 'Join the group that owns it (`sudo usermod -aG dialout $USER`) and log in again.',
  },
  'port-missing': {
    means: 'There is no serial port of that name. Names such as `/dev/ttyACM0` change with the order of plugging in.',
    mend: 'Name the port by `/dev/serial/by-id/`; the hint lists those that are there.',
  },
  'port-vanished': {
    means: 'A USB port left the bus while it was in use: a reset of the board, a bad cable, or a hub without power.',
    mend: 'If the board resets itself there, wait for it with `within`; else change cable or hub.',
  },
  'sim-control-foreign': {
    means: 'What answers at `simulator` is no control port of `bootproof sim`.',
    mend: 'Give the address that `bootproof sim --control` was started with.',
  },
  'sim-control-silent': {
    means: 'The control port of the simulator took a request and did not answer.',
    mend: 'See whether the simulator still runs; start it anew if it hangs.',
  },
  'not-an-answer': {
    means: 'What answers at `simulator` does not speak the language of control ports.',
    mend: 'Give the address that `bootproof sim --control` was started with.',
  },
  'bad-request': {
    means: 'A control port was sent a request that it does not know.',
    mend: 'Use the same version of bootproof at both ends.',
  },
  'socat-failed': {
    means: 'Pseudo-terminals of simulated ports are made by socat, which ended at once.',
    mend: 'The message has its own words; try the command by hand.',
  },
  'socat-missing': {
    means: 'Pseudo-terminals are made by socat, and it is not installed.',
    mend: 'Install it, for example with `sudo apt install socat`.',
  },
} as const satisfies ErrorPages;
