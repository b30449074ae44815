import { expectTypeOf, it } from 'vitest';
import type { Refusal, SeatRefusalReason } from '../../../src/core/refusal.js';
import type { SearchQuality } from '../../../src/core/reply.js';
import type { Decoration, SeatMapData } from '../../../src/core/seat-map.js';
import type { ConflictReason, ErrorCode } from '../../../src/protocol/errors.js';
import type { SeatMapDocument, Decoration as WireDecoration } from '../../../src/protocol/seat-map-document.js';
import type { BestAvailableQuality } from '../../../src/protocol/server-messages.js';

// The core imports nothing and the protocol imports nothing, so only this file knows both. It is the compiler (`npm run
// check`) that fails here, not the runner.

it('the seat map of the core is the document of the wire, member for member', () => {
  expectTypeOf<SeatMapData>().toEqualTypeOf<SeatMapDocument>();
  expectTypeOf<Decoration>().toEqualTypeOf<WireDecoration>();
});

it('every refusal of the core has its error code, and every reason its word', () => {
  expectTypeOf<Refusal['code']>().toExtend<ErrorCode>();
  expectTypeOf<SeatRefusalReason>().toEqualTypeOf<ConflictReason>();
  expectTypeOf<SearchQuality>().toEqualTypeOf<BestAvailableQuality>();
});
