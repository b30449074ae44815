import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { commandFields } from '../../../src/protocol/client-messages.js';
import { adviceForClose, CLOSE } from '../../../src/protocol/close-codes.js';
import { decodeServerFrame } from '../../../src/protocol/decode.js';
import { ERRORS } from '../../../src/protocol/errors.js';
import { readClientFrame } from '../../../src/protocol/read-client-frame.js';
import { packStatuses, readStatuses, SEAT_STATUSES, spellStatuses } from '../../../src/protocol/seat-status.js';
import { SUBPROTOCOL_JSON, SUBPROTOCOL_MSGPACK } from '../../../src/protocol/version.js';

const text = readFileSync(new URL('../../../client-sdk/PROTOCOL.md', import.meta.url), 'utf8');

/** The cells of every table row in a section. */
function rows(heading: string): string[][] {
  const section = text.split(/^## /m).find((part) => part.startsWith(heading)) ?? '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

describe('PROTOCOL.md', () => {
  it('[PROTO-9] has every error code of the source, with its traits, and no other', () => {
    const told = rows('Errors')
      .filter((cells) => cells.length === 6 && /^`\w+`$/.test(cells[0] ?? ''))
      .map(([code, status, retry, outcome]) => [code?.slice(1, -1), Number(status), retry === 'yes', outcome]);
    const real = Object.entries(ERRORS).map(([code, trait]) => [code, trait.status, trait.retryable, trait.outcome]);
    expect(told.sort()).toEqual(real.sort());
  });

  it('[PROTO-10] has every close code of the source, with its advice, and no other', () => {
    const told = rows('Close codes').filter(([code]) => /^4\d{3}$/.test(code ?? ''));
    expect(told.map(([code, name]) => [name, Number(code)]).sort()).toEqual(Object.entries(CLOSE).sort());
    for (const [code, , , todo] of told) {
      expect(todo?.replace(' ', '-')).toMatch(new RegExp(`^${adviceForClose(Number(code))}`));
    }
  });

  it('has every command of the source with every field, and no other', () => {
    const told = rows('Commands').filter(([type]) => Object.hasOwn(commandFields, type?.match(/^`(\w+)`/)?.[1] ?? ''));
    const fields = told.map(([type, cell]) => [
      type?.match(/^`(\w+)`/)?.[1],
      [...(cell ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name).sort(),
    ]);
    const real = Object.entries(commandFields).map(([type, schema]) => [type, Object.keys(schema.shape).sort()]);
    expect(fields.sort()).toEqual(real.sort());
  });

  it('has the statuses with their codes and letters', () => {
    const told = rows('The house').filter(([code]) => /^\d$/.test(code ?? ''));
    expect(told.map(([code, status, letter]) => [Number(code), status, letter])).toEqual(
      SEAT_STATUSES.map((status, code) => [code, `\`${status}\``, `\`${spellStatuses(Uint8Array.of(code))}\``]),
    );
  });

  it('packs its worked example as the source does', () => {
    const [, letters = '', packed] = /Example, the six seats `([.hbx]+)`[\s\S]*?packed: ([0-9a-f ]+)/.exec(text) ?? [];
    expect(Buffer.from(packStatuses(readStatuses(letters))).toString('hex')).toBe(packed?.replaceAll(' ', ''));
  });

  it('spells its MessagePack example as the decoder reads it', () => {
    const [, json = '', hex = ''] = /`(\{"type":"moved"[^`]+\})` is the bytes `([0-9a-f ]+)`/.exec(text) ?? [];
    expect(decodeServerFrame(Buffer.from(hex.replaceAll(' ', ''), 'hex'))).toEqual(JSON.parse(json));
  });

  it('answers each of its bad frames as it says', () => {
    const vectors = rows('For those who write a client').filter(([, answer]) => /^`(error|reply)`/.test(answer ?? ''));
    const bad = vectors.filter((cells) => cells.length === 4);
    expect(bad).toHaveLength(6);
    for (const [frame = '', answer, code, field] of bad) {
      const text = frame.slice(1, -1);
      const isBinary = /^[0-9a-f]+$/.test(text);
      const bytes = Buffer.from(text, isBinary ? 'hex' : 'utf8');
      const read = readClientFrame(new Uint8Array(bytes).buffer, isBinary);
      expect(read.ok, frame).toBe(false);
      if (read.ok) continue;
      expect(read.id === undefined ? '`error`' : `\`reply\` ${read.id}`, frame).toBe(answer);
      expect([`\`${read.error.code}\``, read.error.field ? `\`${read.error.field}\`` : ''], frame).toEqual([
        code,
        field,
      ]);
    }
  });

  it('names the subprotocols', () => {
    expect(text).toContain(`\`${SUBPROTOCOL_MSGPACK}\``);
    expect(text).toContain(`\`${SUBPROTOCOL_JSON}\``);
  });
});
