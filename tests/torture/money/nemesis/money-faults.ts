import { FAULTS } from '../../nemesis/all-faults.js';
import type { MakeFault } from '../../nemesis/fault.js';
import type { MoneyStage } from '../stage/money-stage.js';

type MakeMoneyFault = (stage: MoneyStage) => ReturnType<MakeFault>;

const OF_MONEY: Readonly<Record<string, MakeMoneyFault>> = {
  'provider killed': ({ provider }) => ({
    name: 'provider killed',
    detail: '',
    start: () => provider.process.end('SIGKILL'),
    heal: () => provider.restart(),
  }),
  'provider frozen': ({ provider }) => ({
    name: 'provider frozen',
    detail: '',
    start: async () => provider.process.freeze(),
    heal: async () => provider.process.thaw(),
  }),
  'provider lies': ({ provider }) => ({
    name: 'provider lies',
    detail: 'errors after it acted, answers that are lost, events that are late, twice or not sent',
    start: () => provider.lieMore(),
    heal: () => provider.lieAsUsual(),
  }),
  'refunds turned away': ({ provider }) => ({
    name: 'refunds turned away',
    detail: '',
    start: () => provider.refuseRefunds(),
    heal: () => provider.lieAsUsual(),
  }),
  'receiver killed': ({ receiver }) => ({
    name: 'receiver killed',
    detail: '',
    start: () => receiver.process.end('SIGKILL'),
    heal: async () => receiver.process.start(),
  }),
  'receiver fails': ({ receiver }) => ({
    name: 'receiver fails',
    detail: '',
    start: async () => receiver.failMore(),
    heal: async () => receiver.failAsUsual(),
  }),
};

/** Those of clocks are left out: orders end by them, and the other torture has them. */
const OF_NODES = Object.keys(FAULTS).filter((name) => name !== 'clock shifted');

export const MONEY_FAULT_NAMES: readonly string[] = [...OF_NODES, ...Object.keys(OF_MONEY)];

export function moneyFaults(stage: MoneyStage): Readonly<Record<string, MakeFault>> {
  const ofMoney = Object.entries(OF_MONEY).map(([name, make]): [string, MakeFault] => [name, () => make(stage)]);
  return { ...FAULTS, ...Object.fromEntries(ofMoney) };
}

/** Of two that do something to the same process, one would mend the other. */
export function mayMoneyFaultsCoincide(a: string, b: string): boolean {
  const ofProvider = (name: string) => name.startsWith('provider') || name === 'refunds turned away';
  const ofReceiver = (name: string) => name.startsWith('receiver');
  return a !== b && !(ofProvider(a) && ofProvider(b)) && !(ofReceiver(a) && ofReceiver(b));
}
