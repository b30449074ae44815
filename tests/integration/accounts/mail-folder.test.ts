import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mailFolder } from '../../../src/adapters/mail-folder.js';

let parent: string;
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'usher-mail-'));
});
afterAll(() => rm(parent, { recursive: true }));

const open = (directory: string, from = 'Usher <no-reply@example.org>') =>
  mailFolder({ directory, from, uuid: randomUUID, now: () => Date.UTC(2026, 0, 31, 20, 15) });

describe('the folder of mails', () => {
  it('gets each mail as a file of its own that only its user reads', async () => {
    const directory = join(parent, 'a');
    const mail = open(directory);
    const message = { to: 'ada@example.org', subject: 'Grüße', text: 'One.\nTwo: ü' };
    await Promise.all([mail.send(message), mail.send(message)]);
    const names = await readdir(directory);
    expect(names).toHaveLength(2);
    const [name = ''] = names;
    expect(name).toMatch(/^2026-01-31T20-15-00\.000Z-[0-9a-f-]{36}\.eml$/);
    expect((await stat(join(directory, name))).mode & 0o777).toBe(0o600);
    const text = await readFile(join(directory, name), 'utf8');
    expect(text).toContain('Date: Sat, 31 Jan 2026 20:15:00 +0000\r\nFrom: Usher <no-reply@example.org>\r\n');
    expect(text).toContain('To: ada@example.org\r\n');
    expect(text).toContain(`Subject: =?utf-8?B?${Buffer.from('Grüße').toString('base64')}?=\r\n`);
    expect(text.endsWith('\r\n\r\nOne.\r\nTwo: ü\r\n')).toBe(true);
  });

  it('takes no address that would add a header', async () => {
    const directory = join(parent, 'b');
    const message = { to: 'ada@example.org\r\nBcc: eve@example.org', subject: 'x', text: 'x' };
    await expect(open(directory).send(message)).rejects.toThrow('line break');
    expect(await readdir(directory)).toEqual([]);
  });
});
