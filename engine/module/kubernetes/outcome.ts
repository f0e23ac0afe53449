/** What the result of k8s says of each object. */
import { type KubernetesObject, objectLabel } from '../../target/queries/kubernetes.ts';
import type { Result } from '../definition.ts';
import type { Subject } from './apply.ts';
import { withoutFields } from './hidden-fields.ts';
import type { K8sArgs } from './k8s-arguments.ts';
import { shown } from './objects.ts';

/** Why something could not be done of an object, and whether it was changed all the same (and only waited for in vain). */
export interface Trouble {
  readonly msg: string;
  readonly isChanged: boolean;
}

/** `differs` are the objects that were to be changed. */
export function outcome(
  args: K8sArgs,
  subjects: readonly Subject[],
  differs: (index: number) => boolean,
  troubles: ReadonlyMap<Subject, Trouble> = new Map(),
): Result {
  const results = subjects.map((subject, index) => {
    const { manifest, live, next, isLeftOut } = subject;
    const trouble = subject.error === undefined ? troubles.get(subject) : { msg: subject.error, isChanged: false };
    const changed = differs(index) && trouble?.isChanged !== false;
    const object = changed && args.state !== 'absent' ? next : live;
    return {
      result: object ? seen(args, object) : {},
      ...(changed && { method: methodOf(args, live) }),
      ...(trouble && { error: { msg: trouble.msg } }),
      ...(isLeftOut && { msg: `${objectLabel(manifest)} is left out by label_selectors` }),
      changed,
    };
  });
  const skipped = args.state === 'patched' ? subjects.filter(isMissing) : [];
  const warnings = skipped.map(({ manifest }) => `${objectLabel(manifest)} is not there, so it is not patched`);
  const [only, ...others] = results;
  const told = only && others.length === 0 ? withoutChanged(only) : { result: { results } };
  return { ...(warnings.length > 0 && { warnings }), ...told };
}

/** An object as the result has it. */
export const seen = (args: K8sArgs, object: KubernetesObject): KubernetesObject =>
  withoutFields(shown(object), args.hidden_fields);

const isMissing = ({ live, isLeftOut, error }: Subject): boolean =>
  live === undefined && !isLeftOut && error === undefined;

const withoutChanged = ({ changed: _, ...rest }: Result): Result => rest;

function methodOf({ state }: K8sArgs, live: KubernetesObject | undefined): string {
  if (state === 'absent') return 'delete';
  if (state === 'patched') return 'patch';
  return live === undefined ? 'create' : 'apply';
}
