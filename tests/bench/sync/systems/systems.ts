import type { SyncSystem } from '../sync-system.ts';
import { automergeRepo } from './automerge-repo.ts';
import { pouchdb } from './pouchdb.ts';
import { tillmesh } from './tillmesh.ts';
import { yjs } from './yjs.ts';

/** What is measured, by the name it is printed under; Tillmesh first. */
export const SYSTEMS: Readonly<Record<string, SyncSystem>> = {
  Tillmesh: tillmesh,
  'automerge-repo': automergeRepo,
  'Yjs + y-websocket': yjs,
  'PouchDB + express-pouchdb': pouchdb,
};
