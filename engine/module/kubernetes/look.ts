/** The objects of a task as they are, and as the server would make them. */
import { ModuleFailure } from '../../target/failure.ts';
import {
  appliedKind,
  identityOf,
  type KubernetesObject,
  listedKind,
  objectKind,
  patchedKind,
} from '../../target/queries/kubernetes.ts';
import type { ReadableTarget } from '../../target/target.ts';
import { isPlain } from '../convert.ts';
import type { Controller } from '../definition.ts';
import type { Subject } from './apply.ts';
import { accessOf } from './arguments.ts';
import { applyOptions, isSelection, type K8sArgs, mergeTypes, selectionOf } from './k8s-arguments.ts';
import { matches, refuseEmpty } from './label-selector.ts';
import { manifestOf } from './manifest.ts';

/** @throws ModuleFailure for what is no manifest, and for what the API refuses, unless errors are no reason to stop. */
export async function subjectsOf(
  args: K8sArgs,
  controller: Controller,
  target: ReadableTarget,
): Promise<readonly Subject[]> {
  if (isSelection(args)) {
    refuseEmpty(args.label_selectors);
    const found = await target.query(listedKind, selectionOf(args));
    return found.map((live) => ({ manifest: identityOf(live), live, next: undefined }));
  }
  const manifests = await manifestOf(args, controller);
  const meant = manifests.filter((manifest) => args.state === 'absent' || isSelected(args, manifest));
  const subjects = await look(args, meant, target);
  return manifests.map((manifest) => {
    const subject = subjects.find((one) => one.manifest === manifest);
    if (subject === undefined) return { manifest, live: undefined, next: undefined, isLeftOut: true };
    const isLeftOut = args.state === 'absent' && subject.live !== undefined && !isSelected(args, subject.live);
    return isLeftOut ? { ...subject, isLeftOut } : subject;
  });
}

function isSelected({ label_selectors: selectors }: K8sArgs, { metadata }: KubernetesObject): boolean {
  const labels = metadata['labels'];
  return selectors.length === 0 || matches(selectors, isPlain(labels) ? labels : {});
}

/** One round trip, unless the task brings their namespace or kind. */
async function look(
  args: K8sArgs,
  manifests: readonly KubernetesObject[],
  target: ReadableTarget,
): Promise<readonly Subject[]> {
  const access = accessOf(args);
  const lives = manifests.map((object) => target.query(objectKind, { access, object: identityOf(object) }));
  const next = async (object: KubernetesObject): Promise<KubernetesObject | undefined> => {
    if (args.state === 'absent') return undefined;
    if (args.state === 'patched') return target.query(patchedKind, { access, object, types: mergeTypes(args) });
    const needed = manifests.findIndex((other) => brings(other, object));
    if (needed >= 0 && (await lives[needed]) === undefined) return object;
    return target.query(appliedKind, { access, object, options: applyOptions(args) });
  };
  const looks = manifests.map(async (manifest, index): Promise<Subject> => {
    const [live, made] = await Promise.all([lives[index], next(manifest)]);
    return { manifest, live, next: made };
  });
  if (!args.continue_on_error) return Promise.all(looks);
  return Promise.all(
    looks.map((one, index) =>
      one.catch((error: unknown) => {
        if (!(error instanceof ModuleFailure)) throw error;
        return { manifest: manifests[index]!, live: undefined, next: undefined, error: error.message };
      }),
    ),
  );
}

/** Whether an object can only be once another one is: the namespace it is in, the definition of its kind. */
function brings({ kind, metadata, spec }: KubernetesObject, object: KubernetesObject): boolean {
  if (kind === 'Namespace') return object.metadata.namespace === metadata.name && object.kind !== 'Namespace';
  if (kind !== 'CustomResourceDefinition') return false;
  const { group, names } = (spec ?? {}) as { readonly group?: string; readonly names?: { readonly kind?: string } };
  return names?.kind === object.kind && object.apiVersion.startsWith(`${group}/`);
}
