import { type Answer, type Endpoint, errorsOf, isRendered, type Rendered } from './endpoint.js';

/** Holds an answer against what its endpoint says. @throws Error that names the endpoint and what does not fit. */
export function checkAnswer(endpoint: Endpoint, answer: Answer<unknown>): void {
  if (!answer.ok) {
    const { code } = answer.error;
    if (!errorsOf(endpoint).includes(code)) throw new Error(`${endpoint.id} does not say that it gives ${code}.`);
    return;
  }
  const body = isRendered(answer.body) ? readBack(answer.body, endpoint.mediaType) : answer.body;
  const parsed = endpoint.reply.safeParse(body);
  if (!parsed.success) throw new Error(`The answer of ${endpoint.id} does not fit: ${parsed.error.message}`);
  // What the schema strips, the document does not tell of.
  const known: string | undefined = JSON.stringify(parsed.data);
  if (known?.length !== JSON.stringify(body)?.length) {
    throw new Error(
      `The answer of ${endpoint.id} has members that its schema lacks: ${JSON.stringify(body)} has more than ${known}.`,
    );
  }
}

function readBack({ document }: Rendered, mediaType: string): unknown {
  const text = document.plain.toString();
  return mediaType === 'application/json' ? JSON.parse(text) : text;
}
