import { expect } from 'chai';
import { prettyReport } from '../../engine/report/pretty.ts';
import type { ReportOptions } from '../../engine/report/report.ts';
import type { Outcome, RunEvent, TaskLabel } from '../../engine/run/events.ts';
import { at, counts, memory, outcome, record, runEnd, runStart, task } from './recorder.ts';

const stars = (text: string) => `${text} ${'*'.repeat(79 - text.length)}`;
const print = (events: readonly RunEvent[], options: Partial<ReportOptions> = {}) =>
  record(prettyReport, events, options);
const whole = (more: Partial<Outcome>): RunEvent => ({ type: 'outcome', outcome: outcome(more) });
const item = (label: string, more: Partial<Outcome>): RunEvent => ({ type: 'item', outcome: outcome(more), label });
const debug = task('t', { module: 'debug' });
const failedResult = {
  changed: true,
  rc: 3,
  msg: 'non-zero return code',
  stdout: 'out',
  stdout_lines: ['out'],
  stderr: 'é err\n',
};

interface Case {
  readonly title: string;
  readonly events: readonly RunEvent[];
  readonly verbosity?: number;
  /** Without the headings. */
  readonly lines: readonly string[];
}

const cases: readonly Case[] = [
  { title: 'ok', events: [whole({})], lines: ['ok: [h1]'] },
  { title: 'changed', events: [whole({ status: 'changed' })], lines: ['changed: [h1]'] },
  { title: 'skipping', events: [whole({ status: 'skipped' })], lines: ['skipping: [h1]'] },
  {
    title: 'where it was delegated to',
    events: [whole({ delegatedTo: 'localhost' })],
    lines: ['ok: [h1 -> localhost]'],
  },
  {
    title: 'the result at -v',
    verbosity: 1,
    events: [
      whole({ status: 'changed', result: { rc: 0, changed: true, stdout_lines: ['a'], _ansible_no_log: false } }),
    ],
    lines: ['changed: [h1] => {"changed": true, "rc": 0, "stdout_lines": ["a"]}'],
  },
  {
    title: 'why something was skipped at -v',
    verbosity: 1,
    events: [whole({ status: 'skipped', result: { changed: false, skip_reason: 'Conditional result was False' } })],
    lines: ['skipping: [h1] => {"changed": false, "skip_reason": "Conditional result was False"}'],
  },
  {
    title: 'what a failed command said',
    events: [whole({ status: 'failed', result: failedResult })],
    lines: [
      'fatal: [h1]: FAILED! => {"changed": true, "msg": "non-zero return code", "rc": 3, "stderr": "é err\\n", "stdout": "out"}',
      '  non-zero return code',
      '  stderr:',
      '    é err',
    ],
  },
  {
    title: 'the output of a failed command with nothing on stderr',
    events: [whole({ status: 'failed', result: { msg: 'bad', stdout: 'why\n', stderr: '' } })],
    lines: [
      'fatal: [h1]: FAILED! => {"msg": "bad", "stderr": "", "stdout": "why\\n"}',
      '  bad',
      '  stdout:',
      '    why',
    ],
  },
  {
    title: 'a failure that is ignored',
    events: [whole({ status: 'failed', result: { msg: 'a\nb' }, ignored: true })],
    lines: ['fatal: [h1]: FAILED! => {"msg": "a\\nb"}', '  a', '  b', '...ignoring'],
  },
  {
    title: 'a host that cannot be reached',
    events: [
      whole({ status: 'unreachable', result: { unreachable: true, changed: false, msg: 'connection refused' } }),
    ],
    lines: [
      'fatal: [h1]: UNREACHABLE! => {"changed": false, "msg": "connection refused", "unreachable": true}',
      '  connection refused',
    ],
  },
  {
    title: 'where a bug is only at -vvv',
    events: [whole({ status: 'failed', result: { msg: 'x is undefined', exception: 'Error: x\n    at y' } })],
    lines: [
      'fatal: [h1]: FAILED! => {"msg": "x is undefined"}',
      '  x is undefined',
      '  (-vvv shows where in the program this came from)',
    ],
  },
  {
    title: 'items, and nothing more when they are done',
    events: [
      item('a', { status: 'changed' }),
      item('b', {}),
      whole({ status: 'changed', result: { results: [], msg: 'All items completed' } }),
    ],
    lines: ['changed: [h1] => (item=a)', 'ok: [h1] => (item=b)'],
  },
  {
    title: 'skipped items, and that all were',
    events: [item('a', { status: 'skipped' }), whole({ status: 'skipped', result: { results: [] } })],
    lines: ['skipping: [h1] => (item=a)', 'skipping: [h1]'],
  },
  {
    title: 'a loop without items',
    events: [whole({ status: 'skipped', result: { results: [] } })],
    lines: ['skipping: [h1]'],
  },
  {
    title: 'failed items once',
    events: [
      item('1', { status: 'failed', result: { msg: 'bad' } }),
      whole({ status: 'failed', ignored: true, result: { results: [], msg: 'One or more items failed' } }),
    ],
    lines: ['failed: [h1] (item=1) => {"msg": "bad"}', '  bad', '...ignoring'],
  },
  {
    title: 'a loop that broke off by itself',
    events: [item('1', {}), whole({ status: 'failed', result: { msg: 'the loop is odd' } })],
    lines: ['ok: [h1] => (item=1)', 'fatal: [h1]: FAILED! => {"msg": "the loop is odd"}', '  the loop is odd'],
  },
  {
    title: 'results that are no loop',
    events: [whole({ status: 'changed', result: { results: ['a'] } })],
    lines: ['changed: [h1]'],
  },
  {
    title: 'the message of debug',
    events: [whole({ task: debug, result: { msg: 'hello', changed: false, failed: false } })],
    lines: ['ok: [h1] => {', '    "msg": "hello"', '}'],
  },
  {
    title: 'the message of debug for an item',
    events: [item('a', { task: debug, result: { msg: ['a', 'b\nc'], changed: false } })],
    lines: ['ok: [h1] => (item=a) => {', '    "msg": [', '        "a",', '        "b\\nc"', '    ]', '}'],
  },
  {
    title: 'results which ask to be shown',
    events: [whole({ result: { msg: 'All assertions passed', changed: false, _ansible_verbose_always: true } })],
    lines: ['ok: [h1] => {', '    "changed": false,', '    "msg": "All assertions passed"', '}'],
  },
  {
    title: 'what only the run can tell',
    events: [whole({ status: 'changed', task: debug, unknown: 'kubeadm was not run', result: { msg: 'would run' } })],
    lines: ['changed: [h1] (would run: kubeadm was not run)'],
  },
  {
    title: 'a retry',
    events: [{ type: 'retry', host: 'h1', task: task('t'), attempt: 1, left: 2, message: 'not yet' }],
    lines: ['FAILED - RETRYING: [h1]: t (2 retries left).'],
  },
  {
    title: 'an include',
    events: [{ type: 'included', file: 'tasks/a.yml', hosts: ['h1', 'h2'], task: task('t') }],
    lines: ['included: tasks/a.yml for h1, h2'],
  },
];

