/** As much of JSON schema as the API's description uses. */
export interface Schema {
  $ref?: string;
  anyOf?: Schema[];
  type?: string | string[];
  properties?: Record<string, Schema>;
  items?: Schema;
  enum?: unknown[];
}

/** Names of the members that lead to a place in a JSON text that is being written; "[]" stands for an element of a list. */
export function pathAt(text: string, caret: number): string[] {
  const path: string[] = [];
  const opened: ("{" | "[")[] = [];
  let name: string | undefined;
  for (let at = 0; at < caret; at++) {
    const letter = text[at];
    if (letter === '"') {
      const end = closing(text, at);
      if (end >= caret || end < 0) break;
      if (/^\s*:/.test(text.slice(end + 1))) name = text.slice(at + 1, end);
      at = end;
    } else if (letter === "{" || letter === "[") {
      const parent = opened.at(-1);
      if (parent === "[") path.push("[]");
      else if (parent === "{") path.push(name ?? "");
      opened.push(letter);
      name = undefined;
    } else if (letter === "}" || letter === "]") {
      opened.pop();
      if (opened.length > 0) path.pop();
      name = undefined;
    }
  }
  return opened.at(-1) === "[" ? [...path, "[]"] : path;
}

function closing(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === '"') return at;
  }
  return -1;
}

/** The members that may stand at a place and do not yet. */
export function suggestions(schemas: Record<string, Schema>, path: string[], text: string, caret: number): string[] {
  let at = resolve(schemas, schemas.Recipe);
  for (const name of path) at = resolve(schemas, name === "[]" ? at?.items : at?.properties?.[name]);
  const typed = /"?([A-Za-z]*)$/.exec(text.slice(0, caret))?.[1]?.toLowerCase() ?? "";
  const there = siblings(text, caret);
  return Object.keys(at?.properties ?? {}).filter((name) => name.toLowerCase().startsWith(typed) && !there.has(name));
}

function resolve(schemas: Record<string, Schema>, schema: Schema | undefined): Schema | undefined {
  if (schema?.$ref) return resolve(schemas, schemas[schema.$ref.split("/").at(-1) ?? ""]);
  if (schema?.anyOf)
    return resolve(
      schemas,
      schema.anyOf.find((one) => one.$ref ?? one.properties ?? one.items),
    );
  return schema;
}

/** Names that stand already in the object around a place. */
function siblings(text: string, caret: number): Set<string> {
  const own = pathAt(text, caret).join("/");
  const found = new Set<string>();
  for (const match of text.matchAll(/"([A-Za-z]+)"\s*:/g)) {
    if (pathAt(text, match.index).join("/") === own && match[1]) found.add(match[1]);
  }
  return found;
}
