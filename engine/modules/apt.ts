import { defineModule } from '../module/definition.ts';
import { applyApt, aptDiffs } from '../module/packages/apt-apply.ts';
import { aptArgs } from '../module/packages/apt-arguments.ts';
import { probeApt, wantedOfApt } from '../module/packages/apt-state.ts';

export default defineModule({
  summary: 'Installs, upgrades and removes packages of Debian and its children.',
  description: [
    'All packages of a task go through one apt-get run. It waits for another package manager up to `lock_timeout` seconds.',
    'A host without package lists, or with lists too old to find or fetch a package, gets them fetched once without being asked.',
    'With `update_cache`, nothing is fetched while every package is as it should be.',
  ],
  args: aptArgs,
  rules: { mutuallyExclusive: [['deb', 'name']] },
  returns: {
    cache_updated: 'whether the package lists were fetched',
    cache_update_time: 'when the lists were fetched last, in seconds since the epoch',
    stdout: 'what apt-get printed',
    stderr: 'what apt-get complained of',
  },
  examples: `- name: Install haproxy
  apt:
    name: haproxy
    state: present
    update_cache: true
    cache_valid_time: 3600`,
  probe: ({ args, target }) => probeApt(args, target),
  desired: ({ args, state }) => wantedOfApt(args, state),
  apply: ({ args, state, wanted, target }) => applyApt(args, state, wanted, target),
  returned: ({ state }) => ({ cache_updated: false, cache_update_time: state.fetched }),
  preview: ({ state, change }) => aptDiffs(state, change),
});
