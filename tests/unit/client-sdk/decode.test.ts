import { Packr } from 'msgpackr';
import { describe, expect, it } from 'vitest';
import { decodeServerFrame } from '../../../src/protocol/decode.js';
import { SERVER_TIME, welcome } from './fake-surroundings.js';

const packr = new Packr({ useRecords: false, variableMapSize: true });

describe('decodeServerFrame', () => {
  it('reads text as JSON and bytes as MessagePack, to the same message', () => {
    const message = welcome();
    const packed = Uint8Array.from(packr.pack(message));
    expect(decodeServerFrame(JSON.stringify(message))).toEqual(message);
    expect(decodeServerFrame(packed)).toEqual(message);
    expect(decodeServerFrame(packed.buffer)).toEqual(message);
  });

  it('reads a 64-bit integer as a number, whoever encoded it', () => {
    const integer = Buffer.alloc(9);
    integer[0] = 0xcf;
    integer.writeBigUInt64BE(BigInt(SERVER_TIME), 1);
    const frame = Buffer.concat([Buffer.from('82a474797065a174a26174', 'hex'), integer]);
    expect(decodeServerFrame(frame)).toEqual({ type: 't', at: SERVER_TIME });
  });

  it('keeps what a newer server added', () => {
    expect(decodeServerFrame(packr.pack({ type: 'weather', degrees: 21 }))).toEqual({ type: 'weather', degrees: 21 });
  });

  it.each(['', '{', 'null', '[]', '7', '{"kind":"delta"}', '{"type":7}'])('throws on the text %j', (frame) => {
    expect(() => decodeServerFrame(frame)).toThrow();
  });

  it.each([[], [0xc1], [0x81], [0xc0], [0x80]])('throws on the bytes %j', (...bytes) => {
    expect(() => decodeServerFrame(Uint8Array.from(bytes))).toThrow();
  });
});
