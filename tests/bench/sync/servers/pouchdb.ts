import { mkdirSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { rivalRequire } from '../rival-packages.ts';
import type { Express, ExpressPouch, PouchClass } from '../rival-types.ts';

const folder = process.argv[2] ?? '';
mkdirSync(join(folder, 'data'), { recursive: true });
// express-pouchdb keeps a log and its users where it stands.
process.chdir(folder);
const PouchDB = rivalRequire<PouchClass>('pouchdb').defaults({ prefix: join(folder, 'data/') });
const app = rivalRequire<Express>('express')();
const options = { mode: 'minimumForPouchDB', configPath: join(folder, 'config.json') };
app.use('/', rivalRequire<ExpressPouch>('express-pouchdb')(PouchDB, options));
const server = app.listen(0, '127.0.0.1', () => {
  console.log(JSON.stringify({ port: (server.address() as AddressInfo).port }));
});
process.on('SIGTERM', () => process.exit(0));
