import { refuseElsewhere } from '../module/containers/access.ts';
import { imageReference, inspected, plannedImage } from '../module/containers/docker.ts';
import { archiveOf, type ImageArgs, imageArgs, makeImage } from '../module/containers/image-source.ts';
import { atRegistry } from '../module/containers/registry.ts';
import { type Change, defineModule } from '../module/definition.ts';
import { Unknown } from '../module/values.ts';
import { predicted, statEffects } from '../target/effects.ts';
import { ModuleFailure } from '../target/failure.ts';
import { absent, dockerKinds, familiar, type Inspection } from '../target/queries/docker.ts';
import { effect } from '../target/query.ts';
import { quote } from '../target/quote.ts';
import type { Target } from '../target/target.ts';

interface ImageState {
  readonly present: boolean;
  /** `force_source` asks for what is never so beforehand. */
  readonly fresh: boolean;
  /** `repository` names the same image. */
  readonly tagged: boolean;
  readonly archived: boolean;
  /** docker remembers the digest under which the registry has the image. */
  readonly pushed: boolean;
  /** What docker says of it; never asked for. */
  readonly image: Inspection | undefined;
}

export default defineModule({
  summary: 'Makes docker images be there, by build, load or pull, or not.',
  description: [
    'An image of that name that is there is left alone, whatever its source holds by now; `force_source` asks again.',
  ],
  args: imageArgs,
  rules: {
    requiredIf: [
      ['source', 'build', ['build']],
      ['source', 'load', ['load_path']],
    ],
  },
  returns: { image: 'what docker inspect says of it', stdout: 'what docker printed' },
  examples: `- name: Load haproxy, for hosts that cannot pull
  docker_image:
    name: haproxy:2.6
    source: load
    load_path: images/haproxy_2.6.tar
    remote_src: false`,

  async probe({ args, target }): Promise<ImageState> {
    refuseElsewhere(args);
    const { repository, archive_path: archive } = args;
    const [image, other, file] = await Promise.all([
      inspected(target, 'image', referenceOf(args)),
      repository === undefined ? undefined : inspected(target, 'image', imageReference(repository, tagOf(args))),
      archive === undefined ? undefined : target.stat(archive, { follow: true }),
    ]);
    const digests = Array.isArray(image?.['RepoDigests']) ? image['RepoDigests'].map(String) : [];
    return {
      present: image !== undefined,
      fresh: false,
      tagged: image !== undefined && image['Id'] === other?.['Id'],
      archived: file?.exists ?? false,
      pushed: digests.some((digest) => familiar(digest).startsWith(`${familiar(repositoryOf(pushedName(args)))}@`)),
      image,
    };
  },

  desired({ args, state, controller }) {
    if (args.state === 'absent') return { present: false };
    const fresh = args.force_source && args.source !== 'local' && args.source !== undefined;
    const makes = !state.present || fresh;
    if (!state.present) refuseNowhere(args);
    if (makes && args.source === 'load' && !args.remote_src) archiveOf(args, controller);
    return {
      present: true,
      ...(fresh && state.present && { fresh: true }),
      ...(args.repository !== undefined && { tagged: true }),
      ...(args.archive_path !== undefined && { archived: true }),
      ...(args.push && { pushed: true }),
    };
  },

  async apply({ args, state, change, target, controller }) {
    const reference = referenceOf(args);
    if (change.present?.after === false) {
      const stdout = await docker(
        target,
        `docker image rm ${args.force_absent ? '-f ' : ''}${quote(reference)} </dev/null`,
        {
          summary: `docker image rm ${reference}`,
          effects: [effect(dockerKinds.image, reference, absent)],
        },
      );
      return { stdout };
    }
    const made = change.present || change.fresh ? await makeImage(args, reference, target, controller) : undefined;
    const isOther = made !== undefined && (made.id === undefined || made.id !== state.image?.['Id']);
    const pushed = await handOn(args, change, isOther, target);
    const isSame = !isOther && Object.keys(change).join() === 'fresh';
    return { stdout: [made?.stdout, pushed].filter(Boolean).join('\n'), ...(isSame && { changed: false }) };
  },

  returned: ({ state, wanted }) => ({ image: (wanted.present && state.image) || {} }),
  after: async ({ args, target }) =>
    args.state === 'absent' ? {} : { image: resultOf(await inspected(target, 'image', referenceOf(args))) },
});

/** An image that is only planned has an id nobody knows. */
const resultOf = (image: Inspection | undefined) =>
  image?.['Id'] === plannedImage['Id'] ? new Unknown('the image is not there yet') : (image ?? {});

const referenceOf = ({ name, tag }: ImageArgs) => imageReference(name, tag);
const tagOf = (args: ImageArgs) => /:([^/:]+)$/.exec(referenceOf(args))?.[1] ?? args.tag;
const pushedName = (args: ImageArgs) =>
  args.repository === undefined ? referenceOf(args) : imageReference(args.repository, tagOf(args));
const repositoryOf = (reference: string) => reference.replace(/@.*$/, '').replace(/:[^/:]*$/, '');

function refuseNowhere(args: ImageArgs): void {
  const name = referenceOf(args);
  if (args.source === undefined)
    throw new ModuleFailure(`there is no image ${name}, and no \`source\` says where it comes from`);
  if (args.source === 'local') throw new ModuleFailure(`there is no image ${name} on the host`);
}

/** The image under its other name, in a file, and in a registry, as far as that is asked for. */
async function handOn(args: ImageArgs, change: Change<ImageState>, isOther: boolean, target: Target): Promise<string> {
  const [reference, other] = [referenceOf(args), pushedName(args)];
  const planned = { state: 'present', value: plannedImage } as const;
  if (change.tagged || (isOther && args.repository !== undefined))
    await docker(target, `docker tag ${quote(reference)} ${quote(other)} </dev/null`, {
      summary: `docker tag ${reference} ${other}`,
      effects: [effect(dockerKinds.image, other, planned)],
    });
  const path = args.archive_path;
  if (path !== undefined && (change.archived || isOther)) {
    const part = quote(`${path}.kplay`);
    await target.mutate({
      summary: `docker save ${reference}`,
      script: `docker save -o ${part} ${quote(reference)} </dev/null && mv -f ${part} ${quote(path)} || { rm -f ${part}; exit 1; }`,
      effects: statEffects(path, predicted('file', { mode: '0600' })),
      touches: ['files'],
    });
  }
  if (!change.pushed && !(isOther && args.push)) return '';
  const digested = { ...plannedImage, RepoDigests: [`${repositoryOf(other)}@(known once it is pushed)`] };
  return docker(target, atRegistry(`docker push ${quote(other)}`, other), {
    summary: `docker push ${other}`,
    effects: [effect(dockerKinds.image, reference, { state: 'present', value: digested })],
  });
}

/** One call that changes nothing but images. */
async function docker(
  target: Target,
  script: string,
  mutation: Pick<Parameters<Target['mutate']>[0], 'summary' | 'effects'>,
): Promise<string> {
  const { stdout } = await target.mutate({
    ...mutation,
    script,
    touches: ['containers'],
  });
  return stdout.toString('utf8').trimEnd();
}
