/** The faults a cluster has to survive: refused unless they are meant, and measured as a client would. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Mapping, readMapping, tasksOf } from './read-roles.ts';
import { expectListing, itRefuses } from './small-playbooks.ts';

describe('failover.yml', function () {
  this.timeout('30s');

  it('lists the confirmation before the drill', () => expectListing('failover', 'spec/fixtures/roles/s0/hosts'));

  itRefuses('failover', { groups: { kube_control_plane: ['m1'] }, vars: { failover_confirm: 'yes' } }, [
    { what: 'to strike anything unasked', vars: { failover_confirm: false }, reason: /say -e failover_confirm=yes/ },
    {
      what: 'a fault that nobody knows',
      vars: { failover_faults: ['down_file', 'downfile'] },
      reason: /^downfile: no such fault; there are down_file, stop_balancer/,
    },
    { what: 'a bound of no fault', vars: { failover_bounds: { reboot: 3 } }, reason: /^reboot: no such fault/ },
  ]);

  describe('the catalogue of faults', () => {
    const vars = readMapping('roles/failover/vars/main.yml');
    const faults = vars['failover_catalogue'] as readonly Mapping[];
    const ways = Object.entries(vars).filter(([name]) => name.startsWith('failover_ways_of_'));
    /** Each set of commands that a cluster may have of its parts. */
    const commands = [
      vars['failover_plain_commands'] as Mapping,
      ...ways.flatMap(([, way]) => Object.values(way as Mapping) as readonly Mapping[]),
    ];

    it('has a bound in seconds and a reason to fail for each', () => {
      for (const { name, bound, says } of faults) {
        expect(bound, String(name)).to.be.a('number');
        expect(says, String(name)).to.be.a('string');
      }
    });

    it('knows what a cluster needs for it, in words', () => {
      for (const { needs } of faults) expect(vars['failover_words']).to.have.property(String(needs));
    });

    it('has the commands that strike and mend', () => {
      for (const fault of faults)
        for (const command of [fault['strike'], fault['heal'], fault['reports']])
          if (command !== undefined) expect(commands.some((set) => String(command) in set)).to.equal(true);
    });

    it('sets a timer that mends before it strikes, and stops it afterwards, whoever can be reached', () => {
      const [block] = tasksOf('failover').filter(({ task }) => task['name'] === 'Strike and restore');
      const inside = block!.task['block'] as readonly Mapping[];
      const names = inside.map((task) => String(task['name']));
      const arm = names.indexOf('Let each host that is struck mend itself when nobody does');
      expect(arm).to.be.greaterThan(-1);
      expect(names.findIndex((name) => name.startsWith('Strike with'))).to.equal(arm + 1);
      const mends = (block!.task['always'] as readonly Mapping[]).slice(0, 2);
      expect(JSON.stringify(mends[1])).to.include('systemctl');
      for (const task of mends) expect(task['ignore_unreachable'], String(task['name'])).to.equal(true);
    });

    it('mends by every way in which it strikes', () => {
      for (const set of commands)
        for (const { strike, heal } of faults)
          if (String(strike) in set && heal !== undefined) expect(set).to.have.property(String(heal));
    });

    it('knows in each way how a full disk is told of', () => {
      for (const way of Object.values(vars['failover_ways_of_etcd'] as Mapping))
        expect(way).to.have.property('tells_of_disk');
    });

    it('is the table of the README', () => {
      const rows = readFileSync('roles/failover/README.md', 'utf8').split('\n');
      const named = rows.filter((row) => row.startsWith('| `')).flatMap((row) => row.split('|')[1]!.match(/\w+/g)!);
      expect(named).to.have.members(faults.map(({ name }) => String(name)));
    });
  });

  describe('the measure of an outage', () => {
    const program = readFileSync('roles/failover/templates/outage.awk.j2', 'utf8')
      .replaceAll('{{ failover_interval }}', '0.1')
      .replace(/\{\{.*?\}\}/g, '');

    for (const [what, answers, measured] of [
      ['no request that failed', [0, 0, 0, 0], '0.0 0 4'],
      ['one request that failed', [0, 1, 0, 0], '0.1 1 4'],
      ['the first to the last of those that failed', [0, 1, 1, 1, 0], '0.3 3 5'],
      ['successes in between', [1, 0, 0, 1, 0], '0.4 2 5'],
      ['the longer one of two outages', [1, ...Array(12).fill(0), 1, 1, 0], '0.2 3 16'],
    ] as const) {
      it(`counts ${what}`, () => {
        const log = (answers as readonly number[]).map(
          (bad, index) => `${(1_700_000_000 + index / 10).toFixed(3)} 200 ${bad ? '000' : '200'} ${index + 1}\n`,
        );
        const { stdout, stderr } = spawnSync('awk', [program], { input: log.join(''), encoding: 'utf8' });
        expect(stdout.trim(), stderr).to.equal(measured);
      });
    }
  });

  describe('in a folder of its own', () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'kplay-failover-'));
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    /** A command of the catalogue, its last word another file or folder; programs of `folder` win. */
    const runs = (name: string, last: string) => {
      const plain = readMapping('roles/failover/vars/main.yml')['failover_plain_commands'] as Mapping;
      const [program, ...words] = (plain[name] as readonly string[]).slice(0, -1);
      const env = { ...process.env, PATH: `${folder}:${process.env['PATH']}` };
      const { status, stderr } = spawnSync(program!, [...words, last], { env, encoding: 'utf8' });
      expect(status, stderr).to.equal(0);
    };

    it('a clock is put ahead by five minutes, and back to what it would show by now', () => {
      const set = join(folder, 'set');
      const script = `#!/bin/sh\ncase $1 in --set=*) echo "\${1#--set=}" >> ${set} ;; *) exec /bin/date "$@" ;; esac\n`;
      writeFileSync(join(folder, 'date'), script, { mode: 0o755 });
      const note = join(folder, 'note');
      runs('skew_clock', note);
      runs('mend_clock', note);
      const [ahead, back] = readFileSync(set, 'utf8').trim().split('\n');
      expect(ahead).to.equal('+300 seconds');
      expect(Number(back!.slice(1))).to.be.closeTo(Date.now() / 1000, 5);
      expect(existsSync(note)).to.equal(false);
    });

    it('a second mend of a clock leaves it alone', () => {
      const plain = readMapping('roles/failover/vars/main.yml')['failover_plain_commands'] as Mapping;
      const [program, ...words] = (plain['mend_clock'] as readonly string[]).slice(0, -1);
      writeFileSync(join(folder, 'date'), `#!/bin/sh\ntouch ${folder}/set\n`, { mode: 0o755 });
      spawnSync(program!, [...words, join(folder, 'note')], { env: { PATH: `${folder}:${process.env['PATH']}` } });
      expect(existsSync(join(folder, 'set'))).to.equal(false);
    });

    it('an acknowledged write that the watch never saw is named', () => {
      const [missed] = /^missed\(\) \{[\s\S]*?^\}/m.exec(readFileSync('roles/failover/templates/ask.sh.j2', 'utf8'))!;
      writeFileSync(join(folder, 'log'), '1.0 200 200 1\n1.1 200 000 2\n1.2 000 200 3\n1.3 200 200 12\n');
      const event = '{"object":{"metadata":{"resourceVersion":"7"},"data":{"12":""}}}';
      writeFileSync(join(folder, 'events'), `${event.replace('"12"', '"1":"","12"')}\n\n${event}\n{"code":410}\n`);
      const { stdout } = spawnSync('sh', ['-c', `${missed}\nmissed && cat missed`], { cwd: folder, encoding: 'utf8' });
      expect(stdout).to.equal('1\n3\n');
    });
  });
});
