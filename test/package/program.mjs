// What a user's first program does: a server, a client and a session in one process, keys compared.
import { openEapHost } from 'eaphost';
import { memoryUsers, mschapv2Authenticator } from 'eaphost/methods';
import { RadiusClient, RadiusServer, radiusTransport } from 'eaphost/radius';

const secret = 'shared secret';
const users = memoryUsers({ alice: 'correct horse' });
const server = await RadiusServer.listen({
  secret,
  methods: [mschapv2Authenticator({ users })],
  address: '127.0.0.1',
  port: 0,
});
const client = new RadiusClient({ host: '127.0.0.1', port: server.port, secret });
const eaphost = await openEapHost({ runtime: 'embedded' });
const session = await eaphost.beginSession({
  method: 'mschapv2',
  credentials: { username: 'alice', password: 'correct horse' },
});
const transport = radiusTransport(client, { userName: 'alice' });
const result = await session.authenticate(transport);
const [ours, theirs] = [result.keys.msk, transport.accept?.msk];
const equal = ours !== undefined && theirs !== undefined && Buffer.compare(ours, theirs) === 0;
console.log(`${result.isSuccess ? 'authenticated' : 'refused'}, keys ${equal ? 'equal' : 'differ'}`);
await session.end();
await eaphost.close();
await client.close();
await server.close();
