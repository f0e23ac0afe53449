import { expect } from 'chai';
import { boundTarget, NotAhead, readOnlyTarget } from '../../engine/run/bound-target.ts';
import type { QueryKind } from '../../engine/target/query.ts';
import type { Target } from '../../engine/target/target.ts';

const kind: QueryKind<string, string> = {
  name: 'pods',
  domains: [],
  id: (key) => key,
  script: ([key]) => `ask ${key}`,
  parse: () => [],
};
const volatile = { ...kind, volatile: true } as const;
/** Answers with the script it would run. */
const target = { query: async (asked: typeof kind, key: string) => asked.script([key]) } as unknown as Target;

describe('the target of one task', () => {
  it('asks in the environment of the task what is asked for it alone', async () => {
    const bound = boundTarget(target, { KUBECONFIG: "/it's" }, undefined);
    expect(await bound.query(volatile, 'a')).to.equal("export KUBECONFIG='/it'\\''s'\nask a");
    expect(await bound.query(kind, 'a')).to.equal('ask a');
  });

  it('does not ask ahead of the task what changes meanwhile', async () => {
    expect(await readOnlyTarget(target).query(kind, 'a')).to.equal('ask a');
    expect(() => readOnlyTarget(target).query(volatile, 'a')).to.throw(NotAhead);
  });
});
