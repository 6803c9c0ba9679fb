// A mail server; one JSON line for each e-mail that it took, decoded. The first line says where it listens. A line of the
// input says how the next ones are answered: {"code": 450, "times": 2}.
import { createInterface } from 'node:readline';
import { SMTPServer } from 'smtp-server';

const tell = (line) => console.log(JSON.stringify(line));
let fault = { code: 0, times: 0 };
createInterface({ input: process.stdin }).on('line', (line) => {
  fault = JSON.parse(line);
  tell({ ready: true });
});

const words = (text) =>
  text.replace(/\?=\s+=\?/g, '?==?').replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, how, coded) =>
    how.toLowerCase() === 'b' ? Buffer.from(coded, 'base64').toString() : quoted(coded.replace(/_/g, ' ')));
const quoted = (text) =>
  Buffer.from(text.replace(/=\r?\n/g, '').replace(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16))), 'latin1').toString();

function part(source) {
  const end = source.indexOf('\r\n\r\n');
  const headers = {};
  for (const line of source.slice(0, end).replace(/\r\n[ \t]+/g, ' ').split('\r\n')) {
    const [, name, value] = line.match(/^([^:]+):\s*(.*)$/) ?? [];
    if (name) headers[name.toLowerCase()] = words(value);
  }
  return { headers, body: source.slice(end + 4) };
}

function decoded({ headers, body }) {
  switch ((headers['content-transfer-encoding'] ?? '7bit').toLowerCase()) {
    case 'base64': return Buffer.from(body, 'base64').toString();
    case 'quoted-printable': return quoted(body);
    default: return Buffer.from(body, 'latin1').toString();
  }
}

function read(source) {
  const { headers, body } = part(source);
  const [, boundary] = headers['content-type'].match(/boundary="?([^";]+)/);
  const parts = body.split(`--${boundary}`).slice(1, -1).map((text) => part(text.replace(/^\r\n/, '').replace(/\r\n$/, '')));
  const of = (type) => parts.filter((one) => one.headers['content-type'].startsWith(type)).map(decoded).join('').replace(/\r\n/g, '\n');
  return { headers, text: of('text/plain'), html: of('text/html') };
}

const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS', 'AUTH'],
  onRcptTo(address, session, done) {
    if (fault.times-- > 0) {
      const error = new Error(`no mail for ${address.address}`);
      error.responseCode = fault.code;
      tell({ refused: address.address, code: fault.code });
      return done(error);
    }
    done();
  },
  onData(stream, session, done) {
    const chunks = [];
    stream.on('data', (chunk) => chunks.push(chunk));
    stream.on('end', () => {
      tell({ to: session.envelope.rcptTo.map((one) => one.address), from: session.envelope.mailFrom.address, ...read(Buffer.concat(chunks).toString('latin1')) });
      done();
    });
  },
});
server.listen(0, '127.0.0.1', () => tell({ url: `smtp://127.0.0.1:${server.server.address().port}` }));
