import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'chai';
import type { AnyModule, Controller } from '../../engine/module/definition.ts';
import { intentOf } from '../../engine/run/intent.ts';
import { statKind } from '../../engine/target/files.ts';
import type { QueryKind } from '../../engine/target/query.ts';
import type { ReadableTarget, Target } from '../../engine/target/target.ts';

const volatile = { ...statKind, name: 'api', volatile: true } as unknown as QueryKind<string, string>;

/** A module of files that keeps what it is given, and does what it is told. */
function module(parts: {
  readonly probe?: (target: ReadableTarget) => Promise<object>;
  readonly apply?: (target: Target) => Promise<void>;
}): AnyModule {
  return {
    args: {},
    onlyFiles: true,
    probe: async ({ target }: { readonly target: ReadableTarget }) => (await parts.probe?.(target)) ?? {},
    desired: async () => ({ is: 'so' }),
    apply: async ({ target }: { readonly target: Target }) => void (await parts.apply?.(target)),
  } as unknown as AnyModule;
}

const controller = {} as Controller;
const intend = (host: string, about: AnyModule, ask = async () => undefined as never) =>
  intentOf({ module: about, args: {}, diff: false, controller }, host, ask);
const folder = (path: string) => module({ apply: (target) => target.makeDirectory(path, { mode: '0755' }) });
const madeBy = async (planned: ReturnType<typeof intend>) => (await planned)?.changes.flatMap(({ makes }) => makes);

describe('what a task would do', () => {
  it('is noted for each task by itself, one after the other and at once', async () => {
    expect(await madeBy(intend('h1', folder('/a')))).to.deep.equal(['/a']);
    expect(await madeBy(intend('h2', folder('/b')))).to.deep.equal(['/b']);
    const both = [intend('h1', folder('/c')), intend('h2', folder('/d'))].map(madeBy);
    expect(await Promise.all(both)).to.deep.equal([['/c'], ['/d']]);
  });

  it('is asked of the host that the task is for', async () => {
    const asked: string[] = [];
    const curious = module({
      probe: async (target) => {
        await target.stat('/etc/hosts');
        asked.push(target.host);
        return {};
      },
    });
    for (const host of ['h1', 'h2']) {
      await intend(host, curious, async () => {
        asked.push(`${host} is asked`);
        return undefined as never;
      });
    }
    expect(asked).to.deep.equal(['h1 is asked', 'h1', 'h2 is asked', 'h2']);
  });

  it('is not known where more than files is asked for, and nobody is left with a promise that nobody hears', async () => {
    const unheard: unknown[] = [];
    const hear = (reason: unknown) => unheard.push(reason);
    process.on('unhandledRejection', hear);
    const both = module({ probe: (target) => Promise.all([target.stat('/a'), target.query(volatile, 'b')]) });
    expect(await intend('h1', both, () => Promise.reject(new Error('not remembered')))).to.equal(undefined);
    await turn();
    process.off('unhandledRejection', hear);
    expect(unheard).to.deep.equal([]);
  });

  it('is not known where a module goes on after it was refused', async () => {
    const stubborn = module({
      apply: async (target) => {
        await (async () => target.remove('/a'))().catch(() => {});
        await target.makeDirectory('/b', {});
      },
    });
    expect(await intend('h1', stubborn)).to.equal(undefined);
    expect(await madeBy(intend('h1', folder('/c')))).to.deep.equal(['/c']);
  });
});
