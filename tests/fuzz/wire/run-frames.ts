import type { Target } from '../target/target.js';
import type { Attack, House } from './attack.js';
import { Attacker } from './attacker.js';

/** So many attackers send what there is to send; resolves when everything is answered and they have gone. */
export async function runFrames(
  attack: Attack,
  target: Target,
  houses: readonly House[],
  sockets: number,
): Promise<void> {
  const attackers: Attacker[] = [];
  for (let i = 0; i < sockets; i++) {
    const house = houses[i % houses.length];
    if (!house) throw new RangeError('There is no house to attack.');
    // One member of staff a house: what is blocked is then known by the order of its answers.
    const staff = i < houses.length ? await target.staffToken(`staff of ${house.id}`) : undefined;
    attackers.push(new Attacker(attack, target.port, house, i % 2 === 0 ? 'msgpack' : 'json', staff));
  }
  await Promise.all(attackers.map((attacker) => attacker.run()));
}
