import { randomUUID } from 'node:crypto';
import { createClient, type ShowtimeClient } from '@usher/client';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { CLOSE } from '../../../src/protocol/close-codes.js';
import type { Member } from '../../../src/runtime/cluster/membership-port.js';
import type { Elsewhere } from '../../../src/runtime/hosts.js';
import type { Relays } from '../../../src/runtime/relay/relays.js';
import { readProblem } from './askers.js';
import { type LightNode, openLightNode } from './light-node.js';
import { LiveClient } from './live-client.js';

interface RoutedNode extends LightNode {
  readonly url: string;
  readonly member: Member;
  /** Where the showtimes live, as this node has it. */
  home: Member;
  /** The id of a member that may be dead. */
  quiet: string | undefined;
  /** Whom it relayed showtimes from. */
  readonly relayedFrom: string[];
}

const nodes: RoutedNode[] = [];
const clients: ShowtimeClient[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await Promise.all(nodes.splice(0).map((node) => node.close()));
});

const member = (more: Partial<Member> = {}): Member => {
  return { id: randomUUID(), name: 'n', weight: 1, draining: false, hot: [], showtimes: 0, ...more };
};

/** A node where every showtime lives until the test says otherwise. What it relays it serves itself, as a relay would. */
async function openNode(): Promise<RoutedNode> {
  const relayedFrom: string[] = [];
  let node: RoutedNode | undefined;
  let self = member();
  const relays = {
    drop: () => {},
    open: async (showtimeId: string, owner: Member) => {
      relayedFrom.push(owner.id);
      return await node?.directory.open(showtimeId);
    },
  };
  const elsewhere: Elsewhere = {
    whereabouts: {
      get self() {
        return self;
      },
      isLinked: () => true,
      homeOf: () => node?.home,
      isQuiet: (memberId) => memberId === node?.quiet,
      settled: async () => {},
    },
    relays: relays as unknown as Relays,
  };
  const light = await openLightNode({ elsewhere });
  const url = `http://127.0.0.1:${light.port}`;
  self = { ...self, url };
  node = { ...light, url, member: self, home: self, quiet: undefined, relayedFrom };
  nodes.push(node);
  return node;
}

const ELSEWHERE = member({ url: 'https://b.tickets.example' });

async function connectView(node: LightNode, showtimeId?: string): Promise<unknown> {
  const answer = await fetch(node.httpUrl('/connect', showtimeId));
  return answer.ok ? await answer.json() : await readProblem(answer);
}

async function helloAt(url: string): Promise<LiveClient> {
  const client = await LiveClient.open(url);
  client.send({ type: 'hello' });
  return client;
}

describe('a showtime that lives elsewhere', () => {
  it('[MOVE-2] hello is answered with its whole live URL there, and a close that says reconnect', async () => {
    const node = await openNode();
    node.home = ELSEWHERE;
    const client = await helloAt(node.liveUrl());
    const live = `wss://b.tickets.example/v1/showtimes/${node.showtimeId}/live?moved=1`;
    expect(await client.next('moved')).toEqual({ type: 'moved', url: live });
    expect((await client.closed).code).toBe(CLOSE.moved);
    expect(client.messages).toHaveLength(1);
    expect(await connectView(node)).toEqual({ live: { url: live } });
    expect([node.directory.size, node.relayedFrom]).toEqual([0, []]);
  });

  it('[MOVE-2] is served here to a client that was sent on already', async () => {
    const node = await openNode();
    node.home = ELSEWHERE;
    const client = await LiveClient.join(`${node.liveUrl()}?moved=1`);
    expect(await client.call({ type: 'hold', seats: ['R1-1'] })).toMatchObject({ ok: true });
    expect(node.relayedFrom).toEqual([ELSEWHERE.id]);
    await client.close();
  });

  it('is not served here to a client whose query says anything else', async () => {
    const node = await openNode();
    node.home = ELSEWHERE;
    for (const query of ['moved=0', 'moved=10', 'unmoved=1', 'moved']) {
      expect((await (await helloAt(`${node.liveUrl()}?${query}`)).closed).code, query).toBe(CLOSE.moved);
    }
    const client = await LiveClient.join(`${node.liveUrl()}?theme=dark&moved=1`);
    await client.close();
  });

  it.each([
    ['so many watch it that its owner has enough to do', (id: string) => ({ hot: [id] })],
    ['clients cannot reach its owner', () => ({ url: undefined })],
    [
      'its owner may be dead',
      (_id: string, node: RoutedNode) => {
        node.quiet = ELSEWHERE.id;
        return {};
      },
    ],
  ])('is relayed where %s', async (_why, more) => {
    const node = await openNode();
    const { url, ...rest } = { ...ELSEWHERE, ...more(node.showtimeId, node) };
    node.home = url === undefined ? rest : { ...rest, url };
    expect(await connectView(node)).toEqual({ live: { url: `/v1/showtimes/${node.showtimeId}/live` } });
    const client = await LiveClient.join(node.liveUrl());
    expect(node.relayedFrom[0]).toBe(ELSEWHERE.id);
    await client.close();
  });
});

