// A relay that delays what is sent to ssh servers: latency-relay.js SOURCE DELAY-MS PORT=ADDRESS…
// It listens on each PORT of this machine, and connects to ADDRESS:22 from the address SOURCE.
import { createConnection, createServer } from 'node:net';

const [source = '', delay = '', ...routes] = process.argv.slice(2);
const later = (action: () => void) => setTimeout(action, Number(delay));

for (const route of routes) {
  const [port, host] = route.split('=') as [string, string];
  createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
    const server = createConnection({ host, port: 22, localAddress: source, noDelay: true, allowHalfOpen: true });
    const close = () => {
      client.destroy();
      server.destroy();
    };
    // Timers of one length fire in the order in which they were set: bytes stay in order.
    client.on('data', (chunk) => later(() => server.write(chunk)));
    client.on('end', () => later(() => server.end()));
    // The server's first word would have waited for the client's SYN.
    later(() => server.on('data', (chunk) => client.write(chunk)));
    server.on('end', () => client.end());
    client.on('error', close);
    server.on('error', close);
  }).listen(Number(port), '127.0.0.1');
}
