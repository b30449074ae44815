import { type RequestRun, requestRun, runRequests } from './http/run-requests.js';
import { readDocumented } from './oracle/documented.js';
import { Target } from './target/target.js';
import { Attack, type House, houseOf } from './wire/attack.js';
import { Attacker } from './wire/attacker.js';

const SEATS = 1_000;

interface Scene {
  readonly attack: Attack;
  readonly target: Target;
  readonly house: House;
}

/** One thing once more, to a server of its own, and nothing else. @returns what went wrong. */
async function onStage(
  seed: number,
  act: (scene: Scene) => Promise<void>,
  say: (line: string) => void,
): Promise<string[]> {
  const target = await Target.start();
  const attack = new Attack(seed, readDocumented());
  try {
    await act({ attack, target, house: houseOf(await target.openShowtime(SEATS)) });
    say(`answers: ${attack.counts.answers}; closes: ${attack.counts.closes}; messages: ${attack.counts.messages}`);
    for (const fault of target.log().faults) attack.violations.add(`the log tells of a fault: ${fault.slice(0, 500)}`);
    if (!target.alive) attack.violations.add('the server is no more');
  } finally {
    await target.stop();
  }
  return attack.violations.lines();
}

/** Frame `number` of the seed, in the phase in which it was sent, to a server that answers in either encoding. */
export function frameAgain(seed: number, number: number, say: (line: string) => void): Promise<string[]> {
  const act = async ({ attack, target, house }: Scene) => {
    for (const encoding of ['msgpack', 'json'] as const) {
      attack.upTo(number + 1, number);
      await new Attacker(attack, target.port, house, encoding).run();
    }
  };
  return onStage(seed, act, say);
}

/** These bytes as one message. */
export function bytesAgain(payload: Buffer, binary: boolean, say: (line: string) => void): Promise<string[]> {
  const act = async ({ attack, target, house }: Scene) => {
    for (const encoding of ['msgpack', 'json'] as const) {
      const attacker = new Attacker(attack, target.port, house, encoding);
      await attacker.sendFrame(0, { kind: 'replayed', binary, payload }, 'live');
      await attacker.run();
    }
  };
  return onStage(0, act, say);
}

/** Request `number` of the seed. */
export function requestAgain(seed: number, number: number, say: (line: string) => void): Promise<string[]> {
  const act = async ({ attack, target, house }: Scene) => {
    const { documented, violations } = attack;
    const run: RequestRun = requestRun({
      port: target.port,
      url: target.server.url,
      seed,
      house,
      documented,
      violations,
    });
    await runRequests(run, number, number + 1);
    say(`request: ${run.kinds}; status: ${run.statuses}`);
  };
  return onStage(seed, act, say);
}