describe('the report for people', () => {
  describe('prints', () => {
    for (const { title, events, verbosity, lines } of cases) {
      it(title, () => {
        const { out } = print(events, verbosity === undefined ? {} : { verbosity });
        expect(out.split('\n').slice(2, -1)).to.deep.equal(lines);
      });
    }
  });

  it('tells a run in the order and with the headings of Ansible', () => {
    const first = task('web : Install', { id: 1 });
    const handler = task('restart', { id: 2, handler: true });
    const { out, err } = print([
      runStart,
      { type: 'play_start', name: 'x', hosts: ['h1'], at },
      { type: 'task_start', task: first, hosts: ['h1'] },
      whole({ task: first, status: 'changed' }),
      { type: 'task_start', task: handler, hosts: ['h1'] },
      whole({ task: handler }),
      { type: 'no_hosts_matched', name: 'y' },
      runEnd(),
    ]);
    expect(out).to.equal(
      [
        '',
        stars('PLAY [x]'),
        '',
        stars('TASK [web : Install]'),
        'changed: [h1]',
        '',
        stars('RUNNING HANDLER [restart]'),
        'ok: [h1]',
        '',
        stars('PLAY [y]'),
        'skipping: no hosts matched',
        '',
        stars('PLAY RECAP'),
        'h1                         : ok=2    changed=1    unreachable=0    failed=0    skipped=0    rescued=0    ignored=0   ',
        '',
        '',
      ].join('\n'),
    );
    expect(err).to.equal('kplay: 1 host, 1 changed, 3.2 s\n');
  });

  it('puts the heading of a task above its lines again when tasks take turns', () => {
    const one: TaskLabel = task('one', { id: 1 });
    const two: TaskLabel = task('two', { id: 2 });
    const { out } = print([whole({ task: one }), whole({ task: two }), whole({ task: one, host: 'h2' })]);
    expect(out.match(/TASK \[\w+\]|ok: \[h\d\]/g)).to.deep.equal([
      'TASK [one]',
      'ok: [h1]',
      'TASK [two]',
      'ok: [h1]',
      'TASK [one]',
      'ok: [h2]',
    ]);
  });

  it('says before and after a check that nothing is changed', () => {
    const { out, err } = print([{ ...runStart, check: true } as RunEvent, runEnd({ check: true })], { check: true });
    const lines = out.trim().split('\n');
    expect(lines[0]).to.equal('DRY RUN: nothing will be changed, "changed" means "would be changed"');
    expect(lines.at(-1)).to.equal('DRY RUN: nothing was changed');
    expect(err).to.equal('kplay: 1 host, 1 would change, 3.2 s\n');
  });

  it('shows diffs above the line, only when they are asked for', () => {
    const diffs = [{ beforeHeader: '/etc/x', afterHeader: 'x.j2', before: '', after: 'a\n' }];
    const events = [whole({ status: 'changed', diffs })];
    expect(print(events).out).to.not.contain('/etc/x');
    expect(print(events, { diff: true }).out.split('\n').slice(2)).to.deep.equal([
      '--- before: /etc/x',
      '+++ after: x.j2',
      '@@ -0,0 +1 @@',
      '+a',
      '',
      'changed: [h1]',
      '',
    ]);
  });

  it('shortens what failed commands say, except at -v', () => {
    const stderr = Array.from({ length: 100 }, (_, n) => `line ${n}`).join('\n');
    const events = [whole({ status: 'failed', result: { msg: 'bad', stderr, list: Array(80).fill(0) } })];
    const short = print(events).out;
    expect(short)
      .to.contain('    line 99\n')
      .and.contain('… (80 lines before: -v shows all)')
      .and.contain('… (30 more)');
    expect(short).to.not.contain('    line 79\n');
    const json = short
      .split('\n')
      .find((line) => line.startsWith('fatal'))!
      .replace(/^.*? => /, '');
    expect(JSON.parse(json)).to.have.property('msg', 'bad');
    const long = print(events, { verbosity: 1 }).out;
    expect(long).to.contain('    line 0\n').and.contain('    line 99\n').and.not.contain('…');
  });

  it('tells each warning once, on stderr', () => {
    const warning: RunEvent = { type: 'warning', message: 'odd\nthing', at };
    const { out, err } = print([
      warning,
      warning,
      whole({ result: { changed: false, warnings: ['from the module'] } }),
    ]);
    expect(err).to.equal('[WARNING]: odd\\nthing (site.yml:3:5)\n[WARNING]: from the module\n');
    expect(out).to.not.contain('WARNING');
  });

  it('adds round trips and seconds at -v', () => {
    const traffic = { h1: { roundTrips: 7, bytesOut: 3400, bytesIn: 120, waiting: 1 } };
    const { err } = print([whole({ seconds: 1.5 }), whole({ seconds: 2 }), runEnd({ traffic })], { verbosity: 1 });
    expect(err).to.equal('h1: 7 round trips, 3.4 kB out, 0.1 kB in, 3.5 s\nkplay: 1 host, 1 changed, 3.2 s\n');
  });

  it('colours as Ansible does, or not at all', () => {
    const events = [
      whole({ status: 'changed' }),
      whole({ status: 'failed', result: {} }),
      runEnd({ recap: { h1: counts({ ok: 1 }) } }),
    ];
    const coloured = print(events, { color: true }).out;
    expect(coloured)
      .to.contain('\x1b[33mchanged: [h1]\x1b[39m\n')
      .and.contain('\x1b[31mfatal: [h1]: FAILED! => {}\x1b[39m\n');
    expect(print(events).out).to.not.contain('\x1b');
    expect(coloured.replace(/\x1b\[\d+m/g, '')).to.equal(print(events).out);
  });

  it('gives headings the width of the terminal', () => {
    for (const [columns, count] of [
      [40, 31],
      [5, 3],
      [0, 71],
      [undefined, 71],
    ] as const) {
      const out = memory({ isTTY: true, columns });
      print([{ type: 'play_start', name: 'x', hosts: [], at }], { out });
      expect(out.text()).to.equal(`\nPLAY [x] ${'*'.repeat(count)}\n`);
    }
  });

  it('lets no host forge a line or steer the terminal', () => {
    const evil = '\x1b]0;t\x07\x1b[2J\u202e\x9b1m\rx\nok: [forged]\nPLAY RECAP';
    const label = task(evil, { module: evil });
    const bad = { task: label, host: evil, delegatedTo: evil, unknown: evil };
    const result = { msg: evil, stderr: `${evil}!`, exception: evil, [evil]: evil, warnings: [evil] };
    const diffs = [{ beforeHeader: evil, afterHeader: evil, before: evil, after: `${evil}\nmore` }];
    const statuses = ['ok', 'changed', 'skipped', 'failed', 'unreachable'] as const;
    const events: readonly RunEvent[] = [
      { type: 'play_start', name: evil, hosts: [evil], at },
      ...statuses.flatMap((status) => [
        whole({ ...bad, status, result, diffs }),
        item(evil, { ...bad, status, result }),
      ]),
      whole({ host: evil, task: debug, result }),
      { type: 'retry', host: evil, task: label, attempt: 1, left: 1, message: evil },
      { type: 'included', file: evil, hosts: [evil], task: label },
      { type: 'warning', message: evil, at: { ...at, file: evil } },
      runEnd({
        recap: { [evil]: counts() },
        traffic: { [evil]: { roundTrips: 1, bytesIn: 1, bytesOut: 1, waiting: 0 } },
      }),
    ];
    for (const verbosity of [0, 1, 3]) {
      const { out, err } = print(events, { diff: true, verbosity });
      for (const text of [out, err]) {
        expect(text).to.not.match(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]/);
        expect(text).to.not.match(/^ok: \[forged\]/m);
      }
      expect(out.match(/^PLAY RECAP/gm)).to.have.length(1);
    }
  });
});
