import { applyContainer } from '../module/containers/container-apply.ts';
import { behaved, containerArgs } from '../module/containers/container-arguments.ts';
import { isOfRun } from '../module/containers/container-run.ts';
import { containerDiff, containerResult } from '../module/containers/container-shown.ts';
import { probeContainer, wantedOfContainer } from '../module/containers/container-state.ts';
import { inspected } from '../module/containers/docker.ts';
import { defineModule } from '../module/definition.ts';

export default defineModule({
  summary: 'Makes, changes, starts, stops and removes docker containers.',
  description: [
    'Only what a task says of a container counts, and what it said when it made the container: another image or option makes it anew.',
    'The new container is made beside the old one, and takes its place; when it does not start, the old one comes back.',
    'An image that is missing is pulled. Volumes are kept.',
    'With detach: false it is run to its end, and again by every run, as one that has ended does not run.',
  ],
  args: containerArgs,
  returns: {
    container:
      'what docker inspect says of it, without the values of its environment; with detach: false its Output as well',
    status: 'running, exited, …; with detach: false the number it ended with',
  },
  examples: `- name: Run a load balancer in a container
  docker_container:
    name: k8snginx
    image: nginx:1.22
    restart_policy: always
    network_mode: host
    volumes:
      - /etc/k8snginx/nginx.conf:/etc/nginx/nginx.conf:ro`,
  probe: ({ args, target }) => probeContainer(behaved(args), target),
  desired: ({ args, state }) => wantedOfContainer(behaved(args), state),
  apply: ({ args, state, change, target }) => applyContainer(behaved(args), state, change, target),
  returned: ({ args, state }) => (args.state === 'absent' ? {} : containerResult(state.container)),
  // one that has been run to its end has told all
  after: async ({ args, result, target }) =>
    args.state === 'absent' || isOfRun(result) ? {} : containerResult(await inspected(target, 'container', args.name)),
  preview: ({ args, state, wanted }) => [containerDiff(args.name, state, wanted)],
});
