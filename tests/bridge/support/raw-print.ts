import { connect } from 'node:net';

/** Sends bytes to a printer as a program would that knows nothing of the bridge, hangs up, and gives what came back. */
export function rawPrint(port: number, bytes: Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const answers: Buffer[] = [];
    const socket = connect(port, '127.0.0.1', () => socket.end(bytes));
    socket.on('data', (part) => answers.push(part));
    socket.once('error', reject);
    socket.once('end', () => resolve(Buffer.concat(answers)));
  });
}

/** Prints a line of ASCII and cuts. */
export async function printText(port: number, text: string): Promise<void> {
  await rawPrint(port, Buffer.from(`\u001b@${text}\n\u001dV\0`, 'latin1'));
}
