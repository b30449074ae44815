import { readdir, readFile, stat } from 'node:fs/promises';
import { platform } from 'node:os';
import { pid } from 'node:process';
import { describe, expect, it } from 'vitest';
import { Passwords } from '../../../../src/boxoffice/accounts/passwords.js';
import { WorkQueue } from '../../../../src/boxoffice/accounts/work-queue.js';

const hashOf = async (passwords: Passwords, password: string): Promise<string> => {
  const hashed = await passwords.hash(password);
  return hashed.ok ? hashed.hash : expect.fail('too busy');
};

describe('a password', () => {
  const passwords = new Passwords();

  it('is hashed by argon2id with the settings that OWASP recommends, and a salt of its own', async () => {
    const first = await hashOf(passwords, 'correct horse battery');
    expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await hashOf(passwords, 'correct horse battery')).not.toBe(first);
  });

  it('is right if it is the same to the eye, and wrong otherwise', async () => {
    const hash = await hashOf(passwords, 'ein Caf\u00e9 am Eck');
    expect(await passwords.compare(hash, 'ein Cafe\u0301 am Eck')).toEqual({ ok: true, isRight: true });
    expect(await passwords.compare(hash, 'ein Cafe am Eck')).toEqual({ ok: true, isRight: false });
  });

  it('is wrong where there is no account, after the work of a comparison', async () => {
    const hash = await hashOf(passwords, 'correct horse battery');
    // The fastest of several: what else the machine does only makes it slower.
    const timed = async (hashed: string | null) => {
      let fastest = Number.POSITIVE_INFINITY;
      for (let i = 0; i < 8; i++) {
        const startedAt = performance.now();
        expect(await passwords.compare(hashed, 'wrong')).toEqual({ ok: true, isRight: false });
        fastest = Math.min(fastest, performance.now() - startedAt);
      }
      return fastest;
    };
    await timed(null);
    const [known, unknown] = [await timed(hash), await timed(null)];
    // A lookup that skips the hash is a hundred times faster.
    expect(unknown).toBeGreaterThan(known / 3);
  });
});

describe('the threads that hash', () => {
  it('leave those of libuv to files and DNS', async () => {
    const passwords = new Passwords();
    await passwords.compare(null, 'warm up');
    let done = 0;
    const flood = Array.from({ length: 40 }, async () => {
      await passwords.compare(null, 'wrong password');
      done++;
    });
    // On threads of libuv, which are four, the first of these would wait until several hashes are done.
    for (let i = 0; i < 20; i++) await stat('package.json');
    expect(done).toBeLessThan(20);
    await Promise.all(flood);
  });

  it.runIf(platform() === 'linux')('go behind all others of the process', async () => {
    const passwords = new Passwords({ running: 2, waiting: 10 });
    await Promise.all([passwords.compare(null, 'one'), passwords.compare(null, 'two')]);
    const niceOf = async (task: string) => {
      const text = await readFile(`/proc/self/task/${task}/stat`, 'utf8');
      // The name, which may have spaces, is in brackets; the 19th field of all is the priority.
      return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[16]);
    };
    const own = await niceOf(String(pid));
    const others = await Promise.all((await readdir('/proc/self/task')).map(niceOf));
    expect(others.filter((nice) => nice === own + 10).length).toBeGreaterThanOrEqual(2);
    expect(others.filter((nice) => nice === own).length).toBeGreaterThan(2);
  });
});

describe('many passwords at once', () => {
  it('wait in a queue, and those beyond it are refused at once with a time to wait', async () => {
    const passwords = new Passwords({ running: 1, waiting: 3 });
    const answers = await Promise.all(Array.from({ length: 10 }, () => passwords.compare(null, 'wrong password')));
    expect(answers.map(({ ok }) => ok)).toEqual([...Array(4).fill(true), ...Array(6).fill(false)]);
    expect(answers.at(-1)).toMatchObject({ error: { code: 'rate_limited', retryAfterMs: 2_000, retryable: true } });
    expect(await passwords.compare(null, 'wrong password')).toMatchObject({ ok: true });
  });

  it('take no more threads than they were given', async () => {
    let most = 0;
    let now = 0;
    const queue = new WorkQueue({
      running: 2,
      waiting: 100,
    });
    const work = async () => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, 1));
      now--;
    };
    await Promise.all(Array.from({ length: 50 }, () => queue.run(work)));
    expect(most).toBe(2);
  });

  it('go on after one that failed', async () => {
    const passwords = new Passwords({ running: 1, waiting: 3 });
    await expect(passwords.compare('not a hash', 'x')).rejects.toThrow();
    expect(await passwords.compare(null, 'x')).toMatchObject({ ok: true });
  });
});
