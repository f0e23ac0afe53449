/** The YAML (and JSON) form of an inventory: groups with `hosts`, `vars` and `children`, nested to any depth. */
import { fail } from '../errors.ts';
import { didYouMean } from '../source/suggest.ts';
import { type Pointer, parseYaml, type YamlDocument } from '../source/yaml.ts';
import { type Draft, type DraftGroup, type DraftVars, defineGroup, draftHost } from './draft.ts';
import { readHostNames } from './host-names.ts';

interface Reading {
  readonly draft: Draft;
  readonly document: YamlDocument;
}

/**
 * Adds what the text says to the draft; what does not fit becomes a problem of the draft.
 * @throws KplayError when the text is not YAML
 */
export function readYamlInventory(draft: Draft, text: string, file: string): void {
  readGroups(draft, parseYaml(text, file));
}

/** Adds the groups of a document to the draft. */
export function readGroups(draft: Draft, document: YamlDocument): void {
  const reading = { draft, document };
  draft.warnings.push(...document.warnings);
  const root = mappingAt(reading, document.value, [], 'an inventory');
  if (Object.hasOwn(root, 'plugin'))
    fail('a file of an inventory plugin is named .yml or .yaml', document.locateKey(['plugin']));
  for (const [name, body] of Object.entries(root)) readGroup(reading, name, body, [name]);
}

function readGroup(reading: Reading, name: string, body: unknown, pointer: Pointer): void {
  const { draft, document } = reading;
  const group = defineGroup(draft, name, document.locateKey(pointer));
  for (const [key, value] of Object.entries(mappingAt(reading, body, pointer, `the group "${name}"`))) {
    const inside = [...pointer, key];
    if (key === 'hosts') readHosts(reading, group, value, inside);
    else if (key === 'vars') readVars(reading, group.vars, value, inside, `the variables of "${name}"`);
    else if (key === 'children') {
      for (const [child, childBody] of Object.entries(mappingAt(reading, value, inside, `the children of "${name}"`))) {
        group.children.set(child, document.locateKey([...inside, child]));
        readGroup(reading, child, childBody, [...inside, child]);
      }
    } else {
      const meant = didYouMean(key, ['hosts', 'vars', 'children']);
      problem(
        reading,
        inside,
        `a group has hosts, vars and children, not "${key}".${meant}`,
        'a subgroup goes under children:',
      );
    }
  }
}

function readHosts(reading: Reading, group: DraftGroup, body: unknown, pointer: Pointer): void {
  const hosts =
    typeof body === 'string' ? { [body]: null } : mappingAt(reading, body, pointer, `the hosts of "${group.name}"`);
  for (const [written, vars] of Object.entries(hosts)) {
    const inside = [...pointer, written];
    const read = readHostNames(written);
    if (read.kind === 'malformed') problem(reading, inside, read.message);
    else {
      for (const name of read.names) {
        const target = draftHost(reading.draft, name, group, reading.document.locateKey(inside));
        if (read.port !== undefined)
          target.set('ansible_port', { value: read.port, at: reading.document.locateKey(inside) });
        readVars(reading, target, vars, inside, `the variables of "${written}"`);
      }
    }
  }
}

function readVars(reading: Reading, target: DraftVars, body: unknown, pointer: Pointer, what: string): void {
  for (const [name, value] of Object.entries(mappingAt(reading, body, pointer, what))) {
    target.set(name, { value, at: reading.document.locateKey([...pointer, name]) });
  }
}

/** The mapping at a place; nothing written there is an empty one, anything else a problem. */
function mappingAt(
  reading: Reading,
  value: unknown,
  pointer: Pointer,
  what: string,
): Readonly<Record<string, unknown>> {
  if (value === null || value === undefined) return {};
  if (typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype)
    return value as Record<string, unknown>;
  const hint = Array.isArray(value) ? 'write "name:" instead of "- name"' : undefined;
  problem(reading, pointer, `${what} must be a mapping`, hint);
  return {};
}

function problem({ draft, document }: Reading, pointer: Pointer, message: string, hint?: string): void {
  draft.problems.push({ message, at: document.locateKey(pointer), hint, source: document.text });
}
