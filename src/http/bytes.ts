import { z } from 'zod';

/** The reply of an endpoint that answers with a file. */
export const bytesSchema = z
  .custom<Uint8Array>((value) => value instanceof Uint8Array)
  .meta({ override: { type: 'string', format: 'binary' } });
