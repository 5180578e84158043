import type { DatabaseSync } from 'node:sqlite';
import { SESSION_SUMS } from './schema.ts';

/** Every statement the indexer writes with, prepared once. Reports have their own, made by the query builder. */
export type Statements = ReturnType<typeof prepareStatements>;

const CHAIN = 'store, register, seq, hash, prev, session, kind, amount, receipts, signed, absolute, json';
const LIGHT = 'seq, hash, prev, session, kind, amount, receipts, signed, absolute';
const SPOT = 'store = ? AND register = ? AND seq = ?';
/** Records that are set aside and whose signatures count all the same: exceptions are found in them too (rule F1). */
const SIGNED = `reason IN ('fork', 'wrong-totals')`;
const OF_SESSION = 'store = ? AND register = ? AND session = ?';

const marks = (columns: string) =>
  columns
    .split(',')
    .map(() => '?')
    .join(', ');
const insert = (table: string, columns: string) =>
  `INSERT INTO ${table} (${columns}) VALUES (${marks(columns)})`;
const add = (sums: readonly string[]) =>
  sums.map((name) => `${name} = ${name} + excluded.${name}`).join(', ');

/** Adds signed sums to a row, making it when it is new. */
const upsert = (table: string, key: string, sums: readonly string[]) =>
  `${insert(table, `${key}, ${sums.join(', ')}`)} ON CONFLICT (${key}) DO UPDATE SET ${add(sums)}`;

/** Whether a session has a record whose number another one has too; it is not compared with closings (rule F8). */
const FORKED = `EXISTS (SELECT 1 FROM set_aside AS other WHERE other.store = session.store AND other.register = session.register
  AND other.reason IN ('fork', 'wrong-totals') AND (other.session = session.session OR EXISTS (SELECT 1 FROM record AS twin
  WHERE twin.store = other.store AND twin.register = other.register AND twin.seq = other.seq AND twin.session = session.session)))`;
const RECORD_OF = 'JOIN record USING (store, register, seq)';

