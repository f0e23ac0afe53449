import { expect } from 'chai';
import { keywordsOf, type Level } from '../../engine/playbook/keywords.ts';

const words = (text: string) => text.trim().split(/\s+/);

const everywhere = words('name vars tags collections no_log run_once ignore_errors timeout debugger');
const shared = [
  ...everywhere,
  ...words('connection port remote_user become become_method become_user become_flags become_exe environment'),
  ...words('module_defaults check_mode diff any_errors_fatal ignore_unreachable throttle'),
];
const inside = [...shared, ...words('when delegate_to delegate_facts')];
const task = [
  ...inside,
  ...words('notify action local_action args async poll changed_when failed_when until delay retries loop loop_control'),
  'register',
];
const play = words(`hosts user gather_facts gather_subset gather_timeout fact_path vars_files vars_prompt roles handlers
  pre_tasks tasks post_tasks force_handlers max_fail_percentage serial strategy order`);

/** What each level takes; tasks and includes take `with_<lookup>` besides. */
const levels: Readonly<Record<Level, readonly string[]>> = {
  P: [...shared, ...play],
  R: [...inside, 'role'],
  B: [...inside, 'notify', 'block', 'rescue', 'always'],
  T: task,
  H: [...task, 'listen'],
  I: [...everywhere, 'when', 'args', 'loop', 'loop_control', 'register'],
  L: ['name', 'vars', 'tags', 'when', 'import_playbook'],
};

describe('the keywords', () => {
  for (const [level, expected] of Object.entries(levels)) {
    it(`of level ${level} are those of Ansible`, () =>
      void expect([...keywordsOf(level as Level)].toSorted()).to.deep.equal(expected.toSorted()));
  }
});
