// libpcap, or Npcap on Windows, as far as a supplicant needs it: called through koffi, which a program that wants it has
// to install (npm install koffi) beside libpcap itself (libpcap0.8, https://npcap.com). Nothing is loaded before it is
// asked for. All calls are short, and made on JavaScript's thread.

import { existsSync } from 'node:fs';
import { join } from 'node:path';

import type { LibraryHandle, load } from 'koffi';

/** A port that frames are taken from and sent to. */
export interface Capture {
  /** The frames that came since the last call. Throws PcapError where the port is gone. */
  read(): Buffer[];
  /** Throws PcapError where the frame cannot be sent. */
  send(frame: Buffer): void;
  close(): void;
}

/** What libpcap says. */
export class PcapError extends Error {
  override readonly name = 'PcapError';
}

/** A port as libpcap knows it. */
export interface Device {
  /** `eth0`; on Windows `\Device\NPF_{GUID of the interface}`. */
  readonly name: string;
  /** On Windows the card's. */
  readonly description: string | undefined;
}

/** The library. */
export interface Pcap {
  /** Opens a port by its name. Throws PcapError where that cannot be. */
  open(device: string): Capture;
  devices(): Device[];
}

const etherTypeFilter = 'ether proto 0x888e';
const maxFrame = 1600;
const errorLength = 256;
/** How long the system may collect frames before it shows them. */
const collectMs = 10;
/** In one call of `read`; the next takes the others. */
const maxFrames = 64;

/** What libpcap wrote. */
const textOf = (buffer: Buffer): string => buffer.toString('utf8', 0, Math.max(0, buffer.indexOf(0)));

function loadLibraries(open: typeof load): LibraryHandle {
  if (process.platform !== 'win32') {
    return open(process.platform === 'darwin' ? 'libpcap.A.dylib' : 'libpcap.so.0.8');
  }
  // By whole paths: a service searches no folder that somebody else may write to.
  const system = join(process.env['SystemRoot'] ?? 'C:\\Windows', 'System32');
  const npcap = join(system, 'Npcap');
  if (!existsSync(join(npcap, 'wpcap.dll'))) return open(join(system, 'wpcap.dll'));
  open(join(npcap, 'Packet.dll'));
  return open(join(npcap, 'wpcap.dll'));
}

/** Loads koffi and libpcap. Rejects with what to install where one is missing. */
export async function loadPcap(): Promise<Pcap> {
  const { default: koffi } = await import('koffi').catch((error: unknown) => {
    throw new Error('for frames through libpcap or Npcap install koffi: npm install koffi', { cause: error });
  });
  let library: LibraryHandle;
  try {
    library = loadLibraries(koffi.load);
  } catch (error) {
    throw new Error('install libpcap (Debian: libpcap0.8) or Npcap (https://npcap.com)', { cause: error });
  }
  const header = koffi.struct({ seconds: 'long', micros: 'long', captured: 'uint32_t', length: 'uint32_t' });
  const headerPointer = koffi.pointer(header);
  const device = koffi.struct({
    next: 'void *',
    name: 'const char *',
    description: 'const char *',
    addresses: 'void *',
    flags: 'uint32_t',
  });
  const findAll = library.func('pcap_findalldevs', 'int', [
    koffi.out(koffi.pointer('void *')),
    koffi.out(koffi.pointer('uint8_t')),
  ]);
  const freeAll = library.func('void pcap_freealldevs(void *)');
  const openLive = library.func('void *pcap_open_live(const char *, int, int, int, _Out_ uint8_t *)');
  const setNonBlock = library.func('int pcap_setnonblock(void *, int, _Out_ uint8_t *)');
  const dataLink = library.func('int pcap_datalink(void *)');
  const compile = library.func('int pcap_compile(void *, _Out_ uint8_t *, const char *, int, uint32_t)');
  const setFilter = library.func('int pcap_setfilter(void *, uint8_t *)');
  const freeCode = library.func('void pcap_freecode(uint8_t *)');
  const next = library.func('pcap_next_ex', 'int', [
    'void *',
    koffi.out(koffi.pointer(headerPointer)),
    koffi.out(koffi.pointer('void *')),
  ]);
  const sendPacket = library.func('int pcap_sendpacket(void *, const uint8_t *, int)');
  const getError = library.func('const char *pcap_geterr(void *)');
  const closeHandle = library.func('void pcap_close(void *)');

  const devices = (): Device[] => {
    const text = Buffer.alloc(errorLength);
    const first: unknown[] = [null];
    if (findAll(first, text) !== 0) throw new PcapError(textOf(text));
    const found: Device[] = [];
    let next = first[0];
    while (next !== null) {
      const { name, description, ...rest } = koffi.decode(next, device) as {
        readonly name: string;
        readonly description: string | null;
        readonly next: unknown;
      };
      found.push({ name, description: description ?? undefined });
      next = rest.next;
    }
    freeAll(first[0]);
    return found;
  };

  const open = (device: string): Capture => {
    const text = Buffer.alloc(errorLength);
    const handle: unknown = openLive(device, maxFrame, 1, collectMs, text);
    if (handle === null) throw new PcapError(textOf(text));
    const check = (status: unknown): void => {
      if (typeof status !== 'number' || status < 0) throw new PcapError(String(getError(handle)));
    };
    try {
      if (dataLink(handle) !== 1) throw new PcapError(`${device} is no Ethernet`);
      // struct bpf_program: a count and a pointer.
      const program = Buffer.alloc(16);
      check(compile(handle, program, etherTypeFilter, 1, 0xffffffff));
      try {
        check(setFilter(handle, program));
      } finally {
        freeCode(program);
      }
      if (setNonBlock(handle, 1, text) !== 0) throw new PcapError(textOf(text));
    } catch (error) {
      closeHandle(handle);
      throw error;
    }
    return {
      read() {
        const frames: Buffer[] = [];
        while (frames.length < maxFrames) {
          const heads: unknown[] = [null];
          const frame: unknown[] = [null];
          const status: unknown = next(handle, heads, frame);
          check(status);
          if (status === 0) break;
          const { captured } = koffi.decode(heads[0], header) as { readonly captured: number };
          frames.push(Buffer.from(koffi.decode(frame[0], 'uint8_t', captured) as Uint8Array));
        }
        return frames;
      },
      send(frame) {
        check(sendPacket(handle, frame, frame.length));
      },
      close() {
        closeHandle(handle);
      },
    };
  };
  return { open, devices };
}
