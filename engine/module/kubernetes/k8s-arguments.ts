/** The arguments of k8s. */
import type { ArgsLiteral, ArgsOf } from '../arguments.ts';
import { refuse } from '../refuse.ts';
import { accessArgs, hiddenFieldsArg, refuseHidden, waitArgs } from './arguments.ts';

export const k8sArgs = {
  state: {
    choices: ['present', 'absent', 'patched'],
    default: 'present',
    description:
      'present: applied; patched: merged into what is there already, nothing where it is not; absent: deleted',
  },
  definition: {
    type: 'raw',
    aliases: ['resource_definition', 'inline'],
    description: 'the objects: a mapping, a list of them, or YAML text of any number of documents',
  },
  src: {
    description: 'a file of the controller that holds them, looked for in files/ of the role and beside the playbook',
  },
  template: { type: 'raw', description: 'a template that gives them: a path, or a mapping of path and trim_blocks' },
  kind: { description: 'of an object named by arguments, or of those that do not say' },
  api_version: { default: 'v1', aliases: ['api', 'version'], description: 'likewise' },
  name: { description: 'likewise' },
  namespace: { description: 'for objects that name none' },
  apply: { type: 'bool', default: true, description: 'taken and ignored: objects are always applied' },
  server_side_apply: {
    type: 'dict',
    options: {
      field_manager: { required: true, description: 'who the server notes as the owner of the fields' },
      force_conflicts: { type: 'bool', default: false, description: 'take fields over from other owners' },
    },
    description: 'let the server merge; for objects too large for the annotation of the other way',
  },
  merge_type: {
    type: 'list',
    elements: 'str',
    choices: ['strategic-merge', 'merge'],
    default: ['strategic-merge', 'merge'],
    description: 'how patched merges; the next one where the server does not have the first for a kind',
  },
  delete_options: {
    type: 'dict',
    options: {
      propagationPolicy: { choices: ['Background', 'Foreground', 'Orphan'], default: 'Background' },
      gracePeriodSeconds: { type: 'int' },
      preconditions: { type: 'dict', description: 'refused' },
    },
    description: 'how absent deletes',
  },
  validate: { type: 'dict', description: 'taken and ignored: the server looks at every object in a dry run' },
  continue_on_error: {
    type: 'bool',
    default: false,
    description: 'taken and ignored: the task fails at the first error',
  },
  hidden_fields: hiddenFieldsArg,
  generate_name: { description: 'refused: a second run would make a second object' },
  force: { type: 'bool', default: false, description: 'refused: objects are applied, never replaced' },
  append_hash: { type: 'bool', default: false, description: 'refused' },
  label_selectors: { type: 'list', elements: 'str', default: [], description: 'refused' },
  delete_all: { type: 'bool', default: false, description: 'refused' },
  ...accessArgs,
  ...waitArgs,
} as const satisfies ArgsLiteral;
export type K8sArgs = ArgsOf<typeof k8sArgs>;

/** @throws ModuleFailure naming what the task asks for that is not done. */
export function refuseUnknown(args: K8sArgs): void {
  refuseHidden(args.hidden_fields);
  const byList = 'ask k8s_info for the objects, and loop over them';
  refuse('k8s', [
    [args.generate_name !== undefined, 'generate_name: name the object, so that a second run finds it'],
    [args.force, 'force: objects are applied, never replaced; delete it by a task before where it must go'],
    [args.append_hash, 'append_hash: name the object, and let the pods have an annotation with a checksum'],
    [args.label_selectors.length > 0, `label_selectors: ${byList}`],
    [args.delete_all, `delete_all: ${byList}`],
    [args.delete_options?.preconditions !== undefined, 'delete_options.preconditions: say when on the task'],
  ]);
}

/** What `kubectl apply` is told beside the manifest. */
export function applyOptions({ server_side_apply: serverSide }: K8sArgs): readonly string[] {
  if (serverSide === undefined) return [];
  const { field_manager: manager, force_conflicts: force } = serverSide;
  return ['--server-side', `--field-manager=${manager}`, ...(force ? ['--force-conflicts'] : [])];
}

/** In the words of kubectl. */
export const mergeTypes = ({ merge_type: types }: K8sArgs): readonly string[] =>
  types.map((type) => (type === 'strategic-merge' ? 'strategic' : type));
