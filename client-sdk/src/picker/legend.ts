/** The legend: the looks themselves, drawn by the same code as the seats, with prices and names. */
import type { Messages } from './messages.js';
import { COMPANION, ORDINARY, PAIR, type Plan, WHEELCHAIR } from './plan.js';
import { BLOCKED, drawLook, FREE, HELD, type Look, MINE, SOLD } from './seat-look.js';
import type { Theme } from './theme.js';

const SIDE_PX = 20;

export function showLegend(
  element: HTMLElement,
  plan: Plan,
  theme: Theme,
  messages: Messages,
  priceOf: (category: number) => string | undefined,
): void {
  const { kinds, states } = messages;
  const entries: [Look, string][] = plan.document.categories.map(({ name }, category) => [
    { state: FREE, kind: ORDINARY, category },
    [name, priceOf(category)].filter(Boolean).join(' · '),
  ]);
  const special = [
    [WHEELCHAIR, kinds.wheelchair],
    [COMPANION, kinds.companion],
    [PAIR, kinds.pair],
  ] as const;
  for (const [kind, name] of special) {
    const seat = plan.kind.indexOf(kind);
    if (seat >= 0) entries.push([{ state: FREE, kind, category: plan.document.seats.category[seat] ?? 0 }, name]);
  }
  const rest = [
    [MINE, states.mine],
    [HELD, states.held],
    [SOLD, states.booked],
    [BLOCKED, states.blocked],
  ] as const;
  for (const [state, name] of rest) entries.push([{ state, kind: ORDINARY, category: 0 }, name]);
  element.replaceChildren(
    ...entries.map(([look, name]) => {
      const item = document.createElement('li');
      item.append(swatch(look, theme), name);
      return item;
    }),
  );
}

function swatch(look: Look, theme: Theme): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  const ratio = Math.min(2, globalThis.devicePixelRatio || 1);
  canvas.width = canvas.height = SIDE_PX * ratio;
  canvas.setAttribute('aria-hidden', 'true');
  const ctx = canvas.getContext('2d');
  if (ctx) drawLook(ctx, look, 2 * ratio, 2 * ratio, (SIDE_PX - 4) * ratio, theme);
  return canvas;
}