describe('a showtime that lives here', () => {
  it('is connected to by a path, and is loaded by then', async () => {
    const node = await openNode();
    expect(await connectView(node)).toEqual({ live: { url: `/v1/showtimes/${node.showtimeId}/live` } });
    expect(node.directory.running(node.showtimeId)).toBeDefined();
    const shouted = await connectView(node, node.showtimeId.toUpperCase());
    expect(shouted).toEqual({ live: { url: `/v1/showtimes/${node.showtimeId}/live` } });
  });

  it('stays here for its clients as long as it runs, wherever it should live', async () => {
    const node = await openNode();
    const first = await LiveClient.join(node.liveUrl());
    node.home = ELSEWHERE;
    const second = await LiveClient.join(node.liveUrl());
    expect(await connectView(node)).toEqual({ live: { url: `/v1/showtimes/${node.showtimeId}/live` } });
    await Promise.all([first.close(), second.close()]);
  });

  it('that there is not, or cannot be, is told so', async () => {
    const node = await openNode();
    for (const id of [`0${randomUUID().slice(1)}`, 'no-uuid']) {
      expect(await connectView(node, id), id).toMatchObject({ code: 'unknown_showtime' });
    }
  });

  it('that runs nowhere is unavailable while no node would take it', async () => {
    const node = await openNode();
    Object.assign(node, { home: undefined });
    expect(await connectView(node)).toMatchObject({ code: 'unavailable', retryAfterMs: 1_000 });
    expect((await (await helloAt(node.liveUrl())).closed).code).toBe(CLOSE.overloaded);
  });
});

describe('the SDK', () => {
  function connect({ url, showtimeId }: RoutedNode): ShowtimeClient {
    const client = createClient({ url, showtimeId });
    clients.push(client);
    client.connect();
    return client;
  }

  const isConnected = (client: ShowtimeClient) =>
    vi.waitFor(() => expect(client.getSnapshot().connection.state).toBe('connected'), 10_000);

  it('follows once, without being told a second time, and holds where it lands', async () => {
    const [a, b] = [await openNode(), await openNode()];
    a.home = b.member;
    // Each takes the other for the owner: a client is not to be sent to and fro.
    b.home = a.member;
    const client = connect(a);
    await isConnected(client);
    expect([a.gateway.sockets, b.gateway.sockets]).toEqual([0, 1]);
    expect(await client.hold(['R1-1'])).toMatchObject({ ok: true });
    expect(b.directory.running(a.showtimeId)?.seq).toBe(1);
  });

  it('comes back to its own address when the other node is gone', async () => {
    const [a, b] = [await openNode(), await openNode()];
    a.home = b.member;
    const client = connect(a);
    await isConnected(client);
    a.home = a.member;
    nodes.splice(nodes.indexOf(b), 1);
    await b.close();
    await vi.waitFor(() => expect(a.gateway.sockets).toBe(1), 10_000);
    await isConnected(client);
  });

  it('goes along when the showtime it watches is handed over, and what it asks meanwhile is asked again there', async () => {
    const [a, b] = [await openNode(), await openNode()];
    const client = connect(a);
    await isConnected(client);
    const actor = a.directory.running(a.showtimeId);
    const submit = actor && vi.spyOn(actor, 'submit');
    let asked: ReturnType<ShowtimeClient['hold']> | undefined;
    await a.directory.handOver(a.showtimeId, b.url, 1_000, async () => {
      asked = client.hold(['R1-1']);
      // It reaches the old owner before that ends, and is turned away there.
      await vi.waitFor(() => expect(submit).toHaveBeenCalled());
      return true;
    });
    expect(await asked).toMatchObject({ ok: true, hold: { seats: ['R1-1'] } });
    expect([a.gateway.sockets, b.gateway.sockets]).toEqual([0, 1]);
    expect(b.directory.running(a.showtimeId)?.seq).toBe(1);
  });
});
