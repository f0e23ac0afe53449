import { randomBytes } from 'node:crypto';
import { reached } from '../module/containers/reached.ts';
import { defineModule } from '../module/definition.ts';
import { statEffects } from '../target/effects.ts';
import { ModuleFailure } from '../target/failure.ts';
import { containerdImageKind } from '../target/queries/containerd.ts';
import { absent } from '../target/queries/docker.ts';
import { effect } from '../target/query.ts';
import { quote } from '../target/quote.ts';

interface ImageState {
  /** The digest, null where there is no such image. */
  readonly present: boolean;
  readonly digest: string | undefined;
}

export default defineModule({
  summary: 'Makes images of containerd be there, by import of an archive, or not.',
  description: [
    'An image of that name that is there is left alone. It is imported by ctr, which comes with containerd.',
  ],
  args: {
    name: { required: true, description: 'the whole reference: registry.k8s.io/pause:3.2' },
    source: { type: 'path', aliases: ['src'], description: 'the archive, of docker save or as OCI has it' },
    remote_src: { type: 'bool', default: false, description: 'source is on the host; otherwise on the controller' },
    namespace: { default: 'k8s.io', description: 'of containerd; that of Kubernetes unless told' },
    state: { choices: ['present', 'absent'], default: 'present' },
  },
  returns: { digest: 'of the image', namespace: 'as asked' },
  examples: `- name: Import the image that holds the namespaces of a pod
  containerd_image:
    name: registry.k8s.io/pause:3.2
    source: images/pause_3.2.tar`,
  async probe({ args, target }): Promise<ImageState> {
    const answer = await target.query(containerdImageKind, { namespace: args.namespace, name: args.name });
    const digest = await reached(answer, 'containerd', target);
    return { present: digest !== undefined, digest };
  },
  desired({ args, state, controller }) {
    if (args.state === 'absent') return { present: false };
    if (!state.present && args.source === undefined)
      throw new ModuleFailure(
        `there is no image ${args.name} in ${args.namespace}: \`source\` says where it comes from`,
      );
    if (!state.present && !args.remote_src) controller.find('files', args.source ?? '');
    return { present: true };
  },
  async apply({ args, change, target, controller }) {
    const { name, namespace, source = '' } = args;
    const [ctr, key] = [`ctr -n ${quote(namespace)} images`, { namespace, name }];
    if (change.present?.after === false) {
      const script = `${ctr} rm ${quote(name)} </dev/null`;
      const effects = [effect(containerdImageKind, key, absent)];
      await target.mutate({ summary: `ctr images rm ${name}`, script, effects, touches: ['containers'] });
      return;
    }
    const uploaded = args.remote_src ? undefined : `/var/tmp/.kplay.${randomBytes(8).toString('hex')}.tar`;
    if (uploaded !== undefined)
      await target.writeFile(uploaded, await controller.file(controller.find('files', source)), { mode: '0600' });
    await target.mutate({
      summary: `ctr images import ${name}`,
      script: [
        ...(uploaded === undefined ? [] : [`trap 'rm -f ${uploaded}' EXIT`]),
        `o=$(${ctr} import ${quote(uploaded ?? source)} 2>&1 </dev/null) || { printf '%s\\n' "$o" >&2; exit 1; }`,
        `[ -n "$(${ctr} ls -q name==${quote(name)} </dev/null)" ] ||`,
        `  { printf '%s\\n' ${quote(`there still is no image ${name} in ${namespace}, but ctr said:`)} "$o" >&2; exit 1; }`,
      ].join('\n'),
      effects: [
        effect(containerdImageKind, key, { state: 'present', value: '(known once it is there)' }),
        ...(uploaded === undefined ? [] : statEffects(uploaded, { exists: false })),
      ],
      touches: ['containers', 'files'],
    });
  },
  returned: ({ args, state }) => ({
    namespace: args.namespace,
    ...(state.digest !== undefined && args.state === 'present' && { digest: state.digest }),
  }),
  async after({ args, target }) {
    const answer = await target.query(containerdImageKind, { namespace: args.namespace, name: args.name });
    return answer.state === 'present' ? { digest: answer.value } : {};
  },
  preview({ args, wanted }) {
    const header = `image ${args.name} of ${args.namespace}`;
    const [there, gone] = [`${args.name}\n`, ''];
    const [before, after] = wanted.present ? [gone, there] : [there, gone];
    return [{ beforeHeader: header, afterHeader: header, before, after }];
  },
});
