import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type CliOptions, parseArguments } from '../../engine/cli/options.ts';
import { readSettings } from '../../engine/cli/settings.ts';
import { isKplayError } from '../../engine/errors.ts';
import { tail } from '../kplay.ts';
import { makeProject } from './project.ts';

type Environment = Readonly<Record<string, string>>;

describe('settings', () => {
  let root: string;
  const at = (name: string) => join(root, name);
  /** What a command in the folder `work` is told, with the home `home`. */
  const read = (texts: Readonly<Record<string, string>>, environment: Environment = {}) => {
    for (const [name, text] of Object.entries(texts)) writeFileSync(at(name), text);
    return readSettings({ cwd: at('work'), home: at('home'), environment });
  };
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'kplay-settings-'));
    for (const name of ['work', 'home', 'other']) mkdirSync(at(name), { mode: 0o755 });
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('are read from the file', () => {
    const { options, warnings, unread } = read(
      {
        'work/ansible.cfg': `# ours
[defaults]
inventory = hosts, ~/more ; two of them
forks: 7
remote_user = "deploy"
private_key_file = $KEYS/id
host_key_checking = False
roles_path = roles:
  /srv/roles
library = plugins
timeout = 30
vault_identity_list = dev@~/.dev, prod@prompt
vault_password_file = .pass
gathering = explicit
strategy = free
any_errors_fatal = yes
task_timeout = 60
ansible_managed = by kplay
display_skipped_hosts = no
jinja2_native = true
stdout_callback = yaml
[privilege_escalation]
become = True
become_user = app
become_method = su
become_ask_pass = no
[ssh_connection]
pipelining = True
ssh_args = -o ControlMaster=auto
ssh_common_args = -J gate
[diff]
always = yes
context = 1
`,
      },
      { KEYS: '/keys' },
    );
    expect([warnings, unread]).to.deep.equal([[], []]);
    expect(options).to.deep.equal({
      inventory: [at('work/hosts'), at('home/more')],
      forks: 7,
      user: 'deploy',
      privateKey: '/keys/id',
      hostKeyChecking: 'off',
      rolesPath: [at('work/roles'), '/srv/roles'],
      modulePath: [at('work/plugins')],
      timeout: 30,
      vaultIdentityList: [`dev@${at('home/.dev')}`, 'prod@prompt'],
      vaultDefaultFile: at('work/.pass'),
      gathering: 'explicit',
      strategy: 'free',
      anyErrorsFatal: true,
      taskTimeout: 60,
      managed: 'by kplay',
      showSkipped: false,
      diff: true,
      diffContext: 1,
      become: true,
      becomeUser: 'app',
      becomeMethod: 'su',
      askBecomePass: false,
      sshCommonArgs: '-J gate',
    });
  });

  const forks = (count: number) => `[defaults]\nforks=${count}\n`;

  it('come from the first file that is there: the one named, the folder’s, the user’s', () => {
    expect(read({ 'home/.ansible.cfg': forks(3) }).options).to.deep.equal({ forks: 3 });
    expect(read({ 'work/ansible.cfg': forks(2) }).options).to.deep.equal({ forks: 2 });
    const named = (path: string) => read({ 'other/ansible.cfg': forks(1) }, { ANSIBLE_CONFIG: at(path) }).options;
    expect([named('other/ansible.cfg'), named('other'), named('nothing')]).to.deep.equal([
      { forks: 1 },
      { forks: 1 },
      { forks: 2 },
    ]);
  });

  it('of a folder where anyone may write are passed over, and that is said', () => {
    chmodSync(at('work'), 0o777);
    const { options, warnings } = read({ 'work/ansible.cfg': forks(2), 'home/.ansible.cfg': forks(3) });
    expect(options).to.deep.equal({ forks: 3 });
    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.contain(`${at('work/ansible.cfg')} is not read`);
    const named = read({}, { ANSIBLE_CONFIG: at('work/ansible.cfg') });
    expect([named.options, named.warnings]).to.deep.equal([{ forks: 2 }, []]);
  });

  it('of the environment win over the file, and flags over both', () => {
    const environment = {
      ANSIBLE_FORKS: '5',
      ANSIBLE_INVENTORY: 'env',
      ANSIBLE_REMOTE_USER: 'env',
      ANSIBLE_TIMEOUT: '',
    };
    const texts = { 'work/ansible.cfg': '[defaults]\nforks=2\ninventory=file\ntimeout=4\nremote_user=file\n' };
    const { options } = read(texts, environment);
    expect(options).to.deep.equal({ forks: 5, inventory: [at('work/env')], timeout: 4, user: 'env' });
    const invocation = parseArguments(['a.yml', '-f', '9', '-i', 'flag'], '1', () => options);
    expect((invocation as { readonly options: CliOptions }).options).to.deep.include({
      forks: 9,
      inventory: ['flag'],
      timeout: 4,
      user: 'env',
      become: false,
    });
  });

  it('without a meaning are named', () => {
    const { unread } = read(
      { 'work/ansible.cfg': '[defaults]\ncliconf_plugins=5\n[galaxy]\nserver=x\n' },
      {
        ANSIBLE_DUMP_PLUGINS: '5',
        ANSIBLE_STDOUT_CALLBACK: 'yaml',
        ANSIBLE_CONFIG: '',
      },
    );
    const file = at('work/ansible.cfg');
    expect(unread).to.deep.equal([
      `[defaults] cliconf_plugins (${file}:2)`,
      `[galaxy] server (${file}:4)`,
      'ANSIBLE_DUMP_PLUGINS',
    ]);
  });

  const otherwise: Readonly<Record<string, readonly [ours: string, theirs: string, word: RegExp]>> = {
    hash_behaviour: ['replace', 'merge', /use the filter combine$/],
    fact_caching: ['jsonfile', 'redis', /by jsonfile alone/],
    error_on_undefined_vars: ['True', 'False', /an undefined variable is always an error/],
    inject_facts_as_vars: ['True', 'False', /facts are always variables/],
    private_role_vars: ['no', 'yes', /use include_role$/],
    duplicate_dict_key: ['warn', 'error', /always warned of$/],
    ansible_managed: ['by us', 'by {uid}', /write plain text$/],
    precedence: [
      'all_inventory, groups_inventory, all_plugins_inventory, all_plugins_play, groups_plugins_inventory, groups_plugins_play',
      'groups_inventory, all_inventory',
      /always rank as they do/,
    ],
    host_pattern_mismatch: ['error', 'ignore', /always an error/],
  };
  for (const [name, [ours, theirs, word]] of Object.entries(otherwise)) {
    it(`of ${name} that ask for something else here are met with a word`, () => {
      const said = read({ 'work/ansible.cfg': `[defaults]\n${name} = ${theirs}\n` });
      expect(said.warnings).to.have.length(1);
      expect(said.warnings[0])
        .to.match(word)
        .and.contain(`${name} (${at('work/ansible.cfg')}:2) = ${theirs}`);
      const silent = read({ 'work/ansible.cfg': `[defaults]\n${name} = ${ours}\n` });
      expect([said.unread, silent.warnings, silent.unread]).to.deep.equal([[], [], []]);
      const variable = `ANSIBLE_${name.toUpperCase()}`;
      expect(read({}, { [variable]: theirs }).warnings[0]).to.contain(`${variable} = ${theirs} has no effect`);
    });
  }

  const refusals: Readonly<Record<string, readonly [text: string, environment: Environment, message: RegExp]>> = {
    'a number that is none': [
      '[defaults]\nforks = many\n',
      {},
      /ansible\.cfg:2:1: forks is a positive number, not "many"$/,
    ],
    'a yes that is none': ['', { ANSIBLE_BECOME: 'maybe' }, /^ANSIBLE_BECOME is yes or no, not "maybe"$/],
    'a choice that is none': [
      '[privilege_escalation]\nbecome_method=doas\n',
      {},
      /:2:1: become_method is one of sudo, su, not "doas"$/,
    ],
    'a line that is nothing': ['[defaults]\nforks\n', {}, /:2:1: "forks" is not of the form name = value$/],
    'a setting without a section': ['forks = 1\n', {}, /:1:1: this stands before any \[section\]$/],
  };
  for (const [title, [text, environment, message]] of Object.entries(refusals)) {
    it(`refuse ${title}`, () => {
      expect(() => read({ 'work/ansible.cfg': text }, environment))
        .to.throw(message)
        .that.satisfies((error: unknown) => isKplayError(error) && error.exitCode === 5);
    });
  }

  it('reach a run', async function () {
    this.timeout(60_000);
    const project = makeProject({
      'ansible.cfg':
        '[defaults]\ninventory = inventories/here\nroles_path = shared\nvault_password_file = .pass\ngathering = explicit\nfact_path = x\n',
      'inventories/here': '[web]\nh1 ansible_connection=local\n',
      '.pass': 'secret\n',
      'shared/hello/tasks/main.yml': '- debug: { msg: "facts {{ ansible_facts | length }}" }\n',
      'play.yml': '- hosts: web\n  roles: [hello]\n',
    });
    try {
      const said = await project.run(['play.yml', '-v']);
      expect(said.code, tail(said)).to.equal(0);
      expect(said.stdout).to.contain('facts 0').and.not.to.contain('Gathering Facts');
      expect(said.stderr.split('\n')[0]).to.equal(
        `warning: these settings are not read: [defaults] fact_path (${project.path('ansible.cfg')}:6)`,
      );
      expect((await project.run(['play.yml'], { env: { ANSIBLE_GATHERING: 'implicit' } })).stdout).to.contain(
        'Gathering Facts',
      );
      project.write({
        'ansible.cfg':
          '[defaults]\ntask_timeout = 1\nansible_managed = by us\ndisplay_skipped_hosts = no\n[diff]\nalways = yes\ncontext = 0\n',
        'short.yml': `- hosts: h1
  gather_facts: false
  tasks:
    - { name: passed over, debug: , when: false }
    - { name: two of them, debug: { msg: "{{ item }}" }, loop: [1, 2], when: item == 2 }
    - { name: text, template: { src: t.j2, dest: FOLDER/t, mode: "0644" } }
    - { name: takes long, command: sleep 3 }
`,
        't.j2': 'one\ntwo\n{{ ansible_managed }}\n',
        t: 'one\ntwo\n',
      });
      const short = await project.run(['short.yml', '-i', 'inventories/here']);
      expect(short.code, tail(short)).to.equal(2);
      expect(short.stdout).to.contain('longer than its timeout of 1 s').and.to.contain('(item=2)');
      expect(short.stdout).to.not.contain('passed over').and.not.contain('(item=1)').and.not.contain('skipping');
      expect(short.stdout).to.match(/@@ -2,0 \+3 @@\n\+by us\n/);
    } finally {
      project.remove();
    }
  });
});
