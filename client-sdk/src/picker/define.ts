/** The side effect: after this import `<usher-seat-picker>` works. Twice is harmless. */
import { UsherSeatPicker } from './seat-picker.js';

declare global {
  interface HTMLElementTagNameMap {
    'usher-seat-picker': UsherSeatPicker;
  }
}

if (!customElements.get('usher-seat-picker')) customElements.define('usher-seat-picker', UsherSeatPicker);
