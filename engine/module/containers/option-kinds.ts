/** The usual kinds of options of a container: one text, one switch, one size, one list. */
import type { Inspection } from '../../target/queries/docker.ts';
import { isPlain } from '../convert.ts';
import { optionWord } from '../option-word.ts';
import type { ContainerArgs } from './container-arguments.ts';
import { at } from './docker.ts';
import { bytesOf, sortedTexts, textsOf } from './option-values.ts';

/** An option as a task asks for it, as docker tells it, and as a word for `docker create`. */
export interface ContainerOption {
  /** What the task asks for, in the form of `actual`; undefined where it asks for nothing. */
  wanted(args: ContainerArgs, image: Inspection | undefined): unknown;
  actual(container: Inspection, args: ContainerArgs): unknown;
  /** Words for `docker create`; what is passed in another way has none. */
  flags?(args: ContainerArgs): readonly string[];
}

type Name = keyof ContainerArgs;

export function text(name: Name, option: string, ...path: readonly string[]): ContainerOption {
  return {
    wanted: (args) => args[name],
    actual: (container) => String(at(container, ...path) ?? ''),
    flags: (args) => optionWord(option, args[name]),
  };
}

export function flag(name: Name, option: string, ...path: readonly string[]): ContainerOption {
  return {
    wanted: (args) => args[name],
    actual: (container) => at(container, ...path) === true,
    flags: (args) => (args[name] === undefined ? [] : [`--${option}=${args[name]}`]),
  };
}

type Size = 'memory' | 'memory_reservation' | 'memory_swap' | 'kernel_memory' | 'shm_size';

export function bytes(name: Size, option: string, ...path: readonly string[]): ContainerOption {
  const wanted = (args: ContainerArgs) => {
    const size = args[name];
    if (size === undefined) return undefined;
    return name === 'memory_swap' && /^(unlimited|-1)$/.test(size) ? -1 : bytesOf(name, size);
  };
  return {
    wanted,
    actual: (container) => at(container, ...path) ?? 0,
    flags: (args) => optionWord(option, wanted(args)),
  };
}

/** A number of the host's configuration; `none` is what docker tells of one that is not set. */
export function number(name: Name, option: string, field: string, none = 0): ContainerOption {
  return {
    wanted: (args) => args[name],
    actual: (container) => at(container, 'HostConfig', field) ?? none,
    flags: (args) => optionWord(option, args[name]),
  };
}

type Listed =
  | 'dns_servers'
  | 'dns_opts'
  | 'dns_search_domains'
  | 'capabilities'
  | 'cap_drop'
  | 'security_opts'
  | 'groups'
  | 'volumes_from'
  | 'links'
  | 'device_cgroup_rules';

export function list(
  name: Listed,
  option: string,
  path: readonly string[],
  normal: (one: string) => string = String,
): ContainerOption {
  return {
    wanted: (args) => args[name] && sortedTexts(args[name].map(normal)),
    actual: (container) => sortedTexts(textsOf(at(container, ...path)).map(normal)),
    flags: (args) => each(option, args[name]?.map(normal)),
  };
}

export const each = (option: string, values: readonly string[] = []) => values.map((value) => `--${option}=${value}`);

export function pairs(lines: readonly string[], sign = '='): Readonly<Record<string, string>> {
  return Object.fromEntries(
    lines.map((line) => {
      const end = line.indexOf(sign);
      return end < 0 ? [line, ''] : [line.slice(0, end), line.slice(end + 1)];
    }),
  );
}

export function mapOf(value: unknown): Readonly<Record<string, string>> {
  return isPlain(value) ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, String(one)])) : {};
}

export function mappingAt(found: unknown, ...path: readonly string[]): Readonly<Record<string, unknown>> {
  const value = at(found, ...path);
  return isPlain(value) ? value : {};
}
