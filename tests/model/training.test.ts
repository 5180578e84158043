import { describe, expect, test } from 'vitest';
import * as v from 'valibot';
import { sensitiveAct } from '#model/audit/sensitive-act.ts';
import { registerId, storeId } from '#model/ids/register-id.ts';
import { paperSchema, type Paper } from '#model/receipt/paper.ts';
import { paperText } from '#model/receipt/paper-text.ts';
import { trainingPaper, trainingText } from '#model/receipt/training-paper.ts';
import { openSession } from '#model/register/commands.ts';
import { addRecord, newRegister, type RegisterState } from '#model/register/register-state.ts';
import { enterTraining, leaveTraining } from '#model/register/training.ts';
import { BUILT_IN_ROLES } from '#model/staff/permission.ts';
import type { Act, Actor } from '#model/register/actor.ts';

const actor = (person: string, role: string): Actor => ({
  person,
  role: BUILT_IN_ROLES.find(({ id }) => id === role),
});
const act = (role: string, approval?: Actor): Act => ({
  at: '2026-11-21T09:00:00.000Z',
  actor: actor('ana', role),
  ...(approval ? { approval } : {}),
});

function openRegister(): RegisterState {
  const fresh = newRegister('a1b2c3d4e5f6', storeId(1), registerId(1));
  const opened = openSession(fresh, { day: '2026-11-21', currency: 'GBP', float: 0 }, act('cashier'));
  if (!opened.ok) throw new Error(opened.error.code);
  const state = addRecord(fresh, opened.value);
  if (!state.ok) throw new Error(state.error);
  return state.value;
}

describe('training in the journal', () => {
  test('[V3] a supervisor begins it, a cashier with an approval, and nobody while the register is closed', () => {
    const state = openRegister();
    expect(enterTraining(state, act('supervisor'))).toMatchObject({
      ok: true,
      value: { kind: 'training', body: { change: 'entered' }, by: 'ana' },
    });
    expect(enterTraining(state, act('cashier'))).toMatchObject({
      error: { code: 'approval-needed', permission: 'training.enter' },
    });
    expect(enterTraining(state, act('cashier', actor('mia', 'manager')))).toMatchObject({
      value: { by: 'ana', approvedBy: 'mia' },
    });
    const closed = newRegister('a1b2c3d4e5f6', storeId(1), registerId(1));
    expect(enterTraining(closed, act('manager'))).toMatchObject({ error: { code: 'session-not-open' } });
    expect(leaveTraining(closed, 0, act('manager'))).toMatchObject({ error: { code: 'session-not-open' } });
  });

  test('[V3] changes no total and no figure of the session, and is an act of its own for the auditor', () => {
    const state = openRegister();
    const entered = enterTraining(state, act('manager'));
    if (!entered.ok) throw new Error(entered.error.code);
    const inside = addRecord(state, entered.value);
    if (!inside.ok) throw new Error(inside.error);
    const left = leaveTraining(inside.value, 3, act('cashier'));
    if (!left.ok) throw new Error(left.error.code);
    expect(left.value.body).toStrictEqual({ change: 'left', receipts: 3 });
    const after = addRecord(inside.value, left.value);
    expect(after).toMatchObject({ ok: true, value: { report: state.report } });
    expect(left.value.totals).toStrictEqual(state.head.totals);
    expect([entered.value, left.value].map(sensitiveAct)).toStrictEqual([{ kind: 'training' }, undefined]);
  });
});

describe('a paper of training', () => {
  const paper: Paper = {
    title: 'Receipt S01-R2-000123',
    language: 'en',
    lines: [
      { kind: 'text', text: 'Camden' },
      { kind: 'rule' },
      { kind: 'columns', left: 'Receipt', right: 'S01-R2-000123' },
      { kind: 'text', text: '-1 × 3.39  S01-R1-000045' },
      { kind: 'rule' },
      { kind: 'feed', lines: 1 },
      { kind: 'barcode', symbology: 'code128', data: 'S01-R2-000123' },
      { kind: 'qr', data: 'S01-R2-000123' },
    ],
  };

  test('[V2] says so on every part, names no number of the series and has nothing to scan', () => {
    const marked = v.parse(paperSchema, trainingPaper(paper));
    const text = paperText(marked, 42);
    expect(JSON.stringify(marked)).not.toMatch(/S0\d-R/);
    expect(marked.title).toBe('TRAINING Receipt T-000123');
    expect(marked.lines.filter((line) => 'text' in line && line.text.includes('TRAINING'))).toHaveLength(4);
    expect(text.join('\n')).toContain('T-000045');
    expect(marked.lines.filter(({ kind }) => kind === 'barcode' || kind === 'qr')).toStrictEqual([]);
    expect(marked.lines[0]).toStrictEqual(marked.lines.at(-1));
  });

  test('[V2] is marked in Spanish where papers are', () => {
    expect(paperText(trainingPaper({ ...paper, language: 'es' }), 42).join('\n')).toContain('FORMACIÓN');
  });

  test.each([
    ['S01-R2-000123', 'T-000123'],
    ['S1234-R99-123456789 and S01-R1-000001', 'T-123456789 and T-000001'],
    ['71053', '71053'],
  ])('[V2] calls %s %s', (number, name) => {
    expect(trainingText(number)).toBe(name);
  });
});
