/** The side effect: after this import `<usher-seat-picker>` works. Twice is harmless, and so is a server without a DOM. */
import { UsherSeatPicker } from './seat-picker.js';

declare global {
  interface HTMLElementTagNameMap {
    'usher-seat-picker': UsherSeatPicker;
  }
}

if (typeof customElements === 'object' && !customElements.get('usher-seat-picker')) {
  customElements.define('usher-seat-picker', UsherSeatPicker);
}
