/** The picker's shadow tree: made once, filled and switched by the element. */
import type { Messages } from './messages.js';
import { STYLES } from './styles.js';

export interface PickerFrame {
  readonly probe: HTMLElement;
  readonly sections: HTMLSelectElement;
  readonly zoomIn: HTMLButtonElement;
  readonly zoomOut: HTMLButtonElement;
  readonly fit: HTMLButtonElement;
  readonly timer: HTMLElement;
  /** What the map fills. A notice takes room from it, so that no seat is ever covered. */
  readonly view: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  readonly ring: HTMLElement;
  readonly hint: HTMLElement;
  readonly grid: HTMLElement;
  readonly keys: HTMLElement;
  readonly banner: HTMLElement;
  /** The lost seat and its alternative; the area's question. One of them at a time. */
  readonly notice: HTMLElement;
  readonly chooser: HTMLFormElement;
  readonly cover: HTMLElement;
  readonly legend: HTMLElement;
  readonly live: HTMLElement;
}

const ICON = {
  plus: 'M12 5v14M5 12h14',
  minus: 'M5 12h14',
  fit: 'M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5',
} as const;

const icon = (path: string) => `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${path}"/></svg>`;

/** The markup holds no words: they are set by `speak`, and again when the messages are replaced. */
const MARKUP = `<span class="probe" aria-hidden="true"></span>
<div class="bar" part="toolbar">
  <select part="sections" hidden></select>
  <button type="button" class="icon" part="button zoom-in">${icon(ICON.plus)}</button>
  <button type="button" class="icon" part="button zoom-out">${icon(ICON.minus)}</button>
  <button type="button" class="icon" part="button fit">${icon(ICON.fit)}</button>
  <span class="timer" part="timer" role="timer" aria-live="off" hidden></span>
</div>
<div class="frame" part="map">
<div class="view">
  <canvas class="map" part="canvas" aria-hidden="true"></canvas>
  <div class="quiet" part="grid" role="grid" aria-multiselectable="true" aria-describedby="keys"></div>
  <span class="quiet keys" id="keys"></span>
  <div class="ring" part="focus-ring" aria-hidden="true" hidden></div>
  <div class="hint" part="hint" aria-hidden="true" hidden></div>
  <div class="banner" part="banner" hidden></div>
  <div class="cover" part="cover"></div>
</div>
<div class="notice" part="notice" role="group" hidden></div>
<form class="chooser" part="area-chooser" hidden></form>
</div>
<ul class="legend" part="legend" hidden></ul>
<div class="quiet live" role="status"></div>`;

export function buildFrame(root: ShadowRoot): PickerFrame {
  // Not the root's own innerHTML: where the element stands in a form when it is upgraded, that parser drops a form of ours as
  // a nested one (findings/form-in-a-shadow-root.sh).
  const template = document.createElement('template');
  template.innerHTML = MARKUP;
  root.append(template.content.cloneNode(true));
  // Not a style element: pages with a content security policy forbid those, and allow sheets that a script adopts.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLES);
  root.adoptedStyleSheets = [sheet];
  const find = <E extends Element>(selector: string): E => {
    const element = root.querySelector<E>(selector);
    if (!element) throw new Error(`The picker's markup lacks ${selector}.`);
    return element;
  };
  return {
    probe: find('.probe'),
    sections: find('select'),
    zoomIn: find('[part~=zoom-in]'),
    zoomOut: find('[part~=zoom-out]'),
    fit: find('[part~=fit]'),
    timer: find('.timer'),
    view: find('.view'),
    canvas: find('canvas'),
    ring: find('.ring'),
    hint: find('.hint'),
    grid: find('[role=grid]'),
    keys: find('.keys'),
    banner: find('.banner'),
    notice: find('.notice'),
    chooser: find('.chooser'),
    cover: find('.cover'),
    legend: find('.legend'),
    live: find('.live'),
  };
}

/** Sets the words that do not change with the house. */
export function speak(frame: PickerFrame, messages: Messages): void {
  const name = (button: HTMLElement, text: string) => {
    button.setAttribute('aria-label', text);
    button.title = text;
  };
  name(frame.zoomIn, messages.zoomIn);
  name(frame.zoomOut, messages.zoomOut);
  name(frame.fit, messages.fit);
  frame.sections.setAttribute('aria-label', messages.section);
  frame.timer.setAttribute('aria-label', messages.timeLeft);
  frame.grid.setAttribute('aria-label', messages.map);
  frame.legend.setAttribute('aria-label', messages.legend);
  frame.keys.textContent = messages.keys;
  frame.banner.textContent = messages.stale;
}
