/** The small panels over the map: what was lost and what is offered for it, how many places to take, and the cover. */
import type { Messages } from './messages.js';

function button(text: string, onClick: () => void, main = false): HTMLButtonElement {
  const element = document.createElement('button');
  element.type = 'button';
  element.textContent = text;
  element.setAttribute('part', 'button');
  if (main) element.className = 'main';
  element.onclick = onClick;
  return element;
}

export interface Notice {
  readonly text: string;
  /** The label of a free seat to take instead. */
  readonly alternative?: string | undefined;
}

/**
 * Shows the notice without moving focus: whoever lost a seat is still in the middle of choosing. `onTake` gets the
 * alternative. It is not a live region, since the announcer has said it once already.
 */
export function showNotice(
  panel: HTMLElement,
  notice: Notice,
  messages: Messages,
  onTake: (seat: string) => void,
): void {
  const text = document.createElement('p');
  text.textContent = notice.text;
  const hide = () => {
    panel.hidden = true;
  };
  panel.replaceChildren(text);
  const { alternative } = notice;
  if (alternative !== undefined) {
    const take = () => {
      hide();
      onTake(alternative);
    };
    panel.append(button(messages.takeInstead(alternative), take, true));
  }
  panel.append(button(messages.dismiss, hide));
  panel.hidden = false;
}

/** Asks how many places of a standing area to take. Focus goes in and comes back to where it was. */
export function askForPlaces(
  form: HTMLFormElement,
  area: { readonly name: string; readonly free: number; readonly limit: number },
  messages: Messages,
  onTake: (count: number) => void,
): void {
  const before = (form.getRootNode() as ShadowRoot).activeElement as HTMLElement | null;
  const max = Math.max(1, Math.min(area.free, area.limit));
  const input = document.createElement('input');
  Object.assign(input, {
    type: 'number',
    min: '1',
    max: String(max),
    value: '1',
    required: true,
    inputMode: 'numeric',
  });
  const label = document.createElement('label');
  label.append(messages.areaQuestion(area.name), input);
  const take = button(messages.areaTake(1), () => undefined, true);
  take.type = 'submit';
  input.oninput = () => {
    take.textContent = messages.areaTake(Number(input.value) || 1);
  };
  const close = () => {
    form.hidden = true;
    before?.focus({ preventScroll: true });
  };
  form.onsubmit = (event) => {
    event.preventDefault();
    const count = Number(input.value);
    close();
    onTake(count);
  };
  form.onkeydown = (event) => {
    if (event.key === 'Escape') close();
  };
  form.replaceChildren(label, take, button(messages.cancel, close));
  form.hidden = false;
  input.focus({ preventScroll: true });
  input.select();
}

/** Covers the map with a text and, where there is something to try, a button. */
export function showCover(cover: HTMLElement, text: string, retry?: { readonly text: string; onClick(): void }): void {
  const line = document.createElement('span');
  line.textContent = text;
  cover.replaceChildren(line, ...(retry ? [button(retry.text, retry.onClick, true)] : []));
  cover.hidden = false;
}
