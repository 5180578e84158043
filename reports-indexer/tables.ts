import { SESSION_SUMS } from './schema.ts';

const SPOT = 'store TEXT NOT NULL, register TEXT NOT NULL, seq INTEGER NOT NULL';
const SESSION = 'day TEXT NOT NULL, store TEXT NOT NULL, register TEXT NOT NULL, session INTEGER NOT NULL';
const CHAIN = `${SPOT}, hash TEXT NOT NULL, prev TEXT NOT NULL, session INTEGER NOT NULL, kind TEXT NOT NULL,
  amount INTEGER, receipts INTEGER NOT NULL, signed INTEGER NOT NULL, absolute INTEGER NOT NULL, json TEXT NOT NULL`;

/** The tables and indices of an empty database; schema.ts says what they hold. */
export const CREATE_TABLES = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE document (id TEXT PRIMARY KEY, class TEXT NOT NULL, heads TEXT) STRICT, WITHOUT ROWID;

CREATE TABLE organization (tag TEXT PRIMARY KEY, name TEXT NOT NULL, currency TEXT NOT NULL, language TEXT NOT NULL) STRICT;
CREATE TABLE store (id TEXT PRIMARY KEY, name TEXT NOT NULL, time_zone TEXT NOT NULL, locale TEXT NOT NULL) STRICT;
CREATE TABLE register (store TEXT NOT NULL, register TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (store, register)) STRICT;
CREATE TABLE device (id TEXT PRIMARY KEY, role TEXT NOT NULL, store TEXT, register TEXT, json TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE to_judge (store TEXT NOT NULL, register TEXT NOT NULL, PRIMARY KEY (store, register)) STRICT, WITHOUT ROWID;
CREATE TABLE head (store TEXT NOT NULL, register TEXT NOT NULL, org TEXT NOT NULL, json TEXT NOT NULL,
  PRIMARY KEY (store, register)) STRICT, WITHOUT ROWID;
CREATE TABLE person (id TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, active INTEGER NOT NULL) STRICT;
CREATE TABLE department (id TEXT PRIMARY KEY, name TEXT NOT NULL) STRICT;
CREATE TABLE product (shard INTEGER NOT NULL, id TEXT NOT NULL, sku TEXT NOT NULL, name TEXT NOT NULL, department TEXT,
  active INTEGER NOT NULL, PRIMARY KEY (id, shard)) STRICT;
CREATE TABLE customer (shard INTEGER NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, company TEXT, phone TEXT, email TEXT,
  PRIMARY KEY (id, shard)) STRICT;
CREATE TABLE customer_terms (shard INTEGER NOT NULL, id TEXT NOT NULL, tier TEXT, certificate TEXT, account_limit INTEGER,
  active INTEGER NOT NULL, PRIMARY KEY (id, shard)) STRICT;
CREATE TABLE tier (id TEXT PRIMARY KEY, name TEXT NOT NULL) STRICT;

CREATE TABLE record (${CHAIN}, at TEXT NOT NULL, by TEXT NOT NULL, approved_by TEXT, day TEXT NOT NULL,
  PRIMARY KEY (store, register, seq)) STRICT;
CREATE INDEX record_session ON record (store, register, session, kind, seq);
CREATE INDEX record_zz ON record (store, json_extract(json, '$.body.day')) WHERE kind = 'zz';
CREATE INDEX record_period ON record (store, register) WHERE kind = 'period';
CREATE TABLE set_aside (${CHAIN}, reason TEXT NOT NULL, PRIMARY KEY (store, register, seq, hash)) STRICT;

CREATE TABLE sale (${SPOT}, session INTEGER NOT NULL, receipt TEXT NOT NULL, basket TEXT NOT NULL, type TEXT NOT NULL,
  day TEXT NOT NULL, at TEXT NOT NULL, by TEXT NOT NULL, total INTEGER NOT NULL, net INTEGER NOT NULL, tax INTEGER NOT NULL,
  lines INTEGER NOT NULL, units INTEGER NOT NULL, customer TEXT, tier TEXT, certificate TEXT,
  points_earned INTEGER NOT NULL, points_back INTEGER NOT NULL, PRIMARY KEY (store, register, seq)) STRICT, WITHOUT ROWID;
CREATE INDEX sale_receipt ON sale (receipt);
CREATE INDEX sale_basket ON sale (basket);
CREATE INDEX sale_day ON sale (day, at);
CREATE INDEX sale_customer ON sale (customer, day) WHERE customer IS NOT NULL;
CREATE TABLE sale_line (${SPOT}, line INTEGER NOT NULL, product TEXT NOT NULL, sku TEXT NOT NULL, name TEXT NOT NULL,
  department TEXT, quantity INTEGER NOT NULL, price TEXT NOT NULL, amount INTEGER NOT NULL, representative TEXT,
  quick_code TEXT, quick_by TEXT, quick_approved_by TEXT,
  PRIMARY KEY (store, register, seq, line)) STRICT, WITHOUT ROWID;
CREATE INDEX sale_line_representative ON sale_line (representative) WHERE representative IS NOT NULL;
CREATE INDEX sale_line_quick ON sale_line (quick_code) WHERE quick_code IS NOT NULL;
CREATE TABLE sale_tax (${SPOT}, line INTEGER NOT NULL, tax TEXT NOT NULL, name TEXT NOT NULL, rate TEXT NOT NULL,
  included INTEGER NOT NULL, base INTEGER NOT NULL, amount INTEGER NOT NULL,
  PRIMARY KEY (store, register, seq, line)) STRICT, WITHOUT ROWID;
CREATE TABLE sale_tender (${SPOT}, line INTEGER NOT NULL, tender TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL,
  amount INTEGER NOT NULL, PRIMARY KEY (store, register, seq, line)) STRICT, WITHOUT ROWID;
CREATE TABLE cash_move (${SPOT}, session INTEGER NOT NULL, day TEXT NOT NULL, at TEXT NOT NULL, by TEXT NOT NULL,
  direction TEXT NOT NULL, amount INTEGER NOT NULL, reason TEXT NOT NULL,
  PRIMARY KEY (store, register, seq)) STRICT, WITHOUT ROWID;

CREATE TABLE ledger_move (${SPOT}, place INTEGER NOT NULL, session INTEGER NOT NULL, receipt TEXT NOT NULL, at TEXT NOT NULL,
  ledger TEXT NOT NULL, account TEXT NOT NULL, line INTEGER NOT NULL, amount INTEGER NOT NULL,
  PRIMARY KEY (store, register, seq, place)) STRICT, WITHOUT ROWID;
CREATE INDEX ledger_account ON ledger_move (ledger, account);

CREATE TABLE session (${SESSION}, currency TEXT NOT NULL, opened_at TEXT NOT NULL, opened_by TEXT NOT NULL,
  float INTEGER NOT NULL, closed_seq INTEGER, closed_at TEXT, counted INTEGER, difference INTEGER,
  first_receipt TEXT, last_receipt TEXT, ${SESSION_SUMS.map((name) => `${name} INTEGER NOT NULL`).join(', ')},
  PRIMARY KEY (store, register, session)) STRICT, WITHOUT ROWID;
CREATE INDEX session_day ON session (day);
CREATE TABLE session_tax (${SESSION}, tax TEXT NOT NULL, name TEXT NOT NULL, rate TEXT NOT NULL, included INTEGER NOT NULL,
  rows INTEGER NOT NULL, base INTEGER NOT NULL, amount INTEGER NOT NULL,
  PRIMARY KEY (day, store, register, session, tax, rate, included, name)) STRICT, WITHOUT ROWID;
CREATE TABLE session_tender (${SESSION}, tender TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, rows INTEGER NOT NULL,
  receipts INTEGER NOT NULL, amount INTEGER NOT NULL,
  PRIMARY KEY (day, store, register, session, tender, name, kind)) STRICT, WITHOUT ROWID;
CREATE TABLE session_department (${SESSION}, department TEXT NOT NULL, rows INTEGER NOT NULL, receipts INTEGER NOT NULL,
  quantity INTEGER NOT NULL, amount INTEGER NOT NULL,
  PRIMARY KEY (day, store, register, session, department)) STRICT, WITHOUT ROWID;
CREATE TABLE rollup (dimension TEXT NOT NULL, scope TEXT NOT NULL, period TEXT NOT NULL, key TEXT NOT NULL,
  rows INTEGER NOT NULL, receipts INTEGER NOT NULL, quantity INTEGER NOT NULL, amount INTEGER NOT NULL,
  PRIMARY KEY (dimension, scope, period, key)) STRICT, WITHOUT ROWID;
CREATE TABLE buyer_rollup (dimension TEXT NOT NULL, scope TEXT NOT NULL, period TEXT NOT NULL, key TEXT NOT NULL,
  receipts INTEGER NOT NULL, quantity INTEGER NOT NULL, gross INTEGER NOT NULL, net INTEGER NOT NULL, tax INTEGER NOT NULL,
  PRIMARY KEY (dimension, scope, period, key)) STRICT, WITHOUT ROWID;
CREATE TABLE sold_name (product TEXT NOT NULL, name TEXT NOT NULL, rows INTEGER NOT NULL,
  PRIMARY KEY (product, name)) STRICT, WITHOUT ROWID;

CREATE TABLE span (store TEXT NOT NULL, register TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
  PRIMARY KEY (store, register, first)) STRICT, WITHOUT ROWID;
CREATE TABLE act (day TEXT NOT NULL, at TEXT NOT NULL, id TEXT NOT NULL, source TEXT NOT NULL, kind TEXT NOT NULL, store TEXT,
  register TEXT, session INTEGER, seq INTEGER, by TEXT NOT NULL, approved_by TEXT, subject TEXT NOT NULL, amount INTEGER,
  detail TEXT NOT NULL, gone INTEGER NOT NULL, PRIMARY KEY (day, at, id)) STRICT, WITHOUT ROWID;
CREATE INDEX act_id ON act (id);
CREATE TABLE audit_text (document_id TEXT NOT NULL, key TEXT NOT NULL, text TEXT NOT NULL, act TEXT NOT NULL,
  PRIMARY KEY (document_id, key, text)) STRICT, WITHOUT ROWID;
CREATE TABLE exception (id TEXT NOT NULL, source TEXT NOT NULL, code TEXT NOT NULL, store TEXT, register TEXT,
  session INTEGER, seq INTEGER, detail TEXT NOT NULL, document_id TEXT NOT NULL, seen_at TEXT NOT NULL,
  at TEXT, receipts TEXT NOT NULL, amount INTEGER, PRIMARY KEY (id, code)) STRICT, WITHOUT ROWID;
CREATE INDEX exception_source ON exception (source);
CREATE TABLE resolution (store TEXT NOT NULL, code TEXT NOT NULL, exception TEXT NOT NULL, at TEXT NOT NULL, entry TEXT NOT NULL,
  by TEXT NOT NULL, approved_by TEXT, outcome TEXT NOT NULL, reason TEXT NOT NULL, amount INTEGER,
  PRIMARY KEY (code, exception, at, entry, store)) STRICT, WITHOUT ROWID;

CREATE TABLE taken_back (receipt TEXT NOT NULL, ${SPOT}, PRIMARY KEY (receipt, store, register, seq)) STRICT, WITHOUT ROWID;
CREATE TABLE sold_serial (product TEXT NOT NULL, serial TEXT NOT NULL, ${SPOT},
  PRIMARY KEY (product, serial, store, register, seq)) STRICT, WITHOUT ROWID;
CREATE TABLE stock_entry (store TEXT NOT NULL, month INTEGER NOT NULL, id TEXT NOT NULL, product TEXT NOT NULL, at TEXT NOT NULL,
  quantity TEXT NOT NULL, PRIMARY KEY (store, id, month)) STRICT, WITHOUT ROWID;
CREATE INDEX stock_entry_product ON stock_entry (store, product);
CREATE TABLE stock_sale (store TEXT NOT NULL, product TEXT NOT NULL, hash TEXT NOT NULL, at TEXT NOT NULL, change INTEGER NOT NULL,
  register TEXT NOT NULL, session INTEGER NOT NULL, seq INTEGER NOT NULL, receipt TEXT NOT NULL,
  PRIMARY KEY (store, product, hash)) STRICT, WITHOUT ROWID;
CREATE INDEX stock_sale_hash ON stock_sale (hash);
CREATE TABLE stock_fall (store TEXT NOT NULL, product TEXT NOT NULL, hash TEXT NOT NULL, PRIMARY KEY (store, product)) STRICT, WITHOUT ROWID;
CREATE INDEX set_aside_signed ON set_aside (kind) WHERE reason IN ('fork', 'wrong-totals');
`;
