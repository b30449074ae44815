export { defaultMessages, type Messages, type SeatName, type SeatState } from './messages.js';
export type { PickerEventMap, PickerEvents } from './picker-events.js';
export type { CategoryPrice } from './seat-naming.js';
export { UsherSeatPicker } from './seat-picker.js';
