/** The arguments of k8s. */
import type { ListedKey } from '../../target/queries/kubernetes.ts';
import type { ArgsLiteral, ArgsOf } from '../arguments.ts';
import { refuse } from '../refuse.ts';
import { accessArgs, accessOf, hiddenFieldsArg, waitArgs } from './arguments.ts';

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
  validate: {
    type: 'dict',
    options: {
      fail_on_error: { type: 'bool', required: true, description: 'false takes what does not fit the schema' },
      strict: { type: 'bool', default: true, description: 'false takes fields that the schema does not know' },
      version: { description: 'refused' },
    },
    description: 'how objects are held against their schema; what does not fit is an error unless told',
  },
  continue_on_error: {
    type: 'bool',
    default: false,
    description:
      'what cannot be done of one object does not keep the others, and is told as error; the task does not fail',
  },
  hidden_fields: hiddenFieldsArg,
  generate_name: { description: 'refused: a second run would make a second object' },
  force: { type: 'bool', default: false, description: 'refused: objects are applied, never replaced' },
  append_hash: {
    type: 'bool',
    default: false,
    description: 'names of ConfigMaps and Secrets end in a hash of what they hold, as kubectl makes it',
  },
  label_selectors: {
    type: 'list',
    elements: 'str',
    default: [],
    description:
      'only objects with these labels: app=shop, env in (a,b), !old; absent without a name deletes all that have them',
  },
  delete_all: {
    type: 'bool',
    default: false,
    description: 'absent without a name deletes all of the kind; in all namespaces unless one is told',
  },
  ...accessArgs,
  ...waitArgs,
} as const satisfies ArgsLiteral;
export type K8sArgs = ArgsOf<typeof k8sArgs>;

/** True for a task that deletes whatever is found, instead of what it names. */
export const isSelection = (args: K8sArgs): boolean =>
  args.state === 'absent' &&
  [args.definition, args.src, args.template, args.name].every((one) => one === undefined) &&
  (args.delete_all || args.label_selectors.length > 0);

export const selectionOf = (args: K8sArgs): ListedKey => ({
  access: accessOf(args),
  ...{
    apiVersion: args.api_version,
    kind: args.kind ?? '',
    namespace: args.namespace,
    selectors: args.label_selectors,
  },
});

/** @throws ModuleFailure naming what the task asks for that is not done. */
export function refuseUnknown(args: K8sArgs): void {
  refuse('k8s', [
    [args.generate_name !== undefined, 'generate_name: name the object, so that a second run finds it'],
    [args.force, 'force: objects are applied, never replaced; delete it by a task before where it must go'],
    [args.validate?.version !== undefined, 'validate.version: the server looks at objects as one of its own version'],
    [args.delete_options?.preconditions !== undefined, 'delete_options.preconditions: say when on the task'],
  ]);
}

/** What `kubectl apply` is told beside the manifest. */
export function applyOptions({ server_side_apply: serverSide, validate }: K8sArgs): readonly string[] {
  const isLax = validate !== undefined && !(validate.fail_on_error && validate.strict);
  const lax = isLax ? ['--validate=false'] : [];
  if (serverSide === undefined) return lax;
  const { field_manager: manager, force_conflicts: force } = serverSide;
  return [...lax, '--server-side', `--field-manager=${manager}`, ...(force ? ['--force-conflicts'] : [])];
}

/** In the words of kubectl. */
export const mergeTypes = ({ merge_type: types }: K8sArgs): readonly string[] =>
  types.map((type) => (type === 'strategic-merge' ? 'strategic' : type));