/** Prepares the statements on a database with the tables of tables.ts. */
export function prepareStatements(database: DatabaseSync) {
  const p = (sql: string) => database.prepare(sql);
  return {
    // Documents and what is known of the whole.
    begin: p('BEGIN IMMEDIATE'),
    commit: p('COMMIT'),
    rollback: p('ROLLBACK'),
    getMeta: p('SELECT value FROM meta WHERE key = ?'),
    setMeta: p(
      'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    ),
    getDocument: p('SELECT id, class, heads FROM document WHERE id = ?'),
    putDocument: p(
      'INSERT INTO document (id, class, heads) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET heads = excluded.heads',
    ),
    noteDocument: p(
      'INSERT INTO document (id, class, heads) VALUES (?, ?, NULL) ON CONFLICT (id) DO NOTHING',
    ),

    // Records: those that count and those set aside.
    insertRecord: p(insert('record', `${CHAIN}, at, by, approved_by, day`)),
    deleteRecord: p(`DELETE FROM record WHERE ${SPOT}`),
    moveRecord: p(`UPDATE record SET day = ? WHERE ${SPOT}`),
    insertAside: p(insert('set_aside', `${CHAIN}, reason`)),
    deleteAside: p(`DELETE FROM set_aside WHERE ${SPOT} AND hash = ?`),
    recordsBetween: p(
      `SELECT ${LIGHT} FROM record WHERE store = ? AND register = ? AND seq BETWEEN ? AND ? ORDER BY seq`,
    ),
    asideBetween: p(
      `SELECT ${LIGHT}, reason FROM set_aside WHERE store = ? AND register = ? AND seq BETWEEN ? AND ? ORDER BY seq, hash`,
    ),
    recordAt: p(`SELECT seq, hash, json, day FROM record WHERE ${SPOT}`),
    asideAt: p(`SELECT seq, hash, json, reason FROM set_aside WHERE ${SPOT}`),
    recordsOfSession: p(`SELECT seq, hash, json, day FROM record WHERE ${OF_SESSION} ORDER BY seq`),
    asideOfSession: p(`SELECT seq, hash, json, reason FROM set_aside WHERE ${OF_SESSION} ORDER BY seq`),
    firstOfKind: p(
      `SELECT seq, json, at, by FROM record WHERE ${OF_SESSION} AND kind = ? ORDER BY seq LIMIT 1`,
    ),
    lastOfKind: p(
      `SELECT seq, json, at, by FROM record WHERE ${OF_SESSION} AND kind = ? ORDER BY seq DESC LIMIT 1`,
    ),
    firstOfSession: p(`SELECT seq, at, by FROM record WHERE ${OF_SESSION} ORDER BY seq LIMIT 1`),

    sessionsOf: p(
      `SELECT session FROM record WHERE store = ?1 AND register = ?2 UNION
       SELECT session FROM set_aside WHERE store = ?1 AND register = ?2 ORDER BY session`,
    ),
    hashesAt: p(
      `SELECT hash FROM record WHERE store = ?1 AND register = ?2 AND seq = ?3 UNION
       SELECT hash FROM set_aside WHERE store = ?1 AND register = ?2 AND seq = ?3`,
    ),

    // Devices, whose signatures count, and what head office countersigned.
    putDevice: p('INSERT OR REPLACE INTO device (id, role, store, register, json) VALUES (?, ?, ?, ?, ?)'),
    deleteDevice: p('DELETE FROM device WHERE id = ?'),
    deleteDevices: p('DELETE FROM device'),
    allDevices: p('SELECT role, store, register, json FROM device ORDER BY id'),
    terminals: p(
      `SELECT json FROM device WHERE role = 'terminal' AND store = ? AND register = ? ORDER BY id`,
    ),
    headOffices: p(`SELECT json FROM device WHERE role = 'hq' ORDER BY id`),
    markRegister: p('INSERT OR IGNORE INTO to_judge (store, register) VALUES (?, ?)'),
    markedRegisters: p('SELECT store, register FROM to_judge ORDER BY store, register'),
    unmarkRegister: p('DELETE FROM to_judge WHERE store = ? AND register = ?'),
    putHead: p('INSERT OR REPLACE INTO head (store, register, org, json) VALUES (?, ?, ?, ?)'),
    getHead: p('SELECT store, register, org, json FROM head WHERE store = ? AND register = ?'),
    heads: p('SELECT store, register, org, json FROM head ORDER BY store, register'),
    deleteHead: p('DELETE FROM head WHERE store = ? AND register = ?'),

    // What a counted record says, in rows.
    insertSale: p(
      insert(
        'sale',
        'store, register, seq, session, receipt, basket, type, day, at, by, total, net, tax, lines, units, customer, tier, certificate, points_earned, points_back',
      ),
    ),
    insertLine: p(
      insert(
        'sale_line',
        'store, register, seq, line, product, sku, name, department, quantity, price, amount, representative, quick_code, quick_by, quick_approved_by',
      ),
    ),
    insertTax: p(insert('sale_tax', 'store, register, seq, line, tax, name, rate, included, base, amount')),
    insertTender: p(insert('sale_tender', 'store, register, seq, line, tender, name, kind, amount')),
    insertCash: p(
      insert('cash_move', 'store, register, seq, session, day, at, by, direction, amount, reason'),
    ),
    insertMove: p(
      insert(
        'ledger_move',
        'store, register, seq, place, session, receipt, at, ledger, account, line, amount',
      ),
    ),
    deleteMoves: p(`DELETE FROM ledger_move WHERE ${SPOT}`),
    movesOfAccount: p(
      `SELECT receipt, place AS 'index', at, ledger, account, amount, store, register, session, seq FROM ledger_move WHERE ledger = ? AND account = ?
       ORDER BY receipt, place`,
    ),
    insertAct: p(
      insert(
        'act',
        'day, at, id, source, kind, store, register, session, seq, by, approved_by, subject, amount, detail, gone',
      ),
    ),
    moveAct: p('UPDATE act SET day = ? WHERE id = ?'),
    deleteAct: p('DELETE FROM act WHERE id = ?'),
    moveSale: p(`UPDATE sale SET day = ? WHERE ${SPOT}`),
    moveCash: p(`UPDATE cash_move SET day = ? WHERE ${SPOT}`),
    deleteSale: p(`DELETE FROM sale WHERE ${SPOT}`),
    deleteLines: p(`DELETE FROM sale_line WHERE ${SPOT}`),
    deleteTaxes: p(`DELETE FROM sale_tax WHERE ${SPOT}`),
    deleteTenders: p(`DELETE FROM sale_tender WHERE ${SPOT}`),
    deleteCash: p(`DELETE FROM cash_move WHERE ${SPOT}`),

    // Sums: rows that come to nothing are taken out, so that the tables are those of a rebuild.
    getSession: p(`SELECT day, records FROM session WHERE ${OF_SESSION}`),
    addSession: p(
      `${insert('session', `store, register, session, day, currency, opened_at, opened_by, float, ${SESSION_SUMS.join(', ')}`)}
       ON CONFLICT (store, register, session) DO UPDATE SET ${add(SESSION_SUMS)}`,
    ),
    describeSession: p(
      `UPDATE session SET day = ?, currency = ?, opened_at = ?, opened_by = ?, float = ?, closed_seq = ?, closed_at = ?,
       counted = ?, difference = ?, first_receipt = ?, last_receipt = ? WHERE ${OF_SESSION}
       RETURNING sales, refunds, exchanges, gross, tax, float, cash_sales, cash_refunds, paid_in, paid_out,
       handover_difference`,
    ),
    // Closings of days and periods, which are judged by the sessions that are here.
    zzOfDay: p(
      `SELECT register, session, seq, hash, json FROM record
       WHERE kind = 'zz' AND store = ?1 AND json_extract(json, '$.body.day') = ?2 UNION ALL
       SELECT register, session, seq, hash, json FROM set_aside
       WHERE kind = 'zz' AND ${SIGNED} AND store = ?1 AND json_extract(json, '$.body.day') = ?2 ORDER BY hash`,
    ),
    sessionsOfDay: p(
      `SELECT register, session, closed_seq, difference, sales, exchanges, refunds, gross, tax, handover_difference,
       (SELECT max(seq) FROM record WHERE record.store = session.store AND record.register = session.register
        AND record.session = session.session AND kind NOT IN ('zz', 'period')) AS seq,
       (SELECT json FROM record WHERE record.store = session.store AND record.register = session.register
        AND record.session = session.session AND kind = 'opened' ORDER BY seq LIMIT 1) AS opened,
       (SELECT json FROM record WHERE record.store = session.store AND record.register = session.register
        AND record.seq = session.closed_seq) AS closed
       FROM session WHERE store = ? AND day = ? AND NOT ${FORKED} ORDER BY register, session`,
    ),
    periodsOf: p(
      `SELECT session, seq, hash, json FROM record WHERE kind = 'period' AND store = ?1 AND register = ?2 UNION ALL
       SELECT session, seq, hash, json FROM set_aside WHERE kind = 'period' AND ${SIGNED} AND store = ?1 AND register = ?2
       ORDER BY hash`,
    ),
    closedBetween: p(
      `SELECT count(*) AS sessions, sum(sales + exchanges) AS sales, sum(refunds) AS refunds, sum(gross) AS gross,
       sum(tax) AS tax FROM session
       WHERE store = ? AND register = ? AND session BETWEEN ? AND ? AND closed_seq IS NOT NULL AND NOT ${FORKED}`,
    ),
    dropSession: p(`DELETE FROM session WHERE ${OF_SESSION} AND records = 0`),
    addTax: p(
      upsert('session_tax', 'day, store, register, session, tax, rate, included, name', [
        'rows',
        'base',
        'amount',
      ]),
    ),
    addTender: p(
      upsert('session_tender', 'day, store, register, session, tender, name, kind', [
        'rows',
        'receipts',
        'amount',
      ]),
    ),
    addDepartment: p(
      upsert('session_department', 'day, store, register, session, department', [
        'rows',
        'receipts',
        'quantity',
        'amount',
      ]),
    ),
    addRollup: p(
      upsert('rollup', 'dimension, scope, period, key', ['rows', 'receipts', 'quantity', 'amount']),
    ),
    addBuyer: p(
      upsert('buyer_rollup', 'dimension, scope, period, key', [
        'receipts',
        'quantity',
        'gross',
        'net',
        'tax',
      ]),
    ),
    dropBuyer: p(
      'DELETE FROM buyer_rollup WHERE dimension = ? AND scope = ? AND period = ? AND key = ? AND receipts = 0',
    ),
    addName: p(upsert('sold_name', 'product, name', ['rows'])),
    dropTaxes: p(`DELETE FROM session_tax WHERE day = ? AND ${OF_SESSION} AND rows = 0`),
    dropTenders: p(`DELETE FROM session_tender WHERE day = ? AND ${OF_SESSION} AND rows = 0`),
    dropDepartments: p(`DELETE FROM session_department WHERE day = ? AND ${OF_SESSION} AND rows = 0`),
    dropRollup: p(
      'DELETE FROM rollup WHERE dimension = ? AND scope = ? AND period = ? AND key = ? AND rows = 0',
    ),
    dropName: p('DELETE FROM sold_name WHERE product = ? AND name = ? AND rows = 0'),

    // Unbroken runs of sequence numbers.
    spansTouching: p(
      'SELECT first, last FROM span WHERE store = ? AND register = ? AND first <= ? AND last >= ? ORDER BY first',
    ),
    spans: p('SELECT first, last FROM span WHERE store = ? AND register = ? ORDER BY first'),
    insertSpan: p(insert('span', 'store, register, first, last')),
    deleteSpan: p('DELETE FROM span WHERE store = ? AND register = ? AND first = ?'),
    deleteSpans: p('DELETE FROM span WHERE store = ? AND register = ?'),
    allSeqs: p(
      `SELECT seq FROM record WHERE store = ?1 AND register = ?2 UNION
       SELECT seq FROM set_aside WHERE store = ?1 AND register = ?2 UNION
       SELECT seq FROM exception WHERE store = ?1 AND register = ?2 AND seq IS NOT NULL AND source LIKE 'entry:%'
       ORDER BY seq`,
    ),

    // What was done in the office. Nothing of it is ever taken out (rule A3).
    auditTexts: p('SELECT text, act FROM audit_text WHERE document_id = ? AND key = ?'),
    auditKeys: p('SELECT DISTINCT key FROM audit_text WHERE document_id = ?'),
    insertAuditText: p(insert('audit_text', 'document_id, key, text, act')),
    markAct: p('UPDATE act SET gone = ? WHERE id = ?'),

    // What tills apart from each other may both have done: the records an exception is found in.
    salesOfBasket: p(`SELECT json FROM sale ${RECORD_OF} WHERE basket = ?`),
    salesOfReceipt: p(`SELECT json FROM sale ${RECORD_OF} WHERE receipt = ?`),
    takersOf: p(`SELECT json FROM taken_back ${RECORD_OF} WHERE receipt = ?`),
    salesOfSerial: p(`SELECT json FROM sold_serial ${RECORD_OF} WHERE product = ? AND serial = ?`),
    anyAside: p(`SELECT 1 FROM set_aside WHERE store = ? AND register = ? AND ${SIGNED} LIMIT 1`),
    signedOf: p(
      `SELECT json FROM record WHERE store = ?1 AND register = ?2 AND seq = ?3 UNION ALL
       SELECT json FROM set_aside WHERE store = ?1 AND register = ?2 AND seq = ?3 AND ${SIGNED}`,
    ),
    asideSales: p(`SELECT json FROM set_aside WHERE kind = 'sale' AND ${SIGNED}`),
    signedAt: p(
      `SELECT json FROM record WHERE store = ?1 AND register = ?2 AND seq = ?3 AND hash = ?4 UNION ALL
       SELECT json FROM set_aside WHERE store = ?1 AND register = ?2 AND seq = ?3 AND hash = ?4 AND ${SIGNED}`,
    ),
    insertTakenBack: p(
      'INSERT OR IGNORE INTO taken_back (receipt, store, register, seq) VALUES (?, ?, ?, ?)',
    ),
    deleteTakenBack: p(`DELETE FROM taken_back WHERE receipt = ? AND ${SPOT}`),
    insertSerial: p(
      'INSERT OR IGNORE INTO sold_serial (product, serial, store, register, seq) VALUES (?, ?, ?, ?, ?)',
    ),
    deleteSerial: p(`DELETE FROM sold_serial WHERE product = ? AND serial = ? AND ${SPOT}`),

    // Stock, as far as overselling is found in it.
    hasStock: p('SELECT 1 FROM stock_entry WHERE store = ? LIMIT 1'),
    knowsProduct: p('SELECT 1 FROM stock_entry WHERE store = ? AND product = ? LIMIT 1'),
    stockOfMonth: p('SELECT id, product FROM stock_entry WHERE store = ? AND month = ?'),
    stockNamed: p('SELECT DISTINCT product FROM stock_entry WHERE store = ? AND id = ?'),
    putStockEntry: p(
      'INSERT OR REPLACE INTO stock_entry (store, month, id, product, at, quantity) VALUES (?, ?, ?, ?, ?, ?)',
    ),
    deleteStockEntry: p('DELETE FROM stock_entry WHERE store = ? AND month = ? AND id = ?'),
    // Of two entries under one id the smaller text counts, as in the model (rule F4).
    stockOfProduct: p(
      `SELECT id, at, quantity FROM stock_entry AS one WHERE store = ? AND product = ? AND NOT EXISTS (
       SELECT 1 FROM stock_entry AS other WHERE other.store = one.store AND other.id = one.id
       AND other.at || ' ' || other.product || ' ' || other.quantity < one.at || ' ' || one.product || ' ' || one.quantity)`,
    ),
    salesOfStore: p(
      `SELECT json FROM record WHERE store = ?1 AND kind = 'sale' UNION ALL
       SELECT json FROM set_aside WHERE store = ?1 AND kind = 'sale' AND ${SIGNED}`,
    ),
    putStockSale: p(
      `INSERT OR REPLACE INTO stock_sale (store, product, hash, at, change, register, session, seq, receipt)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    stockSales: p('SELECT hash, at, change FROM stock_sale WHERE store = ? AND product = ?'),
    hasStockSales: p('SELECT 1 FROM stock_sale WHERE store = ? AND product = ? LIMIT 1'),
    stockSaleByHash: p('SELECT * FROM stock_sale WHERE hash = ? LIMIT 1'),
    deleteStockSale: p('DELETE FROM stock_sale WHERE store = ? AND product = ? AND hash = ?'),
    deleteStockSales: p('DELETE FROM stock_sale WHERE store = ? AND product = ?'),
    stockFall: p('SELECT hash FROM stock_fall WHERE store = ? AND product = ?'),
    putStockFall: p('INSERT OR REPLACE INTO stock_fall (store, product, hash) VALUES (?, ?, ?)'),
    deleteStockFall: p('DELETE FROM stock_fall WHERE store = ? AND product = ?'),
    productsOfFall: p('SELECT product FROM stock_fall WHERE store = ? AND hash = ? ORDER BY product'),

    // How people saw to exceptions.
    putResolution: p(
      insert(
        'resolution',
        'store, code, exception, at, entry, by, approved_by, outcome, reason, amount',
      ).replace('INSERT', 'INSERT OR REPLACE'),
    ),
    deleteResolution: p('DELETE FROM resolution WHERE store = ? AND at = ? AND entry = ?'),
    deleteResolutions: p('DELETE FROM resolution WHERE store = ?'),

    // Exceptions.
    exceptionSources: p('SELECT DISTINCT source FROM exception'),
    exceptionsOf: p(
      `SELECT id, code, json_array(store, register, session, seq, detail, document_id, at, receipts, amount) AS text FROM exception WHERE source = ?`,
    ),
    restateException: p(
      `UPDATE exception SET store = ?, register = ?, session = ?, seq = ?, detail = ?, document_id = ?, at = ?, receipts = ?, amount = ?
       WHERE id = ? AND code = ?`,
    ),
    insertException: p(
      `${insert('exception', 'id, source, code, store, register, session, seq, detail, document_id, seen_at, at, receipts, amount')}
       ON CONFLICT (id, code) DO NOTHING`,
    ),
    deleteException: p('DELETE FROM exception WHERE id = ? AND code = ?'),
    entryExceptions: p(`SELECT source FROM exception WHERE document_id = ? AND source LIKE 'entry:%'`),

    // Master data.
    putOrganization: p(
      'INSERT OR REPLACE INTO organization (tag, name, currency, language) VALUES (?, ?, ?, ?)',
    ),
    putStore: p('INSERT OR REPLACE INTO store (id, name, time_zone, locale) VALUES (?, ?, ?, ?)'),
    putRegister: p('INSERT OR REPLACE INTO register (store, register, name) VALUES (?, ?, ?)'),
    putPerson: p('INSERT OR REPLACE INTO person (id, name, role, active) VALUES (?, ?, ?, ?)'),
    putDepartment: p('INSERT OR REPLACE INTO department (id, name) VALUES (?, ?)'),
    putProduct: p(
      'INSERT OR REPLACE INTO product (shard, id, sku, name, department, active) VALUES (?, ?, ?, ?, ?, ?)',
    ),
    putCustomer: p(
      'INSERT OR REPLACE INTO customer (shard, id, name, company, phone, email) VALUES (?, ?, ?, ?, ?, ?)',
    ),
    putCustomerTerms: p(
      'INSERT OR REPLACE INTO customer_terms (shard, id, tier, certificate, account_limit, active) VALUES (?, ?, ?, ?, ?, ?)',
    ),
    putTier: p('INSERT OR REPLACE INTO tier (id, name) VALUES (?, ?)'),
    deleteCustomer: p('DELETE FROM customer WHERE shard = ? AND id = ?'),
    deleteCustomers: p('DELETE FROM customer WHERE shard = ?'),
    deleteCustomerTerms: p('DELETE FROM customer_terms WHERE shard = ? AND id = ?'),
    deleteAllCustomerTerms: p('DELETE FROM customer_terms WHERE shard = ?'),
    deleteTier: p('DELETE FROM tier WHERE id = ?'),
    deleteTiers: p('DELETE FROM tier'),
    deleteOrganizations: p('DELETE FROM organization'),
    deleteStore: p('DELETE FROM store WHERE id = ?'),
    deleteStores: p('DELETE FROM store'),
    deleteRegister: p('DELETE FROM register WHERE store = ? AND register = ?'),
    deleteRegisters: p('DELETE FROM register'),
    deletePerson: p('DELETE FROM person WHERE id = ?'),
    deletePeople: p('DELETE FROM person'),
    deleteDepartment: p('DELETE FROM department WHERE id = ?'),
    deleteDepartments: p('DELETE FROM department'),
    deleteProduct: p('DELETE FROM product WHERE shard = ? AND id = ?'),
    deleteProducts: p('DELETE FROM product WHERE shard = ?'),
  };
}
