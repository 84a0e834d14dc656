// For which machine a Windows binary was built: the machine field of its file header. JavaScript thread.

import { open } from 'node:fs/promises';

/** A machine that Windows runs on, in Node's names; the number of another one. */
export type MachineType = 'x64' | 'ia32' | 'arm64' | `0x${string}`;

const names: Readonly<Record<number, MachineType>> = { 0x8664: 'x64', 0x014c: 'ia32', 0xaa64: 'arm64' };

/** The name of an IMAGE_FILE_MACHINE_… number. */
export function machineName(machine: number): MachineType {
  return names[machine] ?? `0x${machine.toString(16)}`;
}

const pointerAt = 0x3c;
const signature = 0x0000_4550;

/**
 * The machine of an executable or a DLL (IMAGE_FILE_HEADER.Machine); undefined for a file that is neither. Rejects if
 * it cannot be read.
 */
export async function machineOf(path: string): Promise<MachineType | undefined> {
  const file = await open(path);
  try {
    const read = async (position: number, length: number): Promise<Buffer> => {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
      return buffer.subarray(0, bytesRead);
    };
    const start = await read(0, pointerAt + 4);
    if (start.length < pointerAt + 4 || start.toString('latin1', 0, 2) !== 'MZ') return undefined;
    const header = await read(start.readUInt32LE(pointerAt), 6);
    if (header.length < 6 || header.readUInt32LE() !== signature) return undefined;
    return machineName(header.readUInt16LE(4));
  } finally {
    await file.close();
  }
}
