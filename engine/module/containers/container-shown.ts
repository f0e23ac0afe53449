/** A container as results and diffs show it: never the values of its environment. */
import type { Inspection } from '../../target/queries/docker.ts';
import { isPlain } from '../convert.ts';
import type { Diff, Result } from '../definition.ts';
import { Unknown } from '../values.ts';
import type { Configuration, ContainerState } from './container-state.ts';
import { at } from './docker.ts';

/** What docker says of it. */
export function containerResult(found: Inspection | undefined): Result {
  if (found === undefined) return {};
  const config = at(found, 'Config');
  if (!isPlain(config)) {
    const unknown = new Unknown('the container is not there yet');
    return { container: unknown, status: unknown };
  }
  const { Env: _, ...shown } = config;
  return { container: { ...found, Config: shown }, status: at(found, 'State', 'Status') };
}

export function containerDiff(name: string, state: ContainerState, wanted: Partial<ContainerState>): Diff {
  const { configuration: after = state.configuration, running = state.running } = wanted;
  const again = [wanted.recreated && 'made anew', wanted.restarted && 'restarted', wanted.pulled && 'pulled'];
  return {
    beforeHeader: `container ${name}`,
    afterHeader: `container ${name}`,
    before: text(state.configuration, state.running, null),
    after: `${text(after, running, state.configuration)}${again.map((word) => (word ? `${word}\n` : '')).join('')}`,
  };
}

function text(configuration: Configuration | null, running: boolean, before: Configuration | null): string {
  if (configuration === null) return '';
  const lines = Object.entries(configuration).flatMap(([name, value]) => {
    if (name === 'env' && isPlain(value)) return environmentLines(value, before?.['env']);
    if (isPlain(value))
      return Object.entries(value)
        .sort()
        .map(([key, one]) => `${name}: ${key}=${one}`);
    if (Array.isArray(value) && name !== 'command') return value.map((one) => `${name}: ${one}`);
    return [`${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`];
  });
  return [...lines, running ? 'running' : 'not running', ''].join('\n');
}

function environmentLines(env: Readonly<Record<string, unknown>>, before: unknown): readonly string[] {
  return Object.entries(env)
    .sort()
    .map(([name, value]) => {
      const old = at(before, name);
      return `env: ${name}${old !== undefined && old !== value ? ' (another value)' : ''}`;
    });
}
