/** Where each node of a YAML document stands in its text. */
import { EVENT_ID, type Event, getScalarValue, SCALAR_STYLE, type ScalarEvent } from './js-yaml.ts';
import { readPlainScalar } from './yaml-scalars.ts';

/** A node and where it stands in the text. */
export interface Place {
  readonly start: number;
  readonly keyStart: number;
  readonly children?: Map<string, Place>;
  /** What `<<` brought in. */
  readonly merged?: Place[];
  readonly scalar?: ScalarEvent;
}

export interface Places {
  readonly root: Place | undefined;
  readonly duplicates: readonly { readonly key: string; readonly first: number; readonly again: number }[];
  /** Where a mapping or list is used as a key. */
  readonly complexKey: number | undefined;
}

export function childOf(place: Place, key: string): Place | undefined {
  const own = place.children?.get(key);
  if (own) return own;
  for (const source of place.merged ?? []) {
    const found = childOf(source, key);
    if (found) return found;
  }
  return undefined;
}

/** One walk over the events of one document. */
export function placesOf(text: string, events: readonly Event[]): Places {
  const anchors = new Map<string, Place>();
  const duplicates: { key: string; first: number; again: number }[] = [];
  let complexKey: number | undefined;
  let next = 0;

  const remember = (event: { anchorStart: number; anchorEnd: number }, place: Place): Place => {
    if (event.anchorStart !== -1) anchors.set(text.slice(event.anchorStart, event.anchorEnd), place);
    return place;
  };
  /** Reads one node; `keyStart` is where its key stands, or -1 when it has none. */
  const node = (keyStart: number, fallback: number): Place | undefined => {
    const event = events[next++];
    if (!event || event.type === EVENT_ID.POP || event.type === EVENT_ID.DOCUMENT) return undefined;
    const start = startOf(event, text) ?? fallback;
    const key = keyStart === -1 ? start : keyStart;
    if (event.type === EVENT_ID.SCALAR) return remember(event, { start, keyStart: key, scalar: event });
    if (event.type === EVENT_ID.ALIAS) {
      const target = anchors.get(text.slice(event.anchorStart, event.anchorEnd));
      return { ...target, start, keyStart: key };
    }
    const children = new Map<string, Place>();
    const merged: Place[] = [];
    const place = remember(event, { start, keyStart: key, children, merged });
    if (event.type === EVENT_ID.SEQUENCE) {
      for (let index = 0; ; index++) {
        const item = node(-1, start);
        if (!item) return place;
        children.set(String(index), item);
      }
    }
    for (;;) {
      const keyEvent = events[next];
      const keyPlace = node(-1, start);
      if (!keyEvent || !keyPlace) return place;
      if (keyEvent.type !== EVENT_ID.SCALAR) complexKey ??= keyPlace.start;
      const name = keyEvent.type === EVENT_ID.SCALAR ? keyName(text, keyEvent) : '';
      const value = node(keyPlace.start, keyPlace.start);
      if (!value) return place;
      if (name === '<<' && keyEvent.type === EVENT_ID.SCALAR && keyEvent.style === SCALAR_STYLE.PLAIN)
        merged.push(value, ...(value.children?.values() ?? []));
      else {
        const first = children.get(name);
        if (first) duplicates.push({ key: name, first: first.keyStart, again: keyPlace.start });
        children.set(name, value);
      }
    }
  };
  return { root: node(-1, 0), duplicates, complexKey };
}

function startOf(event: Event, text: string): number | undefined {
  if (event.type === EVENT_ID.ALIAS) return event.anchorStart - 1;
  if (event.type === EVENT_ID.SEQUENCE || event.type === EVENT_ID.MAPPING) return event.start;
  if (event.type !== EVENT_ID.SCALAR || event.valueStart === -1) return undefined;
  if (event.style === SCALAR_STYLE.PLAIN) return event.valueStart;
  if (event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED)
    return event.valueStart - 1;
  return event.valueStart + Math.max(text.slice(event.valueStart, event.valueEnd).search(/\S/), 0);
}

/** A key as it appears in the value read: `yes:` is the key "true". */
function keyName(text: string, event: ScalarEvent): string {
  const written = getScalarValue(text, event);
  return event.style === SCALAR_STYLE.PLAIN && event.tagStart === -1 ? String(readPlainScalar(written)) : written;
}

/** The offset in the file of a character of a scalar's value. */
export function offsetInside(text: string, event: ScalarEvent, offset: number): number | undefined {
  if (event.valueStart === -1) return undefined;
  const before = getScalarValue(text, event).slice(0, offset);
  if (event.style !== SCALAR_STYLE.LITERAL_BLOCK) {
    return text.startsWith(before, event.valueStart) ? event.valueStart + before.length : undefined;
  }
  const written = text.slice(event.valueStart, event.valueEnd).split('\n');
  const lines = before.split('\n');
  const above = written.slice(0, lines.length - 1).reduce((sum, line) => sum + line.length + 1, 0);
  return event.valueStart + above + event.indent + lines.at(-1)!.length;
}
