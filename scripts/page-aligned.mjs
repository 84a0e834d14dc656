// A Windows program as Wine starts it fastest: each section begins at a page of the file, too. Wine maps such a file, and
// reads another one into memory of the process's own, which for node.exe is 87 MB at each start.

const page = 4096;
const upToPage = (size) => Math.ceil(size / page) * page;

// Offsets in the optional header of PE32+, and in the header of a section.
const fileAlignment = 36;
const sizeOfHeaders = 60;
const checkSum = 64;
const signature = 144;
const sizeOfRawData = 16;
const pointerToRawData = 20;

/** The same program with its sections at pages. A signature is left out: it is of the file as it was. */
export function pageAligned(image) {
  const pe = image.readUInt32LE(0x3c);
  const optional = pe + 24;
  const sections = optional + image.readUInt16LE(pe + 20);
  const headers = Buffer.alloc(upToPage(image.readUInt32LE(optional + sizeOfHeaders)));
  image.copy(headers, 0, 0, image.readUInt32LE(optional + sizeOfHeaders));
  headers.writeUInt32LE(page, optional + fileAlignment);
  headers.writeUInt32LE(headers.length, optional + sizeOfHeaders);
  headers.writeUInt32LE(0, optional + checkSum);
  headers.writeBigUInt64LE(0n, optional + signature);
  const parts = [headers];
  let length = headers.length;
  for (let index = 0; index < image.readUInt16LE(pe + 6); index += 1) {
    const section = sections + 40 * index;
    const size = image.readUInt32LE(section + sizeOfRawData);
    const from = image.readUInt32LE(section + pointerToRawData);
    const part = Buffer.alloc(upToPage(size));
    image.copy(part, 0, from, from + size);
    headers.writeUInt32LE(part.length, section + sizeOfRawData);
    headers.writeUInt32LE(size === 0 ? 0 : length, section + pointerToRawData);
    parts.push(part);
    length += part.length;
  }
  return Buffer.concat(parts);
}
