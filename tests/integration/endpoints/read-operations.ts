/** The table of endpoints as its users see it: the operations of `/openapi.json`. */
interface Schema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly anyOf?: readonly Schema[];
  readonly $ref?: string;
}

interface Parameter {
  readonly in: 'path' | 'query' | 'header';
  readonly name: string;
}

interface Documented {
  readonly operationId: string;
  readonly 'x-usher-access': string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema?: Schema }>> };
  readonly responses: Readonly<Record<string, unknown>>;
}

export interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  /** `public`, `session`, `account` or the name of a permission. */
  readonly access: string;
  /** Of success. */
  readonly status: number;
  readonly parameters: readonly Parameter[];
  /** Of a JSON body; undefined where it takes none, or a file. */
  readonly body: Schema | undefined;
  readonly takesFiles: boolean;
}

export async function readOperations(origin: string): Promise<readonly Operation[]> {
  const document = (await (await fetch(`${origin}/openapi.json`)).json()) as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, Documented>>>>;
    readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
  };
  const resolved = (schema: Schema | undefined) =>
    schema?.$ref === undefined ? schema : document.components.schemas[schema.$ref.split('/').at(-1) ?? ''];
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId: id, parameters = [], requestBody, responses, ...rest }]) => ({
      id,
      method: method.toUpperCase(),
      path,
      access: rest['x-usher-access'],
      status: Number(Object.keys(responses).find((status) => status.startsWith('2'))),
      parameters,
      body: requestBody?.content['text/plain'] ? undefined : resolved(requestBody?.content['application/json']?.schema),
      takesFiles: requestBody?.content['text/plain'] !== undefined,
    })),
  );
}

/** A value that the schema does not take. */
export function wrongFor(schema: Schema): unknown {
  const types = [schema, ...(schema.anyOf ?? [])].flatMap(({ type = [] }) => type);
  if (!types.includes('boolean')) return true;
  return types.includes('object') ? 17 : {};
}
