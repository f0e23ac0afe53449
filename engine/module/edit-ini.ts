/** One option or section of an INI text put in, changed or taken out, by the rules of Ansible's ini_file. */

export interface IniEdit {
  readonly state: 'present' | 'absent';
  /** The part before the first section when left out. */
  readonly section?: string | undefined;
  /** Of sections of one name, the one with these options is meant. */
  readonly section_has_values?: readonly IniHas[] | undefined;
  readonly option?: string | undefined;
  /** `undefined` alone: the option stands without a value. */
  readonly values: readonly (string | undefined)[];
  readonly exclusive: boolean;
  readonly no_extra_spaces: boolean;
  readonly ignore_spaces: boolean;
  readonly modify_inactive_option: boolean;
}

interface IniHas {
  readonly option: string;
  readonly values: readonly string[];
}

export interface EditedIni {
  readonly text: string;
  readonly msg: string;
}

/** Lines of one section, its header not among them: `from` is the first, `to` is behind the last. */
interface Section {
  readonly from: number;
  readonly to: number;
}

/** The text as asked for, and in Ansible's words what happened to it. */
export function editIni(text: string, edit: IniEdit): EditedIni {
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  const joined = (all: readonly string[], msg: string) => {
    const after = all.map((line) => `${line}\n`).join('');
    return after === text || all.join('\n') === text ? { text, msg: 'OK' } : { text: after, msg };
  };
  const section = sectionOf(lines, edit);
  if (edit.state === 'absent') {
    if (section === undefined) return { text, msg: 'OK' };
    const { from, to } = section;
    if (edit.option === undefined)
      return joined([...lines.slice(0, Math.max(0, from - 1)), ...lines.slice(to)], 'section removed');
    const kept = lines.slice(from, to).filter((line) => !isToGo(line, edit));
    return joined([...lines.slice(0, from), ...kept, ...lines.slice(to)], 'option changed');
  }
  if (section === undefined) {
    const has = (edit.section_has_values ?? []).flatMap(({ option, values }) =>
      values.map((value) => assignment(option, value, edit)),
    );
    const options = edit.values.map((value) => (edit.option === undefined ? [] : assignment(edit.option, value, edit)));
    const msg = edit.option === undefined ? 'only section added' : 'section and option added';
    return joined([...lines, `[${edit.section ?? ''}]`, ...has, ...options.flat()], msg);
  }
  if (edit.option === undefined) return { text, msg: 'OK' };
  const { lines: fresh, msg } = withOption(lines.slice(section.from, section.to), edit.option, edit);
  return joined([...lines.slice(0, section.from), ...fresh, ...lines.slice(section.to)], msg);
}

const header = /^\s*\[(.*)\]\s*([#;].*)?$/;

function sectionOf(lines: readonly string[], { section, section_has_values: has = [] }: IniEdit): Section | undefined {
  const heads = lines.flatMap((line, index) => (header.test(line) ? [index] : []));
  const endOf = (head: number) => heads.find((other) => other > head) ?? lines.length;
  if (section === undefined || section === '') return { from: 0, to: endOf(-1) };
  return heads
    .filter((head) => header.exec(lines[head]!)?.[1]?.trim() === section)
    .map((head) => ({ from: head + 1, to: endOf(head) }))
    .find(({ from, to }) => {
      const inside = lines.slice(from, to).map((line) => entryOf(line));
      return has.every(({ option, values }) =>
        values.every((value) =>
          inside.some((entry) => entry?.active && entry.option === option && entry.value === value),
        ),
      );
    });
}

interface Entry {
  readonly option: string;
  /** `undefined` for an option that stands alone. */
  readonly value: string | undefined;
  readonly active: boolean;
}

/** A line as an option; `#option = value` is one that is inactive. */
function entryOf(line: string): Entry | undefined {
  const [, comment, option, equals, value] = /^\s*([#;]?)\s*([^=]*?)\s*(?:(=)\s*(.*?)\s*)?$/.exec(line) ?? [];
  if (option === undefined || option === '' || (comment !== '' && equals === undefined)) return undefined;
  return { option, value, active: comment === '' };
}

function isToGo(line: string, { option, values, exclusive }: IniEdit): boolean {
  const entry = entryOf(line);
  if (!entry?.active || entry.option !== option) return false;
  return exclusive || values.length === 0 || values.includes(entry.value);
}

function assignment(option: string, value: string | undefined, { no_extra_spaces }: IniEdit): string {
  if (value === undefined) return option;
  return no_extra_spaces ? `${option}=${value}` : `${option} = ${value}`.trimEnd();
}

/**
 * The lines of a section with the option as asked for. Lines that say a wanted value already stay where they are, then the
 * other lines of that name take the values left, active ones first; what then is still missing goes behind the last option.
 */
function withOption(lines: readonly string[], option: string, edit: IniEdit) {
  const fresh: (string | undefined)[] = [...lines];
  const missing = [...edit.values];
  const settled = new Set<number>();
  let [changed, added] = [false, false];
  const entries = lines.map((line) => entryOf(line));
  const usable = entries.flatMap((entry, index) =>
    entry?.option === option && (entry.active || edit.modify_inactive_option) ? [index] : [],
  );
  const inOrder = [...usable.filter((at) => entries[at]?.active), ...usable.filter((at) => !entries[at]?.active)];
  const say = (at: number, value: string | undefined) => {
    const line = assignment(option, value, edit);
    settled.add(at);
    const same = edit.ignore_spaces && entries[at]?.active && entries[at]?.value === value;
    if (same || lines[at] === line) return;
    fresh[at] = line;
    changed = true;
  };
  for (const at of inOrder) {
    const wanted = missing.indexOf(entries[at]?.value);
    if (wanted < 0) continue;
    say(at, missing[wanted]);
    missing.splice(wanted, 1);
  }
  if (edit.exclusive) {
    for (const at of inOrder) {
      if (settled.has(at)) continue;
      if (missing.length > 0) say(at, missing.shift());
      else if (entries[at]?.active) {
        fresh[at] = undefined;
        changed = true;
      }
    }
  }
  if (missing.length > 0) {
    const last = fresh.findLastIndex((line) => line !== undefined && /^\s*[^\s#;]/.test(line));
    fresh.splice(last + 1, 0, ...missing.map((value) => assignment(option, value, edit)));
    added = true;
  }
  const msg = added ? 'option added' : changed ? 'option changed' : 'OK';
  return { lines: fresh.filter((line) => line !== undefined), msg };
}
