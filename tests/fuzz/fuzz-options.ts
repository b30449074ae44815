import { parseArgs } from 'node:util';
import { Misuse } from '../../src/ops/misuse.js';
import { parsed, wholeNumber } from '../../src/ops/option-values.js';

export interface FuzzOptions {
  readonly frames: number;
  readonly sockets: number;
  readonly requests: number;
  readonly seed: number;
  /** Slow and hostile clients as well. */
  readonly hostile: boolean;
  /** This one frame of the seed, or this one request, and nothing else. */
  readonly only: number | undefined;
  readonly onlyRequest: number | undefined;
  /** These bytes as one frame, and nothing else. */
  readonly replay: { readonly bytes: Buffer; readonly binary: boolean } | undefined;
}

export const HELP = `Usage: npm run fuzz -- [options]

Attacks a server of its own with messages, frames and requests that are wrong in every way, holds each answer against
client-sdk/PROTOCOL.md, and asks Postgres whether any seat changed that nobody was told of.

  --frames <n>        frames to send                                        (default 100000)
  --sockets <n>       over so many sockets at a time                        (default 200)
  --requests <n>      HTTP requests to send                                 (default 5000)
  --seed <n>          what is sent; the same seed, the same frames          (default: random)
  --no-hostile        leave out slow readers, slowloris, floods and clients that vanish
  --only <n>          frame <n> of the seed alone
  --only-request <n>  request <n> of the seed alone
  --replay <hex>      these bytes as one frame, in a binary frame; with --text in one of text
  --help

Exits with 0 where nothing was wrong, with 1 where something was, and says which frame.
`;

/** @throws Misuse @returns 'help' where that was asked for. */
export function readOptions(argv: readonly string[]): FuzzOptions | 'help' {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const { values } = parsed(() =>
    parseArgs({
      args: [...argv],
      options: {
        frames: text,
        sockets: text,
        requests: text,
        seed: text,
        'no-hostile': flag,
        only: text,
        'only-request': text,
        replay: text,
        text: flag,
        help: flag,
      },
    }),
  );
  if (values.help) return 'help';
  const which = [values.only, values['only-request'], values.replay].filter((value) => value !== undefined);
  if (which.length > 1) throw new Misuse('Give one of --only, --only-request and --replay.');
  if ((values.only ?? values['only-request']) !== undefined && values.seed === undefined) {
    throw new Misuse('A frame or request is found again by its --seed.');
  }
  const number = (name: string, value: string | undefined) =>
    value === undefined ? undefined : wholeNumber(name, value, 0, 0, 2 ** 31);
  return {
    frames: wholeNumber('--frames', values.frames, 100_000, 0, 100_000_000),
    sockets: wholeNumber('--sockets', values.sockets, 200, 1, 10_000),
    requests: wholeNumber('--requests', values.requests, 5_000, 0, 10_000_000),
    seed: wholeNumber('--seed', values.seed, Math.floor(Math.random() * 2 ** 31), 0, 2 ** 32 - 1),
    hostile: values['no-hostile'] !== true,
    only: number('--only', values.only),
    onlyRequest: number('--only-request', values['only-request']),
    replay: values.replay === undefined ? undefined : { bytes: bytesOf(values.replay), binary: values.text !== true },
  };
}

function bytesOf(hex: string): Buffer {
  if (!/^([0-9a-f]{2})*$/i.test(hex)) throw new Misuse('--replay takes bytes as hexadecimal digits, two each.');
  return Buffer.from(hex, 'hex');
}
