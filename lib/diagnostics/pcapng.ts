// Packet captures (pcapng) of EAP conversations: EAP packets as EAPOL frames, RADIUS datagrams in UDP, both on Ethernet:
// what Wireshark and tshark read.

/** An EAP packet that passed. */
export interface CapturedPacket {
  /** Milliseconds since 1970-01-01 UTC; fractions count. */
  readonly at: number;
  /** From the authenticator to the peer, or from the peer. */
  readonly direction: 'received' | 'sent';
  /** The whole EAP packet. */
  readonly packet: Uint8Array;
}

/** A RADIUS datagram that passed. */
export interface CapturedDatagram {
  /** Milliseconds since 1970-01-01 UTC; fractions count. */
  readonly at: number;
  /** From the client to the server's port 1812, or from there. */
  readonly direction: 'request' | 'reply';
  readonly datagram: Uint8Array;
}

// draft-ietf-opsawg-pcapng: block types, and the options in use.
const sectionHeader = 0x0a0d0d0a;
const interfaceDescription = 1;
const enhancedPacket = 6;
const optionUserApplication = 4;
const optionName = 2;
const linkTypeEthernet = 1;

// IEEE 802.1X: the port access entities' group address, and two addresses out of the range for documentation.
const group = Buffer.from('0180c2000003', 'hex');
const peer = Buffer.from('00005e005301', 'hex');
const authenticator = Buffer.from('00005e005302', 'hex');
const eapolHeader = 4;

// 192.0.2.0/24 is for documentation (RFC 5737).
const client = Buffer.from([192, 0, 2, 1]);
const server = Buffer.from([192, 0, 2, 2]);
const [clientPort, serverPort] = [49_152, 1812];
const ipHeader = 20;
const udpHeader = 8;

function padded(data: Uint8Array): Buffer {
  return Buffer.concat([data, Buffer.alloc((4 - (data.length % 4)) % 4)]);
}

function option(code: number, text: string): Buffer {
  const value = Buffer.from(text);
  const head = Buffer.alloc(4);
  head.writeUInt16LE(code, 0);
  head.writeUInt16LE(value.length, 2);
  return Buffer.concat([head, padded(value)]);
}

function block(type: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const result = Buffer.alloc(12 + body.length);
  result.writeUInt32LE(type, 0);
  result.writeUInt32LE(result.length, 4);
  body.copy(result, 8);
  result.writeUInt32LE(result.length, 8 + body.length);
  return result;
}

const endOfOptions = Buffer.alloc(4);

/** The EAPOL frame that carries an EAP packet: version 2, type EAP-Packet (IEEE 802.1X-2010, 11.3). */
function frame({ direction, packet }: CapturedPacket): Buffer {
  const head = Buffer.alloc(14 + eapolHeader);
  group.copy(head, 0);
  (direction === 'sent' ? peer : authenticator).copy(head, 6);
  head.writeUInt16BE(0x888e, 12);
  head.writeUInt8(2, 14);
  head.writeUInt16BE(packet.length, 16);
  return Buffer.concat([head, packet]);
}

/** The Ethernet frame of a datagram, in IPv4 and UDP; a UDP checksum of 0 is none (RFC 768). */
function datagramFrame({ direction, datagram }: CapturedDatagram): Buffer {
  const isRequest = direction === 'request';
  const head = Buffer.alloc(14 + ipHeader + udpHeader);
  (isRequest ? authenticator : peer).copy(head, 0);
  (isRequest ? peer : authenticator).copy(head, 6);
  head.writeUInt16BE(0x0800, 12);
  const ip = head.subarray(14, 14 + ipHeader);
  ip.writeUInt8(0x45, 0);
  ip.writeUInt16BE(ipHeader + udpHeader + datagram.length, 2);
  ip.writeUInt8(64, 8);
  ip.writeUInt8(17, 9);
  (isRequest ? client : server).copy(ip, 12);
  (isRequest ? server : client).copy(ip, 16);
  let sum = 0;
  for (let at = 0; at < ipHeader; at += 2) sum += ip.readUInt16BE(at);
  ip.writeUInt16BE(~((sum & 0xffff) + (sum >> 16)) & 0xffff, 10);
  const udp = head.subarray(14 + ipHeader);
  udp.writeUInt16BE(isRequest ? clientPort : serverPort, 0);
  udp.writeUInt16BE(isRequest ? serverPort : clientPort, 2);
  udp.writeUInt16BE(udpHeader + datagram.length, 4);
  return Buffer.concat([head, datagram]);
}

function packetBlock(captured: CapturedPacket | CapturedDatagram): Buffer {
  const data = 'datagram' in captured ? datagramFrame(captured) : frame(captured);
  const head = Buffer.alloc(20);
  const microseconds = BigInt(Math.round(captured.at * 1000));
  head.writeUInt32LE(Number(microseconds >> 32n), 4);
  head.writeUInt32LE(Number(microseconds & 0xffffffffn), 8);
  head.writeUInt32LE(data.length, 12);
  head.writeUInt32LE(data.length, 16);
  return block(enhancedPacket, head, padded(data));
}

/** A capture file of `packets`, in their order. */
export function toPcapng(packets: readonly (CapturedPacket | CapturedDatagram)[]): Buffer {
  const section = Buffer.alloc(16);
  section.writeUInt32LE(0x1a2b3c4d, 0);
  section.writeUInt16LE(1, 4);
  section.writeBigInt64LE(-1n, 8);
  const description = Buffer.alloc(8);
  description.writeUInt16LE(linkTypeEthernet, 0);
  return Buffer.concat([
    block(sectionHeader, section, option(optionUserApplication, 'eaphost'), endOfOptions),
    block(interfaceDescription, description, option(optionName, 'eap'), endOfOptions),
    ...packets.map((packet) => packetBlock(packet)),
  ]);
}
