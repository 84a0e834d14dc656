// Why netsh refused something: its exit code says only that it did, and its text is in the language of the system. So the
// codes in the text are read, the machine is asked, and the document is read by lib/profiles. Pure but for the asking.

import { EapError, eaphostError, type EaphostCode } from '../base/errors.js';
import { printable } from '../base/printable.js';
import type { LanMachine } from './lan-machine.js';
import { networkError, networkReason } from './reasons.js';
import { credentialsFault, refusedElement } from './refused-element.js';

/** A call of netsh that failed. */
export interface LanFailure {
  /** Such as `netsh lan add profile`. */
  readonly call: string;
  readonly interface?: string | undefined;
  /** What netsh printed. */
  readonly output: string;
  /** The document that it was given. */
  readonly xml?: string | undefined;
  /** For credentials: the profile that they were for. Nothing of the text is passed on then. */
  readonly profileXml?: string | undefined;
  readonly isSecret?: boolean | undefined;
}

const running = 4;
const disabled = 4;
const codes = { denied: 5, disabled: 1058, noService: 1060, stopped: 1062, badProfile: 1206, badXml: 57893 };

/** The first code of Windows in a text of whatever language: hexadecimal, or of four digits and more. */
function codeIn({ output, interface: port }: LanFailure): number | undefined {
  const text = port === undefined ? output : output.replaceAll(port, '');
  for (const [found] of text.matchAll(/\b(?:0x[0-9a-f]{1,8}|[1-9]\d{3,9})\b/giu)) {
    const { code, name } = networkReason(Number(found));
    if (Number(found) <= 0xffffffff && !/^ERROR_(?:\d|0x)/u.test(name)) return code;
  }
  return undefined;
}

/** What of the machine keeps it from working; undefined if nothing does. */
async function faultOf(failure: LanFailure, machine: LanMachine): Promise<EapError | undefined> {
  const { call, interface: port } = failure;
  const service = await machine.service();
  const error = (winError: number): EapError => networkError({ call, winError });
  if (service === undefined) return error(codes.noService);
  if (service.state !== running)
    return error(service.startType === disabled ? codes.disabled : codes.stopped);
  if (port !== undefined) {
    const names = await machine.interfaces();
    if (!names.some((name) => name.toLowerCase() === port.toLowerCase())) {
      const known = names.length === 0 ? 'there is none' : `there are: ${names.join(', ')}`;
      return eaphostError(
        'EAPHOST_INTERFACE_NOT_FOUND',
        `${call} failed: this machine has no Ethernet adapter ${JSON.stringify(port)}; ${known}`,
      );
    }
  }
  if (call.includes(' export ')) return undefined;
  if (await machine.hasPolicy()) {
    const repair = 'ask its administrator: a profile of group policy can be changed by nobody else';
    return new EapError(
      `${call} failed: group policy sets the profile of wired networks; ${repair} (ERROR_ACCESS_DENIED)`,
      { code: 'ERROR_ACCESS_DENIED', winError: codes.denied, call, repair },
    );
  }
  return (await machine.isElevated()) ? undefined : error(codes.denied);
}

const longestText = 300;
const unexplained: EaphostCode = 'EAPHOST_NETSH';

/**
 * The error of a call of netsh that failed: a code that it printed, a fault of the machine, an element of the document that
 * cannot be right, in this order; else what it printed. Without a machine that is not asked: netsh was another program.
 */
export async function wiredFailure(failure: LanFailure, machine: LanMachine | undefined): Promise<EapError> {
  const { call, xml, profileXml, isSecret = false } = failure;
  const code = codeIn(failure);
  if (code !== undefined) return networkError({ call, winError: code, xml, profileXml });
  const fault = machine && (await faultOf(failure, machine));
  if (fault) return fault;
  const isWrong =
    xml !== undefined &&
    (refusedElement(xml) ?? (profileXml && credentialsFault(profileXml, xml))) !== undefined;
  if (isWrong) {
    return networkError({ call, winError: isSecret ? codes.badXml : codes.badProfile, xml, profileXml });
  }
  const text = printable(failure.output.replaceAll(/\s+/gu, ' ').trim()).slice(0, longestText);
  const said = isSecret || text === '' ? 'and its text has no code' : `and says: ${text}`;
  return eaphostError(
    unexplained,
    `${call} failed ${said}; look at the event log Wired-AutoConfig, or call it by hand as administrator`,
  );
}

/** Whether an export failed without a cause that is known: as it does where there is nothing to export. */
export function hasNoProfile(error: unknown): boolean {
  return error instanceof EapError && error.code === unexplained;
}
