/** What the commands of commands-on-house.ts and commands-of-orders.ts are made of. */
import type fc from 'fast-check';
import type { Command } from '../../../src/core/command.js';
import type { HouseWorld } from './commands-world.js';
import type { Model } from './house-model.js';

export type OnHouse = fc.Command<Model, HouseWorld>;

/** Undefined: it would mean nothing now, and is passed over. */
type Make = (model: Readonly<Model>, serial: number) => Command | undefined;

export abstract class Asked implements OnHouse {
  readonly #make: Make;
  readonly #text: string;

  constructor(what: string, fields: object, make: Make) {
    this.#make = make;
    this.#text = `${what}${JSON.stringify(Object.values(fields)).replaceAll('"', '')}`;
  }

  check(model: Readonly<Model>): boolean {
    return this.#make(model, 0) !== undefined;
  }

  run(model: Model, world: HouseWorld): void {
    const command = this.#make(model, world.serial);
    if (command) world.take(model, command);
  }

  toString(): string {
    return this.#text;
  }
}

export interface OfHold {
  readonly nth: number;
  readonly isStray: boolean;
  readonly isStranger: boolean;
}

export function idOf(known: Iterable<string>, gone: string, { nth, isStray }: OfHold): string | undefined {
  const ids = [...known];
  return isStray ? gone : ids[nth % ids.length];
}

/** The hold that is meant, and who asks for it: its holder, or a stranger. */
export function holdOf(
  model: Readonly<Model>,
  of: OfHold,
): { holder: string; holdId: string; seats: string[] } | undefined {
  const holdId = idOf(model.holds.keys(), [...model.ended.keys()].at(-1) ?? 'never', of);
  if (holdId === undefined) return undefined;
  const hold = model.holds.get(holdId);
  return {
    holder: of.isStranger ? 'eve' : (hold?.holder ?? model.ended.get(holdId) ?? 'ann'),
    holdId,
    seats: hold?.seats ?? [],
  };
}
