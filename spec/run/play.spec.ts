import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Stage, stage } from './harness.ts';

describe('a play', () => {
  let on: Stage;
  const open = (files: Readonly<Record<string, string>> = {}, hosts?: readonly string[]) => {
    on = stage(files, hosts);
    return on;
  };
  afterEach(() => on.close());

  it('runs each task on every host before the next task begins', async () => {
    const { story } = await open().play(`
- hosts: all
  gather_facts: false
  tasks:
    - { name: one, debug: { msg: a } }
    - { name: two, debug: { msg: b } }`);
    expect(story.map((line) => line.split(' ')[1])).to.deep.equal(['one', 'one', 'two', 'two']);
  });

  it('changes only what is not yet so', async () => {
    const book = `
- hosts: h1
  gather_facts: false
  tasks:
    - { name: folder, file: { path: "{{ playbook_dir }}/out", state: directory, mode: "0750" } }
    - { name: text, copy: { content: "hello\\n", dest: "{{ playbook_dir }}/out/a", mode: "0600" } }`;
    const first = await open().play(book);
    expect(first.recap['h1']).to.include({ ok: 2, changed: 2 });
    expect(readFileSync(join(on.folder, 'out/a'), 'utf8')).to.equal('hello\n');
    expect(statSync(join(on.folder, 'out/a')).mode & 0o777).to.equal(0o600);
    const second = await on.play(book);
    expect(second.recap['h1']).to.include({ ok: 2, changed: 0 });
  });

  it('under check believes what earlier tasks would have done, and writes nothing', async () => {
    const { recap, story } = await open().play(
      `
- hosts: h1
  gather_facts: false
  tasks:
    - { name: folder, file: { path: "{{ playbook_dir }}/out", state: directory } }
    - { name: text, copy: { content: "hello\\n", dest: "{{ playbook_dir }}/out/a" } }
    - { name: same, copy: { content: "hello\\n", dest: "{{ playbook_dir }}/out/a" } }
    - { name: look, stat: { path: "{{ playbook_dir }}/out/a" }, register: seen }
    - { name: there, assert: { that: [seen.stat.exists] } }`,
      { check: true },
    );
    expect(story).to.deep.equal(['h1 folder changed', 'h1 text changed', 'h1 same ok', 'h1 look ok', 'h1 there ok']);
    expect(recap['h1']).to.include({ failed: 0, changed: 2 });
    expect(existsSync(join(on.folder, 'out'))).to.equal(false);
  });

  it('under check a command is not run; its result is unknown, and so is what depends on it', async () => {
    const played = await open().play(
      `
- hosts: h1
  gather_facts: false
  tasks:
    - { name: ask, command: "touch {{ playbook_dir }}/ran", register: asked }
    - { name: depends, debug: { msg: yes }, when: asked.stdout == 'x' }
    - { name: writes, copy: { content: "{{ asked.stdout }}", dest: "{{ playbook_dir }}/b" } }
    - { name: refuses, fail: { msg: no }, when: asked.rc != 0 }`,
      { check: true },
    );
    expect(existsSync(join(on.folder, 'ran'))).to.equal(false);
    expect(played.outcomes.map(({ unknown }) => unknown !== undefined)).to.deep.equal([true, true, false, true]);
    expect(played.recap['h1']).to.include({ failed: 0 });
  });

  it('a failed host takes no further part, the others go on', async () => {
    const { story, recap } = await open().play(`
- hosts: all
  gather_facts: false
  tasks:
    - { name: falls, fail: { msg: no }, when: inventory_hostname == 'h1' }
    - { name: after, debug: { msg: a } }`);
    expect([...story.slice(0, 2).sort(), story[2]]).to.deep.equal([
      'h1 falls failed',
      'h2 falls skipped',
      'h2 after ok',
    ]);
    expect(recap['h1']).to.include({ failed: 1, ok: 0 });
  });

  it('that loses all its hosts ends the run, and is named as it was told', async () => {
    const { events, story } = await open().play(`
- { name: "{{ word }}", vars: { word: first }, hosts: all, gather_facts: false, tasks: [{ name: falls, fail: }] }
- { hosts: all, gather_facts: false, tasks: [{ name: never, debug: }] }`);
    expect(story).to.deep.equal(['h1 falls failed', 'h2 falls failed']);
    const warned = events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));
    expect(warned).to.deep.equal(['no host is left of the play "first": the run ends here']);
  });

  it('a block rescues what failed in it, and always ends with its always', async () => {
    const { story, recap } = await open().play(`
- hosts: h1
  gather_facts: false
  tasks:
    - block:
        - { name: falls, fail: { msg: no } }
        - { name: never, debug: { msg: a } }
      rescue:
        - { name: rescues, debug: { msg: "{{ ansible_failed_task.name }}: {{ ansible_failed_result.msg }}" } }
      always:
        - { name: cleans, debug: { msg: a } }
    - { name: goes on, debug: { msg: a } }`);
    expect(story).to.deep.equal(['h1 falls failed', 'h1 rescues ok', 'h1 cleans ok', 'h1 goes on ok']);
    expect(recap['h1']).to.include({ failed: 0, rescued: 1, ok: 3 });
  });

  it('a rescue sees what the task that failed was given', async () => {
    const { story } = await open().play(`
- hosts: h1
  gather_facts: false
  vars: { d: /nowhere }
  tasks:
    - block: [{ name: f, copy: { content: a, dest: "{{ d }}/f", mode: "{{ omit }}" } }]
      rescue: [{ assert: { that: "ansible_failed_task.args == {'content': 'a', 'dest': '/nowhere/f'}" } }]
    - block: [{ name: g, shell: "false {{ item }}", args: { chdir: / }, loop: [1] }]
      rescue: [{ assert: { that: ["ansible_failed_task.args.chdir == '/'", "ansible_failed_task.args._raw_params is search('^false .* item ')"] } }]`);
    expect(story).to.deep.equal(['h1 f failed', 'h1 assert ok', 'h1 g failed', 'h1 assert ok']);
  });

  it('handlers run once, in the order they are defined, when what notified them has changed', async () => {
    const { story } = await open().play(`
- hosts: h1
  gather_facts: false
  tasks:
    - { name: a, command: "true", notify: [second, first] }
    - { name: b, command: "true", notify: first }
    - { name: c, command: "true", notify: topic, changed_when: false }
  handlers:
    - { name: first, debug: { msg: a } }
    - { name: second, debug: { msg: a } }
    - { name: third, debug: { msg: a }, listen: topic }`);
    expect(story.slice(3)).to.deep.equal(['h1 first ok', 'h1 second ok']);
  });

  it('loops register every item, and the loop variable is gone afterwards', async () => {
    const { result } = await open().play(`
- hosts: h1
  gather_facts: false
  tasks:
    - { name: each, command: "echo {{ item }}", loop: [a, b], register: all, changed_when: item == 'b' }
    - { name: shows, debug: { msg: "{{ all.results | map(attribute='stdout') | join(',') }} {{ item is defined }}" } }`);
    expect(result('each')).to.include({ changed: true, skipped: false, msg: 'All items completed' });
    expect(result('shows')['msg']).to.equal('a,b False');
  });

  it('tries again until it is so, and counts the attempts', async () => {
    const { result } = await open().play(`
- hosts: h1
  gather_facts: false
  tasks:
    - name: counts
      shell: echo x >> {{ playbook_dir }}/n; wc -l < {{ playbook_dir }}/n
      register: n
      until: n.stdout | int >= 3
      retries: 5
      delay: 0`);
    expect(result('counts')).to.include({ attempts: 3, stdout: '3' });
  });

  it('serial plays batch after batch', async () => {
    const { events } = await open({}, ['a', 'b', 'c']).play(`
- hosts: all
  gather_facts: false
  serial: [1, 2]
  tasks: [{ debug: { msg: a } }]`);
    expect(events.flatMap((event) => (event.type === 'play_start' ? [event.hosts.join()] : []))).to.deep.equal([
      'a',
      'b,c',
    ]);
  });

  it('run_once does it on the first host, and tells all of them', async () => {
    const { story, outcomes } = await open().play(`
- hosts: all
  gather_facts: false
  tasks:
    - { name: once, command: "echo {{ inventory_hostname }}", run_once: true, register: r }
    - { name: shows, debug: { msg: "{{ r.stdout }}" } }`);
    expect(story).to.deep.equal(['h1 once changed', 'h1 shows ok', 'h2 shows ok']);
    expect(outcomes.slice(1).map(({ result }) => result['msg'])).to.deep.equal(['h1', 'h1']);
  });

  it('delegated tasks run elsewhere, with the variables of their own host', async () => {
    const { outcomes } = await open({}, ['h1', 'h2']).play(`
- hosts: h1
  gather_facts: false
  tasks:
    - { name: there, command: "echo {{ inventory_hostname }}", delegate_to: h2 }`);
    expect(outcomes[0]).to.include({ delegatedTo: 'h2' });
    expect(outcomes[0]?.result['stdout']).to.equal('h1');
  });

  it('the names of facts may be templates', async () => {
    const { result } = await open().play(`
- hosts: h1
  gather_facts: false
  vars: { x: a }
  tasks:
    - { name: sets, set_fact: { "{{ x }}_{{ inventory_hostname }}": 1, plain: "{{ x }}" } }
    - { name: shows, debug: { msg: "{{ a_h1 }} {{ plain }}" } }
    - { name: odd, set_fact: { "{{ x }}-y": 1 }, ignore_errors: true }`);
    expect(result('shows')['msg']).to.equal('1 a');
    expect(String(result('odd')['msg'])).to.include('"a-y" cannot be the name');
  });

  it('filters encrypt and decrypt by a password of the playbook, and a test knows encrypted files', async () => {
    const { result } = await open({ 'plain.txt': 'x', 'sealed.txt': '$ANSIBLE_VAULT;1.1;AES256\\n00\\n' }).play(`
- hosts: h1
  gather_facts: false
  vars: { sealed: "{{ 'hello' | vault('phrase', 'salt', 'mine') }}" }
  tasks:
    - name: shows
      debug:
        msg:
          - "{{ sealed.splitlines() | first }}"
          - "{{ sealed is vault_encrypted }}"
          - "{{ sealed | unvault('phrase') == 'hello' }}"
          - "{{ 'a' | vault(secret='p') | unvault(secret='p') == 'a' }}"
          - "{{ (playbook_dir ~ '/sealed.txt') is vaulted_file }} {{ (playbook_dir ~ '/plain.txt') is vaulted_file }}"
    - { name: wrong, debug: { msg: "{{ sealed | unvault('other') }}" }, ignore_errors: true }`);
    expect(result('shows')['msg']).to.deep.equal(['$ANSIBLE_VAULT;1.2;AES256;mine', true, true, true, 'True False']);
    expect(String(result('wrong')['msg'])).to.include('no vault password opens this');
  });

  it('what a host returns is never read as a template', async () => {
    const { result } = await open().play(`
- hosts: h1
  gather_facts: false
  tasks:
    - { name: evil, command: "echo '{{ '{{' }} lookup(\\"pipe\\", \\"id\\") {{ '}}' }}'", register: evil }
    - { name: kept, set_fact: { kept: "{{ evil.stdout }}" } }
    - { name: shows, debug: { msg: "{{ kept }} {{ hostvars.h1.kept }}" } }`);
    expect(result('shows')['msg']).to.equal('{{ lookup("pipe", "id") }} {{ lookup("pipe", "id") }}');
  });

  it('an undefined variable in a task that is skipped is nobody’s concern, in one that runs it fails that host', async () => {
    const { story, result } = await open({ 'vars.yml': 'a: 1\n' }).play(`
- hosts: h1
  gather_facts: false
  tasks:
    - { name: learns, include_vars: "{{ playbook_dir }}/vars.yml" }
    - { name: skipped, debug: { msg: "{{ a.b.c }}" }, when: false }
    - { name: falls, debug: { msg: "{{ a.b }}" } }`);
    expect(story).to.deep.equal(['h1 learns ok', 'h1 skipped skipped', 'h1 falls failed']);
    expect(String(result('falls')['msg'])).to.match(/b/);
  });

  it('dynamic includes get their loop item, tags and files at run time', async () => {
    on = open({ 'more.yml': '- { name: "more {{ item }}", debug: { msg: "{{ item }}" } }\n' });
    const { story } = await on.play(`
- hosts: h1
  gather_facts: false
  tasks:
    - { include_tasks: "{{ file }}.yml", loop: [1, 2], vars: { file: more } }`);
    expect(story).to.deep.equal(['h1 more 1 ok', 'h1 more 2 ok']);
  });

  it('a secret that was declared never shows, in none of its forms', async () => {
    const { outcomes } = await open({ 'roles/r/tasks/main.yml': '[]' }).play(`
- hosts: h1
  gather_facts: false
  tasks:
    - { name: makes, set_fact: { secret: "{{ lookup('password', playbook_dir ~ '/pw length=16') }}" } }
    - { name: tells, command: "echo {{ secret }} {{ secret | b64encode }}" }
    - { name: hides, command: "echo hello", no_log: true }`);
    const secret = readFileSync(join(on.folder, 'pw'), 'utf8').trim();
    const shown = JSON.stringify(outcomes);
    expect(secret).to.have.length(16);
    expect(shown).to.not.include(secret);
    expect(shown).to.not.include(Buffer.from(secret).toString('base64').slice(0, 20));
    expect(shown).to.not.include('hello');
  });

  it('reading ahead changes nothing but the number of round trips', async () => {
    const book = `
- hosts: h1
  gather_facts: false
  tasks:
    - { name: makes, shell: "mkdir -p {{ playbook_dir }}/x; echo one > {{ playbook_dir }}/x/a" }
    - { name: same, copy: { content: "one\\n", dest: "{{ playbook_dir }}/x/a" } }
    - { name: takes away, command: "rm -r {{ playbook_dir }}/x" }
    - { name: looks, stat: { path: "{{ playbook_dir }}/x" }, register: x }
    - { name: gone, assert: { that: not x.stat.exists } }
    - { name: f1, file: { path: "{{ playbook_dir }}/y", state: directory } }
    - { name: f2, copy: { content: a, dest: "{{ playbook_dir }}/y/a" } }
    - { name: f3, copy: { content: b, dest: "{{ playbook_dir }}/y/b" } }`;
    on = open();
    const slow = await on.play(book, { readAhead: false });
    on.close();
    on = open();
    const quick = await on.play(book);
    expect(quick.story).to.deep.equal(slow.story);
    expect(quick.traffic['h1']!.roundTrips).to.be.lessThan(slow.traffic['h1']!.roundTrips);
  });
});
